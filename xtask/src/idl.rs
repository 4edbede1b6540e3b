//! The program's interface description, `clients/idl/backstop.json`.
//!
//! Anchor generates, for the feature `idl-build`, tests that print pieces of
//! the IDL; this module runs them and puts the pieces together as
//! `anchor idl build` does. It is not done through `anchor_lang_idl::build`,
//! which compiles every crate anew with flags of its own and, when it is
//! started by rustup's cargo, reinstalls the compiler under running builds.

use std::{collections::BTreeMap, fs, process::Stdio};

use anchor_lang_idl_spec::{Idl, IdlEvent, IdlTypeDef};
use anyhow::{bail, ensure, Context, Result};
use serde::Deserialize;
use serde_json::Value;

use crate::{
    process::{host_cargo, run_captured},
    progress::Steps,
    workspace::Workspace,
};

/// Writes the description into the tree.
pub fn write(workspace: &Workspace) -> Result<()> {
    let idl = Steps::new(1).run(
        "reading the IDL off the program",
        "about 3 min the first time, seconds afterwards",
        || generate(workspace),
    )?;
    let file = workspace.idl();
    fs::create_dir_all(file.parent().context("no directory for the IDL")?)?;
    fs::write(&file, idl)?;
    eprintln!("wrote clients/idl/backstop.json");
    Ok(())
}

/// Fails when the file in the tree is not what the program says today.
pub fn check(workspace: &Workspace) -> Result<()> {
    let current = generate(workspace)?;
    let stored = fs::read_to_string(workspace.idl())
        .context("cannot read clients/idl/backstop.json: `cargo xtask idl` writes it")?;
    if let Some(difference) = first_difference(&stored, &current) {
        bail!(
            "clients/idl/backstop.json is stale: run `cargo xtask idl` and commit it.\n{difference}"
        );
    }
    Ok(())
}

fn generate(workspace: &Workspace) -> Result<String> {
    let mut cargo = host_cargo(workspace)?;
    cargo
        .args(["test", "--locked", "--package", "backstop", "--lib"])
        .args(["--features", "idl-build", "__anchor_private_print_idl"])
        .args(["--", "--show-output", "--quiet"])
        .env(
            "ANCHOR_IDL_BUILD_PROGRAM_PATH",
            workspace.root().join("programs/backstop"),
        )
        .env("ANCHOR_IDL_BUILD_RESOLUTION", "TRUE")
        .env("ANCHOR_IDL_BUILD_SKIP_LINT", "FALSE")
        .env("ANCHOR_IDL_BUILD_NO_DOCS", "FALSE")
        .stderr(Stdio::inherit());
    let printed = run_captured(&mut cargo)?;
    let idl = assemble(&printed)?;
    require_distinct_discriminators(&idl)?;
    let text = serde_json::to_string_pretty(&idl)?;
    Ok(shorten_paths(&text)? + "\n")
}

#[derive(Deserialize)]
struct PrintedEvent {
    event: IdlEvent,
    types: Vec<IdlTypeDef>,
}

/// Puts the printed pieces together, everything sorted by name.
fn assemble(printed: &str) -> Result<Idl> {
    let mut idl: Option<Idl> = None;
    let mut address = None;
    let mut events = Vec::new();
    let mut errors = Vec::new();
    let mut constants = Vec::new();
    let mut types = BTreeMap::new();

    let mut lines = printed.lines();
    while let Some(line) = lines.next() {
        let Some(kind) = line
            .strip_prefix("--- IDL begin ")
            .and_then(|rest| rest.strip_suffix(" ---"))
        else {
            continue;
        };
        let end = format!("--- IDL end {kind} ---");
        let piece = lines
            .by_ref()
            .take_while(|line| *line != end)
            .collect::<Vec<_>>()
            .join("\n");
        let context = || format!("the printed {kind} is not as Anchor 1.2.2 prints it");
        match kind {
            "address" => address = Some(piece.trim().trim_matches('"').to_owned()),
            "program" => {
                let program: Idl = serde_json::from_str(&piece).with_context(context)?;
                ensure!(idl.replace(program).is_none(), "two programs in one crate");
            }
            "event" => {
                let PrintedEvent { event, types: used } =
                    serde_json::from_str(&piece).with_context(context)?;
                events.push(event);
                types.extend(used.into_iter().map(|ty| (ty.name.clone(), ty)));
            }
            "errors" => {
                ensure!(errors.is_empty(), "two error enums in one program");
                errors = serde_json::from_str(&piece).with_context(context)?;
            }
            "const" => constants.push(serde_json::from_str(&piece).with_context(context)?),
            other => bail!("unknown piece `{other}`: is this Anchor 1.2.2?"),
        }
    }

    let mut idl = idl.context("the program printed no IDL: does the feature idl-build work?")?;
    idl.address = address.context("the program printed no address: is there a declare_id!?")?;
    types.extend(idl.types.into_iter().map(|ty| (ty.name.clone(), ty)));
    idl.types = types.into_values().collect();
    idl.events = events;
    idl.errors = errors;
    idl.constants = constants;
    idl.accounts.sort_by(|a, b| a.name.cmp(&b.name));
    idl.events.sort_by(|a, b| a.name.cmp(&b.name));
    idl.constants.sort_by(|a, b| a.name.cmp(&b.name));
    idl.instructions.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(idl)
}

/// No discriminator may be empty, all zero, or the beginning of another of its
/// kind: a client could not tell the two apart.
fn require_distinct_discriminators(idl: &Idl) -> Result<()> {
    let instructions: Vec<_> = idl
        .instructions
        .iter()
        .map(|i| (&i.name, &i.discriminator))
        .collect();
    let accounts: Vec<_> = idl
        .accounts
        .iter()
        .map(|a| (&a.name, &a.discriminator))
        .collect();
    let events: Vec<_> = idl
        .events
        .iter()
        .map(|e| (&e.name, &e.discriminator))
        .collect();
    for kind in [instructions, accounts, events] {
        for (index, (name, discriminator)) in kind.iter().enumerate() {
            ensure!(
                discriminator.iter().any(|byte| *byte != 0),
                "the discriminator of `{name}` is empty or zero"
            );
            for (other, longer) in kind
                .iter()
                .enumerate()
                .filter(|(i, _)| *i != index)
                .map(|(_, o)| o)
            {
                ensure!(
                    !longer.starts_with(discriminator),
                    "`{name}` and `{other}` cannot be told apart by their discriminators"
                );
            }
        }
    }
    Ok(())
}

/// Cuts `crate::module::Type` to `Type` where only one path ends in that name.
fn shorten_paths(idl: &str) -> Result<String> {
    let mut paths: BTreeMap<String, Vec<String>> = BTreeMap::new();
    collect_paths(&serde_json::from_str(idl)?, &mut paths);
    Ok(paths
        .into_iter()
        .filter(|(_, paths)| paths.len() == 1)
        .fold(idl.to_owned(), |text, (name, paths)| {
            text.replace(&format!("\"{}\"", paths[0]), &format!("\"{name}\""))
        }))
}

fn collect_paths(value: &Value, paths: &mut BTreeMap<String, Vec<String>>) {
    match value {
        Value::String(text) => {
            let is_word = |part: &str| {
                !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_')
            };
            if let Some((_, name)) = text.rsplit_once("::") {
                if text.split("::").all(is_word) {
                    let known = paths.entry(name.to_owned()).or_default();
                    if !known.contains(text) {
                        known.push(text.clone());
                    }
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect_paths(value, paths)),
        Value::Object(fields) => fields
            .values()
            .for_each(|value| collect_paths(value, paths)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The first line where two texts part, with a few lines of each.
fn first_difference(stored: &str, current: &str) -> Option<String> {
    const SHOWN: usize = 5;
    if stored == current {
        return None;
    }
    let same = stored
        .lines()
        .zip(current.lines())
        .take_while(|(a, b)| a == b)
        .count();
    let excerpt = |text: &str, mark: char| {
        text.lines()
            .skip(same)
            .take(SHOWN)
            .map(|line| format!("{mark} {line}\n"))
            .collect::<String>()
    };
    Some(format!(
        "From line {} on, in the tree (-) and from the program (+):\n{}{}",
        same + 1,
        excerpt(stored, '-'),
        excerpt(current, '+')
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = r#"
---- __anchor_private_print_idl_address stdout ----
--- IDL begin address ---
"Backstop111"
--- IDL end address ---
--- IDL begin event ---
{ "event": { "name": "Wrote", "discriminator": [9] }, "types": [] }
--- IDL end event ---
--- IDL begin program ---
{ "address": "", "metadata": { "name": "backstop", "version": "0.1.0", "spec": "0.1.0" },
  "instructions": [
    { "name": "b", "discriminator": [2], "accounts": [], "args": [] },
    { "name": "a", "discriminator": [1], "accounts": [], "args": [] } ] }
--- IDL end program ---
test result: ok. 3 passed"#;

    #[test]
    fn pieces_are_assembled_and_sorted() {
        let idl = assemble(PRINTED).unwrap();
        assert_eq!(idl.address, "Backstop111");
        assert_eq!(idl.events.len(), 1);
        let names: Vec<_> = idl.instructions.iter().map(|i| i.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        require_distinct_discriminators(&idl).unwrap();
        assert!(assemble("").is_err());
    }

    #[test]
    fn a_discriminator_that_begins_another_is_refused() {
        let mut idl = assemble(PRINTED).unwrap();
        idl.instructions[1].discriminator = vec![1, 7];
        assert!(require_distinct_discriminators(&idl).is_err());
        idl.instructions[1].discriminator = vec![0, 0];
        assert!(require_distinct_discriminators(&idl).is_err());
    }

    #[test]
    fn a_path_is_cut_only_where_its_name_is_unique() {
        let text = r#"["a::b::Bank", "a::x::Side", "a::y::Side", "see a::b"]"#;
        assert_eq!(
            shorten_paths(text).unwrap(),
            r#"["Bank", "a::x::Side", "a::y::Side", "see a::b"]"#
        );
    }

    #[test]
    fn the_first_difference_is_shown() {
        assert_eq!(first_difference("a\nb\n", "a\nb\n"), None);
        let shown = first_difference("a\nb\n", "a\nc\n").unwrap();
        assert!(shown.contains("From line 2"), "{shown}");
        assert!(shown.contains("- b") && shown.contains("+ c"), "{shown}");
        assert!(first_difference("a\n", "a\nb\n").is_some());
    }
}
