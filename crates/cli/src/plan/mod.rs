//! From what a file wants and what the chain holds to the steps between them.
//!
//! Everything here is pure. A plan is made by asking [`next`] for one step
//! after the other and imagining each one's effect; it is carried out by asking
//! the same question again after each real step. So a run that was interrupted
//! anywhere is resumed by running it again, and no file remembers how far it
//! got: the chain does.

mod changes;
mod rules;
mod settings;
mod state;

use backstop_client::program::state::{BankConfig, MarketConfig};
use solana_pubkey::Pubkey;

use crate::file::{Creation, Desired, DesiredBank};

pub use changes::{bank_changes, market_changes, Change};
pub use rules::{check, RuleBroken};
pub use settings::Effect;
pub use state::{BankState, MarketState, Observed, Queued};

use self::settings::Verdict;

/// One transaction on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The market, and its mint if it creates one.
    CreateMarket {
        /// Its settings.
        config: MarketConfig,
    },
    /// Other settings for the market.
    UpdateMarket {
        /// All of them.
        config: MarketConfig,
        /// When they take effect.
        effect: Effect,
    },
    /// A queued change of the market whose time has come.
    ApplyMarketUpdate,
    /// A queued change of the market that the file does not want.
    CancelMarketUpdate,
    /// A bank.
    CreateBank {
        /// Which of the file's.
        bank: Pubkey,
        /// Its first settings: without write-offs, as the program demands.
        config: Box<BankConfig>,
    },
    /// Other settings for a bank.
    UpdateBank {
        /// Which of the file's.
        bank: Pubkey,
        /// All of them.
        config: Box<BankConfig>,
        /// When they take effect.
        effect: Effect,
    },
    /// A queued change of a bank whose time has come.
    ApplyBankUpdate {
        /// Which of the file's.
        bank: Pubkey,
    },
    /// A queued change of a bank that the file does not want.
    CancelBankUpdate {
        /// Which of the file's.
        bank: Pubkey,
    },
}

impl Step {
    /// Whether two steps ask the chain for the same thing. When a queued change
    /// becomes applicable depends on the second in which it is sent.
    #[must_use]
    pub fn same_request(&self, other: &Self) -> bool {
        let forget_time = |step: &Self| {
            let mut step = step.clone();
            if let Self::UpdateMarket { effect, .. } | Self::UpdateBank { effect, .. } = &mut step {
                if let Effect::Queued { from } = effect {
                    *from = 0;
                }
            }
            step
        };
        forget_time(self) == forget_time(other)
    }

    /// Whether the admin has to sign it.
    #[must_use]
    pub fn needs_admin(&self) -> bool {
        !matches!(self, Self::ApplyMarketUpdate | Self::ApplyBankUpdate { .. })
    }
}

/// A change that is queued as the file wants it, and whose time has not come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The bank, or `None` for the market.
    pub bank: Option<Pubkey>,
    /// (unix secs) From when on it can be applied.
    pub from: i64,
}

/// The steps, each with the state before it, and what still waits after them.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What to do, in this order.
    pub steps: Vec<(Step, Observed)>,
    /// What waits when all of it is done.
    pub waiting: Vec<Waiting>,
    /// What the operator should know.
    pub notes: Vec<String>,
}

/// What comes next, if anything can be done now.
#[must_use]
pub fn next(desired: &Desired, state: &Observed) -> Option<Step> {
    let Some(market) = &state.market else {
        return Some(Step::CreateMarket {
            config: desired.config,
        });
    };
    match settings::market(&desired.config, market, state.now) {
        Verdict::Update(config, effect) => return Some(Step::UpdateMarket { config, effect }),
        Verdict::Apply => return Some(Step::ApplyMarketUpdate),
        Verdict::Cancel => return Some(Step::CancelMarketUpdate),
        Verdict::Done | Verdict::Wait(_) => {}
    }
    desired
        .banks
        .iter()
        .find_map(|bank| next_of_bank(bank, market, state))
}

fn next_of_bank(wanted: &DesiredBank, market: &MarketState, state: &Observed) -> Option<Step> {
    let bank = wanted.keys.bank;
    let Some(found) = state.banks.get(&bank) else {
        let config = BankConfig {
            write_off_mode: 0,
            delisted: 0,
            ..wanted.config
        };
        return Some(Step::CreateBank {
            bank,
            config: Box::new(config),
        });
    };
    match settings::bank(&wanted.config, found, market, state.now) {
        Verdict::Update(config, effect) => Some(Step::UpdateBank {
            bank,
            config: Box::new(config),
            effect,
        }),
        Verdict::Apply => Some(Step::ApplyBankUpdate { bank }),
        Verdict::Cancel => Some(Step::CancelBankUpdate { bank }),
        Verdict::Done | Verdict::Wait(_) => None,
    }
}

/// The whole way from `observed` to what `desired` asks for.
///
/// # Errors
/// A setting that the program would refuse.
pub fn plan(desired: &Desired, observed: &Observed) -> Result<Plan, RuleBroken> {
    check(desired, observed)?;
    let mut state = observed.clone();
    let mut steps = Vec::new();
    while let Some(step) = next(desired, &state) {
        let after = state.after(desired, &step);
        steps.push((step, state));
        state = after;
    }
    Ok(Plan {
        steps,
        waiting: waiting(desired, &state),
        notes: notes(desired, observed),
    })
}

fn waiting(desired: &Desired, state: &Observed) -> Vec<Waiting> {
    let Some(market) = &state.market else {
        return Vec::new();
    };
    let mut waiting = Vec::new();
    if let Verdict::Wait(from) = settings::market(&desired.config, market, state.now) {
        waiting.push(Waiting { bank: None, from });
    }
    for wanted in &desired.banks {
        let Some(bank) = state.banks.get(&wanted.keys.bank) else {
            continue;
        };
        if let Verdict::Wait(from) = settings::bank(&wanted.config, bank, market, state.now) {
            waiting.push(Waiting {
                bank: Some(wanted.keys.bank),
                from,
            });
        }
    }
    waiting
}

fn notes(desired: &Desired, observed: &Observed) -> Vec<String> {
    let mut notes = Vec::new();
    match &observed.market {
        None if desired.creation == Creation::Adopt => notes.push(format!(
            "the market takes the authority over the governance mint {} for good",
            desired.keys.mint
        )),
        Some(market) if market.admin != desired.admin => notes.push(format!(
            "the market's admin is {}, the file says {}: `backstop admin propose` and `accept` \
             change it, this command does not",
            market.admin, desired.admin
        )),
        _ => {}
    }
    let unknown = observed
        .banks
        .keys()
        .filter(|key| desired.banks.iter().all(|bank| bank.keys.bank != **key));
    for bank in unknown {
        notes.push(format!(
            "the bank {bank} is not in the file and is left alone"
        ));
    }
    if desired.config.config_delay_secs < 86_400 {
        notes.push(
            "config_delay_secs is less than a day: users have little time to leave before a change \
             that hurts them"
                .to_owned(),
        );
    }
    notes
}
