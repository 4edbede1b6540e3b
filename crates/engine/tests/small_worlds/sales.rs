//! What the handlers of auctions, buy-backs and reserves do around the engine:
//! `buy_governance.rs`, `close_auction.rs`, `buy_back.rs`, `collect_fees.rs`,
//! `fund_insurance.rs` of the program's `instructions`.

use backstop_engine::auction::{Auction, PriceRange};
use backstop_engine::buy_back::BuyBack;
use backstop_engine::units::{Atoms, GovAtoms};

use crate::calls::{require, take, Effect, Refusal, Result};
use crate::flaws::Flaw;
use crate::world::{quote, Rules, World, FEE_OWNER, OUTSIDER};

impl World {
    pub(crate) fn buy_governance(
        &mut self,
        rules: &Rules,
        bank: usize,
        amount: u64,
    ) -> Result<Effect> {
        require(!self.is_before(rules.issuance_pause[1]), "IssuancePaused")?;
        let ledger = self.accrued(rules, bank)?;
        let auction = self.banks[bank].auction;
        let mut plan = auction.fill(ledger, GovAtoms(amount), Atoms(u64::MAX), self.now)?;
        if rules.flaw == Flaw::BuyForgetsDeficit {
            plan.ledger = ledger;
        }
        self.banks[bank].auction = plan.auction;
        self.store_loss(bank, &plan.ledger)?;
        if rules.flaw == Flaw::ProceedsLowerBothDeficits {
            let other = &mut self.banks[1 - bank].ledger;
            let fall = other.deficit.min(plan.paid);
            other.deficit = other.deficit.sub(fall)?;
            other.on_auction = other.on_auction.min(other.deficit);
            other.totals.by_auction += u128::from(fall.0);
            other.lender_assets = other.lender_assets.sub(fall)?;
        }
        if !plan.burn.is_zero() {
            self.burn_unsold(rules, bank, plan.burn, auction.issued_at)?;
        }
        self.tokens.wallets[OUTSIDER][bank] -= plan.paid.0 as i64;
        self.tokens.liquidity[bank] += plan.paid.0;
        take(&mut self.tokens.escrow[bank], plan.bought.0)?;
        self.tokens.governance += plan.bought.0 as i64;
        Ok(Effect {
            bought: plan.bought,
            paid: plan.paid,
            burned: plan.burn,
            ..Effect::default()
        })
    }

    pub(crate) fn close_auction(&mut self, rules: &Rules, bank: usize) -> Result<Effect> {
        let auction = self.banks[bank].auction;
        let ledger = self.accrued(rules, bank)?;
        if rules.flaw == Flaw::SettledAuctionStays {
            require(!auction.is_settled(&ledger), "NoAuction")?;
        }
        let mut plan = auction.close(ledger, self.now)?;
        if rules.flaw == Flaw::CloseKeepsOnAuction {
            plan.ledger.on_auction = ledger.on_auction;
        }
        self.banks[bank].auction = Auction::default();
        self.priced_at = self.priced_at.max(self.now);
        // `PauseState::overlaps`.
        let [since, until] = rules.issuance_pause;
        let paused = since <= auction.ends_at && until > auction.opens_at.max(since);
        self.banks[bank].failed_auctions += u32::from(plan.failed && !paused);
        self.store_loss(bank, &plan.ledger)?;
        if rules.flaw != Flaw::CloseKeepsEscrow {
            self.burn_unsold(rules, bank, plan.burn, auction.issued_at)?;
        }
        Ok(Effect {
            burned: plan.burn,
            ..Effect::default()
        })
    }

    pub(crate) fn collect_fees(&mut self, rules: &Rules, bank: usize) -> Result<Effect> {
        require(!self.is_before(rules.write_off_pause), "WriteOffPaused")?;
        let mut ledger = self.accrued(rules, bank)?;
        let deficit = ledger.deficit;
        if rules.flaw == Flaw::FeesDoNotWait {
            ledger.deficit = Atoms::ZERO;
        }
        let mut plan = ledger.collect_fees()?;
        plan.ledger.deficit = deficit;
        self.store(bank, &plan.ledger)?;
        let moved = plan.to_insurance.add(plan.to_protocol)?;
        take(&mut self.tokens.liquidity[bank], moved.0)?;
        self.tokens.insurance[bank] += plan.to_insurance.0;
        self.tokens.wallets[FEE_OWNER][bank] += plan.to_protocol.0 as i64;
        Ok(Effect::default())
    }

    pub(crate) fn fund_insurance(
        &mut self,
        rules: &Rules,
        bank: usize,
        atoms: u64,
    ) -> Result<Effect> {
        let mut ledger = self.accrued(rules, bank)?.fund_insurance(Atoms(atoms))?;
        if rules.flaw == Flaw::FundCountsAsCover {
            ledger.totals.by_insurance += u128::from(atoms);
        }
        self.store(bank, &ledger)?;
        self.tokens.wallets[OUTSIDER][bank] -= atoms as i64;
        self.tokens.insurance[bank] += atoms;
        Ok(Effect::default())
    }

    /// `prices` of `buy_back.rs`; the price account is always passed.
    fn buy_back_prices(&mut self, rules: &Rules, bank: usize) -> Result<PriceRange> {
        let of = &rules.banks[bank];
        let debt = quote(of.price[usize::from(self.crashed)]);
        if rules.has_feed {
            self.priced_at = self.now;
        }
        let feed = rules.has_feed.then(|| (Rules::token_quote(), debt));
        of.prices
            .buy_back_range(rules.has_feed, feed)
            .ok_or(Refusal::Check("NoGovernancePrice"))
    }

    pub(crate) fn start_buy_back(&mut self, rules: &Rules, bank: usize) -> Result<Effect> {
        let of = &rules.banks[bank];
        require(!self.banks[bank].wound_down, "WoundDown")?;
        require(!self.is_before(rules.write_off_pause), "WriteOffPaused")?;
        let ledger = self.accrued(rules, bank)?;
        let range = self.buy_back_prices(rules, bank)?;
        let started = ledger.start_buy_back(
            &self.banks[bank].buy_back,
            of.insurance_target,
            range,
            rules.schedule.duration_secs,
            self.now,
        )?;
        require(started.budget >= of.min_offer, "NoSurplus")?;
        self.banks[bank].buy_back = started;
        self.store(bank, &ledger)?;
        Ok(Effect::default())
    }

    pub(crate) fn sell_governance(
        &mut self,
        rules: &Rules,
        bank: usize,
        amount: u64,
    ) -> Result<Effect> {
        require(!self.is_before(rules.write_off_pause), "WriteOffPaused")?;
        let today = self.buy_back_prices(rules, bank)?;
        let plan = self.banks[bank].buy_back.sell(
            self.accrued(rules, bank)?,
            GovAtoms(amount),
            Atoms::ZERO,
            rules.banks[bank].insurance_target,
            today.start,
            self.now,
        )?;
        self.banks[bank].buy_back = plan.buy_back;
        self.store(bank, &plan.ledger)?;
        self.issuance = self.issuance.burn_bought(plan.sold)?;
        self.tokens.governance -= plan.sold.0 as i64;
        take(&mut self.tokens.supply, plan.sold.0)?;
        take(&mut self.tokens.insurance[bank], plan.paid.0)?;
        self.tokens.wallets[OUTSIDER][bank] += plan.paid.0 as i64;
        Ok(Effect {
            paid: plan.paid,
            ..Effect::default()
        })
    }

    pub(crate) fn close_buy_back(&mut self, bank: usize) -> Result<Effect> {
        let of = &mut self.banks[bank];
        of.buy_back.require_closable(&of.ledger, self.now)?;
        of.buy_back = BuyBack::default();
        Ok(Effect::default())
    }
}
