//! Decisions, over books that the engine wrote.

use std::collections::{BTreeMap, BTreeSet};

use backstop_client::program::state::{Bank, Obligation, PriceUpdate};
use backstop_client::quote;
use backstop_client::MarketView;
use backstop_engine::buy_back::BuyBack;
use backstop_engine::ledger::Ledger;
use backstop_engine::price::{Observation, Reading};
use backstop_engine::step;
use backstop_engine::units::{Atoms, Bps, Rate, UnixTime, Value};
use backstop_keeper::decide::{decide, Action, Key, Own, Policy, Situation, Step, Task, Tasks};
use backstop_keeper::index::{BankState, Index};
use backstop_keeper::limits::{MintLimits, SpendLimits};
use bytemuck::Zeroable;
use solana_pubkey::Pubkey;

#[path = "../examples/scale/population.rs"]
#[allow(dead_code)]
mod population;

use population::{address, market, person, set_price, DOLLAR, NOW};

/// Decimals and cents: dollars, two volatile assets, dollars again.
const BANKS: [(u8, u64); 4] = [(6, 100), (9, 15_000), (8, 300_000), (6, 100)];
const USD: usize = 0;
const SOL: usize = 1;
const ETH: usize = 2;
const EUR: usize = 3;

struct World {
    view: MarketView,
    index: Index,
    own: Own,
    policy: Policy,
    busy: BTreeSet<Key>,
    round: u64,
    people: u64,
}

impl World {
    fn new() -> Self {
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

    fn bank(&mut self, bank: usize) -> &mut Bank {
        &mut self.view.banks[bank].bank
    }

    fn key(&self, bank: usize) -> Pubkey {
        self.view.banks[bank].keys.bank
    }

    fn mint(&self, bank: usize) -> Pubkey {
        self.view.banks[bank].keys.mint
    }

    /// Tells the index what every bank is now.
    fn tell(&mut self) {
        let view = self.view.refreshed();
        for bank in &view.banks {
            let state = BankState::at(&bank.bank, view.slot, view.now);
            self.index.update_bank(bank.keys.bank, state).unwrap();
        }
    }

    fn open(&mut self, banks: &[usize], debts: usize, dollars: u64, health: u32) -> Pubkey {
        let value = Value(u128::from(dollars) * DOLLAR);
        let opened = person(&self.view, banks, debts, value, health);
        self.put(opened)
    }

    fn put(&mut self, obligation: Obligation) -> Pubkey {
        self.people += 1;
        let key = address(7, self.people);
        self.index.update_obligation(key, &obligation).unwrap();
        key
    }

    /// Owes `dollars` in each of `banks` and has nothing.
    fn put_bare(&mut self, banks: &[usize], dollars: u64) -> Pubkey {
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

    fn decide(&self) -> Vec<Action> {
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

    fn only(&self) -> Action {
        let mut actions = self.decide();
        assert_eq!(actions.len(), 1, "{actions:#?}");
        actions.remove(0)
    }

    fn change_ledger(&mut self, bank: usize, change: impl Fn(&mut Ledger)) {
        let mut ledger = self.bank(bank).ledger.get();
        change(&mut ledger);
        self.bank(bank).ledger = (&ledger).into();
        self.tell();
    }

    /// Loses `atoms` to nobody yet.
    fn lose(&mut self, bank: usize, atoms: u64) {
        self.change_ledger(bank, |ledger| {
            ledger.cash.0 -= atoms;
            ledger.deficit.0 += atoms;
            ledger.totals.lost += u128::from(atoms);
            ledger.deficit_since = UnixTime(NOW);
        });
    }

    fn sell_at_fixed_prices(&mut self, bank: usize) {
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

fn liquidate(action: &Action) -> (Pubkey, Pubkey, Pubkey, Atoms, u128, Vec<Pubkey>) {
    match &action.step {
        Step::Liquidate {
            obligation,
            debt_bank,
            collateral_bank,
            max_repay,
            min_shares,
            then_write_off,
        } => (
            *obligation,
            *debt_bank,
            *collateral_bank,
            *max_repay,
            *min_shares,
            then_write_off.clone(),
        ),
        other => panic!("not a liquidation: {other:?}"),
    }
}

#[test]
fn nothing_is_done_in_a_market_in_order() {
    let mut world = World::new();
    world.open(&[SOL, USD], 1, 1_000, 10_100);
    assert_eq!(world.decide(), []);
}

#[test]
fn a_liquidation_is_what_the_program_would_do() {
    let mut world = World::new();
    let debtor = world.open(&[SOL, USD], 1, 10_000, 9_500);
    let action = world.only();
    let (who, debt, collateral, repay, min_shares, then) = liquidate(&action);
    assert_eq!(
        (who, debt, collateral),
        (debtor, world.key(USD), world.key(SOL))
    );
    assert_eq!(then, []);

    let view = world.view.refreshed();
    let state = world.index.obligation(&debtor).unwrap();
    let quoted = quote::liquidation(&view, &state, &debt, &collateral, repay).unwrap();
    assert_eq!(quoted.plan.repay, repay);
    assert_eq!(min_shares, quoted.plan.to_liquidator.0 * 99 / 100);
    assert_eq!(action.outlay, Some((world.mint(USD), repay)));

    let sol = view.bank(&collateral).unwrap().bank.asset();
    let ledger = view.bank(&collateral).unwrap().bank.ledger.get();
    let got = ledger.net_value_down(quoted.plan.to_liquidator).unwrap();
    let got = sol
        .price
        .value_down(got, sol.decimals, Reading::Spot)
        .unwrap();
    assert_eq!(action.collateral, got);
    // The bonus less insurance's part and less a per cent of slippage.
    let paid = Value(u128::from(repay.0) * DOLLAR / 1_000_000);
    assert_eq!(action.income.0, (got.0 * 99 / 100).saturating_sub(paid.0));
}

#[test]
fn the_wallet_its_reserve_and_the_limit_of_an_action_bound_a_repayment() {
    let mut world = World::new();
    world.open(&[SOL, USD], 1, 10_000, 9_000);
    let (usd, most) = (world.mint(USD), Atoms(900_000_000));
    world.own.wallet.insert(usd, Atoms(500_000_000));
    world.policy.spend.by_mint.insert(
        usd,
        MintLimits {
            most_per_action: most,
            reserve: Atoms(100_000_000),
        },
    );
    assert_eq!(liquidate(&world.only()).3, Atoms(400_000_000));
    world.own.wallet.insert(usd, Atoms(5_000_000_000));
    assert_eq!(liquidate(&world.only()).3, most);
    world.own.wallet.insert(usd, Atoms(100_000_000));
    assert_eq!(world.decide(), []);
    world.own.wallet.remove(&usd);
    assert_eq!(world.decide(), []);
}

#[test]
fn several_liquidations_share_one_wallet_and_one_limit_of_collateral() {
    let mut world = World::new();
    for _ in 0..6 {
        world.open(&[SOL, USD], 1, 10_000, 9_000);
    }
    let usd = world.mint(USD);
    world.own.wallet.insert(usd, Atoms(9_000_000_000));
    let spent: u64 = world.decide().iter().map(|a| liquidate(a).3 .0).sum();
    assert_eq!(spent, 9_000_000_000);

    world.own.wallet.insert(usd, Atoms(1 << 60));
    world.policy.spend.most_collateral = Value(12_000 * DOLLAR);
    let held: u128 = world.decide().iter().map(|a| a.collateral.0).sum();
    assert!(held <= 12_000 * DOLLAR, "{held}");
    assert!(held > 11_000 * DOLLAR, "{held}");
}

#[test]
fn collateral_that_the_keeper_cannot_hold_is_left_alone() {
    let mut world = World::new();
    world.open(&[SOL, ETH, USD], 1, 10_000, 9_500);
    let (sol, eth) = (world.key(SOL), world.key(ETH));
    let own = world.own.positions.as_mut().unwrap();
    own.position_or_new(&sol).unwrap().debt_shares = 1u128.into();
    assert_eq!(liquidate(&world.only()).2, eth);
    let own = world.own.positions.as_mut().unwrap();
    for number in 0..7 {
        own.position_or_new(&address(4, 100 + number)).unwrap();
    }
    assert_eq!(world.decide(), []);
    world.own.positions = None;
    assert_eq!(world.decide(), []);
}

#[test]
fn the_keeper_does_not_liquidate_itself() {
    let mut world = World::new();
    world.own.obligation = world.open(&[SOL, USD], 1, 10_000, 9_500);
    assert_eq!(world.decide(), []);
}

#[test]
fn a_liquidation_that_leaves_only_debt_writes_all_of_it_off() {
    let mut world = World::new();
    // Three quarters of the debt in each of two banks are backed by nothing.
    world.open(&[SOL, USD, EUR], 2, 10_000, 2_000);
    let (.., then) = liquidate(&world.only());
    assert_eq!(then, [world.key(USD), world.key(EUR)]);
    // Its owner has just borrowed: no write-off in the same stroke.
    world.bank(EUR).config.min_risk_age_secs = 60;
    let mut fresh = person(
        &world.view,
        &[SOL, USD, EUR],
        2,
        Value(9_000 * DOLLAR),
        2_000,
    );
    fresh.risk_raised_at = NOW - 59;
    world = World {
        people: 50,
        ..world
    };
    let who = world.put(fresh);
    let actions = world.decide();
    let of_fresh = actions
        .iter()
        .find(|action| action.key.subject == who)
        .unwrap();
    assert_eq!(liquidate(of_fresh).5, [world.key(USD)]);
    world.policy.tasks = Tasks::all().without(Task::WriteOff);
    assert!(world
        .decide()
        .iter()
        .all(|action| liquidate(action).5.is_empty()));
}

#[test]
fn a_debt_that_is_cleared_still_is_when_the_transaction_lands() {
    let mut world = World::new();
    world.bank(USD).config.full_close_debt = u64::MAX;
    let debtor = world.open(&[SOL, USD], 1, 10_000, 9_500);
    let (_, debt, collateral, max_repay, ..) = liquidate(&world.only());
    // Ten minutes later it owes more.
    world.view.now += 600;
    let later = world.view.refreshed();
    let state = world.index.obligation(&debtor).unwrap();
    let quoted = quote::liquidation(&later, &state, &debt, &collateral, max_repay).unwrap();
    assert!(quoted.plan.clears_debt);
    // The wallet stays the limit.
    let usd = world.mint(USD);
    world.own.wallet.insert(usd, quoted.plan.repay);
    world.view.now -= 600;
    assert_eq!(liquidate(&world.only()).3, quoted.plan.repay);
}

#[test]
fn what_is_left_below_the_minimum_does_not_cut_a_liquidation_down() {
    let mut world = World::new();
    // An eighth of the debt is backed by nothing: less than the least debt.
    world.bank(USD).config.min_debt = 5_000_000_000;
    let debtor = world.open(&[SOL, USD], 1, 10_000, 7_000);
    let (_, debt, collateral, max_repay, min_shares, _) = liquidate(&world.only());
    let view = world.view.refreshed();
    let state = world.index.obligation(&debtor).unwrap();
    let quoted = quote::liquidation(&view, &state, &debt, &collateral, max_repay).unwrap();
    assert!(quoted.plan.empties_collateral && !quoted.plan.clears_debt);
    assert!(quoted.plan.to_liquidator.0 >= min_shares);
}

#[test]
fn a_wick_makes_no_bad_debt() {
    let mut world = World::new();
    // Underwater at spot; at the average the collateral is worth more than the debt.
    let debtor = world.open(&[SOL, USD], 1, 10_000, 8_600);
    let spot = u128::from(world.bank(SOL).price.spot);
    let ema = world.bank(SOL).price.ema;
    set_price(world.bank(SOL), spot * 90 / 100);
    world.bank(SOL).price.ema = ema;
    world.tell();
    let (who, debt, collateral, repay, ..) = liquidate(&world.only());
    assert_eq!(who, debtor);
    let state = world.index.obligation(&debtor).unwrap();
    let view = world.view.refreshed();
    let quoted = quote::liquidation(&view, &state, &debt, &collateral, repay).unwrap();
    let all = quote::liquidation(&view, &state, &debt, &collateral, Atoms(u64::MAX));
    assert!(all.is_err());
    assert!(!quote::is_insolvent(&view, &quoted.after).unwrap());
}

#[test]
fn the_largest_come_first_and_the_small_get_their_turn() {
    let mut world = World::new();
    world.policy.most_actions = 10;
    let large: Vec<Pubkey> = (0..200)
        .map(|_| world.open(&[ETH, SOL], 1, 50_000, 9_500))
        .collect();
    let small: BTreeSet<Pubkey> = (0..200)
        .map(|_| world.open(&[ETH, USD], 1, 1_000, 9_500))
        .collect();
    let first = world.decide();
    assert_eq!(first.len(), 10);
    assert!(first
        .iter()
        .all(|action| large.contains(&action.key.subject)));
    // Nobody can pay the debts of the large.
    let sol = world.mint(SOL);
    world.own.wallet.remove(&sol);
    world.policy.most_actions = 1_000;
    let mut met = BTreeSet::new();
    for round in 0..4 {
        world.round = round;
        met.extend(world.decide().iter().map(|action| action.key.subject));
    }
    assert_eq!(met, small);
}

#[test]
fn what_is_under_way_is_not_decided_again() {
    let mut world = World::new();
    world.open(&[SOL, USD], 1, 10_000, 9_500);
    world.put_bare(&[USD], 500);
    let actions = world.decide();
    assert_eq!(actions.len(), 2);
    world.busy = actions.iter().map(|action| action.key).collect();
    assert_eq!(world.busy.len(), 2);
    assert_eq!(world.decide(), []);
}

#[test]
fn write_offs_come_with_the_bounty_that_is_left_for_each() {
    let mut world = World::new();
    world.change_ledger(USD, |ledger| ledger.insurance = Atoms(100_000_000_000));
    let config = &mut world.bank(USD).config;
    config.bounty_bps = 100;
    config.bounty_cap = 12_000_000;
    config.min_risk_age_secs = 60;
    let small = world.put_bare(&[USD], 500);
    let large = world.put_bare(&[USD], 1_000);
    let actions = world.decide();
    let about: Vec<_> = actions
        .iter()
        .map(|a| (a.key.subject, a.key.task))
        .collect();
    assert_eq!(about, [(large, Task::WriteOff), (small, Task::WriteOff)]);
    let ten = 10 * DOLLAR;
    assert!((ten - DOLLAR / 100..=ten).contains(&actions[0].income.0));
    let two = 2 * DOLLAR;
    assert!((two..=two + DOLLAR / 100).contains(&actions[1].income.0));

    world.view.market.write_off_pause.until = NOW + 1;
    assert_eq!(world.decide(), []);
}

#[test]
fn a_debt_in_two_banks_is_written_off_in_both() {
    let mut world = World::new();
    let who = world.put_bare(&[USD, EUR], 700);
    let keys: Vec<Key> = world.decide().iter().map(|action| action.key).collect();
    let banks: Vec<Option<Pubkey>> = keys.iter().map(|key| key.bank).collect();
    assert!(keys.iter().all(|key| key.subject == who));
    assert_eq!(banks, [Some(world.key(USD)), Some(world.key(EUR))]);
}

#[test]
fn a_deficit_is_covered_as_far_as_insurance_goes() {
    let mut world = World::new();
    world.lose(USD, 1_000_000);
    assert_eq!(world.decide(), []);
    world.change_ledger(USD, |ledger| ledger.insurance = Atoms(400_000));
    let bank = world.key(USD);
    assert_eq!(world.only().step, Step::Cover { bank });
    assert_eq!(world.only().key, Key::of_bank(Task::Cover, bank));
}

#[test]
fn a_trickle_of_fees_covers_nothing_until_it_is_worth_a_fee() {
    let mut world = World::new();
    world.lose(USD, 10_000_000);
    let bank = world.key(USD);
    let earn = |world: &mut World, atoms: u64| {
        world.change_ledger(USD, |ledger| {
            ledger.protocol_fees = Atoms(ledger.protocol_fees.0 + atoms);
            ledger.cash = Atoms(ledger.cash.0 + atoms);
        });
    };
    earn(&mut world, 500);
    assert_eq!(
        world.decide(),
        [],
        "less than a dollar, and far from enough"
    );
    earn(&mut world, 1_000_000);
    assert_eq!(world.only().step, Step::Cover { bank });

    let mut world = World::new();
    world.lose(USD, 400);
    earn(&mut world, 500);
    assert_eq!(
        world.only().step,
        Step::Cover { bank },
        "it ends the deficit"
    );
}

#[test]
fn an_auction_is_opened_closed_and_opened_again() {
    let mut world = World::new();
    world.sell_at_fixed_prices(USD);
    world.lose(USD, 1_000_000);
    let bank = world.key(USD);
    assert_eq!(world.only().key, Key::of_bank(Task::OpenAuction, bank));
    assert_eq!(world.only().step, Step::Cover { bank });

    let view = world.view.refreshed();
    let after = quote::cover(&view, &bank).unwrap().after;
    world.view = after;
    assert_eq!(world.decide(), [], "it is on sale");
    world.view.now += 101;
    let action = world.only();
    assert_eq!(action.step, Step::CloseAuction { bank });

    let (mut market, now) = (world.view.market, world.view.at().now);
    step::close_auction(&mut market, world.bank(USD), now).unwrap();
    world.view.market = market;
    assert_eq!(world.bank(USD).failed_auctions, 1);
    assert_eq!(world.only().key, Key::of_bank(Task::OpenAuction, bank));
}

#[test]
fn lenders_share_a_deficit_only_when_nothing_gentler_is_left() {
    let mut world = World::new();
    world.bank(USD).config.write_off_mode = 1;
    world.lose(USD, 1_000_000);
    let bank = world.key(USD);
    assert_eq!(world.decide(), []);
    world.view.now += 1_000;
    world.tell();
    // Fees that interest has brought meanwhile are used first.
    assert_eq!(world.only().step, Step::Socialise { bank });
    world.change_ledger(USD, |ledger| ledger.insurance = Atoms(400_000));
    assert_eq!(world.only().step, Step::Cover { bank });
    world.view.market.write_off_pause.until = world.view.now + 1;
    world.change_ledger(USD, |ledger| ledger.insurance = Atoms(0));
    assert!(world.decide().iter().all(|a| a.key.task != Task::Socialise));
}

#[test]
fn who_has_a_governance_price_shows_it_instead_of_charging_lenders() {
    let mut world = World::new();
    world.sell_at_fixed_prices(USD);
    world.lose(USD, 1_000_000);
    world.view.now += 2_000;
    world.bank(USD).price.slot = 0;
    let config = &mut world.view.market.config;
    config.oracle_program = address(5, 1);
    config.max_age_secs = 60;
    config.max_conf_bps = 500;
    config.max_divergence_bps = 500;
    let bank = world.key(USD);
    assert_eq!(world.only().step, Step::Socialise { bank });
    world.view.governance_price = Some(PriceUpdate {
        feed_id: [0; 32],
        observation: Observation {
            price: 100,
            conf: 0,
            ema: 100,
            exponent: -2,
            published: UnixTime(world.view.now),
        },
    });
    // The bank has no price of its own now, so no auction can open either.
    assert_eq!(world.decide(), []);
}

#[test]
fn fees_are_collected_once_they_are_worth_it() {
    let mut world = World::new();
    world.change_ledger(USD, |ledger| {
        ledger.insurance_fees = Atoms(600_000);
        ledger.protocol_fees = Atoms(399_999);
        ledger.cash.0 += 999_999;
    });
    assert_eq!(world.decide(), []);
    world.change_ledger(USD, |ledger| {
        ledger.protocol_fees.0 += 1;
        ledger.cash.0 += 1;
    });
    let bank = world.key(USD);
    assert_eq!(world.only().step, Step::CollectFees { bank });
    world.change_ledger(USD, |ledger| ledger.deficit = Atoms(1));
    assert!(world
        .decide()
        .iter()
        .all(|a| a.key.task != Task::CollectFees));
}

#[test]
fn a_buy_back_starts_with_a_surplus_and_is_closed_when_it_is_over() {
    let mut world = World::new();
    world.sell_at_fixed_prices(USD);
    world.change_ledger(USD, |ledger| ledger.insurance = Atoms(1_000_000));
    world.bank(USD).config.insurance_target_bps = 0;
    let bank = world.key(USD);
    assert_eq!(world.only().step, Step::StartBuyBack { bank });
    world.bank(USD).buy_back = BuyBack {
        budget: Atoms(10),
        low: Rate(1 << 64),
        high: Rate(1 << 65),
        opens_at: UnixTime(NOW),
        ends_at: UnixTime(NOW + 100),
    }
    .into();
    assert_eq!(world.decide(), []);
    world.view.now += 101;
    assert_eq!(world.only().step, Step::CloseBuyBack { bank });
}

#[test]
fn banks_that_nobody_uses_are_refreshed_and_dead_feeds_left_out() {
    let mut world = World::new();
    world.view.now += 500;
    world.policy.refresh_after_secs = 500;
    assert_eq!(world.decide(), []);
    world.view.now += 1;
    world.bank(ETH).price.slot = 0;
    let banks = vec![world.key(USD), world.key(SOL), world.key(EUR)];
    assert_eq!(world.only().step, Step::Refresh { banks });
}

#[test]
fn a_task_that_is_switched_off_is_not_done() {
    let mut world = World::new();
    world.sell_at_fixed_prices(EUR);
    world.open(&[SOL, USD], 1, 10_000, 9_500);
    world.put_bare(&[USD], 500);
    world.lose(EUR, 1_000_000);
    let tasks: BTreeSet<Task> = world.decide().iter().map(|a| a.key.task).collect();
    assert!(tasks.len() >= 3, "{tasks:?}");
    for task in &tasks {
        world.policy.tasks = Tasks::all().without(*task);
        assert!(world.decide().iter().all(|action| action.key.task != *task));
    }
    world.policy.tasks = Tasks::NONE;
    assert_eq!(world.decide(), []);
}

#[test]
fn no_work_is_named_twice() {
    let mut world = World::new();
    for _ in 0..5 {
        world.open(&[SOL, ETH, USD, EUR], 2, 10_000, 9_500);
        world.put_bare(&[USD, EUR], 500);
    }
    world.lose(ETH, 1_000_000);
    world.change_ledger(ETH, |ledger| ledger.insurance = Atoms(400_000));
    let actions = world.decide();
    let names: BTreeSet<Key> = actions.iter().map(|action| action.key).collect();
    assert_eq!(names.len(), actions.len());
    assert_eq!(actions.len(), 5 + 10 + 1);
}
