//! From one plan to the next: insert, delete, swap, change, splice.

use {
    super::plan::{Action, Plan, Step, Vocabulary, MOST_ACTIONS},
    rand::{seq::IndexedRandom, Rng},
    rand_chacha::ChaCha8Rng,
};

/// A neighbour of `plan`, now and then crossed with `other`.
pub fn mutate(words: &Vocabulary, plan: &Plan, other: &Plan, rng: &mut ChaCha8Rng) -> Plan {
    let mut next = plan.clone();
    for _ in 0..rng.random_range(1..=3) {
        change(words, &mut next, other, rng);
    }
    next.steps.retain(Step::does_something);
    next.steps.truncate(words.longest);
    if next.steps.is_empty() {
        next.steps.push(words.step(rng));
    }
    next
}

fn change(words: &Vocabulary, plan: &mut Plan, other: &Plan, rng: &mut ChaCha8Rng) {
    let mut fresh = words.step(rng);
    for action in &mut fresh.actions {
        follow(action, plan, rng);
    }
    let steps = &mut plan.steps;
    if steps.is_empty() {
        steps.push(fresh);
        return;
    }
    let at = rng.random_range(0..steps.len());
    match rng.random_range(0..14) {
        // Most attacks go on from where they are.
        0..=2 => steps.push(fresh),
        12 | 13 => steps.insert(rng.random_range(0..=steps.len()), fresh),
        3 => {
            steps.remove(at);
        }
        4 => {
            let to = rng.random_range(0..steps.len());
            steps.swap(at, to);
        }
        5 => steps[at].wait = words.wait(rng),
        6 => steps[at].push = words.push(rng),
        7 => splice(steps, other, rng),
        8 => join(steps, at),
        _ => change_actions(words, &mut steps[at], rng),
    }
}

/// Makes a new instruction go on from some other of the plan, more often than not:
/// with the same people, in the same banks, and with what suggests itself.
fn follow(action: &mut Action, plan: &Plan, rng: &mut ChaCha8Rng) {
    // The later ones more often: that is where the plan has got to.
    let actions = plan.steps.iter().rev().flat_map(|step| &step.actions);
    let Some(model) = actions.take(8).collect::<Vec<_>>().choose(rng).copied() else {
        return;
    };
    if rng.random_bool(0.5) {
        action.op = *model.op.sequels().choose(rng).expect("there are sequels");
    }
    if rng.random_bool(0.7) {
        action.who = model.who;
    }
    action.whom = match rng.random_range(0..10) {
        0..4 => model.whom,
        4..6 => action.who,
        _ => action.whom,
    };
    (action.bank, action.other) = match rng.random_range(0..10) {
        0..4 => (model.bank, model.other),
        4..7 => (model.other, model.bank),
        _ => (action.bank, action.other),
    };
}

/// Puts a row of another plan's steps somewhere into this one.
fn splice(steps: &mut Vec<Step>, other: &Plan, rng: &mut ChaCha8Rng) {
    if other.steps.is_empty() {
        return;
    }
    let from = rng.random_range(0..other.steps.len());
    let to = rng.random_range(from..other.steps.len());
    let at = rng.random_range(0..=steps.len());
    steps.splice(at..at, other.steps[from..=to].iter().cloned());
}

/// Makes one transaction of two that follow each other.
fn join(steps: &mut Vec<Step>, at: usize) {
    if at + 1 < steps.len() {
        let next = steps.remove(at + 1);
        steps[at].actions.extend(next.actions);
        steps[at].actions.truncate(MOST_ACTIONS);
    }
}

fn change_actions(words: &Vocabulary, step: &mut Step, rng: &mut ChaCha8Rng) {
    let actions = &mut step.actions;
    if actions.is_empty() {
        actions.push(words.action(rng));
        return;
    }
    let at = rng.random_range(0..actions.len());
    let fresh = words.action(rng);
    let action = &mut actions[at];
    match rng.random_range(0..9) {
        0 => *action = fresh,
        1 => action.who = fresh.who,
        2 => action.whom = fresh.whom,
        3 => (action.bank, action.other) = (fresh.bank, fresh.other),
        4 | 5 => action.amount = fresh.amount,
        6 => action.knob = fresh.knob,
        7 if actions.len() < MOST_ACTIONS => actions.insert(at, fresh),
        7 => {
            let to = rng.random_range(0..actions.len());
            actions.swap(at, to);
        }
        _ => {
            actions.remove(at);
        }
    }
}
