//! `clients/idl/settings.json` is the table of settings, for clients in other
//! languages. With `BACKSTOP_DOCS=write` this test writes it.

use std::fs;
use std::path::Path;

use backstop_engine::settings::{BankConfig, MarketConfig, Preset, Setting};
use serde_json::{json, Value};

fn row<T>(setting: &Setting<T>) -> Value {
    let preset = match setting.preset {
        Preset::Number(number) => json!({ "number": number.to_string() }),
        Preset::Hundredths(hundredths) => json!({ "hundredths": hundredths.to_string() }),
        Preset::PythCore => json!("pythCore"),
        Preset::Chosen => json!("chosen"),
    };
    json!({
        "name": setting.name,
        "meaning": setting.meaning.trim(),
        "group": setting.group.title(),
        "unit": format!("{:?}", setting.unit),
        "waits": format!("{:?}", setting.waits),
        "bounds": setting.bounds.replace('_', ""),
        "preset": preset,
    })
}

fn rows<T>(settings: &[Setting<T>]) -> Vec<Value> {
    settings.iter().map(row).collect()
}

#[test]
fn the_file_says_what_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../clients/idl/settings.json");
    let table = json!({
        "bank": rows(BankConfig::SETTINGS),
        "market": rows(MarketConfig::SETTINGS),
    });
    let text = serde_json::to_string_pretty(&table).expect("it is JSON") + "\n";
    if std::env::var_os("BACKSTOP_DOCS").is_some_and(|value| value == "write") {
        fs::write(&path, &text).expect("the file can be written");
    }
    assert!(
        fs::read_to_string(&path).is_ok_and(|found| found == text),
        "clients/idl/settings.json is stale: run this test with BACKSTOP_DOCS=write"
    );
}
