//! Who takes part. The seed draws the borrowers: how much SOL each brings, how
//! far each goes into debt, and in which order they stand.

use {
    super::{
        scenario::{Terms, USDC},
        stage::Stage,
        times,
    },
    backstop_world::world::{Actor, BankId, World},
    rand::{seq::SliceRandom, Rng, SeedableRng},
    rand_chacha::ChaCha8Rng,
};

/// (atoms) One SOL.
pub const SOL: u64 = 1_000_000_000;
/// How many borrowers there are.
const BORROWERS: u64 = 30;
/// (bps) The most careful borrower's loan, as a share of his collateral.
const LEAST_LOAN: u64 = 2_500;
/// (bps) From one borrower to the next bolder one.
const LOAN_STEP: u64 = 137;

/// Somebody who lends.
#[derive(Debug)]
pub struct Lender {
    /// What the story calls him.
    pub name: &'static str,
    /// His wallet.
    pub actor: Actor,
    /// (atoms) Paid in.
    pub deposit: u64,
    /// (unix s) When he leaves; at the end if not before.
    pub leaves: i64,
    /// (atoms) Paid out, once he has left.
    pub paid_out: Option<u64>,
    /// (atoms) His part of the losses: borne when he left, or shared.
    pub carried: u64,
}

/// Somebody who borrows against SOL.
#[derive(Debug)]
pub struct Borrower {
    /// What the story calls him.
    pub name: String,
    /// His wallet.
    pub actor: Actor,
    /// [atoms of SOL] Collateral.
    pub collateral: u64,
    /// (bps) His loan, as a share of the collateral's value.
    pub loan_bps: u64,
    /// (atoms) His loan.
    pub borrowed: u64,
    /// (atoms) Repaid by liquidators.
    pub liquidated: u64,
}

/// Somebody who liquidates.
#[derive(Debug)]
pub struct Liquidator {
    /// What the story calls him.
    pub name: &'static str,
    /// His wallet.
    pub actor: Actor,
    /// (atoms) What he brings.
    pub money: u64,
    /// (unix s) Not there before.
    pub arrives: i64,
    /// (atoms) Repaid so far.
    pub repaid: u64,
    /// How many liquidations of his landed.
    pub landed: u64,
    /// (unix s) When his money was gone.
    pub out_at: Option<i64>,
    /// [atoms of SOL] What he withdrew in the end.
    pub collateral: u64,
}

/// Somebody who buys governance tokens in auctions.
#[derive(Debug)]
pub struct Bidder {
    /// What the story calls him.
    pub name: &'static str,
    /// His wallet.
    pub actor: Actor,
    /// (bps) How far below the market he wants to buy.
    pub discount_bps: i64,
}

/// Everybody.
#[derive(Debug)]
pub struct Cast {
    /// Lenders.
    pub lenders: Vec<Lender>,
    /// Borrowers.
    pub borrowers: Vec<Borrower>,
    /// Liquidators.
    pub liquidators: Vec<Liquidator>,
    /// Bidders.
    pub bidders: Vec<Bidder>,
    /// Writes off, covers, closes, socialises: without any right to do so.
    pub keeper: Actor,
    /// Fills the insurance vault, and holds governance tokens.
    pub treasury: Actor,
}

impl Cast {
    /// Hires everybody and hands out the money they bring.
    pub fn new(world: &mut World, usdc: BankId, sol: BankId, terms: &Terms, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let keeper = world.actor("keeper");
        let treasury = world.actor("treasury");
        world.fund(&treasury, usdc, terms.insurance);
        Self {
            lenders: lenders(world, usdc),
            borrowers: borrowers(world, sol, &mut rng),
            liquidators: liquidators(world, usdc, terms),
            bidders: bidders(world, usdc, terms, &mut rng),
            keeper,
            treasury,
        }
    }

    /// The opening: insurance is funded, lenders lend, borrowers borrow.
    pub fn enter(stage: &mut Stage) {
        let (usdc, sol, spot) = (stage.usdc, stage.sol, stage.bar.sol.spot);
        let insurance = stage.terms.insurance;
        let Stage { world, cast, .. } = stage;
        let mut sent = 1;
        world
            .fund_insurance(&cast.treasury, usdc, insurance)
            .expect("the treasury funds insurance");
        for lender in &cast.lenders {
            world
                .deposit(&lender.actor, usdc, lender.deposit)
                .expect("a lender lends");
            sent += 1;
        }
        for borrower in &mut cast.borrowers {
            let value = super::borrowers::value(borrower.collateral, spot);
            // Whole dollars, as people borrow.
            borrower.borrowed = value * borrower.loan_bps / 10_000 / USDC * USDC;
            // What he earns elsewhere, for the interest.
            world.fund(&borrower.actor, usdc, borrower.borrowed / 20);
            world
                .deposit(&borrower.actor, sol, borrower.collateral)
                .expect("a borrower deposits");
            world
                .borrow(&borrower.actor, usdc, borrower.borrowed)
                .expect("a borrower borrows");
            sent += 2;
        }
        stage.log.checks.transactions += sent;
    }
}

fn lenders(world: &mut World, usdc: BankId) -> Vec<Lender> {
    let thousand = 1_000 * USDC;
    [
        ("early leaver", 100, times::EARLY),
        ("runner", 100, times::RUN),
        ("stayer", 100, times::END),
        ("lender D", 250, times::END),
        ("lender E", 180, times::END),
        ("lender F", 120, times::END),
        ("lender G", 80, times::END),
        ("lender H", 20, times::END),
    ]
    .map(|(name, thousands, leaves)| {
        let (actor, deposit) = (world.actor(name), thousands * thousand);
        world.fund(&actor, usdc, deposit);
        Lender {
            name,
            actor,
            deposit,
            leaves,
            paid_out: None,
            carried: 0,
        }
    })
    .into()
}

fn borrowers(world: &mut World, sol: BankId, rng: &mut ChaCha8Rng) -> Vec<Borrower> {
    // One borrower per step, so that every seed has careful and bold ones; the
    // size within the step, the amount and the order are drawn.
    let mut loans: Vec<u64> = (0..BORROWERS)
        .map(|step| LEAST_LOAN + step * LOAN_STEP + rng.random_range(0..LOAN_STEP))
        .collect();
    loans.shuffle(rng);
    loans
        .into_iter()
        .enumerate()
        .map(|(index, loan_bps)| {
            let name = format!("borrower {:02}", index + 1);
            let actor = world.actor(&name);
            let collateral = rng.random_range(500..=1_500) * SOL;
            world.fund(&actor, sol, collateral);
            Borrower {
                name,
                actor,
                collateral,
                loan_bps,
                borrowed: 0,
                liquidated: 0,
            }
        })
        .collect()
}

fn liquidators(world: &mut World, usdc: BankId, terms: &Terms) -> Vec<Liquidator> {
    let [a, b, c, d] = terms.liquidators;
    [
        ("liquidator A", a, 0),
        ("liquidator B", b, 0),
        ("liquidator C", c, 0),
        ("liquidator D", d, 0),
        ("fresh money", 2_000_000 * USDC, times::FRESH_MONEY),
    ]
    .map(|(name, money, arrives)| {
        let actor = world.actor(name);
        world.fund(&actor, usdc, money);
        Liquidator {
            name,
            actor,
            money,
            arrives,
            repaid: 0,
            landed: 0,
            out_at: None,
            collateral: 0,
        }
    })
    .into()
}

fn bidders(world: &mut World, usdc: BankId, terms: &Terms, rng: &mut ChaCha8Rng) -> Vec<Bidder> {
    let names = ["bidder A", "bidder B", "bidder C", "bidder D"];
    names
        .into_iter()
        .zip(terms.bidders)
        .map(|(name, money)| {
            let actor = world.actor(name);
            world.fund(&actor, usdc, money);
            Bidder {
                name,
                actor,
                discount_bps: rng.random_range(100..=1_200),
            }
        })
        .collect()
}
