//! Shares and durations as people write them.

use crate::amount::Decimal;

const SPANS: [(char, u128); 5] = [
    ('w', 604_800),
    ('d', 86_400),
    ('h', 3_600),
    ('m', 60),
    ('s', 1),
];

/// `70%` in hundredths of a per cent.
pub(super) fn per_cent(text: &str) -> Result<u128, String> {
    let wrong = || format!("`{text}` is not a share: write it like \"70%\" or \"0.05%\"");
    let number = text.strip_suffix('%').ok_or_else(wrong)?.trim_end();
    let decimal: Decimal = number.parse().map_err(|_| wrong())?;
    let bps = decimal
        .times_ten_to(2)
        .ok_or_else(|| format!("`{text}` is finer than a hundredth of a per cent"))?;
    u32::try_from(bps)
        .map(u128::from)
        .map_err(|_| format!("`{text}` is too large"))
}

/// `1d 12h` in seconds.
pub(super) fn duration(text: &str) -> Result<u128, String> {
    let wrong =
        || format!("`{text}` is not a duration: write it like \"90s\", \"2h\" or \"1d 12h\"");
    let mut total = 0u128;
    let mut number = String::new();
    let mut last = u128::MAX;
    for c in text.chars().filter(|c| *c != ' ') {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        let (_, span) = SPANS
            .iter()
            .find(|(name, _)| *name == c)
            .ok_or_else(wrong)?;
        let count: u32 = number.parse().map_err(|_| wrong())?;
        // Largest first and each once, so that a slip of the pen is noticed.
        if *span >= last {
            return Err(wrong());
        }
        last = *span;
        total = u128::from(count)
            .checked_mul(*span)
            .and_then(|secs| total.checked_add(secs))
            .ok_or_else(wrong)?;
        number.clear();
    }
    if !number.is_empty() || last == u128::MAX {
        return Err(wrong());
    }
    u32::try_from(total)
        .map(u128::from)
        .map_err(|_| format!("`{text}` is too long"))
}

/// Seconds as `1d 12h`.
#[must_use]
pub fn show_duration(secs: u128) -> String {
    let mut rest = secs;
    let mut parts = Vec::new();
    for (name, span) in SPANS.iter().skip(1) {
        let count = rest.checked_div(*span).unwrap_or(0);
        rest = rest.checked_rem(*span).unwrap_or(0);
        if count > 0 {
            parts.push(format!("{count}{name}"));
        }
    }
    if parts.is_empty() {
        return "0s".to_owned();
    }
    parts.join(" ")
}
