//! Breadth-first search: every row of calls up to a depth, each state once.

use std::collections::HashSet;
use std::fmt;
use std::hash::{BuildHasherDefault, Hasher};

use backstop_engine::socialise::SocialiseReason;

use crate::calls::Call;
use crate::properties;
use crate::world::{Rules, World};

/// How much was searched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub states: usize,
    /// Calls that did something, whether or not the state was new.
    pub transitions: usize,
    pub refusals: usize,
    pub depth: usize,
    /// Whether nothing new is reachable by longer rows.
    pub closed: bool,
    /// How often each call of the menu did something.
    pub done: Vec<usize>,
    /// For which reasons a deficit was socialised.
    pub reasons: Vec<SocialiseReason>,
}

/// A row of calls that ends in a broken property.
#[derive(Clone, Debug)]
pub struct Counterexample {
    pub property: &'static str,
    pub what: String,
    pub path: Vec<Call>,
}

/// A broken property, before it is known how it was reached.
pub type Broken = (&'static str, String);

impl fmt::Display for Counterexample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} is broken: {}", self.property, self.what)?;
        for (number, call) in self.path.iter().enumerate() {
            writeln!(f, "{:>3}. {call:?}", number + 1)?;
        }
        Ok(())
    }
}

/// Fingerprints are their own hashes.
#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn write(&mut self, _: &[u8]) {
        unreachable!("fingerprints are u128");
    }

    fn write_u128(&mut self, fingerprint: u128) {
        self.0 = fingerprint as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// How a state was reached first: from which, by which entry of the menu.
#[derive(Clone, Copy)]
struct Step {
    from: u32,
    call: u8,
}

struct Search<'a> {
    rules: &'a Rules,
    seen: HashSet<u128, BuildHasherDefault<AsIs>>,
    steps: Vec<Step>,
    report: Report,
}

/// Calls everything on the menu in every state that `start` leads to in `depth`
/// calls, and proves every property of every state and of every call.
pub fn explore(start: &World, rules: &Rules, depth: usize) -> Result<Report, Box<Counterexample>> {
    let rules = &rules.prepared();
    let mut search = Search {
        rules,
        seen: HashSet::default(),
        steps: vec![Step { from: 0, call: 0 }],
        report: Report {
            done: vec![0; rules.menu.len()],
            ..Report::default()
        },
    };
    search.seen.insert(start.fingerprint(rules));
    search.report.states = 1;
    if let Err(broken) = properties::of_state(start, rules) {
        return Err(search.counterexample(0, None, broken));
    }
    let mut frontier = vec![(0, *start)];
    while !frontier.is_empty() && search.report.depth < depth {
        let mut next = Vec::new();
        for (id, world) in &frontier {
            search.expand(*id, world, &mut next)?;
        }
        search.report.depth += 1;
        frontier = next;
    }
    search.report.closed = frontier.is_empty();
    Ok(search.report)
}

impl Search<'_> {
    fn expand(
        &mut self,
        id: u32,
        world: &World,
        next: &mut Vec<(u32, World)>,
    ) -> Result<(), Box<Counterexample>> {
        for (number, call) in self.rules.menu.iter().enumerate() {
            let outcome = world.after(self.rules, *call);
            if let Err(broken) = properties::of_call(world, self.rules, *call, &outcome) {
                return Err(self.counterexample(id, Some(*call), broken));
            }
            let Ok((after, effect)) = outcome else {
                self.report.refusals += 1;
                continue;
            };
            self.report.transitions += 1;
            self.report.done[number] += 1;
            if let Some(reason) = effect.reason {
                if !self.report.reasons.contains(&reason) {
                    self.report.reasons.push(reason);
                }
            }
            if !self.seen.insert(after.fingerprint(self.rules)) {
                continue;
            }
            if let Err(broken) = properties::of_state(&after, self.rules) {
                return Err(self.counterexample(id, Some(*call), broken));
            }
            next.push((self.report.states as u32, after));
            self.report.states += 1;
            self.steps.push(Step {
                from: id,
                call: number as u8,
            });
        }
        Ok(())
    }

    fn counterexample(
        &self,
        mut id: u32,
        last: Option<Call>,
        (property, what): Broken,
    ) -> Box<Counterexample> {
        let mut path: Vec<Call> = last.into_iter().collect();
        while id != 0 {
            let step = self.steps[id as usize];
            path.push(self.rules.menu[usize::from(step.call)]);
            id = step.from;
        }
        path.reverse();
        Box::new(Counterexample {
            property,
            what,
            path,
        })
    }
}
