//! From instructions to a landed transaction.
//!
//! A [`Draft`] was simulated: its compute limit is what the simulation used, a
//! tenth more, and what interest may cost that was not due yet; its fee follows
//! what others paid lately for the accounts that it writes. A transaction whose
//! simulation fails is never built.

mod assemble;
mod details;
mod fees;
mod send;

pub use assemble::{Assembler, Draft, MOST_BYTES};
pub use details::{details, Details};
pub use fees::{FeePolicy, SIGNATURE_LAMPORTS};
pub use send::{execute, send_and_confirm, Landed};
