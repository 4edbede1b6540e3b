//! One loss in up to a thousand pieces: nobody is paid more for it than for the whole,
//! but for one thing that is named below.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::integer_division
)]

mod common;

use backstop_engine::auction::{Auction, IssuanceTerms};
use backstop_engine::ledger::{Ledger, INDEX_ONE};
use backstop_engine::units::{Atoms, DebtShares, UnixTime};
use backstop_engine::waterfall::{BountyTerms, DrawTerms};
use common::*;
use num_traits::ToPrimitive;
use proptest::prelude::*;

/// What a row of write-offs in one second did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Paid {
    lost: u64,
    fees: u64,
    insurance: u64,
    minted: u64,
    bounty: u64,
    /// Neither covered nor on auction.
    open: u64,
    deficit: u64,
}

/// A bank in which each of `pieces` is owed at `index`, with fees and insurance.
fn reserves(pieces: &[u128], index: u128, fees: u64, insurance: u64) -> Ledger {
    let shares: u128 = pieces.iter().sum();
    let mut ledger = lending_bank(1_000_000, 0);
    ledger.index = index;
    ledger.debt_shares = DebtShares(shares);
    let borrowed = down(&debt(&ledger, ledger.debt_shares)).to_u64().unwrap();
    ledger.borrowed = Atoms(borrowed);
    ledger.protocol_fees = Atoms(fees);
    ledger.insurance = Atoms(insurance);
    ledger.lender_assets = Atoms(1_000_000 + borrowed - fees);
    assert_sound(&ledger);
    ledger
}

/// Writes off each piece in turn. As on chain, an auction that is on keeps another
/// from opening, and what was issued counts against the limits.
fn write_off(
    mut ledger: Ledger,
    pieces: &[u128],
    mut draw: DrawTerms,
    mut bounty: BountyTerms,
    mut issuance: IssuanceTerms,
) -> Paid {
    let mut paid = Paid::default();
    let mut live = Auction::default();
    for piece in pieces {
        let terms = Some(&issuance);
        let plan = ledger
            .write_off(DebtShares(*piece), draw, bounty, terms, &live, UnixTime(0))
            .unwrap();
        ledger = plan.cover.ledger;
        assert_sound(&ledger);
        draw.bucket = plan.cover.draw_bucket;
        bounty.bucket = plan.bounty_bucket;
        if let Some(opening) = plan.cover.opening {
            (live, issuance.issuance) = (opening.auction, opening.issuance);
            paid.minted += opening.lot.0;
        }
        paid.lost += plan.loss.0;
        paid.fees += plan.cover.protocol_fees_used.0;
        paid.insurance += plan.cover.insurance_drawn.0;
        paid.bounty += plan.bounty.0;
    }
    paid.deficit = ledger.deficit.0;
    paid.open = ledger.deficit.0 - ledger.on_auction.0;
    paid
}

/// Up to a thousand pieces, most of them small.
fn pieces() -> impl Strategy<Value = Vec<u128>> {
    prop_oneof![
        prop::collection::vec(1u128 << 30..1 << 60, 2..=20),
        prop::collection::vec(1u128 << 30..1 << 45, 1_000..=1_000),
    ]
}

fn limit(capacity: Option<u64>) -> DrawTerms {
    capacity.map_or_else(free_draw, |capacity| capped_draw(capacity.max(1)))
}

proptest! {
    #![proptest_config(cases(100))]

    /// Losses, fees and insurance are the same to the atom; no more is minted, and
    /// no less is left for lenders to carry.
    #[test]
    fn a_thousand_pieces_draw_mint_and_leave_what_the_whole_does(
        pieces in pieces(), index in INDEX_ONE..INDEX_ONE * 3, fees in log_u64(20), vault in log_u64(40),
        capacity in prop::option::of(log_u64(40)), price in pos_u64(20), supply in log_u64(50),
    ) {
        let whole: u128 = pieces.iter().sum();
        let fees = fees.min((whole >> 32) as u64);
        let ledger = reserves(&pieces, index, fees, vault);
        let terms = issuing(supply, rate(price, 1_000));
        let once = write_off(ledger, &[whole], limit(capacity), no_bounty(), terms);
        let split = write_off(ledger, &pieces, limit(capacity), no_bounty(), terms);
        prop_assert_eq!(split.lost, once.lost);
        prop_assert_eq!((split.fees, split.insurance), (once.fees, once.insurance));
        prop_assert_eq!(split.deficit, once.deficit);
        prop_assert!(split.minted <= once.minted + 1, "{split:?} {once:?}");
        prop_assert!(split.open >= once.open);
    }

    /// Bounties of the pieces are never more than the share of the whole, the cap, and
    /// what is in the vault. Where the vault cannot pay loss and bounty of the whole,
    /// the first pieces may still find theirs: what they take is missing for the last,
    /// and no more than that.
    #[test]
    fn bounties_of_a_thousand_pieces_take_no_more_than_share_cap_and_vault(
        pieces in pieces(), index in INDEX_ONE..INDEX_ONE * 3, vault in log_u64(44),
        capacity in prop::option::of(log_u64(44)), share in 0u32..=1_000, cap in log_u64(36),
    ) {
        let whole: u128 = pieces.iter().sum();
        let ledger = reserves(&pieces, index, 0, vault);
        let terms = IssuanceTerms { min_offer: Atoms(u64::MAX), ..issuing(1, rate(1, 1)) };
        let terms_of = bounty(share, cap, 0);
        let once = write_off(ledger, &[whole], limit(capacity), terms_of, terms);
        let split = write_off(ledger, &pieces, limit(capacity), terms_of, terms);
        let most = down(&(q(once.lost) * bps(share))).to_u64().unwrap().min(cap);
        prop_assert!(split.bounty <= most, "{split:?} {once:?}");
        prop_assert!(split.insurance + split.bounty <= vault);
        prop_assert!(split.insurance <= once.insurance);
        prop_assert!(split.deficit <= once.deficit + split.bounty, "{split:?} {once:?}");
        if vault >= once.lost + most && capacity.is_none_or(|most_drawn| most_drawn >= once.lost + most) {
            prop_assert!(split.bounty <= once.bounty);
            prop_assert_eq!((split.deficit, once.deficit), (0, 0));
        }
    }
}

/// The exception by hand: a vault that holds exactly the loss pays no bounty for the
/// whole of it, and one for its first half.
#[test]
fn a_vault_at_its_end_pays_the_first_half_a_bounty_that_the_whole_would_not_get() {
    let halves = [500u128 << 32; 2];
    let ledger = reserves(&halves, INDEX_ONE, 0, 1_000);
    let terms = IssuanceTerms {
        min_offer: Atoms(u64::MAX),
        ..issuing(1, rate(1, 1))
    };
    let half_a_percent = bounty(50, 100, 0);
    let once = write_off(ledger, &[1_000 << 32], free_draw(), half_a_percent, terms);
    let split = write_off(ledger, &halves, free_draw(), half_a_percent, terms);
    assert_eq!((once.insurance, once.bounty, once.deficit), (1_000, 0, 0));
    assert_eq!((split.insurance, split.bounty, split.deficit), (998, 2, 2));
}
