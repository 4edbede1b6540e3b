//! Decimal numbers as people write them, turned into integers without a float.

use std::{fmt, str::FromStr};

/// An exact decimal number: `digits / 10^scale`, not negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal {
    digits: u128,
    scale: u32,
}

/// Why a text is no amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AmountError {
    /// Not a plain decimal number.
    NotANumber(String),
    /// More decimal places than the token has.
    TooPrecise {
        /// What was written.
        text: String,
        /// How many places the token has.
        decimals: u8,
    },
    /// More than an account can hold.
    TooLarge(String),
}

impl fmt::Display for AmountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotANumber(text) => write!(
                f,
                "`{text}` is not an amount: write whole tokens as a decimal number, like 12.5"
            ),
            Self::TooPrecise { text, decimals } => write!(
                f,
                "`{text}` has more decimal places than the token, which has {decimals}"
            ),
            Self::TooLarge(text) => write!(f, "`{text}` is more than a token account can hold"),
        }
    }
}

impl std::error::Error for AmountError {}

impl FromStr for Decimal {
    type Err = AmountError;

    /// Digits, at most one point with digits on both sides, underscores between
    /// digits. No sign, no exponent, no thousands separator: `1,5` must not
    /// silently become fifteen.
    fn from_str(text: &str) -> Result<Self, AmountError> {
        let bad = || AmountError::NotANumber(text.to_owned());
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        let digits = |part: &str| {
            let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
            let plain = part.chars().all(|c| c.is_ascii_digit() || c == '_');
            (plain && ends(part.chars().next()) && ends(part.chars().next_back()))
                .then(|| part.replace('_', ""))
                .ok_or_else(bad)
        };
        let mut all = digits(whole)?;
        let fraction = fraction.map(digits).transpose()?.unwrap_or_default();
        let fraction = fraction.trim_end_matches('0');
        all.push_str(fraction);
        let scale = u32::try_from(fraction.len()).map_err(|_| bad())?;
        let digits = all
            .parse()
            .map_err(|_| AmountError::TooLarge(text.to_owned()))?;
        Ok(Self { digits, scale })
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_scaled(self.digits, self.scale))
    }
}

impl Decimal {
    /// `self * 10^places`, if that is a whole number that fits.
    #[must_use]
    pub fn times_ten_to(&self, places: u32) -> Option<u128> {
        let zeros = places.checked_sub(self.scale)?;
        self.digits.checked_mul(10u128.checked_pow(zeros)?)
    }

    /// Digits and scale: the number is `digits / 10^scale`.
    #[must_use]
    pub fn parts(&self) -> (u128, u32) {
        (self.digits, self.scale)
    }

    /// Whole tokens in atoms of a token with `decimals`.
    ///
    /// # Errors
    /// `TooPrecise` for what is no whole number of atoms, `TooLarge`.
    pub fn atoms(&self, decimals: u8) -> Result<u64, AmountError> {
        if self.scale > u32::from(decimals) {
            return Err(AmountError::TooPrecise {
                text: self.to_string(),
                decimals,
            });
        }
        self.times_ten_to(u32::from(decimals))
            .and_then(|atoms| u64::try_from(atoms).ok())
            .ok_or_else(|| AmountError::TooLarge(self.to_string()))
    }
}

/// What a person typed where an amount is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Everything there is.
    All,
    /// Whole tokens.
    Tokens(Decimal),
}

impl FromStr for Amount {
    type Err = AmountError;

    fn from_str(text: &str) -> Result<Self, AmountError> {
        if text == "all" {
            return Ok(Self::All);
        }
        text.parse().map(Self::Tokens)
    }
}

/// `atoms` of a token with `decimals` in whole tokens, without trailing zeros.
#[must_use]
pub fn format(atoms: impl Into<u128>, decimals: u8) -> String {
    format_scaled(atoms.into(), u32::from(decimals))
}

/// `number / 10^scale`, without trailing zeros.
#[must_use]
pub fn format_scaled(number: u128, scale: u32) -> String {
    let width = usize::try_from(scale)
        .unwrap_or(usize::MAX)
        .saturating_add(1);
    let digits = format!("{number:0>width$}");
    let (whole, fraction) = digits.split_at(digits.len().saturating_sub(width.saturating_sub(1)));
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    }
}
