//! Instructions that belong into one transaction: prices first, then the
//! action, with the lists of banks that the program demands.

use backstop::state::Obligation;
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;

use crate::{
    addresses::BankKeys,
    error::ClientError,
    instructions::{self, LiquidationParties},
    quote::{active_banks, deposits, Lists},
    view::MarketView,
};

fn keys(view: &MarketView, banks: &[Pubkey]) -> Result<Vec<BankKeys>, ClientError> {
    banks
        .iter()
        .map(|bank| view.bank(bank).map(|found| found.keys))
        .collect()
}

/// `refresh_banks` for `banks`, each once; nothing for none. Delisted banks are
/// left out: nobody needs their price, and their feed may be dead.
///
/// # Errors
/// `UnknownBank`.
pub fn refresh(
    view: &MarketView,
    banks: impl IntoIterator<Item = Pubkey>,
) -> Result<Option<Instruction>, ClientError> {
    let mut wanted: Vec<Pubkey> = Vec::new();
    for bank in banks {
        if !wanted.contains(&bank) && !view.bank(&bank)?.bank.is_delisted() {
            wanted.push(bank);
        }
    }
    if wanted.is_empty() {
        return Ok(None);
    }
    Ok(Some(instructions::refresh_banks(&keys(view, &wanted)?)))
}

fn with_refresh(
    view: &MarketView,
    banks: &[Pubkey],
    action: Instruction,
) -> Result<Vec<Instruction>, ClientError> {
    let refresh = refresh(view, banks.iter().copied())?;
    Ok(refresh.into_iter().chain([action]).collect())
}

/// A deposit. An obligation with debt needs the price of the bank.
///
/// # Errors
/// `UnknownBank`.
pub fn deposit(
    view: &MarketView,
    bank: &BankKeys,
    obligation: (Pubkey, &Obligation),
    from: Pubkey,
    args: instructions::Deposit,
) -> Result<Vec<Instruction>, ClientError> {
    let (key, state) = obligation;
    let action = instructions::deposit(bank, state.owner, key, from, args);
    if state.has_debt() {
        return with_refresh(view, &[bank.bank], action);
    }
    Ok(vec![action])
}

/// A withdrawal of `args.shares`, all of them for `u128::MAX`.
///
/// # Errors
/// `UnknownBank`.
pub fn withdraw(
    view: &MarketView,
    bank: &BankKeys,
    obligation: (Pubkey, &Obligation),
    to: Pubkey,
    args: instructions::Withdraw,
) -> Result<Vec<Instruction>, ClientError> {
    let (key, state) = obligation;
    if !state.has_debt() {
        return Ok(vec![instructions::withdraw(
            bank,
            state.owner,
            key,
            to,
            args,
            &[],
        )]);
    }
    let held = state.position(&bank.bank);
    let leaves = held.is_ok_and(|position| args.shares >= position.deposit().0);
    let list = if leaves {
        active_banks(state, Lists::WithoutDepositIn(bank.bank))
    } else {
        active_banks(state, Lists::AsIs)
    };
    let action = instructions::withdraw(bank, state.owner, key, to, args, &list);
    with_refresh(view, &list, action)
}

/// A loan of `atoms`.
///
/// # Errors
/// `UnknownBank`.
pub fn borrow(
    view: &MarketView,
    bank: &BankKeys,
    obligation: (Pubkey, &Obligation),
    to: Pubkey,
    atoms: u64,
) -> Result<Vec<Instruction>, ClientError> {
    let (key, state) = obligation;
    let list = active_banks(state, Lists::WithDebtIn(bank.bank));
    let action = instructions::borrow(bank, state.owner, key, to, atoms, &list);
    with_refresh(view, &list, action)
}

/// A liquidation, without what may follow it.
///
/// # Errors
/// `UnknownBank`.
pub fn liquidate(
    view: &MarketView,
    debt: &BankKeys,
    collateral: &BankKeys,
    parties: LiquidationParties,
    obligation: &Obligation,
    args: instructions::Liquidate,
) -> Result<Vec<Instruction>, ClientError> {
    let list = active_banks(obligation, Lists::AsIs);
    let action = instructions::liquidate(debt, collateral, parties, args, &list);
    with_refresh(view, &list, action)
}

/// A write-off. The price of the bank is refreshed, because issuing needs it,
/// where `with_price` says that it is usable: a feed that is dead must not keep
/// a loss from being booked.
///
/// # Errors
/// `UnknownBank`.
pub fn write_off(
    view: &MarketView,
    bank: &BankKeys,
    obligation: (Pubkey, &Obligation),
    keeper_token_account: Option<Pubkey>,
    with_price: bool,
) -> Result<Vec<Instruction>, ClientError> {
    let (key, state) = obligation;
    let action = instructions::write_off(bank, key, keeper_token_account, &deposits(state));
    if with_price {
        return with_refresh(view, &[bank.bank], action);
    }
    Ok(vec![action])
}

/// `cover_deficit`, with the price that issuing needs where it is usable.
///
/// # Errors
/// `UnknownBank`.
pub fn cover(
    view: &MarketView,
    bank: &BankKeys,
    with_price: bool,
) -> Result<Vec<Instruction>, ClientError> {
    let action = instructions::cover_deficit(bank);
    if with_price {
        return with_refresh(view, &[bank.bank], action);
    }
    Ok(vec![action])
}

/// `start_buy_back`, with the price that it needs.
///
/// # Errors
/// `UnknownBank`.
pub fn start_buy_back(view: &MarketView, bank: &BankKeys) -> Result<Vec<Instruction>, ClientError> {
    with_refresh(view, &[bank.bank], instructions::start_buy_back(bank))
}

/// `sell_governance`, with the price that it needs.
///
/// # Errors
/// `UnknownBank`.
pub fn sell_governance(
    view: &MarketView,
    bank: &BankKeys,
    seller: Pubkey,
    from: Pubkey,
    to: Pubkey,
    amount: u64,
    min_proceeds: u64,
) -> Result<Vec<Instruction>, ClientError> {
    let action = instructions::sell_governance(bank, seller, from, to, amount, min_proceeds);
    with_refresh(view, &[bank.bank], action)
}
