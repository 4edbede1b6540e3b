//! Every fuzz target over its committed seeds and over pseudo-random inputs,
//! the same in every run.

use std::{collections::BTreeSet, fs, path::PathBuf};

use backstop_targets::{idl::idl, Target, TARGETS};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Pseudo-random inputs of each target.
const INPUTS: usize = 1_500;
/// Longest of them.
const LENGTH: usize = 600;

fn seeds(target: &Target) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/seeds")
        .join(target.name);
    let entries = fs::read_dir(&folder).expect("every target has seeds");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a directory entry").path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} has no seed", target.name);
    let read = |path: PathBuf| {
        let bytes = fs::read(&path).expect("a seed can be read");
        (path, bytes)
    };
    files.into_iter().map(read).collect()
}

/// Runs `input` where a panic says which one it was.
fn run(target: &Target, what: &str, input: &[u8]) -> Vec<&'static str> {
    std::panic::catch_unwind(|| (target.run)(input)).unwrap_or_else(|_| {
        let hex: String = input.iter().map(|byte| format!("{byte:02x}")).collect();
        panic!("{} fails on {what}: {hex}", target.name)
    })
}

fn reached_by_seeds(name: &str) -> BTreeSet<&'static str> {
    let target = TARGETS.iter().find(|target| target.name == name);
    let target = target.expect("the target exists");
    let seeds = seeds(target).into_iter();
    seeds
        .flat_map(|(path, bytes)| run(target, &path.display().to_string(), &bytes))
        .collect()
}

fn random_inputs(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name);
    let target = target.expect("the target exists");
    let seeds = seeds(target);
    let mut rng = ChaCha8Rng::seed_from_u64(20_221_109);
    for number in 0..INPUTS {
        // Pure noise does not come far; what the seeds do, one after the other
        // and with a few bytes changed, does.
        let mut input = vec![0; rng.random_range(1..LENGTH)];
        rng.fill(&mut input[..]);
        if number % 4 > 0 {
            let head = target.head.min(input.len());
            let mut steps = input[..head].to_vec();
            for _ in 0..rng.random_range(1..6) {
                let (_, seed) = &seeds[rng.random_range(0..seeds.len())];
                steps.extend_from_slice(seed.get(target.head..).unwrap_or_default());
            }
            for _ in 0..rng.random_range(0..8) {
                let at = rng.random_range(0..steps.len().max(1));
                if let Some(byte) = steps.get_mut(at) {
                    *byte = rng.random();
                }
            }
            input = steps;
        }
        run(target, "a pseudo-random input", &input);
    }
}

#[test]
fn the_seeds_make_every_instruction_succeed() {
    let reached = reached_by_seeds("instruction_data");
    let all = idl().instructions.iter();
    let missed: Vec<&str> = all
        .map(|instruction| instruction.name.as_str())
        .filter(|name| !reached.contains(name))
        .collect();
    assert_eq!(missed, Vec::<&str>::new());
}

#[test]
fn the_seeds_make_instructions_succeed_beside_corrupt_accounts() {
    let reached = reached_by_seeds("account_bytes");
    for name in [
        "refresh_banks",
        "deposit",
        "withdraw",
        "write_off",
        "cover_deficit",
    ] {
        assert!(reached.contains(name), "{name} in {reached:?}");
    }
}

#[test]
fn the_seeds_reach_every_verdict_on_prices_and_mints() {
    assert_eq!(
        reached_by_seeds("oracle_reader"),
        BTreeSet::from(["read", "accepted"])
    );
    assert_eq!(
        reached_by_seeds("mint_extensions"),
        BTreeSet::from(["allowed", "forbidden", "malformed"])
    );
}

#[test]
fn the_seeds_make_every_engine_operation_succeed() {
    let reached = reached_by_seeds("engine_ops");
    assert_eq!(reached.len(), backstop_targets::engine_ops::OPERATIONS);
}

#[test]
fn every_target_can_be_run_by_cargo_fuzz() {
    let fuzz = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).expect("the manifest");
    for target in TARGETS {
        let binary = fuzz
            .join("fuzz_targets")
            .join(format!("{}.rs", target.name));
        let source = fs::read_to_string(&binary).expect("a binary for every target");
        assert!(source.contains(&format!("backstop_targets::{}::run(data)", target.name)));
        assert!(manifest.contains(&format!("name = \"{}\"", target.name)));
    }
    let binaries = fs::read_dir(fuzz.join("fuzz_targets")).expect("binaries");
    assert_eq!(binaries.count(), TARGETS.len());
}

#[test]
fn random_instructions_break_nothing() {
    random_inputs("instruction_data");
}

#[test]
fn corrupt_accounts_are_answered_with_errors() {
    random_inputs("account_bytes");
}

#[test]
fn two_readers_of_prices_agree() {
    random_inputs("oracle_reader");
}

#[test]
fn two_readers_of_extensions_agree() {
    random_inputs("mint_extensions");
}

#[test]
fn the_engine_survives_any_numbers() {
    random_inputs("engine_ops");
}
