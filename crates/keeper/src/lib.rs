//! A bot that keeps a Backstop market solvent, for profit and with limits.
//!
//! What to do is decided by pure functions, [`decide`], over what is known,
//! [`index`] and a view of the client, under rules that need no chain either,
//! [`profit`] and [`limits`].

pub mod decide;
pub mod index;
pub mod limits;
pub mod profit;
