//! What the attacker may do, and plans made of it: steps in time, each one
//! transaction of a few instructions.

use {
    super::ops::Op,
    crate::settings::DAY,
    rand::{seq::IndexedRandom, Rng},
    rand_chacha::ChaCha8Rng,
    std::fmt,
};

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
pub struct Action {
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
    pub actions: Vec<Action>,
}

impl Step {
    /// Whether it sends anything or lets time pass.
    pub fn does_something(&self) -> bool {
        !self.actions.is_empty() || self.wait != Wait::SameSlot
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
pub const MOST_ACTIONS: usize = 4;

impl Vocabulary {
    /// Some instruction.
    pub fn action(&self, rng: &mut ChaCha8Rng) -> Action {
        let bank = rng.random_range(0..self.banks);
        Action {
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
            rng.random_range(2..=MOST_ACTIONS)
        };
        Step {
            wait: self.wait(rng),
            push: self.push(rng),
            actions: (0..count).map(|_| self.action(rng)).collect(),
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

impl fmt::Display for Action {
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
            for action in &step.actions {
                write!(f, "\n       {action}")?;
            }
        }
        Ok(())
    }
}
