//! What holds after every instruction that succeeded: BOOKS, SPLIT, SUM,
//! CUSTODY, and tokens behind every figure.

use anchor_lang::{prelude::Pubkey, solana_program::program_pack::Pack};
use anchor_spl::token_2022::spl_token_2022::state::{Account as TokenAccount, Mint};
use backstop::state::{Bank, Market, Obligation};

use super::{keys, Scene};

/// The rule that the scene breaks, if any.
pub fn broken(scene: &Scene) -> Option<String> {
    let keys = keys();
    let market: Option<Market> = scene.read(&keys.market.market);
    let Some((market, mint)) = market.zip(unpack::<Mint>(scene, &keys.market.mint)) else {
        return Some("the market or its mint is gone".to_owned());
    };
    if market.supply != mint.supply {
        return Some(format!(
            "CUSTODY: {} in the books, {} minted",
            market.supply, mint.supply
        ));
    }
    let banks = keys.banks.iter();
    let mut problems = banks.filter_map(|bank| broken_bank(scene, &bank.bank));
    problems.next()
}

fn broken_bank(scene: &Scene, key: &Pubkey) -> Option<String> {
    let account = scene.accounts.get(key)?;
    let Some(bank) = scene.read::<Bank>(key) else {
        let ours = account.owner == backstop::ID;
        return ours.then(|| "a bank cannot be read".to_owned());
    };
    let ledger = bank.ledger.get();
    if let Err(error) = ledger.check_books().and_then(|()| ledger.check_split()) {
        return Some(format!("{error}"));
    }
    let held = |vault: &Pubkey| unpack::<TokenAccount>(scene, vault).map_or(0, |a| a.amount);
    for (name, books, tokens) in [
        ("liquidity", ledger.cash.0, held(&bank.liquidity_vault)),
        ("insurance", ledger.insurance.0, held(&bank.insurance_vault)),
        ("escrow", bank.auction.lot, held(&bank.governance_escrow)),
    ] {
        if tokens < books {
            return Some(format!(
                "{name}: {books} in the books, {tokens} in the vault"
            ));
        }
    }
    let (mut shares, mut debts) = (0, 0);
    let obligations = scene.accounts.keys();
    for obligation in obligations.filter_map(|key| scene.read::<Obligation>(key)) {
        for position in obligation.positions().iter().filter(|p| p.bank == *key) {
            shares += position.deposit().0;
            debts += position.debt().0;
            if position.has_debt() && position.has_deposit() {
                return Some("a position on both sides of a bank".to_owned());
            }
        }
    }
    if (shares, debts) != (ledger.deposit_shares.0, ledger.debt_shares.0) {
        return Some(format!(
            "SUM: positions hold {shares} shares and {debts} of debt"
        ));
    }
    None
}

fn unpack<T: Pack + anchor_lang::solana_program::program_pack::IsInitialized>(
    scene: &Scene,
    key: &Pubkey,
) -> Option<T> {
    let data = &scene.accounts.get(key)?.data;
    T::unpack(data.get(..T::LEN)?).ok()
}
