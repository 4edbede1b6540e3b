//! What the model knows of a market: the same facts as the accounts, as exact
//! numbers.

use {
    super::{
        books::Books,
        limit::{Bucket, Limit},
        number::{bps, down, exact, int, Int},
        price::{Limits, Price},
    },
    crate::oracle::PriceFeed,
    backstop::state::{BankConfig, MarketConfig},
};

/// An auction with tokens in escrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Auction {
    /// (governance atoms) Left.
    pub lot: Int,
    /// (2^-64 atoms a governance atom)
    pub start: Int,
    /// (2^-64 atoms a governance atom)
    pub floor: Int,
    /// (unix secs)
    pub issued_at: i64,
    /// (unix secs)
    pub opens_at: i64,
    /// (unix secs)
    pub ends_at: i64,
}

/// A buy-back with a budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuyBack {
    /// (atoms) Left.
    pub budget: Int,
    /// (2^-64 atoms a governance atom)
    pub low: Int,
    /// (2^-64 atoms a governance atom)
    pub high: Int,
    /// (unix secs)
    pub opens_at: i64,
    /// (unix secs)
    pub ends_at: i64,
}

/// One bank, with what its three vaults hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Bank {
    /// Decimals of its mint.
    pub decimals: u8,
    /// Settings in force.
    pub config: BankConfig,
    /// Queued settings, and when they are due.
    pub pending: Option<(BankConfig, i64)>,
    /// No deposits, no loans, for ever.
    pub wound_down: bool,
    /// Since the deficit was last zero.
    pub failed_auctions: u32,
    /// (unix secs)
    pub live_at: i64,
    /// The ledger.
    pub books: Books,
    /// Insurance draws.
    pub draws: Bucket,
    /// Bounties.
    pub bounties: Bucket,
    /// The stored price.
    pub price: Option<Price>,
    /// The auction, if there is one.
    pub auction: Option<Auction>,
    /// The buy-back, if there is one.
    pub buy_back: Option<BuyBack>,
    /// (atoms) Tokens in the liquidity vault, gifts included.
    pub liquidity_vault: Int,
    /// (atoms) Tokens in the insurance vault, gifts included.
    pub insurance_vault: Int,
    /// (governance atoms) Tokens in escrow, gifts included.
    pub escrow: Int,
    /// What its oracle account says.
    pub feed: PriceFeed,
    /// (atoms) What the fee owner holds.
    pub fee_wallet: Int,
}

/// A deposit or a debt, and a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Which bank.
    pub bank: usize,
    /// Shares.
    pub deposit: Int,
    /// Debt shares.
    pub debt: Int,
    /// (atoms) Written off and not repaid.
    pub record: Int,
    /// It stays while a record is open.
    pub withheld: bool,
}

/// One wallet and its obligation.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// (atoms) By bank.
    pub wallet: Vec<Int>,
    /// (governance atoms)
    pub governance: Int,
    /// (unix secs)
    pub risk_raised_at: i64,
    /// In order.
    pub positions: Vec<Position>,
}

/// One pause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pause {
    /// (unix secs)
    pub since: i64,
    /// (unix secs)
    pub until: i64,
    /// (unix secs)
    pub next_allowed_at: i64,
}

/// The market, and what exists of its token.
#[derive(Clone, Debug, PartialEq)]
pub struct Market {
    /// Decimals of the governance mint.
    pub decimals: u8,
    /// Settings in force.
    pub config: MarketConfig,
    /// Queued settings, and when they are due.
    pub pending: Option<(MarketConfig, i64)>,
    /// Loss events so far.
    pub sequence: u64,
    /// Obligations ever opened.
    pub obligations: u64,
    /// (governance atoms)
    pub supply: Int,
    /// (governance atoms) Issued and not burned unsold.
    pub outstanding: Int,
    /// (governance atoms)
    pub issued: Int,
    /// (governance atoms)
    pub burned: Int,
    /// Issues.
    pub issues: Bucket,
    /// (unix secs)
    pub priced_at: i64,
    /// (unix secs)
    pub published_at: i64,
    /// Borrowing, write-offs, issuance.
    pub pauses: [Pause; 3],
    /// What the governance oracle account says.
    pub feed: PriceFeed,
}

impl Bank {
    /// Limit on insurance draws.
    pub fn draw_limit(&self) -> Limit {
        Limit {
            capacity: int(self.config.draw_limit),
            window: self.config.limit_window_secs,
        }
    }

    /// Limit on bounties.
    pub fn bounty_limit(&self) -> Limit {
        Limit {
            capacity: int(self.config.bounty_cap),
            window: self.config.limit_window_secs,
        }
    }

    /// Limits on its price.
    pub fn price_limits(&self) -> Limits {
        Limits {
            max_age: self.config.max_age_secs,
            max_conf: self.config.max_conf_bps,
            max_divergence: self.config.max_divergence_bps,
        }
    }

    /// The price, if it is of this slot.
    pub fn fresh_price(&self, slot: u64) -> Option<&Price> {
        self.price.as_ref().filter(|price| price.slot == slot)
    }

    /// Whether deposits here count as nothing.
    pub fn is_delisted(&self) -> bool {
        self.config.delisted != 0
    }
}

impl Market {
    /// Limit on issues at the present supply.
    pub fn issue_limit(&self) -> Limit {
        Limit {
            capacity: self.share_of_supply(self.config.issuance_window_bps),
            window: self.config.issuance_window_secs,
        }
    }

    /// A share of the present supply.
    pub fn share_of_supply(&self, share_bps: u32) -> Int {
        down(&(exact(self.supply.clone()) * bps(share_bps)))
    }

    /// Limits on the governance price.
    pub fn price_limits(&self) -> Limits {
        Limits {
            max_age: self.config.max_age_secs,
            max_conf: self.config.max_conf_bps,
            max_divergence: self.config.max_divergence_bps,
        }
    }

    /// Whether the governance token has a feed.
    pub fn has_feed(&self) -> bool {
        self.config.oracle_program != Default::default()
    }
}

impl Position {
    /// An empty one.
    pub fn new(bank: usize) -> Self {
        Self {
            bank,
            deposit: Int::ZERO,
            debt: Int::ZERO,
            record: Int::ZERO,
            withheld: false,
        }
    }

    /// Whether it has a deposit or a debt.
    pub fn is_active(&self) -> bool {
        self.deposit != Int::ZERO || self.debt != Int::ZERO
    }
}

impl User {
    /// The position in a bank.
    pub fn position(&self, bank: usize) -> Option<&Position> {
        self.positions.iter().find(|position| position.bank == bank)
    }

    /// The position in a bank, to change.
    pub fn position_mut(&mut self, bank: usize) -> Option<&mut Position> {
        self.positions
            .iter_mut()
            .find(|position| position.bank == bank)
    }

    /// The position in a bank, made if there is none.
    pub fn position_or_new(&mut self, bank: usize) -> &mut Position {
        let index = self
            .positions
            .iter()
            .position(|position| position.bank == bank)
            .unwrap_or_else(|| {
                self.positions.push(Position::new(bank));
                self.positions.len() - 1
            });
        &mut self.positions[index]
    }

    /// Forgets positions with nothing left in them.
    pub fn prune(&mut self, bank: usize) {
        self.positions.retain(|position| {
            position.bank != bank || position.is_active() || position.record != Int::ZERO
        });
    }

    /// Whether it owes anything.
    pub fn has_debt(&self) -> bool {
        self.positions
            .iter()
            .any(|position| position.debt != Int::ZERO)
    }

    /// Whether written-off debt has not been repaid.
    pub fn has_record(&self) -> bool {
        self.positions
            .iter()
            .any(|position| position.record != Int::ZERO)
    }

    /// The banks of its active positions, in order.
    pub fn active_banks(&self) -> Vec<usize> {
        self.positions
            .iter()
            .filter(|position| position.is_active())
            .map(|position| position.bank)
            .collect()
    }
}
