//! The units of settings: how each is written in a file, and shown in a plan.
//!
//! An integer is always the raw unit that the program stores. A string is human:
//! whole tokens, per cent, hours. `"raw:N"` gives raw numbers that TOML's
//! integers cannot hold.

use std::str::FromStr;

pub use backstop_client::engine::settings::{Raw, Unit};
use backstop_client::program::constants::PYTH_RECEIVERS;
use solana_pubkey::Pubkey;

use super::{
    rate::{rate, show_rate},
    spans::{duration, per_cent},
};
use crate::amount::{format, Decimal};

pub use super::{scale::Scale, spans::show_duration};

/// A value as a file gives it: raw, or whole tokens that need decimals first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// Ready.
    Raw(Raw),
    /// A decimal number of whole tokens.
    Decimal(Decimal),
}

const MODES: [&str; 3] = ["disabled", "insurance-only", "full"];
const RECEIVERS: [&str; 2] = ["pyth-core", "pyth-core-compatible"];
/// How a unit is written.
pub trait Text: Sized {
    /// Reads a string.
    ///
    /// # Errors
    /// What is wrong, and what would be right.
    fn parse(self, text: &str) -> Result<Written, String>;

    /// Reads a raw number.
    ///
    /// # Errors
    /// When the field takes none, or a smaller one.
    fn number(self, number: u128) -> Result<Raw, String>;

    /// What a value of this unit is called.
    fn name(self) -> &'static str;

    /// The stored value of what was written.
    ///
    /// # Errors
    /// More decimal places than the token has, or more than fits.
    fn resolve(self, written: Written, scale: Scale) -> Result<Raw, String>;

    /// A stored value as a person would write it.
    fn show(self, raw: Raw, scale: Scale) -> String;
}

impl Text for Unit {
    fn parse(self, text: &str) -> Result<Written, String> {
        if let Some(raw) = text.strip_prefix("raw:") {
            let number = raw
                .parse()
                .map_err(|_| format!("`{text}`: `raw:` takes a whole number"))?;
            return self.number(number).map(Written::Raw);
        }
        let raw = match self {
            Self::Tokens | Self::Governance | Self::Rate => {
                return text
                    .parse()
                    .map(Written::Decimal)
                    .map_err(|error: crate::amount::AmountError| error.to_string())
            }
            Self::Bps => Raw::Number(per_cent(text)?),
            Self::Secs => Raw::Number(duration(text)?),
            Self::Count => Raw::Number(
                text.parse()
                    .map_err(|_| format!("`{text}` is not a whole number"))?,
            ),
            Self::Mode => Raw::Number(
                (0u128..)
                    .zip(MODES)
                    .find(|(_, name)| *name == text)
                    .map(|(code, _)| code)
                    .ok_or_else(|| format!("`{text}`: write one of {}", MODES.join(", ")))?,
            ),
            Self::Flag => return Err(format!("`{text}`: write true or false, without quotes")),
            Self::OptionalReceiver if text == "none" => Raw::Address(Pubkey::default()),
            Self::Receiver | Self::OptionalReceiver => Raw::Address(receiver(self, text)?),
            Self::Feed | Self::OptionalFeed => Raw::Feed(feed_id(text)?),
            Self::Role if text.is_empty() => Raw::Address(Pubkey::default()),
            Self::Role => Raw::Address(address(text)?),
        };
        Ok(Written::Raw(raw))
    }

    fn number(self, number: u128) -> Result<Raw, String> {
        let most = match self {
            Self::Tokens | Self::Governance => u128::from(u64::MAX),
            Self::Rate => u128::MAX,
            Self::Bps | Self::Secs | Self::Count => u128::from(u32::MAX),
            Self::Mode => 2,
            Self::Flag => 1,
            Self::Receiver
            | Self::OptionalReceiver
            | Self::Feed
            | Self::OptionalFeed
            | Self::Role => return Err(format!("{number}: write {} in quotes", self.name())),
        };
        if number > most {
            return Err(format!("{number} is too large: at most {most}"));
        }
        Ok(Raw::Number(number))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Tokens => "whole tokens as a string (\"12.5\"), or atoms as an integer",
            Self::Governance => {
                "whole governance tokens as a string, or governance atoms as an integer"
            }
            Self::Rate => "whole tokens for one governance token as a string (\"0.25\")",
            Self::Bps => "a share like \"70%\", or basis points as an integer",
            Self::Secs => "a duration like \"2h\", or seconds as an integer",
            Self::Count => "a whole number",
            Self::Mode => "\"disabled\", \"insurance-only\" or \"full\"",
            Self::Flag => "true or false",
            Self::Receiver => "\"pyth-core\" or \"pyth-core-compatible\"",
            Self::OptionalReceiver => "\"pyth-core\", \"pyth-core-compatible\" or \"none\"",
            Self::Feed | Self::OptionalFeed => "a feed id of 64 hexadecimal digits",
            Self::Role => "an address, or an empty string for the admin",
        }
    }

    fn resolve(self, written: Written, scale: Scale) -> Result<Raw, String> {
        let decimal = match written {
            Written::Raw(raw) => return Ok(raw),
            Written::Decimal(decimal) => decimal,
        };
        let number = match self {
            Self::Governance => decimal.atoms(scale.governance).map(u128::from),
            Self::Rate => return rate(decimal, scale).map(Raw::Number),
            _ => decimal.atoms(scale.asset).map(u128::from),
        };
        number.map(Raw::Number).map_err(|error| error.to_string())
    }

    fn show(self, raw: Raw, scale: Scale) -> String {
        match (self, raw) {
            (_, Raw::Address(key)) => show_address(self, key),
            (_, Raw::Feed(feed)) => hex(&feed),
            (Self::Tokens, Raw::Number(atoms)) => format(atoms, scale.asset),
            (Self::Governance, Raw::Number(atoms)) => format(atoms, scale.governance),
            (Self::Rate, Raw::Number(rate)) => show_rate(rate, scale),
            (Self::Bps, Raw::Number(bps)) => std::format!("{}%", format(bps, 2)),
            (Self::Secs, Raw::Number(secs)) => show_duration(secs),
            (Self::Mode, Raw::Number(code)) => usize::try_from(code)
                .ok()
                .and_then(|code| MODES.get(code))
                .map_or_else(|| code.to_string(), |name| (*name).to_owned()),
            (Self::Flag, Raw::Number(flag)) => (flag != 0).to_string(),
            (_, Raw::Number(number)) => number.to_string(),
        }
    }
}

fn receiver(unit: Unit, text: &str) -> Result<Pubkey, String> {
    let named = RECEIVERS.iter().zip(PYTH_RECEIVERS);
    if let Some((_, key)) = named.into_iter().find(|(name, _)| **name == text) {
        return Ok(key);
    }
    let none = if unit == Unit::OptionalReceiver {
        ", or none"
    } else {
        ""
    };
    Pubkey::from_str(text)
        .ok()
        .filter(|key| PYTH_RECEIVERS.contains(key))
        .ok_or_else(|| {
            format!(
                "`{text}` is no Pyth receiver program: write {}{none}",
                RECEIVERS.join(" or ")
            )
        })
}

fn show_address(unit: Unit, key: Pubkey) -> String {
    if matches!(unit, Unit::Receiver | Unit::OptionalReceiver) {
        if key == Pubkey::default() {
            return "none".to_owned();
        }
        let named = PYTH_RECEIVERS.iter().zip(RECEIVERS);
        if let Some((_, name)) = named.into_iter().find(|(known, _)| **known == key) {
            return name.to_owned();
        }
    }
    key.to_string()
}

/// Reads an address.
///
/// # Errors
/// Says that it is none.
pub fn address(text: &str) -> Result<Pubkey, String> {
    Pubkey::from_str(text).map_err(|_| format!("`{text}` is not an address (base58, 32 bytes)"))
}

/// Reads a feed id.
///
/// # Errors
/// Says that it is none.
pub fn feed_id(text: &str) -> Result<[u8; 32], String> {
    let wrong = || format!("`{text}` is not a feed id: 64 hexadecimal digits, as Pyth lists it");
    let digits = text.strip_prefix("0x").unwrap_or(text);
    if digits.len() != 64 || !digits.is_ascii() {
        return Err(wrong());
    }
    let mut feed = [0; 32];
    for (byte, start) in feed.iter_mut().zip((0_usize..64).step_by(2)) {
        let pair = digits
            .get(start..start.saturating_add(2))
            .ok_or_else(wrong)?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
    }
    Ok(feed)
}

/// Bytes as hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
