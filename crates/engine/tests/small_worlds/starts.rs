//! The worlds that are searched: how each begins and what may be called in it.

use backstop_engine::bucket::Limit;
use backstop_engine::interest::{FeeSplit, RateCurve};
use backstop_engine::units::{Atoms, Bps, GovAtoms, Rate, UnixTime};
use backstop_engine::waterfall::Mode;

use crate::calls::{Call, ALL};
use crate::world::{rate, Rules, World, DAY, START};

/// A world and its rules.
pub type Start = (World, Rules);

fn wait(days: u32) -> Call {
    Call::Wait { secs: days * DAY }
}

fn write_off(bank: usize, user: usize) -> Call {
    let priced = true;
    Call::WriteOff { bank, user, priced }
}

fn cover(bank: usize) -> Call {
    let priced = true;
    Call::Cover { bank, priced }
}

fn buy(bank: usize, amount: u64) -> Call {
    Call::Buy { bank, amount }
}

fn close(bank: usize) -> Call {
    Call::Close { bank }
}

fn socialise(bank: usize) -> Call {
    Call::Socialise { bank }
}

fn repay(bank: usize, user: usize, atoms: u64) -> Call {
    Call::Repay { bank, user, atoms }
}

fn repay_record(bank: usize, user: usize, atoms: u64) -> Call {
    Call::RepayRecord { bank, user, atoms }
}

fn deposit(bank: usize, user: usize, atoms: u64) -> Call {
    Call::Deposit { bank, user, atoms }
}

fn withdraw(bank: usize, user: usize, part: u128) -> Call {
    Call::Withdraw { bank, user, part }
}

/// What anyone may do to the deficit of `bank`.
fn waterfall(bank: usize) -> Vec<Call> {
    vec![
        cover(bank),
        buy(bank, 5),
        buy(bank, ALL),
        close(bank),
        socialise(bank),
    ]
}

/// A debtor without collateral in each bank, hardly any insurance, and a lifetime
/// cap that two lots exceed: two auctions compete for it.
pub fn two_auctions() -> Start {
    let mut menu = [waterfall(0), waterfall(1)].concat();
    menu.extend([write_off(0, 2), write_off(1, 1), wait(1)]);
    let mut rules = Rules::plain(menu);
    rules.limits.lifetime_cap = GovAtoms(41);
    let world = World::new()
        .lends(0, 0, 100)
        .lends(0, 1, 70)
        .owes(2, 0, 31)
        .owes(1, 1, 23)
        .insured(0, 4);
    (world, rules)
}

/// The same two banks with a handful of atoms each and prices that no whole number
/// of tokens meets: rounding is as large as it gets.
pub fn atoms() -> Start {
    let (world, mut rules) = atoms_of_one_bank();
    rules.menu.extend([
        write_off(1, 2),
        cover(1),
        buy(1, 1),
        close(1),
        socialise(1),
        withdraw(1, 0, 1),
    ]);
    (world, rules)
}

/// The same, and nobody does anything to the second bank.
pub fn atoms_of_one_bank() -> Start {
    let menu = vec![
        write_off(0, 2),
        cover(0),
        buy(0, 1),
        close(0),
        socialise(0),
        withdraw(0, 0, 2),
        repay_record(0, 2, 1),
        wait(1),
    ];
    let mut rules = Rules::plain(menu);
    for bank in &mut rules.banks {
        bank.min_offer = Atoms(1);
        bank.prices.fixed_floor = Rate(rate(7).0 / 3);
        bank.prices.fixed_start = Rate(rate(19).0 / 5);
    }
    rules.limits.per_auction = Bps(20);
    rules.limits.per_window = Bps(30);
    let world = World::new()
        .lends(0, 0, 5)
        .lends(1, 0, 3)
        .lends(0, 1, 7)
        .owes(2, 0, 5)
        .owes(2, 1, 3)
        .insured(1, 1);
    (world, rules)
}

/// Lenders come and go while the deficit of their bank is on auction.
pub fn leavers() -> Start {
    let bank = 0;
    let mut menu = waterfall(bank);
    menu.extend([
        write_off(bank, 2),
        withdraw(bank, 0, 1),
        withdraw(bank, 1, 2),
        deposit(bank, 1, 17),
        repay_record(bank, 2, 7),
        wait(1),
    ]);
    let mut rules = Rules::plain(menu);
    rules.banks[bank].deposit_cap = Atoms(120);
    let world = World::new()
        .lends(0, bank, 61)
        .lends(1, bank, 40)
        .owes(2, bank, 37);
    (world, rules)
}

/// An insurance vault behind a draw limit, with bounties, that is filled, emptied
/// and bought back from; the other bank never issues.
pub fn insurance() -> Start {
    let menu = vec![
        write_off(0, 1),
        write_off(0, 2),
        write_off(1, 2),
        cover(0),
        cover(1),
        close(0),
        buy(0, ALL),
        socialise(0),
        socialise(1),
        Call::Fund { bank: 0, atoms: 6 },
        Call::StartBuyBack { bank: 0 },
        Call::Sell { bank: 0, amount: 3 },
        Call::CloseBuyBack { bank: 0 },
        repay_record(0, 1, ALL),
        repay(0, 2, ALL),
        wait(1),
    ];
    let mut rules = Rules::plain(menu);
    let limit = |capacity| Limit {
        capacity,
        window_secs: 2 * DAY,
    };
    let of = &mut rules.banks[0];
    of.draw_limit = limit(7);
    (of.bounty_share, of.bounty_limit) = (Bps(1_000), limit(2));
    of.insurance_target = Bps(1_000);
    rules.banks[1].mode = Mode::InsuranceOnly;
    let world = World::new()
        .lends(0, 0, 100)
        .lends(0, 1, 50)
        .owes(1, 0, 13)
        .owes(2, 0, 22)
        .owes(2, 1, 19)
        .insured(0, 15)
        .insured(1, 3);
    (world, rules)
}

/// Interest at rates that show within days, fees that wait for a deficit, and a
/// debtor who pays in parts.
pub fn interest() -> Start {
    let bank = 0;
    let menu = vec![
        write_off(bank, 2),
        cover(bank),
        buy(bank, 8),
        close(bank),
        socialise(bank),
        Call::Collect { bank },
        repay(bank, 1, 9),
        withdraw(bank, 0, 3),
        repay_record(bank, 2, ALL),
        wait(1),
    ];
    let mut rules = Rules::plain(menu);
    let of = &mut rules.banks[bank];
    of.curve = RateCurve {
        base: Bps(20_000),
        slope_below: Bps(40_000),
        slope_above: Bps(40_000),
        kink: Bps(8_000),
    };
    of.fees = FeeSplit {
        protocol: Bps(2_000),
        insurance: Bps(3_000),
    };
    let world = World::new()
        .lends(0, bank, 500)
        .owes(1, bank, 131)
        .owes(2, bank, 160);
    (world, rules)
}

/// A market with a feed that may be shown or not, and losses that come one after
/// the other.
pub fn feed() -> Start {
    let bank = 0;
    let mut menu = Vec::new();
    for priced in [true, false] {
        menu.push(Call::Cover { bank, priced });
        menu.extend([1, 2].map(|user| Call::WriteOff { bank, user, priced }));
    }
    menu.extend([buy(bank, 3), close(bank), socialise(bank), wait(1)]);
    let mut rules = Rules::plain(menu);
    rules.has_feed = true;
    rules.banks[bank].prices.fixed_floor = Rate(0);
    rules.banks[bank].prices.fixed_start = Rate(0);
    let world = World::new()
        .lends(0, bank, 90)
        .owes(1, bank, 11)
        .owes(2, bank, 30);
    (world, rules)
}

/// Everything lent is lost: the bank is wound down, and what comes back is its
/// lenders'.
pub fn wound_down() -> Start {
    let bank = 0;
    let mut menu = vec![cover(bank), socialise(bank)];
    for user in [0, 1] {
        menu.push(Call::Withdraw {
            bank,
            user,
            part: 1,
        });
        menu.push(Call::Deposit {
            bank,
            user,
            atoms: 5,
        });
    }
    menu.extend([
        write_off(bank, 2),
        repay_record(bank, 2, 9),
        repay_record(bank, 2, ALL),
        Call::Fund { bank, atoms: 5 },
        wait(1),
    ]);
    let mut rules = Rules::plain(menu);
    rules.banks[bank].mode = Mode::InsuranceOnly;
    let world = World::new()
        .lends(0, bank, 6_000)
        .lends(1, bank, 3_000)
        .owes(2, bank, 9_000);
    (world, rules)
}

/// A guardian has paused issuance and write-offs; both pauses lapse.
pub fn paused() -> Start {
    let mut menu = [waterfall(0), waterfall(1)].concat();
    menu.extend([write_off(0, 1), write_off(0, 2), write_off(1, 2), wait(1)]);
    menu.push(withdraw(0, 0, 1));
    let mut rules = Rules::plain(menu);
    let after = |days: u32| UnixTime(START.0 + i64::from(days * DAY));
    rules.issuance_pause = [START, after(4)];
    rules.write_off_pause = after(1);
    let world = World::new()
        .lends(0, 0, 60)
        .lends(0, 1, 60)
        .owes(1, 0, 12)
        .owes(2, 0, 15)
        .owes(2, 1, 20);
    (world, rules)
}

/// From a loan through a crash and liquidations to the write-off of what is left.
/// The collateral's bank carries a deficit of its own.
pub fn whole_cycle() -> Start {
    let liquidate = |liquidator, atoms| Call::Liquidate {
        debt_bank: 0,
        collateral_bank: 1,
        user: 2,
        liquidator,
        atoms,
    };
    let menu = vec![
        Call::Borrow {
            bank: 0,
            user: 2,
            atoms: 40,
        },
        Call::Crash,
        liquidate(1, 10),
        liquidate(1, ALL),
        write_off(0, 2),
        write_off(1, 0),
        cover(0),
        cover(1),
        buy(1, ALL),
        close(1),
        repay(0, 2, ALL),
        withdraw(1, 1, 1),
        withdraw(1, 2, 1),
        repay_record(0, 2, ALL),
        wait(1),
    ];
    let mut rules = Rules::plain(menu);
    rules.banks[1].price = [10, 4];
    let world = World::new()
        .lends(1, 0, 100)
        .lends(2, 1, 60)
        .lends(1, 1, 30)
        .owes(0, 1, 12);
    (world, rules)
}

/// Collateral in a delisted bank counts as nothing and is withheld.
pub fn delisted() -> Start {
    let mut menu = waterfall(0);
    menu.extend([
        write_off(0, 1),
        write_off(0, 2),
        withdraw(1, 2, 1),
        withdraw(0, 0, 1),
        repay(0, 2, ALL),
        repay_record(0, 2, ALL),
        repay_record(0, 1, 5),
        wait(1),
    ]);
    let mut rules = Rules::plain(menu);
    rules.banks[1].delisted = true;
    rules.banks[0].min_offer = Atoms(10);
    let world = World::new()
        .lends(0, 0, 80)
        .lends(2, 1, 25)
        .owes(1, 0, 9)
        .owes(2, 0, 21)
        .insured(0, 5);
    (world, rules)
}
