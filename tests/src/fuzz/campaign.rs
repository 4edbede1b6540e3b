//! Many runs, one after another, and what they have exercised.

use {
    super::{
        case::{Case, Step},
        ending,
        generate::Generator,
        shrink::shrink,
        stage::{Effect, Stage},
    },
    rand::SeedableRng,
    rand_chacha::ChaCha8Rng,
    std::{
        collections::BTreeMap,
        time::{Duration, Instant},
    },
};

/// Steps of a run.
pub const STEPS: usize = 320;

/// What runs have done.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Runs to the end.
    pub runs: u64,
    /// Steps, transactions among them.
    pub steps: u64,
    /// Transactions that went through.
    pub done: u64,
    /// Transactions that both sides refused.
    pub refused: u64,
    /// Instructions that went through, by name.
    pub calls: BTreeMap<String, u64>,
    /// Refusals, by error number.
    pub refusals: BTreeMap<u32, u64>,
}

/// A run that failed, cut down.
#[derive(Debug)]
pub struct Found {
    /// The seed it was drawn from.
    pub seed: u64,
    /// What differed or was violated.
    pub why: String,
    /// The shortest case that fails.
    pub case: Case,
}

impl std::fmt::Display for Found {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let case = serde_json::to_string(&self.case).map_err(|_| std::fmt::Error)?;
        write!(f, "seed {}: {}\n{case}", self.seed, self.why)
    }
}

/// Draws and plays one run. Steps are drawn from the state that those before
/// them have led to.
pub fn run(seed: u64, tally: &mut Tally) -> Result<(), Box<Found>> {
    let mut generator = Generator::new(ChaCha8Rng::seed_from_u64(seed));
    let setup = generator.setup();
    let mut stage = Stage::new(&setup);
    let mut steps = Vec::new();
    let mut failure = None;
    for _ in 0..STEPS {
        let step = generator.step(&stage.model);
        let effect = stage.step(&step);
        tally.steps += 1;
        if let (Step::Send(calls), Ok(effect)) = (&step, &effect) {
            match effect {
                Effect::Done => {
                    tally.done += 1;
                    for call in calls {
                        *tally.calls.entry(call.name()).or_default() += 1;
                    }
                }
                Effect::Refused(why) => {
                    tally.refused += 1;
                    *tally.refusals.entry(why.0).or_default() += 1;
                }
                Effect::TooLarge => {}
            }
        }
        steps.push(step);
        if let Err(why) = effect {
            failure = Some(why);
            break;
        }
    }
    let failure = failure.or_else(|| ending::reach(&mut stage).err());
    let Some(why) = failure else {
        tally.runs += 1;
        return Ok(());
    };
    let case = shrink(Case { setup, steps }, |case| Stage::play(case).is_err());
    let why = Stage::play(&case).err().unwrap_or(why);
    Err(Box::new(Found { seed, why, case }))
}

/// Runs from `first` on until the time is over.
pub fn campaign(
    first: u64,
    time: Duration,
    mut report: impl FnMut(&Tally),
) -> Result<Tally, Box<Found>> {
    let started = Instant::now();
    let mut tally = Tally::default();
    let mut seed = first;
    while started.elapsed() < time {
        run(seed, &mut tally)?;
        report(&tally);
        seed += 1;
    }
    Ok(tally)
}
