//! The real program on two chains.
//!
//! One scenario runs on both back ends of [`chain`]: the bytecode that would be
//! deployed, inside LiteSVM, and the same source compiled natively, inside
//! solana-program-test. Both start at the same second and slot with the same
//! payer, so that a scenario leaves the same bytes behind on both.

pub mod attacker;
pub mod chain;
pub mod demo;
pub mod fuzz;
pub mod invariants;
pub mod ix;
pub mod keys;
pub mod measure;
pub mod model;
pub mod oracle;
pub mod settings;
pub mod state;
pub mod tokens;
pub mod world;
