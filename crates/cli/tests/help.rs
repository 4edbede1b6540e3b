//! What `--help` says, of every command: `help.txt` is the record.
//!
//! `BACKSTOP_RECORD_HELP=1 cargo test -p backstop-cli --test help` records it.
#![cfg(feature = "demo")]

use std::{env, fs, path::Path};

use backstop_cli::args::Cli;
use clap::{Command, CommandFactory};

/// The keeper's options are its own crate's.
const ELSEWHERE: &[&str] = &["help", "keeper"];

fn describe(command: &mut Command, path: &str, out: &mut String) {
    out.push_str(&format!(
        "===== {path} --help\n{}\n",
        command.render_long_help()
    ));
    for inner in command.get_subcommands_mut() {
        // Told once, at the top.
        *inner = inner.clone().mut_args(|arg| {
            if arg.is_global_set() {
                arg.hide(true)
            } else {
                arg
            }
        });
        let name = inner.get_name().to_owned();
        if !ELSEWHERE.contains(&name.as_str()) {
            describe(inner, &format!("{path} {name}"), out);
        }
    }
}

fn all() -> String {
    let mut command = Cli::command();
    command.build();
    let mut out = String::new();
    describe(&mut command, "backstop", &mut out);
    let lines: Vec<&str> = out.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

#[test]
fn help_is_what_the_record_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/help.txt");
    let help = all();
    if env::var_os("BACKSTOP_RECORD_HELP").is_some() {
        fs::write(&path, &help).unwrap();
    }
    let record = fs::read_to_string(&path).unwrap();
    for (said, recorded) in help.lines().zip(record.lines()) {
        assert_eq!(said, recorded);
    }
    assert_eq!(help, record);
}

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}
