//! From what is known to what should be done: pure functions, one file a task.
//!
//! A decision is what the program would do. Every one rests on a quote of the
//! client, which calls the engine that the program calls, over a view in which
//! this slot's prices are stored already. Nothing here reads a clock, a file or
//! the network.
//!
//! | task | subject | does |
//! |---|---|---|
//! | [`refresh`] | banks | books interest that nobody has booked for long |
//! | [`liquidate`] | obligation | repays debt for collateral, and writes off what is left |
//! | [`write_off`] | obligation and bank | books the loss, for the bounty |
//! | [`cover`] | bank | covers a deficit, opens an auction |
//! | [`close_auction`] | bank | burns what an expired or settled auction left |
//! | [`socialise`] | bank | gives up, where nothing else can help |
//! | [`fees`] | bank | moves fees to where they belong |
//! | [`buy_back`] | bank | starts and closes buy-backs |
//!
//! Two keepers, or one before and after a restart, may decide the same. Nothing
//! is doubled by that: the program refuses the second, and [`verdict`] says
//! which refusals mean that the work is done. [`Key`] names the work, so that one
//! process does not send it twice at a time.

pub mod buy_back;
pub mod close_auction;
pub mod cover;
pub mod fees;
pub mod liquidate;
pub mod refresh;
pub mod socialise;
mod task;
mod verdict;
pub mod write_off;

use std::collections::{BTreeMap, BTreeSet};

use backstop_client::program::state::Obligation;
use backstop_client::MarketView;
use backstop_engine::units::{Atoms, Bps, Value};
use solana_pubkey::Pubkey;

pub use self::task::{Task, Tasks};
pub use self::verdict::{verdict, Verdict};

use crate::index::Index;
use crate::limits::SpendLimits;

/// What the keeper owns.
#[derive(Clone, Debug, Default)]
pub struct Own {
    /// Its obligation, which receives collateral.
    pub obligation: Pubkey,
    /// That account; `None` while it is not open.
    pub positions: Option<Obligation>,
    /// Tokens in its wallet, by mint.
    pub wallet: BTreeMap<Pubkey, Atoms>,
}

/// What the operator has settled.
#[derive(Clone, Debug)]
pub struct Policy {
    /// What may be done at all.
    pub tasks: Tasks,
    /// Least part of the quoted collateral that a liquidation must bring; the
    /// transaction fails below it.
    pub slippage: Bps,
    /// What may be spent, kept and held.
    pub spend: SpendLimits,
    /// Most actions of one task in one round; the most valuable come first.
    pub most_actions: usize,
    /// (secs) Interest of a bank older than this is booked; 0 for never.
    pub refresh_after_secs: u32,
    /// Fees worth less than this are not collected, and no deficit is covered by
    /// less at a time unless that ends it.
    pub least_fees: Value,
}

/// All that a decision rests on.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// The market as it is stored.
    pub stored: &'a MarketView,
    /// The same, [`MarketView::refreshed`].
    pub view: &'a MarketView,
    /// Its obligations; the banks in it are those of `view`.
    pub index: &'a Index,
    /// What the keeper owns.
    pub own: &'a Own,
    /// What the operator has settled.
    pub policy: &'a Policy,
    /// Work that is under way, or that waits before it is tried again.
    pub busy: &'a BTreeSet<Key>,
    /// Number of this round: what does not fit into one gets its turn in another.
    pub round: u64,
}

/// Names a piece of work: as long as one is under way, or done and not yet seen
/// in the accounts, it is not sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// What.
    pub task: Task,
    /// To whom: an obligation, or a bank.
    pub subject: Pubkey,
    /// In which bank, where the subject is an obligation and the bank matters.
    pub bank: Option<Pubkey>,
}

impl Key {
    /// Work on a bank.
    #[must_use]
    pub fn of_bank(task: Task, bank: Pubkey) -> Self {
        Self {
            task,
            subject: bank,
            bank: None,
        }
    }
}

/// What is to be built. `backstop_client::plan` has a function for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// `refresh_banks`, at most eight banks.
    Refresh {
        /// The banks.
        banks: Vec<Pubkey>,
    },
    /// `liquidate`, and the write-offs that may follow in the same transaction.
    Liquidate {
        /// Who is liquidated.
        obligation: Pubkey,
        /// Bank of the debt.
        debt_bank: Pubkey,
        /// Bank of the collateral.
        collateral_bank: Pubkey,
        /// Most to repay.
        max_repay: Atoms,
        /// Least shares to receive.
        min_shares: u128,
        /// Banks whose debt is written off next: nothing will back it.
        then_write_off: Vec<Pubkey>,
    },
    /// `write_off`, with the keeper's token account for the bounty.
    WriteOff {
        /// Who owes.
        obligation: Pubkey,
        /// Bank of the debt.
        bank: Pubkey,
    },
    /// `cover_deficit`.
    Cover {
        /// The bank.
        bank: Pubkey,
    },
    /// `close_auction`.
    CloseAuction {
        /// The bank.
        bank: Pubkey,
    },
    /// `socialise_deficit`.
    Socialise {
        /// The bank.
        bank: Pubkey,
    },
    /// `collect_fees`.
    CollectFees {
        /// The bank.
        bank: Pubkey,
    },
    /// `start_buy_back`.
    StartBuyBack {
        /// The bank.
        bank: Pubkey,
    },
    /// `close_buy_back`.
    CloseBuyBack {
        /// The bank.
        bank: Pubkey,
    },
}

/// Something worth doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// Names it.
    pub key: Key,
    /// What to build.
    pub step: Step,
    /// What it brings the keeper at spot, the slippage taken off; nothing where
    /// it is done for the market's sake.
    pub income: Value,
    /// What it takes out of the wallet at the most: mint and atoms.
    pub outlay: Option<(Pubkey, Atoms)>,
    /// What it adds to the collateral that the keeper holds.
    pub collateral: Value,
}

impl Action {
    /// An action for the market's sake.
    fn public(task: Task, bank: Pubkey, step: Step) -> Self {
        Self {
            key: Key::of_bank(task, bank),
            step,
            income: Value::ZERO,
            outlay: None,
            collateral: Value::ZERO,
        }
    }
}

/// Everything worth doing now, in the order of urgency: what makes losses
/// smaller, what books them, what pays for them, the rest.
#[must_use]
pub fn decide(situation: &Situation<'_>) -> Vec<Action> {
    let tasks = [
        liquidate::decide,
        write_off::decide,
        close_auction::decide,
        cover::decide,
        socialise::decide,
        buy_back::decide,
        fees::decide,
        refresh::decide,
    ];
    let all = tasks.iter().flat_map(|task| task(situation));
    all.filter(|action| situation.policy.tasks.contains(action.key.task))
        .filter(|action| !situation.busy.contains(&action.key))
        .collect()
}

/// Actions of one task on each bank of the market.
fn on_each_bank(
    situation: &Situation<'_>,
    decide: impl Fn(&Situation<'_>, Pubkey) -> Option<Action>,
) -> Vec<Action> {
    let banks = situation.view.banks.iter();
    banks
        .filter_map(|bank| decide(situation, bank.keys.bank))
        .take(situation.policy.most_actions)
        .collect()
}
