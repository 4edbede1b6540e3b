//! Liquidation plans against exact rationals.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::integer_division
)]

mod common;

use backstop_engine::health::{Asset, Check, Sums, Weights};
use backstop_engine::ledger::Ledger;
use backstop_engine::liquidation::{plan, LiquidationPlan, Sides, Terms};
use backstop_engine::price::Price;
use backstop_engine::units::{Atoms, Bps, DebtShares, Shares};
use backstop_engine::EngineError;
use common::*;
use num_traits::ToPrimitive;
use proptest::prelude::*;

/// One obligation with one collateral and one debt.
#[derive(Clone, Copy, Debug)]
struct Case {
    debt_ledger: Ledger,
    debt_asset: Asset,
    debt: DebtShares,
    collateral_ledger: Ledger,
    collateral_asset: Asset,
    collateral: Shares,
    terms: Terms,
}

impl Case {
    fn sums(&self, check: Check) -> Sums {
        let mut sums = Sums::default();
        let held = self
            .collateral_ledger
            .net_value_down(self.collateral)
            .unwrap();
        sums.add_collateral(check, &self.collateral_asset, held)
            .unwrap();
        let owed = self.debt_ledger.debt_up(self.debt).unwrap();
        sums.add_debt(check, &self.debt_asset, owed).unwrap();
        sums
    }

    fn plan(&self, max_repay: u64) -> Result<LiquidationPlan, EngineError> {
        let sides = Sides {
            debt_ledger: &self.debt_ledger,
            debt_asset: &self.debt_asset,
            debt_shares: self.debt,
            collateral_ledger: &self.collateral_ledger,
            collateral_asset: &self.collateral_asset,
            collateral_shares: self.collateral,
        };
        plan(
            &self.sums(Check::Maintenance),
            &sides,
            &self.terms,
            Atoms(max_repay),
        )
    }

    /// Dollars of one atom of debt at spot.
    fn debt_atom(&self) -> Q {
        atom(&self.debt_asset)
    }

    fn collateral_atom(&self) -> Q {
        atom(&self.collateral_asset)
    }

    /// Exact dollars of collateral shares at spot and the net price.
    fn worth(&self, shares: Shares) -> Q {
        q(shares.0) * net(&self.collateral_ledger) * self.collateral_atom()
    }

    fn owed(&self) -> u64 {
        self.debt_ledger.debt_up(self.debt).unwrap().0
    }

    /// The obligation after a plan.
    fn after(&self, plan: &LiquidationPlan) -> Self {
        let seized = plan.to_liquidator.add(plan.to_insurance).unwrap();
        let repaid = self
            .debt_ledger
            .repay(plan.repay, self.debt, Atoms::ZERO)
            .unwrap();
        assert_eq!(repaid.paid, plan.repay);
        Self {
            debt_ledger: repaid.ledger,
            debt: self.debt.sub(repaid.shares).unwrap(),
            collateral: self.collateral.sub(seized).unwrap(),
            ..*self
        }
    }
}

fn atom(asset: &Asset) -> Q {
    q(asset.price.spot) * ten(asset.price.exponent) * ten(-i32::from(asset.decimals))
}

fn asset(spot: u64, exponent: i32, decimals: u8, threshold: u32, weight: u32) -> Asset {
    Asset {
        price: Price {
            spot,
            ema: spot,
            conf: 0,
            exponent,
        },
        decimals,
        weights: Weights {
            collateral_factor: Bps(threshold.saturating_sub(500)),
            liquidation_threshold: Bps(threshold),
            liability_weight: Bps(weight),
        },
    }
}

fn terms(min_bonus: u32, max_bonus: u32) -> Terms {
    Terms {
        min_bonus: Bps(min_bonus),
        max_bonus: Bps(max_bonus),
        bonus_ramp: Bps(1_000),
        insurance_share: Bps(1_000),
        target_health: Bps(10_500),
        min_debt: Atoms(100),
        full_close_debt: Atoms(0),
    }
}

/// Dollars on both sides: 6 decimals, a threshold of 80 %.
fn plain(collateral: u64, owed: u64) -> Case {
    let dollar = asset(1_000_000, -6, 6, 8_000, 10_000);
    Case {
        debt_ledger: lending_bank(0, owed.max(1)),
        debt_asset: dollar,
        debt: owing(owed),
        collateral_ledger: bank(collateral, 0),
        collateral_asset: dollar,
        collateral: bank(collateral, 0).deposit_shares,
        terms: terms(500, 1_000),
    }
}

/// Cases whose debt is `ratio` parts of a million of their collateral, with
/// every accepted combination of threshold, bonus, decimals and exponents.
fn cases_at(ratio: impl Strategy<Value = u64>) -> impl Strategy<Value = Case> {
    (
        (pos_u64(40), -18i32..=0, 0u8..=18, 10_000u32..=15_000),
        (pos_u64(40), -18i32..=0, 0u8..=18, 1u32..=9_400),
        (0u32..=2_000, 0u32..=2_000, 1u32..=5_000, 0u32..=10_000),
        (10_000u32..=20_000, log_u64(30), log_u64(30)),
        (pos_u64(50), log_u64(50), 1u64..=1_000, log_u64(48), index()),
        ratio,
    )
        .prop_filter_map(
            "collateral and debt must fit",
            |(d, c, (bonus, more, ramp, cut), (target, min_debt, small), held, ratio)| {
                let (cash, deficit, part, other_debt, index) = held;
                // The rule of the configuration: t·(1 + β) ≤ 99 %.
                let room = 99_000_000 / u64::from(c.3);
                let max = (bonus + more).min((room - 10_000).min(u64::from(u32::MAX)) as u32);
                let collateral_ledger = bank(cash, deficit);
                let shares = collateral_ledger.deposit_shares.0 / 1_000 * u128::from(part);
                let mut case = Case {
                    debt_ledger: Ledger::default(),
                    debt_asset: asset(d.0, d.1, d.2, 5_000, d.3),
                    debt: DebtShares(0),
                    collateral_ledger,
                    collateral_asset: asset(c.0, c.1, c.2, c.3, 10_000),
                    collateral: Shares(shares),
                    terms: Terms {
                        min_bonus: Bps(bonus.min(max)),
                        max_bonus: Bps(max),
                        bonus_ramp: Bps(ramp),
                        insurance_share: Bps(cut),
                        target_health: Bps(target),
                        min_debt: Atoms(min_debt.max(1)),
                        full_close_debt: Atoms(small),
                    },
                };
                let worth = case.worth(case.collateral);
                let owed = up(&(worth.clone() * frac(ratio, 1_000_000) / case.debt_atom()));
                let owed = owed.to_u64().filter(|owed| *owed > 0 && *owed < 1 << 50)?;
                if q(owed) * case.debt_atom() < ten(-5) {
                    return None;
                }
                // From a thousandth of a cent to more money than there is.
                if shares == 0 || worth > ten(20) || worth < ten(-5) {
                    return None;
                }
                let mut ledger = lending_bank(0, owed + other_debt);
                ledger.index = index;
                let per = |atoms: u64| up(&(q(atoms) * two(96) / q(index))).to_u128().unwrap();
                ledger.debt_shares = DebtShares(per(owed) + per(other_debt));
                let borrowed = down(&debt(&ledger, ledger.debt_shares)).to_u64().unwrap();
                ledger.borrowed = Atoms(borrowed);
                ledger.lender_assets = Atoms(borrowed);
                case.debt_ledger = ledger;
                case.debt = DebtShares(per(owed));
                Some(case)
            },
        )
}

/// What the bonus is by its definition.
fn fair_bonus(case: &Case, sums: &Sums) -> u32 {
    let terms = &case.terms;
    let (c, d) = (q(sums.collateral.0), q(sums.debt.0));
    if c < d {
        return terms.min_bonus.0;
    }
    let (wc, wd) = (q(sums.weighted_collateral), q(sums.weighted_debt));
    let shortfall = ((&wd - wc) / wd * q(10_000))
        .floor()
        .min(q(terms.bonus_ramp.0));
    let ramped = q(terms.max_bonus.0 - terms.min_bonus.0) * shortfall / q(terms.bonus_ramp.0);
    let ramped = q(terms.min_bonus.0) + ramped.floor();
    let beyond = ((c - &d) / d * q(10_000)).floor().max(q(terms.min_bonus.0));
    ramped.min(beyond).to_integer().to_u32().unwrap()
}

proptest! {
    #![proptest_config(cases(1_500))]

    #[test]
    fn the_bonus_is_what_it_says(case in cases_at(1_000u64..2_000_000)) {
        let sums = case.sums(Check::Maintenance);
        prop_assume!(!sums.is_healthy());
        match case.plan(u64::MAX) {
            Ok(plan) => prop_assert_eq!(plan.bonus.0, fair_bonus(&case, &sums)),
            Err(error) => prop_assert_eq!(error, EngineError::AmountTooSmall),
        }
    }

    #[test]
    fn never_takes_more_collateral_than_repaid_with_the_bonus(
        case in cases_at(1_000u64..2_000_000), max in pos_u64(50),
    ) {
        prop_assume!(!case.sums(Check::Maintenance).is_healthy());
        let Ok(plan) = case.plan(max) else { return Ok(()) };
        let seized = plan.to_liquidator.add(plan.to_insurance).unwrap();
        let price = q(plan.repay.0) * case.debt_atom() * (q(1) + bps(plan.bonus.0));
        let taken = case.worth(seized);
        if taken > price {
            // Only a rest of less than one atom and a cent is thrown in.
            prop_assert!(plan.empties_collateral);
            prop_assert!(&taken - &price <= ten(-2) + ten(-11));
            prop_assert!(taken - price < case.collateral_atom());
        }
    }

    #[test]
    fn pays_no_more_than_asked_owed_and_allowed(case in cases_at(1_000u64..2_000_000), max in pos_u64(50)) {
        let sums = case.sums(Check::Maintenance);
        prop_assume!(!sums.is_healthy());
        let Ok(plan) = case.plan(max) else { return Ok(()) };
        let owed = case.owed();
        prop_assert!(plan.repay.0 > 0 && plan.repay.0 <= max.min(owed));
        prop_assert_eq!(plan.clears_debt, plan.repay.0 == owed);
        let seized = plan.to_liquidator.add(plan.to_insurance).unwrap();
        prop_assert_eq!(plan.empties_collateral, seized == case.collateral);
        let left = owed - plan.repay.0;
        if !plan.empties_collateral && left > 0 {
            prop_assert!(left >= case.terms.min_debt.0, "no dust debt");
        }
        if sums.is_underwater() || owed <= case.terms.full_close_debt.0 {
            return Ok(());
        }
        // R = (h·D − C) / (h·w − (1 + β)·t), in dollars, and one atom.
        let h = bps(case.terms.target_health.0);
        let t = bps(case.collateral_asset.weights.liquidation_threshold.0);
        let w = bps(case.debt_asset.weights.liability_weight.0);
        let (d, c) = (q(sums.weighted_debt) * ten(-16), q(sums.weighted_collateral) * ten(-16));
        let needed = (&h * d - c) / (h * w - (q(1) + bps(plan.bonus.0)) * t);
        let needed = up(&((needed + ten(-12)) / case.debt_atom()));
        if plan.repay.0 > needed.to_u64().unwrap_or(u64::MAX) {
            prop_assert!(owed - needed.to_u64().unwrap() < case.terms.min_debt.0);
        }
    }

    #[test]
    fn reaches_the_target_where_nothing_caps_it(case in cases_at(1_000u64..2_000_000)) {
        let sums = case.sums(Check::Maintenance);
        prop_assume!(!sums.is_healthy() && !sums.is_underwater());
        let Ok(plan) = case.plan(u64::MAX) else { return Ok(()) };
        if plan.empties_collateral || plan.clears_debt {
            return Ok(());
        }
        let left = case.owed() - plan.repay.0;
        prop_assume!(left != case.terms.min_debt.0);
        let after = case.after(&plan);
        let t = bps(case.collateral_asset.weights.liquidation_threshold.0);
        let w = bps(case.debt_asset.weights.liability_weight.0);
        let h = bps(case.terms.target_health.0);
        let have = after.worth(after.collateral) * t;
        let aim = debt(&after.debt_ledger, after.debt) * case.debt_atom() * w * h;
        // Two units of value and an atom of debt that was counted in full.
        let dust = ten(-11) * q(4) + case.debt_atom() * q(3);
        prop_assert!(have + dust >= aim);
    }

    #[test]
    fn a_solvent_account_is_not_made_insolvent_where_the_least_bonus_can_be_paid(
        case in cases_at(800_000u64..1_000_000), max in pos_u64(50),
    ) {
        let sums = case.sums(Check::Maintenance);
        prop_assume!(!sums.is_healthy());
        // Collateral is worth the debt and the least bonus.
        prop_assume!(q(sums.collateral.0) >= q(sums.debt.0) * (q(1) + bps(case.terms.min_bonus.0)));
        let Ok(plan) = case.plan(max) else { return Ok(()) };
        let after = case.after(&plan);
        let owed = debt(&after.debt_ledger, after.debt) * case.debt_atom();
        let have = after.worth(after.collateral);
        let dust = case.collateral_atom() + case.debt_atom() + ten(-11);
        prop_assert!(have + dust >= owed, "bad debt out of nothing");
    }

    #[test]
    fn liquidating_oneself_never_pays(case in cases_at(1_000u64..2_000_000), max in pos_u64(50)) {
        prop_assume!(!case.sums(Check::Maintenance).is_healthy());
        let Ok(plan) = case.plan(max) else { return Ok(()) };
        let (before, after) = (&case, case.after(&plan));
        // Equity of borrower and liquidator together, in dollars, while the
        // borrower is solvent: the slice for insurance is lost to both.
        let equity = |c: &Case| c.worth(c.collateral) - debt(&c.debt_ledger, c.debt) * c.debt_atom();
        let spent = q(plan.repay.0) * case.debt_atom();
        let got = case.worth(plan.to_liquidator);
        prop_assert!(equity(&after) + got - spent <= equity(before));
    }

    #[test]
    fn insurance_gets_its_share_of_the_bonus(case in cases_at(1_000u64..2_000_000), max in pos_u64(50)) {
        prop_assume!(!case.sums(Check::Maintenance).is_healthy());
        let Ok(plan) = case.plan(max) else { return Ok(()) };
        let seized = plan.to_liquidator.add(plan.to_insurance).unwrap();
        let one = q(1);
        let bonus = q(seized.0) * bps(plan.bonus.0) / (&one + bps(plan.bonus.0));
        let exact = &bonus * bps(case.terms.insurance_share.0);
        let got = q(plan.to_insurance.0);
        prop_assert!(got >= exact && got < exact + q(2));
    }

    #[test]
    fn whoever_is_insolvent_can_be_liquidated_to_the_end(case in cases_at(1_000_001u64..100_000_000)) {
        let sums = case.sums(Check::Maintenance);
        prop_assume!(!sums.is_healthy() && sums.is_underwater());
        let plan = case.plan(u64::MAX).unwrap();
        prop_assert!(plan.empties_collateral || plan.clears_debt);
    }
}

#[test]
fn a_healthy_account_is_left_alone() {
    let case = plain(1_000_000, 800_000);
    assert!(matches!(case.plan(1), Err(EngineError::Healthy { .. })));
    assert!(plain(1_000_000, 800_001).plan(u64::MAX).is_ok());
}

#[test]
fn asks_for_something_on_both_sides() {
    let case = plain(1_000_000, 900_000);
    assert_eq!(case.plan(0), Err(EngineError::ZeroAmount));
    let bare = Case {
        collateral: Shares(0),
        ..case
    };
    assert_eq!(bare.plan(1), Err(EngineError::InsufficientShares));
    let sides = Sides {
        debt_ledger: &case.debt_ledger,
        debt_asset: &case.debt_asset,
        debt_shares: DebtShares(0),
        collateral_ledger: &case.collateral_ledger,
        collateral_asset: &case.collateral_asset,
        collateral_shares: case.collateral,
    };
    assert_eq!(
        plan(
            &case.sums(Check::Maintenance),
            &sides,
            &case.terms,
            Atoms(1)
        ),
        Err(EngineError::NoDebt)
    );
}

#[test]
fn the_repayment_by_hand() {
    // D = 900 000, C = 1 000 000 · 0.8; shortfall 11.1 %, so the ramp is over:
    // bonus 10 %. R = (1.05·900 000 − 800 000) / (1.05 − 1.1·0.8) = 852 941.18.
    let plan = plain(1_000_000, 900_000).plan(u64::MAX).unwrap();
    assert_eq!(plan.bonus, Bps(1_000));
    assert_eq!(plan.repay, Atoms(852_942));
    let seized = plan.to_liquidator.add(plan.to_insurance).unwrap();
    assert_eq!(seized.0 / 1_000_000, 938_236);
    // A tenth of the bonus, that is of an eleventh.
    assert_eq!(plan.to_insurance.0, seized.0.div_ceil(11).div_ceil(10));
    assert!(!plan.empties_collateral && !plan.clears_debt);
}

#[test]
fn the_bonus_grows_along_the_ramp_and_ends_where_collateral_does() {
    let bonus = |owed| plain(1_000_000, owed).plan(u64::MAX).unwrap().bonus.0;
    assert_eq!(bonus(800_001), 500, "at the threshold");
    assert_eq!(bonus(842_106), 750, "a shortfall of 5 % is half the ramp");
    assert_eq!(bonus(888_889), 1_000, "a shortfall of 10 % is all of it");
    assert_eq!(bonus(909_090), 1_000, "there is 10 % beyond the debt");
    assert_eq!(bonus(930_000), 752, "there is 7.52 % beyond the debt");
    assert_eq!(bonus(990_000), 500, "never below the least");
    assert_eq!(bonus(1_000_001), 500, "underwater");
}

#[test]
fn repeated_liquidation_cannot_drive_a_solvent_account_underwater() {
    // Worth 102 % of the debt beyond what the greatest bonus takes: with 10 %
    // on each of many small steps nothing would be left for the last debt.
    let mut case = plain(1_060_000_000, 1_000_000_000);
    case.collateral_ledger = bank(1_060_000_000, 0);
    for _ in 0..200 {
        let Ok(plan) = case.plan(10_000_000) else {
            break;
        };
        case = case.after(&plan);
        let sums = case.sums(Check::Maintenance);
        assert!(!sums.is_underwater(), "{sums:?}");
    }
    assert!(case.owed() < 900_000_000, "it was liquidated");
}

#[test]
fn dust_is_left_on_neither_side() {
    // 50 atoms would be left: the whole debt goes.
    let mut case = plain(1_000_000, 900_000);
    case.terms.min_debt = Atoms(50_000);
    let all = case.plan(u64::MAX).unwrap();
    assert!(all.clears_debt);
    // Less than all, and more than the minimum would be left over: it stays.
    let some = case.plan(899_999).unwrap();
    assert_eq!(some.repay, Atoms(850_000));
    let less = case.plan(850_000).unwrap();
    assert_eq!(less.repay, Atoms(850_000));
    // A debt at the minimum goes in one piece or not at all.
    case.terms.min_debt = Atoms(900_000);
    assert_eq!(
        case.plan(899_999),
        Err(EngineError::DebtBelowMinimum {
            left: 1,
            min: 900_000
        })
    );
    assert!(case.plan(900_000).unwrap().clears_debt);
}

#[test]
fn small_debts_close_in_one_go() {
    let mut case = plain(1_000_000, 810_000);
    assert!(!case.plan(u64::MAX).unwrap().clears_debt);
    case.terms.full_close_debt = Atoms(809_999);
    assert!(!case.plan(u64::MAX).unwrap().clears_debt);
    case.terms.full_close_debt = Atoms(810_000);
    assert!(case.plan(u64::MAX).unwrap().clears_debt);
}

#[test]
fn underwater_collateral_pays_back_all_it_can() {
    let case = plain(1_000_000, 1_200_000);
    let plan = case.plan(u64::MAX).unwrap();
    assert!(plan.empties_collateral && !plan.clears_debt);
    // 1 000 000 / 1.05, rounded up.
    assert_eq!(plan.repay, Atoms(952_381));
}

#[test]
fn worthless_dust_still_costs_an_atom() {
    let mut case = plain(1_000_000, 900_000);
    case.collateral = Shares(1);
    let plan = case.plan(u64::MAX).unwrap();
    assert_eq!(plan.repay, Atoms(1));
    assert!(plan.empties_collateral);
}

#[test]
fn one_indivisible_token_is_liquidated_by_the_share() {
    // Collateral: one atom of a token without decimals, worth 1 000 dollars.
    // Debt: 850 dollars. No whole atom could ever be taken for it.
    let mut case = plain(1, 850_000_000);
    case.collateral_asset = asset(1_000, 0, 0, 8_000, 10_000);
    case.terms.max_bonus = Bps(500);
    let plan = case.plan(u64::MAX).unwrap();
    assert!(plan.repay.0 > 0 && plan.repay.0 < 850_000_000);
    let seized = plan.to_liquidator.add(plan.to_insurance).unwrap();
    assert!(case.worth(seized) <= q(plan.repay.0) * case.debt_atom() * frac(105, 100) + q(1_000));
}

#[test]
fn a_part_of_an_indivisible_token_does_not_buy_all_of_it() {
    let mut case = plain(1, 850_000_000);
    case.collateral_asset = asset(1_000, 0, 0, 8_000, 10_000);
    case.terms.max_bonus = Bps(500);
    // A dollar for a token worth a thousand.
    let plan = case.plan(1_000_000).unwrap();
    assert!(!plan.empties_collateral);
    let seized = plan.to_liquidator.add(plan.to_insurance).unwrap();
    assert!(case.worth(seized) <= frac(105, 100));
}

#[test]
fn a_rest_below_an_atom_is_thrown_in_where_it_is_worth_nothing() {
    // All but half an atom of collateral is bought: a micro-dollar stays.
    let mut case = plain(1_050, 1_000);
    case.collateral = Shares(case.collateral.0 - 500_000);
    case.terms.full_close_debt = Atoms(1_000);
    case.terms.max_bonus = Bps(500);
    case.terms.min_debt = Atoms(1);
    let plan = case.plan(999).unwrap();
    assert_eq!(plan.repay, Atoms(999));
    assert!(plan.empties_collateral);
}

#[test]
fn an_open_deficit_lowers_what_collateral_is_worth() {
    for deficit in [10, 10_000] {
        let mut case = plain(1_000_000, 800_000);
        case.collateral_ledger = bank(1_000_000 - deficit, deficit);
        assert!(!case.sums(Check::Maintenance).is_healthy());
        let plan = case.plan(u64::MAX).unwrap();
        let seized = plan.to_liquidator.add(plan.to_insurance).unwrap();
        let due = q(plan.repay.0) * case.debt_atom() * (q(1) + bps(plan.bonus.0));
        assert!(case.worth(seized) <= due);
        // Nor does the liquidator pay the gross price: he misses no atom.
        assert!(case.worth(seized) + case.collateral_atom() > due);
    }
}
