//! The real program on two chains.
//!
//! One scenario runs on both back ends of [`chain`]: the bytecode that would be
//! deployed, inside LiteSVM, and the same source compiled natively, inside
//! solana-program-test. Both start at the same second and slot with the same
//! payer, so that a scenario leaves the same bytes behind on both. People, tokens,
//! prices and invariants are those of `backstop-world`, which the demo plays on too.

pub mod attacker;
pub mod chain;
pub mod fuzz;
pub mod measure;
pub mod model;
pub mod world;

pub use backstop_world::{invariants, ix, keys, oracle, settings, state, tokens};
