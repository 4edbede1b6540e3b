//! The two histories, and what an oracle would have said of them.
//!
//! Spot is a bar's close. The average is an exponential one of about an hour,
//! as Pyth's. The confidence is an eighth of the move since the last bar, at
//! least five hundredths of a per cent: a market that jumps is a market of which
//! nobody is sure.

use std::cmp::max;

const SOL: &str = include_str!("../prices/sol-2022-11-ftx.csv");
const AAVE: &str = include_str!("../prices/aave-2022-05-luna.csv");

/// (unix s) 9 Nov 2022 21:30, when SOL first touched its low of that week.
const SOL_LOW: i64 = 1_668_029_400;
/// (unix s) 12 May 2022 07:00, the low of AAVE. The two lows are laid upon each
/// other: what brings down the collateral brings down the token.
const AAVE_LOW: i64 = 1_652_338_800;

/// 1 − e^(−½): what half an hour adds to an average of one hour, in bps.
const HALF_HOUR_BPS: i64 = 3_935;

/// One asset in one bar, in 10^-8 dollars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Close of the bar.
    pub spot: i64,
    /// Average of about an hour.
    pub ema: i64,
    /// Half-width of the confidence interval.
    pub conf: u64,
}

/// Half an hour.
#[derive(Clone, Copy, Debug)]
pub struct Bar {
    /// (unix s) When it ended.
    pub at: i64,
    /// SOL.
    pub sol: Reading,
    /// The governance token.
    pub token: Reading,
    /// (bps) Move of SOL within the last hour, without its sign.
    pub move_bps: i64,
}

impl Reading {
    fn first(spot: i64) -> Self {
        Self {
            spot,
            ema: spot,
            conf: spot.unsigned_abs() / 2_000,
        }
    }

    fn next(self, spot: i64) -> Self {
        let moved = spot.abs_diff(self.spot) / 8;
        Self {
            spot,
            ema: self.ema + (spot - self.ema) * HALF_HOUR_BPS / 10_000,
            conf: max(moved, spot.unsigned_abs() / 2_000),
        }
    }
}

/// Every bar that both histories know. The token stands at `token_price` when
/// people come, and moves as AAVE did.
pub fn bars(token_price: i64) -> Vec<Bar> {
    let (sol, aave) = (series(SOL), series(AAVE));
    let last = aave.last().expect("the series has rows").0;
    let then = |at: i64| {
        let then = at - SOL_LOW + AAVE_LOW;
        let row = aave.iter().take_while(|row| row.0 <= then).last()?;
        (then <= last).then_some(row.1)
    };
    let opening = then(super::times::OPENING).expect("both histories know the opening");
    let token = |at: i64| {
        let scaled = i128::from(then(at)?) * i128::from(token_price) / i128::from(opening);
        Some(i64::try_from(scaled).expect("a price fits"))
    };
    let mut bars: Vec<Bar> = Vec::new();
    for (index, (at, spot)) in sol.iter().enumerate() {
        let Some(price) = token(*at) else { continue };
        let hour_ago = sol[index.saturating_sub(2)].1;
        bars.push(Bar {
            at: *at,
            sol: bars
                .last()
                .map_or(Reading::first(*spot), |bar| bar.sol.next(*spot)),
            token: bars
                .last()
                .map_or(Reading::first(price), |bar| bar.token.next(price)),
            move_bps: (spot - hour_ago).abs() * 10_000 / hour_ago,
        });
    }
    bars
}

/// Rows of a file: [unix s] and [10^-8 dollars].
fn series(text: &str) -> Vec<(i64, i64)> {
    text.lines()
        .skip(1)
        .map(|line| {
            let (at, price) = line.split_once(',').expect("two columns");
            (at.parse().expect("unix seconds"), dollars(price))
        })
        .collect()
}

/// A decimal number times 10^8; digits beyond the eighth are cut off.
fn dollars(text: &str) -> i64 {
    let (whole, fraction) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let digits: String = fraction.chars().chain("00000000".chars()).take(8).collect();
    format!("{whole}{digits}")
        .parse()
        .expect("a decimal number")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_read_to_the_eighth_digit() {
        assert_eq!(dollars("33.94"), 3_394_000_000);
        assert_eq!(dollars("12"), 1_200_000_000);
        assert_eq!(dollars("0.123456789"), 12_345_678);
    }

    #[test]
    fn bars_follow_each_other_without_a_hole() {
        let bars = bars(500_000_000);
        assert!(bars.windows(2).all(|pair| pair[1].at - pair[0].at == 1_800));
    }

    #[test]
    fn the_week_is_the_one_of_the_crash() {
        let bars = bars(500_000_000);
        let at = |time| bars.iter().find(|bar| bar.at == time).expect("a bar");
        let opening = at(super::super::times::OPENING);
        assert_eq!(opening.sol.spot, 3_658_000_000);
        assert_eq!(opening.token.spot, 500_000_000);
        assert_eq!(at(SOL_LOW).sol.spot, 1_245_000_000);
        let lowest = bars.iter().map(|bar| bar.token.spot).min();
        assert_eq!(lowest, Some(at(SOL_LOW).token.spot));
        assert!(bars.last().expect("bars").at >= super::super::times::END);
    }
}
