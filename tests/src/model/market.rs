//! Auctions, insurance, buy-backs and fees.

use {
    super::{
        number::{bps, down, exact, fits, int, least, left_of, pow2, ratio, up, wide, Int},
        price::rate,
        refusal::{require, Outcome},
        state::BuyBack,
        Model, Refusal,
    },
    backstop::error::BackstopError as E,
};

/// (governance atoms) Most that `atoms` pay for at a rate, or all there can be.
fn at_most(tokens: Int) -> Int {
    tokens.min(Int::from(u64::MAX))
}

/// A sale is open from its first second to its last.
fn require_open(opens_at: i64, ends_at: i64, now: i64) -> Outcome {
    require(now >= opens_at, E::AuctionNotOpen)?;
    require(now <= ends_at, E::AuctionEnded)
}

impl Model {
    /// `buy_governance`
    pub fn buy(&mut self, user: usize, bank: usize, amount: &Int, max_pay: u64) -> Outcome {
        require(!self.is_paused(2), E::IssuancePaused)?;
        self.accrue(bank);
        let now = self.now;
        let state = &mut self.banks[bank];
        require(*amount != Int::ZERO, E::ZeroAmount)?;
        let mut auction = state.auction.clone().ok_or(E::NoAuction)?;
        require_open(auction.opens_at, auction.ends_at, now)?;
        let books = &mut state.books;
        require(books.on_auction != Int::ZERO, E::NoAuction)?;
        let fallen = ratio(
            (&auction.start - &auction.floor) * (now - auction.opens_at),
            auction.ends_at - auction.opens_at,
        );
        let price = exact(&auction.start - down(&fallen)) * pow2(-64);

        let needed = at_most(up(&(exact(books.on_auction.clone()) / &price)));
        let bought = least(amount, &auction.lot).min(needed);
        let paid = up(&(exact(bought.clone()) * &price));
        require(fits(&paid, 64), E::Overflow)?;
        require(paid <= int(max_pay), E::PaymentAboveMax)?;
        let covered = least(&paid, &books.deficit);
        books.cash += &paid;
        books.on_auction = left_of(&books.on_auction, &covered);
        books.deficit -= &covered;
        books.by_auction += &covered;
        books.insurance_fees += &paid - &covered;
        auction.lot -= &bought;
        let (rest, since) = (auction.lot.clone(), auction.issued_at);
        let is_over = books.on_auction == Int::ZERO;
        state.auction = (!is_over && rest != Int::ZERO).then_some(auction);
        self.settle(bank);
        if is_over && rest != Int::ZERO {
            self.burn_unsold(bank, &rest, since);
        }
        self.market.sequence += 1;
        self.pay_in(user, bank, &paid)?;
        self.banks[bank].escrow -= &bought;
        self.users[user].governance += bought;
        Ok(())
    }

    /// `close_auction`
    pub fn close_auction(&mut self, bank: usize) -> Outcome {
        self.accrue(bank);
        let now = self.now;
        let state = &mut self.banks[bank];
        let auction = state.auction.clone().ok_or(E::NoAuction)?;
        let failed = state.books.on_auction != Int::ZERO;
        require(!failed || now > auction.ends_at, E::AuctionNotEnded)?;
        state.books.on_auction = int(0);
        state.auction = None;
        // Nobody could buy during a pause: it is not for want of buyers.
        let pause = self.market.pauses[2];
        let paused = pause.until > pause.since
            && pause.since <= auction.ends_at
            && pause.until > auction.opens_at;
        state.failed_auctions += u32::from(failed && !paused);
        self.market.priced_at = self.market.priced_at.max(now);
        self.settle(bank);
        self.burn_unsold(bank, &auction.lot, auction.issued_at);
        self.market.sequence += 1;
        Ok(())
    }

    /// `fund_insurance`
    pub fn fund(&mut self, user: usize, bank: usize, atoms: &Int) -> Outcome {
        self.accrue(bank);
        require(*atoms != Int::ZERO, E::ZeroAmount)?;
        let books = &mut self.banks[bank].books;
        books.insurance += atoms;
        require(fits(&books.insurance, 64), E::Overflow)?;
        self.settle(bank);
        self.pay_in(user, bank, atoms)?;
        let state = &mut self.banks[bank];
        state.liquidity_vault -= atoms;
        state.insurance_vault += atoms;
        Ok(())
    }

    /// `collect_fees`
    pub fn collect(&mut self, bank: usize) -> Outcome {
        require(!self.is_paused(1), E::WriteOffPaused)?;
        self.accrue(bank);
        let state = &mut self.banks[bank];
        let books = &mut state.books;
        require(books.deficit == Int::ZERO, E::DeficitOpen)?;
        let to_insurance = least(&books.insurance_fees, &books.cash);
        books.cash -= &to_insurance;
        books.insurance_fees -= &to_insurance;
        books.insurance += &to_insurance;
        let to_protocol = least(&books.protocol_fees, &books.cash);
        books.cash -= &to_protocol;
        books.protocol_fees -= &to_protocol;
        let moved = &to_insurance + &to_protocol;
        require(moved != Int::ZERO, E::ZeroAmount)?;
        state.liquidity_vault -= moved;
        state.insurance_vault += to_insurance;
        state.fee_wallet += to_protocol;
        self.settle(bank);
        Ok(())
    }

    /// Insurance above its target.
    fn surplus(&self, bank: usize) -> Outcome<Int> {
        let state = &self.banks[bank];
        require(state.books.deficit == Int::ZERO, E::DeficitOpen)?;
        let target = exact(state.books.borrowed.clone()) * bps(state.config.insurance_target_bps);
        let surplus = left_of(&state.books.insurance, &up(&target));
        require(surplus != Int::ZERO, E::NoSurplus)?;
        Ok(surplus)
    }

    /// The lowest and the highest price of a buy-back that starts now.
    fn buy_back_prices(&mut self, bank: usize) -> Outcome<(Int, Int)> {
        let token = self.governance_price()?;
        let (state, market) = (&self.banks[bank], &self.market);
        let (low, high) = if market.has_feed() {
            let token = token.ok_or(E::NoGovernancePrice)?;
            let debt = state.fresh_price(self.slot).ok_or(E::PriceNotRefreshed)?;
            let quote = |factor| {
                let rate = rate(
                    (&token, market.decimals),
                    (debt, state.decimals),
                    &factor,
                    true,
                );
                rate.ok_or(Refusal::from(E::NoGovernancePrice))
            };
            let discount = exact(1) - bps(market.config.max_discount_bps);
            (quote(discount)?, quote(exact(1))?)
        } else {
            (
                wide(&state.config.fixed_floor_rate),
                wide(&state.config.fixed_start_rate),
            )
        };
        require(low != Int::ZERO, E::NoGovernancePrice)?;
        Ok((low, high))
    }

    /// `start_buy_back`
    pub fn start_buy_back(&mut self, bank: usize) -> Outcome {
        require(!self.banks[bank].wound_down, E::WoundDown)?;
        require(!self.is_paused(1), E::WriteOffPaused)?;
        self.accrue(bank);
        let (low, high) = self.buy_back_prices(bank)?;
        require(self.banks[bank].buy_back.is_none(), E::AuctionLive)?;
        let budget = self.surplus(bank)?;
        let smallest = int(self.banks[bank].config.min_auction_deficit);
        require(budget >= smallest, E::NoSurplus)?;
        self.banks[bank].buy_back = Some(BuyBack {
            budget,
            low,
            high,
            opens_at: self.now,
            ends_at: self.now + i64::from(self.market.config.auction_duration_secs),
        });
        self.settle(bank);
        self.market.sequence += 1;
        Ok(())
    }

    /// `sell_governance`
    pub fn sell(&mut self, user: usize, bank: usize, amount: &Int, min: u64) -> Outcome {
        require(!self.is_paused(1), E::WriteOffPaused)?;
        let (_, highest) = self.buy_back_prices(bank)?;
        self.accrue(bank);
        require(*amount != Int::ZERO, E::ZeroAmount)?;
        let now = self.now;
        let mut buy_back = self.banks[bank].buy_back.clone().ok_or(E::NoAuction)?;
        require_open(buy_back.opens_at, buy_back.ends_at, now)?;
        let risen = ratio(
            (&buy_back.high - &buy_back.low) * (now - buy_back.opens_at),
            buy_back.ends_at - buy_back.opens_at,
        );
        let price = (&buy_back.low + down(&risen)).min(highest);
        let price = exact(price) * pow2(-64);
        let spendable = self.surplus(bank)?.min(buy_back.budget.clone());
        let affordable = at_most(down(&(exact(spendable) / &price)));
        let sold = least(amount, &affordable);
        let paid = down(&(exact(sold.clone()) * price));
        require(paid != Int::ZERO, E::AmountTooSmall)?;
        require(paid >= int(min), E::ProceedsBelowMin)?;
        let state = &mut self.banks[bank];
        state.books.insurance -= &paid;
        buy_back.budget -= &paid;
        state.buy_back = (buy_back.budget != Int::ZERO).then_some(buy_back);
        self.settle(bank);
        self.market.supply -= &sold;
        self.market.burned += &sold;
        self.market.sequence += 1;
        let seller = &mut self.users[user];
        if seller.governance < sold {
            return Err(Refusal::FUNDS);
        }
        seller.governance -= sold;
        seller.wallet[bank] += &paid;
        self.banks[bank].insurance_vault -= paid;
        Ok(())
    }

    /// `close_buy_back`
    pub fn close_buy_back(&mut self, bank: usize) -> Outcome {
        let state = &mut self.banks[bank];
        let buy_back = state.buy_back.as_ref().ok_or(E::NoAuction)?;
        let deficit = state.books.deficit != Int::ZERO;
        require(deficit || self.now > buy_back.ends_at, E::AuctionNotEnded)?;
        state.buy_back = None;
        self.market.sequence += 1;
        Ok(())
    }
}
