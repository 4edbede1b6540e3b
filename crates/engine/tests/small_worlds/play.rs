//! Each call of the program as its shipped step, and the tokens that it moves.

use backstop_engine::state::{Bank, Pubkey};
use backstop_engine::step::{self, Covered, NoBanks, Parties, WriteOff};
use backstop_engine::units::{Atoms, GovAtoms, Shares, UnixTime};

use crate::accounts::key;
use crate::calls::{take, Call, Effect, Refusal, Result};
use crate::flaws;
use crate::world::{Issue, Rules, World, BANKS, FEE_OWNER, ISSUES, OUTSIDER};

impl World {
    /// The world after `call`, and what the call did.
    pub fn after(&self, rules: &Rules, call: Call) -> Result<(Self, Effect)> {
        flaws::refuse(rules.flaw, self, rules, call)?;
        let (asked, asked_rules) = flaws::before(rules.flaw, self, rules, call);
        let rules_in_force = asked_rules.as_ref().unwrap_or(rules);
        let mut next = asked;
        let mut effect = next.apply(rules_in_force, call)?;
        flaws::after(rules, call, self, &mut next, &mut effect)?;
        Ok((next, effect))
    }

    /// The same without a flaw.
    pub fn apply(&mut self, rules: &Rules, call: Call) -> Result<Effect> {
        match call {
            Call::WriteOff { bank, user, priced } => self.write_off(rules, bank, user, priced),
            Call::Cover { bank, priced } => self.cover(rules, bank, priced),
            Call::Buy { bank, amount } => self.buy(rules, bank, amount),
            Call::Close { bank } => self.close(rules, bank),
            Call::Socialise { bank } => self.socialise(rules, bank),
            Call::RepayRecord { bank, user, atoms } => self.repay_record(rules, bank, user, atoms),
            Call::Collect { bank } => self.collect(rules, bank),
            Call::Fund { bank, atoms } => self.fund(rules, bank, atoms),
            Call::StartBuyBack { bank } => self.start_buy_back(rules, bank),
            Call::Sell { bank, amount } => self.sell(rules, bank, amount),
            Call::CloseBuyBack { bank } => self.close_buy_back(rules, bank),
            Call::Deposit { bank, user, atoms } => self.deposit(rules, bank, user, atoms),
            Call::Withdraw { bank, user, part } => self.withdraw(rules, bank, user, part),
            Call::Borrow { bank, user, atoms } => self.borrow(rules, bank, user, atoms),
            Call::Repay { bank, user, atoms } => self.repay(rules, bank, user, atoms),
            Call::Liquidate {
                debt_bank,
                collateral_bank,
                user,
                liquidator,
                atoms,
            } => self.liquidate(
                rules,
                [debt_bank, collateral_bank],
                [user, liquidator],
                atoms,
            ),
            Call::Crash => {
                if self.crashed {
                    return Err(Refusal::World("has crashed"));
                }
                self.crashed = true;
                Ok(Effect::default())
            }
            Call::Wait { secs } => {
                self.now = self.now.plus(u64::from(secs));
                Ok(Effect::default())
            }
        }
    }

    fn write_off(
        &mut self,
        rules: &Rules,
        bank: usize,
        user: usize,
        priced: bool,
    ) -> Result<Effect> {
        let since = self.banks[bank].auction.issued_at;
        let supply = self.issuance.supply;
        let (mut market, mut account) = (self.market(rules), self.account(rules, bank));
        let mut obligation = self.obligation(user);
        let others = self.others(rules, bank);
        let observed = self.shown(priced);
        let with = WriteOff {
            governance: observed.as_ref(),
            with_bounty: true,
        };
        let done = step::write_off(
            &mut market,
            &key(bank),
            &mut account,
            &mut obligation,
            &others[..],
            with,
            self.at(),
        )?;
        self.put_market(&market);
        self.put_account(bank, &account);
        self.put_obligation(user, &obligation);
        let mut effect = self.covered(bank, &done.cover, since, supply)?;
        take(&mut self.tokens.insurance[bank], done.bounty.0)?;
        self.tokens.wallets[OUTSIDER][bank] += done.bounty.0 as i64;
        effect.loss = done.loss;
        effect.bounty = done.bounty;
        Ok(effect)
    }

    fn cover(&mut self, rules: &Rules, bank: usize, priced: bool) -> Result<Effect> {
        let since = self.banks[bank].auction.issued_at;
        let supply = self.issuance.supply;
        let (mut market, mut account) = (self.market(rules), self.account(rules, bank));
        let observed = self.shown(priced);
        let done = step::cover_deficit(&mut market, &mut account, observed.as_ref(), self.at())?;
        self.put_market(&market);
        self.put_account(bank, &account);
        self.covered(bank, &done, since, supply)
    }

    /// The tokens of a pass over the tiers. What was burned was issued at `since`.
    fn covered(
        &mut self,
        bank: usize,
        done: &Covered,
        since: UnixTime,
        supply: GovAtoms,
    ) -> Result<Effect> {
        self.burn(bank, done.burned, since)?;
        if !done.issued.is_zero() {
            self.issues.rotate_left(1);
            self.issues[ISSUES - 1] = Issue {
                at: self.now,
                bank,
                supply: supply.sub(done.burned)?.0,
                kept: done.issued.0,
            };
            self.tokens.escrow[bank] += done.issued.0;
            self.tokens.supply += done.issued.0;
        }
        take(&mut self.tokens.insurance[bank], done.insurance_drawn.0)?;
        self.tokens.liquidity[bank] += done.insurance_drawn.0;
        Ok(Effect {
            issued: done.issued,
            drawn: done.insurance_drawn,
            burned: done.burned,
            ..Effect::default()
        })
    }

    /// Burns tokens from escrow that were issued at `since` and not sold.
    fn burn(&mut self, bank: usize, amount: GovAtoms, since: UnixTime) -> Result<()> {
        let mut issues = self.issues.iter_mut().rev();
        if let Some(issue) = issues.find(|issue| issue.bank == bank && issue.at == since) {
            issue.kept -= amount.0;
        }
        take(&mut self.tokens.escrow[bank], amount.0)?;
        take(&mut self.tokens.supply, amount.0)
    }

    fn buy(&mut self, rules: &Rules, bank: usize, amount: u64) -> Result<Effect> {
        let since = self.banks[bank].auction.issued_at;
        let (mut market, mut account) = (self.market(rules), self.account(rules, bank));
        let most = Atoms(u64::MAX);
        let done =
            step::buy_governance(&mut market, &mut account, GovAtoms(amount), most, self.now)?;
        self.put_market(&market);
        self.put_account(bank, &account);
        if !done.burned.is_zero() {
            self.burn(bank, done.burned, since)?;
        }
        self.tokens.wallets[OUTSIDER][bank] -= done.paid.0 as i64;
        self.tokens.liquidity[bank] += done.paid.0;
        take(&mut self.tokens.escrow[bank], done.bought.0)?;
        self.tokens.governance += done.bought.0 as i64;
        Ok(Effect {
            bought: done.bought,
            paid: done.paid,
            burned: done.burned,
            ..Effect::default()
        })
    }

    fn close(&mut self, rules: &Rules, bank: usize) -> Result<Effect> {
        let since = self.banks[bank].auction.issued_at;
        let (mut market, mut account) = (self.market(rules), self.account(rules, bank));
        let done = step::close_auction(&mut market, &mut account, self.now)?;
        self.put_market(&market);
        self.put_account(bank, &account);
        self.burn(bank, done.burned, since)?;
        Ok(Effect {
            burned: done.burned,
            ..Effect::default()
        })
    }

    fn socialise(&mut self, rules: &Rules, bank: usize) -> Result<Effect> {
        let (mut market, mut account) = (self.market(rules), self.account(rules, bank));
        let done = step::socialise_deficit(&mut market, &mut account, self.now)?;
        self.put_market(&market);
        self.put_account(bank, &account);
        Ok(Effect {
            reason: Some(done.reason),
            ..Effect::default()
        })
    }

    fn repay_record(
        &mut self,
        rules: &Rules,
        bank: usize,
        user: usize,
        atoms: u64,
    ) -> Result<Effect> {
        let since = self.banks[bank].auction.issued_at;
        let (mut market, mut account) = (self.market(rules), self.account(rules, bank));
        let mut obligation = self.obligation(user);
        let done = step::repay_written_off(
            &mut market,
            &key(bank),
            &mut account,
            &mut obligation,
            Atoms(atoms),
            self.now,
        )?;
        self.put_market(&market);
        self.put_account(bank, &account);
        self.put_obligation(user, &obligation);
        self.burn(bank, done.burned, since)?;
        self.repaid[bank] += u128::from(done.paid.0);
        self.tokens.wallets[user][bank] -= done.paid.0 as i64;
        self.tokens.liquidity[bank] += done.to_deficit.add(done.to_lenders)?.0;
        self.tokens.insurance[bank] += done.to_insurance.0;
        Ok(Effect {
            paid: done.paid,
            burned: done.burned,
            ..Effect::default()
        })
    }

    fn collect(&mut self, rules: &Rules, bank: usize) -> Result<Effect> {
        let mut account = self.account(rules, bank);
        let done = step::collect_fees(&self.market(rules), &mut account, self.now)?;
        self.put_account(bank, &account);
        let moved = done.to_insurance.add(done.to_protocol)?;
        take(&mut self.tokens.liquidity[bank], moved.0)?;
        self.tokens.insurance[bank] += done.to_insurance.0;
        self.tokens.wallets[FEE_OWNER][bank] += done.to_protocol.0 as i64;
        Ok(Effect::default())
    }

    fn fund(&mut self, rules: &Rules, bank: usize, atoms: u64) -> Result<Effect> {
        let mut account = self.account(rules, bank);
        step::fund_insurance(&mut account, Atoms(atoms), self.now)?;
        self.put_account(bank, &account);
        self.tokens.wallets[OUTSIDER][bank] -= atoms as i64;
        self.tokens.insurance[bank] += atoms;
        Ok(Effect::default())
    }

    fn start_buy_back(&mut self, rules: &Rules, bank: usize) -> Result<Effect> {
        let (mut market, mut account) = (self.market(rules), self.account(rules, bank));
        let observed = self.shown(true);
        step::start_buy_back(&mut market, &mut account, observed.as_ref(), self.at())?;
        self.put_market(&market);
        self.put_account(bank, &account);
        Ok(Effect::default())
    }

    fn sell(&mut self, rules: &Rules, bank: usize, amount: u64) -> Result<Effect> {
        let (mut market, mut account) = (self.market(rules), self.account(rules, bank));
        let observed = self.shown(true);
        let done = step::sell_governance(
            &mut market,
            &mut account,
            observed.as_ref(),
            GovAtoms(amount),
            Atoms::ZERO,
            self.at(),
        )?;
        self.put_market(&market);
        self.put_account(bank, &account);
        self.tokens.governance -= done.sold.0 as i64;
        take(&mut self.tokens.supply, done.sold.0)?;
        take(&mut self.tokens.insurance[bank], done.paid.0)?;
        self.tokens.wallets[OUTSIDER][bank] += done.paid.0 as i64;
        Ok(Effect {
            paid: done.paid,
            ..Effect::default()
        })
    }

    fn close_buy_back(&mut self, rules: &Rules, bank: usize) -> Result<Effect> {
        let (mut market, mut account) = (self.market(rules), self.account(rules, bank));
        step::close_buy_back(&mut market, &mut account, self.now)?;
        self.put_account(bank, &account);
        Ok(Effect::default())
    }

    fn deposit(&mut self, rules: &Rules, bank: usize, user: usize, atoms: u64) -> Result<Effect> {
        let mut account = self.account(rules, bank);
        let mut obligation = self.obligation(user);
        step::deposit(
            &key(bank),
            &mut account,
            &mut obligation,
            Atoms(atoms),
            0,
            true,
            self.at(),
        )?;
        self.put_account(bank, &account);
        self.put_obligation(user, &obligation);
        self.tokens.wallets[user][bank] -= atoms as i64;
        self.tokens.liquidity[bank] += atoms;
        Ok(Effect::default())
    }

    fn withdraw(&mut self, rules: &Rules, bank: usize, user: usize, part: u128) -> Result<Effect> {
        let shares = Shares(self.users[user].deposits[bank].0 / part);
        let mut account = self.account(rules, bank);
        let mut obligation = self.obligation(user);
        let (key, at) = (key(bank), self.at());
        let done = if obligation.has_debt() {
            let others = self.others(rules, bank);
            let others = &others[..];
            step::withdraw(
                &key,
                &mut account,
                &mut obligation,
                others,
                shares,
                Atoms(0),
                at,
            )?
        } else {
            step::withdraw(
                &key,
                &mut account,
                &mut obligation,
                &NoBanks,
                shares,
                Atoms(0),
                at,
            )?
        };
        self.put_account(bank, &account);
        self.put_obligation(user, &obligation);
        take(&mut self.tokens.liquidity[bank], done.paid.0)?;
        self.tokens.wallets[user][bank] += done.paid.0 as i64;
        Ok(Effect {
            paid: done.paid,
            borne: done.borne,
            ..Effect::default()
        })
    }

    fn borrow(&mut self, rules: &Rules, bank: usize, user: usize, atoms: u64) -> Result<Effect> {
        let mut account = self.account(rules, bank);
        let mut obligation = self.obligation(user);
        let others = self.others(rules, bank);
        step::borrow(
            &self.market(rules),
            &key(bank),
            &mut account,
            &mut obligation,
            &others[..],
            Atoms(atoms),
            self.at(),
        )?;
        self.put_account(bank, &account);
        self.put_obligation(user, &obligation);
        take(&mut self.tokens.liquidity[bank], atoms)?;
        self.tokens.wallets[user][bank] += atoms as i64;
        Ok(Effect::default())
    }

    fn repay(&mut self, rules: &Rules, bank: usize, user: usize, atoms: u64) -> Result<Effect> {
        let mut account = self.account(rules, bank);
        let mut obligation = self.obligation(user);
        let done = step::repay(
            &key(bank),
            &mut account,
            &mut obligation,
            Atoms(atoms),
            self.at(),
        )?;
        self.put_account(bank, &account);
        self.put_obligation(user, &obligation);
        self.tokens.wallets[user][bank] -= done.paid.0 as i64;
        self.tokens.liquidity[bank] += done.paid.0;
        Ok(Effect {
            paid: done.paid,
            ..Effect::default()
        })
    }

    fn liquidate(
        &mut self,
        rules: &Rules,
        [debt_bank, collateral_bank]: [usize; 2],
        [user, liquidator]: [usize; 2],
        atoms: u64,
    ) -> Result<Effect> {
        let (mut debt, mut collateral) = (
            self.account(rules, debt_bank),
            self.account(rules, collateral_bank),
        );
        let (mut obligation, mut gains) = (self.obligation(user), self.obligation(liquidator));
        let parties = Parties {
            obligation: &mut obligation,
            liquidator: &mut gains,
            debt_key: &key(debt_bank),
            debt: &mut debt,
            collateral_key: &key(collateral_bank),
            collateral: &mut collateral,
        };
        let done = step::liquidate(parties, &NoBanks, Atoms(atoms), Shares(0), self.at())?;
        self.put_account(debt_bank, &debt);
        self.put_account(collateral_bank, &collateral);
        self.put_obligation(user, &obligation);
        self.put_obligation(liquidator, &gains);
        self.tokens.wallets[liquidator][debt_bank] -= done.plan.repay.0 as i64;
        self.tokens.liquidity[debt_bank] += done.plan.repay.0;
        Ok(Effect {
            paid: done.plan.repay,
            ..Effect::default()
        })
    }

    /// The banks that a step on `bank` only looks at.
    fn others(&self, rules: &Rules, bank: usize) -> [(Pubkey, Bank); BANKS - 1] {
        let other = 1 - bank;
        [(key(other), self.account(rules, other))]
    }
}
