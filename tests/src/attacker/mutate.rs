//! From one plan to the next: insert, delete, swap, change, splice.

use {
    super::genome::{Gene, Plan, Step, Vocabulary, MOST_GENES},
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
    for gene in &mut fresh.genes {
        follow(gene, plan, rng);
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
        _ => change_genes(words, &mut steps[at], rng),
    }
}

/// Makes a new instruction go on from some other of the plan, more often than not:
/// with the same people, in the same banks, and with what suggests itself.
fn follow(gene: &mut Gene, plan: &Plan, rng: &mut ChaCha8Rng) {
    // The later ones more often: that is where the plan has got to.
    let genes = plan.steps.iter().rev().flat_map(|step| &step.genes);
    let Some(model) = genes.take(8).collect::<Vec<_>>().choose(rng).copied() else {
        return;
    };
    if rng.random_bool(0.5) {
        gene.op = *model.op.sequels().choose(rng).expect("there are sequels");
    }
    if rng.random_bool(0.7) {
        gene.who = model.who;
    }
    gene.whom = match rng.random_range(0..10) {
        0..4 => model.whom,
        4..6 => gene.who,
        _ => gene.whom,
    };
    (gene.bank, gene.other) = match rng.random_range(0..10) {
        0..4 => (model.bank, model.other),
        4..7 => (model.other, model.bank),
        _ => (gene.bank, gene.other),
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
        steps[at].genes.extend(next.genes);
        steps[at].genes.truncate(MOST_GENES);
    }
}

fn change_genes(words: &Vocabulary, step: &mut Step, rng: &mut ChaCha8Rng) {
    let genes = &mut step.genes;
    if genes.is_empty() {
        genes.push(words.gene(rng));
        return;
    }
    let at = rng.random_range(0..genes.len());
    let fresh = words.gene(rng);
    let gene = &mut genes[at];
    match rng.random_range(0..9) {
        0 => *gene = fresh,
        1 => gene.who = fresh.who,
        2 => gene.whom = fresh.whom,
        3 => (gene.bank, gene.other) = (fresh.bank, fresh.other),
        4 | 5 => gene.amount = fresh.amount,
        6 => gene.knob = fresh.knob,
        7 if genes.len() < MOST_GENES => genes.insert(at, fresh),
        7 => {
            let to = rng.random_range(0..genes.len());
            genes.swap(at, to);
        }
        _ => {
            genes.remove(at);
        }
    }
}
