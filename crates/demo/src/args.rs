//! What can be asked of the demo, and playing it to standard output.

use {
    super::{play, print, Scenario, Story},
    clap::Args as ClapArgs,
    serde_json::json,
    std::{
        env,
        io::{self, IsTerminal, Write},
        panic,
        time::Instant,
    },
};

/// Which story, and how to tell it.
#[derive(Clone, Debug, ClapArgs)]
pub struct Args {
    /// Which story to play: insurance, dilution, exhausted or all
    #[arg(long, value_name = "NAME", default_value = "exhausted", value_parser = known)]
    scenario: String,
    /// Draws the borrowers: sizes, loans and order. The same seed, the same story
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

impl Args {
    /// The stories to play, and whether in short form.
    fn scenarios(&self) -> (Vec<Scenario>, bool) {
        self.scenario
            .parse()
            .map_or_else(|_| (Scenario::ALL.to_vec(), true), |one| (vec![one], false))
    }
}

fn known(name: &str) -> Result<String, String> {
    if name == "all" {
        return Ok(name.to_owned());
    }
    name.parse::<Scenario>()
        .map(|scenario| scenario.name().to_owned())
        .map_err(|error| format!("{error}; try insurance, dilution, exhausted or all"))
}

/// Plays and prints: texts, or with `json` one JSON document and nothing else.
///
/// # Errors
/// The first invariant that did not hold, in one line.
pub fn run(args: &Args, json: bool) -> Result<(), String> {
    // A violated invariant is told by the caller, in one line.
    panic::set_hook(Box::new(|_| ()));
    let (scenarios, short) = args.scenarios();
    let mut stories: Vec<Story> = Vec::new();
    for scenario in scenarios {
        let started = Instant::now();
        let story = play(scenario, args.seed)
            .map_err(|reason| format!("scenario {scenario}, seed {}: {reason}", args.seed))?;
        if !json {
            tell(&story, short).map_err(|error| error.to_string())?;
            eprintln!(
                "({scenario}: played in {:.1} s)",
                started.elapsed().as_secs_f64()
            );
        }
        stories.push(story);
    }
    if json {
        let document = json!({ "seed": args.seed, "stories": stories });
        let mut out = io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &document).map_err(|error| error.to_string())?;
        writeln!(out).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn tell(story: &Story, short: bool) -> io::Result<()> {
    let stdout = io::stdout();
    let colour = stdout.is_terminal() && env::var_os("NO_COLOR").is_none();
    match print(&mut stdout.lock(), story, short, colour) {
        // A reader who has seen enough is no failure of the market.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}
