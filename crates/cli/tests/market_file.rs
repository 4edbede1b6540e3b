//! The market file: every setting is reachable, every mistake has a line.

mod common;

use backstop_cli::file::{
    fields::{Field, BANK, MARKET},
    units::{Raw, Scale, Text, Unit},
    Creation,
};
use backstop_client::engine::settings::Preset;
use backstop_client::program::state::{BankConfig, MarketConfig};
use common::{desired, example_with, mints, parse, EXAMPLE, SIGNER};
use solana_pubkey::Pubkey;
use std::{collections::BTreeSet, fmt::Debug};

/// Names of a struct's own fields, as its `Debug` lists them.
fn struct_fields(value: &impl Debug) -> BTreeSet<String> {
    format!("{value:#?}")
        .lines()
        .filter(|line| line.starts_with("    ") && !line.starts_with("     "))
        .filter_map(|line| line.trim().split_once(':'))
        .map(|(name, _)| name.to_owned())
        .filter(|name| name != "reserved")
        .collect()
}

fn table_fields<T>(table: &[&Field<T>]) -> BTreeSet<String> {
    table.iter().map(|field| field.name.to_owned()).collect()
}

#[test]
fn every_setting_of_the_program_has_a_place_in_the_file() {
    let bank = struct_fields(&BankConfig::default());
    assert!(bank.len() > 30);
    assert_eq!(table_fields(&BANK), bank);
    let market = struct_fields(&MarketConfig::default());
    assert!(market.len() > 15);
    assert_eq!(table_fields(&MARKET), market);
}

/// A value as a person writes it, and as the program stores it, with 9
/// decimals for the asset and 6 for the governance token.
fn sample(unit: Unit, seed: u32) -> (String, Raw) {
    let number = |text: String, raw: u128| (text, Raw::Number(raw));
    let n = u128::from(seed);
    match unit {
        Unit::Tokens => number(format!("\"{seed}.5\""), n * 1_000_000_000 + 500_000_000),
        Unit::Governance => number(format!("\"{seed}.25\""), n * 1_000_000 + 250_000),
        // One whole token is 10^9 atoms, one governance token 10^6.
        Unit::Rate => number(format!("\"{seed}\""), (n * 1_000) << 64),
        Unit::Bps => number(format!("\"{seed}.07%\""), n * 100 + 7),
        Unit::Secs => number(format!("\"{seed}m 1s\""), n * 60 + 1),
        Unit::Count => number(seed.to_string(), n),
        Unit::Mode => number("\"insurance-only\"".to_owned(), 1),
        Unit::Flag => number("true".to_owned(), 1),
        Unit::Receiver | Unit::OptionalReceiver => (
            "\"pyth-core-compatible\"".to_owned(),
            Raw::Address(backstop_client::program::constants::PYTH_RECEIVERS[1]),
        ),
        Unit::Feed | Unit::OptionalFeed => (format!("\"0x{seed:064x}\""), {
            let mut feed = [0; 32];
            feed[28..].copy_from_slice(&seed.to_be_bytes());
            Raw::Feed(feed)
        }),
        Unit::Role => {
            let key = Pubkey::new_from_array([seed as u8; 32]);
            (format!("\"{key}\""), Raw::Address(key))
        }
    }
}

type Samples = Vec<(&'static str, String, Raw)>;

fn samples<T>(table: &[&Field<T>]) -> Samples {
    (1..)
        .zip(table)
        .map(|(seed, field)| {
            let (text, raw) = sample(field.unit, seed);
            (field.name, text, raw)
        })
        .collect()
}

fn lines(samples: &Samples) -> String {
    samples
        .iter()
        .map(|(name, text, _)| format!("{name} = {text}\n"))
        .collect()
}

#[test]
fn every_setting_arrives_where_it_belongs() {
    let (market, bank) = (samples(&MARKET), samples(&BANK));
    let text = format!(
        "version = 1\n[market]\n{}[governance]\nmint = \"{}\"\n[[bank]]\nname = \"SOL\"\nmint = \"{}\"\n{}",
        lines(&market),
        Pubkey::new_from_array([1; 32]),
        Pubkey::new_from_array([2; 32]),
        lines(&bank)
    );
    let desired = desired(&text).unwrap();
    for (field, (name, _, raw)) in MARKET.iter().zip(&market) {
        assert_eq!((field.get)(&desired.config), *raw, "{name}");
    }
    for (field, (name, _, raw)) in BANK.iter().zip(&bank) {
        assert_eq!((field.get)(&desired.banks[0].config), *raw, "{name}");
    }
}

#[test]
fn what_is_shown_can_be_written() {
    let scale = Scale {
        asset: 9,
        governance: 6,
    };
    for field in BANK.iter().filter(|field| field.unit != Unit::Flag) {
        let (_, raw) = sample(field.unit, 37);
        let shown = field.unit.show(raw, scale);
        let written = field.unit.parse(&shown).unwrap();
        assert_eq!(field.unit.resolve(written, scale).unwrap(), raw, "{shown}");
    }
}

/// Settings that are not what is recommended for an asset with `decimals`.
fn differs(config: &BankConfig, decimals: u8) -> BTreeSet<&'static str> {
    let recommended = BankConfig::recommended(decimals);
    let rows = BankConfig::SETTINGS
        .iter()
        .filter(|row| row.preset != Preset::Chosen);
    rows.filter(|row| (row.get)(config) != (row.get)(&recommended))
        .map(|row| row.name)
        .collect()
}

#[test]
fn the_example_is_what_docs_risk_recommends() {
    let desired = desired(EXAMPLE).unwrap();
    assert_eq!(desired.creation, Creation::Adopt);
    assert_eq!(desired.admin, SIGNER);
    assert_eq!(desired.config.guardian, SIGNER);
    let market = MarketConfig {
        guardian: SIGNER,
        fee_owner: desired.config.fee_owner,
        feed_id: desired.config.feed_id,
        lifetime_issuance_cap: 1_000_000_000_000,
        ..MarketConfig::recommended(0)
    };
    assert_eq!(desired.config, market);
    // A young market's caps, and an asset that is not volatile.
    let caps = [
        "deposit_cap",
        "borrow_cap",
        "min_debt",
        "bounty_cap",
        "bounty_min_loss",
        "min_auction_deficit",
    ];
    let stable = [
        "full_close_debt",
        "collateral_factor_bps",
        "liquidation_threshold_bps",
        "min_bonus_bps",
        "max_bonus_bps",
        "slope_below_bps",
        "slope_above_bps",
        "kink_bps",
        "max_conf_bps",
    ];
    let [sol, usdc] = [0, 1].map(|index: usize| desired.banks[index].config);
    assert_eq!(differs(&sol, 9), BTreeSet::from(caps));
    assert_eq!(
        differs(&usdc, 6),
        caps.into_iter().chain(stable).collect::<BTreeSet<_>>()
    );
    // Every loss that earns a bounty is a debt that may exist.
    for bank in &desired.banks {
        assert!(bank.config.bounty_min_loss <= bank.config.min_debt);
    }
}

#[test]
fn a_mistake_is_named_with_its_line() {
    for (from, to, line_of, message) in [
        (
            "kink_bps",
            "kink_bbs",
            "kink_bbs",
            "unknown key `kink_bbs` in [[bank]] SOL; did you mean `kink_bps`?",
        ),
        (
            "version = 1",
            "version = 2",
            "version = 2",
            "this program reads version 1",
        ),
        (
            "\"2d\"",
            "\"2 days\"",
            "config_delay_secs",
            "is not a duration",
        ),
        (
            "\"70%\"",
            "\"70\"",
            "collateral_factor_bps",
            "is not a share",
        ),
        (
            "\"70%\"",
            "0.7",
            "collateral_factor_bps",
            "must be in quotes",
        ),
        (
            "\"70%\"",
            "\"70.001%\"",
            "collateral_factor_bps",
            "finer than a hundredth",
        ),
        (
            "min_debt = \"0.05\"",
            "min_debt = 0.05",
            "min_debt",
            "must be in quotes",
        ),
        (
            "min_debt = \"0.05\"",
            "min_debt = -1",
            "min_debt",
            "does not fit",
        ),
        (
            "min_debt = \"0.05\"",
            "min_debt = \"0.0000000001\"",
            "min_debt",
            "more decimal places than the token, which has 9",
        ),
        (
            "min_debt = \"0.05\"",
            "min_debt = \"50bps\"",
            "min_debt",
            "is not an amount",
        ),
        (
            "\"full\"",
            "\"on\"",
            "write_off_mode",
            "disabled, insurance-only, full",
        ),
        (
            "name = \"USDC\"",
            "name = \"SOL\"",
            "name = \"SOL\"",
            "two banks are called SOL",
        ),
        (
            "max_failed_auctions = 3",
            "max_failed_auctions = \"3x\"",
            "max_failed_auctions",
            "is not a whole number",
        ),
        (
            "\"pyth-core\"",
            "\"chainlink\"",
            "oracle_program",
            "no Pyth receiver",
        ),
        (
            "name = \"SOL\"",
            "name = \"SOL\"\noracle_account = \"here\"",
            "oracle_account",
            "is not an address",
        ),
    ] {
        let text = example_with(from, to);
        let told = match desired(&text) {
            Err(told) => told,
            Ok(_) => panic!("`{to}` was accepted"),
        };
        assert!(told.contains(message), "{to}: {told}");
        let line: usize = told.split(':').nth(1).unwrap().parse().unwrap();
        let found = text.lines().nth(line - 1).unwrap();
        assert!(found.contains(line_of), "{to}: line {line} is `{found}`");
    }
}

#[test]
fn a_missing_setting_is_not_guessed() {
    let told = desired(&example_with("deposit_cap = \"100_000\"\n", ""))
        .err()
        .unwrap();
    assert!(
        told.contains("[[bank]] SOL: missing: deposit_cap"),
        "{told}"
    );
    let told = desired(&example_with("max_pause_secs = \"1d\"\n", ""))
        .err()
        .unwrap();
    assert!(told.contains("[market]: missing: max_pause_secs"), "{told}");
}

#[test]
fn a_banks_own_setting_goes_before_the_default() {
    let text = example_with("name = \"USDC\"", "name = \"USDC\"\nbounty_bps = 0");
    let desired = desired(&text).unwrap();
    assert_eq!(desired.banks[0].config.bounty_bps, 50);
    assert_eq!(desired.banks[1].config.bounty_bps, 0);
}

#[test]
fn variables_come_from_the_environment_or_from_their_default() {
    let mint = Pubkey::new_from_array([9; 32]);
    let with = |text: &str| {
        backstop_cli::file::MarketFile::parse("market.toml", text, &|name| {
            (name == "SOL_MINT").then(|| mint.to_string())
        })
    };
    assert_eq!(with(EXAMPLE).unwrap().bank("SOL").unwrap().mint, mint);
    assert_ne!(parse(EXAMPLE).unwrap().bank("SOL").unwrap().mint, mint);
    let told = with(&example_with("${SOL_MINT:-", "${OTHER_MINT")).unwrap_err();
    assert!(
        told.to_string()
            .contains("the environment has no OTHER_MINT"),
        "{told}"
    );
    // A comment is not a value.
    assert!(parse(&format!("# ${{NOWHERE}}\n{EXAMPLE}")).is_ok());
}

#[test]
fn governance_is_adopted_or_created_and_never_both() {
    let create = "[governance.create]\ndecimals = 6\ninitial_supply = \"5_000_000.5\"\nindex = 3\n";
    let both = example_with("[defaults]", &format!("{create}\n[defaults]"));
    assert!(desired(&both).err().unwrap().contains("not both"));
    let start = EXAMPLE.find("[governance]").unwrap();
    let end = EXAMPLE.find("# What every bank has in common").unwrap();
    let text = format!(
        "{}[governance]\n{create}{}",
        &EXAMPLE[..start],
        &EXAMPLE[end..]
    );
    let desired = desired(&text).unwrap();
    assert_eq!(
        desired.creation,
        Creation::WithMint {
            index: 3,
            decimals: 6,
            initial_supply: 5_000_000_500_000,
            supply_owner: SIGNER,
        }
    );
    let expected = backstop_client::addresses::MarketKeys::created_mint(&SIGNER, 3);
    assert_eq!(desired.keys.mint, expected);
}

#[test]
fn a_mint_that_is_not_on_the_cluster_is_an_error() {
    let file = parse(EXAMPLE).unwrap();
    let mut mints = mints(&file);
    mints.remove(&file.bank("USDC").unwrap().mint);
    let told = file.resolve(&SIGNER, &mints).unwrap_err().to_string();
    assert!(told.contains("there is no mint"), "{told}");
}

#[test]
fn raw_numbers_reach_what_toml_integers_cannot() {
    let text = example_with(
        "name = \"SOL\"",
        "name = \"SOL\"\nfixed_floor_rate = \"raw:340282366920938463463374607431768211455\"\n\
         fixed_start_rate = \"raw:340282366920938463463374607431768211455\"",
    );
    let text = text.replacen(
        "deposit_cap = \"100_000\"",
        "deposit_cap = \"raw:18446744073709551615\"",
        1,
    );
    let config = desired(&text).unwrap().banks[0].config;
    assert_eq!(config.fixed_floor_rate.get(), u128::MAX);
    assert_eq!(config.deposit_cap, u64::MAX);
}

#[test]
fn an_admin_that_the_file_leaves_open_moves_no_market() {
    let create = "[governance]\n[governance.create]\ndecimals = 6\ninitial_supply = 1\n";
    let start = EXAMPLE.find("[governance]").unwrap();
    let end = EXAMPLE.find("# What every bank has in common").unwrap();
    let created = format!("{}{create}{}", &EXAMPLE[..start], &EXAMPLE[end..]);
    let admin = Pubkey::new_from_array([3; 32]);
    for text in [EXAMPLE, &created] {
        let mut file = parse(text).unwrap();
        let mints = mints(&file);
        let before = file.resolve(&SIGNER, &mints).unwrap();
        file.settle_admin(admin, SIGNER);
        let after = file.resolve(&SIGNER, &mints).unwrap();
        assert_eq!(after.keys, before.keys);
        assert_eq!((after.admin, after.config.guardian), (admin, admin));
    }
}
