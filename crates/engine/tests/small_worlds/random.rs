//! Worlds drawn at random: settings, beginnings and menus that nobody chose, each
//! searched less deep.
//!
//! `SMALL_WORLDS_SEEDS` is how many are drawn, `SMALL_WORLDS_DEPTH` how deep each is
//! searched.

use backstop_engine::bucket::Limit;
use backstop_engine::interest::{FeeSplit, RateCurve};
use backstop_engine::units::{Atoms, Bps, GovAtoms, Rate, UnixTime};
use backstop_engine::waterfall::Mode;

use crate::calls::{Call, ALL};
use crate::search::explore;
use crate::starts::Start;
use crate::world::{rate, BankRules, Rules, World, BANKS, DAY, START, USERS};

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.roll() % n
    }

    fn between(&mut self, least: u64, most: u64) -> u64 {
        least + self.below(most - least + 1)
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize]
    }

    fn days(&mut self, least: u64, most: u64) -> u32 {
        self.between(least, most) as u32 * DAY
    }
}

fn bank_rules(dice: &mut Dice) -> BankRules {
    let mut of = BankRules::plain();
    let window_secs = dice.days(1, 4);
    let limit = |capacity| Limit {
        capacity,
        window_secs,
    };
    of.mode = dice.of(&[Mode::Full, Mode::Full, Mode::Full, Mode::InsuranceOnly]);
    of.min_risk_age_secs = dice.of(&[1, DAY]);
    of.draw_limit = limit(dice.of(&[0, 0, 1, 5, 13]));
    of.bounty_share = Bps(dice.of(&[0, 500, 1_000]));
    of.bounty_limit = limit(dice.of(&[0, 1, 4]));
    of.bounty_min_loss = Atoms(dice.of(&[0, 10]));
    if dice.below(3) == 0 {
        of.curve = RateCurve {
            base: Bps(dice.of(&[0, 5_000])),
            slope_below: Bps(dice.of(&[0, 20_000])),
            slope_above: Bps(60_000),
            kink: Bps(8_000),
        };
        of.fees = FeeSplit {
            protocol: Bps(dice.of(&[0, 3_000])),
            insurance: Bps(dice.of(&[0, 5_000])),
        };
    }
    of.min_offer = Atoms(dice.of(&[0, 1, 6]));
    let floor = Rate(rate(dice.between(1, 9)).0 / u128::from(dice.between(1, 9)));
    of.prices.fixed_floor = floor;
    of.prices.fixed_start = Rate(floor.0 * u128::from(dice.between(1, 3)));
    of.socialise_delay_secs = dice.days(1, 3);
    of.socialise_deadline_secs = of.socialise_delay_secs + dice.days(0, 4);
    of.insurance_target = Bps(dice.of(&[0, 2_000]));
    of.deposit_cap = Atoms(dice.of(&[150, 1_000]));
    of.price = dice.of(&[[10, 10], [10, 4], [10, 7]]);
    of
}

fn rules(dice: &mut Dice, menu: Vec<Call>) -> Rules {
    let mut rules = Rules::plain(menu);
    rules.banks = [bank_rules(dice), bank_rules(dice)];
    rules.limits.window_secs = dice.days(1, 4);
    rules.limits.per_window = Bps(dice.of(&[30, 500, 2_000]));
    rules.limits.per_auction = Bps(dice.of(&[30, 200]));
    rules.limits.lifetime_cap = GovAtoms(dice.of(&[7, 40, 500]));
    rules.schedule.delay_secs = dice.days(0, 1);
    rules.schedule.duration_secs = dice.days(1, 3);
    rules.max_failed_auctions = dice.between(1, 3) as u32;
    rules.has_feed = dice.below(3) == 0;
    if dice.below(4) == 0 {
        let after = |days| UnixTime(START.0 + i64::from(DAY) * days);
        rules.issuance_pause = [START, after(dice.between(1, 4) as i64)];
        rules.write_off_pause = after(dice.between(0, 2) as i64);
    }
    rules
}

/// Each kind of call for each bank, with amounts of any size.
fn menu(dice: &mut Dice) -> Vec<Call> {
    let wait = Call::Wait { secs: DAY };
    let mut menu = vec![wait, Call::Crash];
    for bank in 0..BANKS {
        let mut user = || dice.below(USERS as u64) as usize;
        let users = [user(), user(), user(), user()];
        let mut atoms = || dice.of(&[1, 3, 10, 25, ALL]);
        let amounts = [atoms(), atoms(), atoms(), atoms(), atoms()];
        let part = u128::from(dice.between(1, 3));
        menu.extend([0, 1, 2].map(|user| Call::WriteOff {
            bank,
            user,
            priced: true,
        }));
        menu.extend([true, false].map(|priced| Call::Cover { bank, priced }));
        let [user, other, debtor, lender] = users;
        let [amount, atoms, paid, repaid, sold] = amounts;
        menu.extend([
            Call::Buy { bank, amount },
            Call::Close { bank },
            Call::Socialise { bank },
            Call::Collect { bank },
            Call::Fund { bank, atoms: 4 },
            Call::Borrow {
                bank,
                user,
                atoms: 11,
            },
            Call::StartBuyBack { bank },
            Call::Sell { bank, amount: sold },
            Call::CloseBuyBack { bank },
            Call::RepayRecord { bank, user, atoms },
            Call::Repay {
                bank,
                user: debtor,
                atoms: repaid,
            },
            Call::Withdraw {
                bank,
                user: lender,
                part,
            },
            Call::Deposit {
                bank,
                user: other,
                atoms: paid.min(20),
            },
            Call::Liquidate {
                debt_bank: bank,
                collateral_bank: 1 - bank,
                user: 2,
                liquidator: 1,
                atoms,
            },
        ]);
    }
    menu
}

/// A lender in both banks; two others each lend in one or owe in one, or both.
fn start(seed: u64) -> Start {
    let dice = &mut Dice(seed);
    let menu = menu(dice);
    let rules = rules(dice, menu);
    let mut world = World::new();
    for bank in 0..BANKS {
        world = world.lends(0, bank, dice.between(80, 140));
        for user in 1..USERS {
            let atoms = dice.between(2, 35);
            world = match dice.below(3) {
                0 => world.owes(user, bank, atoms),
                1 => world.lends(user, bank, atoms),
                _ => world,
            };
        }
        if dice.below(2) == 0 {
            world = world.insured(bank, dice.between(1, 20));
        }
    }
    (world, rules)
}

#[test]
fn worlds_that_nobody_chose() {
    let number = |name, otherwise| {
        std::env::var(name).map_or(otherwise, |given| given.parse().expect("a number"))
    };
    let (seeds, depth) = (
        number("SMALL_WORLDS_SEEDS", 60),
        number("SMALL_WORLDS_DEPTH", 5),
    );
    let (mut states, mut transitions) = (0, 0);
    for seed in 0..seeds {
        let (world, rules) = start(seed);
        let report = explore(&world, &rules, depth as usize)
            .unwrap_or_else(|found| panic!("seed {seed}: {found}\n{rules:#?}"));
        states += report.states;
        transitions += report.transitions;
    }
    println!("{seeds} worlds: {states} states, {transitions} transitions");
}
