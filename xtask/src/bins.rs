//! The programs that a visitor runs: the demo, the benchmark, the local network,
//! and the search for rows of transactions that break something.

use std::{os::unix::process::CommandExt, path::PathBuf};

use anyhow::{Context, Result};

use crate::{build, process, process::Command, progress::Steps, workspace::Workspace};

/// A binary of this workspace.
pub struct Binary {
    name: &'static str,
    help: &'static str,
}

/// Plays scenarios on the real bytecode.
pub const DEMO: Binary = Binary {
    name: "demo",
    help: "\
Plays a lender's bad day on the real program and shows every number.

Usage: cargo xtask demo [--scenario NAME] [--seed N] [--json]

  --scenario NAME  which story to play; `all` plays every one in short form
  --seed N         the seed of everything that is random, for the same run again
  --json           prints the result as JSON on standard output, and nothing else

Any other option goes to the demo as it is. The first run makes what it needs:
the toolchain (about 3 min), the program (about 2 min) and the test crates
(about 9 min on two cores); later runs start in seconds.",
};

/// Measures compute units and sizes.
pub const BENCH: Binary = Binary {
    name: "bench",
    help: "\
Measures compute units, account sizes and the size of the program.

Usage: cargo xtask bench [--check]
       cargo xtask bench keeper [--people N] [--out DIR]

  (none)   rewrites the records in docs/benchmarks.md
  --check  compares with them, and fails when one is more than 2 % worse
  keeper   measures the keeper with up to a million obligations instead, and
           rewrites docs/keeper-scale.md and docs/keeper-scale.svg (4 min)

Any other option goes to the benchmark as it is.",
};

/// Runs a local network, or moves the prices of one that runs.
pub const LOCALNET: Binary = Binary {
    name: "localnet",
    help: "\
A local network: JSON-RPC and web sockets on loopback, the deployed program,
funded actors, mints, and prices that are published every second.

Usage: cargo xtask localnet [COMMAND]

  up [--rpc-port N] [--ws-port N] [--slot-time-ms N]
                        runs it until Ctrl-C (8899, 8900, 200); what no command
                        does, too. Port 0 takes any free one
  price ASSET DOLLARS [--ema D] [--conf D]
                        moves a price: `price SOL 42.5`
  time [--forward 2h]   shows the chain's clock, or moves it
  airdrop WHO AMOUNT [--asset SOL|USDC|GOV]
                        gives SOL for fees, or tokens, to an actor or address
  status [--json]       shows clock, prices, mints and actors
  reset                 forgets the keys and prices of one that has stopped

  --dir DIR             where keys, prices and localnet.json are kept
                        (target/localnet)

The first run compiles the chain (10 to 20 min on two cores), kept in the cache
for every clone; later ones start it in seconds.",
};

/// Plays random rows of transactions against the model.
pub const FUZZ: Binary = Binary {
    name: "fuzz",
    help: "\
Plays random rows of transactions on the real program and in a model of exact
fractions, and compares the two after every transaction.

Usage: cargo xtask fuzz [--minutes N] [--seed N] [--threads N] [--out DIR]

  --minutes N  how long (3)
  --seed N     where to start; every row has a seed of its own (1)
  --threads N  rows played at the same time (one a processor)
  --out DIR    where a row that fails is written, cut down to what it needs (.)

A row that failed belongs into tests/fixtures/rows, where it stays as a test.",
};

/// Searches for profit.
pub const ATTACK: Binary = Binary {
    name: "attack",
    help: "\
Plays borrower, keeper, bidder and lender at once, with an honest and with a
hostile admin, and tries to end richer than the rules allow.

Usage: cargo xtask attack [--minutes N] [--seed N] [--only TEXT]

  --minutes N  how long, all settings together (5)
  --seed N     seed of the first round (1)
  --only TEXT  only settings whose name contains this",
};

/// Becomes the command line program `backstop`, in the caller's directory. Its
/// help is its own.
pub fn cli(workspace: &Workspace, args: &[String]) -> Result<()> {
    CLI.compile(workspace)?;
    let error = Command::new(CLI.path(workspace)?)
        .env("BACKSTOP_SO", workspace.program())
        .args(args)
        .exec();
    Err(error).context("cannot start backstop")
}

/// The command line program.
pub const CLI: Binary = Binary {
    name: "backstop",
    help: "",
};

/// The first argument of `bench` that asks for the keeper's.
const KEEPER: &str = "keeper";

/// Measures what `args` ask for: the program, or the keeper.
pub fn bench(workspace: &Workspace, args: &[String]) -> Result<()> {
    match args.split_first() {
        Some((first, rest)) if first == KEEPER => bench_keeper(workspace, rest),
        _ => BENCH.run(workspace, args),
    }
}

/// Becomes the example `scale` of the keeper. It needs no program. An example,
/// so that what draws the picture is no dependency of the keeper; compiled with
/// the whole workspace, as the tests are, so that nothing is compiled twice.
fn bench_keeper(workspace: &Workspace, args: &[String]) -> Result<()> {
    Steps::new(1).run(
        "compiling the keeper's benchmark",
        "about 9 min the first time, seconds afterwards",
        || {
            let mut cargo = process::host_cargo(workspace)?;
            process::run(cargo.args(["build", "--locked", "--workspace", "--example", "scale"]))
        },
    )?;
    let path = workspace.host_target()?.join("debug/examples/scale");
    let mut command = Command::new(path);
    let error = command.current_dir(workspace.root()).args(args).exec();
    Err(error).context("cannot start the keeper's benchmark")
}

impl Binary {
    /// Makes what the binary needs, then becomes it: its standard output and
    /// exit code are ours. Set-up talks on standard error only.
    pub fn run(&self, workspace: &Workspace, args: &[String]) -> Result<()> {
        if args.iter().any(|arg| arg == "--help" || arg == "-h") {
            println!("{}", self.help);
            return Ok(());
        }
        build::program(workspace)?;
        Steps::new(1).run(
            &format!("compiling the {}", self.name),
            "about 9 min the first time, seconds afterwards",
            || self.compile(workspace),
        )?;
        let error = self.command(workspace)?.args(args).exec();
        Err(error).with_context(|| format!("cannot start the {}", self.name))
    }

    /// What `--help` prints.
    pub fn help(&self) -> &'static str {
        self.help
    }

    /// Compiles the binary and the test crates below it.
    pub fn compile(&self, workspace: &Workspace) -> Result<()> {
        process::run(
            process::host_cargo(workspace)?
                // The whole workspace selects the features that the tests were
                // compiled with, and an example among the targets those that
                // only tests ask for: so nothing is compiled a second time.
                .args(["build", "--locked", "--workspace"])
                .args(["--example", "bid", "--bin", self.name]),
        )
    }

    /// Where it lies once it is compiled.
    pub fn path(&self, workspace: &Workspace) -> Result<PathBuf> {
        Ok(workspace.host_target()?.join("debug").join(self.name))
    }

    /// The compiled binary, told where the program is.
    pub fn command(&self, workspace: &Workspace) -> Result<Command> {
        let mut command = Command::new(self.path(workspace)?);
        command
            .current_dir(workspace.root())
            .env("BACKSTOP_SO", workspace.program());
        Ok(command)
    }
}
