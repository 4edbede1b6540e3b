//! Accounts have one layout for ever: every size, offset and discriminator is a
//! literal here, and adding a field without moving another is the only change
//! that needs no migration.

use {
    anchor_lang::{AnchorSerialize, Discriminator},
    backstop::{
        events::{ConfigChangeKind, SocialiseReason},
        state::{
            AuctionState, Bank, BankConfig, BucketState, BuyBackState, Le128, LedgerState, Market,
            MarketConfig, Obligation, PauseKind, PauseState, Position, PriceState,
        },
    },
    std::mem::{align_of, offset_of, size_of},
};

/// Checks size, alignment and the offset of every field. The pattern makes it an
/// error to leave a field out.
macro_rules! layout {
    ($type:ident: $size:literal { $($field:ident: $offset:literal),+ $(,)? }) => {
        #[allow(dead_code)]
        fn every_field_is_listed(value: $type) {
            let $type { $($field: _),+ } = value;
        }
        assert_eq!(size_of::<$type>(), $size, "size of {}", stringify!($type));
        assert_eq!(align_of::<$type>(), 8, "alignment of {}", stringify!($type));
        $(assert_eq!(
            offset_of!($type, $field), $offset,
            "offset of {}.{}", stringify!($type), stringify!($field)
        );)+
    };
}

#[test]
fn the_layout_of_le128_is_pinned() {
    layout!(Le128: 16 {
        low: 0,
        high: 8,
    });
}

#[test]
fn the_layout_of_position_is_pinned() {
    layout!(Position: 80 {
        bank: 0,
        deposit_shares: 32,
        debt_shares: 48,
        written_off: 64,
        withheld: 72,
    });
}

#[test]
fn the_layout_of_obligation_is_pinned() {
    layout!(Obligation: 848 {
        version: 0,
        bump: 1,
        index: 2,
        position_count: 4,
        market: 8,
        owner: 40,
        risk_raised_at: 72,
        positions: 80,
        reserved: 720,
    });
}

#[test]
fn the_layout_of_pause_state_is_pinned() {
    layout!(PauseState: 24 {
        since: 0,
        until: 8,
        next_allowed_at: 16,
    });
}

#[test]
fn the_layout_of_market_config_is_pinned() {
    layout!(MarketConfig: 192 {
        guardian: 0,
        fee_owner: 32,
        oracle_program: 64,
        feed_id: 96,
        lifetime_issuance_cap: 128,
        config_delay_secs: 136,
        max_pause_secs: 140,
        auction_delay_secs: 144,
        auction_duration_secs: 148,
        max_discount_bps: 152,
        premium_bps: 156,
        max_failed_auctions: 160,
        issuance_window_bps: 164,
        issuance_window_secs: 168,
        issuance_auction_bps: 172,
        max_age_secs: 176,
        max_conf_bps: 180,
        max_divergence_bps: 184,
        reserved: 188,
    });
}

#[test]
fn the_layout_of_market_is_pinned() {
    layout!(Market: 944 {
        version: 0,
        bump: 1,
        governance_decimals: 2,
        padding: 3,
        governance_mint: 8,
        governance_token_program: 40,
        admin: 72,
        pending_admin: 104,
        sequence: 136,
        obligations: 144,
        initial_supply: 152,
        supply: 160,
        outstanding: 168,
        issued: 176,
        burned: 184,
        issuance_bucket: 192,
        governance_priced_at: 208,
        governance_published_at: 216,
        borrow_pause: 224,
        write_off_pause: 248,
        issuance_pause: 272,
        config: 296,
        pending_config: 488,
        pending_config_at: 680,
        reserved: 688,
    });
}

#[test]
fn the_layout_of_bucket_state_is_pinned() {
    layout!(BucketState: 16 {
        level: 0,
        filled_at: 8,
    });
}

#[test]
fn the_layout_of_ledger_state_is_pinned() {
    layout!(LedgerState: 240 {
        lender_assets: 0,
        cash: 8,
        borrowed: 16,
        deficit: 24,
        on_auction: 32,
        protocol_fees: 40,
        insurance_fees: 48,
        insurance: 56,
        accrued_at: 64,
        deficit_since: 72,
        deposit_shares: 80,
        debt_shares: 96,
        borrow_index: 112,
        lost: 128,
        covered_by_fees: 144,
        covered_by_insurance: 160,
        covered_by_auction: 176,
        recovered: 192,
        borne_by_leavers: 208,
        socialised: 224,
    });
}

#[test]
fn the_layout_of_price_state_is_pinned() {
    layout!(PriceState: 48 {
        spot: 0,
        ema: 8,
        conf: 16,
        slot: 24,
        published_at: 32,
        exponent: 40,
        padding: 44,
    });
}

#[test]
fn the_layout_of_auction_state_is_pinned() {
    layout!(AuctionState: 64 {
        lot: 0,
        issued_at: 8,
        opens_at: 16,
        ends_at: 24,
        start_rate: 32,
        floor_rate: 48,
    });
}

#[test]
fn the_layout_of_buy_back_state_is_pinned() {
    layout!(BuyBackState: 56 {
        budget: 0,
        opens_at: 8,
        ends_at: 16,
        low_rate: 24,
        high_rate: 40,
    });
}

#[test]
fn the_layout_of_bank_config_is_pinned() {
    layout!(BankConfig: 264 {
        fixed_floor_rate: 0,
        fixed_start_rate: 16,
        deposit_cap: 32,
        borrow_cap: 40,
        min_debt: 48,
        full_close_debt: 56,
        draw_limit: 64,
        bounty_cap: 72,
        bounty_min_loss: 80,
        min_auction_deficit: 88,
        oracle_program: 96,
        feed_id: 128,
        collateral_factor_bps: 160,
        liquidation_threshold_bps: 164,
        liability_weight_bps: 168,
        min_bonus_bps: 172,
        max_bonus_bps: 176,
        bonus_ramp_bps: 180,
        bonus_insurance_bps: 184,
        target_health_bps: 188,
        max_utilisation_bps: 192,
        base_rate_bps: 196,
        slope_below_bps: 200,
        slope_above_bps: 204,
        kink_bps: 208,
        protocol_fee_bps: 212,
        insurance_fee_bps: 216,
        max_age_secs: 220,
        max_conf_bps: 224,
        max_divergence_bps: 228,
        min_risk_age_secs: 232,
        limit_window_secs: 236,
        bounty_bps: 240,
        socialise_delay_secs: 244,
        socialise_deadline_secs: 248,
        insurance_target_bps: 252,
        write_off_mode: 256,
        delisted: 257,
        reserved: 258,
    });
}

#[test]
fn the_layout_of_bank_is_pinned() {
    layout!(Bank: 1376 {
        version: 0,
        bump: 1,
        decimals: 2,
        wound_down: 3,
        failed_auctions: 4,
        market: 8,
        mint: 40,
        token_program: 72,
        liquidity_vault: 104,
        insurance_vault: 136,
        governance_escrow: 168,
        live_at: 200,
        ledger: 208,
        draw_bucket: 448,
        bounty_bucket: 464,
        price: 480,
        auction: 528,
        buy_back: 592,
        config: 648,
        pending_config: 912,
        pending_config_at: 1176,
        reserved: 1184,
    });
}

#[test]
fn accounts_are_told_apart_by_literal_discriminators() {
    assert_eq!(Market::DISCRIMINATOR, [219, 190, 213, 55, 0, 227, 198, 154]);
    assert_eq!(Bank::DISCRIMINATOR, [142, 49, 166, 242, 50, 66, 97, 188]);
    assert_eq!(
        Obligation::DISCRIMINATOR,
        [168, 206, 141, 106, 88, 76, 172, 167]
    );
}

#[test]
fn accounts_are_as_small_as_promised() {
    assert_eq!(Market::SPACE, 952);
    assert_eq!(Bank::SPACE, 1384);
    assert_eq!(Obligation::SPACE, 856);
    const { assert!(Bank::SPACE <= 1_536) };
    const { assert!(Obligation::SPACE <= 1_024) };
}

/// Rust's own `u128` would be aligned differently by different compilers.
#[test]
fn wide_numbers_are_little_endian_halves() {
    let number = 0x0f0e_0d0c_0b0a_0908_0706_0504_0302_0100;
    let stored = Le128::from(number);
    assert_eq!(stored.get(), number);
    let bytes: Vec<u8> = (0..16).collect();
    assert_eq!(bytemuck::bytes_of(&stored), bytes);
}

#[test]
fn enums_and_rates_of_events_are_as_small_as_numbers() {
    let bytes = |value: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = Vec::new();
        value(&mut bytes);
        bytes
    };
    let reasons = [
        SocialiseReason::ModeWithoutIssuance,
        SocialiseReason::IssuanceHalted,
        SocialiseReason::NoPrice,
        SocialiseReason::AuctionsFailed,
        SocialiseReason::LifetimeCapReached,
        SocialiseReason::Deadline,
    ];
    for (code, reason) in (0..).zip(reasons) {
        assert_eq!(bytes(&|to| reason.serialize(to).unwrap()), [code]);
    }
    let kinds = [
        ConfigChangeKind::AtOnce,
        ConfigChangeKind::Queued,
        ConfigChangeKind::Applied,
        ConfigChangeKind::Cancelled,
    ];
    for (code, kind) in (0..).zip(kinds) {
        assert_eq!(bytes(&|to| kind.serialize(to).unwrap()), [code]);
    }
    let pauses = [PauseKind::Borrow, PauseKind::WriteOff, PauseKind::Issuance];
    for (code, kind) in (0..).zip(pauses) {
        assert_eq!(bytes(&|to| kind.serialize(to).unwrap()), [code]);
    }
    let rate: u128 = (3 << 64) | 7;
    let halves = [7u64, 3].map(u64::to_le_bytes).concat();
    assert_eq!(bytes(&|to| rate.serialize(to).unwrap()), halves);
}
