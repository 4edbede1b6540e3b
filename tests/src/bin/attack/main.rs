//! `cargo xtask attack`: the attacker's search for as long as one likes.

use {
    backstop_tests::attacker::{
        search::Search,
        settings,
        trial::{dollars, Setting},
    },
    clap::Parser,
    std::{
        process::ExitCode,
        time::{Duration, Instant},
    },
};

/// Searches for ways to end richer, on the real bytecode, in every setting in turn.
///
/// The exit code is 0 only if nothing was gained where nothing may be gained, and
/// something was found where there is something to find and time for a whole round.
#[derive(Debug, Parser)]
#[command(name = "attack", verbatim_doc_comment)]
struct Args {
    /// How long to search, all settings together
    #[arg(long, value_name = "N", default_value_t = 5.0)]
    minutes: f64,
    /// Seed of the first round; each further round adds one
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Only settings whose name contains this
    #[arg(long, value_name = "TEXT", default_value = "")]
    only: String,
}

/// Plans of a setting between two looks at the clock.
const BATCH: u64 = 100;
/// Plans after which a search begins anew, with another seed.
const ROUND: u64 = 6_000;

fn main() -> ExitCode {
    let args = Args::parse();
    let settings: Vec<(Setting, bool)> = settings::all()
        .into_iter()
        .filter(|(setting, _)| setting.name.contains(&args.only))
        .collect();
    if settings.is_empty() {
        eprintln!("no setting is called {:?}", args.only);
        return ExitCode::FAILURE;
    }
    let whole = Duration::from_secs_f64(args.minutes * 60.0);
    let each = whole / u32::try_from(settings.len()).expect("a few settings");
    let mut sound = true;
    for (setting, hole) in &settings {
        sound &= search(setting, *hole, args.seed, each);
    }
    if sound {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Searches one setting, round after round; whether the outcome is as it must be.
fn search(setting: &Setting, hole: bool, seed: u64, time: Duration) -> bool {
    let started = Instant::now();
    let (mut found, mut rounds) = (false, 0);
    for seed in seed.. {
        let mut search = Search::new(setting, seed);
        while search.effort().0 < ROUND && started.elapsed() < time {
            search.run(BATCH);
        }
        if search.effort().0 == 0 {
            break;
        }
        let best = search.best();
        println!("{search}, seed {seed}");
        if best.outcome.profit > 0 && !hole {
            println!("  profit {} by{}", dollars(best.outcome.profit), best.plan);
        }
        found |= best.outcome.profit > 0;
        rounds += search.effort().0 / ROUND;
    }
    found == hole || (hole && rounds == 0)
}
