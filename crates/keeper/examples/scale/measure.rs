//! Loads a population, moves prices, and takes the time from each new price to
//! the actions that were decided on.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use backstop_client::program::state::Obligation;
use backstop_client::MarketView;
use backstop_engine::units::{Atoms, Bps, Value};
use backstop_keeper::decide::{decide, Own, Policy, Situation, Tasks};
use backstop_keeper::index::{BankState, Counts, Index};
use backstop_keeper::limits::{MintLimits, SpendLimits};
use bytemuck::Zeroable;

use crate::population::{address, set_price, Population, NOW, SLOT, VOLATILE};

/// Sizes of a fall, in millionths: 0.01 % to 20 %.
const FALLS: [u32; 10] = [
    100, 300, 1_000, 3_000, 5_000, 10_000, 30_000, 50_000, 100_000, 200_000,
];

/// Falls of each size; fewer of those that take long.
const MOST_ROUNDS: usize = 200;
const LEAST_ROUNDS: usize = 20;

/// What one size of fall may take altogether.
const PATIENCE: Duration = Duration::from_secs(15);

/// What falls of one size led to.
pub struct Falls {
    /// (millionths) The size.
    pub ppm: u32,
    /// How many were played.
    pub rounds: usize,
    /// Obligations looked at, the median.
    pub looks: usize,
    /// From the new price to the decision: median, 99th percentile, longest.
    pub p50: Duration,
    pub p99: Duration,
    pub longest: Duration,
    /// Obligations looked at in a second, deciding included.
    pub looks_per_sec: u64,
    /// Obligations that could be liquidated after a fall, the median.
    pub unhealthy: usize,
}

/// One population.
pub struct Run {
    pub people: usize,
    pub banks: usize,
    pub positions: usize,
    /// Time that the index took to load.
    pub loading: Duration,
    /// (KiB) Resident memory with everything loaded.
    pub resident_kib: u64,
    /// (KiB) The same before.
    pub before_kib: u64,
    pub counts: Counts,
    pub falls: Vec<Falls>,
    /// One minute of interest in every bank: time, and obligations looked at.
    pub minute: (Duration, usize),
}

struct Market {
    view: MarketView,
    index: Index,
    own: Own,
    policy: Policy,
}

/// Measures a population of `people` in `banks` banks.
pub fn measure(people: usize, banks: usize, seed: u64) -> Result<Run> {
    eprintln!("{people} obligations: loading");
    let before_kib = resident_kib()?;
    let (mut market, loading, positions) = load(people, banks, seed)?;
    let resident_kib = resident_kib()?;
    let counts = market.index.counts();
    let mut falls = Vec::with_capacity(FALLS.len());
    for ppm in FALLS {
        eprintln!("{people} obligations: falls of {} %", percent(ppm));
        falls.push(market.falls(ppm)?);
    }
    let minute = market.minute()?;
    Ok(Run {
        people,
        banks,
        positions,
        loading,
        resident_kib,
        before_kib,
        counts,
        falls,
        minute,
    })
}

fn load(people: usize, banks: usize, seed: u64) -> Result<(Market, Duration, usize)> {
    let mut population = Population::new(seed, banks);
    let mut index = Index::new();
    for bank in &population.view.banks {
        index.update_bank(bank.keys.bank, BankState::at(&bank.bank, SLOT, NOW))?;
    }
    let mut loading = Duration::ZERO;
    let mut positions = 0;
    for _ in 0..people {
        let (key, person) = population.draw();
        positions += person.positions().len();
        let started = Instant::now();
        index.update_obligation(key, &person)?;
        loading += started.elapsed();
    }
    let view = population.view;
    let mut own = Obligation::zeroed();
    own.market = view.keys.market;
    let wallet: BTreeMap<_, _> = view
        .banks
        .iter()
        .map(|bank| (bank.keys.mint, Atoms(1 << 60)))
        .collect();
    let market = Market {
        view,
        index,
        own: Own {
            obligation: address(8, 0),
            positions: Some(own),
            wallet,
        },
        policy: Policy {
            tasks: Tasks::all(),
            slippage: Bps(50),
            spend: SpendLimits {
                by_mint: BTreeMap::new(),
                otherwise: Some(MintLimits {
                    most_per_action: Atoms(u64::MAX),
                    reserve: Atoms(0),
                }),
                most_collateral: Value(u128::MAX),
            },
            most_actions: 32,
            refresh_after_secs: 3_600,
            least_fees: Value(0),
        },
    };
    Ok((market, loading, positions))
}

impl Market {
    /// One price update, as the keeper meets it: a new view, the index, and a
    /// decision on everything. Returns how long it took, and how many
    /// obligations were looked at.
    fn tell(&mut self, price: u128) -> Result<(Duration, usize)> {
        set_price(&mut self.view.banks[VOLATILE].bank, price);
        let started = Instant::now();
        let view = self.view.refreshed();
        let bank = &view.banks[VOLATILE];
        let state = BankState::at(&bank.bank, view.slot, view.now);
        let touched = self.index.update_bank(bank.keys.bank, state)?;
        let actions = decide(&Situation {
            stored: &self.view,
            view: &view,
            index: &self.index,
            own: &self.own,
            policy: &self.policy,
            busy: &BTreeSet::new(),
            round: 0,
        });
        let took = started.elapsed();
        std::hint::black_box(actions);
        Ok((took, touched.looks))
    }

    fn falls(&mut self, ppm: u32) -> Result<Falls> {
        let high = u128::from(self.view.banks[VOLATILE].bank.price.spot);
        let low = high * u128::from(1_000_000 - ppm) / 1_000_000;
        let started = Instant::now();
        let mut times = Vec::new();
        let mut looks = Vec::new();
        let mut unhealthy = Vec::new();
        let is_enough = |rounds: usize| {
            rounds >= MOST_ROUNDS || rounds >= LEAST_ROUNDS && started.elapsed() > PATIENCE
        };
        while !is_enough(times.len()) {
            let (took, looked) = self.tell(low)?;
            times.push(took);
            looks.push(looked);
            unhealthy.push(self.index.counts().unhealthy);
            self.tell(high)?;
        }
        let spent: Duration = times.iter().sum();
        let all: usize = looks.iter().sum();
        let per_sec = u128::try_from(all)? * 1_000_000_000 / spent.as_nanos().max(1);
        Ok(Falls {
            ppm,
            rounds: times.len(),
            looks: percentile(&mut looks, 50),
            p50: percentile(&mut times, 50),
            p99: percentile(&mut times, 99),
            longest: percentile(&mut times, 100),
            looks_per_sec: u64::try_from(per_sec)?,
            unhealthy: percentile(&mut unhealthy, 50),
        })
    }

    fn minute(&mut self) -> Result<(Duration, usize)> {
        self.view.now += 60;
        let started = Instant::now();
        let mut looks = 0;
        for bank in &self.view.banks {
            let state = BankState::at(&bank.bank, SLOT, self.view.now);
            looks += self.index.update_bank(bank.keys.bank, state)?.looks;
        }
        Ok((started.elapsed(), looks))
    }
}

/// The value below which `percent` of all values lie, the greatest for 100.
fn percentile<T: Ord + Copy + Default>(values: &mut [T], percent: usize) -> T {
    values.sort_unstable();
    let last = values.len().saturating_sub(1);
    values
        .get(last * percent / 100)
        .copied()
        .unwrap_or_default()
}

/// Millionths as a per cent with as many digits as it needs.
pub fn percent(ppm: u32) -> String {
    let (whole, rest) = (ppm / 10_000, ppm % 10_000);
    let digits = format!("{rest:04}");
    match digits.trim_end_matches('0') {
        "" => whole.to_string(),
        rest => format!("{whole}.{rest}"),
    }
}

fn resident_kib() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number
        .context("/proc/self/status has no VmRSS")?
        .parse()
        .context("VmRSS")
}
