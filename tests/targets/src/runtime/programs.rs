//! Stand-ins for the programs that Backstop calls, as far as it calls them. They
//! keep the rules that could save a careless caller: owners, balances, mints.

use anchor_lang::{
    prelude::{AccountInfo, ProgramError, Pubkey, Rent},
    solana_program::{
        entrypoint::ProgramResult, instruction::Instruction, program_option::COption,
        program_pack::Pack, system_program,
    },
};
use anchor_spl::token_2022::spl_token_2022::state::{Account as TokenAccount, AccountState, Mint};

use super::FOREIGN_CALL;

type Infos<'a, 'info> = [&'a AccountInfo<'info>];

/// Error codes of SPL Token.
const INSUFFICIENT_FUNDS: u32 = 1;
const INVALID_MINT: u32 = 2;
const MINT_MISMATCH: u32 = 3;
const OWNER_MISMATCH: u32 = 4;
const ALREADY_IN_USE: u32 = 6;
const OVERFLOW: u32 = 14;
const DECIMALS_MISMATCH: u32 = 18;

/// Runs `instruction`.
pub fn call(instruction: &Instruction, accounts: &Infos<'_, '_>) -> ProgramResult {
    let program = instruction.program_id;
    if program == backstop::ID {
        // The program emits an event by calling itself.
        return Ok(());
    }
    let mut data = Reader(&instruction.data);
    if program == system_program::ID {
        return system(&mut data, accounts);
    }
    if program == anchor_spl::token::ID || program == anchor_spl::token_2022::ID {
        return token(&program, &mut data, accounts);
    }
    require(program == anchor_spl::associated_token::ID, FOREIGN_CALL)?;
    let [payer, account, wallet, mint, _system, token_program, ..] = accounts else {
        return Err(ProgramError::NotEnoughAccountKeys);
    };
    let rent = Rent::default().minimum_balance(TokenAccount::LEN);
    move_lamports(payer, account, rent)?;
    allocate(account, TokenAccount::LEN as u64)?;
    account.assign(token_program.key);
    initialise_account(token_program.key, account, mint, wallet.key)
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn array<const N: usize>(&mut self) -> Result<[u8; N], ProgramError> {
        let (array, rest) = self
            .0
            .split_first_chunk::<N>()
            .ok_or(ProgramError::InvalidInstructionData)?;
        self.0 = rest;
        Ok(*array)
    }

    fn u64(&mut self) -> Result<u64, ProgramError> {
        self.array().map(u64::from_le_bytes)
    }

    fn key(&mut self) -> Result<Pubkey, ProgramError> {
        self.array().map(Pubkey::new_from_array)
    }
}

fn system(data: &mut Reader<'_>, accounts: &Infos<'_, '_>) -> ProgramResult {
    const CREATE: u32 = 0;
    const ASSIGN: u32 = 1;
    const TRANSFER: u32 = 2;
    const ALLOCATE: u32 = 8;
    match (u32::from_le_bytes(data.array()?), accounts) {
        (CREATE, [from, to]) => {
            if to.lamports() > 0 {
                return Err(ProgramError::Custom(0));
            }
            move_lamports(from, to, data.u64()?)?;
            allocate(to, data.u64()?)?;
            to.assign(&data.key()?);
            Ok(())
        }
        (ASSIGN, [account]) => {
            account.assign(&data.key()?);
            Ok(())
        }
        (TRANSFER, [from, to]) => move_lamports(from, to, data.u64()?),
        (ALLOCATE, [account]) => allocate(account, data.u64()?),
        _ => Err(ProgramError::InvalidInstructionData),
    }
}

fn move_lamports(from: &AccountInfo<'_>, to: &AccountInfo<'_>, lamports: u64) -> ProgramResult {
    let left = from.lamports().checked_sub(lamports);
    **from.try_borrow_mut_lamports()? = left.ok_or(ProgramError::Custom(INSUFFICIENT_FUNDS))?;
    let more = to.lamports().checked_add(lamports);
    **to.try_borrow_mut_lamports()? = more.ok_or(ProgramError::ArithmeticOverflow)?;
    Ok(())
}

fn allocate(account: &AccountInfo<'_>, space: u64) -> ProgramResult {
    if *account.owner != system_program::ID || !account.data_is_empty() {
        return Err(ProgramError::Custom(0));
    }
    let space = usize::try_from(space).map_err(|_| ProgramError::InvalidRealloc)?;
    account.resize(space)
}

fn token(program: &Pubkey, data: &mut Reader<'_>, accounts: &Infos<'_, '_>) -> ProgramResult {
    let [number] = data.array()?;
    match (number, accounts) {
        (6, [mint, authority]) => set_mint_authority(program, data, mint, authority),
        (7, [mint, to, authority]) => {
            let amount = data.u64()?;
            let mut minted = read::<Mint>(program, mint)?;
            require(
                minted.mint_authority == COption::Some(*authority.key),
                OWNER_MISMATCH,
            )?;
            let supply = minted.supply.checked_add(amount);
            minted.supply = supply.ok_or(ProgramError::Custom(OVERFLOW))?;
            credit(program, to, mint.key, amount)?;
            write(mint, minted)
        }
        (8, [from, mint, authority]) => {
            let amount = data.u64()?;
            debit(program, from, mint.key, authority.key, amount)?;
            let mut burned = read::<Mint>(program, mint)?;
            let supply = burned.supply.checked_sub(amount);
            burned.supply = supply.ok_or(ProgramError::Custom(OVERFLOW))?;
            write(mint, burned)
        }
        (12, [from, mint, to, authority]) => {
            let (amount, [decimals]) = (data.u64()?, data.array()?);
            let state = read::<Mint>(program, mint)?;
            require(state.decimals == decimals, DECIMALS_MISMATCH)?;
            debit(program, from, mint.key, authority.key, amount)?;
            credit(program, to, mint.key, amount)
        }
        (18, [account, mint]) => initialise_account(program, account, mint, &data.key()?),
        (20, [mint]) => initialise_mint(program, data, mint),
        // Immutable owner: nothing that a stand-in would notice.
        (22, [_]) => Ok(()),
        _ => Err(ProgramError::InvalidInstructionData),
    }
}

fn set_mint_authority(
    program: &Pubkey,
    data: &mut Reader<'_>,
    mint: &AccountInfo<'_>,
    authority: &AccountInfo<'_>,
) -> ProgramResult {
    let [_kind, some] = data.array()?;
    let mut state = read::<Mint>(program, mint)?;
    require(
        state.mint_authority == COption::Some(*authority.key),
        OWNER_MISMATCH,
    )?;
    state.mint_authority = match some {
        0 => COption::None,
        _ => COption::Some(data.key()?),
    };
    write(mint, state)
}

fn initialise_account(
    program: &Pubkey,
    account: &AccountInfo<'_>,
    mint: &AccountInfo<'_>,
    owner: &Pubkey,
) -> ProgramResult {
    read::<Mint>(program, mint)?;
    require(account.owner == program, OWNER_MISMATCH)?;
    let fresh = account.data.borrow().iter().all(|byte| *byte == 0);
    require(fresh, ALREADY_IN_USE)?;
    let state = TokenAccount {
        mint: *mint.key,
        owner: *owner,
        state: AccountState::Initialized,
        ..TokenAccount::default()
    };
    write(account, state)
}

fn initialise_mint(
    program: &Pubkey,
    data: &mut Reader<'_>,
    mint: &AccountInfo<'_>,
) -> ProgramResult {
    let [decimals] = data.array()?;
    require(mint.owner == program, OWNER_MISMATCH)?;
    let state = Mint {
        mint_authority: COption::Some(data.key()?),
        decimals,
        is_initialized: true,
        ..Mint::default()
    };
    write(mint, state)
}

fn debit(
    program: &Pubkey,
    from: &AccountInfo<'_>,
    mint: &Pubkey,
    authority: &Pubkey,
    amount: u64,
) -> ProgramResult {
    let mut state = read::<TokenAccount>(program, from)?;
    require(state.mint == *mint, MINT_MISMATCH)?;
    require(state.owner == *authority, OWNER_MISMATCH)?;
    let left = state.amount.checked_sub(amount);
    state.amount = left.ok_or(ProgramError::Custom(INSUFFICIENT_FUNDS))?;
    write(from, state)
}

fn credit(program: &Pubkey, to: &AccountInfo<'_>, mint: &Pubkey, amount: u64) -> ProgramResult {
    let mut state = read::<TokenAccount>(program, to)?;
    require(state.mint == *mint, MINT_MISMATCH)?;
    let more = state.amount.checked_add(amount);
    state.amount = more.ok_or(ProgramError::Custom(OVERFLOW))?;
    write(to, state)
}

fn require(holds: bool, code: u32) -> ProgramResult {
    holds.then_some(()).ok_or(ProgramError::Custom(code))
}

/// The state of a mint or token account, without its extensions.
fn read<T: Pack + anchor_lang::solana_program::program_pack::IsInitialized>(
    program: &Pubkey,
    info: &AccountInfo<'_>,
) -> Result<T, ProgramError> {
    if info.owner != program {
        return Err(ProgramError::IncorrectProgramId);
    }
    let data = info.try_borrow_data()?;
    let base = data.get(..T::LEN).ok_or(ProgramError::InvalidAccountData)?;
    T::unpack(base).map_err(|_| ProgramError::Custom(INVALID_MINT))
}

fn write<T: Pack>(info: &AccountInfo<'_>, state: T) -> ProgramResult {
    let mut data = info.try_borrow_mut_data()?;
    let base = data
        .get_mut(..T::LEN)
        .ok_or(ProgramError::InvalidAccountData)?;
    T::pack(state, base)
}
