//! A second implementation of the protocol, in exact fractions.
//!
//! It is written from the rules, not from the engine: it shares no arithmetic,
//! no type and no plan with it, and keeps its own copy of every fact. Fed with
//! the same calls it must come to the same market as the chain, to the atom, and
//! refuse what the chain refuses for the same reason. What it takes from the
//! program is the settings, which are data, and the names of errors.
//!
//! | file | rules |
//! |---|---|
//! | [`number`] | exact numbers, and the two functions that round |
//! | [`books`], [`limit`], [`price`] | one bank's ledger, a leaky bucket, a price |
//! | [`lending`], [`liquidation`] | what lenders, borrowers and liquidators do |
//! | [`loss`], [`market`] | bad debt; auctions, insurance, buy-backs, fees |
//! | [`settings`] | pauses and changes |
//! | [`read`] | the same facts read off a chain |

pub mod books;
pub mod lending;
pub mod limit;
pub mod liquidation;
pub mod loss;
pub mod market;
pub mod number;
pub mod price;
pub mod read;
pub mod refusal;
pub mod settings;
pub mod state;

pub use refusal::{Outcome, Refusal};

/// Everything the model knows at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// (unix secs)
    pub now: i64,
    /// The slot.
    pub slot: u64,
    /// The market.
    pub market: state::Market,
    /// Its banks.
    pub banks: Vec<state::Bank>,
    /// Its people.
    pub users: Vec<state::User>,
}

impl Model {
    /// Where two models differ, a line each; nothing if they agree.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        if self == other {
            return Vec::new();
        }
        let (ours, theirs) = (format!("{self:#?}"), format!("{other:#?}"));
        let mut path = Vec::new();
        let mut found = Vec::new();
        for (ours, theirs) in ours.lines().zip(theirs.lines()) {
            let depth = (ours.len() - ours.trim_start().len()) / 4;
            path.truncate(depth);
            path.push(
                ours.trim()
                    .trim_end_matches(['{', '[', '(', ','])
                    .to_owned(),
            );
            if ours != theirs {
                found.push(format!(
                    "{}: the chain has {}",
                    path.join(" "),
                    theirs.trim()
                ));
            }
        }
        if found.is_empty() {
            found.push("one has more to it than the other".into());
        }
        found
    }
}
