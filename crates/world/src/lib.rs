//! The real program on an embedded chain, in a world of people, tokens and prices.
//!
//! A scenario acts through [`world::World`] and needs no network. After every
//! transaction that goes through, each invariant of the protocol is checked
//! ([`invariants`]). [`chain::Chain`] is what a scenario sees of a chain;
//! [`chain::SvmChain`] runs the bytecode that would be deployed. The demo and the
//! tests play on this crate; the tests bring a second chain of their own.

pub mod chain;
pub mod invariants;
pub mod ix;
pub mod keys;
pub mod oracle;
pub mod settings;
pub mod state;
pub mod tokens;
pub mod world;
