//! What commands print, and the spans of time they read.

use anyhow::{bail, Context, Result};
use backstop_localnet::{
    cheat::Now,
    prices::{format_units, Quote, Quotes, DECIMALS},
    Network,
};
use serde_json::json;

/// `2h`, `90s`, `1d12h`, in seconds.
pub fn parse_span(text: &str) -> Result<u64> {
    let mut rest = text;
    let mut total = 0u64;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .with_context(|| format!("`{text}` has no unit: write {text}s, {text}m or {text}h"))?;
        let (number, tail) = rest.split_at(digits);
        let unit = tail.chars().next().unwrap_or_default();
        let secs = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            _ => bail!("`{text}` is no span of time like 90s, 15m, 2h, 3d or 1d12h"),
        };
        let number: u64 = number
            .parse()
            .with_context(|| format!("`{text}` is no span of time like 2h"))?;
        total = number
            .checked_mul(secs)
            .and_then(|more| total.checked_add(more))
            .with_context(|| format!("`{text}` is too long"))?;
        rest = &tail[unit.len_utf8()..];
    }
    Ok(total)
}

/// One line about a price.
pub fn quote(symbol: &str, quote: &Quote) -> String {
    let dollars = |units: i64| format_units(units.unsigned_abs(), DECIMALS);
    format!(
        "{symbol:<5} {:>14} dollars, average {}, ± {}",
        dollars(quote.price),
        dollars(quote.ema),
        dollars(quote.conf)
    )
}

/// One line about the clock.
pub fn clock(now: Now) -> String {
    format!("slot {}, chain time {} (unix)", now.slot, now.time)
}

/// Everything that is there.
pub fn table(network: &Network, now: Now, quotes: &Quotes) -> String {
    let state = network.state();
    let mut lines = vec![
        format!("RPC          {}", state.rpc_url),
        format!("web sockets  {}", state.ws_url),
        format!("program      {}", state.program),
        format!("clock        {}", clock(now)),
        String::new(),
    ];
    for (symbol, asset) in &state.assets {
        if let Some(price) = quotes.get(symbol) {
            lines.push(quote(symbol, price));
        }
        lines.push(format!(
            "      mint {} ({} decimals)",
            asset.mint, asset.decimals
        ));
        lines.push(format!("      price account {}", asset.price_account));
        lines.push(format!("      feed {}", asset.feed_id));
    }
    lines.push(String::new());
    for (name, actor) in &state.actors {
        lines.push(format!("{name:<10} {}", actor.address));
    }
    lines.push(format!(
        "           keypairs: {}/keys/NAME.json",
        network.dir().display()
    ));
    lines.push(String::new());
    lines.join("\n")
}

/// What to type next.
pub fn next_steps(network: &Network) -> String {
    let dir = network.dir().display();
    format!(
        "
Next, in another terminal:
  cargo xtask localnet price SOL 42            a crash
  cargo xtask localnet time --forward 2h       the wait before an auction, at once
  cargo xtask localnet status
  backstop --url {} --keypair {dir}/keys/admin.json market apply examples/market.toml
Ctrl-C ends the network; its chain is gone then, its keys and prices stay.
",
        network.rpc_url()
    )
}

/// Everything that is there, for programs.
pub fn json(network: &Network, now: Now, quotes: &Quotes) -> Result<String> {
    let mut value = serde_json::to_value(network.state())?;
    let object = value.as_object_mut().context("the state is no object")?;
    object.insert("slot".into(), json!(now.slot));
    object.insert("time".into(), json!(now.time));
    object.insert("prices".into(), serde_json::to_value(quotes)?);
    Ok(serde_json::to_string_pretty(&value)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_add_up() {
        assert_eq!(parse_span("90s").unwrap(), 90);
        assert_eq!(parse_span("2h").unwrap(), 7_200);
        assert_eq!(parse_span("1d12h").unwrap(), 129_600);
    }

    #[test]
    fn a_span_without_a_unit_or_beyond_counting_is_refused() {
        assert!(parse_span("5").unwrap_err().to_string().contains("5s"));
        for text in ["h", "2w", "-2h", "1.5h", "2 h", "99999999999999999999s"] {
            assert!(parse_span(text).is_err(), "{text}");
        }
        assert!(parse_span("999999999999999999d").is_err());
    }
}
