//! The tiers of a loss, each at its edge: an atom below what it holds, just
//! that, and an atom more.

mod bad_debt;

use {
    backstop::{events::DebtWrittenOff, state::PauseKind},
    backstop_tests::{
        ix,
        oracle::PriceFeed,
        settings::DAY,
        world::{on_both, World, DOLLAR},
    },
    bad_debt::{
        assert_event, books, fail, insure, lose, mul_div, mul_div_ceil, snap, stage, stage_bank,
        stage_with, Stage, AUCTION_DELAY, AUCTION_DURATION, PAR, USDC,
    },
    num_bigint::BigUint,
    solana_signer::Signer,
};

/// (atoms) What the borrower who pays the fees owes.
const LOAN: u64 = 100_000 * USDC;
/// (secs) For how long.
const LOAN_SECS: u64 = 30 * DAY as u64;
/// (atoms) What one lot raises at the most: 5 % of a million tokens, at the
/// floor of half a dollar.
const LOT_RAISES: u64 = 25_000 * USDC;

/// A bank in which a month of interest at 10 % has left fees, and which charges
/// nothing any more.
fn stage_with_fees(world: &mut World, protocol_bps: u32, insurance_bps: u32) -> (Stage, u64, u64) {
    let stage = stage_with(
        world,
        |market| market.config_delay_secs = 1,
        |bank| {
            bank.base_rate_bps = 1_000;
            bank.protocol_fee_bps = protocol_bps;
            bank.insurance_fee_bps = insurance_bps;
        },
    );
    fail(world, &stage, "borrower", LOAN);
    let before = world.bank(stage.usdc).ledger;
    world.advance(LOAN_SECS - 61);
    let keys = world.keys(stage.usdc);
    let mut config = world.bank(stage.usdc).config;
    config.base_rate_bps = 0;
    let admin = world.admin.insecure_clone();
    let update = ix::update_bank(&keys, admin.pubkey(), config);
    world.send(&[update], &[&admin]).unwrap();
    world.advance(1);
    world.send(&[ix::apply_bank_update(&keys)], &[]).unwrap();

    // From the books before: the index grows once, rounded up; the fees are
    // differences of shares of the debt, rounded down.
    let index = before.borrow_index.get();
    let elapsed = u64::try_from(world.chain.now() - before.accrued_at).unwrap();
    let growth = (BigUint::from(index) * elapsed + (315_360_000u64 - 1)) / 315_360_000u64;
    let shares = before.debt_shares.get();
    let grown: u64 = ((BigUint::from(shares) * (growth + index)) >> 96u32)
        .try_into()
        .unwrap();
    let both = u64::from(protocol_bps + insurance_bps);
    let fees = |debt: u64| {
        let all = mul_div(debt, both, 10_000u64);
        (all, mul_div(all, insurance_bps, both))
    };
    let ((all, insured), (all_before, insured_before)) = (fees(grown), fees(before.borrowed));
    let insurance = before.insurance_fees + insured - insured_before;
    let protocol = before.protocol_fees + (all - all_before) - (insured - insured_before);
    let ledger = world.bank(stage.usdc).ledger;
    assert_eq!(ledger.borrowed, grown);
    assert_eq!(
        (ledger.protocol_fees, ledger.insurance_fees),
        (protocol, insurance)
    );
    (stage, protocol, insurance)
}

/// Where the edge lies that a loss is measured from.
#[derive(Clone, Copy, Debug)]
enum Edge {
    ProtocolFees,
    InsuranceFees,
    Vault,
    Issuance,
}

#[test]
fn each_tier_gives_all_it_has_before_the_next_gives_anything() {
    const VAULT: u64 = 700 * USDC;
    for edge in [
        Edge::ProtocolFees,
        Edge::InsuranceFees,
        Edge::Vault,
        Edge::Issuance,
    ] {
        for step in [-1i64, 0, 1] {
            on_both(|world: &mut World| {
                let (stage, protocol, insurance) = stage_with_fees(world, 500, 1_000);
                insure(world, &stage, VAULT);
                let held = match edge {
                    Edge::ProtocolFees => protocol,
                    Edge::InsuranceFees => protocol + insurance,
                    Edge::Vault => protocol + insurance + VAULT,
                    Edge::Issuance => protocol + insurance + VAULT + LOT_RAISES,
                };
                let loss = held.checked_add_signed(step).unwrap();
                let debtor = fail(world, &stage, "debtor", loss);
                let before = snap(world, stage.usdc);
                let receipt = world.write_off(&stage.keeper, &debtor, stage.usdc).unwrap();
                let event = receipt.event::<DebtWrittenOff>();
                let loss = event.loss;

                let from_protocol = loss.min(protocol);
                let from_fees = (loss - from_protocol).min(insurance);
                let from_vault = (loss - from_protocol - from_fees).min(VAULT);
                let rest = loss - from_protocol - from_fees - from_vault;
                let on_auction = rest.min(LOT_RAISES);
                let at = format!("{edge:?} {step:+}");
                assert_eq!(
                    [
                        event.protocol_fees_used,
                        event.insurance_fees_used,
                        event.insurance_drawn,
                        event.on_auction,
                        event.left_open,
                        event.issued,
                    ],
                    [
                        from_protocol,
                        from_fees,
                        from_vault,
                        on_auction,
                        rest - on_auction,
                        on_auction * 2
                    ],
                    "{at}"
                );
                let after = snap(world, stage.usdc);
                assert_eq!(after.ledger.protocol_fees, protocol - from_protocol, "{at}");
                assert_eq!(after.ledger.insurance_fees, insurance - from_fees, "{at}");
                // Only what insurance pays moves between the vaults.
                assert_eq!(after.insurance, VAULT - from_vault, "{at}");
                assert_eq!(after.liquidity, before.liquidity + from_vault, "{at}");
                assert_eq!(after.escrow, on_auction * 2, "{at}");
                assert_eq!(
                    after.ledger.covered_by_fees.get(),
                    u128::from(from_protocol)
                );
                assert_eq!(
                    after.ledger.covered_by_insurance.get(),
                    u128::from(from_fees + from_vault)
                );
                assert_eq!(after.ledger.lender_assets, before.ledger.lender_assets);
            });
        }
    }
}

#[test]
fn fees_of_one_kind_alone_cover_what_they_can() {
    for (protocol_bps, insurance_bps) in [(1_500, 0), (0, 1_500)] {
        on_both(|world: &mut World| {
            let (stage, protocol, insurance) = stage_with_fees(world, protocol_bps, insurance_bps);
            assert_eq!(protocol == 0, protocol_bps == 0);
            assert_eq!(insurance == 0, insurance_bps == 0);
            let fees = protocol + insurance;
            let (_, receipt) = lose(world, &stage, "debtor", fees + 10);
            let event = receipt.event::<DebtWrittenOff>();
            assert_eq!(
                (event.protocol_fees_used, event.insurance_fees_used),
                (protocol, insurance)
            );
            assert_eq!(event.on_auction, event.loss - fees);
        });
    }
}

#[test]
fn issuance_alone_mints_a_lot_that_suffices_at_the_floor() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        let debtor = fail(world, &stage, "debtor", 600 * USDC);
        let before = snap(world, stage.usdc);
        let receipt = world.write_off(&stage.keeper, &debtor, stage.usdc).unwrap();
        let now = world.chain.now();
        let after = snap(world, stage.usdc);
        assert_event!(
            receipt,
            DebtWrittenOff {
                sequence: 1,
                at: now,
                market: world.market.market,
                bank: world.keys(stage.usdc).bank,
                obligation: debtor.obligation,
                loss: 600 * USDC,
                deficit_before: 0,
                protocol_fees_used: 0,
                insurance_fees_used: 0,
                insurance_drawn: 0,
                on_auction: 600 * USDC,
                left_open: 0,
                issued: 1_200 * USDC,
                burned: 0,
                bounty: 0,
                written_off: 600 * USDC,
                after: books(&after.ledger),
            }
        );
        assert_eq!(after.escrow, 1_200 * USDC);
        assert_eq!(after.supply, before.supply + 1_200 * USDC);
        assert_eq!(after.outstanding, 1_200 * USDC);
        assert_eq!(
            (after.liquidity, after.insurance),
            (before.liquidity, before.insurance)
        );
        let auction = world.bank(stage.usdc).auction;
        assert_eq!(auction.lot, 1_200 * USDC);
        assert_eq!(auction.issued_at, now);
        assert_eq!(
            auction.opens_at,
            now + i64::try_from(AUCTION_DELAY).unwrap()
        );
        assert_eq!(
            auction.ends_at,
            auction.opens_at + i64::try_from(AUCTION_DURATION).unwrap()
        );
        assert_eq!(auction.start_rate.get(), PAR / 2 * 3);
        assert_eq!(auction.floor_rate.get(), PAR / 2);
        let market = world.market_state();
        assert_eq!(market.issuance_bucket.level, 1_200 * USDC);
        assert_eq!(market.issuance_bucket.filled_at, now);
        assert_eq!((market.issued, market.burned), (1_200 * USDC, 0));
    });
}

#[test]
fn prices_of_an_auction_take_the_worse_of_spot_and_average_on_either_side() {
    // Spot and average of the governance token and of the asset, in cents;
    // discount and premium in basis points.
    let cases = [
        ((300, 250), (100, 100), 4_000, 1_000),
        ((250, 300), (100, 99), 3_333, 777),
        ((7, 7), (99, 101), 9_999, 10_000),
        ((1_234, 1_111), (101, 100), 0, 0),
    ];
    for ((spot, ema), (asset_spot, asset_ema), discount, premium) in cases {
        on_both(|world: &mut World| {
            let stage = stage_with(
                world,
                |market| {
                    market.max_discount_bps = discount;
                    market.premium_bps = premium;
                },
                |_| (),
            );
            let cent = DOLLAR / 100;
            let debtor = fail(world, &stage, "debtor", 77_777);
            let oracles = [
                (world.market.oracle.unwrap(), spot, ema),
                (world.keys(stage.usdc).oracle, asset_spot, asset_ema),
            ];
            for (oracle, spot, ema) in oracles {
                let feed = PriceFeed {
                    price: spot * cent,
                    ema_price: ema * cent,
                    conf: 1,
                    ..world.feed(&oracle)
                };
                world.publish(oracle, feed);
            }
            let receipt = world.write_off(&stage.keeper, &debtor, stage.usdc).unwrap();
            let auction = world.bank(stage.usdc).auction;
            let big = |number: i64| BigUint::from(u64::try_from(number).unwrap());
            let floor = big(spot.min(ema)) * PAR / big(asset_spot.max(asset_ema))
                * (10_000 - discount)
                / 10_000u32;
            let bottom = big(asset_spot.min(asset_ema));
            let start = (big(spot.max(ema)) * PAR + &bottom - 1u8) / bottom;
            let start = (start * (10_000 + premium) + 9_999u32) / 10_000u32;
            assert_eq!(BigUint::from(auction.floor_rate.get()), floor);
            assert_eq!(BigUint::from(auction.start_rate.get()), start);
            let event = receipt.event::<DebtWrittenOff>();
            assert_eq!(event.issued, mul_div_ceil(77_777u64, PAR, floor));
            assert_eq!(event.on_auction, 77_777);
        });
    }
}

#[test]
fn an_auction_is_not_opened_for_less_than_its_minimum() {
    for (loss, on_auction) in [(USDC - 1, 0), (USDC, USDC)] {
        on_both(|world: &mut World| {
            let stage = stage_bank(world, |config| config.min_auction_deficit = USDC);
            let (_, receipt) = lose(world, &stage, "debtor", loss);
            let event = receipt.event::<DebtWrittenOff>();
            assert_eq!(
                (event.on_auction, event.left_open),
                (on_auction, loss - on_auction)
            );
            assert_eq!(event.issued, on_auction * 2);
        });
    }
}

#[test]
fn nothing_is_issued_while_the_mode_or_the_guardian_forbids_it_and_the_call_succeeds() {
    for paused in [false, true] {
        on_both(|world: &mut World| {
            let stage = stage_bank(world, |config| {
                config.write_off_mode = if paused { 2 } else { 1 };
            });
            if paused {
                let guardian = world.guardian.insecure_clone();
                let pause = ix::pause(
                    world.market.market,
                    guardian.pubkey(),
                    PauseKind::Issuance,
                    DAY,
                );
                world.send(&[pause], &[&guardian]).unwrap();
            }
            insure(world, &stage, 100 * USDC);
            let (_, receipt) = lose(world, &stage, "debtor", 600 * USDC);
            let event = receipt.event::<DebtWrittenOff>();
            assert_eq!(
                (event.insurance_drawn, event.left_open, event.issued),
                (100 * USDC, 500 * USDC, 0)
            );
            let market = world.market_state();
            assert_eq!((market.issued, market.issuance_bucket.level), (0, 0));
        });
    }
}
