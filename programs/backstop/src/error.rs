//! One error per broken rule. Codes are append-only: clients compare numbers.

use anchor_lang::prelude::*;
use backstop_engine::EngineError;

/// Why an instruction was refused. The numbers that broke the rule stand in
/// the transaction log, on the line before the error.
#[error_code]
#[derive(PartialEq, Eq)]
pub enum BackstopError {
    /// 6000
    #[msg("A result does not fit its type: the amounts are out of range")]
    Overflow,
    /// 6001
    #[msg("A ledger would be overdrawn")]
    Underflow,
    /// 6002
    #[msg("Division by zero: a rate or price is zero")]
    DivisionByZero,
    /// 6003
    #[msg("The amount is zero, or there is nothing to do")]
    ZeroAmount,
    /// 6004
    #[msg("The clock lies before the last time that the ledger saw")]
    TimeWentBack,
    /// 6005
    #[msg("The amount is too small to be worth anything after rounding")]
    AmountTooSmall,
    /// 6006
    #[msg("The bank is wound down: it takes no deposits and lends nothing")]
    WoundDown,
    /// 6007
    #[msg("The deposit would exceed the bank's deposit cap")]
    DepositCapExceeded,
    /// 6008
    #[msg("The loan would exceed the bank's borrow cap")]
    BorrowCapExceeded,
    /// 6009
    #[msg("The loan would push utilisation above the bank's cap")]
    UtilisationTooHigh,
    /// 6010
    #[msg("The liquidity vault holds too little cash for this")]
    InsufficientCash,
    /// 6011
    #[msg("The position has fewer shares than that")]
    InsufficientShares,
    /// 6012
    #[msg("The position has no debt in this bank")]
    NoDebt,
    /// 6013
    #[msg("The debt left would be below the bank's minimum: repay all of it, or less")]
    DebtBelowMinimum,
    /// 6014
    #[msg("BOOKS violated: the bank's counters do not balance")]
    BooksOutOfBalance,
    /// 6015
    #[msg("SPLIT violated: the history of losses does not add up")]
    SplitOutOfBalance,
    /// 6016
    #[msg("The oracle price is zero or negative")]
    PriceNotPositive,
    /// 6017
    #[msg("The oracle exponent is outside -18..=0")]
    PriceExponent,
    /// 6018
    #[msg("The oracle price is older than the bank allows")]
    PriceStale,
    /// 6019
    #[msg("The oracle price was published in the future")]
    PriceFromTheFuture,
    /// 6020
    #[msg("A later oracle price has been seen already")]
    PriceWentBack,
    /// 6021
    #[msg("The oracle's confidence interval is wider than the bank allows")]
    PriceUncertain,
    /// 6022
    #[msg("Spot and average price are further apart than the bank allows")]
    PriceDiverges,
    /// 6023
    #[msg("Weighted collateral would not cover weighted debt")]
    Unhealthy,
    /// 6024
    #[msg("The obligation is healthy: nothing to liquidate")]
    Healthy,
    /// 6025
    #[msg("The obligation is not insolvent at the kindest prices, and this would make it so: repay less")]
    NotInsolvent,
    /// 6026
    #[msg("The bank has no open deficit")]
    NoDeficit,
    /// 6027
    #[msg("The bank has an open deficit")]
    DeficitOpen,
    /// 6028
    #[msg("No auction or buy-back is live in this bank")]
    NoAuction,
    /// 6029
    #[msg("An auction or buy-back is live in this bank: close it first")]
    AuctionLive,
    /// 6030
    #[msg("The auction has not opened yet")]
    AuctionNotOpen,
    /// 6031
    #[msg("The auction has ended")]
    AuctionEnded,
    /// 6032
    #[msg("The auction has not ended")]
    AuctionNotEnded,
    /// 6033
    #[msg("The payment would exceed max_pay")]
    PaymentAboveMax,
    /// 6034
    #[msg("The proceeds would be below the caller's minimum")]
    ProceedsBelowMin,
    /// 6035
    #[msg("The insurance vault is not empty and pays first: call cover_deficit")]
    InsuranceNotEmpty,
    /// 6036
    #[msg("The deficit has not been open long enough to be socialised")]
    SocialiseTooEarly,
    /// 6037
    #[msg("The position has no record of written-off debt in this bank")]
    NothingWrittenOff,
    /// 6038
    #[msg("The insurance vault is not above its target")]
    NoSurplus,
    /// 6039
    #[msg("The configuration contradicts itself; the log names the rule")]
    InvalidConfig,
    /// 6040
    #[msg("The account has another layout version: migrate it first")]
    WrongVersion,
    /// 6041
    #[msg("The account belongs to another market")]
    WrongMarket,
    /// 6042
    #[msg("This is not the bank's vault")]
    WrongVault,
    /// 6043
    #[msg("This is not the mint that the bank or market names")]
    WrongMint,
    /// 6044
    #[msg("This is not the token program that the bank or market names")]
    WrongTokenProgram,
    /// 6045
    #[msg("Only the owner of the obligation may do this")]
    NotOwner,
    /// 6046
    #[msg("Only the admin of the market may do this")]
    NotAdmin,
    /// 6047
    #[msg("Only the guardian or the admin of the market may do this")]
    NotGuardian,
    /// 6048
    #[msg("Two accounts that must differ are the same")]
    SameAccount,
    /// 6049
    #[msg("The bank of one of the obligation's active positions is not among the accounts that follow")]
    BankMissing,
    /// 6050
    #[msg("The bank's price is not of this slot: call refresh_banks in the same transaction")]
    PriceNotRefreshed,
    /// 6051
    #[msg("The obligation has no position in this bank")]
    NoPosition,
    /// 6052
    #[msg("The obligation has all the positions it can have")]
    TooManyPositions,
    /// 6053
    #[msg("One bank cannot be on both sides of an obligation")]
    BothSides,
    /// 6054
    #[msg("The obligation still has a deposit, a debt or a record")]
    ObligationNotEmpty,
    /// 6055
    #[msg("The obligation has written-off debt: repay the record first")]
    RecordOpen,
    /// 6056
    #[msg("The obligation still has collateral: liquidate it first")]
    CollateralLeft,
    /// 6057
    #[msg("The owner borrowed or withdrew too recently for a write-off")]
    RiskTooRecent,
    /// 6058
    #[msg("Debts of this bank are not written off: its mode is Disabled")]
    WriteOffDisabled,
    /// 6059
    #[msg("This instruction must be called at top level, not by another program")]
    NotTopLevel,
    /// 6060
    #[msg("Borrowing is paused")]
    BorrowPaused,
    /// 6061
    #[msg("Write-offs are paused")]
    WriteOffPaused,
    /// 6062
    #[msg("Issuance is paused")]
    IssuancePaused,
    /// 6063
    #[msg("The pause is too long, or follows the last one too soon")]
    PauseNotAllowed,
    /// 6064
    #[msg("The bank is not live yet: a new bank waits for the market's delay")]
    BankNotLive,
    /// 6065
    #[msg("The bank is delisted")]
    Delisted,
    /// 6066
    #[msg("A deficit is open: set accept_deficit to deposit all the same")]
    DeficitNotAccepted,
    /// 6067
    #[msg("The result would be below the caller's minimum")]
    BelowMinimum,
    /// 6068
    #[msg("No change is queued")]
    NoPendingUpdate,
    /// 6069
    #[msg("The queued change has not waited long enough")]
    UpdateTooEarly,
    /// 6070
    #[msg("The queued change has lapsed: queue it again")]
    UpdateLapsed,
    /// 6071
    #[msg("Nobody has been proposed as admin, or somebody else")]
    NotPendingAdmin,
    /// 6072
    #[msg("The mint has an extension that is not on the allow list; the log names it")]
    ExtensionNotAllowed,
    /// 6073
    #[msg("The mint account cannot be read")]
    InvalidMint,
    /// 6074
    #[msg("The mint has more than 18 decimals")]
    TooManyDecimals,
    /// 6075
    #[msg("The governance mint has a freeze authority")]
    FreezeAuthoritySet,
    /// 6076
    #[msg("The signer is not the mint authority of the governance mint")]
    NotMintAuthority,
    /// 6077
    #[msg("The governance mint can never be a bank")]
    GovernanceMintAsBank,
    /// 6078
    #[msg("The oracle account is not owned by the configured receiver program")]
    WrongOracleOwner,
    /// 6079
    #[msg("The oracle account is not a Pyth price update")]
    InvalidOracle,
    /// 6080
    #[msg("The oracle account carries another feed")]
    WrongFeed,
    /// 6081
    #[msg("The price update is not fully verified")]
    NotFullyVerified,
    /// 6082
    #[msg("Accounts must come in pairs of bank and oracle, one to eight of them")]
    WrongPairs,
    /// 6083
    #[msg("There is no usable governance price")]
    NoGovernancePrice,
    /// 6084
    #[msg("The token account belongs to somebody else")]
    WrongTokenOwner,
    /// 6085
    #[msg("The token account cannot be read")]
    InvalidTokenAccount,
}

/// One code for each rule: a rule without a code does not compile.
impl From<EngineError> for BackstopError {
    fn from(rule: EngineError) -> Self {
        use EngineError as E;
        match rule {
            E::Overflow => Self::Overflow,
            E::Underflow => Self::Underflow,
            E::DivisionByZero => Self::DivisionByZero,
            E::ZeroAmount => Self::ZeroAmount,
            E::TimeWentBack { .. } => Self::TimeWentBack,
            E::AmountTooSmall => Self::AmountTooSmall,
            E::WoundDown => Self::WoundDown,
            E::DepositCapExceeded { .. } => Self::DepositCapExceeded,
            E::BorrowCapExceeded { .. } => Self::BorrowCapExceeded,
            E::UtilisationTooHigh { .. } => Self::UtilisationTooHigh,
            E::InsufficientCash { .. } => Self::InsufficientCash,
            E::InsufficientShares => Self::InsufficientShares,
            E::NoDebt => Self::NoDebt,
            E::DebtBelowMinimum { .. } => Self::DebtBelowMinimum,
            E::BooksOutOfBalance { .. } => Self::BooksOutOfBalance,
            E::SplitOutOfBalance => Self::SplitOutOfBalance,
            E::PriceNotPositive { .. } => Self::PriceNotPositive,
            E::PriceExponent { .. } => Self::PriceExponent,
            E::PriceStale { .. } => Self::PriceStale,
            E::PriceFromTheFuture { .. } => Self::PriceFromTheFuture,
            E::PriceWentBack { .. } => Self::PriceWentBack,
            E::PriceUncertain { .. } => Self::PriceUncertain,
            E::PriceDiverges { .. } => Self::PriceDiverges,
            E::Unhealthy { .. } => Self::Unhealthy,
            E::Healthy { .. } => Self::Healthy,
            E::NotInsolvent { .. } => Self::NotInsolvent,
            E::NoDeficit => Self::NoDeficit,
            E::DeficitOpen { .. } => Self::DeficitOpen,
            E::NoAuction => Self::NoAuction,
            E::AuctionLive => Self::AuctionLive,
            E::AuctionNotOpen { .. } => Self::AuctionNotOpen,
            E::AuctionEnded { .. } => Self::AuctionEnded,
            E::AuctionNotEnded { .. } => Self::AuctionNotEnded,
            E::PaymentAboveMax { .. } => Self::PaymentAboveMax,
            E::ProceedsBelowMin { .. } => Self::ProceedsBelowMin,
            E::InsuranceNotEmpty { .. } => Self::InsuranceNotEmpty,
            E::SocialiseTooEarly { .. } => Self::SocialiseTooEarly,
            E::NothingWrittenOff => Self::NothingWrittenOff,
            E::NoSurplus { .. } => Self::NoSurplus,
            E::WrongVersion { .. } => Self::WrongVersion,
            E::PriceNotRefreshed { .. } => Self::PriceNotRefreshed,
            E::NoPosition => Self::NoPosition,
            E::TooManyPositions => Self::TooManyPositions,
            E::BothSides => Self::BothSides,
            E::ObligationNotEmpty { .. } => Self::ObligationNotEmpty,
            E::RecordOpen => Self::RecordOpen,
            E::CollateralLeft { .. } => Self::CollateralLeft,
            E::RiskTooRecent { .. } => Self::RiskTooRecent,
            E::WriteOffDisabled => Self::WriteOffDisabled,
            E::BorrowPaused { .. } => Self::BorrowPaused,
            E::WriteOffPaused { .. } => Self::WriteOffPaused,
            E::IssuancePaused { .. } => Self::IssuancePaused,
            E::PauseNotAllowed { .. } => Self::PauseNotAllowed,
            E::BankNotLive { .. } => Self::BankNotLive,
            E::Delisted => Self::Delisted,
            E::DeficitNotAccepted { .. } => Self::DeficitNotAccepted,
            E::BelowMinimum { .. } => Self::BelowMinimum,
            E::NoPendingUpdate => Self::NoPendingUpdate,
            E::UpdateTooEarly { .. } => Self::UpdateTooEarly,
            E::UpdateLapsed { .. } => Self::UpdateLapsed,
            E::NoGovernancePrice => Self::NoGovernancePrice,
            E::BankMissing { .. } => Self::BankMissing,
            E::Config(_) => Self::InvalidConfig,
        }
    }
}
