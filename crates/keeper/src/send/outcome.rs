//! How a job ended, and what follows from it.

use solana_instruction::error::InstructionError;
use solana_transaction_error::TransactionError;

use super::lease::Rest;
use crate::decide::{verdict, Task, Verdict};

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It landed and went through.
    Landed,
    /// The program says that the work is done already.
    AlreadyDone,
    /// It would go through; nothing is sent in a dry run.
    Simulated,
    /// The accounts have changed since the decision.
    Stale,
    /// The program refuses for now.
    Refused,
    /// The program refuses for a reason that does not pass: look at the log.
    Wrong,
    /// It is not worth its fee.
    Unprofitable,
    /// The loss cap of the hour is used up.
    OverCap,
    /// A switch is off.
    Stopped,
    /// It landed, and failed: the fee is burnt.
    LandedFailed,
    /// It did not land in time and never will.
    Expired,
    /// It was given up; it may have landed.
    GivenUp,
    /// No endpoint answered.
    NoAnswer,
    /// No transaction can be built of it.
    Unbuildable,
    /// An answer broke something; it may have landed.
    Broken,
}

impl Outcome {
    /// Its name in metrics and logs.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Landed => "landed",
            Self::AlreadyDone => "already_done",
            Self::Simulated => "simulated",
            Self::Stale => "stale",
            Self::Refused => "refused",
            Self::Wrong => "wrong",
            Self::Unprofitable => "unprofitable",
            Self::OverCap => "over_cap",
            Self::Stopped => "stopped",
            Self::LandedFailed => "landed_failed",
            Self::Expired => "expired",
            Self::GivenUp => "given_up",
            Self::NoAnswer => "no_answer",
            Self::Unbuildable => "unbuildable",
            Self::Broken => "broken",
        }
    }

    /// How long the work rests.
    #[must_use]
    pub const fn rest(self) -> Rest {
        match self {
            Self::Landed | Self::AlreadyDone | Self::Simulated => Rest::Done,
            Self::Stale
            | Self::Refused
            | Self::Unprofitable
            | Self::OverCap
            | Self::LandedFailed
            | Self::Expired
            | Self::GivenUp
            | Self::NoAnswer
            | Self::Broken => Rest::Later,
            Self::Stopped => Rest::Untried,
            Self::Wrong | Self::Unbuildable => Rest::Hopeless,
        }
    }

    /// Whether an operator should know.
    #[must_use]
    pub const fn is_trouble(self) -> bool {
        matches!(
            self,
            Self::Wrong
                | Self::LandedFailed
                | Self::OverCap
                | Self::GivenUp
                | Self::Unbuildable
                | Self::Broken
        )
    }
}

/// What an error of the runtime means for a task.
pub(super) fn judge_error(task: Task, error: &TransactionError) -> Verdict {
    match error {
        TransactionError::InstructionError(_, InstructionError::Custom(code)) => {
            verdict(task, *code)
        }
        // The signature is on the chain already: this very transaction landed.
        TransactionError::AlreadyProcessed => Verdict::Done,
        TransactionError::BlockhashNotFound
        | TransactionError::AccountInUse
        | TransactionError::TooManyAccountLocks
        | TransactionError::ClusterMaintenance
        | TransactionError::InsufficientFundsForFee
        | TransactionError::AccountNotFound
        | TransactionError::WouldExceedMaxBlockCostLimit
        | TransactionError::WouldExceedMaxAccountCostLimit
        | TransactionError::WouldExceedAccountDataBlockLimit => Verdict::Retry,
        _ => Verdict::Fatal,
    }
}
