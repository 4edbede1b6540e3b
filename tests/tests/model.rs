//! Chain and model side by side: rows that once failed, and a few random ones.
//! `cargo xtask fuzz` plays many more.

use {
    backstop_tests::fuzz::{
        campaign::{run, Tally},
        case::Case,
        stage::Stage,
    },
    std::{fs, path::Path},
};

#[test]
fn rows_that_once_failed_pass() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rows");
    let mut played = 0;
    for entry in fs::read_dir(dir).expect("the folder of rows") {
        let path = entry.expect("a file").path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a text");
        let case: Case = serde_json::from_str(&text).expect("a row");
        if let Err(why) = Stage::play(&case) {
            panic!("{}: {why}", path.display());
        }
        played += 1;
    }
    assert!(played > 0, "there are rows");
}

fn rows(seeds: std::ops::Range<u64>) {
    let mut tally = Tally::default();
    for seed in seeds {
        if let Err(found) = run(seed, &mut tally) {
            panic!("{found}");
        }
    }
    assert!(
        tally.done * 5 > tally.steps,
        "too little goes through: {tally:?}"
    );
}

#[test]
fn chain_and_model_come_to_the_same_market() {
    rows(1..4);
}

#[test]
fn they_do_so_from_other_seeds_too() {
    rows(4..7);
}
