//! Whether an action pays.
//!
//! Everything is in [`Value`], 10⁻¹² dollars. What comes in is rounded down,
//! what goes out is rounded up.

use backstop_engine::price::{Price, Reading};
use backstop_engine::units::{Atoms, Bps, Value, BPS};

use crate::decide::Task;

/// Decimals of the native token.
const SOL_DECIMALS: u8 = 9;

/// What sending a transaction costs, in lamports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fees {
    /// Of the signatures.
    pub base: u64,
    /// Of the compute units, at the price that is offered.
    pub priority: u64,
    /// To the block builder.
    pub tip: u64,
}

impl Fees {
    /// All of it, or the most there is.
    #[must_use]
    pub fn lamports(&self) -> u64 {
        self.base
            .saturating_add(self.priority)
            .saturating_add(self.tip)
    }

    /// All of it in dollars, rounded up, at the highest reading of `sol`. A
    /// price that cannot be read makes it priceless, and nothing pays.
    #[must_use]
    pub fn value_up(&self, sol: &Price) -> Value {
        let lamports = Atoms(self.lamports());
        sol.value_up(lamports, SOL_DECIMALS, Reading::High)
            .unwrap_or(Value(u128::MAX))
    }
}

/// What an operator wants to earn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Income beyond the cost, as a share of the cost.
    pub margin: Bps,
    /// Income beyond the cost, at the least.
    pub minimum: Value,
}

/// Whether and why to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// It pays for itself and for what the operator wants.
    Pays {
        /// Income beyond the cost.
        net: Value,
    },
    /// It does not pay, but serves the market: it may go, out of the budget for
    /// such work.
    FromBudget {
        /// What the budget is charged, the cost less the income.
        charge: Value,
    },
    /// It does not pay.
    TooLittle {
        /// What it brings.
        income: Value,
        /// What it would have to bring.
        wanted: Value,
    },
}

impl Terms {
    /// What an action that costs `cost` must bring: the cost, the margin on it
    /// rounded up, and no less than the minimum beyond it.
    #[must_use]
    pub fn wanted(&self, cost: Value) -> Value {
        let margin = cost
            .0
            .checked_mul(u128::from(self.margin.0))
            .map_or(u128::MAX, |product| product.div_ceil(u128::from(BPS)));
        Value(cost.0.saturating_add(margin.max(self.minimum.0)))
    }

    /// Judges an action of `task` that brings `income` for `cost`.
    #[must_use]
    pub fn judge(&self, task: Task, income: Value, cost: Value) -> Judgement {
        let wanted = self.wanted(cost);
        if income >= wanted && !income.is_zero() {
            Judgement::Pays {
                net: income.saturating_sub(cost),
            }
        } else if task.is_for_profit() {
            Judgement::TooLittle { income, wanted }
        } else {
            Judgement::FromBudget {
                charge: cost.saturating_sub(income),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sol(dollars: u64) -> Price {
        Price {
            spot: dollars * 100,
            ema: dollars * 100,
            conf: 0,
            exponent: -2,
        }
    }

    #[test]
    fn fees_are_valued_at_the_price_of_sol() {
        let fees = Fees {
            base: 5_000,
            priority: 90_000,
            tip: 5_000,
        };
        // 0.0001 SOL at 150 dollars is 1.5 cents.
        assert_eq!(fees.value_up(&sol(150)), Value(15_000_000_000));
    }

    #[test]
    fn without_a_price_of_sol_nothing_pays() {
        let broken = Price {
            spot: u64::MAX,
            ema: 1,
            conf: 1,
            exponent: 0,
        };
        let cost = Fees {
            base: 1,
            ..Fees::default()
        }
        .value_up(&broken);
        let judged = Terms::default().judge(Task::Liquidate, Value(u128::MAX - 1), cost);
        assert!(matches!(judged, Judgement::TooLittle { .. }));
    }

    #[test]
    fn work_for_the_market_goes_out_of_the_budget_and_profit_seeking_work_does_not_go() {
        let terms = Terms {
            margin: Bps(1_000),
            minimum: Value(50),
        };
        let judge = |task, income| terms.judge(task, Value(income), Value(1_000));
        assert_eq!(
            judge(Task::Liquidate, 1_100),
            Judgement::Pays { net: Value(100) }
        );
        assert!(matches!(
            judge(Task::Liquidate, 1_099),
            Judgement::TooLittle { .. }
        ));
        assert_eq!(
            judge(Task::Cover, 0),
            Judgement::FromBudget {
                charge: Value(1_000)
            }
        );
        assert_eq!(
            judge(Task::WriteOff, 400),
            Judgement::FromBudget { charge: Value(600) }
        );
        assert_eq!(
            judge(Task::WriteOff, 1_200),
            Judgement::Pays { net: Value(200) }
        );
    }

    proptest! {
        #[test]
        fn what_pays_earns_margin_and_minimum(
            income in 0u128..1 << 100, cost in 0u128..1 << 100,
            margin in 0u32..100_000, minimum in 0u128..1 << 90,
        ) {
            let terms = Terms { margin: Bps(margin), minimum: Value(minimum) };
            if let Judgement::Pays { net } =
                terms.judge(Task::Liquidate, Value(income), Value(cost))
            {
                prop_assert_eq!(net.0, income - cost);
                prop_assert!(net.0 >= minimum);
                prop_assert!(net.0 * u128::from(BPS) >= cost * u128::from(margin));
            }
        }

        #[test]
        fn dearer_fees_never_turn_a_refusal_into_a_yes(
            income in any::<u128>(), cost in any::<u128>(), more in any::<u128>(),
            margin in any::<u32>(), minimum in any::<u128>(),
        ) {
            let terms = Terms { margin: Bps(margin), minimum: Value(minimum) };
            let pays = |cost| matches!(
                terms.judge(Task::Liquidate, Value(income), Value(cost)),
                Judgement::Pays { .. }
            );
            prop_assert!(pays(cost) || !pays(cost.saturating_add(more)));
        }
    }
}
