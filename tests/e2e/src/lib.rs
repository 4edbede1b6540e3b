//! The command line program, the keeper and a bidder as separate processes,
//! against a local chain, with somebody in between who drops, delays,
//! duplicates and falsifies answers.

pub mod audit;
pub mod faults;
pub mod process;
pub mod proxy;
pub mod stage;
