//! What the attacker may do, and plans made of it: steps in time, each one
//! transaction of a few instructions.

use {
    crate::settings::DAY,
    rand::{seq::IndexedRandom, Rng},
    rand_chacha::ChaCha8Rng,
    std::fmt,
};

/// One kind of instruction, or of token transfer, that the attacker can sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    /// `deposit`
    Deposit,
    /// `withdraw`
    Withdraw,
    /// `borrow`
    Borrow,
    /// `repay`, of anybody's debt
    Repay,
    /// `liquidate`, anybody, his own wallets included
    Liquidate,
    /// `write_off`, anybody's debt, for the bounty
    WriteOff,
    /// `cover_deficit`
    Cover,
    /// `buy_governance`
    Buy,
    /// `close_auction`
    CloseAuction,
    /// `socialise_deficit`
    Socialise,
    /// `repay_written_off`, of anybody's record
    RepayRecord,
    /// `fund_insurance`
    Fund,
    /// `collect_fees`; the admin can have them paid to himself
    Collect,
    /// `start_buy_back`
    StartBuyBack,
    /// `sell_governance`
    Sell,
    /// `close_buy_back`
    CloseBuyBack,
    /// A transfer of tokens to one of the bank's vaults
    Donate,
    /// `pause`, by the admin
    Pause,
    /// `lift_pause`
    LiftPause,
    /// `update_bank`, one setting at one of its edges
    UpdateBank,
    /// `apply_bank_update`
    ApplyBank,
    /// `cancel_bank_update`
    CancelBank,
    /// `update_market`, one setting at one of its edges
    UpdateMarket,
    /// `apply_market_update`
    ApplyMarket,
    /// `cancel_market_update`
    CancelMarket,
}

impl Op {
    /// What needs no key but one's own.
    pub const ANYONE: [Self; 17] = [
        Self::Deposit,
        Self::Withdraw,
        Self::Borrow,
        Self::Repay,
        Self::Liquidate,
        Self::WriteOff,
        Self::Cover,
        Self::Buy,
        Self::CloseAuction,
        Self::Socialise,
        Self::RepayRecord,
        Self::Fund,
        Self::Collect,
        Self::StartBuyBack,
        Self::Sell,
        Self::CloseBuyBack,
        Self::Donate,
    ];
    /// How often it is drawn: what moves debts and collateral more often than gifts
    /// and chores.
    fn weight(self) -> usize {
        match self {
            Self::Deposit | Self::Borrow | Self::Liquidate | Self::WriteOff => 4,
            Self::Withdraw | Self::Repay | Self::Buy | Self::RepayRecord => 3,
            Self::Donate | Self::Fund | Self::Collect => 1,
            _ => 2,
        }
    }

    /// What a thief who has just done this tries next.
    pub fn sequels(self) -> &'static [Self] {
        match self {
            Self::Deposit => &[Self::Borrow, Self::Borrow, Self::Withdraw, Self::Liquidate],
            Self::Borrow => &[Self::Withdraw, Self::Repay, Self::Liquidate, Self::WriteOff],
            Self::Withdraw | Self::Repay => &[Self::Deposit, Self::Borrow, Self::WriteOff],
            Self::Liquidate => &[
                Self::WriteOff,
                Self::WriteOff,
                Self::Withdraw,
                Self::Liquidate,
            ],
            Self::WriteOff => &[
                Self::Buy,
                Self::Cover,
                Self::RepayRecord,
                Self::Liquidate,
                Self::Deposit,
                Self::Socialise,
            ],
            Self::Cover => &[Self::Buy, Self::Withdraw, Self::Socialise],
            Self::Buy => &[
                Self::Buy,
                Self::Withdraw,
                Self::StartBuyBack,
                Self::CloseAuction,
            ],
            Self::CloseAuction => &[Self::Cover, Self::Socialise],
            Self::Socialise => &[Self::Withdraw, Self::RepayRecord, Self::Deposit],
            Self::RepayRecord | Self::Fund | Self::Collect | Self::Donate => {
                &[Self::StartBuyBack, Self::Cover, Self::Withdraw]
            }
            Self::StartBuyBack => &[Self::Sell, Self::Sell, Self::WriteOff],
            Self::Sell | Self::CloseBuyBack => &[Self::StartBuyBack, Self::Borrow],
            Self::Pause | Self::LiftPause => &[Self::LiftPause, Self::Withdraw, Self::Buy],
            Self::UpdateBank | Self::ApplyBank | Self::CancelBank => &[
                Self::Liquidate,
                Self::Borrow,
                Self::WriteOff,
                Self::UpdateBank,
            ],
            Self::UpdateMarket | Self::ApplyMarket | Self::CancelMarket => {
                &[Self::Pause, Self::Buy, Self::Socialise, Self::UpdateMarket]
            }
        }
    }

    /// What the admin's key adds.
    pub const ADMIN: [Self; 8] = [
        Self::Pause,
        Self::LiftPause,
        Self::UpdateBank,
        Self::ApplyBank,
        Self::CancelBank,
        Self::UpdateMarket,
        Self::ApplyMarket,
        Self::CancelMarket,
    ];
}

/// How much, in terms of what there is: a wallet, a position, a lot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So many atoms or shares.
    Exactly(u64),
    /// A share of what there is (bps); above 10,000 it is more than that.
    Part(u32),
    /// All of it, by the largest number where the instruction takes one.
    All,
}

impl Amount {
    const EDGES: [Self; 9] = [
        Self::Exactly(0),
        Self::Exactly(1),
        Self::Exactly(2),
        Self::Part(1),
        Self::Part(5_000),
        Self::Part(9_999),
        Self::Part(10_000),
        Self::Part(10_001),
        Self::All,
    ];

    fn random(rng: &mut ChaCha8Rng) -> Self {
        match rng.random_range(0..3) {
            0 => Self::All,
            1 => Self::EDGES[rng.random_range(0..Self::EDGES.len())],
            _ => Self::Part(rng.random_range(1..10_000)),
        }
    }

    /// The number, where `whole` is what there is.
    pub fn of(self, whole: u128) -> u128 {
        match self {
            Self::Exactly(atoms) => u128::from(atoms),
            Self::Part(bps) => {
                (whole / 10_000) * u128::from(bps) + (whole % 10_000) * u128::from(bps) / 10_000
            }
            Self::All => whole,
        }
    }
}

/// One instruction to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gene {
    /// Which.
    pub op: Op,
    /// The attacker's wallet that signs.
    pub who: usize,
    /// Whose obligation is meant, among all of the market.
    pub whom: usize,
    /// The bank; of the debt, in a liquidation.
    pub bank: usize,
    /// The other bank: of the collateral, in a liquidation.
    pub other: usize,
    /// How much.
    pub amount: Amount,
    /// Which of several variants: a vault, a setting and its edge.
    pub knob: u32,
}

/// What happens before a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// Nothing: it lands in the slot of the one before.
    SameSlot,
    /// So many seconds, and at least one slot.
    Secs(u64),
}

impl Wait {
    /// Both, one after the other, but no more than a year.
    pub fn then(self, next: Self) -> Self {
        match (self, next) {
            (Self::Secs(first), Self::Secs(second)) => {
                Self::Secs((first + second).min(365 * u64::from(DAY)))
            }
            (Self::SameSlot, other) | (other, Self::SameSlot) => other,
        }
    }
}

/// One transaction and the time before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Time before it.
    pub wait: Wait,
    /// A spot price that the attacker pushes for this one step: which bank's,
    /// and by how much (bps). His average stays.
    pub push: Option<(usize, i32)>,
    /// Its instructions; none to let time pass.
    pub genes: Vec<Gene>,
}

impl Step {
    /// Whether it sends anything or lets time pass.
    pub fn does_something(&self) -> bool {
        !self.genes.is_empty() || self.wait != Wait::SameSlot
    }
}

/// A whole attack.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Its transactions.
    pub steps: Vec<Step>,
}

/// What plans in one setting are made of.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    /// Instructions.
    pub ops: Vec<Op>,
    /// Times between transactions.
    pub waits: Vec<Wait>,
    /// The attacker's wallets.
    pub wallets: usize,
    /// Obligations of everybody; the attacker's come first.
    pub obligations: usize,
    /// Banks.
    pub banks: usize,
    /// Furthest that he can push a spot price (bps); 0 for not at all.
    pub push_bps: i32,
    /// Most transactions of a plan.
    pub longest: usize,
}

/// Most instructions of a transaction.
pub const MOST_GENES: usize = 4;

impl Vocabulary {
    /// Some instruction.
    pub fn gene(&self, rng: &mut ChaCha8Rng) -> Gene {
        let bank = rng.random_range(0..self.banks);
        Gene {
            op: *self
                .ops
                .choose_weighted(rng, |op| op.weight())
                .expect("there is something to do"),
            who: rng.random_range(0..self.wallets),
            whom: rng.random_range(0..self.obligations),
            bank,
            other: (bank + rng.random_range(1..self.banks)) % self.banks,
            amount: Amount::random(rng),
            knob: rng.random(),
        }
    }

    /// Some wait.
    pub fn wait(&self, rng: &mut ChaCha8Rng) -> Wait {
        *self.waits.choose(rng).expect("time passes somehow")
    }

    /// Some push of a price, or none.
    pub fn push(&self, rng: &mut ChaCha8Rng) -> Option<(usize, i32)> {
        (self.push_bps > 0 && rng.random_bool(0.3)).then(|| {
            let bank = rng.random_range(0..self.banks);
            (bank, rng.random_range(-self.push_bps..=self.push_bps))
        })
    }

    /// Some transaction.
    pub fn step(&self, rng: &mut ChaCha8Rng) -> Step {
        let count = if rng.random_bool(0.7) {
            1
        } else {
            rng.random_range(2..=MOST_GENES)
        };
        Step {
            wait: self.wait(rng),
            push: self.push(rng),
            genes: (0..count).map(|_| self.gene(rng)).collect(),
        }
    }

    /// Some plan.
    pub fn plan(&self, rng: &mut ChaCha8Rng) -> Plan {
        let count = rng.random_range(1..=self.longest.min(6));
        Plan {
            steps: (0..count).map(|_| self.step(rng)).collect(),
        }
    }
}

impl fmt::Display for Gene {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?}(wallet {}, obligation {}, bank {}, other {}, {:?}, knob {})",
            self.op, self.who, self.whom, self.bank, self.other, self.amount, self.knob
        )
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.steps.iter().enumerate() {
            write!(f, "\n  {index}. {:?}", step.wait)?;
            if let Some((bank, bps)) = step.push {
                write!(f, ", bank {bank} pushed by {bps} bps")?;
            }
            for gene in &step.genes {
                write!(f, "\n       {gene}")?;
            }
        }
        Ok(())
    }
}
