//! Which price each feed shall show: a file that commands edit and the
//! publisher reads, under one lock.

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{ensure, Context, Result};
use serde::{Deserialize, Serialize};

use crate::assets::{Asset, ASSETS};

/// Every price has eight decimals, as most of Pyth's have.
pub const DECIMALS: u32 = 8;

/// A calm feed is this sure: a thousandth of the price.
const CALM_CONF: i64 = 1_000;

/// How often a taken lock is tried again.
const LOCK_RETRY: Duration = Duration::from_millis(2);

/// What a feed shows, in units of 10^−8 dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Spot price.
    #[serde(with = "text")]
    pub price: i64,
    /// Exponential average.
    #[serde(with = "text")]
    pub ema: i64,
    /// Half-width of the confidence interval of both.
    #[serde(with = "text")]
    pub conf: i64,
}

impl Quote {
    /// A price without more than eight decimals and greater than zero. The
    /// average follows at once and the interval is a thousandth, unless given.
    pub fn parse(price: &str, ema: Option<&str>, conf: Option<&str>) -> Result<Self> {
        let dollars = |text: &str| -> Result<i64> {
            let units = parse_units(text, DECIMALS)?;
            i64::try_from(units).with_context(|| format!("`{text}` is too much"))
        };
        let price = dollars(price)?;
        let quote = Self {
            price,
            ema: ema.map_or(Ok(price), dollars)?,
            conf: conf.map_or(Ok(price / CALM_CONF), dollars)?,
        };
        ensure!(
            quote.price > 0 && quote.ema > 0,
            "a price must be greater than zero"
        );
        Ok(quote)
    }
}

/// `42.5` with six decimals is 42,500,000. Digits and one point, nothing else,
/// and no digit is dropped.
pub fn parse_units(text: &str, decimals: u32) -> Result<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|c| c.is_ascii_digit());
    ensure!(
        digits(whole) && digits(part) && !(whole.is_empty() && part.is_empty()),
        "`{text}` is not a number like 42 or 42.5"
    );
    let missing = decimals
        .checked_sub(u32::try_from(part.len())?)
        .with_context(|| format!("`{text}` has more than {decimals} decimals"))?;
    format!("{whole}{part}{}", "0".repeat(missing as usize))
        .parse()
        .with_context(|| format!("`{text}` is too much"))
}

/// The shortest text that [`parse_units`] reads back.
#[must_use]
pub fn format_units(units: u64, decimals: u32) -> String {
    let digits = format!("{units:0>width$}", width = decimals as usize + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals as usize);
    let part = part.trim_end_matches('0');
    if part.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{part}")
    }
}

/// Prices in the file are text, so that no program reads them as floats.
mod text {
    use serde::{de::Error, Deserialize, Deserializer, Serializer};

    use super::{format_units, parse_units, DECIMALS};

    pub fn serialize<S: Serializer>(units: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        let units = u64::try_from(*units).map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(&format_units(units, DECIMALS))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        let text = String::deserialize(deserializer)?;
        let units = parse_units(&text, DECIMALS).map_err(D::Error::custom)?;
        i64::try_from(units).map_err(D::Error::custom)
    }
}

/// The prices by symbol.
pub type Quotes = BTreeMap<String, Quote>;

/// The file with the prices.
#[derive(Clone, Debug)]
pub struct Book {
    path: PathBuf,
}

impl Book {
    /// The prices of the network in `dir`.
    #[must_use]
    pub fn new(dir: &Path) -> Self {
        Self {
            path: dir.join("prices.json"),
        }
    }

    /// Waits for its turn. While the result lives, no other process and no other
    /// task publishes or changes a price: what a command has published is never
    /// overwritten by what the publisher had read before.
    pub async fn lock(&self) -> Result<Locked<'_>> {
        let path = self.path.with_extension("lock");
        let file = File::create(&path).with_context(|| format!("{}", path.display()))?;
        loop {
            match file.try_lock() {
                Ok(()) => {
                    return Ok(Locked {
                        book: self,
                        _lock: file,
                    })
                }
                Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_RETRY).await,
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
        }
    }
}

/// The file, for one reader or writer.
#[derive(Debug)]
pub struct Locked<'a> {
    book: &'a Book,
    _lock: File,
}

impl Locked<'_> {
    /// Every asset's price: the file's, else the first one.
    pub fn read(&self) -> Result<Quotes> {
        let path = &self.book.path;
        let mut quotes = ASSETS
            .iter()
            .map(|asset| {
                Ok((
                    asset.symbol.to_owned(),
                    Quote::parse(asset.price, None, None)?,
                ))
            })
            .collect::<Result<Quotes>>()?;
        if path.exists() {
            let text = fs::read_to_string(path)?;
            let stored: Quotes = serde_json::from_str(&text)
                .with_context(|| format!("{} is damaged: delete it", path.display()))?;
            for (symbol, quote) in stored {
                quotes.insert(Asset::named(&symbol)?.symbol.to_owned(), quote);
            }
        }
        Ok(quotes)
    }

    /// Replaces the file as a whole.
    pub fn write(&self, quotes: &Quotes) -> Result<()> {
        let partial = self.book.path.with_extension("partial");
        fs::write(&partial, serde_json::to_string_pretty(quotes)?)?;
        fs::rename(&partial, &self.book.path)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_exactly() {
        assert_eq!(parse_units("42", 8).unwrap(), 4_200_000_000);
        assert_eq!(parse_units("42.5", 8).unwrap(), 4_250_000_000);
        assert_eq!(parse_units("0.00000001", 8).unwrap(), 1);
        assert_eq!(parse_units(".5", 1).unwrap(), 5);
        assert_eq!(parse_units("7.", 0).unwrap(), 7);
    }

    #[test]
    fn what_is_no_number_or_would_be_rounded_is_refused() {
        for text in [
            "",
            ".",
            "-1",
            "+1",
            "1e3",
            "1,5",
            " 1",
            "0.000000001",
            "NaN",
            "1.2.3",
        ] {
            assert!(parse_units(text, 8).is_err(), "{text}");
        }
        assert!(parse_units("184467440738", 8).is_err());
    }

    #[test]
    fn what_is_printed_is_read_back() {
        for units in [0, 1, 99_999_999, 100_000_000, 4_250_000_000, u64::MAX] {
            let text = format_units(units, 8);
            assert_eq!(parse_units(&text, 8).unwrap(), units, "{text}");
        }
        assert_eq!(format_units(4_250_000_000, 8), "42.5");
        assert_eq!(format_units(5, 0), "5");
    }

    #[test]
    fn the_average_follows_unless_it_is_given() {
        let calm = Quote::parse("42", None, None).unwrap();
        assert_eq!((calm.ema, calm.conf), (calm.price, 4_200_000));
        let lagging = Quote::parse("42", Some("150"), Some("0.5")).unwrap();
        assert_eq!((lagging.ema, lagging.conf), (15_000_000_000, 50_000_000));
        assert!(Quote::parse("0", None, None).is_err());
        assert!(Quote::parse("1", Some("0"), None).is_err());
    }

    fn scratch(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("backstop-{name}-{}", std::process::id()));
        fs::create_dir_all(&dir).unwrap();
        dir
    }

    #[tokio::test]
    async fn a_written_price_is_what_the_next_one_reads() {
        let dir = scratch("book");
        let book = Book::new(&dir);
        let locked = book.lock().await.unwrap();
        let mut quotes = locked.read().unwrap();
        assert_eq!(quotes.len(), ASSETS.len());
        let crashed = Quote::parse("42.5", None, None).unwrap();
        quotes.insert("SOL".into(), crashed);
        locked.write(&quotes).unwrap();
        drop(locked);
        let again = book.lock().await.unwrap().read().unwrap();
        assert_eq!(again["SOL"], crashed);
        assert_eq!(again["USDC"].price, 100_000_000);
        fs::remove_dir_all(dir).unwrap();
    }

    #[tokio::test]
    async fn only_one_holds_the_book() {
        let dir = scratch("lock");
        let book = Book::new(&dir);
        let held = book.lock().await.unwrap();
        let second = tokio::time::timeout(Duration::from_millis(50), book.lock()).await;
        assert!(second.is_err(), "two hold the lock");
        drop(held);
        book.lock().await.unwrap();
        fs::remove_dir_all(dir).unwrap();
    }
}
