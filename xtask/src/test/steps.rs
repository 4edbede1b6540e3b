//! The steps, in the order in which failures are cheap.

use std::process::Stdio;

use anyhow::{ensure, Context, Result};

use crate::{
    bins::{Binary, BENCH, CLI, DEMO, FUZZ, LOCALNET},
    build, idl, localnet,
    process::{self, host_cargo, Command},
    workspace::Workspace,
};

/// One thing that must hold.
pub struct Step {
    /// What is announced.
    pub name: &'static str,
    /// How long it takes, on two processors.
    pub takes: &'static str,
    /// What is true once it has passed.
    pub shows: &'static str,
    /// What is run.
    pub how: How,
}

/// What a step runs.
pub enum How {
    /// `cargo` with these arguments.
    Cargo(&'static [&'static str]),
    /// The same, for tests, which are counted.
    Tests(&'static [&'static str]),
    /// A function of this program.
    Own(fn(&Workspace) -> Result<()>),
    /// Compiles a binary of the workspace.
    Compile(&'static Binary),
    /// Runs such a binary.
    Play(&'static Binary, &'static [&'static str]),
    /// The steps of [`crate::node`], with the tests on the local chain beside
    /// its last one.
    TypeScript,
}

/// All of them.
pub const STEPS: &[Step] = &[
    Step {
        name: "formatting",
        takes: "a few seconds",
        shows: "every Rust file is as rustfmt writes it",
        how: How::Cargo(&["fmt", "--all", "--check"]),
    },
    // Before the long compiles: a newcomer's first question is whether the
    // program itself can be built here.
    Step {
        name: "building the program",
        takes: "about 5 min the first time, seconds afterwards",
        shows: "the program compiles to bytecode that the chain can load",
        how: How::Own(|workspace| build::program(workspace).map(drop)),
    },
    Step {
        name: "clippy, on everything",
        takes: "about 4 min the first time, seconds afterwards",
        shows: "no lint has anything to say, unchecked arithmetic in money code among them",
        how: How::Cargo(&[
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ]),
    },
    Step {
        name: "documentation",
        takes: "half a minute",
        shows: "every public item is documented, and every link in it leads somewhere",
        how: How::Own(documentation),
    },
    Step {
        name: "the IDL is current",
        takes: "about 3 min the first time, seconds afterwards",
        shows: "clients/idl/backstop.json describes the program as it is",
        how: How::Own(idl::check),
    },
    Step {
        name: "the local chain",
        takes: "10 to 20 min the first time, nothing afterwards",
        shows: "nothing by itself: tests below run processes against it",
        how: How::Own(|workspace| localnet::surfnet(workspace).map(drop)),
    },
    Step {
        name: "compiling the tests",
        takes: "about 9 min the first time, seconds afterwards",
        shows: "everything compiles for this machine, tests and examples too",
        how: How::Own(compile_tests),
    },
    Step {
        name: "running the tests",
        takes: "about 4 min",
        shows: "what the tests claim holds, on bytecode and natively",
        how: How::Tests(&["test", "--workspace", "--locked"]),
    },
    Step {
        name: "everything in TypeScript, and tests on the local chain",
        takes: "about 2 min",
        shows: "the client, the migrations and the page work, and keepers survive kills and lies",
        how: How::TypeScript,
    },
    Step {
        name: "compiling the search for rows",
        takes: "about 10 s",
        shows: "nothing by itself: the next step runs it",
        how: How::Compile(&FUZZ),
    },
    // On two processors these are two minutes of rows; `cargo xtask fuzz` goes on.
    Step {
        name: "random rows of transactions against the model",
        takes: "a minute on every processor",
        shows: "the program does what exact fractions say, to the atom",
        how: How::Play(&FUZZ, &["--minutes", "1"]),
    },
    Step {
        name: "compiling the demo",
        takes: "about 10 s",
        shows: "nothing by itself: the next step runs it",
        how: How::Compile(&DEMO),
    },
    Step {
        name: "the demo's scenarios",
        takes: "half a minute",
        shows: "every story is told to its end, with every invariant checked on the way",
        how: How::Own(stories),
    },
    Step {
        name: "compiling the benchmark",
        takes: "about 10 s",
        shows: "nothing by itself: the next step runs it",
        how: How::Compile(&BENCH),
    },
    Step {
        name: "the benchmark's records",
        takes: "half a minute",
        shows: "no instruction costs 2 % more than docs/benchmarks.md says",
        how: How::Play(&BENCH, &["--check"]),
    },
];

fn documentation(workspace: &Workspace) -> Result<()> {
    process::run(
        host_cargo(workspace)?
            .args(["doc", "--workspace", "--exclude", "xtask", "--lib"])
            .args(["--no-deps", "--locked"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}

/// The tests, and what they start as processes.
fn compile_tests(workspace: &Workspace) -> Result<()> {
    process::run(host_cargo(workspace)?.args(["test", "--workspace", "--locked", "--no-run"]))?;
    LOCALNET.compile(workspace)?;
    CLI.compile(workspace)
}

fn stories(workspace: &Workspace) -> Result<()> {
    quiet(
        DEMO.command(workspace)?
            .args(["--scenario", "all", "--json"]),
    )
}

/// Runs a child whose standard output is of no interest here.
fn quiet(command: &mut Command) -> Result<()> {
    let status = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .with_context(|| format!("cannot start {}", command.get_program().to_string_lossy()))?;
    ensure!(status.success(), "it ended with {status}");
    Ok(())
}
