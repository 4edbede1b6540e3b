//! What a row of settings is, and the macro that makes a struct of rows.

use crate::error::{EngineError, Result};
use crate::state::{Le128, Pubkey};

/// What a setting is about: files and documents show settings by group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Of a bank: what counts as collateral and debt.
    Weights,
    /// Of a bank: liquidation.
    Liquidation,
    /// Of a bank: deposits and loans.
    Lending,
    /// Prices.
    Prices,
    /// Of a bank: bad debt.
    BadDebt,
    /// Of a market: roles.
    Roles,
    /// Of a market: delays.
    Delays,
    /// Of a market: auctions.
    Auctions,
    /// Of a market: issuance.
    Issuance,
}

impl Group {
    /// Every group, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::Roles,
        Self::Delays,
        Self::Weights,
        Self::Liquidation,
        Self::Lending,
        Self::Prices,
        Self::BadDebt,
        Self::Auctions,
        Self::Issuance,
    ];

    /// Its heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Roles => "Roles",
            Self::Delays => "Delays",
            Self::Weights => "What counts as collateral and debt",
            Self::Liquidation => "Liquidation",
            Self::Lending => "Deposits and loans",
            Self::Prices => "Prices",
            Self::BadDebt => "Bad debt",
            Self::Auctions => "Auctions",
            Self::Issuance => "Issuance",
        }
    }
}

/// What a setting counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Atoms of the bank's asset.
    Tokens,
    /// Governance atoms.
    Governance,
    /// Asset atoms per governance atom, times 2^64.
    Rate,
    /// Hundredths of a per cent.
    Bps,
    /// Seconds.
    Secs,
    /// A plain number.
    Count,
    /// A [`crate::waterfall::Mode`] by its number.
    Mode,
    /// 0 or 1.
    Flag,
    /// A receiver program of prices.
    Receiver,
    /// The same, or all zero.
    OptionalReceiver,
    /// A price feed.
    Feed,
    /// The same, or all zero.
    OptionalFeed,
    /// A wallet; all zero stands for none.
    Role,
}

impl Unit {
    /// Whether a file may leave the setting out, which means zero.
    #[must_use]
    pub const fn is_optional(self) -> bool {
        matches!(
            self,
            Self::Rate | Self::Flag | Self::OptionalFeed | Self::Role
        )
    }
}

/// Which changes of a setting raise somebody's risk, and wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// None.
    Never,
    /// A higher value.
    Up,
    /// A lower value.
    Down,
    /// Any other value.
    Both,
}

impl Waits {
    /// Whether the change waits.
    #[inline(always)]
    pub(crate) fn concerns<T: PartialOrd>(self, now: &T, next: &T) -> bool {
        match self {
            Self::Never => false,
            Self::Up => next > now,
            Self::Down => next < now,
            Self::Both => next != now,
        }
    }
}

/// What is recommended where nothing is known of the asset but that it is
/// volatile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// This number.
    Number(u128),
    /// This many hundredths of a whole token, at least one atom.
    Hundredths(u64),
    /// The receiver program of Pyth's sponsored feeds.
    PythCore,
    /// Nothing: it must be chosen.
    Chosen,
}

/// A value as an account stores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raw {
    /// Any integer.
    Number(u128),
    /// An address.
    Address(Pubkey),
    /// A feed.
    Feed([u8; 32]),
}

/// A setting of `T`.
#[derive(Debug)]
pub struct Setting<T: 'static> {
    /// Its name in accounts, files and documents.
    pub name: &'static str,
    /// What it means, in a sentence.
    pub meaning: &'static str,
    /// What it is about.
    pub group: Group,
    /// What it counts.
    pub unit: Unit,
    /// Which changes wait.
    pub waits: Waits,
    /// What is accepted, as a range of Rust; rules may narrow it.
    pub bounds: &'static str,
    /// What is recommended.
    pub preset: Preset,
    /// Reads it.
    pub get: fn(&T) -> Raw,
    /// Writes it; `None` for a value that is of another kind or does not fit.
    pub set: fn(&mut T, Raw) -> Option<()>,
}

/// A rule over several settings of `T`.
#[derive(Debug)]
pub struct Rule<T: 'static> {
    /// What must hold, in a sentence.
    pub says: &'static str,
    /// Whether it does.
    pub holds: fn(&T) -> bool,
}

/// How a stored type becomes a [`Raw`] and back.
pub(crate) trait Stored: Copy {
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

impl Preset {
    /// The value for a setting in `unit` of a token with `decimals`; `None`
    /// where it must be chosen.
    #[must_use]
    pub fn raw(self, decimals: u8) -> Option<Raw> {
        match self {
            Self::Number(number) => Some(Raw::Number(number)),
            Self::Hundredths(hundredths) => {
                let whole = 10u64.checked_pow(decimals.into()).unwrap_or(u64::MAX);
                let atoms = u128::from(whole)
                    .saturating_mul(hundredths.into())
                    .div_ceil(100);
                Some(Raw::Number(atoms.min(u64::MAX.into())))
            }
            Self::PythCore => Some(Raw::Address(crate::state::PYTH_RECEIVERS[0])),
            Self::Chosen => None,
        }
    }
}

/// `Config` with `rule`, unless it holds.
pub(crate) fn require(holds: bool, rule: &'static str) -> Result<()> {
    if holds {
        Ok(())
    } else {
        Err(EngineError::Config(rule))
    }
}

/// A struct of settings out of its rows. A row is
/// `name: type = group, unit, which changes wait, bounds, preset;`
/// and nothing of it can be left out.
macro_rules! settings {
    (
        $(#[$outer:meta])*
        pub struct $name:ident {
            $(
                $(#[doc = $doc:tt])+
                $field:ident: $type:tt = $group:ident, $unit:ident, $waits:ident, $bounds:expr, $preset:expr;
            )+
            reserved: $reserved:tt,
        }
    ) => {
        $(#[$outer])*
        #[cfg_attr(feature = "anchor", derive(AnchorSerialize, AnchorDeserialize))]
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
        #[repr(C)]
        pub struct $name {
            $(
                $(#[doc = $doc])+
                pub $field: $type,
            )+
            /// Zero.
            pub reserved: $reserved,
        }

        impl $name {
            /// Its rows, in the order of the account's bytes.
            pub const SETTINGS: &'static [Setting<Self>] = &[$(
                Setting {
                    name: stringify!($field),
                    meaning: concat!($($doc),+),
                    group: Group::$group,
                    unit: Unit::$unit,
                    waits: Waits::$waits,
                    bounds: stringify!($bounds),
                    preset: $preset,
                    get: |settings| Stored::raw(settings.$field),
                    set: |settings, raw| {
                        settings.$field = Stored::from_raw(raw)?;
                        Some(())
                    },
                },
            )+];

            /// What is recommended for a token with `decimals`; zero where it
            /// must be chosen.
            #[must_use]
            pub fn recommended(decimals: u8) -> Self {
                let mut settings = Self::default();
                for row in Self::SETTINGS {
                    if let Some(raw) = row.preset.raw(decimals) {
                        let fits = (row.set)(&mut settings, raw);
                        debug_assert!(fits.is_some(), "{}", row.name);
                    }
                }
                settings
            }

            /// Passes if each setting is within its bounds.
            fn require_bounds(&self) -> Result<()> {
                $(
                    require(
                        RangeBounds::contains(&($bounds), &self.$field),
                        concat!(stringify!($field), " must be in ", stringify!($bounds)),
                    )?;
                )+
                require(
                    self.reserved == <$reserved>::default(),
                    "reserved bytes must be zero",
                )
            }

            /// Whether a change to `next` raises the risk of somebody who is
            /// there now: any of its settings moves in a direction that waits.
            #[must_use]
            pub fn raises_risk(&self, next: &Self) -> bool {
                false $(|| Waits::$waits.concerns(&self.$field, &next.$field))+
            }
        }
    };
}

pub(crate) use settings;
