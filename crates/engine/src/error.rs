//! What can go wrong, with the numbers that broke the rule.

use core::fmt;

/// A broken rule. Amounts are in the unit that the rule is stated in; times
/// are unix seconds.
///
/// Formulas work on copies: nothing has been changed when one of them returns
/// an error. A [step](crate::step) may leave its accounts half-changed: on chain
/// the transaction is undone, off chain the caller steps on a clone.
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
    /// An account of another layout.
    WrongVersion {
        /// Version of its layout.
        version: u8,
    },
    /// The bank's price was not stored in this slot.
    PriceNotRefreshed {
        /// Slot in which the stored price was stored.
        stored: u64,
        /// Slot of now.
        slot: u64,
    },
    /// A health check needs a bank that was not given.
    BankMissing {
        /// Place of its position in the obligation.
        position: usize,
    },
    /// The obligation has no position in the bank.
    NoPosition,
    /// The obligation has all the positions it can have.
    TooManyPositions,
    /// The obligation would have a deposit and a debt in one bank.
    BothSides,
    /// The obligation still has a position.
    ObligationNotEmpty {
        /// Positions in use.
        positions: u32,
    },
    /// Written-off debt has not been repaid.
    RecordOpen,
    /// A deposit that liquidation could take.
    CollateralLeft {
        /// Place of its position in the obligation.
        position: usize,
    },
    /// The owner borrowed or withdrew too recently.
    RiskTooRecent {
        /// Seconds since then.
        age: u64,
        /// Seconds that must have passed.
        min: u32,
    },
    /// The bank writes nothing off.
    WriteOffDisabled,
    /// New loans are paused.
    BorrowPaused {
        /// Until then.
        until: i64,
    },
    /// Write-offs are paused.
    WriteOffPaused {
        /// Until then.
        until: i64,
    },
    /// Issuance is paused.
    IssuancePaused {
        /// Until then.
        until: i64,
    },
    /// A pause that is too long, of no length, or too soon after the last one.
    PauseNotAllowed {
        /// Seconds asked for.
        secs: u32,
        /// Longest pause allowed.
        max: u32,
        /// No new one before then.
        not_before: i64,
    },
    /// A new bank that has not waited for the market's delay.
    BankNotLive {
        /// No deposits and no loans before then.
        live_at: i64,
        /// Now.
        now: i64,
    },
    /// The bank is delisted.
    Delisted,
    /// A deposit while a deficit is open, without consent to it.
    DeficitNotAccepted {
        /// Atoms of deficit.
        deficit: u64,
    },
    /// The caller would receive fewer shares or atoms than asked for.
    BelowMinimum {
        /// What it would be now.
        got: u128,
        /// The caller's limit.
        min: u128,
    },
    /// No change of settings is queued.
    NoPendingUpdate,
    /// The queued change has not waited long enough.
    UpdateTooEarly {
        /// Earliest time.
        not_before: i64,
        /// Now.
        now: i64,
    },
    /// The queued change was not applied in time.
    UpdateLapsed {
        /// Last time.
        not_after: i64,
        /// Now.
        now: i64,
    },
    /// There is no usable price of the governance token.
    NoGovernancePrice,
}

/// Result of everything fallible here.
pub type Result<T> = core::result::Result<T, EngineError>;

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl core::error::Error for EngineError {}
