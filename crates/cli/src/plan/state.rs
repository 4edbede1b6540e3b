//! What the chain holds, as far as planning cares, and what a step makes of it.

use std::collections::BTreeMap;

use backstop_client::program::state::{Bank, BankConfig, Market, MarketConfig};
use solana_pubkey::Pubkey;

use super::{Effect, Step};
use crate::file::{Creation, Desired};

/// A queued change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queued<T> {
    /// The settings it brings.
    pub config: T,
    /// (unix secs) From when on it can be applied.
    pub from: i64,
}

/// A market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarketState {
    /// Who may change it.
    pub admin: Pubkey,
    /// Settings in force.
    pub config: MarketConfig,
    /// A queued change.
    pub queued: Option<Queued<MarketConfig>>,
    /// Obligations ever opened.
    pub obligations: u64,
    /// (governance atoms)
    pub supply: u64,
    /// (governance atoms) Issued and not burned unsold.
    pub outstanding: u64,
}

/// A bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BankState {
    /// Settings in force.
    pub config: BankConfig,
    /// A queued change.
    pub queued: Option<Queued<BankConfig>>,
}

/// What the chain holds at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// (unix secs) The chain's clock.
    pub now: i64,
    /// The market, if it is there.
    pub market: Option<MarketState>,
    /// Its banks by address.
    pub banks: BTreeMap<Pubkey, BankState>,
    /// (governance atoms) Supply of the mint that a new market would adopt.
    pub adopted_supply: u64,
}

fn queued<T>(config: T, from: i64) -> Option<Queued<T>> {
    (from != 0).then_some(Queued { config, from })
}

impl From<&Market> for MarketState {
    fn from(market: &Market) -> Self {
        Self {
            admin: market.admin,
            config: market.config,
            queued: queued(market.pending_config, market.pending_config_at),
            obligations: market.obligations,
            supply: market.supply,
            outstanding: market.outstanding,
        }
    }
}

impl From<&Bank> for BankState {
    fn from(bank: &Bank) -> Self {
        Self {
            config: bank.config,
            queued: queued(bank.pending_config, bank.pending_config_at),
        }
    }
}

impl MarketState {
    /// (secs) How long a risk-raising change waits: not at all while nobody has
    /// ever opened an obligation.
    #[must_use]
    pub fn delay(&self) -> i64 {
        if self.obligations == 0 {
            0
        } else {
            i64::from(self.config.config_delay_secs)
        }
    }
}

impl Observed {
    /// Whether nobody has ever opened an obligation, so that no change waits.
    #[must_use]
    pub fn is_empty_market(&self) -> bool {
        self.market.is_some_and(|market| market.obligations == 0)
    }

    /// Whether both hold the same settings, in force and queued. When a queued
    /// change becomes applicable depends on the second in which it was sent.
    #[must_use]
    pub fn same_settings(&self, other: &Self) -> bool {
        let forget_time = |state: &Self| {
            let mut state = state.clone();
            state.now = 0;
            state.adopted_supply = 0;
            if let Some(queued) = state
                .market
                .as_mut()
                .and_then(|market| market.queued.as_mut())
            {
                queued.from = 0;
            }
            for queued in state
                .banks
                .values_mut()
                .filter_map(|bank| bank.queued.as_mut())
            {
                queued.from = 0;
            }
            state
        };
        forget_time(self) == forget_time(other)
    }

    /// The state after a step that succeeded in the same second.
    #[must_use]
    pub fn after(&self, desired: &Desired, step: &Step) -> Self {
        let mut next = self.clone();
        match step {
            Step::CreateMarket { config } => {
                let supply = match desired.creation {
                    Creation::Adopt => self.adopted_supply,
                    Creation::WithMint { initial_supply, .. } => initial_supply,
                };
                next.market = Some(MarketState {
                    admin: desired.admin,
                    config: *config,
                    queued: None,
                    obligations: 0,
                    supply,
                    outstanding: 0,
                });
            }
            Step::CreateBank { bank, config } => {
                let state = BankState {
                    config: **config,
                    queued: None,
                };
                next.banks.insert(*bank, state);
            }
            Step::UpdateMarket { config, effect } => {
                if let Some(market) = &mut next.market {
                    store(&mut market.config, &mut market.queued, *config, *effect);
                }
            }
            Step::UpdateBank {
                bank,
                config,
                effect,
            } => {
                if let Some(bank) = next.banks.get_mut(bank) {
                    store(&mut bank.config, &mut bank.queued, **config, *effect);
                }
            }
            Step::ApplyMarketUpdate => {
                if let Some(market) = &mut next.market {
                    apply(&mut market.config, &mut market.queued);
                }
            }
            Step::ApplyBankUpdate { bank } => {
                if let Some(bank) = next.banks.get_mut(bank) {
                    apply(&mut bank.config, &mut bank.queued);
                }
            }
            Step::CancelMarketUpdate => {
                if let Some(market) = &mut next.market {
                    market.queued = None;
                }
            }
            Step::CancelBankUpdate { bank } => {
                if let Some(bank) = next.banks.get_mut(bank) {
                    bank.queued = None;
                }
            }
        }
        next
    }
}

fn store<T>(current: &mut T, waiting: &mut Option<Queued<T>>, config: T, effect: Effect) {
    match effect {
        Effect::AtOnce => {
            *current = config;
            *waiting = None;
        }
        Effect::Queued { from } => *waiting = Some(Queued { config, from }),
    }
}

fn apply<T: Copy>(current: &mut T, waiting: &mut Option<Queued<T>>) {
    if let Some(queued) = waiting.take() {
        *current = queued.config;
    }
}
