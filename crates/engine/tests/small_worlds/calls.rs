//! What can be called, and what a call did.

use backstop_engine::auction::Opening;
use backstop_engine::ledger::Ledger;
use backstop_engine::socialise::SocialiseReason;
use backstop_engine::units::{Atoms, GovAtoms, UnixTime};
use backstop_engine::EngineError;

use crate::world::{Rules, World};

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
    pub opening: Option<Opening>,
    pub drawn: Atoms,
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
    /// By a check of the handler; its error's name.
    Check(&'static str),
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
            ) | Self::Check("token program")
        )
    }
}

pub type Result<T> = core::result::Result<T, Refusal>;

/// `require!`.
pub fn require(holds: bool, error: &'static str) -> Result<()> {
    if holds {
        Ok(())
    } else {
        Err(Refusal::Check(error))
    }
}

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

impl World {
    /// The world after `call`, and what the call did.
    pub fn after(&self, rules: &Rules, call: Call) -> Result<(Self, Effect)> {
        let mut next = *self;
        let effect = next.apply(rules, call)?;
        Ok((next, effect))
    }

    fn apply(&mut self, rules: &Rules, call: Call) -> Result<Effect> {
        match call {
            Call::WriteOff { bank, user, priced } => self.write_off(rules, bank, user, priced),
            Call::Cover { bank, priced } => self.cover_deficit(rules, bank, priced),
            Call::Buy { bank, amount } => self.buy_governance(rules, bank, amount),
            Call::Close { bank } => self.close_auction(rules, bank),
            Call::Socialise { bank } => self.socialise_deficit(rules, bank),
            Call::RepayRecord { bank, user, atoms } => {
                self.repay_written_off(rules, bank, user, atoms)
            }
            Call::Collect { bank } => self.collect_fees(rules, bank),
            Call::Fund { bank, atoms } => self.fund_insurance(rules, bank, atoms),
            Call::StartBuyBack { bank } => self.start_buy_back(rules, bank),
            Call::Sell { bank, amount } => self.sell_governance(rules, bank, amount),
            Call::CloseBuyBack { bank } => self.close_buy_back(bank),
            Call::Deposit { bank, user, atoms } => self.deposit(rules, bank, user, atoms),
            Call::Withdraw { bank, user, part } => self.withdraw(rules, bank, user, part),
            Call::Borrow { bank, user, atoms } => self.borrow(rules, bank, user, atoms),
            Call::Repay { bank, user, atoms } => self.repay(rules, bank, user, atoms),
            Call::Liquidate {
                debt_bank,
                collateral_bank,
                user,
                liquidator,
                atoms,
            } => self.liquidate(
                rules,
                [debt_bank, collateral_bank],
                [user, liquidator],
                atoms,
            ),
            Call::Crash => {
                require(!self.crashed, "has crashed")?;
                self.crashed = true;
                Ok(Effect::default())
            }
            Call::Wait { secs } => {
                self.now = self.now.plus(u64::from(secs));
                Ok(Effect::default())
            }
        }
    }

    /// `Bank::accrued`.
    pub fn accrued(&self, rules: &Rules, bank: usize) -> Result<Ledger> {
        let of = &rules.banks[bank];
        Ok(self.banks[bank]
            .ledger
            .accrue(of.curve, of.fees, self.now)?)
    }

    /// `Bank::store`.
    pub fn store(&mut self, bank: usize, ledger: &Ledger) -> Result<()> {
        ledger.check_books()?;
        if ledger.deficit.is_zero() {
            self.banks[bank].failed_auctions = 0;
        }
        self.banks[bank].ledger = *ledger;
        Ok(())
    }

    /// `Bank::store_loss`.
    pub fn store_loss(&mut self, bank: usize, ledger: &Ledger) -> Result<()> {
        ledger.check_split()?;
        self.store(bank, ledger)
    }

    /// Whether `until` of a pause lies ahead: `PauseState::is_paused`.
    pub fn is_before(&self, until: UnixTime) -> bool {
        self.now < until
    }
}

/// A transfer out of a vault or an escrow, which the token program refuses if
/// the tokens are not there.
pub fn take(from: &mut u64, amount: u64) -> Result<()> {
    *from = from
        .checked_sub(amount)
        .ok_or(Refusal::Check("token program"))?;
    Ok(())
}
