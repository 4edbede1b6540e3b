//! Token-2022 mint extensions: each one that Backstop must refuse, and the
//! harmless ones that it admits.

use {
    crate::{chain::Chain, keys::keypair},
    anchor_lang::{prelude::Rent, solana_program::program_error::ProgramError},
    bytemuck::Zeroable,
    solana_instruction::Instruction,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    spl_token_2022_interface::{
        extension::{
            confidential_mint_burn, confidential_transfer, confidential_transfer_fee,
            default_account_state, group_member_pointer, group_pointer, interest_bearing_mint,
            metadata_pointer, pausable, scaled_ui_amount, transfer_fee, transfer_hook,
            ExtensionType,
        },
        instruction as token_instruction,
        state::AccountState,
        ID,
    },
    spl_token_group_interface::{
        instruction as group_instruction,
        state::{TokenGroup, TokenGroupMember},
    },
    spl_token_metadata_interface::{instruction as metadata_instruction, state::TokenMetadata},
};

/// What a Token-2022 mint can do beside being a mint. Where an extension has an
/// authority, it is the mint's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MintExtension {
    /// Every transfer loses a part to the issuer.
    TransferFee {
        /// The part, in ten-thousandths.
        bps: u16,
        /// (atoms) The most that one transfer loses.
        max: u64,
    },
    /// Every transfer calls this program.
    TransferHook(Pubkey),
    /// This key may move or burn anybody's tokens.
    PermanentDelegate(Pubkey),
    /// New accounts are frozen until the issuer thaws them.
    DefaultFrozen,
    /// Tokens stay where they were minted.
    NonTransferable,
    /// Amounts are displayed with interest at this rate, in basis points.
    InterestBearing(i16),
    /// The mint can be closed, and its address be used again.
    MintCloseAuthority,
    /// Balances can be hidden.
    ConfidentialTransfer,
    /// Fees on hidden balances are hidden as well; goes with
    /// [`Self::TransferFee`] and [`Self::ConfidentialTransfer`].
    ConfidentialTransferFee,
    /// Tokens are minted and burned without showing how many; goes with
    /// [`Self::ConfidentialTransfer`].
    ConfidentialMintBurn,
    /// The issuer can stop every transfer.
    Pausable,
    /// Amounts are displayed with a multiplier.
    ScaledUi,
    /// Says where the metadata is: here, in the mint itself.
    MetadataPointer,
    /// Says where the description of the group is.
    GroupPointer,
    /// Says where the membership of a group is.
    GroupMemberPointer,
    /// Name and symbol, in the mint itself; goes with [`Self::MetadataPointer`].
    Metadata,
    /// Describes a group of mints, in the mint itself; goes with
    /// [`Self::GroupPointer`].
    Group,
    /// Membership of another mint's group, in the mint itself; goes with
    /// [`Self::GroupMemberPointer`].
    GroupMember,
}

impl MintExtension {
    /// One of each, for tests that go through them all.
    pub const ALL: [Self; 18] = [
        Self::TransferFee {
            bps: 100,
            max: 1_000_000,
        },
        Self::TransferHook(Pubkey::new_from_array([1; 32])),
        Self::PermanentDelegate(Pubkey::new_from_array([2; 32])),
        Self::DefaultFrozen,
        Self::NonTransferable,
        Self::InterestBearing(500),
        Self::MintCloseAuthority,
        Self::ConfidentialTransfer,
        Self::ConfidentialTransferFee,
        Self::ConfidentialMintBurn,
        Self::Pausable,
        Self::ScaledUi,
        Self::MetadataPointer,
        Self::GroupPointer,
        Self::GroupMemberPointer,
        Self::Metadata,
        Self::Group,
        Self::GroupMember,
    ];

    /// The extension, and behind it those without which the token program does
    /// not make such a mint.
    pub fn with_companions(self) -> Vec<Self> {
        let fee = Self::TransferFee {
            bps: 100,
            max: 1_000_000,
        };
        match self {
            Self::ConfidentialTransferFee => vec![self, Self::ConfidentialTransfer, fee],
            Self::ConfidentialMintBurn => vec![self, Self::ConfidentialTransfer],
            Self::Metadata => vec![self, Self::MetadataPointer],
            Self::Group => vec![self, Self::GroupPointer],
            Self::GroupMember => vec![self, Self::GroupMemberPointer],
            _ => vec![self],
        }
    }

    /// Its type in the mint's list of extensions.
    pub fn extension_type(&self) -> ExtensionType {
        match self {
            Self::TransferFee { .. } => ExtensionType::TransferFeeConfig,
            Self::TransferHook(_) => ExtensionType::TransferHook,
            Self::PermanentDelegate(_) => ExtensionType::PermanentDelegate,
            Self::DefaultFrozen => ExtensionType::DefaultAccountState,
            Self::NonTransferable => ExtensionType::NonTransferable,
            Self::InterestBearing(_) => ExtensionType::InterestBearingConfig,
            Self::MintCloseAuthority => ExtensionType::MintCloseAuthority,
            Self::ConfidentialTransfer => ExtensionType::ConfidentialTransferMint,
            Self::ConfidentialTransferFee => ExtensionType::ConfidentialTransferFeeConfig,
            Self::ConfidentialMintBurn => ExtensionType::ConfidentialMintBurn,
            Self::Pausable => ExtensionType::Pausable,
            Self::ScaledUi => ExtensionType::ScaledUiAmount,
            Self::MetadataPointer => ExtensionType::MetadataPointer,
            Self::GroupPointer => ExtensionType::GroupPointer,
            Self::GroupMemberPointer => ExtensionType::GroupMemberPointer,
            Self::Metadata => ExtensionType::TokenMetadata,
            Self::Group => ExtensionType::TokenGroup,
            Self::GroupMember => ExtensionType::TokenGroupMember,
        }
    }

    /// Whether it is written into the finished mint, by the mint's authority.
    pub(super) fn comes_later(&self) -> bool {
        matches!(self, Self::Metadata | Self::Group | Self::GroupMember)
    }

    /// The type, if its room is made with the account.
    pub(super) fn fixed(&self) -> Option<ExtensionType> {
        (!self.comes_later()).then(|| self.extension_type())
    }

    /// Bytes that the account grows by once the mint exists.
    pub(super) fn grows_by(&self, mint: &Pubkey) -> usize {
        /// Type and length of an extension.
        const HEADER_BYTES: usize = 4;
        match self {
            Self::Metadata => metadata(mint)
                .tlv_size_of()
                .expect("short metadata has a size"),
            Self::Group => HEADER_BYTES + size_of::<TokenGroup>(),
            Self::GroupMember => HEADER_BYTES + size_of::<TokenGroupMember>(),
            _ => 0,
        }
    }

    /// The instruction that must come before the mint is initialised.
    pub fn before(&self, mint: &Pubkey, authority: &Pubkey) -> Option<Instruction> {
        let owner = Some(*authority);
        let instruction: Result<Instruction, ProgramError> = match self {
            Self::TransferFee { bps, max } => {
                transfer_fee::instruction::initialize_transfer_fee_config(
                    &ID,
                    mint,
                    Some(authority),
                    Some(authority),
                    *bps,
                    *max,
                )
            }
            Self::TransferHook(hook) => {
                transfer_hook::instruction::initialize(&ID, mint, owner, Some(*hook))
            }
            Self::PermanentDelegate(delegate) => {
                token_instruction::initialize_permanent_delegate(&ID, mint, delegate)
            }
            Self::DefaultFrozen => {
                default_account_state::instruction::initialize_default_account_state(
                    &ID,
                    mint,
                    &AccountState::Frozen,
                )
            }
            Self::NonTransferable => token_instruction::initialize_non_transferable_mint(&ID, mint),
            Self::InterestBearing(rate) => {
                interest_bearing_mint::instruction::initialize(&ID, mint, owner, *rate)
            }
            Self::MintCloseAuthority => {
                token_instruction::initialize_mint_close_authority(&ID, mint, Some(authority))
            }
            Self::ConfidentialTransfer => {
                confidential_transfer::instruction::initialize_mint(&ID, mint, owner, true, None)
            }
            // Nobody will decrypt anything with these keys.
            Self::ConfidentialTransferFee => {
                confidential_transfer_fee::instruction::initialize_confidential_transfer_fee_config(
                    &ID,
                    mint,
                    owner,
                    &Zeroable::zeroed(),
                )
            }
            Self::ConfidentialMintBurn => confidential_mint_burn::instruction::initialize_mint(
                &ID,
                mint,
                &Zeroable::zeroed(),
                &Zeroable::zeroed(),
            ),
            Self::Pausable => pausable::instruction::initialize(&ID, mint, authority),
            Self::ScaledUi => scaled_ui_amount::instruction::initialize(&ID, mint, owner, 2.0),
            Self::MetadataPointer => {
                metadata_pointer::instruction::initialize(&ID, mint, owner, Some(*mint))
            }
            Self::GroupPointer => {
                group_pointer::instruction::initialize(&ID, mint, owner, Some(*mint))
            }
            Self::GroupMemberPointer => {
                group_member_pointer::instruction::initialize(&ID, mint, owner, Some(*mint))
            }
            Self::Metadata | Self::Group | Self::GroupMember => return None,
        };
        Some(instruction.expect("the program is Token-2022"))
    }

    /// The instruction that can only come once the mint exists.
    pub(super) fn after(&self, mint: &Pubkey, authority: &Pubkey) -> Option<Instruction> {
        match self {
            Self::Metadata => {
                let TokenMetadata {
                    name, symbol, uri, ..
                } = metadata(mint);
                Some(metadata_instruction::initialize(
                    &ID, mint, authority, mint, authority, name, symbol, uri,
                ))
            }
            Self::Group => Some(group_instruction::initialize_group(
                &ID,
                mint,
                mint,
                authority,
                Some(*authority),
                1,
            )),
            Self::GroupMember => Some(group_instruction::initialize_member(
                &ID,
                mint,
                mint,
                authority,
                &keypair(&group_of(mint)).pubkey(),
                authority,
            )),
            _ => None,
        }
    }
}

/// Names the mint whose group `member` belongs to.
pub(super) fn group_of(member: &Pubkey) -> String {
    format!("group of {member}")
}

fn metadata(mint: &Pubkey) -> TokenMetadata {
    TokenMetadata {
        mint: *mint,
        name: "Backstop test token".into(),
        symbol: "TEST".into(),
        uri: "https://example.org/test.json".into(),
        ..TokenMetadata::default()
    }
}

/// Writes an extension of any type, even one that does not exist yet, behind
/// those that a Token-2022 mint has. No instruction could do that.
///
/// # Panics
/// When there is no such mint, or `body` is longer than a length field can say.
pub fn append_raw_extension(chain: &mut dyn Chain, mint: &Pubkey, kind: u16, body: &[u8]) {
    /// A mint with extensions is padded to the length of a token account, so
    /// that the byte behind it, the account's type, is at one place in both.
    const TYPE_OFFSET: usize = 165;
    const TYPE_MINT: u8 = 1;

    let mut account = chain.account(mint).expect("the mint exists");
    if account.data.len() <= TYPE_OFFSET {
        account.data.resize(TYPE_OFFSET, 0);
        account.data.push(TYPE_MINT);
    }
    let len = u16::try_from(body.len()).expect("an extension is shorter than 64 KiB");
    account.data.extend_from_slice(&kind.to_le_bytes());
    account.data.extend_from_slice(&len.to_le_bytes());
    account.data.extend_from_slice(body);
    account.lamports = account
        .lamports
        .max(Rent::default().minimum_balance(account.data.len()));
    chain.set_account(mint, account);
}
