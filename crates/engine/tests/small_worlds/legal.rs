//! When a call is legal, written down anew from the rules: what a handler refuses
//! must be what it says it refuses, and nobody can put a call out of another's reach.

use backstop_engine::socialise::SocialiseReason;
use backstop_engine::units::UnixTime;
use backstop_engine::waterfall::Mode;

use crate::calls::{Call, Effect, Result as Called};
use crate::properties::{holds, Proof};
use crate::world::{Rules, World};

/// What must work whenever its own conditions hold, and only then: nobody can
/// put a call out of another's reach.
pub fn legal(world: &World, rules: &Rules, call: Call, outcome: &Called<(World, Effect)>) -> Proof {
    let Some(bank) = call.bank() else {
        return Ok(());
    };
    let (of, own) = (&rules.banks[bank], &world.banks[bank]);
    let l = &own.ledger;
    let over = |until: UnixTime| world.now >= until;
    let opens = match call {
        Call::WriteOff { user, .. } => {
            let debtor = &world.users[user];
            let aged = world.now.0 - debtor.risk_raised_at.0 >= i64::from(of.min_risk_age_secs);
            of.mode != Mode::Disabled
                && over(rules.write_off_pause)
                && aged
                && !debtor.debts[bank].is_zero()
                && world.has_no_collateral(rules, user)
        }
        Call::Cover { .. } => !l.deficit.is_zero(),
        Call::Close { .. } => {
            let settled = l.on_auction.is_zero();
            own.auction.holds_tokens() && (settled || world.now > own.auction.ends_at)
        }
        Call::Socialise { .. } => {
            over(rules.write_off_pause)
                && !l.deficit.is_zero()
                && !own.auction.holds_tokens()
                && l.insurance.is_zero()
                && may_be_socialised(world, rules, bank)
        }
        Call::RepayRecord { user, .. } => !world.users[user].records[bank].is_zero(),
        Call::Repay { user, atoms, .. } if atoms == u64::MAX => {
            !world.users[user].debts[bank].is_zero()
        }
        Call::Fund { .. } => true,
        Call::Buy { .. } => {
            let on_sale = own.auction.opens_at <= world.now && world.now <= own.auction.ends_at;
            over(rules.issuance_pause[1]) && on_sale && !l.on_auction.is_zero()
        }
        Call::CloseBuyBack { .. } => {
            let ended = world.now > own.buy_back.ends_at || !l.deficit.is_zero();
            own.buy_back.is_running() && ended
        }
        Call::Withdraw { user, part, .. } if !world.has_debt(user) => {
            let lender = &world.users[user];
            let shares = lender.deposits[bank].0 / part;
            let Ok(l) = world.accrued(rules, bank) else {
                return Err(("SOUND", "interest that cannot be booked".into()));
            };
            let net = u128::from(l.lender_assets.0 - l.deficit.0) + 1;
            let paid = shares * net / (l.deposit_shares.0 + 1_000_000);
            let withheld = lender.withheld[bank] && world.has_record(user);
            shares > 0 && !withheld && paid <= u128::from(l.cash.0)
        }
        _ => return Ok(()),
    };
    holds("LEGAL", outcome.is_ok() == opens, || {
        let refusal = outcome.as_ref().err();
        format!("{call:?}: legal is {opens}, refused with {refusal:?}")
    })
}

const REASONS: [SocialiseReason; 6] = [
    SocialiseReason::ModeWithoutIssuance,
    SocialiseReason::IssuanceHalted,
    SocialiseReason::NoPrice,
    SocialiseReason::AuctionsFailed,
    SocialiseReason::LifetimeCapReached,
    SocialiseReason::Deadline,
];

/// Whether a deficit has been open for long enough for some reason.
pub fn may_be_socialised(world: &World, rules: &Rules, bank: usize) -> bool {
    let mut reasons = REASONS.into_iter();
    reasons.any(|reason| applies(reason, world, rules, bank))
}

/// Whether `reason` is one to socialise the deficit of `bank` now.
pub fn applies(reason: SocialiseReason, world: &World, rules: &Rules, bank: usize) -> bool {
    let (of, own) = (&rules.banks[bank], &world.banks[bank]);
    let open_for = world.now.0 - own.ledger.deficit_since.0;
    let [since, until] = rules.issuance_pause;
    let delay = i64::from(of.socialise_delay_secs);
    let is_true = match reason {
        SocialiseReason::ModeWithoutIssuance => of.mode != Mode::Full,
        SocialiseReason::IssuanceHalted => world.now < until && world.now.0 - since.0 >= delay,
        SocialiseReason::NoPrice if rules.has_feed => world.now.0 - world.priced_at.0 > delay,
        SocialiseReason::NoPrice => of.prices.fixed_floor.0 == 0,
        SocialiseReason::AuctionsFailed => own.failed_auctions >= rules.max_failed_auctions,
        SocialiseReason::LifetimeCapReached => {
            world.issuance.outstanding >= rules.limits.lifetime_cap
        }
        SocialiseReason::Deadline => return open_for >= i64::from(of.socialise_deadline_secs),
    };
    is_true && open_for >= delay
}

/// Decision 019: when the market opens no further auction.
pub fn gives_up(world: &World, rules: &Rules, bank: usize) -> bool {
    let own = &world.banks[bank];
    if own.ledger.deficit.is_zero() {
        return false;
    }
    let open_for = world.now.0 - own.ledger.deficit_since.0;
    let of = &rules.banks[bank];
    let tried = own.failed_auctions >= rules.max_failed_auctions;
    open_for >= i64::from(of.socialise_deadline_secs)
        || (tried && open_for >= i64::from(of.socialise_delay_secs))
}
