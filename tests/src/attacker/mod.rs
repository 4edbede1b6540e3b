//! A thief with several wallets, who tries to end richer than he began.
//!
//! A plan is a list of transactions ([`genome`]); `mutate` makes neighbours of
//! it; [`trial`] plays one on a fork of a chain with the real bytecode and counts
//! what the thief has afterwards ([`wealth`]), less what the protocol owed him for
//! services ([`owed`]); [`search`] climbs. [`settings`] says where.
//!
//! **How profit is counted.** All tokens in his wallets, plus each obligation's
//! deposits at the net price less its debts, never below zero (he can walk away),
//! at true prices of the end; less what his tokens of the beginning are worth at
//! those prices. Subtracted are, from the events: bonuses of liquidating others,
//! bounties, and the discount of governance tokens bought at auction, each only up
//! to what settings allow; and what pushing prices cost him. For rounding nothing is
//! allowed but an atom for each liquidation of somebody else: every operation rounds
//! against its caller.

pub mod cast;
mod credit;
pub mod genome;
mod hand;
mod honest;
mod menu;
mod mutate;
pub mod ops;
pub mod owed;
mod positions;
mod powers;
pub mod search;
pub mod settings;
mod stage;
pub mod trial;
pub mod wealth;
