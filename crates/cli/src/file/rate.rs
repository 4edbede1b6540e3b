//! Prices of the governance token in a bank's asset.

use super::scale::Scale;
use crate::amount::Decimal;

/// `price * 10^asset / 10^governance * 2^64`, rounded up: what is sold at a
/// stated least price is not sold for less.
pub(super) fn rate(price: Decimal, scale: Scale) -> Result<u128, String> {
    let too_large = || format!("`{price}` is too large for a price");
    let (digits, places) = price.parts();
    let down = places.saturating_add(u32::from(scale.governance));
    let up = u32::from(scale.asset);
    let common = down.min(up);
    let ten_to = |power: u32| 10u128.checked_pow(power).ok_or_else(too_large);
    let divisor = ten_to(down.saturating_sub(common))?;
    let numerator = digits
        .checked_mul(ten_to(up.saturating_sub(common))?)
        .ok_or_else(too_large)?;
    let whole = numerator.checked_div(divisor).ok_or_else(too_large)?;
    let rest = numerator.checked_rem(divisor).ok_or_else(too_large)?;
    let high = whole.checked_mul(1 << 64).ok_or_else(too_large)?;
    let low = rest
        .checked_mul(1 << 64)
        .ok_or_else(too_large)?
        .div_ceil(divisor);
    high.checked_add(low).ok_or_else(too_large)
}

/// The price that a rate stands for, to the nearest of twelve places.
pub(super) fn show_rate(rate: u128, scale: Scale) -> String {
    if rate == 0 {
        return "none".to_owned();
    }
    const PLACES: u32 = 12;
    let up = PLACES.saturating_add(u32::from(scale.governance));
    let shift = up.checked_sub(u32::from(scale.asset));
    let scaled = shift
        .and_then(|power| 10u128.checked_pow(power))
        .and_then(|factor| {
            let high = (rate >> 64).checked_mul(factor)?;
            let low = (rate & u128::from(u64::MAX)).checked_mul(factor)?;
            high.checked_add(low.checked_add(1 << 63)? >> 64)
        });
    match scaled {
        Some(scaled) => crate::amount::format_scaled(scaled, PLACES),
        None => format!("raw:{rate}"),
    }
}
