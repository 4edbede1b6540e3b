//! Accounts, and what instructions share: health over a list of banks, oracle
//! bytes, token movements. Formulas live in `backstop-engine`.

mod bank;
mod config;
mod emit;
mod health;
mod market;
mod obligation;
mod oracle;
mod rule;
mod token;
mod waterfall;
mod wide;

pub use bank::{AuctionState, Bank, BucketState, BuyBackState, LedgerState, PriceState};
pub use config::{BankConfig, MarketConfig};
pub use emit::emit_cpi;
pub use health::health;
pub use market::{Market, PauseKind, PauseState};
pub use obligation::{Obligation, Position};
pub use oracle::{governance_price, read_price_update, PriceUpdate};
pub use rule::Ruled;
pub use token::{
    burn, mint_to, require_allowed_extensions, token_account_owner, transfer, MintFacts, Signer,
};
pub use waterfall::{books_after, require_top_level, Moves, WaterfallAccounts};
pub use wide::Le128;
