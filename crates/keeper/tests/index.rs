//! The index against a full evaluation: every obligation, every time, by the
//! client's quote of health, which adds up as the program does.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use backstop_client::program::state::Obligation;
use backstop_client::quote;
use backstop_client::{BankView, MarketView};
use backstop_engine::health::Check;
use backstop_engine::ledger::Ledger;
use backstop_engine::units::{Shares, UnixTime, Value};
use backstop_keeper::index::{BankState, Index, IndexError, Status};
use proptest::prelude::*;
use solana_pubkey::Pubkey;

#[path = "../examples/scale/population.rs"]
#[allow(dead_code)]
mod population;

use population::{address, market, person, set_price, Population, DOLLAR, NOW, SLOT, VOLATILE};

/// Decimals and cents of the banks; one of whole tokens that are worth a
/// fortune, two of atoms that are worth next to nothing.
const BANKS: [(u8, u64); 6] = [
    (6, 100),
    (9, 15_000),
    (0, 50_000_000),
    (18, 1),
    (8, 9_500_000),
    (18, 300),
];

fn dollars(count: u64) -> Value {
    Value(u128::from(count) * DOLLAR)
}

struct World {
    view: MarketView,
    obligations: BTreeMap<Pubkey, Obligation>,
    index: Index,
    next: u64,
}

#[derive(Clone, Debug)]
enum Event {
    Open {
        banks: Vec<usize>,
        debts: usize,
        value: u128,
        health: u32,
    },
    Change {
        which: usize,
        deposit_bps: u32,
        debt_bps: u32,
    },
    Close(usize),
    Price {
        bank: usize,
        ppm: u64,
    },
    LosePrice(usize),
    Wait(u32),
    Lose {
        bank: usize,
        bps: u64,
    },
    Gain {
        bank: usize,
        bps: u64,
    },
    Weights {
        bank: usize,
        threshold: u32,
        liability: u32,
    },
    List {
        bank: usize,
        is_delisted: bool,
    },
}

fn events() -> impl Strategy<Value = Event> {
    let bank = || 0..BANKS.len();
    let banks = Just((0..BANKS.len()).collect::<Vec<usize>>()).prop_shuffle();
    let health = prop_oneof![
        9_000u32..10_000,
        9_990u32..10_010,
        10_000u32..11_000,
        10_000u32..80_000
    ];
    let near = 995_000u64..1_005_000;
    let ppm = prop_oneof![3 => near, 3 => 900_000u64..1_100_000, 1 => 10_000u64..10_000_000];
    prop_oneof![
        12 => (banks, 1..=BANKS.len(), 0usize..4, 0u32..19, health).prop_map(
            |(mut banks, count, debts, magnitude, health)| {
                banks.truncate(count);
                let debts = debts.min(count);
                Event::Open { banks, debts, value: 10u128.pow(magnitude), health }
            }
        ),
        4 => (any::<usize>(), 0u32..12_000, 0u32..12_000)
            .prop_map(|(which, deposit_bps, debt_bps)| Event::Change { which, deposit_bps, debt_bps }),
        1 => any::<usize>().prop_map(Event::Close),
        20 => (bank(), ppm).prop_map(|(bank, ppm)| Event::Price { bank, ppm }),
        1 => bank().prop_map(Event::LosePrice),
        4 => (1u32..30_000_000).prop_map(Event::Wait),
        2 => (bank(), 1u64..9_900).prop_map(|(bank, bps)| Event::Lose { bank, bps }),
        1 => (bank(), 1u64..9_900).prop_map(|(bank, bps)| Event::Gain { bank, bps }),
        2 => (bank(), 1u32..10_000, 10_000u32..30_000)
            .prop_map(|(bank, threshold, liability)| Event::Weights { bank, threshold, liability }),
        1 => (bank(), any::<bool>()).prop_map(|(bank, is_delisted)| Event::List { bank, is_delisted }),
    ]
}

impl World {
    fn new() -> Self {
        let mut world = Self {
            view: market(BANKS.to_vec()),
            obligations: BTreeMap::new(),
            index: Index::new(),
            next: 0,
        };
        for bank in 0..BANKS.len() {
            world.tell(bank);
        }
        world
    }

    /// Tells the index what the bank is now.
    fn tell(&mut self, bank: usize) -> usize {
        let view = &self.view.banks[bank];
        let state = BankState::at(&view.bank, SLOT, self.view.now);
        // What the index is told is what the full evaluation sees.
        self.view.banks[bank].bank.ledger = (&state.ledger).into();
        let key = self.view.banks[bank].keys.bank;
        self.index.update_bank(key, state).unwrap().looks
    }

    fn nth(&self, which: usize) -> Option<Pubkey> {
        let count = self.obligations.len().max(1);
        self.obligations.keys().nth(which % count).copied()
    }

    fn change_ledger(&mut self, bank: usize, change: impl Fn(&mut Ledger)) {
        let mut ledger = self.view.banks[bank].bank.ledger.get();
        change(&mut ledger);
        self.view.banks[bank].bank.ledger = (&ledger).into();
        self.tell(bank);
    }

    fn play(&mut self, event: &Event) {
        match event {
            Event::Open {
                banks,
                debts,
                value,
                health,
            } => {
                let priced = |bank: &usize| self.view.banks[*bank].is_priced(SLOT);
                if !banks.iter().all(priced) {
                    return;
                }
                let opened = person(&self.view, banks, *debts, Value(*value), *health);
                self.next += 1;
                let key = address(7, self.next);
                self.index.update_obligation(key, &opened).unwrap();
                self.obligations.insert(key, opened);
            }
            Event::Change {
                which,
                deposit_bps,
                debt_bps,
            } => {
                let Some(key) = self.nth(*which) else { return };
                let changed = self.obligations.get_mut(&key).unwrap();
                for position in &mut changed.positions {
                    let deposit = position.deposit().0 / 10_000 * u128::from(*deposit_bps);
                    position.deposit_shares = deposit.into();
                    let debt = position.debt().0 / 10_000 * u128::from(*debt_bps);
                    position.debt_shares = debt.into();
                }
                let changed = *changed;
                self.index.update_obligation(key, &changed).unwrap();
            }
            Event::Close(which) => {
                let Some(key) = self.nth(*which) else { return };
                self.obligations.remove(&key);
                assert!(self.index.remove(&key));
            }
            Event::Price { bank, ppm } => {
                let state = &mut self.view.banks[*bank].bank;
                let price = u128::from(state.price.spot) * u128::from(*ppm) / 1_000_000;
                set_price(state, price);
                state.price.slot = SLOT;
                self.tell(*bank);
            }
            Event::LosePrice(bank) => {
                self.view.banks[*bank].bank.price.slot = SLOT - 1;
                self.tell(*bank);
            }
            Event::Wait(secs) => {
                self.view.now += i64::from(*secs);
                for bank in 0..BANKS.len() {
                    self.tell(bank);
                }
            }
            // A deficit opens, or is socialised: the net price falls.
            Event::Lose { bank, bps } => self.change_ledger(*bank, |ledger| {
                let open = ledger.net_assets().unwrap().0 / 10_000 * bps;
                ledger.deficit.0 += open;
            }),
            Event::Gain { bank, bps } => self.change_ledger(*bank, |ledger| {
                ledger.deficit.0 -= ledger.deficit.0 / 10_000 * bps;
            }),
            Event::Weights {
                bank,
                threshold,
                liability,
            } => {
                let config = &mut self.view.banks[*bank].bank.config;
                config.liquidation_threshold_bps = *threshold;
                config.liability_weight_bps = *liability;
                self.tell(*bank);
            }
            Event::List { bank, is_delisted } => {
                self.view.banks[*bank].bank.config.delisted = u8::from(*is_delisted);
                self.tell(*bank);
            }
        }
    }

    /// Owes, and no deposit is in a bank that is listed.
    fn is_bare(&self, obligation: &Obligation) -> bool {
        let listed = |key: &Pubkey| !self.view.bank(key).unwrap().bank.is_delisted();
        let mut deposits = obligation.positions().iter().filter(|p| p.has_deposit());
        obligation.has_debt() && !deposits.any(|p| listed(&p.bank))
    }

    fn check(&self) {
        let mut unhealthy = BTreeSet::new();
        let mut bare: BTreeMap<Pubkey, BTreeSet<Pubkey>> = BTreeMap::new();
        for (key, obligation) in &self.obligations {
            if self.is_bare(obligation) {
                for position in obligation.positions().iter().filter(|p| p.has_debt()) {
                    bare.entry(position.bank).or_default().insert(*key);
                }
            } else {
                let sums = quote::health(&self.view, obligation, Check::Maintenance);
                if sums.is_ok_and(|sums| !sums.is_healthy()) {
                    unhealthy.insert(*key);
                }
            }
        }
        let found: BTreeSet<Pubkey> = self.index.unhealthy().map(|(key, _)| key).collect();
        assert_eq!(found, unhealthy);
        for bank in &self.view.banks {
            let found: BTreeSet<Pubkey> = self.index.candidates(&bank.keys.bank).collect();
            let expected = bare.remove(&bank.keys.bank).unwrap_or_default();
            assert_eq!(found, expected, "without collateral");
        }
        assert_eq!(self.index.counts().unhealthy, unhealthy.len());
        assert_eq!(self.index.counts().obligations, self.obligations.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_unhealthy_are_those_of_a_full_evaluation_after_every_step(
        people in proptest::collection::vec(events(), 40),
        events in proptest::collection::vec(events(), 120),
    ) {
        let mut world = World::new();
        for event in people.iter().chain(&events) {
            world.play(event);
            world.check();
        }
    }
}

#[test]
fn the_sums_of_the_unhealthy_are_those_of_the_engine() {
    let mut world = World::new();
    for number in 0..40 {
        let bankrupt = person(&world.view, &[1, 0], 1, dollars(1_000 + number), 9_000);
        let key = address(7, number);
        world.index.update_obligation(key, &bankrupt).unwrap();
        world.obligations.insert(key, bankrupt);
    }
    world.play(&Event::Price {
        bank: 1,
        ppm: 970_000,
    });
    assert_eq!(world.index.counts().unhealthy, 40);
    for (key, sums) in world.index.unhealthy() {
        let obligation = world.index.obligation(&key).unwrap();
        assert_eq!(
            sums,
            quote::health(&world.view, &obligation, Check::Maintenance).unwrap()
        );
        assert_eq!(Some(sums), world.index.sums(&key));
    }
}

#[test]
fn an_obligation_comes_back_as_far_as_plans_need_it() {
    let mut world = World::new();
    let mut opened = person(&world.view, &[1, 4, 0], 1, dollars(5_000), 12_000);
    opened.risk_raised_at = NOW - 7;
    let key = address(7, 1);
    world.index.update_obligation(key, &opened).unwrap();
    let kept = world.index.obligation(&key).unwrap();
    assert_eq!(kept.positions(), opened.positions());
    assert_eq!(kept.risk_raised_at, opened.risk_raised_at);
    assert!(world.index.remove(&key));
    assert!(!world.index.remove(&key));
    assert!(world.index.obligation(&key).is_none());
    world.check();
}

#[test]
fn an_unknown_bank_is_named_and_nothing_is_forgotten() {
    let mut world = World::new();
    let key = address(7, 1);
    let opened = person(&world.view, &[1, 0], 1, dollars(5_000), 9_000);
    world.index.update_obligation(key, &opened).unwrap();
    let mut strange = opened;
    strange.positions[0].bank = address(6, 99);
    assert_eq!(
        world.index.update_obligation(key, &strange),
        Err(IndexError::UnknownBank(address(6, 99)))
    );
    assert_eq!(world.index.status(&key), Some(Status::Unhealthy));
}

#[test]
fn while_a_feed_is_stale_its_obligations_cost_nothing_and_come_back_with_it() {
    let mut world = World::new();
    let key = address(7, 1);
    let opened = person(&world.view, &[1, 4, 0], 1, dollars(5_000), 10_100);
    world.index.update_obligation(key, &opened).unwrap();
    world.obligations.insert(key, opened);
    world.play(&Event::LosePrice(4));
    // Another bank puts it in question: it cannot be judged, and is not again.
    world.play(&Event::Price {
        bank: 1,
        ppm: 900_000,
    });
    assert_eq!(world.index.status(&key), Some(Status::Unpriced));
    for _ in 0..3 {
        set_price(&mut world.view.banks[1].bank, 1_000_000_000);
        assert_eq!(world.tell(1), 0);
        assert_eq!(world.tell(4), 0);
    }
    world.play(&Event::Price {
        bank: 4,
        ppm: 1_000_000,
    });
    assert_eq!(world.index.status(&key), Some(Status::Unhealthy));
    world.check();
}

#[test]
fn interest_alone_makes_an_obligation_unhealthy() {
    let mut world = World::new();
    let key = address(7, 1);
    let opened = person(&world.view, &[1, 0], 1, dollars(5_000), 10_050);
    world.index.update_obligation(key, &opened).unwrap();
    world.obligations.insert(key, opened);
    world.view.banks[0].bank.ledger.cash = 0;
    for _ in 0..40 {
        world.play(&Event::Wait(86_400));
        world.check();
    }
    assert_eq!(world.index.status(&key), Some(Status::Unhealthy));
}

#[test]
fn a_price_that_makes_up_for_a_lost_share_price_does_not_hide_lost_atoms() {
    // Seven whole tokens of 500,000 dollars. A deficit takes nine tenths of
    // each share while the price rises tenfold: the effective price stays where
    // it was, but no more than zero whole tokens are left to count.
    let mut world = World::new();
    let key = address(7, 1);
    let opened = person(&world.view, &[2, 0], 1, dollars(3_500_000), 15_000);
    world.index.update_obligation(key, &opened).unwrap();
    world.obligations.insert(key, opened);
    let state = &mut world.view.banks[2].bank;
    state.ledger.deficit = state.ledger.lender_assets / 10 * 9;
    set_price(state, u128::from(state.price.spot) * 101 / 10);
    world.tell(2);
    world.check();
    assert_eq!(world.index.status(&key), Some(Status::Unhealthy));
}

#[test]
fn obligations_of_a_few_units_of_value_are_not_missed() {
    // Where a value has one or two digits, rounding moves it by a tenth.
    let mut world = World::new();
    for number in 0..400 {
        let value = Value(u128::from(3 + number / 4));
        let health = 10_000 + u32::try_from(number % 4).unwrap() * 500;
        let opened = person(&world.view, &[3, 5], 1, value, health);
        let key = address(7, number);
        world.index.update_obligation(key, &opened).unwrap();
        world.obligations.insert(key, opened);
    }
    for step in 0..300 {
        let ppm = if step % 2 == 0 { 1_002_000 } else { 997_000 };
        let bank = if step % 3 == 0 { 3 } else { 5 };
        world.play(&Event::Price { bank, ppm });
        world.check();
    }
}

#[test]
fn a_delisted_collateral_leaves_a_candidate_for_a_write_off() {
    let mut world = World::new();
    let key = address(7, 1);
    let opened = person(&world.view, &[4, 0], 1, dollars(5_000), 20_000);
    world.index.update_obligation(key, &opened).unwrap();
    world.obligations.insert(key, opened);
    world.play(&Event::List {
        bank: 4,
        is_delisted: true,
    });
    let debt_bank = world.view.banks[0].keys.bank;
    assert_eq!(
        world.index.candidates(&debt_bank).collect::<Vec<_>>(),
        [key]
    );
    world.play(&Event::List {
        bank: 4,
        is_delisted: false,
    });
    assert_eq!(world.index.status(&key), Some(Status::Healthy));
    world.check();
}

/// People of the tests of scale.
const PEOPLE: usize = 20_000;

/// An index of [`PEOPLE`], and the bank whose asset most of them pledge.
fn crowd() -> (Index, BankView) {
    let mut population = Population::new(7, 50);
    let mut index = Index::new();
    for bank in &population.view.banks {
        let state = BankState::at(&bank.bank, SLOT, NOW);
        index.update_bank(bank.keys.bank, state).unwrap();
    }
    for _ in 0..PEOPLE {
        let (key, person) = population.draw();
        index.update_obligation(key, &person).unwrap();
    }
    let volatile = population.view.banks[VOLATILE].clone();
    (index, volatile)
}

/// Moves the price to `ppm` of what it was first; says how many were looked at.
fn moved(index: &mut Index, volatile: &BankView, ppm: u128) -> usize {
    let mut bank = volatile.bank;
    let spot = u128::from(bank.price.spot);
    set_price(&mut bank, spot * ppm / 1_000_000);
    let state = BankState::at(&bank, SLOT, NOW);
    index.update_bank(volatile.keys.bank, state).unwrap().looks
}

#[test]
fn a_small_move_looks_at_few_and_a_large_one_at_those_it_passes() {
    let (mut index, volatile) = crowd();
    let mut moved = |ppm| moved(&mut index, &volatile, ppm);
    let (tiny, small, large) = (moved(999_900), moved(999_000), moved(800_000));
    assert!(
        tiny < PEOPLE / 100,
        "{tiny} looks for a hundredth of a per cent"
    );
    assert!(
        small < PEOPLE / 50,
        "{small} looks for a tenth of a per cent"
    );
    assert!(large > PEOPLE / 10, "{large} looks for a fifth");
}

#[test]
fn twenty_thousand_obligations_load_and_move_in_no_time() {
    // A tenth of a second where nothing else runs; anything that looks at every
    // obligation for each of them takes many minutes.
    let started = Instant::now();
    let (mut index, volatile) = crowd();
    for _ in 0..10 {
        moved(&mut index, &volatile, 800_000);
        moved(&mut index, &volatile, 1_000_000);
    }
    let took = started.elapsed();
    assert!(took < Duration::from_secs(20), "{took:?}");
}

#[test]
fn a_deposit_is_worth_what_the_ledger_says() {
    // The population that the other tests rest on is what it says it is.
    let world = World::new();
    let opened = person(&world.view, &[1, 0], 1, dollars(5_000), 12_500);
    let sums = quote::health(&world.view, &opened, Check::Maintenance).unwrap();
    let health = sums.weighted_collateral * 10_000 / sums.weighted_debt;
    assert!((12_499..=12_501).contains(&health), "{health}");
    let ledger = world.view.banks[1].bank.ledger.get();
    assert!(
        ledger
            .net_value_down(Shares(opened.positions[0].deposit().0))
            .unwrap()
            .0
            > 0
    );
    assert!(ledger.accrued_at == UnixTime(NOW));
}
