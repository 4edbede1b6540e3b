//! Numbers for people: exact integers in, text out.

/// Groups of three digits.
fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `atoms` of a token with `decimals`, rounded down to `places` digits.
fn decimal(atoms: u128, decimals: u32, places: u32) -> String {
    let whole = atoms / 10u128.pow(decimals);
    let rest = atoms % 10u128.pow(decimals) / 10u128.pow(decimals - places);
    if places == 0 {
        return grouped(whole);
    }
    format!("{}.{rest:0width$}", grouped(whole), width = places as usize)
}

/// USDC atoms as dollars and cents.
pub fn usd(atoms: u64) -> String {
    format!("${}", decimal(atoms.into(), 6, 2))
}

/// USDC atoms as whole dollars.
pub fn usd0(atoms: u64) -> String {
    format!("${}", decimal(atoms.into(), 6, 0))
}

/// USDC atoms with a sign.
pub fn signed(atoms: i128) -> String {
    let sign = if atoms < 0 { '-' } else { '+' };
    format!("{sign}${}", decimal(atoms.unsigned_abs(), 6, 2))
}

/// A price in 10^-8 dollars.
pub fn price(price: i64) -> String {
    format!("${}", decimal(price.unsigned_abs().into(), 8, 2))
}

/// A price in micro-dollars, with four digits.
pub fn micro(price: u64) -> String {
    format!("${}", decimal(price.into(), 6, 4))
}

/// Governance atoms as tokens.
pub fn tokens(atoms: u64) -> String {
    decimal(atoms.into(), 6, 2)
}

/// SOL atoms as SOL.
pub fn sol(atoms: u64) -> String {
    decimal(atoms.into(), 9, 1)
}

/// Hundredths of a per cent.
pub fn percent(bps: i128) -> String {
    let sign = if bps < 0 { "-" } else { "" };
    let bps = bps.unsigned_abs();
    format!("{sign}{}.{:02} %", bps / 100, bps % 100)
}

/// A time of the story: day of November 2022, hour and minute, UTC.
pub fn time(at: i64) -> String {
    const FIRST_OF_NOVEMBER: i64 = 1_667_260_800;
    let secs = at - FIRST_OF_NOVEMBER;
    let (day, rest) = (secs / 86_400 + 1, secs % 86_400);
    format!("{day} Nov {:02}:{:02}", rest / 3_600, rest % 3_600 / 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_cut_not_rounded() {
        assert_eq!(usd(1_234_567_899_999), "$1,234,567.89");
        assert_eq!(usd0(999_999), "$0");
        assert_eq!(signed(-5_000), "-$0.00");
        assert_eq!(price(1_245_000_000), "$12.45");
        assert_eq!(percent(-105), "-1.05 %");
    }

    #[test]
    fn a_time_is_a_day_of_november() {
        assert_eq!(time(1_668_029_400), "9 Nov 21:30");
    }
}
