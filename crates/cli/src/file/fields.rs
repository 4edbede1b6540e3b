//! Every setting of the program by its name: one table for reading files, for
//! finding differences, and for showing both.
//!
//! Names are those of `BankConfig` and `MarketConfig`, so that this file, the
//! IDL and `docs/risk.md` speak of the same things.

use backstop_client::program::state::{BankConfig, Le128, MarketConfig};
use solana_pubkey::Pubkey;

use super::units::{Raw, Unit};

/// One setting of `T`.
#[derive(Debug)]
pub struct Field<T: 'static> {
    /// Its name in the program and in files.
    pub name: &'static str,
    /// How it is written.
    pub unit: Unit,
    /// Whether a file may leave it out, which means zero.
    pub optional: bool,
    /// Reads it.
    pub get: fn(&T) -> Raw,
    /// Writes it; `None` when the value is of another kind or does not fit.
    pub set: fn(&mut T, Raw) -> Option<()>,
}

/// How a stored type becomes a [`Raw`] and back.
trait Stored: Copy {
    fn raw(self) -> Raw;
    fn from_raw(raw: Raw) -> Option<Self>;
}

macro_rules! stored_number {
    ($($number:ty),*) => {$(
        impl Stored for $number {
            fn raw(self) -> Raw {
                Raw::Number(self.into())
            }
            fn from_raw(raw: Raw) -> Option<Self> {
                match raw {
                    Raw::Number(number) => number.try_into().ok(),
                    _ => None,
                }
            }
        }
    )*};
}

stored_number!(u8, u32, u64);

impl Stored for Le128 {
    fn raw(self) -> Raw {
        Raw::Number(self.get())
    }
    fn from_raw(raw: Raw) -> Option<Self> {
        match raw {
            Raw::Number(number) => Some(number.into()),
            _ => None,
        }
    }
}

impl Stored for Pubkey {
    fn raw(self) -> Raw {
        Raw::Address(self)
    }
    fn from_raw(raw: Raw) -> Option<Self> {
        match raw {
            Raw::Address(key) => Some(key),
            _ => None,
        }
    }
}

impl Stored for [u8; 32] {
    fn raw(self) -> Raw {
        Raw::Feed(self)
    }
    fn from_raw(raw: Raw) -> Option<Self> {
        match raw {
            Raw::Feed(feed) => Some(feed),
            _ => None,
        }
    }
}

macro_rules! field {
    ($name:ident: $unit:ident) => {
        field!(@ $name, $unit, false)
    };
    ($name:ident: $unit:ident, optional) => {
        field!(@ $name, $unit, true)
    };
    (@ $name:ident, $unit:ident, $optional:literal) => {
        Field {
            name: stringify!($name),
            unit: Unit::$unit,
            optional: $optional,
            get: |config| Stored::raw(config.$name),
            set: |config, raw| {
                config.$name = Stored::from_raw(raw)?;
                Some(())
            },
        }
    };
}

/// Settings of a bank, in the order in which plans show them.
pub const BANK: &[Field<BankConfig>] = &[
    field!(oracle_program: Receiver),
    field!(feed_id: Feed),
    field!(max_age_secs: Secs),
    field!(max_conf_bps: Bps),
    field!(max_divergence_bps: Bps),
    field!(collateral_factor_bps: Bps),
    field!(liquidation_threshold_bps: Bps),
    field!(liability_weight_bps: Bps),
    field!(min_bonus_bps: Bps),
    field!(max_bonus_bps: Bps),
    field!(bonus_ramp_bps: Bps),
    field!(bonus_insurance_bps: Bps),
    field!(target_health_bps: Bps),
    field!(min_debt: Tokens),
    field!(full_close_debt: Tokens),
    field!(deposit_cap: Tokens),
    field!(borrow_cap: Tokens),
    field!(max_utilisation_bps: Bps),
    field!(base_rate_bps: Bps),
    field!(slope_below_bps: Bps),
    field!(slope_above_bps: Bps),
    field!(kink_bps: Bps),
    field!(protocol_fee_bps: Bps),
    field!(insurance_fee_bps: Bps),
    field!(write_off_mode: Mode),
    field!(min_risk_age_secs: Secs),
    field!(draw_limit: Tokens),
    field!(limit_window_secs: Secs),
    field!(bounty_bps: Bps),
    field!(bounty_cap: Tokens),
    field!(bounty_min_loss: Tokens),
    field!(min_auction_deficit: Tokens),
    field!(fixed_floor_rate: Rate, optional),
    field!(fixed_start_rate: Rate, optional),
    field!(socialise_delay_secs: Secs),
    field!(socialise_deadline_secs: Secs),
    field!(insurance_target_bps: Bps),
    field!(delisted: Flag, optional),
];

/// Settings of a market.
pub const MARKET: &[Field<MarketConfig>] = &[
    field!(guardian: Role, optional),
    field!(fee_owner: Role, optional),
    field!(oracle_program: OptionalReceiver),
    field!(feed_id: Feed, optional),
    field!(max_age_secs: Secs),
    field!(max_conf_bps: Bps),
    field!(max_divergence_bps: Bps),
    field!(config_delay_secs: Secs),
    field!(max_pause_secs: Secs),
    field!(auction_delay_secs: Secs),
    field!(auction_duration_secs: Secs),
    field!(max_discount_bps: Bps),
    field!(premium_bps: Bps),
    field!(max_failed_auctions: Count),
    field!(issuance_window_bps: Bps),
    field!(issuance_window_secs: Secs),
    field!(issuance_auction_bps: Bps),
    field!(lifetime_issuance_cap: Governance),
];
