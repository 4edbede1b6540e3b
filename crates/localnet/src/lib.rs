//! A local network with the deployed program, funded actors, mints and prices
//! that move: real JSON-RPC and web sockets on loopback, over Surfpool.
//!
//! | module | gives |
//! |---|---|
//! | [`assets`] | which mints, feeds and actors there are |
//! | [`chain`] | the child process that is the chain |
//! | [`cheat`] | what no cluster offers: accounts and time by decree |
//! | [`send`] | transactions, one or hundreds |
//! | [`deploy`] | the program, through the upgradeable loader |
//! | [`fund`] | actors, mints, balances |
//! | [`prices`] | which price each feed shall show |
//! | [`publisher`] | writes the price accounts again and again, as sponsors do |
//! | [`state`] | what another process must know, in one JSON file |
//! | [`network`] | a running network, from any process: prices, time, money |
//! | [`localnet`] | starts all of it, and stops it |
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use backstop_localnet::{Localnet, Options};
//!
//! let net = Localnet::start(Options::from_env()?).await?;
//! net.set_price("SOL", "42.5").await?;
//! net.forward(7_200).await?;
//! println!("{} {}", net.rpc_url(), net.actor("lender")?.path.display());
//! # Ok(())
//! # }
//! ```
//!
//! What is real: the chain executes the bytecode that would be deployed; the
//! program, the mints and every balance got there by signed transactions. What
//! is not: airdrops, price accounts (Pyth's receiver is not there to write
//! them), leaps of the clock, and the program id's signature on its deployment,
//! because nobody holds that key.

pub mod assets;
pub mod chain;
pub mod cheat;
pub mod deploy;
pub mod fund;
pub mod localnet;
pub mod network;
pub mod prices;
pub mod publisher;
pub mod send;
pub mod state;

pub use localnet::{Localnet, Options};
pub use network::{Actor, Network};
