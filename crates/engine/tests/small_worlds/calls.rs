//! What can be called, and what a call did.

use backstop_engine::socialise::SocialiseReason;
use backstop_engine::units::{Atoms, GovAtoms};
use backstop_engine::EngineError;

/// One instruction, or a step of the world around it.
///
/// `priced` says whether a usable price account of the governance token is
/// passed; it matters only where the market has a feed. Amounts are atoms,
/// tokens, or parts of a deposit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    WriteOff {
        bank: usize,
        user: usize,
        priced: bool,
    },
    Cover {
        bank: usize,
        priced: bool,
    },
    Buy {
        bank: usize,
        amount: u64,
    },
    Close {
        bank: usize,
    },
    Socialise {
        bank: usize,
    },
    RepayRecord {
        bank: usize,
        user: usize,
        atoms: u64,
    },
    Collect {
        bank: usize,
    },
    Fund {
        bank: usize,
        atoms: u64,
    },
    StartBuyBack {
        bank: usize,
    },
    Sell {
        bank: usize,
        amount: u64,
    },
    CloseBuyBack {
        bank: usize,
    },
    Deposit {
        bank: usize,
        user: usize,
        atoms: u64,
    },
    /// Redeems one `part`th of the deposit.
    Withdraw {
        bank: usize,
        user: usize,
        part: u128,
    },
    Borrow {
        bank: usize,
        user: usize,
        atoms: u64,
    },
    Repay {
        bank: usize,
        user: usize,
        atoms: u64,
    },
    Liquidate {
        debt_bank: usize,
        collateral_bank: usize,
        user: usize,
        liquidator: usize,
        atoms: u64,
    },
    /// Prices fall to their second value.
    Crash,
    Wait {
        secs: u32,
    },
}

/// More than there is of anything.
pub const ALL: u64 = u64::MAX;

/// What a call did, as its event says it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Effect {
    /// Minted into escrow.
    pub issued: GovAtoms,
    pub loss: Atoms,
    pub drawn: Atoms,
    /// The part of the deficit that left with a lender.
    pub borne: Atoms,
    pub bounty: Atoms,
    pub reason: Option<SocialiseReason>,
    pub bought: GovAtoms,
    pub paid: Atoms,
    /// Burned unsold.
    pub burned: GovAtoms,
}

/// Why a call was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// By a rule of the engine.
    Rule(EngineError),
    /// By a token program: there are not as many tokens.
    Tokens,
    /// By the world around the program.
    World(&'static str),
}

impl From<EngineError> for Refusal {
    fn from(error: EngineError) -> Self {
        Self::Rule(error)
    }
}

impl Refusal {
    /// Whether it says that something broke rather than that a rule forbids it:
    /// no call may ever end so in a world this small.
    pub fn is_breakage(&self) -> bool {
        matches!(
            self,
            Self::Rule(
                EngineError::Overflow
                    | EngineError::Underflow
                    | EngineError::DivisionByZero
                    | EngineError::TimeWentBack { .. }
                    | EngineError::BooksOutOfBalance { .. }
                    | EngineError::SplitOutOfBalance
            ) | Self::Tokens
        )
    }
}

pub type Result<T> = core::result::Result<T, Refusal>;

impl Call {
    /// The bank that it is about; none for what concerns the world.
    pub fn bank(self) -> Option<usize> {
        match self {
            Self::WriteOff { bank, .. }
            | Self::Cover { bank, .. }
            | Self::Buy { bank, .. }
            | Self::Close { bank }
            | Self::Socialise { bank }
            | Self::RepayRecord { bank, .. }
            | Self::Collect { bank }
            | Self::Fund { bank, .. }
            | Self::StartBuyBack { bank }
            | Self::Sell { bank, .. }
            | Self::CloseBuyBack { bank }
            | Self::Deposit { bank, .. }
            | Self::Withdraw { bank, .. }
            | Self::Borrow { bank, .. }
            | Self::Repay { bank, .. } => Some(bank),
            Self::Liquidate { .. } | Self::Crash | Self::Wait { .. } => None,
        }
    }
}

/// A transfer out of a vault or an escrow, which the token program refuses if
/// the tokens are not there.
pub fn take(from: &mut u64, amount: u64) -> Result<()> {
    *from = from.checked_sub(amount).ok_or(Refusal::Tokens)?;
    Ok(())
}
