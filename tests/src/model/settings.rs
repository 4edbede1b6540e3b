//! Pauses, and changes of settings: which wait, and which are refused.
//!
//! A change sets one field. For each the table says, in its own words, when it
//! raises somebody's risk; the engine decides by comparing whole settings.

use {
    super::{
        number::int,
        refusal::{require, Outcome},
        Model,
    },
    backstop::{
        error::BackstopError as E,
        state::{BankConfig, MarketConfig},
    },
    serde::{Deserialize, Serialize},
};

/// (secs) How long a queued change may be applied once it is due.
const LIFETIME: i64 = 14 * 86_400;

/// One setting of a bank, and its new value.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum BankChange {
    Mode(u8),
    Delisted(u8),
    CollateralFactor(u32),
    DepositCap(u64),
    BorrowCap(u64),
    MinDebt(u64),
    DrawLimit(u64),
    Bounty(u32),
    MinAuctionDeficit(u64),
    SocialiseDelay(u32),
    SlopeAbove(u32),
    ProtocolFee(u32),
    InsuranceFee(u32),
    MaxConf(u32),
    MinRiskAge(u32),
    InsuranceTarget(u32),
}

/// One setting of a market, and its new value.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum MarketChange {
    MaxFailedAuctions(u32),
    LifetimeCap(u64),
    IssuanceWindow(u32),
    IssuanceAuction(u32),
    AuctionDelay(u32),
    MaxDiscount(u32),
    MaxPause(u32),
    ConfigDelay(u32),
    MaxConf(u32),
}

/// Whether a change waits, and whether its value is allowed.
struct Verdict {
    waits: bool,
    valid: bool,
}

fn verdict(waits: bool, valid: bool) -> Verdict {
    Verdict { waits, valid }
}

/// Sets `field` and says whether it was raised, lowered.
fn set<T: PartialOrd + Copy>(field: &mut T, value: T) -> (bool, bool) {
    let change = (value > *field, value < *field);
    *field = value;
    change
}

impl BankChange {
    fn apply(self, config: &mut BankConfig) -> Verdict {
        let up = |(raised, _): (bool, bool)| raised;
        let lowered = |(_, lowered): (bool, bool)| lowered;
        let moved = |(raised, lowered): (bool, bool)| raised || lowered;
        let c = config;
        match self {
            Self::Mode(v) => verdict(moved(set(&mut c.write_off_mode, v)), v <= 2),
            Self::Delisted(v) => verdict(moved(set(&mut c.delisted, v)), v <= 1),
            Self::CollateralFactor(v) => verdict(
                up(set(&mut c.collateral_factor_bps, v)),
                v < c.liquidation_threshold_bps,
            ),
            Self::DepositCap(v) => verdict(up(set(&mut c.deposit_cap, v)), true),
            Self::BorrowCap(v) => verdict(up(set(&mut c.borrow_cap, v)), true),
            Self::MinDebt(v) => verdict(moved(set(&mut c.min_debt, v)), v > 0),
            Self::DrawLimit(v) => verdict(moved(set(&mut c.draw_limit, v)), true),
            Self::Bounty(v) => verdict(up(set(&mut c.bounty_bps, v)), v <= 1_000),
            Self::MinAuctionDeficit(v) => verdict(moved(set(&mut c.min_auction_deficit, v)), true),
            Self::SocialiseDelay(v) => verdict(
                lowered(set(&mut c.socialise_delay_secs, v)),
                v > 0 && v <= c.socialise_deadline_secs,
            ),
            Self::SlopeAbove(v) => verdict(
                moved(set(&mut c.slope_above_bps, v)),
                c.base_rate_bps + c.slope_below_bps + v <= 100_000,
            ),
            Self::ProtocolFee(v) => verdict(
                up(set(&mut c.protocol_fee_bps, v)),
                v + c.insurance_fee_bps <= 10_000,
            ),
            Self::InsuranceFee(v) => verdict(
                moved(set(&mut c.insurance_fee_bps, v)),
                v + c.protocol_fee_bps <= 10_000,
            ),
            Self::MaxConf(v) => verdict(up(set(&mut c.max_conf_bps, v)), v > 0 && v <= 2_000),
            Self::MinRiskAge(v) => verdict(
                moved(set(&mut c.min_risk_age_secs, v)),
                v > 0 && v <= 2_592_000,
            ),
            Self::InsuranceTarget(v) => {
                verdict(lowered(set(&mut c.insurance_target_bps, v)), v <= 10_000)
            }
        }
    }

    /// The whole settings that the instruction carries.
    pub fn onto(self, mut config: BankConfig) -> BankConfig {
        self.apply(&mut config);
        config
    }
}

impl MarketChange {
    fn apply(self, config: &mut MarketConfig) -> Verdict {
        let up = |(raised, _): (bool, bool)| raised;
        let lowered = |(_, lowered): (bool, bool)| lowered;
        let moved = |(raised, lowered): (bool, bool)| raised || lowered;
        let c = config;
        match self {
            Self::MaxFailedAuctions(v) => {
                verdict(lowered(set(&mut c.max_failed_auctions, v)), v > 0)
            }
            Self::LifetimeCap(v) => verdict(moved(set(&mut c.lifetime_issuance_cap, v)), true),
            Self::IssuanceWindow(v) => verdict(
                moved(set(&mut c.issuance_window_bps, v)),
                v <= 10_000 && c.issuance_auction_bps <= v,
            ),
            Self::IssuanceAuction(v) => verdict(
                moved(set(&mut c.issuance_auction_bps, v)),
                v <= c.issuance_window_bps,
            ),
            Self::AuctionDelay(v) => {
                verdict(moved(set(&mut c.auction_delay_secs, v)), v <= 2_592_000)
            }
            Self::MaxDiscount(v) => verdict(moved(set(&mut c.max_discount_bps, v)), v < 10_000),
            Self::MaxPause(v) => {
                verdict(up(set(&mut c.max_pause_secs, v)), v > 0 && v <= 2_592_000)
            }
            Self::ConfigDelay(v) => verdict(
                lowered(set(&mut c.config_delay_secs, v)),
                v > 0 && v <= 2_592_000,
            ),
            Self::MaxConf(v) => verdict(moved(set(&mut c.max_conf_bps, v)), v > 0 && v <= 2_000),
        }
    }

    /// The whole settings that the instruction carries.
    pub fn onto(self, mut config: MarketConfig) -> MarketConfig {
        self.apply(&mut config);
        config
    }
}

impl Model {
    fn delay(&self) -> i64 {
        match self.market.obligations {
            0 => 0,
            _ => i64::from(self.market.config.config_delay_secs),
        }
    }

    /// `update_bank`
    pub fn update_bank(&mut self, bank: usize, change: BankChange) -> Outcome {
        let mut config = self.banks[bank].config;
        let verdict = change.apply(&mut config);
        require(verdict.valid, E::InvalidConfig)?;
        let due = self.now + self.delay();
        if verdict.waits && self.delay() > 0 {
            self.banks[bank].pending = Some((config, due));
            return Ok(());
        }
        self.replace_bank_config(bank, config);
        Ok(())
    }

    fn replace_bank_config(&mut self, bank: usize, config: BankConfig) {
        self.accrue(bank);
        self.settle(bank);
        self.banks[bank].config = config;
        self.banks[bank].pending = None;
    }

    /// `apply_bank_update`
    pub fn apply_bank_update(&mut self, bank: usize) -> Outcome {
        let (config, due) = self.banks[bank].pending.ok_or(E::NoPendingUpdate)?;
        self.require_due(due)?;
        self.replace_bank_config(bank, config);
        Ok(())
    }

    /// `cancel_bank_update`
    pub fn cancel_bank_update(&mut self, bank: usize) -> Outcome {
        let dropped = self.banks[bank].pending.take();
        require(dropped.is_some(), E::NoPendingUpdate)
    }

    fn require_due(&self, due: i64) -> Outcome {
        require(self.now >= due, E::UpdateTooEarly)?;
        require(self.now <= due + LIFETIME, E::UpdateLapsed)
    }

    fn require_cap(&self, config: &MarketConfig) -> Outcome {
        let cap = int(config.lifetime_issuance_cap);
        let highest = self
            .market
            .supply
            .clone()
            .max(int(self.market.config.lifetime_issuance_cap));
        require(
            cap >= self.market.outstanding && cap <= highest,
            E::InvalidConfig,
        )
    }

    /// `update_market`
    pub fn update_market(&mut self, change: MarketChange) -> Outcome {
        let mut config = self.market.config;
        let verdict = change.apply(&mut config);
        require(verdict.valid, E::InvalidConfig)?;
        self.require_cap(&config)?;
        let due = self.now + self.delay();
        if verdict.waits && self.delay() > 0 {
            self.market.pending = Some((config, due));
        } else {
            self.market.config = config;
            self.market.pending = None;
        }
        Ok(())
    }

    /// `apply_market_update`
    pub fn apply_market_update(&mut self) -> Outcome {
        let (config, due) = self.market.pending.ok_or(E::NoPendingUpdate)?;
        self.require_due(due)?;
        self.require_cap(&config)?;
        self.market.config = config;
        self.market.pending = None;
        Ok(())
    }

    /// `cancel_market_update`
    pub fn cancel_market_update(&mut self) -> Outcome {
        let dropped = self.market.pending.take();
        require(dropped.is_some(), E::NoPendingUpdate)
    }

    /// `pause`
    pub fn pause(&mut self, kind: usize, secs: u32) -> Outcome {
        let longest = self.market.config.max_pause_secs;
        let now = self.now;
        let pause = &mut self.market.pauses[kind];
        let allowed = secs > 0 && secs <= longest && now >= pause.next_allowed_at;
        require(allowed, E::PauseNotAllowed)?;
        pause.since = now;
        pause.until = now + i64::from(secs);
        pause.next_allowed_at = pause.until + i64::from(longest);
        Ok(())
    }

    /// `lift_pause`
    pub fn lift_pause(&mut self, kind: usize) -> Outcome {
        let pause = &mut self.market.pauses[kind];
        pause.until = pause.until.min(self.now);
        Ok(())
    }
}
