//! `cargo xtask fuzz`: random rows of transactions against the model, for as
//! long as one likes.

use {
    backstop_tests::fuzz::{
        campaign::{campaign, Found, Tally},
        case::Call,
    },
    clap::Parser,
    std::{
        path::PathBuf,
        process::ExitCode,
        sync::Mutex,
        thread,
        time::{Duration, Instant},
    },
};

/// Plays random rows of transactions on the bytecode and in a model of exact
/// fractions, and compares the two after every transaction.
#[derive(Parser)]
#[command(bin_name = "cargo xtask fuzz")]
struct Args {
    /// How long
    #[arg(long, default_value_t = 3.0)]
    minutes: f64,
    /// Where to start; every row has a seed of its own, counted from here
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Rows played at the same time; as many as there are processors without it
    #[arg(long)]
    threads: Option<usize>,
    /// Where a row that fails is written
    #[arg(long, default_value = ".")]
    out: PathBuf,
}

/// Between two lines of progress.
const PAUSE: Duration = Duration::from_secs(15);
/// Seeds between two threads: more than one of them gets to.
const STRIDE: u64 = 1_000_000;

fn main() -> ExitCode {
    let args = Args::parse();
    let threads = args
        .threads
        .unwrap_or_else(|| thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get));
    let time = Duration::from_secs_f64(args.minutes * 60.0);
    let progress = Mutex::new((Instant::now(), vec![Tally::default(); threads]));
    let started = Instant::now();
    let results: Vec<Result<Tally, Box<Found>>> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|thread| {
                let progress = &progress;
                let first = args.seed + thread as u64 * STRIDE;
                scope.spawn(move || {
                    campaign(first, time, |tally| {
                        let mut progress = progress.lock().expect("no thread panics here");
                        progress.1[thread] = tally.clone();
                        if progress.0.elapsed() >= PAUSE {
                            progress.0 = Instant::now();
                            eprintln!("  {}", line(&sum(&progress.1), started.elapsed()));
                        }
                    })
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("a failure is a result, not a panic"))
            .collect()
    });
    report(results, started.elapsed(), &args)
}

fn sum(tallies: &[Tally]) -> Tally {
    let mut all = Tally::default();
    for tally in tallies {
        all.runs += tally.runs;
        all.steps += tally.steps;
        all.done += tally.done;
        all.refused += tally.refused;
        for (name, count) in &tally.calls {
            *all.calls.entry(name.clone()).or_default() += count;
        }
        for (code, count) in &tally.refusals {
            *all.refusals.entry(*code).or_default() += count;
        }
    }
    all
}

fn line(tally: &Tally, elapsed: Duration) -> String {
    format!(
        "{:.0} s: {} rows, {} steps, {} transactions went through, {} were refused by both",
        elapsed.as_secs_f64(),
        tally.runs,
        tally.steps,
        tally.done,
        tally.refused
    )
}

fn report(results: Vec<Result<Tally, Box<Found>>>, elapsed: Duration, args: &Args) -> ExitCode {
    let mut tallies = Vec::new();
    let mut failed = false;
    for result in results {
        match result {
            Ok(tally) => tallies.push(tally),
            Err(found) => {
                failed = true;
                eprintln!("{found}");
                let file = args.out.join(format!("row-{}.json", found.seed));
                let text = serde_json::to_string_pretty(&found.case).expect("a case is data");
                match std::fs::write(&file, text) {
                    Ok(()) => eprintln!("written to {}", file.display()),
                    Err(error) => eprintln!("{} cannot be written: {error}", file.display()),
                }
            }
        }
    }
    if failed {
        return ExitCode::FAILURE;
    }
    let all = sum(&tallies);
    println!("{}", line(&all, elapsed));
    for (name, count) in &all.calls {
        println!("  {name:<14} {count:>8}");
    }
    let refusals: Vec<String> = all
        .refusals
        .iter()
        .map(|(code, count)| format!("{code}: {count}"))
        .collect();
    println!("  refusals by error: {}", refusals.join(", "));
    let missing: Vec<&str> = Call::NAMES
        .iter()
        .copied()
        .filter(|name| !all.calls.contains_key(*name))
        .collect();
    if missing.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("never went through: {}", missing.join(", "));
    ExitCode::FAILURE
}
