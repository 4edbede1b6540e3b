//! Changing a bank's settings: what waits, for how long, and what ends it.

mod common;

use {
    backstop::{
        error::BackstopError as E,
        state::{BankConfig, Le128, PriceState},
    },
    backstop_engine::settings::Raw,
    backstop_tests::{
        ix::{self},
        oracle::PYTH_CORE_COMPATIBLE,
        world::{feed_id, on_both, BankId, BankSpec, World, DOLLAR},
    },
    common::*,
    solana_signer::Signer,
    std::slice::from_ref,
};

fn rate(value: u128) -> Le128 {
    value.into()
}

fn update(world: &mut World, bank: BankId, change: impl FnOnce(&mut BankConfig)) -> BankConfig {
    let admin = world.admin.insecure_clone();
    let mut config = world.bank(bank).config;
    change(&mut config);
    let update = ix::update_bank(&world.keys(bank), admin.pubkey(), config);
    world.send(&[update], &[&admin]).unwrap();
    config
}

type Change = fn(&mut BankConfig);

/// One change each, and whether it waits because it raises somebody's risk.
/// Numbers stand a step away from their bounds.
const CHANGES: [(&str, Change, bool); 75] = [
    (
        "another receiver",
        |c| c.oracle_program = PYTH_CORE_COMPATIBLE,
        true,
    ),
    ("another feed", |c| c.feed_id = feed_id("other"), true),
    ("delisting", |c| c.delisted = 1, true),
    ("mode up", |c| c.write_off_mode = 2, true),
    ("mode down", |c| c.write_off_mode = 0, true),
    ("more deposits", |c| c.deposit_cap += 1, true),
    ("fewer deposits", |c| c.deposit_cap = 0, false),
    ("more loans", |c| c.borrow_cap += 1, true),
    ("fewer loans", |c| c.borrow_cap = 0, false),
    ("a higher least debt", |c| c.min_debt += 1, true),
    ("a lower least debt", |c| c.min_debt -= 1, true),
    ("more closed in full", |c| c.full_close_debt += 1, true),
    ("less closed in full", |c| c.full_close_debt -= 1, false),
    ("draws bounded", |c| c.draw_limit += 1, true),
    ("draws unbounded", |c| c.draw_limit = 0, true),
    ("larger bounties", |c| c.bounty_cap += 1, true),
    ("smaller bounties", |c| c.bounty_cap -= 1, false),
    ("bounties for less", |c| c.bounty_min_loss -= 1, true),
    ("bounties for more", |c| c.bounty_min_loss += 1, false),
    ("a larger share for keepers", |c| c.bounty_bps += 1, true),
    ("a smaller share for keepers", |c| c.bounty_bps -= 1, false),
    ("larger auctions", |c| c.min_auction_deficit += 1, true),
    ("smaller auctions", |c| c.min_auction_deficit -= 1, true),
    ("a floor", |c| c.fixed_floor_rate = rate(1), true),
    ("a higher start", |c| c.fixed_start_rate = rate(3), true),
    ("a lower start", |c| c.fixed_start_rate = rate(1), true),
    ("a higher factor", |c| c.collateral_factor_bps += 1, true),
    ("a lower factor", |c| c.collateral_factor_bps -= 1, false),
    (
        "a higher threshold",
        |c| c.liquidation_threshold_bps += 1,
        true,
    ),
    (
        "a lower threshold",
        |c| c.liquidation_threshold_bps -= 1,
        true,
    ),
    ("heavier debts", |c| c.liability_weight_bps += 1, true),
    ("lighter debts", |c| c.liability_weight_bps -= 1, true),
    ("a higher least bonus", |c| c.min_bonus_bps += 1, true),
    ("a lower least bonus", |c| c.min_bonus_bps -= 1, true),
    ("a higher bonus", |c| c.max_bonus_bps += 1, true),
    ("a lower bonus", |c| c.max_bonus_bps -= 1, true),
    ("a longer ramp", |c| c.bonus_ramp_bps += 1, true),
    ("a shorter ramp", |c| c.bonus_ramp_bps -= 1, true),
    (
        "more of the bonus insured",
        |c| c.bonus_insurance_bps += 1,
        true,
    ),
    (
        "less of the bonus insured",
        |c| c.bonus_insurance_bps -= 1,
        false,
    ),
    ("a higher target", |c| c.target_health_bps += 1, true),
    ("a lower target", |c| c.target_health_bps -= 1, true),
    ("more lent out", |c| c.max_utilisation_bps += 1, true),
    ("less lent out", |c| c.max_utilisation_bps -= 1, false),
    ("a higher base", |c| c.base_rate_bps += 1, true),
    ("a lower base", |c| c.base_rate_bps -= 1, true),
    ("a steeper slope", |c| c.slope_below_bps += 1, true),
    ("a flatter slope", |c| c.slope_below_bps -= 1, true),
    ("a steeper end", |c| c.slope_above_bps += 1, true),
    ("a flatter end", |c| c.slope_above_bps -= 1, true),
    ("a later kink", |c| c.kink_bps += 1, true),
    ("an earlier kink", |c| c.kink_bps -= 1, true),
    ("more for the protocol", |c| c.protocol_fee_bps += 1, true),
    ("less for the protocol", |c| c.protocol_fee_bps -= 1, false),
    ("more for insurance", |c| c.insurance_fee_bps += 1, true),
    ("less for insurance", |c| c.insurance_fee_bps -= 1, true),
    ("older prices", |c| c.max_age_secs += 1, true),
    ("younger prices", |c| c.max_age_secs -= 1, false),
    ("vaguer prices", |c| c.max_conf_bps += 1, true),
    ("surer prices", |c| c.max_conf_bps -= 1, false),
    ("prices further apart", |c| c.max_divergence_bps += 1, true),
    (
        "prices closer together",
        |c| c.max_divergence_bps -= 1,
        false,
    ),
    (
        "younger risk written off",
        |c| c.min_risk_age_secs -= 1,
        true,
    ),
    ("older risk written off", |c| c.min_risk_age_secs += 1, true),
    ("a longer window", |c| c.limit_window_secs += 1, true),
    ("a shorter window", |c| c.limit_window_secs -= 1, true),
    ("socialised sooner", |c| c.socialise_delay_secs -= 1, true),
    ("socialised later", |c| c.socialise_delay_secs += 1, false),
    ("a later deadline", |c| c.socialise_deadline_secs += 1, true),
    (
        "an earlier deadline",
        |c| c.socialise_deadline_secs -= 1,
        true,
    ),
    ("less insurance kept", |c| c.insurance_target_bps -= 1, true),
    (
        "more insurance kept",
        |c| c.insurance_target_bps += 1,
        false,
    ),
    ("nothing", |_| (), false),
    (
        "safer and riskier at once",
        |c| (c.borrow_cap, c.deposit_cap) = (0, c.deposit_cap + 1),
        true,
    ),
    (
        "every cap closed",
        |c| (c.borrow_cap, c.deposit_cap) = (0, 0),
        false,
    ),
];

#[test]
fn every_setting_is_changed_here() {
    let base = BankConfig::recommended(6);
    for row in BankConfig::SETTINGS {
        let changes = CHANGES.iter().filter(|(_, change, _)| {
            let mut config = base;
            // Room below a setting that is zero or not recommended.
            for row in BankConfig::SETTINGS {
                if matches!((row.get)(&config), Raw::Number(0)) {
                    let _ = (row.set)(&mut config, Raw::Number(2));
                }
            }
            let before = (row.get)(&config);
            change(&mut config);
            (row.get)(&config) != before
        });
        assert!(changes.count() > 0, "{}", row.name);
    }
}

#[test]
fn what_raises_risk_waits_and_what_lowers_it_does_not() {
    on_both(|world| {
        let spec = changed(BankSpec::usdc(), |config| {
            config.write_off_mode = 1;
            config.max_divergence_bps = 4_000;
            config.liability_weight_bps = 11_000;
            config.fixed_start_rate = rate(2);
            config.draw_limit = 1_000;
        });
        let bank = world.add_bank(&spec);
        world.actor("somebody");
        let snapshot = world.fingerprint();
        for (name, change, waits) in CHANGES {
            println!("{} chain: {name}", world.chain.name());
            let before = world.bank(bank).config;
            let config = update(world, bank, change);
            let state = world.bank(bank);
            let due = world.chain.now() + i64::try_from(DELAY).unwrap();
            if waits {
                assert_eq!(state.config, before);
                assert_eq!(state.pending_config, config);
                assert_eq!(state.pending_config_at, due);
            } else {
                assert_eq!(state.config, config);
                assert_eq!(state.pending_config_at, 0);
            }
            restore(world, &snapshot);
        }
    });
}

#[test]
fn a_queued_change_waits_lapses_and_is_cancelled_as_a_markets_is() {
    const LIFETIME: u64 = 1_209_600;
    on_both(|world| {
        let bank = world.add_bank(&BankSpec::usdc());
        world.actor("somebody");
        let (admin, keys) = (world.admin.insecure_clone(), world.keys(bank));
        let apply = ix::apply_bank_update(&keys);
        let cancel = ix::cancel_bank_update(&keys, admin.pubkey());
        world.refuse(from_ref(&apply), &[], E::NoPendingUpdate);
        world.refuse(from_ref(&cancel), &[&admin], E::NoPendingUpdate);
        let riskier = |config: &mut BankConfig| config.borrow_cap += 1;

        update(world, bank, riskier);
        world.advance(DELAY - 1);
        world.refuse(from_ref(&apply), &[], E::UpdateTooEarly);
        world.advance(1 + LIFETIME + 1);
        world.refuse(from_ref(&apply), &[], E::UpdateLapsed);
        world.send(from_ref(&cancel), &[&admin]).unwrap();
        world.refuse(from_ref(&apply), &[], E::NoPendingUpdate);

        for wait in [DELAY, DELAY + LIFETIME] {
            let config = update(world, bank, riskier);
            world.advance(wait);
            world.send(from_ref(&apply), &[]).unwrap();
            assert_eq!(world.bank(bank).config, config);
            assert_eq!(world.bank(bank).pending_config, BankConfig::default());
        }
        // What is made safer at once is not undone by what was queued before.
        update(world, bank, riskier);
        let safer = update(world, bank, |config| config.borrow_cap = 0);
        world.advance(DELAY);
        world.refuse(&[apply], &[], E::NoPendingUpdate);
        assert_eq!(world.bank(bank).config, safer);
    });
}

#[test]
fn interest_up_to_a_change_follows_the_old_curve() {
    on_both(|world| {
        let pool = pool(world);
        world
            .borrow(&pool.borrower, pool.usdc, 5_000 * USDC)
            .unwrap();
        let admin = world.admin.insecure_clone();
        let keys = world.keys(pool.usdc);
        // Free from now on: what accrued before must not be lost with it.
        let mut config = world.bank(pool.usdc).config;
        (config.base_rate_bps, config.slope_below_bps) = (0, 0);
        config.slope_above_bps = 0;
        let queue = ix::update_bank(&keys, admin.pubkey(), config);
        world.send(&[queue], &[&admin]).unwrap();
        world.advance(DELAY);
        world.send(&[ix::apply_bank_update(&keys)], &[]).unwrap();
        let after = world.bank(pool.usdc).ledger;
        assert_eq!(after.accrued_at, world.chain.now());
        assert!(after.borrowed > 5_000 * USDC);
        world.advance(1_000_000);
        world.refresh(&[pool.usdc]).unwrap();
        assert_eq!(world.bank(pool.usdc).ledger.borrowed, after.borrowed);
    });
}

#[test]
fn a_price_of_the_old_feed_is_forgotten_with_it() {
    on_both(|world: &mut World| {
        let bank = world.add_bank(&BankSpec::usdc());
        world.refresh(&[bank]).unwrap();
        let stored = world.bank(bank).price;
        assert!(stored.spot > 0);
        update(world, bank, |config| config.deposit_cap -= 1);
        assert_eq!(world.bank(bank).price, stored);

        for change in [(|c| c.feed_id = feed_id("other")) as Change, |c| {
            c.oracle_program = PYTH_CORE_COMPATIBLE
        }] {
            update(world, bank, change);
            assert_eq!(world.bank(bank).price, PriceState::default());
            // The new feed need not be ahead of what the old one published.
            world.set_price(bank, 2 * DOLLAR);
            world.refresh(&[bank]).unwrap();
            assert_eq!(world.bank(bank).price.spot, 200_000_000);
        }
    });
}

#[test]
fn a_queued_feed_takes_the_old_price_along_when_it_comes() {
    on_both(|world: &mut World| {
        let pool = pool(world);
        let keys = world.keys(pool.sol);
        update(world, pool.sol, |config| config.feed_id = feed_id("other"));
        let wait = world.bank(pool.sol).pending_config_at - world.chain.now();
        world.advance(u64::try_from(wait).unwrap());
        let instructions = [
            refresh_ix(world, &[pool.sol, pool.usdc]),
            ix::apply_bank_update(&keys),
            borrow_ix(
                world,
                &pool.borrower,
                pool.usdc,
                1_000_000,
                &[pool.sol, pool.usdc],
            ),
        ];
        // A loan in the transaction that changes the feed, at the old feed's price.
        world.refuse(
            &instructions,
            &[&pool.borrower.wallet],
            E::PriceNotRefreshed,
        );
        world.send(&instructions[..2], &[]).unwrap();
        assert_eq!(world.bank(pool.sol).price, PriceState::default());
    });
}
