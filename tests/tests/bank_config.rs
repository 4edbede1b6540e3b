//! A bank's settings: which contradict themselves, and how far each may go.

mod common;

use {
    backstop::{
        error::BackstopError as E,
        state::{BankConfig, Le128},
    },
    backstop_tests::{
        ix::{self, BankKeys},
        keys::keypair,
        oracle::PYTH_CORE_COMPATIBLE,
        settings, tokens,
        world::{feed_id, on_both, BankId, BankSpec, World},
    },
    solana_pubkey::Pubkey,
    solana_signer::Signer,
};

const MONTH: u32 = 2_592_000;

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

/// One contradiction each; the settings they are made in are valid.
const CONTRADICTIONS: [(&str, Change); 55] = [
    ("a factor at the threshold", |c| {
        c.collateral_factor_bps = c.liquidation_threshold_bps
    }),
    ("a factor above it", |c| {
        c.collateral_factor_bps = c.liquidation_threshold_bps + 1
    }),
    ("a factor without threshold", |c| {
        (c.collateral_factor_bps, c.liquidation_threshold_bps) = (1, 0)
    }),
    ("a debt counting less", |c| c.liability_weight_bps = 9_999),
    ("a debt counting more than tenfold", |c| {
        c.liability_weight_bps = 100_001
    }),
    ("a least bonus above the largest", |c| {
        c.min_bonus_bps = c.max_bonus_bps + 1
    }),
    ("self-liquidation that pays", |c| {
        (c.liquidation_threshold_bps, c.max_bonus_bps) = (9_000, 1_001)
    }),
    ("a threshold of everything", |c| {
        (
            c.liquidation_threshold_bps,
            c.min_bonus_bps,
            c.max_bonus_bps,
        ) = (9_901, 0, 0)
    }),
    ("a bonus above half", |c| c.max_bonus_bps = 5_001),
    ("a bonus above half on nothing", |c| {
        (
            c.collateral_factor_bps,
            c.liquidation_threshold_bps,
            c.max_bonus_bps,
        ) = (0, 0, 5_001)
    }),
    ("no ramp", |c| c.bonus_ramp_bps = 0),
    ("a ramp beyond everything", |c| c.bonus_ramp_bps = 10_001),
    ("more than the bonus for insurance", |c| {
        c.bonus_insurance_bps = 10_001
    }),
    ("a target below health", |c| c.target_health_bps = 9_999),
    ("a target above twice", |c| c.target_health_bps = 20_001),
    ("no least debt", |c| c.min_debt = 0),
    ("more than everything lent", |c| {
        c.max_utilisation_bps = 10_001
    }),
    ("a kink at nothing", |c| c.kink_bps = 0),
    ("a kink at everything", |c| c.kink_bps = 10_000),
    ("a steep base", |c| {
        (c.base_rate_bps, c.slope_below_bps, c.slope_above_bps) = (100_001, 0, 0)
    }),
    ("a steep curve", |c| {
        (c.base_rate_bps, c.slope_below_bps, c.slope_above_bps) = (1, 1, 99_999)
    }),
    ("a curve beyond all", |c| {
        (c.base_rate_bps, c.slope_below_bps) = (u32::MAX, u32::MAX)
    }),
    ("fees beyond the interest", |c| {
        (c.protocol_fee_bps, c.insurance_fee_bps) = (5_000, 5_001)
    }),
    ("fees beyond all", |c| {
        (c.protocol_fee_bps, c.insurance_fee_bps) = (u32::MAX, u32::MAX)
    }),
    ("no age", |c| c.max_age_secs = 0),
    ("an age above ten minutes", |c| c.max_age_secs = 601),
    ("no confidence", |c| c.max_conf_bps = 0),
    ("confidence above 20 %", |c| c.max_conf_bps = 2_001),
    ("no divergence", |c| c.max_divergence_bps = 0),
    ("divergence above 50 %", |c| c.max_divergence_bps = 5_001),
    ("no age of risk", |c| c.min_risk_age_secs = 0),
    ("risk older than 30 days", |c| {
        c.min_risk_age_secs = MONTH + 1
    }),
    ("no window", |c| c.limit_window_secs = 0),
    ("a window above 30 days", |c| {
        c.limit_window_secs = MONTH + 1
    }),
    ("a bounty above a tenth", |c| c.bounty_bps = 1_001),
    ("a start below the floor", |c| {
        (c.fixed_floor_rate, c.fixed_start_rate) = (rate(2), rate(1))
    }),
    ("a floor without start", |c| {
        c.fixed_floor_rate = rate(u128::MAX)
    }),
    ("socialised at once", |c| c.socialise_delay_secs = 0),
    ("a delay above 30 days", |c| {
        (c.socialise_delay_secs, c.socialise_deadline_secs) = (MONTH + 1, MONTH + 1)
    }),
    ("no deadline", |c| c.socialise_deadline_secs = 0),
    ("a deadline above 30 days", |c| {
        c.socialise_deadline_secs = MONTH + 1
    }),
    ("a deadline before the delay", |c| {
        c.socialise_deadline_secs = c.socialise_delay_secs - 1
    }),
    ("insurance for more than everything", |c| {
        c.insurance_target_bps = 10_001
    }),
    ("mode 3", |c| c.write_off_mode = 3),
    ("mode 255", |c| c.write_off_mode = 255),
    ("delisted twice", |c| c.delisted = 2),
    ("reserved byte 0", |c| c.reserved[0] = 1),
    ("reserved byte 5", |c| c.reserved[5] = 128),
    ("no oracle program", |c| {
        c.oracle_program = Pubkey::new_from_array([0; 32])
    }),
    ("an unknown oracle program", |c| {
        c.oracle_program = spl_token_interface::ID
    }),
    ("itself as oracle program", |c| {
        c.oracle_program = backstop::ID
    }),
    ("factor beyond all", |c| c.collateral_factor_bps = u32::MAX),
    ("threshold beyond all", |c| {
        c.liquidation_threshold_bps = u32::MAX
    }),
    ("bonus beyond all", |c| c.max_bonus_bps = u32::MAX),
    ("utilisation beyond all", |c| {
        c.max_utilisation_bps = u32::MAX
    }),
];

/// Settings at the very edge of what is valid.
const EDGES: [(&str, Change); 6] = [
    ("collateral that counts for nothing", |c| {
        (c.collateral_factor_bps, c.liquidation_threshold_bps) = (0, 0);
        (c.min_bonus_bps, c.max_bonus_bps) = (5_000, 5_000);
    }),
    ("collateral that counts as much as can be", |c| {
        (c.collateral_factor_bps, c.liquidation_threshold_bps) = (9_899, 9_900);
        (c.min_bonus_bps, c.max_bonus_bps) = (0, 0);
    }),
    ("the steepest curve, all of it fees", |c| {
        (c.base_rate_bps, c.slope_below_bps, c.slope_above_bps) = (0, 0, 100_000);
        (c.kink_bps, c.max_utilisation_bps) = (9_999, 10_000);
        (c.protocol_fee_bps, c.insurance_fee_bps) = (0, 10_000);
    }),
    ("the shortest times", |c| {
        (c.max_age_secs, c.min_risk_age_secs, c.limit_window_secs) = (1, 1, 1);
        (c.socialise_delay_secs, c.socialise_deadline_secs) = (1, 1);
    }),
    ("the longest times", |c| {
        (c.max_age_secs, c.min_risk_age_secs, c.limit_window_secs) = (600, MONTH, MONTH);
        (c.socialise_delay_secs, c.socialise_deadline_secs) = (MONTH, MONTH);
    }),
    ("every cap open, every weight full", |c| {
        (c.deposit_cap, c.borrow_cap, c.full_close_debt) = (u64::MAX, u64::MAX, u64::MAX);
        (c.min_debt, c.draw_limit, c.bounty_cap) = (1, u64::MAX, u64::MAX);
        (c.liability_weight_bps, c.target_health_bps) = (100_000, 20_000);
        (c.bonus_ramp_bps, c.bonus_insurance_bps) = (10_000, 10_000);
        (c.max_conf_bps, c.max_divergence_bps, c.bounty_bps) = (2_000, 5_000, 1_000);
        (c.fixed_floor_rate, c.fixed_start_rate) = (rate(u128::MAX), rate(u128::MAX));
        (c.insurance_target_bps, c.oracle_program) = (10_000, PYTH_CORE_COMPATIBLE);
    }),
];

/// A mint without a bank, and what its bank would be.
fn candidate(world: &mut World) -> (BankKeys, BankConfig) {
    let admin = world.admin.insecure_clone();
    let program = tokens::Program::Token;
    let mint = tokens::create_mint(&mut *world.chain, "candidate", &admin, 6, program);
    let feed = keypair("feed").pubkey();
    let keys = BankKeys::new(world.market, mint.key, mint.program, feed);
    world.watched.extend([keys.bank, keys.liquidity_vault]);
    let config = BankConfig {
        write_off_mode: 0,
        ..settings::bank(feed_id("candidate"), 6)
    };
    (keys, config)
}

#[test]
fn settings_that_contradict_themselves_are_refused_everywhere() {
    on_both(|world| {
        let admin = world.admin.insecure_clone();
        let bank = world.add_bank(&BankSpec::usdc());
        let (new, base) = candidate(world);
        let payer = world.chain.payer();
        for (name, change) in CONTRADICTIONS {
            println!("{} chain: {name}", world.chain.name());
            let mut config = base;
            change(&mut config);
            for instruction in [
                ix::create_bank(&new, payer, admin.pubkey(), config),
                ix::update_bank(&world.keys(bank), admin.pubkey(), config),
            ] {
                world.refuse(&[instruction], &[&admin], E::InvalidConfig);
            }
        }
        for (name, change) in EDGES {
            println!("{} chain: {name}", world.chain.name());
            let config = update(world, bank, change);
            assert_eq!(world.bank(bank).config, config);
            update(world, bank, |config| *config = base);
        }
        let create = ix::create_bank(&new, payer, admin.pubkey(), base);
        world.send(&[create], &[&admin]).unwrap();
    });
}
