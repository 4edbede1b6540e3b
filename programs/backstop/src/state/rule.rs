//! From a rule of the engine to an error code of the program.

use anchor_lang::prelude::*;
use backstop_engine::EngineError;

use crate::error::BackstopError;

/// Turns an engine's result into a program's result and logs the numbers.
pub trait Ruled<T> {
    /// The value, or the error code of the broken rule.
    ///
    /// # Errors
    /// The [`BackstopError`] that stands for the [`EngineError`].
    fn ruled(self) -> Result<T>;
}

impl<T> Ruled<T> for backstop_engine::Result<T> {
    #[inline]
    fn ruled(self) -> Result<T> {
        self.map_err(report)
    }
}

#[cold]
#[inline(never)]
fn report(rule: EngineError) -> Error {
    msg!("{}", rule);
    code(rule).into()
}

fn code(rule: EngineError) -> BackstopError {
    use BackstopError as B;
    use EngineError as E;
    match rule {
        E::Underflow => B::Underflow,
        E::DivisionByZero => B::DivisionByZero,
        E::ZeroAmount => B::ZeroAmount,
        E::TimeWentBack { .. } => B::TimeWentBack,
        E::AmountTooSmall => B::AmountTooSmall,
        E::WoundDown => B::WoundDown,
        E::DepositCapExceeded { .. } => B::DepositCapExceeded,
        E::BorrowCapExceeded { .. } => B::BorrowCapExceeded,
        E::UtilisationTooHigh { .. } => B::UtilisationTooHigh,
        E::InsufficientCash { .. } => B::InsufficientCash,
        E::InsufficientShares => B::InsufficientShares,
        E::NoDebt => B::NoDebt,
        E::DebtBelowMinimum { .. } => B::DebtBelowMinimum,
        E::BooksOutOfBalance { .. } => B::BooksOutOfBalance,
        E::SplitOutOfBalance => B::SplitOutOfBalance,
        E::PriceNotPositive { .. } => B::PriceNotPositive,
        E::PriceExponent { .. } => B::PriceExponent,
        E::PriceStale { .. } => B::PriceStale,
        E::PriceFromTheFuture { .. } => B::PriceFromTheFuture,
        E::PriceWentBack { .. } => B::PriceWentBack,
        E::PriceUncertain { .. } => B::PriceUncertain,
        E::PriceDiverges { .. } => B::PriceDiverges,
        E::Unhealthy { .. } => B::Unhealthy,
        E::Healthy { .. } => B::Healthy,
        E::NotInsolvent { .. } => B::NotInsolvent,
        E::NoDeficit => B::NoDeficit,
        E::DeficitOpen { .. } => B::DeficitOpen,
        E::NoAuction => B::NoAuction,
        E::AuctionLive => B::AuctionLive,
        E::AuctionNotOpen { .. } => B::AuctionNotOpen,
        E::AuctionEnded { .. } => B::AuctionEnded,
        E::AuctionNotEnded { .. } => B::AuctionNotEnded,
        E::PaymentAboveMax { .. } => B::PaymentAboveMax,
        E::ProceedsBelowMin { .. } => B::ProceedsBelowMin,
        E::InsuranceNotEmpty { .. } => B::InsuranceNotEmpty,
        E::SocialiseTooEarly { .. } => B::SocialiseTooEarly,
        E::NothingWrittenOff => B::NothingWrittenOff,
        E::NoSurplus { .. } => B::NoSurplus,
        E::Config(_) => B::InvalidConfig,
        // `EngineError` is open for additions; `Overflow` is what is left.
        _ => B::Overflow,
    }
}
