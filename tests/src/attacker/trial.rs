//! One plan, played to its end on a fork of the chain.

use {
    super::{
        candidates::candidates,
        cast::Cast,
        execute::Executor,
        honest,
        owed::{owed, Rules},
        plan::{Action, Plan, Vocabulary, Wait},
        wealth::{estate, in_wallets, Attos, Prices, CENT},
    },
    crate::{chain::Receipt, invariants, world::World},
    solana_keypair::Keypair,
    std::hash::{DefaultHasher, Hash, Hasher},
};

/// Where and how the attacker plays.
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// The state that every plan starts from.
    pub world: World,
    /// Who is there.
    pub cast: Cast,
    /// What plans are made of.
    pub words: Vocabulary,
    /// What is subtracted from his profit.
    pub rules: Rules,
    /// True prices at the start.
    pub prices: Prices,
    /// How the price of one bank's asset moves with each wait (bps), over and
    /// over; he knows it all beforehand.
    pub path: Option<(usize, Vec<i32>)>,
    /// What it costs to push a bank's spot price by 100 % for one update, per bank.
    pub depth: Vec<Attos>,
    /// Whether honest keepers watch the attacker's obligations.
    pub watched: bool,
}

/// What a plan came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Gain beyond what is owed and what was spent on prices.
    pub profit: Attos,
    /// Gain as it is.
    pub gain: Attos,
    /// Bonuses, bounties and discounts.
    pub owed: Attos,
    /// Spent on pushing prices.
    pub spent: Attos,
    /// Which transactions went through.
    pub landed: Vec<bool>,
    /// What was reached on the way, as numbers that mean nothing.
    pub reached: Vec<u64>,
    /// What could be done next.
    pub candidates: Vec<Action>,
}

/// Plays `plan`.
///
/// # Panics
/// When an invariant is violated: whatever the profit, that is a finding.
pub fn play(setting: &Setting, plan: &Plan) -> Outcome {
    let cast = &setting.cast;
    let mut world = setting.world.fork();
    let admin = world.admin.insecure_clone();
    let mut truth = setting.prices.clone();
    let end = prices_at_the_end(setting, plan);
    let mut waits = 0;
    let mut outcome = Outcome {
        profit: 0,
        gain: 0,
        owed: 0,
        spent: 0,
        landed: Vec::new(),
        reached: Vec::new(),
        candidates: Vec::new(),
    };
    for step in &plan.steps {
        if let Wait::Secs(secs) = step.wait {
            world.advance(secs);
            move_price(setting, &mut world, &mut truth, waits);
            waits += 1;
        }
        let calm = step.push.map(|(bank, bps)| {
            outcome.spent += setting.depth[bank] * i128::from(bps.abs()) / 10_000;
            push(&mut world, cast, bank, bps)
        });
        let receipt = send(&mut world, cast, &step.actions, &admin);
        outcome.landed.push(receipt.is_some());
        if let Some(receipt) = &receipt {
            outcome.owed += owed(&mut world, cast, receipt, setting.rules, &truth, &end);
            remark(&mut outcome.reached, &mut world, cast, &step.actions);
        }
        if let Some((key, feed)) = calm {
            world.publish(key, feed);
        }
        if setting.watched && step.wait != Wait::SameSlot {
            honest::keep(&mut world, cast);
        }
    }
    settle(setting, &mut world, &end, &mut outcome);
    outcome.candidates = candidates(&mut world, cast);
    outcome
}

fn send(world: &mut World, cast: &Cast, actions: &[Action], admin: &Keypair) -> Option<Receipt> {
    if actions.is_empty() {
        return Some(Receipt::default());
    }
    let draft = Executor::new(world, cast).draft(actions, admin);
    world
        .chain
        .send_with_table(&draft.instructions, &draft.signers, &cast.table)
        .ok()
}

/// Counts what the attacker has, with the books up to date.
fn settle(setting: &Setting, world: &mut World, end: &Prices, outcome: &mut Outcome) {
    let cast = &setting.cast;
    // A feed may be out of bounds at the end; then interest is a second late.
    let _ = world
        .chain
        .send(&[crate::ix::refresh_banks(&cast.keys(world))], &[]);
    let before = {
        let mut start = setting.world.fork();
        in_wallets(&mut start, cast, end)
    };
    let after = estate(world, cast, end);
    outcome.gain = after - before;
    outcome.profit = outcome.gain - outcome.owed - outcome.spent;
    // A gain of another magnitude is news, even if all of it is owed.
    outcome.reached.push(u64::from(
        outcome
            .gain
            .max(0)
            .unsigned_abs()
            .checked_ilog2()
            .unwrap_or(0),
    ));
    let banks = world.banks.clone();
    let (market, obligations) = (world.market, world.obligations.clone());
    if let Err(violation) = invariants::check(&mut *world.chain, &market, &banks, &obligations) {
        panic!("{}: {violation}", setting.name);
    }
}

/// What the price path makes of the first prices by the end of the plan.
fn prices_at_the_end(setting: &Setting, plan: &Plan) -> Prices {
    let mut prices = setting.prices.clone();
    let waits = plan.steps.iter().filter(|step| step.wait != Wait::SameSlot);
    for (index, _) in waits.enumerate() {
        moved(setting, &mut prices, index);
    }
    prices
}

fn moved(setting: &Setting, prices: &mut Prices, waits: usize) {
    if let Some((bank, path)) = &setting.path {
        let price = &mut prices.banks[*bank];
        *price += *price * i64::from(path[waits % path.len()]) / 10_000;
    }
}

fn move_price(setting: &Setting, world: &mut World, truth: &mut Prices, waits: usize) {
    moved(setting, truth, waits);
    if let Some((bank, _)) = &setting.path {
        world.set_price(setting.cast.banks[*bank], truth.banks[*bank]);
    }
}

/// Pushes a spot price; returns what the feed said before.
fn push(
    world: &mut World,
    cast: &Cast,
    bank: usize,
    bps: i32,
) -> (solana_pubkey::Pubkey, crate::oracle::PriceFeed) {
    let key = world.keys(cast.banks[bank]).oracle;
    let calm = world.feed(&key);
    let mut feed = calm;
    feed.price += feed.price * i64::from(bps) / 10_000;
    world.publish(key, feed);
    (key, calm)
}

/// Notes what a transaction did, and what state each bank and the attacker are
/// in: a plan that gets somewhere new is worth keeping, whatever it lost on the way.
fn remark(reached: &mut Vec<u64>, world: &mut World, cast: &Cast, actions: &[Action]) {
    let mut states = Vec::new();
    for index in 0..cast.banks.len() {
        let bank = world.bank(cast.banks[index]);
        let l = &bank.ledger;
        states.push([
            l.deficit > 0,
            l.on_auction > 0,
            bank.auction.lot > 0,
            l.insurance > 0,
            bank.failed_auctions > 0,
            bank.failed_auctions > 2,
            bank.buy_back.budget > 0,
            l.socialised.get() > 0,
            bank.wound_down > 0,
            l.cash == 0,
        ]);
    }
    let mut sides = [[false; 3]; 8];
    for thief in &cast.thieves {
        for position in world.obligation(thief).positions() {
            if let Some(side) = cast
                .index_of(world, &position.bank)
                .and_then(|index| sides.get_mut(index))
            {
                side[0] |= position.has_deposit();
                side[1] |= position.has_debt();
                side[2] |= position.written_off > 0;
            }
        }
    }
    let mut note = |what: &dyn Fn(&mut DefaultHasher)| {
        let mut hasher = DefaultHasher::new();
        what(&mut hasher);
        reached.push(hasher.finish());
    };
    for action in actions {
        let whom = (action.whom >= cast.thieves.len()).then_some(action.whom);
        note(&|hasher| (action.op, action.bank, whom, states[action.bank]).hash(hasher));
    }
    note(&|hasher| states.hash(hasher));
    note(&|hasher| sides.hash(hasher));
}

/// (dollars) For people.
pub fn dollars(attos: Attos) -> String {
    let cents = attos / CENT;
    format!(
        "{}{}.{:02}",
        if attos < 0 { "-" } else { "" },
        cents.abs() / 100,
        cents.abs() % 100
    )
}
