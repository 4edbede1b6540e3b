//! `cargo xtask demo`: a crisis that really happened, on the real program.

mod args;

use {
    args::Args,
    backstop_tests::demo::{self, Story},
    clap::Parser,
    serde_json::json,
    std::{
        env,
        io::{self, IsTerminal, Write},
        panic,
        process::ExitCode,
        time::Instant,
    },
};

fn main() -> ExitCode {
    let args = Args::parse();
    // A violated invariant is told below, in one line.
    panic::set_hook(Box::new(|_| ()));
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("demo: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), String> {
    let (scenarios, short) = args.scenarios();
    let mut stories: Vec<Story> = Vec::new();
    for scenario in scenarios {
        let started = Instant::now();
        let story = demo::play(scenario, args.seed)
            .map_err(|reason| format!("scenario {scenario}, seed {}: {reason}", args.seed))?;
        if !args.json {
            print(&story, short).map_err(|error| error.to_string())?;
            eprintln!(
                "({scenario}: played in {:.1} s)",
                started.elapsed().as_secs_f64()
            );
        }
        stories.push(story);
    }
    if args.json {
        let document = json!({ "seed": args.seed, "stories": stories });
        let mut out = io::stdout().lock();
        serde_json::to_writer_pretty(&mut out, &document).map_err(|error| error.to_string())?;
        writeln!(out).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn print(story: &Story, short: bool) -> io::Result<()> {
    let stdout = io::stdout();
    let colour = stdout.is_terminal() && env::var_os("NO_COLOR").is_none();
    match demo::print(&mut stdout.lock(), story, short, colour) {
        // A reader who has seen enough is no failure of the market.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}
