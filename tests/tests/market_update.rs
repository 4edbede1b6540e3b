//! Changing a market's settings: what waits, for how long, and what ends it.

mod common;

use {
    backstop::{error::BackstopError as E, state::MarketConfig},
    backstop_engine::settings::Raw,
    backstop_tests::{
        ix,
        oracle::PYTH_CORE_COMPATIBLE,
        world::{feed_id, on_both, World},
    },
    common::*,
    solana_instruction::Instruction,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    std::slice::from_ref,
};

/// [secs] How long a change stays applicable after its delay: 14 days.
const LIFETIME: u64 = 1_209_600;

fn update(world: &World, config: MarketConfig) -> Instruction {
    ix::update_market(world.market.market, world.admin.pubkey(), config)
}

fn queue(world: &mut World, change: impl FnOnce(&mut MarketConfig)) -> MarketConfig {
    let admin = world.admin.insecure_clone();
    let mut config = world.market_state().config;
    change(&mut config);
    let update = update(world, config);
    world.send(&[update], &[&admin]).unwrap();
    config
}

type Change = fn(&mut MarketConfig);

/// One change each, and whether it waits because it raises somebody's risk.
const CHANGES: [(&str, Change, bool); 36] = [
    (
        "another guardian",
        |c| c.guardian = Pubkey::new_from_array([3; 32]),
        false,
    ),
    (
        "another fee owner",
        |c| c.fee_owner = Pubkey::new_from_array([3; 32]),
        false,
    ),
    (
        "another receiver",
        |c| c.oracle_program = PYTH_CORE_COMPATIBLE,
        true,
    ),
    (
        "no feed any more",
        |c| c.oracle_program = Pubkey::default(),
        true,
    ),
    ("another feed", |c| c.feed_id = feed_id("other"), true),
    ("a higher cap", |c| c.lifetime_issuance_cap += 1, true),
    ("a lower cap", |c| c.lifetime_issuance_cap -= 1, true),
    ("a shorter delay", |c| c.config_delay_secs -= 1, true),
    ("a longer delay", |c| c.config_delay_secs += 1, false),
    ("longer pauses", |c| c.max_pause_secs += 1, true),
    ("shorter pauses", |c| c.max_pause_secs -= 1, false),
    (
        "auctions that open later",
        |c| c.auction_delay_secs += 1,
        true,
    ),
    (
        "auctions that open earlier",
        |c| c.auction_delay_secs -= 1,
        true,
    ),
    ("longer auctions", |c| c.auction_duration_secs += 1, true),
    ("shorter auctions", |c| c.auction_duration_secs -= 1, true),
    ("a larger discount", |c| c.max_discount_bps += 1, true),
    ("a smaller discount", |c| c.max_discount_bps -= 1, true),
    ("a larger premium", |c| c.premium_bps += 1, true),
    ("a smaller premium", |c| c.premium_bps -= 1, true),
    ("fewer failures", |c| c.max_failed_auctions -= 1, true),
    ("more failures", |c| c.max_failed_auctions += 1, false),
    ("more per window", |c| c.issuance_window_bps += 1, true),
    ("less per window", |c| c.issuance_window_bps -= 1, true),
    ("a longer window", |c| c.issuance_window_secs += 1, true),
    ("a shorter window", |c| c.issuance_window_secs -= 1, true),
    ("more per auction", |c| c.issuance_auction_bps += 1, true),
    ("less per auction", |c| c.issuance_auction_bps -= 1, true),
    ("older prices", |c| c.max_age_secs += 1, true),
    ("younger prices", |c| c.max_age_secs -= 1, true),
    ("vaguer prices", |c| c.max_conf_bps += 1, true),
    ("surer prices", |c| c.max_conf_bps -= 1, true),
    ("prices further apart", |c| c.max_divergence_bps += 1, true),
    (
        "prices closer together",
        |c| c.max_divergence_bps -= 1,
        true,
    ),
    ("nothing", |_| (), false),
    (
        "safer and riskier at once",
        |c| (c.max_pause_secs, c.max_age_secs) = (c.max_pause_secs - 1, c.max_age_secs + 1),
        true,
    ),
    (
        "safer twice",
        |c| {
            (c.max_pause_secs, c.max_failed_auctions) =
                (c.max_pause_secs - 1, c.max_failed_auctions + 1)
        },
        false,
    ),
];

#[test]
fn every_setting_is_changed_here() {
    let base = MarketConfig::recommended(6);
    for row in MarketConfig::SETTINGS {
        let changes = CHANGES.iter().filter(|(_, change, _)| {
            let mut config = base;
            // Room below a setting that is zero or not recommended.
            for row in MarketConfig::SETTINGS {
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
        // Room on both sides of every limit; nobody is there yet.
        queue(world, |config| config.max_divergence_bps = 4_000);
        assert_eq!(world.market_state().pending_config_at, 0);
        let snapshot = world.fingerprint();
        for (_, change, _) in CHANGES {
            let config = queue(world, change);
            assert_eq!(world.market_state().config, config);
            restore(world, &snapshot);
        }
        world.actor("somebody");
        let snapshot = world.fingerprint();
        for (name, change, waits) in CHANGES {
            println!("{} chain: {name}", world.chain.name());
            let before = world.market_state().config;
            let config = queue(world, change);
            let market = world.market_state();
            let due = world.chain.now() + i64::try_from(DELAY).unwrap();
            if waits {
                assert_eq!(market.config, before);
                assert_eq!(market.pending_config, config);
                assert_eq!(market.pending_config_at, due);
            } else {
                assert_eq!(market.config, config);
                assert_eq!(market.pending_config_at, 0);
            }
            restore(world, &snapshot);
        }
    });
}

#[test]
fn a_queued_change_is_applied_by_anyone_exactly_after_its_delay() {
    on_both(|world| {
        world.actor("somebody");
        let apply = ix::apply_market_update(world.market.market);
        world.refuse(from_ref(&apply), &[], E::NoPendingUpdate);
        let config = queue(world, |config| config.max_discount_bps += 1);
        world.refuse(from_ref(&apply), &[], E::UpdateTooEarly);
        world.advance(DELAY - 1);
        world.refuse(from_ref(&apply), &[], E::UpdateTooEarly);
        world.advance(1);
        world.send(from_ref(&apply), &[]).unwrap();
        assert_eq!(world.market_state().config, config);
        assert_eq!(world.market_state().pending_config, MarketConfig::default());
        world.refuse(&[apply], &[], E::NoPendingUpdate);
    });
}

#[test]
fn a_change_that_was_forgotten_lapses_after_fourteen_days() {
    on_both(|world| {
        world.actor("somebody");
        let apply = ix::apply_market_update(world.market.market);
        queue(world, |config| config.max_discount_bps += 1);
        world.advance(DELAY + LIFETIME + 1);
        world.refuse(from_ref(&apply), &[], E::UpdateLapsed);
        // Queued again it waits again, and on its last second it still applies.
        let config = queue(world, |config| config.max_discount_bps += 1);
        world.refuse(from_ref(&apply), &[], E::UpdateTooEarly);
        world.advance(DELAY + LIFETIME);
        world.send(&[apply], &[]).unwrap();
        assert_eq!(world.market_state().config, config);
    });
}

#[test]
fn a_queued_change_can_be_cancelled_replaced_or_overtaken() {
    on_both(|world| {
        world.actor("somebody");
        let admin = world.admin.insecure_clone();
        let apply = ix::apply_market_update(world.market.market);
        let cancel = ix::cancel_market_update(world.market.market, admin.pubkey());
        world.refuse(from_ref(&cancel), &[&admin], E::NoPendingUpdate);

        queue(world, |config| config.max_discount_bps += 1);
        world.send(from_ref(&cancel), &[&admin]).unwrap();
        world.advance(DELAY);
        world.refuse(from_ref(&apply), &[], E::NoPendingUpdate);
        world.refuse(&[cancel], &[&admin], E::NoPendingUpdate);

        // A later change takes the place of an earlier one, and starts anew.
        queue(world, |config| config.max_discount_bps += 1);
        world.advance(DELAY - 1);
        let config = queue(world, |config| config.premium_bps += 1);
        world.advance(1);
        world.refuse(from_ref(&apply), &[], E::UpdateTooEarly);
        world.advance(DELAY - 1);
        world.send(from_ref(&apply), &[]).unwrap();
        assert_eq!(world.market_state().config, config);

        // What is made safer at once is not undone by what was queued before.
        queue(world, |config| config.max_discount_bps += 1);
        let safer = queue(world, |config| config.max_pause_secs -= 1);
        world.advance(DELAY);
        world.refuse(&[apply], &[], E::NoPendingUpdate);
        assert_eq!(world.market_state().config, safer);
    });
}
