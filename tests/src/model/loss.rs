//! Bad debt: writing off, covering, issuing, socialising, recovering.

use {
    super::{
        limit::room_or_unlimited,
        number::{bps, down, exact, fits, int, least, left_of, pow2, ratio, up, wide, Int},
        price::{accept, rate, Price},
        refusal::{require, Outcome},
        state::Auction,
        Model,
    },
    backstop::{error::BackstopError as E, state::BankConfig},
};

const DISABLED: u8 = 0;
const FULL: u8 = 2;
/// A bank is wound down below a thousandth of the first share price.
const WOUND_DOWN: u32 = 1_000;

/// The highest and the lowest price of an auction, in units of 2^-64.
struct Range {
    start: Int,
    floor: Int,
}

impl Model {
    /// `write_off`; without a `keeper` no bounty is paid.
    pub fn write_off(&mut self, user: usize, bank: usize, keeper: Option<usize>) -> Outcome {
        let config = self.banks[bank].config;
        require(config.write_off_mode != DISABLED, E::WriteOffDisabled)?;
        require(!self.is_paused(1), E::WriteOffPaused)?;
        let debt = self.users[user].position(bank).ok_or(E::NoPosition)?;
        let debt = debt.debt.clone();
        require(debt != Int::ZERO, E::NoDebt)?;
        let age = self.now - self.users[user].risk_raised_at;
        require(age >= i64::from(config.min_risk_age_secs), E::RiskTooRecent)?;
        let deposits = self.users[user].positions.iter();
        let backed = deposits
            .filter(|position| position.deposit != Int::ZERO)
            .any(|position| !self.banks[position.bank].is_delisted());
        require(!backed, E::CollateralLeft)?;

        self.accrue(bank);
        let before = self.banks[bank].books.deficit.clone();
        self.close_settled(bank);
        let prices = self.issue_prices(bank);

        let now = self.now;
        let books = &mut self.banks[bank].books;
        let loss = books.remove_debt(&debt);
        let total = &before + &loss;
        if before == Int::ZERO {
            books.deficit_since = now;
        } else if total != Int::ZERO {
            // The age of a deficit is the average age of the losses in it.
            let age = ratio(&before * (now - books.deficit_since), total.clone());
            books.deficit_since = now - i64::try_from(down(&age)).expect("an age is a time");
        }
        books.deficit = total;
        require(fits(&books.deficit, 64), E::Overflow)?;
        books.lost += &loss;
        self.cover_tiers(bank, prices);

        let owner = &mut self.users[user];
        let position = owner.position_or_new(bank);
        position.debt = int(0);
        position.record += &loss;
        for position in &mut owner.positions {
            position.withheld |= position.deposit != Int::ZERO;
        }
        owner.prune(bank);
        if loss > before {
            self.banks[bank].failed_auctions = 0;
        }
        if let Some(keeper) = keeper {
            self.pay_bounty(bank, keeper, &loss, &config);
        }
        self.settle(bank);
        self.close_settled(bank);
        self.market.sequence += 1;
        Ok(())
    }

    /// Out of the vault, all of it or nothing.
    fn pay_bounty(&mut self, bank: usize, keeper: usize, loss: &Int, config: &BankConfig) {
        let now = self.now;
        let state = &mut self.banks[bank];
        if *loss < int(config.bounty_min_loss) {
            return;
        }
        let share = down(&(exact(loss.clone()) * bps(config.bounty_bps)));
        let bounty_limit = state.bounty_limit();
        let bounty = share.min(state.bounties.room(&bounty_limit, now));
        let draw_limit = state.draw_limit();
        let room = room_or_unlimited(&state.draws, &draw_limit, now);
        if bounty > state.books.insurance || room.is_some_and(|room| bounty > room) {
            return;
        }
        state.books.insurance -= &bounty;
        state.insurance_vault -= &bounty;
        if config.draw_limit != 0 {
            state.draws.fill(&draw_limit, &bounty, now);
        }
        state.bounties.fill(&bounty_limit, &bounty, now);
        self.users[keeper].wallet[bank] += bounty;
    }

    /// `cover_deficit`
    pub fn cover(&mut self, bank: usize) -> Outcome {
        let open = self.banks[bank].books.deficit != Int::ZERO;
        require(open, E::NoDeficit)?;
        self.accrue(bank);
        self.close_settled(bank);
        let prices = self.issue_prices(bank);
        self.cover_tiers(bank, prices);
        self.settle(bank);
        self.close_settled(bank);
        self.market.sequence += 1;
        Ok(())
    }

    /// Fees, insurance within its limit, and tokens once insurance is empty.
    fn cover_tiers(&mut self, bank: usize, prices: Option<Range>) {
        self.cover_with_fees(bank);
        let now = self.now;
        let state = &mut self.banks[bank];
        let limit = state.draw_limit();
        let mut drawn = least(&state.books.insurance, &state.books.deficit);
        if let Some(room) = room_or_unlimited(&state.draws, &limit, now) {
            drawn = drawn.min(room);
            state.draws.fill(&limit, &drawn, now);
        }
        let books = &mut state.books;
        books.insurance -= &drawn;
        books.cash += &drawn;
        books.lower_deficit(&drawn);
        books.by_insurance += &drawn;
        state.insurance_vault -= &drawn;
        state.liquidity_vault += drawn;
        let empty = books.insurance == Int::ZERO && books.insurance_fees == Int::ZERO;
        if let (Some(prices), true, None) = (prices, empty, &state.auction) {
            self.issue(bank, prices);
        }
    }

    fn cover_with_fees(&mut self, bank: usize) {
        let books = &mut self.banks[bank].books;
        let fees = least(&books.protocol_fees, &books.deficit);
        books.protocol_fees -= &fees;
        books.lower_deficit(&fees);
        books.by_fees += fees;
        let fees = least(&books.insurance_fees, &books.deficit);
        books.insurance_fees -= &fees;
        books.lower_deficit(&fees);
        books.by_insurance += fees;
    }

    /// The governance price, if the market has a feed; the market remembers it.
    pub fn governance_price(&mut self) -> Outcome<Option<Price>> {
        let market = &mut self.market;
        if !market.has_feed() {
            return Ok(None);
        }
        let stored = market.published_at;
        let price = accept(
            &market.feed,
            market.price_limits(),
            stored,
            self.now,
            self.slot,
        )?;
        market.priced_at = self.now;
        market.published_at = price.published_at;
        Ok(Some(price))
    }

    fn issue_prices(&mut self, bank: usize) -> Option<Range> {
        let token = self.governance_price().ok().flatten();
        let config = self.banks[bank].config;
        if config.write_off_mode != FULL || self.is_paused(2) || self.gives_up(bank) {
            return None;
        }
        let market = &self.market;
        let (start, floor) = if market.has_feed() {
            let debt = self.banks[bank].fresh_price(self.slot)?;
            let token = token.as_ref()?;
            let quote = |factor, cheap| {
                let debt = (debt, self.banks[bank].decimals);
                rate((token, market.decimals), debt, &factor, cheap)
            };
            let premium = exact(1) + bps(market.config.premium_bps);
            let discount = exact(1) - bps(market.config.max_discount_bps);
            (quote(premium, false)?, quote(discount, true)?)
        } else {
            (wide(&config.fixed_start_rate), int(0))
        };
        let floor = floor.max(wide(&config.fixed_floor_rate));
        (floor != Int::ZERO).then(|| Range {
            start: start.max(floor.clone()),
            floor,
        })
    }

    /// Whether no further auction is to be opened.
    fn gives_up(&self, bank: usize) -> bool {
        let state = &self.banks[bank];
        let age = self.now - state.books.deficit_since;
        let tried = state.failed_auctions >= self.market.config.max_failed_auctions
            && age >= i64::from(state.config.socialise_delay_secs);
        let overdue = age >= i64::from(state.config.socialise_deadline_secs);
        state.books.deficit != Int::ZERO && (tried || overdue)
    }

    /// Sizes a lot at the floor price, within every limit, and opens its auction.
    fn issue(&mut self, bank: usize, prices: Range) {
        let now = self.now;
        let market = &mut self.market;
        let deficit = &self.banks[bank].books.deficit;
        if *deficit == Int::ZERO {
            return;
        }
        let limit = market.issue_limit();
        let room = market
            .issues
            .room(&limit, now)
            .min(market.share_of_supply(market.config.issuance_auction_bps))
            .min(left_of(
                &int(market.config.lifetime_issuance_cap),
                &market.outstanding,
            ))
            .min(int(u64::MAX) - &market.supply);
        let wanted = up(&(exact(deficit.clone()) * pow2(64) / exact(prices.floor.clone())));
        let (lot, offered) = if wanted <= room {
            (wanted, deficit.clone())
        } else {
            let raised = down(&(exact(&room * &prices.floor) * pow2(-64)));
            (room, least(&raised, deficit))
        };
        let smallest = int(self.banks[bank].config.min_auction_deficit);
        if lot == Int::ZERO || offered == Int::ZERO || offered < smallest {
            return;
        }
        market.issues.fill(&limit, &lot, now);
        market.supply += &lot;
        market.outstanding += &lot;
        market.issued += &lot;
        let opens_at = now + i64::from(market.config.auction_delay_secs);
        let state = &mut self.banks[bank];
        state.books.on_auction = offered;
        state.escrow += &lot;
        state.auction = Some(Auction {
            lot,
            start: prices.start,
            floor: prices.floor,
            issued_at: now,
            opens_at,
            ends_at: opens_at + i64::from(market.config.auction_duration_secs),
        });
    }

    /// Burns what is left of an auction whose deficit was covered otherwise.
    pub fn close_settled(&mut self, bank: usize) {
        let state = &mut self.banks[bank];
        if state.books.on_auction == Int::ZERO {
            if let Some(auction) = state.auction.take() {
                self.burn_unsold(bank, &auction.lot, auction.issued_at);
            }
        }
    }

    /// Burns tokens out of escrow; they count against no limit any more.
    pub fn burn_unsold(&mut self, bank: usize, amount: &Int, since: i64) {
        let limit = self.market.issue_limit();
        self.market
            .issues
            .give_back(&limit, amount, since, self.now);
        self.market.supply -= amount;
        self.market.outstanding -= amount;
        self.market.burned += amount;
        self.banks[bank].escrow -= amount;
    }

    /// `socialise_deficit`
    pub fn socialise(&mut self, bank: usize) -> Outcome {
        require(!self.is_paused(1), E::WriteOffPaused)?;
        self.accrue(bank);
        let open = self.banks[bank].books.deficit != Int::ZERO;
        require(open, E::NoDeficit)?;
        require(self.banks[bank].auction.is_none(), E::AuctionLive)?;
        self.cover_with_fees(bank);
        let empty = self.banks[bank].books.insurance == Int::ZERO;
        require(empty, E::InsuranceNotEmpty)?;
        let config = self.banks[bank].config;
        let age = self.now - self.banks[bank].books.deficit_since;
        let wait = if self.issuance_is_hopeless(bank) {
            config
                .socialise_delay_secs
                .min(config.socialise_deadline_secs)
        } else {
            config.socialise_deadline_secs
        };
        require(age >= i64::from(wait), E::SocialiseTooEarly)?;
        let state = &mut self.banks[bank];
        let books = &mut state.books;
        books.lender_assets -= &books.deficit;
        books.socialised += &books.deficit;
        books.deficit = int(0);
        let first_price = &books.lender_assets * 1_000_000 * WOUND_DOWN;
        state.wound_down |= books.shares != Int::ZERO && first_price < books.shares;
        self.settle(bank);
        self.market.sequence += 1;
        Ok(())
    }

    fn issuance_is_hopeless(&self, bank: usize) -> bool {
        let (state, market) = (&self.banks[bank], &self.market);
        let delay = i64::from(state.config.socialise_delay_secs);
        let pause = market.pauses[2];
        let halted = self.is_paused(2) && self.now >= pause.since + delay;
        let unpriced = if market.has_feed() {
            self.now > market.priced_at + delay
        } else {
            wide(&state.config.fixed_floor_rate) == Int::ZERO
        };
        state.config.write_off_mode != FULL
            || market.outstanding >= int(market.config.lifetime_issuance_cap)
            || state.failed_auctions >= market.config.max_failed_auctions
            || halted
            || unpriced
    }

    /// `repay_written_off`
    pub fn repay_record(
        &mut self,
        payer: usize,
        debtor: usize,
        bank: usize,
        atoms: &Int,
    ) -> Outcome {
        let position = self.users[debtor].position(bank).ok_or(E::NoPosition)?;
        let record = position.record.clone();
        self.accrue(bank);
        require(record != Int::ZERO, E::NothingWrittenOff)?;
        require(*atoms != Int::ZERO, E::ZeroAmount)?;
        let paid = least(atoms, &record);
        let state = &mut self.banks[bank];
        let books = &mut state.books;
        let to_deficit = least(&paid, &books.deficit);
        let rest = &paid - &to_deficit;
        // In a wound-down bank lenders lost all there was: they come first.
        let to_lenders = state.wound_down && books.shares > int(1_000_000);
        books.lower_deficit(&to_deficit);
        books.recovered += &to_deficit;
        books.cash += &to_deficit;
        if to_lenders {
            books.cash += &rest;
            books.lender_assets += &rest;
        } else {
            books.insurance += &rest;
        }
        let sums = [&books.cash, &books.insurance, &books.lender_assets];
        require(sums.into_iter().all(|sum| fits(sum, 64)), E::Overflow)?;
        let owner = &mut self.users[debtor];
        owner.position_or_new(bank).record -= &paid;
        owner.prune(bank);
        self.settle(bank);
        self.close_settled(bank);
        self.market.sequence += 1;
        self.pay_in(payer, bank, &paid)?;
        if !to_lenders {
            let state = &mut self.banks[bank];
            state.liquidity_vault -= &rest;
            state.insurance_vault += rest;
        }
        Ok(())
    }
}
