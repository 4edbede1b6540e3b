//! What is known of the chain, and how it stays true.
//!
//! Three ways bring news. *Polling* reads the market, its banks, prices and the
//! keeper's own accounts every second. *Reconciling* reads every account anew
//! once a minute and builds the index from nothing. *Hints* of a web socket say
//! that something has changed; what they say it changed to is not looked at:
//! the account is read. So messages may be lost, doubled, reordered or made up,
//! and cost a request or a minute, never a wrong number. An answer older than
//! the one before is not taken either, until the next reconciliation, which
//! forgets every slot that it was told.

mod book;
mod discover;
mod subscribe;
mod tracker;

pub use book::Book;
pub use discover::Snapshot;
pub use subscribe::{subscribe, Hint};
pub use tracker::Tracker;
