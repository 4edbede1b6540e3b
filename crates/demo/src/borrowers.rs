//! How borrowers stand at a bar's price.

use {
    super::{scenario::USDC, stage::Stage},
    backstop_engine::units::{DebtShares, Shares},
    serde::Serialize,
};

/// One borrower's account.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct View {
    /// Position in the cast.
    pub index: usize,
    /// [atoms of SOL] Collateral.
    pub collateral: u64,
    /// (atoms) What it is worth at spot.
    pub value: u64,
    /// (atoms) Debt.
    pub debt: u64,
    /// (atoms) Record of written-off debt.
    pub written_off: u64,
}

impl View {
    /// (atoms) How much more it owes than it has.
    pub fn shortfall(&self) -> u64 {
        self.debt.saturating_sub(self.value)
    }

    /// Whether it may be liquidated at a threshold of `bps`.
    pub fn is_due(&self, bps: u32) -> bool {
        let weighted = u128::from(self.value) * u128::from(bps);
        self.collateral > 0 && self.debt > 0 && weighted < u128::from(self.debt) * 10_000
    }

    /// (bps) Debt as a share of collateral; the greatest number without any.
    pub fn loan_bps(&self) -> u64 {
        let scaled = u128::from(self.debt) * 10_000;
        let ratio = scaled.checked_div(self.value.into()).unwrap_or(u128::MAX);
        u64::try_from(ratio).unwrap_or(u64::MAX)
    }
}

/// (atoms of the stablecoin) Value of `collateral` SOL atoms at a price in
/// 10^-8 dollars, rounded down.
pub fn value(collateral: u64, price: i64) -> u64 {
    let value = u128::from(collateral) * u128::from(price.unsigned_abs()) * u128::from(USDC)
        / (u128::from(super::cast::SOL) * 100_000_000);
    u64::try_from(value).expect("a value fits")
}

/// All accounts, in the order of the cast.
pub fn views(stage: &mut Stage) -> Vec<View> {
    (0..stage.cast.borrowers.len())
        .map(|index| view(stage, index))
        .collect()
}

/// One account.
pub fn view(stage: &mut Stage, index: usize) -> View {
    let (debt_bank, collateral_bank) = (stage.usdc, stage.sol);
    let (debts, deposits) = (stage.ledger(debt_bank), stage.ledger(collateral_bank));
    let obligation = stage.world.obligation(&stage.cast.borrowers[index].actor);
    let position = |key| {
        obligation
            .positions()
            .iter()
            .find(|p| p.bank == key)
            .copied()
    };
    let debt = position(stage.world.keys(debt_bank).bank);
    let deposit = position(stage.world.keys(collateral_bank).bank);
    let shares = deposit.map_or(Shares::ZERO, |p| Shares(p.deposit_shares.get()));
    let owed = debt.map_or(DebtShares::ZERO, |p| DebtShares(p.debt_shares.get()));
    let collateral = deposits.net_value_down(shares).expect("shares fit").0;
    View {
        index,
        collateral,
        value: value(collateral, stage.bar.sol.spot),
        debt: debts.debt_up(owed).expect("debt fits").0,
        written_off: debt.map_or(0, |p| p.written_off),
    }
}
