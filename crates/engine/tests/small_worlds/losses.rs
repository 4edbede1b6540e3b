//! What the handlers of bad debt do around the engine: `write_off.rs`,
//! `cover_deficit.rs`, `socialise_deficit.rs`, `repay_written_off.rs` of the
//! program's `instructions`, and what they share in `state/waterfall.rs`.

use backstop_engine::auction::{self, Auction, IssuanceTerms, PriceRange};
use backstop_engine::bucket::Bucket;
use backstop_engine::ledger::Ledger;
use backstop_engine::socialise::Terms;
use backstop_engine::units::{Atoms, DebtShares, GovAtoms, UnixTime};
use backstop_engine::waterfall::{BountyTerms, CoverPlan, DrawTerms, Mode};

use crate::calls::{require, take, Effect, Result};
use crate::flaws::Flaw;
use crate::world::{quote, Issue, Rules, World, ISSUES, OUTSIDER};

impl World {
    /// `Market::socialise_terms`.
    pub fn socialise_terms(&self, rules: &Rules, bank: usize) -> Terms {
        let of = &rules.banks[bank];
        let has_fixed_price = of.prices.fixed_floor.0 > 0;
        let [since, until] = rules.issuance_pause;
        let delay = u64::from(of.socialise_delay_secs);
        Terms {
            mode: of.mode,
            halted: self.is_before(until) && self.now >= since.plus(delay),
            priced_at: if rules.has_feed {
                Some(self.priced_at)
            } else {
                has_fixed_price.then_some(self.now)
            },
            failed_auctions: self.banks[bank].failed_auctions,
            max_failed_auctions: rules.max_failed_auctions,
            issuance: self.issuance,
            limits: rules.limits,
            delay_secs: of.socialise_delay_secs,
            deadline_secs: of.socialise_deadline_secs,
        }
    }

    /// `Market::issuance_prices`.
    fn issuance_prices(&mut self, rules: &Rules, bank: usize, priced: bool) -> Option<PriceRange> {
        let usable = rules.has_feed && priced;
        if usable {
            self.priced_at = self.now;
        }
        let of = &rules.banks[bank];
        let gives_up = self
            .socialise_terms(rules, bank)
            .gives_up(&self.banks[bank].ledger, self.now);
        if of.mode != Mode::Full
            || self.is_before(rules.issuance_pause[1])
            || (gives_up && rules.flaw != Flaw::NeverGivesUp)
        {
            return None;
        }
        let debt = quote(of.price[usize::from(self.crashed)]);
        of.prices
            .range(rules.has_feed, usable.then(|| (Rules::token_quote(), debt)))
    }

    /// `Market::issuance_terms`.
    fn issuance_terms(&self, rules: &Rules, bank: usize, prices: PriceRange) -> IssuanceTerms {
        let mut limits = rules.limits;
        if rules.flaw == Flaw::BanksForgetEachOther {
            let others = self.banks[1 - bank].auction.lot;
            limits.lifetime_cap = GovAtoms(limits.lifetime_cap.0 + others.0);
        }
        IssuanceTerms {
            issuance: self.issuance,
            limits,
            schedule: rules.schedule,
            prices,
            min_offer: rules.banks[bank].min_offer,
        }
    }

    /// `Bank::draw_terms`.
    fn draw_terms(&self, rules: &Rules, bank: usize) -> DrawTerms {
        DrawTerms {
            limit: rules.banks[bank].draw_limit,
            bucket: self.banks[bank].draws,
        }
    }

    /// `Market::burn_unsold`, and the burning itself.
    pub(crate) fn burn_unsold(
        &mut self,
        rules: &Rules,
        bank: usize,
        amount: GovAtoms,
        since: UnixTime,
    ) -> Result<()> {
        self.issuance = self
            .issuance
            .burn_unsold(amount, &rules.limits, since, self.now)?;
        let mut issues = self.issues.iter_mut().rev();
        if let Some(issue) = issues.find(|issue| issue.bank == bank && issue.at == since) {
            issue.kept -= amount.0;
        }
        take(&mut self.tokens.escrow[bank], amount.0)?;
        take(&mut self.tokens.supply, amount.0)
    }

    /// `Market::close_settled`.
    fn close_settled(&mut self, rules: &Rules, bank: usize, ledger: &Ledger) -> Result<GovAtoms> {
        let auction = self.banks[bank].auction;
        if !auction.is_settled(ledger) || rules.flaw == Flaw::SettledAuctionStays {
            return Ok(GovAtoms::ZERO);
        }
        self.banks[bank].auction = Auction::default();
        self.burn_unsold(rules, bank, auction.lot, auction.issued_at)?;
        Ok(auction.lot)
    }

    /// `Market::apply_cover`, and `WaterfallAccounts::move_tokens`.
    fn apply_cover(&mut self, rules: &Rules, bank: usize, plan: &CoverPlan) -> Result<()> {
        if rules.flaw != Flaw::DrawsAreForgotten {
            self.banks[bank].draws = plan.draw_bucket;
        }
        if let Some(opening) = &plan.opening {
            self.banks[bank].auction = opening.auction;
            self.issues.rotate_left(1);
            self.issues[ISSUES - 1] = Issue {
                at: self.now,
                bank,
                supply: self.issuance.supply.0,
                kept: opening.lot.0,
            };
            self.issuance = opening.issuance;
            self.tokens.escrow[bank] += opening.lot.0;
            self.tokens.supply += opening.lot.0;
        }
        take(&mut self.tokens.insurance[bank], plan.insurance_drawn.0)?;
        self.tokens.liquidity[bank] += plan.insurance_drawn.0;
        self.store_loss(bank, &plan.ledger)
    }

    /// `require_no_collateral`: every deposit is in a delisted bank.
    pub fn has_no_collateral(&self, rules: &Rules, user: usize) -> bool {
        let mut deposits = self.users[user].deposits.iter().zip(&rules.banks);
        deposits.all(|(shares, bank)| shares.is_zero() || bank.delisted)
    }

    pub(crate) fn write_off(
        &mut self,
        rules: &Rules,
        bank: usize,
        user: usize,
        priced: bool,
    ) -> Result<Effect> {
        let of = &rules.banks[bank];
        require(of.mode != Mode::Disabled, "WriteOffDisabled")?;
        require(!self.is_before(rules.write_off_pause), "WriteOffPaused")?;
        let age = self.now.since(self.users[user].risk_raised_at)?;
        require(age >= u64::from(of.min_risk_age_secs), "RiskTooRecent")?;
        require(self.has_no_collateral(rules, user), "CollateralLeft")?;

        let ledger = self.accrued(rules, bank)?;
        let settled = self.close_settled(rules, bank, &ledger)?;
        let prices = self.issuance_prices(rules, bank, priced);
        let terms = prices.map(|prices| self.issuance_terms(rules, bank, prices));
        let bounty = BountyTerms {
            share: of.bounty_share,
            limit: of.bounty_limit,
            bucket: self.banks[bank].bounties,
            min_loss: of.bounty_min_loss,
        };
        let loss = ledger.debt_up(self.users[user].debts[bank])?;
        if rules.flaw == Flaw::GreatLossForgetsDraws && loss > ledger.deficit {
            self.banks[bank].draws = Bucket::default();
        }
        let plan = ledger.write_off(
            self.users[user].debts[bank],
            self.draw_terms(rules, bank),
            bounty,
            terms.as_ref(),
            &self.banks[bank].auction,
            self.now,
        )?;

        let debtor = &mut self.users[user];
        if rules.flaw != Flaw::WriteOffKeepsDebt {
            debtor.debts[bank] = DebtShares::ZERO;
        }
        let times = match rules.flaw {
            Flaw::WriteOffForgetsRecord => 0,
            Flaw::RecordGrowsTwice => 2,
            _ => 1,
        };
        debtor.records[bank] = debtor.records[bank].add(Atoms(times * plan.loss.0))?;
        // `Obligation::withhold_deposits`.
        for (withheld, shares) in debtor.withheld.iter_mut().zip(&debtor.deposits) {
            *withheld |= !shares.is_zero();
        }
        if plan.loss > ledger.deficit {
            self.banks[bank].failed_auctions = 0;
        }
        self.apply_cover(rules, bank, &plan.cover)?;
        self.banks[bank].bounties = plan.bounty_bucket;
        let burned = self.close_settled(rules, bank, &plan.cover.ledger)?;
        take(&mut self.tokens.insurance[bank], plan.bounty.0)?;
        self.tokens.wallets[OUTSIDER][bank] += plan.bounty.0 as i64;
        Ok(Effect {
            opening: plan.cover.opening,
            drawn: plan.cover.insurance_drawn,
            bounty: plan.bounty,
            burned: settled.add(burned)?,
            ..Effect::default()
        })
    }

    pub(crate) fn cover_deficit(
        &mut self,
        rules: &Rules,
        bank: usize,
        priced: bool,
    ) -> Result<Effect> {
        require(!self.banks[bank].ledger.deficit.is_zero(), "NoDeficit")?;
        let ledger = self.accrued(rules, bank)?;
        let settled = self.close_settled(rules, bank, &ledger)?;
        let prices = self.issuance_prices(rules, bank, priced);
        let terms = prices.map(|prices| self.issuance_terms(rules, bank, prices));
        let draws = self.draw_terms(rules, bank);
        let auction = if rules.flaw == Flaw::CoverIgnoresAuction {
            Auction::default()
        } else {
            self.banks[bank].auction
        };
        let mut plan = ledger.cover(draws, terms.as_ref(), &auction, self.now)?;
        if let (Flaw::CoverSkipsInsuranceGuard, Some(terms)) = (rules.flaw, &terms) {
            plan.opening = auction::open(plan.ledger.deficit, terms, self.now)?;
            plan.ledger.on_auction = plan.opening.map_or(Atoms::ZERO, |lot| lot.offered);
        }
        self.apply_cover(rules, bank, &plan)?;
        let burned = self.close_settled(rules, bank, &plan.ledger)?;
        Ok(Effect {
            opening: plan.opening,
            drawn: plan.insurance_drawn,
            burned: settled.add(burned)?,
            ..Effect::default()
        })
    }

    pub(crate) fn socialise_deficit(&mut self, rules: &Rules, bank: usize) -> Result<Effect> {
        require(!self.is_before(rules.write_off_pause), "WriteOffPaused")?;
        let mut terms = self.socialise_terms(rules, bank);
        if rules.flaw == Flaw::SocialiseAtOnce {
            terms.deadline_secs = 0;
        }
        let mut auction = self.banks[bank].auction;
        if rules.flaw == Flaw::SocialiseIgnoresAuction {
            auction = Auction::default();
        }
        let plan = self
            .accrued(rules, bank)?
            .socialise(&terms, &auction, self.now)?;
        self.banks[bank].wound_down |= plan.winds_down;
        self.store_loss(bank, &plan.ledger)?;
        Ok(Effect {
            reason: Some(plan.reason),
            ..Effect::default()
        })
    }

    pub(crate) fn repay_written_off(
        &mut self,
        rules: &Rules,
        bank: usize,
        user: usize,
        atoms: u64,
    ) -> Result<Effect> {
        let record = self.users[user].records[bank];
        let wound_down = self.banks[bank].wound_down || rules.flaw == Flaw::RecoveryGoesToLenders;
        let plan = self
            .accrued(rules, bank)?
            .repay_record(Atoms(atoms), record, wound_down)?;
        self.users[user].records[bank] = record.sub(plan.paid)?;
        self.store_loss(bank, &plan.ledger)?;
        let burned = self.close_settled(rules, bank, &plan.ledger)?;
        self.repaid[bank] += u128::from(plan.paid.0);
        self.tokens.wallets[user][bank] -= plan.paid.0 as i64;
        self.tokens.liquidity[bank] += plan.to_deficit.add(plan.to_lenders)?.0;
        self.tokens.insurance[bank] += plan.to_insurance.0;
        Ok(Effect {
            paid: plan.paid,
            burned,
            ..Effect::default()
        })
    }
}
