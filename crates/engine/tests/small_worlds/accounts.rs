//! A world as the program's accounts, which the engine's steps take, and back.
//!
//! A state of the search holds only what varies. Prices of assets are of the slot
//! whenever they are asked for.

use backstop_engine::price::Observation;
use backstop_engine::state::{
    Bank as BankAccount, BankConfig, Market, MarketConfig, Obligation, Position, PriceState,
    Pubkey, PYTH_RECEIVERS,
};
use backstop_engine::step::At;
use backstop_engine::units::{Atoms, DebtShares, Shares, UnixTime};
use bytemuck::Zeroable;

use crate::world::{Bank, BankRules, Rules, User, World, BANKS};

const SLOT: u64 = 1;

/// The address of a bank.
pub fn key(bank: usize) -> Pubkey {
    Pubkey::new_from_array([1 + bank as u8; 32])
}

impl BankRules {
    fn config(&self) -> BankConfig {
        BankConfig {
            fixed_floor_rate: self.prices.fixed_floor.0.into(),
            fixed_start_rate: self.prices.fixed_start.0.into(),
            deposit_cap: self.deposit_cap.0,
            borrow_cap: self.borrow.borrow_cap.0,
            min_debt: self.borrow.min_debt.0,
            full_close_debt: self.liquidation.full_close_debt.0,
            draw_limit: self.draw_limit.capacity,
            bounty_cap: self.bounty_limit.capacity,
            bounty_min_loss: self.bounty_min_loss.0,
            min_auction_deficit: self.min_offer.0,
            collateral_factor_bps: self.weights.collateral_factor.0,
            liquidation_threshold_bps: self.weights.liquidation_threshold.0,
            liability_weight_bps: self.weights.liability_weight.0,
            min_bonus_bps: self.liquidation.min_bonus.0,
            max_bonus_bps: self.liquidation.max_bonus.0,
            bonus_ramp_bps: self.liquidation.bonus_ramp.0,
            bonus_insurance_bps: self.liquidation.insurance_share.0,
            target_health_bps: self.liquidation.target_health.0,
            max_utilisation_bps: self.borrow.max_utilisation.0,
            base_rate_bps: self.curve.base.0,
            slope_below_bps: self.curve.slope_below.0,
            slope_above_bps: self.curve.slope_above.0,
            kink_bps: self.curve.kink.0,
            protocol_fee_bps: self.fees.protocol.0,
            insurance_fee_bps: self.fees.insurance.0,
            min_risk_age_secs: self.min_risk_age_secs,
            limit_window_secs: self.draw_limit.window_secs,
            bounty_bps: self.bounty_share.0,
            socialise_delay_secs: self.socialise_delay_secs,
            socialise_deadline_secs: self.socialise_deadline_secs,
            insurance_target_bps: self.insurance_target.0,
            write_off_mode: self.mode as u8,
            delisted: self.delisted.into(),
            ..BankConfig::recommended(0)
        }
    }
}

impl Rules {
    fn config(&self) -> MarketConfig {
        let [first, _] = &self.banks;
        MarketConfig {
            oracle_program: if self.has_feed {
                PYTH_RECEIVERS[0]
            } else {
                Pubkey::default()
            },
            lifetime_issuance_cap: self.limits.lifetime_cap.0,
            auction_delay_secs: self.schedule.delay_secs,
            auction_duration_secs: self.schedule.duration_secs,
            max_discount_bps: first.prices.max_discount.0,
            premium_bps: first.prices.premium.0,
            max_failed_auctions: self.max_failed_auctions,
            issuance_window_bps: self.limits.per_window.0,
            issuance_window_secs: self.limits.window_secs,
            issuance_auction_bps: self.limits.per_auction.0,
            ..MarketConfig::recommended(0)
        }
    }
}

/// Accounts that hold settings and nothing else.
#[derive(Clone, Debug)]
pub struct Blank {
    market: Market,
    banks: [BankAccount; BANKS],
}

impl Rules {
    fn blank(&self) -> Blank {
        let mut blank = Blank {
            market: Market::zeroed(),
            banks: [BankAccount::zeroed(); BANKS],
        };
        blank.market.config = self.config();
        for (account, of) in blank.banks.iter_mut().zip(&self.banks) {
            account.config = of.config();
        }
        blank
    }

    /// With the accounts that its settings make, for a search that makes them often.
    pub fn prepared(&self) -> Self {
        Self {
            blank: Some(Box::new(self.blank())),
            ..self.clone()
        }
    }
}

impl World {
    pub fn at(&self) -> At {
        At {
            now: self.now,
            slot: SLOT,
        }
    }

    /// What the governance token's feed says, if it is shown.
    pub fn shown(&self, priced: bool) -> Option<Observation> {
        let price = Rules::token_quote().price;
        priced.then_some(Observation {
            price: price.spot as i64,
            conf: price.conf,
            exponent: price.exponent,
            published: self.now,
            ema: price.ema as i64,
        })
    }

    pub fn market(&self, rules: &Rules) -> Market {
        let [since, until] = rules.issuance_pause;
        let mut market = match &rules.blank {
            Some(blank) => blank.market,
            None => rules.blank().market,
        };
        market.supply = self.issuance.supply.0;
        market.outstanding = self.issuance.outstanding.0;
        market.issuance_bucket = self.issuance.bucket.into();
        market.governance_priced_at = self.priced_at.0;
        market.governance_published_at = self.priced_at.0;
        market.issuance_pause.since = since.0;
        market.issuance_pause.until = until.0;
        market.write_off_pause.until = rules.write_off_pause.0;
        market
    }

    pub fn put_market(&mut self, market: &Market) {
        self.issuance = market.issuance();
        self.priced_at = UnixTime(market.governance_priced_at);
    }

    pub fn account(&self, rules: &Rules, bank: usize) -> BankAccount {
        let own = &self.banks[bank];
        let price = self.asset(rules, bank).price;
        let mut account = match &rules.blank {
            Some(blank) => blank.banks[bank],
            None => rules.blank().banks[bank],
        };
        account.wound_down = own.wound_down.into();
        account.failed_auctions = own.failed_auctions;
        account.ledger = (&own.ledger).into();
        account.draw_bucket = own.draws.into();
        account.bounty_bucket = own.bounties.into();
        account.auction = own.auction.into();
        account.buy_back = own.buy_back.into();
        account.price = PriceState {
            spot: price.spot,
            ema: price.ema,
            conf: price.conf,
            slot: SLOT,
            exponent: price.exponent,
            ..PriceState::default()
        };
        account
    }

    pub fn put_account(&mut self, bank: usize, account: &BankAccount) {
        self.banks[bank] = Bank {
            ledger: account.ledger.get(),
            draws: account.draw_bucket.get(),
            bounties: account.bounty_bucket.get(),
            auction: account.auction.get(),
            buy_back: account.buy_back.get(),
            failed_auctions: account.failed_auctions,
            wound_down: account.is_wound_down(),
        };
    }

    pub fn obligation(&self, user: usize) -> Obligation {
        let user = &self.users[user];
        let mut obligation = Obligation::zeroed();
        obligation.risk_raised_at = user.risk_raised_at.0;
        for bank in 0..BANKS {
            let position = Position {
                bank: key(bank),
                deposit_shares: user.deposits[bank].0.into(),
                debt_shares: user.debts[bank].0.into(),
                written_off: user.records[bank].0,
                withheld: user.withheld[bank].into(),
            };
            if position.is_active() || position.written_off > 0 {
                *obligation.position_or_new(&key(bank)).unwrap() = position;
            }
        }
        obligation
    }

    pub fn put_obligation(&mut self, user: usize, obligation: &Obligation) {
        let mut found = User {
            risk_raised_at: UnixTime(obligation.risk_raised_at),
            ..User::default()
        };
        for bank in 0..BANKS {
            if let Ok(position) = obligation.position(&key(bank)) {
                found.deposits[bank] = Shares(position.deposit_shares.get());
                found.debts[bank] = DebtShares(position.debt_shares.get());
                found.records[bank] = Atoms(position.written_off);
                found.withheld[bank] = position.withheld != 0;
            }
        }
        self.users[user] = found;
    }
}
