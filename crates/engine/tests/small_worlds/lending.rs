//! What the handlers of lending do around the engine: `deposit.rs`,
//! `withdraw.rs`, `borrow.rs`, `repay.rs`, `liquidate.rs` of the program's
//! `instructions`, and `state/health.rs`.
//!
//! Prices of assets are fresh whenever they are asked for.

use backstop_engine::health::{Check, Sums};
use backstop_engine::liquidation::{self, Sides};
use backstop_engine::units::{Atoms, Shares};
use backstop_engine::EngineError;

use crate::calls::{require, take, Effect, Refusal, Result};
use crate::flaws::Flaw;
use crate::world::{Rules, World, BANKS};

impl World {
    /// `state::health`.
    fn health(&self, rules: &Rules, user: usize, check: Check) -> Result<Sums> {
        let mut sums = Sums::default();
        let user = &self.users[user];
        for bank in 0..BANKS {
            let (deposit, debt) = (user.deposits[bank], user.debts[bank]);
            if deposit.is_zero() && debt.is_zero() {
                continue;
            }
            if rules.banks[bank].delisted && debt.is_zero() {
                continue;
            }
            let ledger = self.accrued(rules, bank)?;
            let asset = self.asset(rules, bank);
            if debt.is_zero() {
                let atoms = match check {
                    Check::Insolvency => ledger.gross_value_down(deposit)?,
                    Check::Initial | Check::Maintenance => ledger.net_value_down(deposit)?,
                };
                sums.add_collateral(check, &asset, atoms)?;
            } else {
                sums.add_debt(check, &asset, ledger.debt_up(debt)?)?;
            }
        }
        Ok(sums)
    }

    pub fn has_debt(&self, user: usize) -> bool {
        self.users[user].debts.iter().any(|debt| !debt.is_zero())
    }

    pub fn has_record(&self, user: usize) -> bool {
        self.users[user]
            .records
            .iter()
            .any(|record| !record.is_zero())
    }

    pub(crate) fn deposit(
        &mut self,
        rules: &Rules,
        bank: usize,
        user: usize,
        atoms: u64,
    ) -> Result<Effect> {
        let of = &rules.banks[bank];
        require(!of.delisted, "Delisted")?;
        let wound_down = self.banks[bank].wound_down;
        let plan = self
            .accrued(rules, bank)?
            .deposit(Atoms(atoms), of.deposit_cap, wound_down)?;
        let owner = &mut self.users[user];
        require(owner.debts[bank].is_zero(), "BothSides")?;
        owner.deposits[bank] = owner.deposits[bank].add(plan.shares)?;
        self.store(bank, &plan.ledger)?;
        self.tokens.wallets[user][bank] -= atoms as i64;
        self.tokens.liquidity[bank] += atoms;
        Ok(Effect::default())
    }

    pub(crate) fn withdraw(
        &mut self,
        rules: &Rules,
        bank: usize,
        user: usize,
        part: u128,
    ) -> Result<Effect> {
        let withheld = self.users[user].withheld[bank];
        require(!(withheld && self.has_record(user)), "RecordOpen")?;
        let held = self.users[user].deposits[bank];
        require(!held.is_zero(), "InsufficientShares")?;
        let redeemed = Shares(held.0 / part);
        let before = self.accrued(rules, bank)?;
        let mut plan = before.withdraw(redeemed)?;
        match rules.flaw {
            Flaw::LeaverIsPaidGross => {
                plan.ledger.cash = plan.ledger.cash.sub(plan.borne)?;
                plan.ledger.deficit = plan.ledger.deficit.add(plan.borne)?;
                plan.ledger.totals.borne_by_leavers = before.totals.borne_by_leavers;
                plan.paid = plan.paid.add(plan.borne)?;
            }
            Flaw::LeaverLeavesDeficit => {
                plan.ledger.deficit = before.deficit;
                plan.ledger.on_auction = before.on_auction;
                plan.ledger.lender_assets = plan.ledger.lender_assets.add(plan.borne)?;
                plan.ledger.totals = before.totals;
            }
            Flaw::LeaverStaysOnAuction => plan.ledger.on_auction = before.on_auction,
            _ => {}
        }
        let owner = &mut self.users[user];
        owner.deposits[bank] = held.sub(redeemed)?;
        // A position without anything left is freed, and its mark with it.
        if owner.deposits[bank].is_zero() && owner.records[bank].is_zero() {
            owner.withheld[bank] = false;
        }
        owner.risk_raised_at = self.now;
        self.store_loss(bank, &plan.ledger)?;
        if self.has_debt(user) {
            self.health(rules, user, Check::Initial)?
                .require_healthy()?;
        }
        take(&mut self.tokens.liquidity[bank], plan.paid.0)?;
        self.tokens.wallets[user][bank] += plan.paid.0 as i64;
        Ok(Effect {
            paid: plan.paid,
            ..Effect::default()
        })
    }

    pub(crate) fn borrow(
        &mut self,
        rules: &Rules,
        bank: usize,
        user: usize,
        atoms: u64,
    ) -> Result<Effect> {
        let of = &rules.banks[bank];
        require(!of.delisted, "Delisted")?;
        require(!self.has_record(user), "RecordOpen")?;
        require(self.users[user].deposits[bank].is_zero(), "BothSides")?;
        let held = self.users[user].debts[bank];
        let wound_down = self.banks[bank].wound_down;
        let plan = self
            .accrued(rules, bank)?
            .borrow(Atoms(atoms), held, of.borrow, wound_down)?;
        self.users[user].debts[bank] = held.add(plan.shares)?;
        self.users[user].risk_raised_at = self.now;
        self.store(bank, &plan.ledger)?;
        self.health(rules, user, Check::Initial)?
            .require_healthy()?;
        take(&mut self.tokens.liquidity[bank], atoms)?;
        self.tokens.wallets[user][bank] += atoms as i64;
        Ok(Effect::default())
    }

    pub(crate) fn repay(
        &mut self,
        rules: &Rules,
        bank: usize,
        user: usize,
        atoms: u64,
    ) -> Result<Effect> {
        let held = self.users[user].debts[bank];
        let min_debt = rules.banks[bank].borrow.min_debt;
        let before = self.accrued(rules, bank)?;
        let mut plan = before.repay(Atoms(atoms), held, min_debt)?;
        match rules.flaw {
            Flaw::RepayForgetsCash => plan.ledger.cash = before.cash,
            Flaw::RepayWaits => require(before.deficit.is_zero(), "DeficitOpen")?,
            _ => {}
        }
        if rules.flaw != Flaw::RepayKeepsDebt {
            self.users[user].debts[bank] = held.sub(plan.shares)?;
        }
        self.store(bank, &plan.ledger)?;
        self.tokens.wallets[user][bank] -= plan.paid.0 as i64;
        self.tokens.liquidity[bank] += plan.paid.0;
        Ok(Effect {
            paid: plan.paid,
            ..Effect::default()
        })
    }

    pub(crate) fn liquidate(
        &mut self,
        rules: &Rules,
        [debt_bank, collateral_bank]: [usize; 2],
        [user, liquidator]: [usize; 2],
        atoms: u64,
    ) -> Result<Effect> {
        require(!rules.banks[collateral_bank].delisted, "Delisted")?;
        let sums = self.health(rules, user, Check::Maintenance)?;
        let (debt_ledger, collateral_ledger) = (
            self.accrued(rules, debt_bank)?,
            self.accrued(rules, collateral_bank)?,
        );
        let held = self.users[user];
        let sides = Sides {
            debt_ledger: &debt_ledger,
            debt_asset: &self.asset(rules, debt_bank),
            debt_shares: held.debts[debt_bank],
            collateral_ledger: &collateral_ledger,
            collateral_asset: &self.asset(rules, collateral_bank),
            collateral_shares: held.deposits[collateral_bank],
        };
        let terms = rules.banks[collateral_bank].liquidation;
        let mut plan = liquidation::plan(&sums, &sides, &terms, Atoms(atoms))?;
        if rules.flaw == Flaw::LiquidatorTakesAll {
            let all = held.deposits[collateral_bank];
            plan.to_liquidator = all.sub(plan.to_insurance)?;
        }
        // `insolvency_before`.
        let insolvency = if sums.covers_debt_and(terms.max_bonus) {
            None
        } else {
            Some(self.health(rules, user, Check::Insolvency)?)
        };

        let repaid = debt_ledger.repay(plan.repay, held.debts[debt_bank], Atoms::ZERO)?;
        if repaid.paid != plan.repay {
            return Err(Refusal::Rule(EngineError::Overflow));
        }
        let seized = plan.to_liquidator.add(plan.to_insurance)?;
        let debtor = &mut self.users[user];
        debtor.debts[debt_bank] = held.debts[debt_bank].sub(repaid.shares)?;
        debtor.deposits[collateral_bank] = held.deposits[collateral_bank].sub(seized)?;
        self.store(debt_bank, &repaid.ledger)?;
        let gains = &mut self.users[liquidator];
        require(gains.debts[collateral_bank].is_zero(), "BothSides")?;
        gains.deposits[collateral_bank] =
            gains.deposits[collateral_bank].add(plan.to_liquidator)?;
        if plan.to_insurance.is_zero() {
            self.store(collateral_bank, &collateral_ledger)?;
        } else {
            let slice = collateral_ledger.shares_to_insurance(plan.to_insurance)?;
            self.store_loss(collateral_bank, &slice.ledger)?;
        }
        if let Some(before) = insolvency {
            self.health(rules, user, Check::Insolvency)?
                .require_not_driven_insolvent(&before)?;
        }
        self.tokens.wallets[liquidator][debt_bank] -= plan.repay.0 as i64;
        self.tokens.liquidity[debt_bank] += plan.repay.0;
        Ok(Effect {
            paid: plan.repay,
            ..Effect::default()
        })
    }
}
