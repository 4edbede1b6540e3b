//! What a refusal of the program means for a piece of work.

use backstop_client::program::error::BackstopError as E;

use super::Task;

/// What to do after a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The work is done, by whomever: success.
    Done,
    /// The decision rests on old accounts: read them again and decide anew.
    Stale,
    /// Nothing is wrong with the decision, but not now: decide again later.
    Retry,
    /// The keeper builds something that the program can never take: an operator
    /// must look.
    Fatal,
}

/// Refusals that say that the work of `task` is done already.
fn done(task: Task) -> &'static [E] {
    match task {
        Task::Refresh => &[],
        // Somebody repaid, liquidated, or the price came back.
        Task::Liquidate => &[E::Healthy, E::NoDebt, E::NoPosition],
        // Without its debt the position is gone, or is a record.
        Task::WriteOff => &[E::NoDebt, E::NoPosition],
        Task::Cover | Task::OpenAuction => &[E::NoDeficit],
        Task::CloseAuction => &[E::NoAuction],
        Task::Socialise => &[E::NoDeficit],
        // `collect_fees` calls an empty purse a zero amount.
        Task::CollectFees => &[E::ZeroAmount],
        Task::StartBuyBack => &[E::AuctionLive, E::NoSurplus],
        Task::CloseBuyBack => &[E::NoAuction],
    }
}

/// Refusals after which the accounts must be read again.
fn stale(task: Task) -> &'static [E] {
    match task {
        Task::Refresh => &[],
        Task::Liquidate => &[
            E::BankMissing,
            E::InsufficientShares,
            E::NotInsolvent,
            E::DebtBelowMinimum,
            E::AmountTooSmall,
            E::BelowMinimum,
            E::TooManyPositions,
            E::BothSides,
            E::Delisted,
        ],
        // The owner deposited, borrowed or withdrew, or a bank was listed again.
        Task::WriteOff => &[
            E::CollateralLeft,
            E::BankMissing,
            E::RiskTooRecent,
            E::WriteOffDisabled,
        ],
        Task::Cover | Task::OpenAuction => &[],
        Task::CloseAuction => &[E::AuctionNotEnded],
        Task::Socialise => &[E::AuctionLive, E::InsuranceNotEmpty, E::SocialiseTooEarly],
        Task::CollectFees => &[E::DeficitOpen, E::WrongTokenOwner],
        Task::StartBuyBack => &[E::DeficitOpen, E::WoundDown],
        Task::CloseBuyBack => &[E::AuctionNotEnded],
    }
}

/// Refusals that pass by themselves, whatever the task: prices, pauses and
/// clocks.
const LATER: &[E] = &[
    E::PriceNotPositive,
    E::PriceExponent,
    E::PriceStale,
    E::PriceFromTheFuture,
    E::PriceWentBack,
    E::PriceUncertain,
    E::PriceDiverges,
    E::PriceNotRefreshed,
    E::NotFullyVerified,
    E::NoGovernancePrice,
    E::WriteOffPaused,
    E::IssuancePaused,
    E::BorrowPaused,
    E::TimeWentBack,
    E::InsufficientCash,
];

/// The token programs' and the system program's number for a purse that is too
/// small: the wallet is not what it was.
const INSUFFICIENT_FUNDS: u32 = 1;

/// What an error number means for `task`. Numbers below 6000 are the
/// framework's and the token programs': nothing of theirs passes by itself.
#[must_use]
pub fn verdict(task: Task, code: u32) -> Verdict {
    let holds = |errors: &[E]| errors.iter().any(|error| u32::from(*error) == code);
    if holds(done(task)) {
        Verdict::Done
    } else if holds(stale(task)) || code == INSUFFICIENT_FUNDS {
        Verdict::Stale
    } else if holds(LATER) {
        Verdict::Retry
    } else {
        Verdict::Fatal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_refusal_is_in_two_lists() {
        for task in Task::ALL {
            let all = [done(task), stale(task), LATER].concat();
            for (index, error) in all.iter().enumerate() {
                assert!(!all[..index].contains(error), "{task:?}: {error:?}");
            }
        }
    }

    #[test]
    fn what_is_done_already_is_success() {
        for (task, error) in [
            (Task::Liquidate, E::Healthy),
            (Task::WriteOff, E::NoDebt),
            (Task::Cover, E::NoDeficit),
            (Task::CloseAuction, E::NoAuction),
            (Task::Socialise, E::NoDeficit),
            (Task::CollectFees, E::ZeroAmount),
            (Task::StartBuyBack, E::AuctionLive),
            (Task::CloseBuyBack, E::NoAuction),
        ] {
            assert_eq!(verdict(task, error.into()), Verdict::Done, "{task:?}");
        }
    }

    #[test]
    fn a_mistake_of_the_keeper_is_never_taken_for_success() {
        for task in Task::ALL {
            for error in [
                E::WrongVault,
                E::WrongMarket,
                E::WrongVersion,
                E::NotTopLevel,
            ] {
                assert_eq!(verdict(task, error.into()), Verdict::Fatal);
            }
            assert_eq!(verdict(task, 1), Verdict::Stale);
            assert_eq!(verdict(task, 3), Verdict::Fatal);
            assert_eq!(verdict(task, 99_999), Verdict::Fatal);
        }
    }
}
