//! Known ways to steal from a lending market, each played to its end: what the
//! thief has afterwards is written down, and it is never more than before.

#[path = "../bad_debt/mod.rs"]
mod bad_debt;
#[path = "../common/mod.rs"]
mod common;

mod admin;
mod atomic;
mod auction;
mod dust;
mod edge;
mod entrants;
mod hands;
mod liquidation;
mod spam;
mod steering;
