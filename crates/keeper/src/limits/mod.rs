//! What the keeper may lose, spend and hold, and what stops it. Time is passed
//! in; nothing survives a restart, so everything starts as if much of it were
//! used up.

mod spend;
mod switches;
mod window;

pub use self::spend::{MintLimits, SpendLimits};
pub use self::switches::{Stopped, Switches};
pub use self::window::{HourlyCap, Ticket};
