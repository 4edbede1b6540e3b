//! What can go wrong, with the numbers that broke the rule.

use core::fmt;

/// A broken rule. Amounts are in the unit that the rule is stated in; times
/// are unix seconds. Nothing has been changed when one of these is returned:
/// every operation of this crate works on copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineError {
    /// A result does not fit its type.
    Overflow,
    /// A subtraction went below zero: a ledger would have been overdrawn.
    Underflow,
    /// A division by zero was asked for.
    DivisionByZero,
    /// An amount of zero where something has to happen.
    ZeroAmount,
    /// A time lies before the last time the ledger saw.
    TimeWentBack {
        /// Last time seen.
        last: i64,
        /// Time given.
        now: i64,
    },
    /// The amount is too small to be worth one share.
    AmountTooSmall,
    /// The bank has been wound down: it takes no deposits and lends nothing.
    WoundDown,
    /// Deposits would exceed the cap.
    DepositCapExceeded {
        /// Lender assets after the deposit.
        after: u64,
        /// The cap.
        cap: u64,
    },
    /// Debt would exceed the cap.
    BorrowCapExceeded {
        /// Borrowed atoms after the loan.
        after: u64,
        /// The cap.
        cap: u64,
    },
    /// Utilisation would exceed its cap.
    UtilisationTooHigh {
        /// Borrowed atoms after the loan.
        borrowed: u64,
        /// Cash after the loan.
        cash: u64,
        /// The cap in basis points.
        max_bps: u32,
    },
    /// The vault holds less cash than asked for.
    InsufficientCash {
        /// Atoms asked for.
        wanted: u64,
        /// Atoms there.
        cash: u64,
    },
    /// More shares than the position has.
    InsufficientShares,
    /// The position has no debt.
    NoDebt,
    /// A debt would be left below the minimum.
    DebtBelowMinimum {
        /// Atoms of debt that would be left.
        left: u64,
        /// The minimum.
        min: u64,
    },
    /// The ledger does not balance (BOOKS).
    BooksOutOfBalance {
        /// What lenders own by the ledger.
        lender_assets: u64,
        /// What the other counters say they own.
        expected: u64,
    },
    /// The history of losses does not add up (SPLIT).
    SplitOutOfBalance,
    /// The price is zero or negative.
    PriceNotPositive {
        /// The price as given.
        price: i64,
    },
    /// The price exponent is outside −18..=0.
    PriceExponent {
        /// The exponent as given.
        exponent: i32,
    },
    /// The price was published longer ago than the bank allows.
    PriceStale {
        /// Publish time.
        published: i64,
        /// Now.
        now: i64,
        /// Greatest age allowed.
        max_age: u32,
    },
    /// The price was published in the future.
    PriceFromTheFuture {
        /// Publish time.
        published: i64,
        /// Now.
        now: i64,
    },
    /// An older price than the one already stored.
    PriceWentBack {
        /// Publish time.
        published: i64,
        /// Publish time of the stored price.
        stored: i64,
    },
    /// The confidence interval is too wide.
    PriceUncertain {
        /// Half-width of the interval, in the price's own exponent.
        conf: u64,
        /// The price.
        price: u64,
        /// Greatest ratio allowed.
        max_bps: u32,
    },
    /// Spot and average price are too far apart.
    PriceDiverges {
        /// Spot price.
        spot: u64,
        /// Exponential average.
        ema: u64,
        /// Greatest distance allowed, as a share of the average.
        max_bps: u32,
    },
    /// Weighted collateral does not cover weighted debt.
    Unhealthy {
        /// Weighted collateral, 10⁻¹⁶ dollars.
        collateral: u128,
        /// Weighted debt, 10⁻¹⁶ dollars.
        debt: u128,
    },
    /// The obligation is above its liquidation threshold.
    Healthy {
        /// Weighted collateral, 10⁻¹⁶ dollars.
        collateral: u128,
        /// Weighted debt, 10⁻¹⁶ dollars.
        debt: u128,
    },
    /// Debt would be left that no collateral backs, and the kindest reading of
    /// the prices does not call the obligation insolvent yet.
    NotInsolvent {
        /// Collateral at its highest reading, 10⁻¹² dollars.
        collateral: u128,
        /// Debt at its lowest reading, 10⁻¹² dollars.
        debt: u128,
    },
    /// There is nothing to cover.
    NoDeficit,
    /// Lenders carry a deficit: not now.
    DeficitOpen {
        /// Atoms of deficit.
        deficit: u64,
    },
    /// No auction is live.
    NoAuction,
    /// An auction is live.
    AuctionLive,
    /// The auction has not opened yet.
    AuctionNotOpen {
        /// It opens at this time.
        opens_at: i64,
        /// Now.
        now: i64,
    },
    /// The auction has ended.
    AuctionEnded {
        /// It ended at this time.
        ends_at: i64,
        /// Now.
        now: i64,
    },
    /// The auction has not ended.
    AuctionNotEnded {
        /// It ends at this time.
        ends_at: i64,
        /// Now.
        now: i64,
    },
    /// The payment would exceed the caller's limit.
    PaymentAboveMax {
        /// What it costs now.
        payment: u64,
        /// The caller's limit.
        max: u64,
    },
    /// The caller would receive less than asked for.
    ProceedsBelowMin {
        /// What it pays now.
        proceeds: u64,
        /// The caller's limit.
        min: u64,
    },
    /// The insurance ledger is not empty: it pays first.
    InsuranceNotEmpty {
        /// Atoms left.
        left: u64,
    },
    /// The deficit has not been open for long enough.
    SocialiseTooEarly {
        /// Earliest time for the reason that applies.
        not_before: i64,
        /// Now.
        now: i64,
    },
    /// There is no record of written-off debt to repay.
    NothingWrittenOff,
    /// Insurance is not above its target.
    NoSurplus {
        /// Atoms in the vault.
        insurance: u64,
        /// Target for the atoms borrowed.
        target: u64,
    },
    /// A configuration that contradicts itself; the text names the rule.
    Config(&'static str),
}

/// Result of everything fallible here.
pub type Result<T> = core::result::Result<T, EngineError>;

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl core::error::Error for EngineError {}
