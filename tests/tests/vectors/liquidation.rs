//! Liquidations.

use backstop_engine::{
    health::{Check, Sums},
    liquidation::{plan, Sides, Terms},
    price::Reading,
    units::{Atoms, Bps, DebtShares, Shares, Value as Dollars},
};
use serde_json::{json, Value};

use crate::{
    draw::Draw,
    prices::asset,
    show::{self, case, text},
    Vectors,
};

pub fn all() -> Vec<Vectors> {
    vec![Vectors::draw("liquidation", 260, liquidation)]
}

/// A debt, and collateral that is worth between a half and twice as much.
fn liquidation(draw: &mut Draw) -> Value {
    let (debt_asset, collateral_asset) = (asset(draw), asset(draw));
    let (debt_ledger, collateral_ledger) = (draw.ledger(50), draw.ledger(50));
    let debt_shares = DebtShares(draw.part(debt_ledger.debt_shares.0));
    let debt = debt_ledger.debt_up(debt_shares).unwrap_or_default();
    let owed = debt_asset
        .price
        .value_up(debt, debt_asset.decimals, Reading::Spot);
    let worth = owed.map_or(0, |owed| {
        owed.0.saturating_mul(u128::from(draw.within(50, 200))) / 100
    });
    let atoms = collateral_asset
        .price
        .atoms_down(Dollars(worth), collateral_asset.decimals)
        .unwrap_or_default();
    let shares = collateral_ledger
        .shares_for_net_down(atoms)
        .unwrap_or_default();
    let sides = Sides {
        debt_ledger: &debt_ledger,
        debt_asset: &debt_asset,
        debt_shares,
        collateral_ledger: &collateral_ledger,
        collateral_asset: &collateral_asset,
        collateral_shares: Shares(shares.0.min(collateral_ledger.deposit_shares.0)),
    };
    let min_bonus = draw.within(0, 500);
    let terms = Terms {
        min_bonus: Bps(min_bonus),
        max_bonus: Bps(min_bonus + draw.within(0, 1_500)),
        bonus_ramp: Bps(draw.within(1, 10_000)),
        insurance_share: draw.bps(5_000),
        target_health: Bps(draw.within(10_000, 12_000)),
        min_debt: if draw.once_in(3) {
            draw.atoms(40)
        } else {
            Atoms(1)
        },
        full_close_debt: if draw.once_in(3) {
            draw.atoms(40)
        } else {
            Atoms(0)
        },
    };
    let max_repay = if draw.once_in(3) {
        Atoms(draw.part64(debt.0))
    } else {
        Atoms(u64::MAX)
    };
    let input = json!({
        "sides": {
            "debtLedger": show::ledger(&debt_ledger),
            "debtAsset": show::asset(&debt_asset),
            "debtShares": text(debt_shares.0),
            "collateralLedger": show::ledger(&collateral_ledger),
            "collateralAsset": show::asset(&collateral_asset),
            "collateralShares": text(sides.collateral_shares.0),
        },
        "terms": {
            "minBonusBps": terms.min_bonus.0,
            "maxBonusBps": terms.max_bonus.0,
            "bonusRampBps": terms.bonus_ramp.0,
            "bonusInsuranceBps": terms.insurance_share.0,
            "targetHealthBps": terms.target_health.0,
            "minDebt": text(terms.min_debt.0),
            "fullCloseDebt": text(terms.full_close_debt.0),
        },
        "maxRepay": text(max_repay.0),
    });
    case(input, liquidate(&sides, &terms, max_repay, debt))
}

fn liquidate(
    sides: &Sides<'_>,
    terms: &Terms,
    max_repay: Atoms,
    debt: Atoms,
) -> backstop_engine::Result<Value> {
    let mut sums = Sums::default();
    let held = sides
        .collateral_ledger
        .net_value_down(sides.collateral_shares)?;
    sums.add_collateral(Check::Maintenance, sides.collateral_asset, held)?;
    sums.add_debt(Check::Maintenance, sides.debt_asset, debt)?;
    let plan = plan(&sums, sides, terms, max_repay)?;
    Ok(json!({
        "repay": text(plan.repay.0),
        "toLiquidator": text(plan.to_liquidator.0),
        "toInsurance": text(plan.to_insurance.0),
        "bonusBps": plan.bonus.0,
        "emptiesCollateral": plan.empties_collateral,
        "clearsDebt": plan.clears_debt,
    }))
}
