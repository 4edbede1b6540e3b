//! The demo keeps the promise of each scenario's name, for more than one seed.

use {
    backstop_demo::{Scenario, Story, Totals},
    serde_json::Value,
    std::process::{Command, Output},
};

const SEEDS: [u64; 2] = [1, 20];

fn play(scenario: Scenario, seed: u64) -> Story {
    backstop_demo::play(scenario, seed)
        .unwrap_or_else(|reason| panic!("{scenario}, seed {seed}: {reason}"))
}

/// What every scenario must bring: bad debt, and somebody who paid for all of it.
fn assert_is_a_crisis(story: &Story) -> Totals {
    let totals = story.totals;
    assert!(totals.lost > 0, "no bad debt");
    assert!(totals.covered_by_insurance > 0, "insurance paid nothing");
    assert!(totals.bounties > 0, "the keeper earned nothing");
    assert!(totals.records_repaid > 0, "nobody repaid");
    assert_eq!(totals.deficit, 0);
    let losses: u64 = story.losses.iter().map(|loss| loss.loss).sum();
    assert_eq!(u128::from(losses), totals.lost, "events against the ledger");
    let most = story.bars.iter().map(|bar| bar.underwater).max();
    assert!(most > Some(0), "nobody was ever underwater");
    let landed: u64 = story.bars.iter().map(|bar| bar.landed).sum();
    assert!(landed > 0, "nobody was liquidated");
    totals
}

#[test]
fn in_insurance_nothing_is_issued_and_nothing_socialised() {
    for seed in SEEDS {
        let totals = assert_is_a_crisis(&play(Scenario::Insurance, seed));
        assert_eq!((totals.issued, totals.sold), (0, 0));
        assert_eq!((totals.socialised, totals.carried_by_lenders), (0, 0));
        assert_eq!(
            totals.lost,
            totals.covered_by_fees + totals.covered_by_insurance
        );
        assert!(totals.bought_back > 0, "the surplus bought nothing back");
    }
}

#[test]
fn in_dilution_tokens_are_issued_and_sold_and_nothing_is_socialised() {
    for seed in SEEDS {
        let story = play(Scenario::Dilution, seed);
        let totals = assert_is_a_crisis(&story);
        assert!(totals.issued > 0 && totals.sold > 0);
        assert_eq!(totals.socialised, 0);
        let paid: u64 = story.sales.iter().map(|sale| sale.paid).sum();
        assert!(totals.covered_by_auction > 0);
        assert!(u128::from(paid) >= totals.covered_by_auction);
        // All that was issued and not sold is burned; buying back burns more.
        assert!(totals.burned > totals.issued - totals.sold);
        for sale in &story.sales {
            assert!(sale.price_micro >= sale.floor_micro, "{sale:?}");
        }
    }
}

#[test]
fn in_exhausted_lenders_lose_what_the_ledger_says_they_lost() {
    for seed in SEEDS {
        let totals = assert_is_a_crisis(&play(Scenario::Exhausted, seed));
        assert!(totals.socialised > 0);
        assert!(totals.sold > 0, "no buyer before buyers ran out");
        assert!(totals.recovered > 0, "nobody repaid while it was open");
        let recorded = totals.socialised + totals.borne_by_leavers;
        let measured = u128::from(totals.carried_by_lenders);
        // Each lender's part is cut to the atom.
        assert!(
            measured.abs_diff(recorded) <= u128::from(totals.lenders),
            "{measured} measured share by share, {recorded} recorded"
        );
    }
}

#[test]
fn running_from_an_open_deficit_never_pays() {
    for scenario in [Scenario::Dilution, Scenario::Exhausted] {
        for seed in SEEDS {
            let story = play(scenario, seed);
            let document = serde_json::to_value(&story).unwrap();
            let result = |name: &str| {
                let chapters = document["chapters"].as_array().unwrap();
                let all = chapters
                    .iter()
                    .find_map(|chapter| {
                        chapter["figures"]["lenders"][0]["result"]
                            .as_i64()
                            .map(|_| chapter)
                    })
                    .expect("a chapter compares lenders")["figures"]["lenders"]
                    .as_array()
                    .unwrap();
                let one = all.iter().find(|one| one["name"] == name).unwrap();
                one["result"].as_i64().unwrap()
            };
            assert!(
                result("runner") < result("stayer"),
                "{scenario}, seed {seed}"
            );
        }
    }
}

#[test]
fn the_same_seed_tells_the_same_story_and_another_seed_another() {
    let json = |seed| serde_json::to_string(&play(Scenario::Exhausted, seed)).unwrap();
    let first = json(SEEDS[0]);
    assert_eq!(first, json(SEEDS[0]));
    assert_ne!(first, json(SEEDS[1]));
}

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_demo"))
        .args(args)
        .output()
        .unwrap()
}

#[test]
fn json_is_one_document_that_ends_with_every_invariant() {
    let output = run(&["--scenario", "all", "--seed", "3", "--json"]);
    assert!(output.status.success());
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let stories = document["stories"].as_array().unwrap();
    assert_eq!(stories.len(), Scenario::ALL.len());
    for (story, scenario) in stories.iter().zip(Scenario::ALL) {
        assert_eq!(story["scenario"], scenario.name());
        let checks = &story["chapters"].as_array().unwrap().last().unwrap()["figures"]["checks"];
        let names: Vec<&str> = checks
            .as_array()
            .unwrap()
            .iter()
            .map(|check| check["invariant"].as_str().unwrap())
            .collect();
        assert_eq!(
            names,
            [
                "BOOKS", "SUM", "SPLIT", "ORDER", "BOUND", "CUSTODY", "NOGAIN", "NORUN", "RECORD",
                "ISOLATE", "ALIVE"
            ]
        );
    }
}

#[test]
fn a_story_fits_a_hundred_columns_and_has_no_colour_in_a_pipe() {
    for scenario in Scenario::ALL {
        let output = run(&["--scenario", scenario.name()]);
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains("The books, checked"));
        assert!(!text.contains('\u{1b}'));
        let wide = text.lines().find(|line| line.chars().count() > 100);
        assert_eq!(wide, None);
    }
}

#[test]
fn a_story_that_cannot_be_played_is_an_error_with_a_reason() {
    let output = Command::new(env!("CARGO_BIN_EXE_demo"))
        .env("BACKSTOP_SO", "no such file")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.starts_with("demo: scenario exhausted, seed 1: no program at"),
        "{told}"
    );
    assert!(output.stdout.is_empty());
}

#[test]
fn an_unknown_scenario_is_refused_with_the_names_of_the_others() {
    let output = run(&["--scenario", "bailout"]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("insurance, dilution, exhausted or all"),
        "{told}"
    );
}
