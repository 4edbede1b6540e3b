//! What a liquidation would take and give.

use backstop::{error::BackstopError, state::Obligation};
use backstop_engine::{
    health::{Check, Sums},
    liquidation::{plan, LiquidationPlan, Sides},
    units::{Atoms, Bps},
};
use solana_pubkey::Pubkey;

use super::health::health;
use crate::{error::ClientError, view::MarketView};

/// What `liquidate` would do now.
#[derive(Clone, Copy, Debug)]
pub struct LiquidationQuote {
    /// Repaid and seized.
    pub plan: LiquidationPlan,
    /// (atoms of the collateral) What the seized shares would pay at once: the
    /// net price, and no more than the vault's cash. The rest stays a deposit.
    pub seized_atoms: Atoms,
    /// The obligation's sums before.
    pub before: Sums,
    /// The obligation afterwards.
    pub after: Obligation,
}

/// Repays up to `max_repay` of the debt in `debt_bank` for the collateral in
/// `collateral_bank`.
///
/// # Errors
/// `NoPrice`, `UnknownBank`; `Refused` for a position that is not there or a
/// delisted collateral; `Rule`: `Healthy`, and `NotInsolvent` where the last
/// collateral would go although the kindest prices still cover the debt.
pub fn liquidation(
    view: &MarketView,
    obligation: &Obligation,
    debt_bank: &Pubkey,
    collateral_bank: &Pubkey,
    max_repay: Atoms,
) -> Result<LiquidationQuote, ClientError> {
    let debt = view.bank(debt_bank)?;
    let collateral = view.bank(collateral_bank)?;
    if collateral.bank.is_delisted() {
        return Err(BackstopError::Delisted.into());
    }
    let before = health(view, obligation, Check::Maintenance)?;
    let sides = Sides {
        debt_ledger: &debt.bank.ledger.get(),
        debt_asset: &debt.bank.asset(),
        debt_shares: obligation.position(debt_bank)?.debt(),
        collateral_ledger: &collateral.bank.ledger.get(),
        collateral_asset: &collateral.bank.asset(),
        collateral_shares: obligation.position(collateral_bank)?.deposit(),
    };
    let terms = collateral.bank.config.liquidation(&debt.bank.config);
    let plan = plan(&before, &sides, &terms, max_repay)?;

    let mut after = *obligation;
    apply(view, &mut after, debt_bank, collateral_bank, &plan)?;
    let may_matter = !before.covers_debt_and(Bps(collateral.bank.config.max_bonus_bps));
    if may_matter {
        let insolvency = health(view, obligation, Check::Insolvency)?;
        let mut moved = only_banks_of(view, obligation);
        book(&mut moved, debt_bank, collateral_bank, &plan, obligation)?;
        health(&moved, &after, Check::Insolvency)?.require_not_driven_insolvent(&insolvency)?;
    }
    let ledger = collateral.bank.ledger.get();
    let seized_atoms = ledger.net_value_down(plan.to_liquidator)?.min(ledger.cash);
    Ok(LiquidationQuote {
        plan,
        seized_atoms,
        before,
        after,
    })
}

fn apply(
    view: &MarketView,
    after: &mut Obligation,
    debt_bank: &Pubkey,
    collateral_bank: &Pubkey,
    plan: &LiquidationPlan,
) -> Result<(), ClientError> {
    let ledger = view.bank(debt_bank)?.bank.ledger.get();
    let seized = plan.to_liquidator.add(plan.to_insurance)?;
    let debt = after.position_mut(debt_bank)?;
    let repaid = ledger.repay(plan.repay, debt.debt(), Atoms::ZERO)?;
    debt.debt_shares = debt.debt().sub(repaid.shares)?.0.into();
    let collateral = after.position_mut(collateral_bank)?;
    collateral.deposit_shares = collateral.deposit().sub(seized)?.0.into();
    after.prune(debt_bank);
    after.prune(collateral_bank);
    Ok(())
}

/// The view with the banks of one obligation: all that its health looks at.
fn only_banks_of(view: &MarketView, obligation: &Obligation) -> MarketView {
    let held: Vec<Pubkey> = obligation.positions().iter().map(|p| p.bank).collect();
    let banks = view.banks.iter();
    MarketView {
        keys: view.keys,
        market: view.market,
        banks: banks
            .filter(|bank| held.contains(&bank.keys.bank))
            .cloned()
            .collect(),
        governance_price: view.governance_price,
        slot: view.slot,
        now: view.now,
    }
}

/// Changes the books of both banks in `view` as the liquidation does.
pub(super) fn book(
    view: &mut MarketView,
    debt_bank: &Pubkey,
    collateral_bank: &Pubkey,
    plan: &LiquidationPlan,
    obligation: &Obligation,
) -> Result<(), ClientError> {
    let debt = obligation.position(debt_bank)?.debt();
    for bank in &mut view.banks {
        let ledger = bank.bank.ledger.get();
        if bank.keys.bank == *debt_bank {
            let repaid = ledger.repay(plan.repay, debt, Atoms::ZERO)?;
            bank.bank.ledger = (&repaid.ledger).into();
        } else if bank.keys.bank == *collateral_bank && !plan.to_insurance.is_zero() {
            let slice = ledger.shares_to_insurance(plan.to_insurance)?;
            bank.bank.ledger = (&slice.ledger).into();
        }
    }
    Ok(())
}
