//! A bank in every state that a loss can put it into, and around it a lender, a
//! borrower who is healthy, one who can be liquidated, one whose debt is bad and
//! one who has a record; in each state, every transaction that somebody may want.
#![allow(dead_code, unused_imports)]

#[path = "../bad_debt/mod.rs"]
pub mod bad_debt;
#[path = "../common/mod.rs"]
pub mod common;
mod ops;
mod trial;

pub use {
    ops::{ops, Op},
    trial::{difference, try_all, Difference, Outcome, Snapshot},
};

use {
    anchor_lang::prelude::Pubkey,
    backstop_tests::{
        chain::SvmChain,
        ix,
        settings::{DAY, HOUR},
        tokens::{self, Program},
        world::{on_both, Actor, BankSpec, World, DOLLAR},
    },
    bad_debt::{
        fail, insure, lose, plain_bank, stage_of, Stage, AUCTION_DELAY, AUCTION_DURATION,
        COLLATERAL_PRICE, TOKEN, USDC,
    },
    solana_signer::Signer,
};

/// [atoms] One whole token of the collateral.
pub const JUNK: u64 = 1_000_000;
/// [atoms] What is lost in most states.
const LOSS: u64 = 1_500 * USDC;
/// [atoms] What insurance may pay a day where it is limited.
const A_DAY: u64 = 800 * USDC;
/// [atoms] A loss that leaves lenders less than a thousandth.
const RUIN: u64 = 999_400 * USDC;

/// What has become of the bad debt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody has written it off; insurance is more than enough.
    Calm,
    /// Calm, and surplus insurance is offered for governance tokens.
    BuyBack,
    /// Calm, and the time of such an offer is over.
    BuyBackOver,
    /// Written off; insurance may pay a part of it a day, and has paid the first.
    Limited,
    /// Written off; insurance is used up, and nothing was issued yet.
    Waiting,
    /// Governance tokens for it are in escrow; the sale has not begun.
    Announced,
    /// The sale goes on.
    Open,
    /// The sale is over; nobody has bought.
    Ended,
    /// It has waited as long as a deficit waits.
    Hopeless,
    /// It has been socialised, and lenders have lost practically everything.
    WoundDown,
}

impl State {
    /// Each of them.
    pub const ALL: [Self; 10] = [
        Self::Calm,
        Self::BuyBack,
        Self::BuyBackOver,
        Self::Limited,
        Self::Waiting,
        Self::Announced,
        Self::Open,
        Self::Ended,
        Self::Hopeless,
        Self::WoundDown,
    ];

    /// Plays up to it with mints of `program`, then checks.
    ///
    /// A check that tries all transactions reads some seventy accounts after each
    /// of forty, which takes the native chain seconds. So it plays only one of
    /// them there; other scenarios compare what single transactions do.
    pub fn sweep(self, program: Program<'_>, check: impl Fn(&mut World, &People)) {
        let play = |world: &mut World| {
            let people = self.play(world, program);
            check(world, &people);
        };
        if self == Self::Calm && matches!(program, Program::Token) {
            on_both(play);
            return;
        }
        let chain = Box::new(SvmChain::backstop());
        play(&mut World::with_governance(chain, program, |_| ()));
    }

    /// Plays everything up to it, with a lent mint of `program`.
    pub fn play(self, world: &mut World, program: Program<'_>) -> People {
        let calm = matches!(self, Self::Calm | Self::BuyBack | Self::BuyBackOver);
        let mut lending = People::lending(program);
        let mut loss = LOSS;
        match self {
            Self::Limited => lending.config.draw_limit = A_DAY,
            Self::WoundDown => (lending.config.write_off_mode, loss) = (1, RUIN),
            _ => (),
        }
        let people = People::settle(world, &lending, loss);
        if calm || self == Self::Limited {
            insure(world, &people.stage, 10_000 * USDC);
        }
        if matches!(self, Self::BuyBack | Self::BuyBackOver) {
            let keys = world.keys(people.stage.usdc);
            let start = [ix::refresh_banks(&[keys]), ix::start_buy_back(&keys)];
            world.send(&start, &[]).unwrap();
            world.advance(match self {
                Self::BuyBack => u64::from(HOUR),
                _ => AUCTION_DURATION + 1,
            });
        }
        if !calm {
            people.write_off_without_a_price(world);
        }
        match self {
            // Something more may be drawn by now.
            Self::Limited => world.advance(u64::from(HOUR)),
            Self::Announced | Self::Open | Self::Ended => {
                world.cover(people.stage.usdc).unwrap();
                assert!(world.bank(people.stage.usdc).auction.lot > 0);
                world.advance(match self {
                    Self::Announced => 1,
                    Self::Open => AUCTION_DELAY + AUCTION_DURATION / 2,
                    _ => AUCTION_DELAY + AUCTION_DURATION + 1,
                });
            }
            Self::Hopeless => world.advance(14 * u64::from(DAY)),
            Self::WoundDown => {
                world.advance(3 * u64::from(DAY));
                world.socialise(people.stage.usdc).unwrap();
                assert!(world.bank(people.stage.usdc).is_wound_down());
                // Interest for fees to be collected.
                world.advance(u64::from(DAY));
            }
            _ => (),
        }
        people
    }
}

/// Who has something in the bank, or may want to.
pub struct People {
    /// The banks, a lender, a liquidator, a keeper and a bidder.
    pub stage: Stage,
    /// Owes 200 dollars on collateral worth 100 000.
    pub borrower: Actor,
    /// Owes 90 dollars on collateral worth 100.
    pub shaky: Actor,
    /// Owes without collateral.
    pub bad: Actor,
    /// Had 600 dollars written off, which insurance paid.
    pub loser: Actor,
    /// Has 10 000 dollars and an empty obligation.
    pub stranger: Actor,
    /// Where protocol fees go.
    pub fee_account: Pubkey,
}

impl People {
    /// The bank that lends, as it is in most states.
    fn lending(program: Program<'_>) -> BankSpec<'_> {
        let mut spec = plain_bank("USDC");
        (spec.program, spec.freezable) = (program, true);
        spec.config.base_rate_bps = 500;
        spec.config.bounty_bps = 50;
        spec
    }

    fn settle(world: &mut World, lending: &BankSpec<'_>, loss: u64) -> Self {
        let stage = stage_of(world, |_| (), lending);
        insure(world, &stage, 700 * USDC);
        let (loser, _) = lose(world, &stage, "loser", 600 * USDC);
        let bad = fail(world, &stage, "bad", loss);

        world.set_price(stage.junk, COLLATERAL_PRICE);
        let [borrower, shaky] = [("borrower", 1_000, 200), ("shaky", 1, 90)].map(|debtor| {
            let (name, tokens, dollars) = debtor;
            let debtor = world.actor(name);
            world.fund(&debtor, stage.junk, 2 * tokens * JUNK);
            world.deposit(&debtor, stage.junk, tokens * JUNK).unwrap();
            world.borrow(&debtor, stage.usdc, dollars * USDC).unwrap();
            debtor
        });
        world.set_price(stage.junk, 100 * DOLLAR);
        let stranger = world.actor("stranger");
        for actor in [&stranger, &borrower, &stage.liquidator] {
            world.fund(actor, stage.usdc, 10_000 * USDC);
        }
        let (governance, treasury) = (world.governance, world.treasury.insecure_clone());
        let from = tokens::associated_token_account(&governance, &treasury.pubkey());
        let to = world.governance_wallet(&stage.bidder);
        let chain = &mut *world.chain;
        tokens::transfer(chain, &governance, &from, &to, &treasury, 10_000 * TOKEN);
        let (mint, fee_owner) = (world.mints[stage.usdc.0], world.fee_owner.pubkey());
        let fee_account =
            tokens::create_associated_token_account(&mut *world.chain, &mint, &fee_owner);
        world.advance(u64::from(DAY));

        let people = Self {
            stage,
            borrower,
            shaky,
            bad,
            loser,
            stranger,
            fee_account,
        };
        people.watch(world);
        people
    }

    /// Without a fresh price nothing is issued in the same call.
    fn write_off_without_a_price(&self, world: &mut World) {
        let keys = world.keys(self.stage.usdc);
        let write_off = ix::write_off(&keys, self.bad.obligation, None, &[]);
        world.send(&[write_off], &[]).unwrap();
        let bank = world.bank(self.stage.usdc);
        let is_empty = bank.ledger.insurance == 0;
        assert!(bank.ledger.deficit > 0 && bank.ledger.on_auction == 0);
        assert_eq!(is_empty, bank.config.draw_limit == 0);
    }

    /// Everybody with a wallet.
    pub fn all(&self) -> [&Actor; 9] {
        let stage = &self.stage;
        [
            &stage.lender,
            &stage.liquidator,
            &stage.keeper,
            &stage.bidder,
            &self.borrower,
            &self.shaky,
            &self.bad,
            &self.loser,
            &self.stranger,
        ]
    }

    /// Makes every account that a transaction here can change part of the
    /// world's fingerprint, so that it can be put back.
    fn watch(&self, world: &mut World) {
        for actor in self.all() {
            let accounts = [
                world.wallet(actor, self.stage.usdc),
                world.wallet(actor, self.stage.junk),
                world.governance_wallet(actor),
            ];
            world.watched.extend(accounts);
        }
        let opened = world.market.obligation(&self.stranger.key(), 1);
        world.watched.extend([self.fee_account, opened]);
    }
}
