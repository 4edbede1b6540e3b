//! What the owner of a token account can do to it: extensions that he switches
//! on by himself, and closing it.

use {
    super::{send, Mint},
    crate::chain::Chain,
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    spl_token_2022_interface::{
        extension::{cpi_guard, memo_transfer, ExtensionType},
        instruction as token_instruction, ID,
    },
};

/// What the owner of a Token-2022 account can switch on and off, whatever the
/// mint. A third one, `ImmutableOwner`, every associated account has from birth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HolderExtension {
    /// No program that is called with the owner's signature can use it.
    CpiGuard,
    /// Nothing comes in without a memo just before.
    MemoRequired,
}

impl HolderExtension {
    /// Both.
    pub const ALL: [Self; 2] = [Self::CpiGuard, Self::MemoRequired];

    /// Its type in the account's list of extensions.
    pub fn extension_type(&self) -> ExtensionType {
        match self {
            Self::CpiGuard => ExtensionType::CpiGuard,
            Self::MemoRequired => ExtensionType::MemoTransfer,
        }
    }
}

/// Switches an extension on and makes room for it.
#[track_caller]
pub fn switch_on(
    chain: &mut dyn Chain,
    account: &Pubkey,
    owner: &Keypair,
    extension: HolderExtension,
) {
    let (payer, key) = (chain.payer(), owner.pubkey());
    let kinds = [extension.extension_type()];
    let room = token_instruction::reallocate(&ID, account, &payer, &key, &[], &kinds);
    let on = match extension {
        HolderExtension::CpiGuard => {
            cpi_guard::instruction::enable_cpi_guard(&ID, account, &key, &[])
        }
        HolderExtension::MemoRequired => {
            memo_transfer::instruction::enable_required_transfer_memos(&ID, account, &key, &[])
        }
    };
    let instructions = [room, on].map(|result| result.expect("the program is Token-2022"));
    send(chain, &instructions, &[owner]);
}

/// Switches an extension off again; its room stays.
#[track_caller]
pub fn switch_off(
    chain: &mut dyn Chain,
    account: &Pubkey,
    owner: &Keypair,
    extension: HolderExtension,
) {
    let key = owner.pubkey();
    let off = match extension {
        HolderExtension::CpiGuard => {
            cpi_guard::instruction::disable_cpi_guard(&ID, account, &key, &[])
        }
        HolderExtension::MemoRequired => {
            memo_transfer::instruction::disable_required_transfer_memos(&ID, account, &key, &[])
        }
    };
    send(chain, &[off.expect("the program is Token-2022")], &[owner]);
}

/// Closes an empty token account; its owner gets the rent.
#[track_caller]
pub fn close_account(chain: &mut dyn Chain, mint: &Mint, account: &Pubkey, owner: &Keypair) {
    let key = owner.pubkey();
    let close = token_instruction::close_account(&mint.program, account, &key, &key, &[])
        .expect("the program is a token program");
    send(chain, &[close], &[owner]);
}
