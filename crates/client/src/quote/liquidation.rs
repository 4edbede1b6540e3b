//! What a liquidation would take and give.

use backstop::state::{Bank, Obligation};
use backstop_engine::{
    health::Sums,
    liquidation::LiquidationPlan,
    step::{self, Parties},
    units::{Atoms, Shares},
};
use solana_pubkey::Pubkey;

use super::health::named;
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
    /// The debt's bank afterwards.
    pub debt: Bank,
    /// The collateral's bank afterwards.
    pub collateral: Bank,
}

/// Repays up to `max_repay` of the debt in `debt_bank` for the collateral in
/// `collateral_bank`, as a liquidator with an empty obligation.
///
/// # Errors
/// `NoPrice`, `UnknownBank`; `Rule`: `NoPosition`, `Delisted`, `Healthy`, and
/// `NotInsolvent` where the last collateral would go although the kindest prices
/// still cover the debt.
pub fn liquidation(
    view: &MarketView,
    obligation: &Obligation,
    debt_bank: &Pubkey,
    collateral_bank: &Pubkey,
    max_repay: Atoms,
) -> Result<LiquidationQuote, ClientError> {
    let mut debt = view.bank(debt_bank)?.bank;
    let mut collateral = view.bank(collateral_bank)?.bank;
    let ledger = collateral.ledger.get();
    let mut after = *obligation;
    let mut liquidator: Obligation = bytemuck::Zeroable::zeroed();
    let parties = Parties {
        obligation: &mut after,
        liquidator: &mut liquidator,
        debt_key: debt_bank,
        debt: &mut debt,
        collateral_key: collateral_bank,
        collateral: &mut collateral,
    };
    let done = step::liquidate(parties, view, max_repay, Shares(0), view.at())
        .map_err(|rule| named(view, obligation, rule))?;
    let seized_atoms = ledger
        .net_value_down(done.plan.to_liquidator)?
        .min(ledger.cash);
    Ok(LiquidationQuote {
        plan: done.plan,
        seized_atoms,
        before: done.before,
        after,
        debt,
        collateral,
    })
}

impl LiquidationQuote {
    /// Puts both banks into `view` as the liquidation leaves them.
    pub(super) fn book(&self, view: &mut MarketView, debt_bank: &Pubkey, collateral_bank: &Pubkey) {
        for bank in &mut view.banks {
            if bank.keys.bank == *debt_bank {
                bank.bank = self.debt;
            } else if bank.keys.bank == *collateral_bank {
                bank.bank = self.collateral;
            }
        }
    }
}
