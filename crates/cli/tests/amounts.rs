//! Amounts and units: exact, whatever is typed.

use backstop_cli::{
    amount::{format, Amount, AmountError, Decimal},
    file::units::{Raw, Scale, Text, Unit, Written},
};
use backstop_client::engine::units::{Atoms, GovAtoms, Rate};
use proptest::prelude::*;

#[test]
fn whole_tokens_become_atoms() {
    for (text, decimals, atoms) in [
        ("0", 0, 0),
        ("1", 0, 1),
        ("1.50", 6, 1_500_000),
        ("0.000001", 6, 1),
        ("18446744073709.551615", 6, u64::MAX),
        ("1_000_000", 2, 100_000_000),
        ("007", 1, 70),
    ] {
        let decimal: Decimal = text.parse().unwrap();
        assert_eq!(decimal.atoms(decimals), Ok(atoms), "{text}");
    }
}

#[test]
fn what_is_no_plain_number_is_refused() {
    for text in [
        "", ".", "1.", ".5", "-1", "+1", "1e3", "1,5", "1 000", "0x10", "_1", "1_", "1._5", "１",
        "NaN", "inf", "1.2.3",
    ] {
        let parsed: Result<Decimal, AmountError> = text.parse();
        assert!(
            matches!(parsed, Err(AmountError::NotANumber(_))),
            "`{text}`"
        );
    }
    let huge = "9".repeat(60);
    assert!(matches!(
        huge.parse::<Decimal>(),
        Err(AmountError::TooLarge(_))
    ));
}

#[test]
fn nothing_is_rounded_away() {
    let decimal: Decimal = "0.0000001".parse().unwrap();
    assert!(matches!(
        decimal.atoms(6),
        Err(AmountError::TooPrecise { decimals: 6, .. })
    ));
    let decimal: Decimal = "18446744073709.551616".parse().unwrap();
    assert!(matches!(decimal.atoms(6), Err(AmountError::TooLarge(_))));
}

#[test]
fn all_is_an_amount_of_its_own() {
    assert_eq!("all".parse::<Amount>(), Ok(Amount::All));
    assert!("ALL".parse::<Amount>().is_err());
}

#[test]
fn durations_are_written_largest_first() {
    let secs = |text: &str| Unit::Secs.parse(text);
    let number = |secs: u128| Ok(Written::Raw(Raw::Number(secs)));
    assert_eq!(secs("2h"), number(7_200));
    assert_eq!(secs("1d 12h"), number(129_600));
    assert_eq!(secs("1w1d1h1m1s"), number(694_861));
    for text in [
        "",
        "2",
        "h",
        "2 hours",
        "1h2h",
        "1h 1d",
        "-1h",
        "1.5h",
        "99999999999w",
    ] {
        assert!(secs(text).is_err(), "`{text}`");
    }
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back(atoms: u64, decimals in 0u8..=18) {
        let text = format(atoms, decimals);
        let decimal: Decimal = text.parse().unwrap();
        prop_assert_eq!(decimal.atoms(decimals), Ok(atoms));
        prop_assert!(!text.contains('.') || !text.ends_with('0'));
    }

    #[test]
    fn any_text_is_refused_or_exact(text in "[0-9._]{0,24}", decimals in 0u8..=18) {
        if let Ok(atoms) = text.parse::<Decimal>().and_then(|decimal| decimal.atoms(decimals)) {
            let back: Decimal = format(atoms, decimals).parse().unwrap();
            let said: Decimal = text.parse().unwrap();
            prop_assert_eq!(back, said);
        }
    }

    #[test]
    fn durations_are_read_back(secs: u32) {
        let shown = Unit::Secs.show(Raw::Number(secs.into()), SCALE);
        prop_assert_eq!(Unit::Secs.parse(&shown), Ok(Written::Raw(Raw::Number(secs.into()))));
    }

    #[test]
    fn shares_are_read_back(bps: u32) {
        let shown = Unit::Bps.show(Raw::Number(bps.into()), SCALE);
        prop_assert_eq!(Unit::Bps.parse(&shown), Ok(Written::Raw(Raw::Number(bps.into()))));
    }

    /// A least price of so many tokens is met for any number of whole
    /// governance tokens, and exceeded by less than an atom.
    #[test]
    fn a_price_buys_what_it_says(whole in 0u64..10_000, atoms in 0u64..1_000_000, tokens in 1u64..1_000) {
        let text = format!("{whole}.{atoms:06}");
        let Ok(Written::Decimal(price)) = Unit::Rate.parse(&text) else { panic!("{text}") };
        let Ok(Raw::Number(rate)) = Unit::Rate.resolve(Written::Decimal(price), SCALE) else {
            panic!("{text}")
        };
        let cost = Rate(rate).cost_down(GovAtoms(tokens * 1_000_000_000)).unwrap();
        prop_assert_eq!(cost, Atoms((whole * 1_000_000 + atoms) * tokens));
    }
}

const SCALE: Scale = Scale {
    asset: 6,
    governance: 9,
};
