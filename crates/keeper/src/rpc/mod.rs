//! Endpoints of the chain: which to ask, what to believe.
//!
//! [`Pool`] is a transport of `solana-rpc-client`, so everything that takes an
//! `RpcClient` runs over it without knowing. No endpoint is trusted with more
//! than it can prove:
//!
//! - one that is *slow, dead or full* is left alone for a while, longer each time;
//! - one that *lags* is found by its slot and asked last; reads carry the slot
//!   that they must not be older than;
//! - one that *lies* about accounts can make the keeper look at the wrong
//!   obligations until the next reconciliation. It cannot make it act on them:
//!   accounts are read again before anything is built, every transaction is
//!   simulated, and the program is the judge.

mod endpoint;
mod head;
mod http;
mod pool;
mod request;

pub use endpoint::{Endpoint, Standing};
pub use head::Head;
pub use http::{Failure, Http};
pub use pool::{Pool, PoolSettings};

#[cfg(test)]
mod tests;
