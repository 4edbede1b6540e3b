//! Token movements and what a mint must not be able to do.

use anchor_lang::prelude::*;
use anchor_lang::solana_program::instruction::{AccountMeta, Instruction};
use anchor_lang::solana_program::program::invoke_signed;
use anchor_lang::solana_program::program_option::COption;
use anchor_lang::solana_program::program_pack::Pack;
use anchor_spl::token_2022::spl_token_2022::extension::StateWithExtensions;
use anchor_spl::token_2022::spl_token_2022::extension::{BaseStateWithExtensions, ExtensionType};
use anchor_spl::token_2022::spl_token_2022::state::{Account as TokenAccount, Mint};

use crate::constants::{BANK_SEED, MARKET_SEED};
use crate::error::BackstopError;

/// Instruction numbers that SPL Token and Token-2022 share.
const MINT_TO: u8 = 7;
const BURN: u8 = 8;
const TRANSFER_CHECKED: u8 = 12;

/// Who signs a token movement.
pub enum Signer {
    /// A signer of the transaction.
    Wallet,
    /// The bank, owner of its vaults: market, mint, bump.
    Bank([u8; 32], [u8; 32], u8),
    /// The market, authority of its governance mint: mint, bump.
    Market([u8; 32], u8),
}

fn invoke(instruction: &Instruction, accounts: &[AccountInfo<'_>], signer: &Signer) -> Result<()> {
    match signer {
        Signer::Wallet => invoke_signed(instruction, accounts, &[])?,
        Signer::Bank(market, mint, bump) => {
            let seeds: [&[u8]; 4] = [BANK_SEED, market, mint, &[*bump]];
            invoke_signed(instruction, accounts, &[&seeds])?;
        }
        Signer::Market(mint, bump) => {
            let seeds: [&[u8]; 3] = [MARKET_SEED, mint, &[*bump]];
            invoke_signed(instruction, accounts, &[&seeds])?;
        }
    }
    Ok(())
}

/// Moves `amount` from one token account to another; nothing for 0.
///
/// # Errors
/// Those of the token program.
#[allow(clippy::too_many_arguments)]
pub fn transfer<'info>(
    token_program: &AccountInfo<'info>,
    from: &AccountInfo<'info>,
    mint: &AccountInfo<'info>,
    to: &AccountInfo<'info>,
    authority: &AccountInfo<'info>,
    signer: &Signer,
    amount: u64,
    decimals: u8,
) -> Result<()> {
    if amount == 0 {
        return Ok(());
    }
    let mut data = Vec::with_capacity(10);
    data.push(TRANSFER_CHECKED);
    data.extend_from_slice(&amount.to_le_bytes());
    data.push(decimals);
    let instruction = Instruction {
        program_id: *token_program.key,
        accounts: vec![
            AccountMeta::new(*from.key, false),
            AccountMeta::new_readonly(*mint.key, false),
            AccountMeta::new(*to.key, false),
            AccountMeta::new_readonly(*authority.key, true),
        ],
        data,
    };
    let accounts = [from.clone(), mint.clone(), to.clone(), authority.clone()];
    invoke(&instruction, &accounts, signer)
}

/// Mints `amount` governance atoms; nothing for 0.
///
/// # Errors
/// Those of the token program.
pub fn mint_to<'info>(
    token_program: &AccountInfo<'info>,
    mint: &AccountInfo<'info>,
    to: &AccountInfo<'info>,
    market: &AccountInfo<'info>,
    signer: &Signer,
    amount: u64,
) -> Result<()> {
    if amount == 0 {
        return Ok(());
    }
    let instruction = Instruction {
        program_id: *token_program.key,
        accounts: vec![
            AccountMeta::new(*mint.key, false),
            AccountMeta::new(*to.key, false),
            AccountMeta::new_readonly(*market.key, true),
        ],
        data: with_amount(MINT_TO, amount),
    };
    let accounts = [mint.clone(), to.clone(), market.clone()];
    invoke(&instruction, &accounts, signer)
}

/// Burns `amount` governance atoms; nothing for 0.
///
/// # Errors
/// Those of the token program.
pub fn burn<'info>(
    token_program: &AccountInfo<'info>,
    from: &AccountInfo<'info>,
    mint: &AccountInfo<'info>,
    authority: &AccountInfo<'info>,
    signer: &Signer,
    amount: u64,
) -> Result<()> {
    if amount == 0 {
        return Ok(());
    }
    let instruction = Instruction {
        program_id: *token_program.key,
        accounts: vec![
            AccountMeta::new(*from.key, false),
            AccountMeta::new(*mint.key, false),
            AccountMeta::new_readonly(*authority.key, true),
        ],
        data: with_amount(BURN, amount),
    };
    let accounts = [from.clone(), mint.clone(), authority.clone()];
    invoke(&instruction, &accounts, signer)
}

fn with_amount(number: u8, amount: u64) -> Vec<u8> {
    let mut data = Vec::with_capacity(9);
    data.push(number);
    data.extend_from_slice(&amount.to_le_bytes());
    data
}

/// What the program wants to know of a mint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MintFacts {
    /// Decimals.
    pub decimals: u8,
    /// Supply in atoms.
    pub supply: u64,
    /// Who may mint.
    pub authority: Option<Pubkey>,
    /// Who may freeze.
    pub freeze_authority: Option<Pubkey>,
}

impl MintFacts {
    /// Reads a mint of SPL Token or Token-2022 and refuses extensions that are
    /// not on the allow list.
    ///
    /// # Errors
    /// `WrongTokenProgram`, `InvalidMint`, `TooManyDecimals`,
    /// `ExtensionNotAllowed`.
    pub fn load(mint: &AccountInfo<'_>, token_program: &Pubkey) -> Result<Self> {
        require!(
            *token_program == anchor_spl::token::ID || *token_program == anchor_spl::token_2022::ID,
            BackstopError::WrongTokenProgram
        );
        require_keys_eq!(
            *mint.owner,
            *token_program,
            BackstopError::WrongTokenProgram
        );
        let data = mint.try_borrow_data()?;
        if *token_program == anchor_spl::token_2022::ID {
            require_allowed_extensions(&data)?;
        } else {
            require!(data.len() == Mint::LEN, BackstopError::InvalidMint);
        }
        let base = data.get(..Mint::LEN).ok_or(BackstopError::InvalidMint)?;
        let state = Mint::unpack(base).map_err(|_| BackstopError::InvalidMint)?;
        require!(
            state.decimals <= backstop_engine::price::MAX_DECIMALS,
            BackstopError::TooManyDecimals
        );
        Ok(Self {
            decimals: state.decimals,
            supply: state.supply,
            authority: optional(state.mint_authority),
            freeze_authority: optional(state.freeze_authority),
        })
    }
}

fn optional(key: COption<Pubkey>) -> Option<Pubkey> {
    match key {
        COption::Some(key) => Some(key),
        COption::None => None,
    }
}

/// Refuses a Token-2022 mint with an extension that can take, freeze, tax, hide
/// or redirect somebody's tokens. The list is closed: what is not known to be
/// harmless is refused.
///
/// # Errors
/// `ExtensionNotAllowed`, and the log names the extension; `InvalidMint`.
pub fn require_allowed_extensions(data: &[u8]) -> Result<()> {
    if data.len() == Mint::LEN {
        return Ok(());
    }
    // Checks length, padding and account kind.
    let state =
        StateWithExtensions::<Mint>::unpack(data).map_err(|_| BackstopError::InvalidMint)?;
    let mut rest = state.get_tlv_data();
    // The token program looks at a type even where no length follows it.
    while let Some((kind, after)) = rest.split_first_chunk::<2>() {
        let kind = u16::from_le_bytes(*kind);
        if kind == 0 {
            break;
        }
        require_allowed(kind)?;
        let (length, after) = after
            .split_first_chunk::<2>()
            .ok_or(BackstopError::InvalidMint)?;
        let length = usize::from(u16::from_le_bytes(*length));
        rest = after.get(length..).ok_or(BackstopError::InvalidMint)?;
    }
    Ok(())
}

fn require_allowed(kind: u16) -> Result<()> {
    const ALLOWED: [ExtensionType; 6] = [
        ExtensionType::MetadataPointer,
        ExtensionType::TokenMetadata,
        ExtensionType::GroupPointer,
        ExtensionType::TokenGroup,
        ExtensionType::GroupMemberPointer,
        ExtensionType::TokenGroupMember,
    ];
    let known = ExtensionType::try_from(kind).ok();
    if known.is_some_and(|extension| ALLOWED.contains(&extension)) {
        return Ok(());
    }
    match known {
        Some(extension) => msg!("Mint extension {:?} is not allowed", extension),
        None => msg!("Unknown mint extension {} is not allowed", kind),
    }
    err!(BackstopError::ExtensionNotAllowed)
}

/// Owner of a token account of SPL Token or Token-2022.
///
/// # Errors
/// `WrongTokenProgram`, `InvalidTokenAccount`.
pub fn token_account_owner(account: &AccountInfo<'_>, token_program: &Pubkey) -> Result<Pubkey> {
    require_keys_eq!(
        *account.owner,
        *token_program,
        BackstopError::WrongTokenProgram
    );
    let data = account.try_borrow_data()?;
    let base = data
        .get(..TokenAccount::LEN)
        .ok_or(BackstopError::InvalidTokenAccount)?;
    let state = TokenAccount::unpack(base).map_err(|_| BackstopError::InvalidTokenAccount)?;
    Ok(state.owner)
}
