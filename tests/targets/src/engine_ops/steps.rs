//! One operation, applied to the books if it succeeds, and what its result must
//! be like whatever the books were.

use backstop_engine::{
    math,
    units::{Atoms, DebtShares, GovAtoms, Shares, UnixTime},
    waterfall::{BountyTerms, CoverPlan, DrawTerms},
    Result,
};

use super::{alone, arbitrary as any, Books};
use crate::input::Input;

type Step = fn(&mut Books, &mut Input<'_>) -> Result<()>;

/// Every operation.
pub const ALL: [(&str, Step); 18] = [
    ("accrue", accrue),
    ("deposit", deposit),
    ("withdraw", withdraw),
    ("borrow", borrow),
    ("repay", repay),
    ("write off", write_off),
    ("cover", cover),
    ("fill", fill),
    ("close", close),
    ("socialise", socialise),
    ("repay record", repay_record),
    ("fund", fund),
    ("collect", collect),
    ("to insurance", to_insurance),
    ("start buy-back", start_buy_back),
    ("sell", sell),
    ("bucket", alone::bucket),
    ("liquidate", alone::liquidate),
];

/// Does the next operation; returns its name.
pub fn step(books: &mut Books, input: &mut Input<'_>) -> Result<&'static str> {
    let (name, step) = ALL[input.below(ALL.len())];
    step(books, input).map(|()| name)
}

fn accrue(books: &mut Books, input: &mut Input<'_>) -> Result<()> {
    let secs = input.u32();
    let now = if books.sound {
        books.now.plus(u64::from(secs))
    } else {
        UnixTime(input.i64())
    };
    books.ledger = books
        .ledger
        .accrue(any::curve(input), any::fees(input), now)?;
    books.now = now;
    Ok(())
}

fn deposit(books: &mut Books, input: &mut Input<'_>) -> Result<()> {
    let (atoms, cap) = (any::atoms(input), any::atoms(input));
    let plan = books.ledger.deposit(atoms, cap, books.wound_down)?;
    assert!(!plan.shares.is_zero() && plan.ledger.lender_assets <= cap);
    books.ledger = plan.ledger;
    Ok(())
}

/// Some of what there is, or anything.
pub fn part(whole: u128, input: &mut Input<'_>) -> u128 {
    match input.u8() % 4 {
        0 => input.u128(),
        1 => whole,
        _ => math::mul_div_down(whole, u128::from(input.u8()), 256).unwrap_or_default(),
    }
}

fn withdraw(books: &mut Books, input: &mut Input<'_>) -> Result<()> {
    let shares = Shares(part(books.ledger.deposit_shares.0, input));
    let plan = books.ledger.withdraw(shares)?;
    assert!(plan.paid <= books.ledger.cash && plan.borne <= books.ledger.deficit);
    books.ledger = plan.ledger;
    Ok(())
}

fn to_insurance(books: &mut Books, input: &mut Input<'_>) -> Result<()> {
    let shares = Shares(part(books.ledger.deposit_shares.0, input));
    let plan = books.ledger.shares_to_insurance(shares)?;
    assert_eq!(plan.ledger.cash, books.ledger.cash);
    books.ledger = plan.ledger;
    Ok(())
}

fn borrow(books: &mut Books, input: &mut Input<'_>) -> Result<()> {
    let atoms = Atoms(part(u128::from(books.ledger.cash.0), input) as u64);
    let held = DebtShares(part(books.ledger.debt_shares.0, input));
    let limits = any::borrow_limits(input);
    let plan = books.ledger.borrow(atoms, held, limits, books.wound_down)?;
    assert!(plan.ledger.borrowed <= limits.borrow_cap);
    books.ledger = plan.ledger;
    Ok(())
}

fn repay(books: &mut Books, input: &mut Input<'_>) -> Result<()> {
    let (offer, min_debt) = (any::atoms(input), any::atoms(input));
    let held = DebtShares(part(books.ledger.debt_shares.0, input));
    let plan = books.ledger.repay(offer, held, min_debt)?;
    assert!(plan.paid <= offer && plan.shares <= held);
    books.ledger = plan.ledger;
    Ok(())
}

fn draws(books: &Books, input: &mut Input<'_>) -> DrawTerms {
    DrawTerms {
        limit: any::limit(input),
        bucket: books.draws,
    }
}

fn apply_cover(books: &mut Books, plan: &CoverPlan, capacity: u64) {
    assert!(plan.insurance_drawn <= books.ledger.insurance);
    assert!(capacity == 0 || plan.insurance_drawn.0 <= capacity);
    if let Some(opening) = &plan.opening {
        assert!(plan.ledger.insurance.is_zero() && plan.ledger.insurance_fees.is_zero());
        assert!(!books.auction.holds_tokens(), "two auctions at once");
        // A floor beyond 64 bits an atom sells nothing, which is not too little.
        let raised = opening.auction.floor.cost_up(opening.lot);
        assert!(!raised.is_ok_and(|raised| raised < opening.offered));
        let cap = books.issuing.limits.lifetime_cap;
        assert!(opening.issuance.outstanding <= cap);
        books.auction = opening.auction;
        books.issuing.issuance = opening.issuance;
    }
    books.draws = plan.draw_bucket;
    books.ledger = plan.ledger;
}

fn write_off(books: &mut Books, input: &mut Input<'_>) -> Result<()> {
    let debt = DebtShares(part(books.ledger.debt_shares.0, input));
    let draws = draws(books, input);
    let bounty = BountyTerms {
        share: any::bps(input),
        limit: any::limit(input),
        bucket: books.bounties,
        min_loss: any::atoms(input),
    };
    let issuing = input.one_in(2).then_some(books.issuing);
    let plan = books.ledger.write_off(
        debt,
        draws,
        bounty,
        issuing.as_ref(),
        &books.auction,
        books.now,
    )?;
    let fallen = books.ledger.borrowed.sub(plan.cover.ledger.borrowed)?;
    assert_eq!(plan.loss, fallen);
    assert_eq!(plan.cover.ledger.lender_assets, books.ledger.lender_assets);
    assert!(plan.bounty.0 <= bounty.limit.capacity);
    books.bounties = plan.bounty_bucket;
    apply_cover(books, &plan.cover, draws.limit.capacity);
    Ok(())
}

fn cover(books: &mut Books, input: &mut Input<'_>) -> Result<()> {
    let draws = draws(books, input);
    let issuing = input.one_in(2).then_some(books.issuing);
    let plan = books
        .ledger
        .cover(draws, issuing.as_ref(), &books.auction, books.now)?;
    apply_cover(books, &plan, draws.limit.capacity);
    Ok(())
}

fn fill(books: &mut Books, input: &mut Input<'_>) -> Result<()> {
    let (amount, max_pay) = (any::gov(input), any::atoms(input));
    let plan = books
        .auction
        .fill(books.ledger, amount, max_pay, books.now)?;
    assert!(plan.bought <= amount && plan.paid <= max_pay);
    assert!(plan.rate >= books.auction.floor, "sold below the floor");
    assert_eq!(plan.rate.cost_up(plan.bought), Ok(plan.paid));
    let parts = plan.auction.lot.add(plan.bought)?.add(plan.burn)?;
    assert_eq!(parts, books.auction.lot, "tokens were made or lost");
    books.ledger = plan.ledger;
    burn(books, plan.burn)?;
    books.auction = plan.auction;
    Ok(())
}

fn close(books: &mut Books, _input: &mut Input<'_>) -> Result<()> {
    let plan = books.auction.close(books.ledger, books.now)?;
    assert_eq!(plan.burn, books.auction.lot);
    books.ledger = plan.ledger;
    burn(books, plan.burn)?;
    books.auction = Default::default();
    Ok(())
}

fn burn(books: &mut Books, amount: GovAtoms) -> Result<()> {
    let issuance = books.issuing.issuance;
    books.issuing.issuance = issuance.burn_unsold(
        amount,
        &books.issuing.limits,
        books.auction.issued_at,
        books.now,
    )?;
    Ok(())
}

fn socialise(books: &mut Books, input: &mut Input<'_>) -> Result<()> {
    let terms = any::socialise_terms(books, input);
    let plan = books.ledger.socialise(&terms, &books.auction, books.now)?;
    assert!(plan.ledger.deficit.is_zero() && plan.ledger.insurance.is_zero());
    books.wound_down |= plan.winds_down;
    books.ledger = plan.ledger;
    Ok(())
}

fn repay_record(books: &mut Books, input: &mut Input<'_>) -> Result<()> {
    let (offer, record) = (any::atoms(input), any::atoms(input));
    let plan = books.ledger.repay_record(offer, record, books.wound_down)?;
    let parts = plan.to_deficit.add(plan.to_lenders)?.add(plan.to_insurance);
    assert_eq!(parts, Ok(plan.paid));
    assert!(plan.paid <= offer && plan.paid <= record);
    books.ledger = plan.ledger;
    Ok(())
}

fn fund(books: &mut Books, input: &mut Input<'_>) -> Result<()> {
    books.ledger = books.ledger.fund_insurance(any::atoms(input))?;
    Ok(())
}

fn collect(books: &mut Books, _input: &mut Input<'_>) -> Result<()> {
    let plan = books.ledger.collect_fees()?;
    let left = plan.to_insurance.add(plan.to_protocol)?;
    assert_eq!(plan.ledger.cash.add(left), Ok(books.ledger.cash));
    books.ledger = plan.ledger;
    Ok(())
}

fn start_buy_back(books: &mut Books, input: &mut Input<'_>) -> Result<()> {
    let (target, range) = (any::bps(input), any::price_range(input));
    let secs = input.u32();
    let started = books
        .ledger
        .start_buy_back(&books.buy_back, target, range, secs, books.now)?;
    assert!(started.budget <= books.ledger.insurance);
    books.buy_back = started;
    Ok(())
}

fn sell(books: &mut Books, input: &mut Input<'_>) -> Result<()> {
    let (amount, min_proceeds) = (any::gov(input), any::atoms(input));
    let (target, highest) = (any::bps(input), any::rate(input));
    let plan = books.buy_back.sell(
        books.ledger,
        amount,
        min_proceeds,
        target,
        highest,
        books.now,
    )?;
    assert!(plan.sold <= amount && plan.paid >= min_proceeds);
    assert!(plan.rate <= highest && plan.paid <= books.buy_back.budget);
    assert_eq!(
        plan.ledger.insurance.add(plan.paid),
        Ok(books.ledger.insurance)
    );
    books.ledger = plan.ledger;
    books.buy_back = plan.buy_back;
    let issuance = books.issuing.issuance.burn_bought(plan.sold);
    books.issuing.issuance = issuance.unwrap_or(books.issuing.issuance);
    Ok(())
}
