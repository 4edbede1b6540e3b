//! From an action to a verdict: build, simulate, judge, send, confirm.
//!
//! The order of gates before anything leaves: a lease (nobody in this process
//! does the same), a simulation (the program would take it), the profit rule
//! (it is worth its fee), the loss cap (the fee may be burnt), the kill switch.
//! Another process that does the same costs a fee at the most: the program
//! refuses the second, and that is success.

mod build;
mod executor;
mod lease;
mod outcome;
mod wallet;

pub use build::{sweeps, variants, Job};
pub use executor::Executor;
pub use lease::{Leases, Rest};
pub use outcome::Outcome;
pub use wallet::Wallet;

#[cfg(test)]
mod tests;
