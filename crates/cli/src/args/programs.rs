//! Programs behind the command line.

use clap::Subcommand;

/// `backstop keeper`
#[derive(Debug, Subcommand)]
pub enum KeeperCommand {
    /// Watches markets, liquidates, writes off, covers and closes
    Run(Box<backstop_keeper::RunArgs>),
}

/// `backstop demo`
#[cfg(feature = "demo")]
#[derive(Debug, clap::Args)]
pub struct Demo {
    /// The program's bytecode [default: where `cargo xtask build` writes it]
    #[arg(long, env = "BACKSTOP_SO", hide_env_values = true, value_name = "FILE")]
    pub program: Option<std::path::PathBuf>,
    /// The story
    #[command(flatten)]
    pub story: backstop_demo::Args,
}
