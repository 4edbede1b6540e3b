//! What can go wrong with an answer.

use base64::{prelude::BASE64_STANDARD, Engine};
use rand::{seq::IndexedRandom, Rng};
use serde_json::{json, Value};

/// One fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The node never hears the question.
    DropQuestion,
    /// The node acts, and nobody hears of it.
    DropAnswer,
    /// (milliseconds) The question takes its time.
    Delay(u64),
    /// The node is asked twice.
    Duplicate,
    /// The answer is the one of the last time that this was asked.
    Stale,
    /// The answer is changed; with the seed of how.
    Falsify(u64),
}

impl Fault {
    /// Its name in tallies.
    pub fn name(&self) -> &'static str {
        match self {
            Self::DropQuestion => "question dropped",
            Self::DropAnswer => "answer dropped",
            Self::Delay(_) => "delayed",
            Self::Duplicate => "asked twice",
            Self::Stale => "stale answer",
            Self::Falsify(_) => "falsified",
        }
    }
}

/// A fault at random.
pub fn draw(rng: &mut impl Rng) -> Fault {
    match rng.random_range(0..8) {
        0 => Fault::DropQuestion,
        1 => Fault::DropAnswer,
        2 => Fault::Delay(rng.random_range(100..1_500)),
        3 => Fault::Duplicate,
        4 => Fault::Stale,
        _ => Fault::Falsify(rng.random()),
    }
}

/// Changes an answer so that it still looks like one.
pub fn falsify(method: &str, answer: &mut Value, rng: &mut impl Rng) {
    if rng.random_ratio(1, 10) {
        *answer = json!({
            "jsonrpc": "2.0",
            "id": answer["id"],
            "error": { "code": -32_005, "message": "Node is behind by 42 slots" },
        });
        return;
    }
    let result = &mut answer["result"];
    match method {
        "getProgramAccounts" => {
            if let Some(list) = accounts_of(result) {
                match rng.random_range(0..3) {
                    0 => list.truncate(list.len() / 2),
                    1 => list.clear(),
                    _ => list
                        .iter_mut()
                        .for_each(|entry| spoil(&mut entry["account"], rng)),
                }
            }
        }
        "getAccountInfo" => match rng.random_range(0..2) {
            0 => result["value"] = Value::Null,
            _ => spoil(&mut result["value"], rng),
        },
        "getMultipleAccounts" => {
            if let Some(list) = result["value"].as_array_mut() {
                for entry in list {
                    match rng.random_range(0..3) {
                        0 => *entry = Value::Null,
                        1 => spoil(entry, rng),
                        _ => {}
                    }
                }
            }
        }
        "simulateTransaction" => {
            let lie = [
                Value::Null,
                json!({ "InstructionError": [3, { "Custom": 6_023 }] }),
                json!("BlockhashNotFound"),
            ];
            result["value"]["err"] = lie.choose(rng).cloned().unwrap_or_default();
            result["value"]["unitsConsumed"] = json!(rng.random_range(0..400_000));
        }
        "getSignatureStatuses" => {
            let now = result["context"]["slot"].clone();
            let lie = match rng.random_range(0..3) {
                0 => Value::Null,
                1 => json!({
                    "slot": now, "confirmations": 1, "err": null,
                    "status": { "Ok": null }, "confirmationStatus": "confirmed",
                }),
                _ => {
                    let error = json!({ "InstructionError": [3, { "Custom": 6_012 }] });
                    json!({
                        "slot": now, "confirmations": 1, "err": error,
                        "status": { "Err": error }, "confirmationStatus": "confirmed",
                    })
                }
            };
            if let Some(list) = result["value"].as_array_mut() {
                list.iter_mut().for_each(|entry| *entry = lie.clone());
            }
        }
        "getLatestBlockhash" => {
            result["value"]["lastValidBlockHeight"] = json!(rng.random_range(0..1_000_000));
        }
        "getSlot" | "getBlockHeight" | "getBalance" | "getMinimumBalanceForRentExemption" => {
            let lie = json!(rng.random_range(0..10_000_000_000u64));
            if result.is_number() {
                *result = lie;
            } else {
                result["value"] = lie;
            }
        }
        "getRecentPrioritizationFees" => {
            if let Some(list) = result.as_array_mut() {
                list.push(json!({ "slot": 1, "prioritizationFee": u64::MAX / 2 }));
            }
        }
        _ => *result = Value::Null,
    }
}

/// The list of accounts, with a context around it or without.
fn accounts_of(result: &mut Value) -> Option<&mut Vec<Value>> {
    if result.is_array() {
        return result.as_array_mut();
    }
    result["value"].as_array_mut()
}

/// Changes some bytes of an account's data, and lets its head alone: it still
/// is an account of that kind.
fn spoil(account: &mut Value, rng: &mut impl Rng) {
    let Some(text) = account["data"][0].as_str() else {
        return;
    };
    let Ok(mut bytes) = BASE64_STANDARD.decode(text) else {
        return;
    };
    if bytes.len() <= 48 {
        return;
    }
    for _ in 0..rng.random_range(1..40) {
        let place = rng.random_range(48..bytes.len());
        bytes[place] = rng.random();
    }
    account["data"][0] = json!(BASE64_STANDARD.encode(bytes));
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn lies_are_told_about_every_question_that_a_keeper_asks() {
        let account = json!({
            "data": [BASE64_STANDARD.encode([7; 100]), "base64"],
            "owner": "11111111111111111111111111111111", "lamports": 1,
        });
        let context = json!({ "slot": 9 });
        for (method, result) in [
            (
                "getProgramAccounts",
                json!([{ "pubkey": "a", "account": account }]),
            ),
            (
                "getAccountInfo",
                json!({ "context": context, "value": account }),
            ),
            (
                "getMultipleAccounts",
                json!({ "context": context, "value": [account] }),
            ),
            (
                "simulateTransaction",
                json!({ "context": context, "value": { "err": 1 } }),
            ),
            (
                "getSignatureStatuses",
                json!({ "context": context, "value": [{ "slot": 1 }] }),
            ),
            (
                "getLatestBlockhash",
                json!({ "context": context, "value": {} }),
            ),
            ("getSlot", json!(1)),
            ("getBalance", json!({ "context": context, "value": 1 })),
            ("getRecentPrioritizationFees", json!([])),
            ("getTransaction", json!({ "slot": 1 })),
        ] {
            let honest = json!({ "jsonrpc": "2.0", "id": 1, "result": result });
            let mut rng = ChaCha8Rng::seed_from_u64(1);
            let changed = (0..40).filter(|_| {
                let mut told = honest.clone();
                falsify(method, &mut told, &mut rng);
                told != honest
            });
            assert!(changed.count() > 20, "{method}");
        }
    }
}
