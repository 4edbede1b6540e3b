//! What instructions share around a step: accounts by address, banks of an
//! obligation, oracle bytes, token movements, events. The accounts themselves and
//! every rule are in `backstop-engine`.

mod addresses;
mod banks;
mod emit;
mod oracle;
mod rule;
mod token;
mod waterfall;

pub use addresses::{BankAddresses, MarketAddresses};
pub use backstop_engine::state::{
    AuctionState, Bank, BankConfig, BucketState, BuyBackState, Le128, LedgerState, Market,
    MarketConfig, Obligation, PauseKind, PauseState, Position, PriceState,
};
pub use banks::{at, LoadedBanks};
pub use emit::emit_cpi;
pub use oracle::{governance_observation, log_unpriced, read_price_update, PriceUpdate};
pub use rule::Ruled;
pub use token::{
    burn, mint_to, require_allowed_extensions, token_account_owner, transfer, MintFacts, Signer,
};
pub use waterfall::{books_after, require_top_level, Moves, WaterfallAccounts};
