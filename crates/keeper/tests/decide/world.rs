//! A market of four banks, a keeper, and what it decides about them.

use std::collections::{BTreeMap, BTreeSet};

use backstop_client::program::state::{Bank, Obligation};
use backstop_client::MarketView;
use backstop_engine::ledger::Ledger;
use backstop_engine::units::{Atoms, Bps, UnixTime, Value};
use backstop_keeper::decide::{decide, Action, Key, Own, Policy, Situation, Tasks};
use backstop_keeper::index::{BankState, Index};
use backstop_keeper::limits::{MintLimits, SpendLimits};
use bytemuck::Zeroable;
use solana_pubkey::Pubkey;

use crate::population::{address, market, person, DOLLAR, NOW};

/// Decimals and cents: dollars, two volatile assets, dollars again.
const BANKS: [(u8, u64); 4] = [(6, 100), (9, 15_000), (8, 300_000), (6, 100)];
pub const USD: usize = 0;
pub const SOL: usize = 1;
pub const ETH: usize = 2;
pub const EUR: usize = 3;

pub struct World {
    pub view: MarketView,
    pub index: Index,
    pub own: Own,
    pub policy: Policy,
    pub busy: BTreeSet<Key>,
    pub round: u64,
    pub people: u64,
}

impl World {
    pub fn new() -> Self {
        let mut view = market(BANKS.to_vec());
        for bank in &mut view.banks {
            bank.bank.config.socialise_delay_secs = 1_000;
            bank.bank.config.socialise_deadline_secs = 5_000;
        }
        let mut own = Obligation::zeroed();
        own.market = view.keys.market;
        let mints = view.banks.iter().map(|bank| bank.keys.mint);
        let mut world = Self {
            own: Own {
                obligation: address(8, 0),
                positions: Some(own),
                wallet: mints.map(|mint| (mint, Atoms(1 << 60))).collect(),
            },
            policy: Policy {
                tasks: Tasks::all(),
                slippage: Bps(100),
                spend: SpendLimits {
                    by_mint: BTreeMap::new(),
                    otherwise: Some(MintLimits {
                        most_per_action: Atoms(u64::MAX),
                        reserve: Atoms(0),
                    }),
                    most_collateral: Value(u128::MAX),
                },
                most_actions: 100,
                refresh_after_secs: 0,
                least_fees: Value(DOLLAR),
            },
            index: Index::new(),
            view,
            busy: BTreeSet::new(),
            round: 0,
            people: 0,
        };
        world.tell();
        world
    }

    pub fn bank(&mut self, bank: usize) -> &mut Bank {
        &mut self.view.banks[bank].bank
    }

    pub fn key(&self, bank: usize) -> Pubkey {
        self.view.banks[bank].keys.bank
    }

    pub fn mint(&self, bank: usize) -> Pubkey {
        self.view.banks[bank].keys.mint
    }

    /// Tells the index what every bank is now.
    pub fn tell(&mut self) {
        let view = self.view.refreshed();
        for bank in &view.banks {
            let state = BankState::at(&bank.bank, view.slot, view.now);
            self.index.update_bank(bank.keys.bank, state).unwrap();
        }
    }

    pub fn open(&mut self, banks: &[usize], debts: usize, dollars: u64, health: u32) -> Pubkey {
        let value = Value(u128::from(dollars) * DOLLAR);
        let opened = person(&self.view, banks, debts, value, health);
        self.put(opened)
    }

    pub fn put(&mut self, obligation: Obligation) -> Pubkey {
        self.people += 1;
        let key = address(7, self.people);
        self.index.update_obligation(key, &obligation).unwrap();
        key
    }

    /// Owes `dollars` in each of `banks` and has nothing.
    pub fn put_bare(&mut self, banks: &[usize], dollars: u64) -> Pubkey {
        let all = [banks, &[ETH]].concat();
        let mut order = all.clone();
        order.rotate_right(1);
        let value = Value(u128::from(dollars) * DOLLAR * 10 / 8);
        let mut bare = person(&self.view, &order, banks.len(), value, 10_000);
        let eth = self.key(ETH);
        bare.position_mut(&eth).unwrap().deposit_shares = 0u128.into();
        bare.prune(&eth);
        self.put(bare)
    }

    pub fn decide(&self) -> Vec<Action> {
        let view = self.view.refreshed();
        decide(&Situation {
            stored: &self.view,
            view: &view,
            index: &self.index,
            own: &self.own,
            policy: &self.policy,
            busy: &self.busy,
            round: self.round,
        })
    }

    pub fn only(&self) -> Action {
        let mut actions = self.decide();
        assert_eq!(actions.len(), 1, "{actions:#?}");
        actions.remove(0)
    }

    pub fn change_ledger(&mut self, bank: usize, change: impl Fn(&mut Ledger)) {
        let mut ledger = self.bank(bank).ledger.get();
        change(&mut ledger);
        self.bank(bank).ledger = (&ledger).into();
        self.tell();
    }

    /// Loses `atoms` to nobody yet.
    pub fn lose(&mut self, bank: usize, atoms: u64) {
        self.change_ledger(bank, |ledger| {
            ledger.cash.0 -= atoms;
            ledger.deficit.0 += atoms;
            ledger.totals.lost += u128::from(atoms);
            ledger.deficit_since = UnixTime(NOW);
        });
    }

    pub fn sell_at_fixed_prices(&mut self, bank: usize) {
        let config = &mut self.bank(bank).config;
        config.fixed_floor_rate = (1u128 << 64).into();
        config.fixed_start_rate = (1u128 << 65).into();
        let market = &mut self.view.market;
        market.supply = 1 << 50;
        market.config.lifetime_issuance_cap = 1 << 49;
        market.config.issuance_window_bps = 5_000;
        market.config.issuance_window_secs = 1_000;
        market.config.issuance_auction_bps = 5_000;
        market.config.auction_duration_secs = 100;
        market.config.max_failed_auctions = 3;
    }
}
