//! Target: rows of engine operations with arbitrary numbers.
//!
//! Half of the inputs start from an empty bank and may use any amount, time and
//! setting: there every identity holds after every step. The other half start
//! from books full of arbitrary numbers, which no bank can have: there each
//! operation still may not panic, and what it returns has its size.

mod alone;
mod arbitrary;
mod steps;

use backstop_engine::{
    auction::{Auction, IssuanceTerms},
    bucket::Bucket,
    buy_back::BuyBack,
    ledger::Ledger,
    math,
    units::{Atoms, UnixTime},
    EngineError,
};

use crate::input::Input;

/// Operations that there are.
pub const OPERATIONS: usize = steps::ALL.len();

/// Steps of one input.
const STEPS: usize = 48;

/// A bank, as far as the engine knows it.
#[derive(Clone, Copy, Debug)]
struct Books {
    ledger: Ledger,
    auction: Auction,
    buy_back: BuyBack,
    issuing: IssuanceTerms,
    draws: Bucket,
    bounties: Bucket,
    now: UnixTime,
    wound_down: bool,
    /// Whether the books began empty, so that every identity holds.
    sound: bool,
}

/// Runs one input; returns the operations that succeeded.
///
/// # Panics
/// When the engine panics, or a step leaves something out of place.
pub fn run(bytes: &[u8]) -> Vec<&'static str> {
    let mut input = Input::new(bytes);
    let mut books = if input.one_in(2) {
        Books::empty(&mut input)
    } else {
        Books::arbitrary(&mut input)
    };
    let mut reached = Vec::new();
    for _ in 0..STEPS {
        if input.is_empty() {
            break;
        }
        let before = books;
        match steps::step(&mut books, &mut input) {
            Ok(name) => {
                books.check(&before);
                reached.push(name);
            }
            Err(error) => {
                let broken = matches!(
                    error,
                    EngineError::BooksOutOfBalance { .. } | EngineError::SplitOutOfBalance
                );
                assert!(!broken, "{error:?}");
                books = before;
            }
        }
    }
    reached
}

impl Books {
    /// What must hold after a step that succeeded.
    fn check(&self, before: &Self) {
        let ledger = &self.ledger;
        assert_eq!(
            imbalance(ledger),
            imbalance(&before.ledger),
            "a step moved the books out of balance"
        );
        if !self.sound {
            return;
        }
        assert_eq!(ledger.check_books(), Ok(()));
        assert_eq!(ledger.check_split(), Ok(()));
        let borrowed = math::mul_shr_down(ledger.debt_shares.0, ledger.index, 96);
        assert_eq!(borrowed, Ok(u128::from(ledger.borrowed.0)));
        assert!(ledger.index >= before.ledger.index, "the index fell");
        assert!(ledger.on_auction <= ledger.deficit);
        assert!(ledger.deficit <= ledger.lender_assets);
        assert!(self.auction.holds_tokens() || ledger.on_auction == Atoms::ZERO);
    }
}

/// What lenders are owed less what the books show for it: 0 in sound books.
fn imbalance(ledger: &Ledger) -> i128 {
    let wide = |atoms: Atoms| i128::from(atoms.0);
    wide(ledger.cash) + wide(ledger.borrowed) + wide(ledger.deficit)
        - wide(ledger.protocol_fees)
        - wide(ledger.insurance_fees)
        - wide(ledger.lender_assets)
}
