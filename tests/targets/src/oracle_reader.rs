//! Target: the reader of Pyth's price accounts on arbitrary bytes, against a
//! second reader that shares no code with it, and the rules for accepting what
//! was read, against the same rules in wider integers.

use backstop::{error::BackstopError, state::read_price_update};
use backstop_engine::{
    price::{Observation, OracleLimits},
    units::{Bps, UnixTime},
    EngineError,
};

use crate::input::Input;

/// Runs one input; returns how far it came.
///
/// # Panics
/// When the two readers or the two sets of rules disagree.
pub fn run(bytes: &[u8]) -> Vec<&'static str> {
    let mut input = Input::new(bytes);
    let limits = OracleLimits {
        max_age_secs: input.u32(),
        max_conf: Bps(input.u32()),
        max_divergence: Bps(input.u32()),
    };
    let (stored, now) = (input.i64(), input.i64());
    let data = account(&mut input, limits, now);

    let read = read_price_update(&data);
    let expected = second_reader(&data);
    let update = match (read, expected) {
        (Ok(update), Ok(expected)) => {
            assert_eq!((update.feed_id, update.observation), expected);
            update
        }
        (Err(error), Err(expected)) => {
            assert_eq!(error, expected.into());
            return Vec::new();
        }
        (read, expected) => panic!("one reads {read:?}, the other {expected:?}"),
    };

    let seen = update.observation;
    let accepted = seen.accept(limits, UnixTime(stored), UnixTime(now));
    let rule = broken_rule(&seen, limits, stored, now);
    match (accepted, rule) {
        (Ok(price), None) => {
            assert_eq!(i128::from(price.spot), i128::from(seen.price));
            assert_eq!(i128::from(price.ema), i128::from(seen.ema));
            assert_eq!((price.conf, price.exponent), (seen.conf, seen.exponent));
            vec!["read", "accepted"]
        }
        (Err(error), Some(rule)) => {
            assert!(rule.matches(error), "{error:?} for {rule:?}");
            vec!["read"]
        }
        (accepted, rule) => panic!("the engine says {accepted:?}, the rules say {rule:?}"),
    }
}

/// Bytes as they come, or an update with arbitrary fields, or one that is only
/// just within the limits or only just not.
fn account(input: &mut Input<'_>, limits: OracleLimits, now: i64) -> Vec<u8> {
    let seen = match input.u8() % 4 {
        0 => return input.rest().to_vec(),
        1 => crate::scene::Observation {
            price: input.i64(),
            ema: input.i64(),
            conf: input.u64(),
            exponent: i32::from(input.u8()) - 200,
            published: input.i64(),
        },
        _ => edge(input, limits, now),
    };
    let mut data = crate::scene::price_update(&input.array(), seen);
    if input.one_in(8) {
        data.truncate(input.below(140));
    }
    if input.one_in(8) {
        let at = input.below(data.len().max(1));
        if let Some(byte) = data.get_mut(at) {
            *byte = input.u8();
        }
    }
    data
}

fn edge(input: &mut Input<'_>, limits: OracleLimits, now: i64) -> crate::scene::Observation {
    // Minus one, nothing, or one more.
    let mut about = |value: u128| -> u64 {
        let value = u64::try_from(value).unwrap_or(u64::MAX);
        let step = u64::from(input.u8() % 3);
        value.saturating_add(step).saturating_sub(1)
    };
    let part = |whole: u64, bps: u32| u128::from(whole) * u128::from(bps) / 10_000;
    let age = about(u128::from(limits.max_age_secs));
    let price = about(1 << 40);
    let apart = about(part(price, limits.max_divergence.0));
    let conf = about(part(price, limits.max_conf.0));
    let signed = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    crate::scene::Observation {
        price: signed(price.saturating_add(apart)),
        ema: signed(price),
        conf,
        exponent: -i32::from(input.u8() % 20),
        published: now.saturating_sub(signed(age)),
    }
}

type Read = ([u8; 32], Observation);

/// Field after field, as Borsh would.
fn second_reader(data: &[u8]) -> Result<Read, BackstopError> {
    let mut rest = data;
    let mut next = |count: usize| {
        let (field, after) = rest.split_at_checked(count)?;
        rest = after;
        Some(field)
    };
    const ANCHOR: [u8; 8] = *b"\x22\xf1\x23\x63\x9d\x7e\xf4\xcd";
    let invalid = BackstopError::InvalidOracle;
    if next(8).ok_or(invalid)? != ANCHOR {
        return Err(BackstopError::InvalidOracle);
    }
    let _write_authority = next(32).ok_or(BackstopError::InvalidOracle)?;
    if next(1).ok_or(BackstopError::InvalidOracle)? != [1] {
        return Err(BackstopError::NotFullyVerified);
    }
    let mut number = |count: usize| {
        let field = next(count).ok_or(BackstopError::InvalidOracle)?;
        Ok::<Vec<u8>, BackstopError>(field.to_vec())
    };
    let feed_id = number(32)?;
    let (price, conf) = (number(8)?, number(8)?);
    let (exponent, published) = (number(4)?, number(8)?);
    let _previous = number(8)?;
    let ema = number(8)?;
    // Little-endian, the last byte signed where the field is.
    let signed = |bytes: &[u8]| {
        let start = if bytes.last().is_some_and(|byte| *byte > 127) {
            -1i128
        } else {
            0
        };
        bytes
            .iter()
            .rev()
            .fold(start, |value, byte| value << 8 | i128::from(*byte))
    };
    let unsigned = |bytes: &[u8]| {
        bytes
            .iter()
            .rev()
            .fold(0u64, |value, byte| value << 8 | u64::from(*byte))
    };
    let fits = "a field of eight bytes fits";
    Ok((
        feed_id.try_into().expect("32 bytes"),
        Observation {
            price: signed(&price).try_into().expect(fits),
            conf: unsigned(&conf),
            ema: signed(&ema).try_into().expect(fits),
            exponent: signed(&exponent).try_into().expect(fits),
            published: UnixTime(signed(&published).try_into().expect(fits)),
        },
    ))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Future,
    Back,
    Stale,
    Exponent,
    Positive,
    Uncertain,
    Diverges,
}

impl Rule {
    fn matches(self, error: EngineError) -> bool {
        use EngineError as E;
        match self {
            Self::Future => matches!(error, E::PriceFromTheFuture { .. }),
            Self::Back => matches!(error, E::PriceWentBack { .. }),
            // An age that 64 bits do not hold is an error of the clock.
            Self::Stale => matches!(error, E::PriceStale { .. } | E::TimeWentBack { .. }),
            Self::Exponent => matches!(error, E::PriceExponent { .. }),
            Self::Positive => matches!(error, E::PriceNotPositive { .. }),
            Self::Uncertain => matches!(error, E::PriceUncertain { .. }),
            Self::Diverges => matches!(error, E::PriceDiverges { .. }),
        }
    }
}

/// The first rule of docs/architecture.md that an observation breaks.
fn broken_rule(seen: &Observation, limits: OracleLimits, stored: i64, now: i64) -> Option<Rule> {
    let wide = i128::from;
    let (published, now) = (wide(seen.published.0), wide(now));
    let (spot, ema, conf) = (wide(seen.price), wide(seen.ema), i128::from(seen.conf));
    let exceeds = |part: i128, whole: i128, bps: u32| part * 10_000 > whole * i128::from(bps);
    let lower = spot.min(ema);
    let rules = [
        (published > now, Rule::Future),
        (published < wide(stored), Rule::Back),
        (
            now - published > i128::from(limits.max_age_secs),
            Rule::Stale,
        ),
        (seen.exponent > 0 || seen.exponent < -18, Rule::Exponent),
        (spot <= 0 || ema <= 0, Rule::Positive),
        (
            conf >= lower || exceeds(conf, lower, limits.max_conf.0),
            Rule::Uncertain,
        ),
        (
            exceeds((spot - ema).abs(), ema, limits.max_divergence.0),
            Rule::Diverges,
        ),
    ];
    rules
        .into_iter()
        .find(|(broken, _)| *broken)
        .map(|(_, rule)| rule)
}
