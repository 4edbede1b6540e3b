//! Random search and hill climbing over plans.
//!
//! Two kinds of plans are kept: the best so far, and those that reached a state
//! nobody had reached before, however poor they ended. Most ways to steal begin
//! with a step that costs something.

use {
    super::{
        mutate::mutate,
        plan::{Action, Plan, Step, Wait},
        trial::{dollars, play, Outcome, Setting},
    },
    rand::{seq::IndexedRandom, Rng, SeedableRng},
    rand_chacha::ChaCha8Rng,
    std::{collections::BTreeSet, fmt},
};

/// A plan and what it came to.
#[derive(Clone, Debug)]
pub struct Found {
    /// The plan, without what never went through.
    pub plan: Plan,
    /// What it came to.
    pub outcome: Outcome,
}

/// One search in one setting.
pub struct Search<'a> {
    setting: &'a Setting,
    rng: ChaCha8Rng,
    corpus: Vec<Found>,
    reached: BTreeSet<u64>,
    best: Vec<Found>,
    tried: u64,
    landed: u64,
}

/// How many of the best are climbed from.
const KEPT: usize = 8;

impl<'a> Search<'a> {
    /// A search that draws from `seed`: the same seed, the same plans.
    pub fn new(setting: &'a Setting, seed: u64) -> Self {
        Self {
            setting,
            rng: ChaCha8Rng::seed_from_u64(seed),
            corpus: Vec::new(),
            reached: BTreeSet::new(),
            best: Vec::new(),
            tried: 0,
            landed: 0,
        }
    }

    /// Tries so many plans more.
    pub fn run(&mut self, trials: u64) {
        for _ in 0..trials {
            let plan = self.next();
            self.judge(plan);
        }
    }

    /// Tries plans until one brings a profit, so many at the most.
    pub fn run_until_profit(&mut self, most: u64) {
        while self.tried < most && !self.profitable() {
            self.run(1);
        }
    }

    fn next(&mut self) -> Plan {
        let words = &self.setting.words;
        let fresh = self.corpus.is_empty() || self.rng.random_bool(0.15);
        if fresh {
            return words.plan(&mut self.rng);
        }
        if self.rng.random_bool(0.5) {
            if let Some(plan) = self.continued() {
                return plan;
            }
        }
        let climb = self.profitable() && self.rng.random_bool(0.5);
        let parent = if climb {
            let index = self.rng.random_range(0..self.best.len());
            self.best[index].plan.clone()
        } else {
            self.recent().plan.clone()
        };
        let other = self.recent().plan.clone();
        mutate(words, &parent, &other, &mut self.rng)
    }

    /// A plan that got somewhere, and one thing more that offers itself there. The
    /// kind of thing is drawn first: what is seldom possible gets its turn.
    fn continued(&mut self) -> Option<Plan> {
        let words = &self.setting.words;
        let op = *words.ops.choose(&mut self.rng)?;
        let climb = self.profitable() && self.rng.random_bool(0.3);
        let from = if climb { &self.best } else { &self.corpus };
        // What has gained something, be it only a bonus, is worth going on from.
        let gained = self.rng.random_bool(0.5);
        let offers: Vec<(&Plan, &Action)> = from
            .iter()
            .filter(|found| !gained || found.outcome.gain > 0)
            .flat_map(|found| {
                found
                    .outcome
                    .candidates
                    .iter()
                    .map(|action| (&found.plan, action))
            })
            .filter(|(_, action)| action.op == op)
            .collect();
        // Then against whom: a debtor who is there in every state is one of a few.
        let target = |action: &Action| (action.whom, action.bank, action.other);
        let targets: BTreeSet<_> = offers.iter().map(|(_, action)| target(action)).collect();
        let targets: Vec<_> = targets.into_iter().collect();
        let chosen = *targets.choose(&mut self.rng)?;
        let offers: Vec<_> = offers
            .into_iter()
            .filter(|(_, action)| target(action) == chosen)
            .collect();
        let (plan, offered) = *offers.choose(&mut self.rng)?;
        let (mut plan, mut action) = (plan.clone(), *offered);
        let mut step = words.step(&mut self.rng);
        let fresh = words.action(&mut self.rng);
        // Whose wallet it is matters for some, how much for most.
        if action.whom >= words.wallets || self.rng.random_bool(0.2) {
            action.who = fresh.who;
        }
        if self.rng.random_bool(0.7) {
            action.amount = fresh.amount;
        }
        step.actions = vec![action];
        plan.steps.push(step);
        Some(plan)
    }

    fn profitable(&self) -> bool {
        self.best
            .first()
            .is_some_and(|best| best.outcome.profit > 0)
    }

    /// One of the plans that got somewhere, the latest more often.
    fn recent(&mut self) -> &Found {
        let count = self.corpus.len();
        let from = if self.rng.random_bool(0.5) {
            count / 2
        } else {
            0
        };
        &self.corpus[self.rng.random_range(from..count)]
    }

    fn judge(&mut self, plan: Plan) {
        let outcome = play(self.setting, &plan);
        self.tried += 1;
        self.landed += u64::from(outcome.landed.iter().any(|landed| *landed));
        let mut news = false;
        for number in &outcome.reached {
            news |= self.reached.insert(*number);
        }
        let plan = trimmed(plan, &outcome, self.setting.path.is_some());
        let found = Found { plan, outcome };
        if news && !found.plan.steps.is_empty() {
            self.corpus.push(found.clone());
        }
        let worst = self.best.last().map(|last| last.outcome.profit);
        if self.best.len() < KEPT || worst.is_some_and(|worst| found.outcome.profit > worst) {
            let at = self
                .best
                .partition_point(|other| other.outcome.profit >= found.outcome.profit);
            self.best.insert(at, found);
            self.best.dedup_by(|a, b| a.plan == b.plan);
            self.best.truncate(KEPT);
        }
    }

    /// The best plan so far.
    ///
    /// # Panics
    /// Before any was tried.
    pub fn best(&self) -> &Found {
        self.best.first().expect("something was tried")
    }

    /// Plans tried, plans of which anything went through, and states reached.
    pub fn effort(&self) -> (u64, u64, usize) {
        (self.tried, self.landed, self.reached.len())
    }
}

/// Without what was refused. The time that passed meanwhile is added to the next
/// wait; where each wait moves a price they stay as they are.
fn trimmed(plan: Plan, outcome: &Outcome, path: bool) -> Plan {
    let mut steps: Vec<Step> = Vec::new();
    let mut waited = Wait::SameSlot;
    for (mut step, landed) in plan.steps.into_iter().zip(&outcome.landed) {
        if !landed {
            step.actions.clear();
            step.push = None;
        }
        if path {
            steps.push(step);
            continue;
        }
        step.wait = waited.then(step.wait);
        waited = step.wait;
        if !step.actions.is_empty() {
            waited = Wait::SameSlot;
            steps.push(step);
        }
    }
    steps.retain(Step::does_something);
    Plan { steps }
}

impl fmt::Display for Search<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tried, landed, reached) = self.effort();
        let outcome = &self.best().outcome;
        write!(
            f,
            "{}: {tried} plans, {landed} did something, {reached} states; best profit {} \
             (gained {}, owed {}, spent {})",
            self.setting.name,
            dollars(outcome.profit),
            dollars(outcome.gain),
            dollars(outcome.owed),
            dollars(outcome.spent)
        )
    }
}
