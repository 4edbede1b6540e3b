//! A thief with several wallets, who tries to end richer than they began.
//!
//! A plan is a list of transactions ([`plan`]); `mutate` makes neighbours of
//! it; [`trial`] plays one on a fork of a chain with the real bytecode (`execute`
//! makes instructions of it), counts what the thief has afterwards ([`wealth`]),
//! less what the protocol owed them for services ([`owed`]), and notes what could
//! be done next (`candidates`); [`search`] climbs. [`settings`] says where.
//!
//! **How profit is counted.** All tokens in the thief's wallets, plus each
//! obligation's deposits at the net price less its debts, never below zero (debts
//! can be left behind), at true prices of the end; less what the tokens of the
//! beginning are worth at those prices. Subtracted are, from the events: bonuses of
//! liquidating others, bounties, and the discount of governance tokens bought at
//! auction, each only up to what settings allow; and what pushing prices cost. For
//! rounding nothing is allowed but an atom for each liquidation of somebody else: every operation rounds
//! against its caller.

mod candidates;
pub mod cast;
mod credit;
mod execute;
mod honest;
mod mutate;
pub mod ops;
pub mod owed;
pub mod plan;
mod positions;
mod powers;
pub mod search;
pub mod settings;
mod stage;
pub mod trial;
pub mod wealth;
