//! A bot that keeps a Backstop market solvent, for profit and with limits.
//!
//! What to do is decided by pure functions, [`decide`], over what is known,
//! [`index`] and a view of the client, under rules that need no chain either,
//! [`profit`] and [`limits`]. Around them is what talks to the world:
//!
//! | module | does |
//! |---|---|
//! | [`config`] | reads and checks settings |
//! | [`rpc`] | asks endpoints, and believes none of them too much |
//! | [`watch`] | keeps view and index up to date |
//! | [`send`] | makes transactions of actions, each once |
//! | [`run`](mod@run) | the loop |
//! | [`metrics`], [`http`], [`log`] | tell what happens |

mod clock;
pub mod config;
pub mod decide;
pub mod http;
pub mod index;
pub mod limits;
pub mod log;
pub mod metrics;
pub mod profit;
pub mod rpc;
pub mod run;
pub mod send;
pub mod watch;

pub use config::{Inherited, RunArgs};
pub use run::run;
