//! Typed instruction builders: the client's own, so that scenarios run what
//! keepers and front ends send.

pub use backstop_client::{addresses::*, instructions::*};
