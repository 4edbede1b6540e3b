//! Settings: what the file says, over it the environment, over it the flags.
//!
//! The file is TOML, `examples/keeper.toml` explains every line of it. Each
//! setting has a variable: its name in capitals behind `BACKSTOP_KEEPER_`, with
//! two underscores for a dot, as in `BACKSTOP_KEEPER_RPC__ENDPOINTS`. Secrets
//! are never in here: the keypair is a path, and an address with a key in it
//! belongs into the environment.

mod args;
mod check;
mod settings;
mod types;

pub use args::{Inherited, RunArgs};
pub use settings::Settings;
pub use types::*;

use anyhow::Context as _;
use figment::{
    providers::{Env, Format as _, Serialized, Toml},
    Figment,
};

/// What every variable begins with.
const PREFIX: &str = "BACKSTOP_KEEPER_";
/// The variable that names the file is no setting.
const FILE_KEY: &str = "file";

/// Reads all layers.
///
/// # Errors
/// A file that cannot be read, a setting that does not exist or has another
/// type; the text names the setting and where it comes from.
pub fn load(args: &RunArgs) -> anyhow::Result<Settings> {
    let mut figment = Figment::from(Serialized::defaults(Settings::default()));
    for (key, value) in args.fallbacks() {
        figment = figment.merge(Serialized::default(&key, value));
    }
    if let Some(path) = args.file_path() {
        anyhow::ensure!(
            path.is_file(),
            "there is no file {}: copy examples/keeper.toml, or name another with --file",
            path.display()
        );
        figment = figment.merge(Toml::file_exact(path));
    }
    figment = figment.merge(Env::prefixed(PREFIX).ignore(&[FILE_KEY]).split("__"));
    for (key, value) in args.overrides() {
        figment = figment.merge((key, value));
    }
    figment
        .extract()
        .context("the settings cannot be read: see examples/keeper.toml")
}

#[cfg(test)]
mod tests;
