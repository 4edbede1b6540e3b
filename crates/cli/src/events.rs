//! Events of the program as JSON, by its interface description: a field that is
//! added there needs no change here.
//!
//! Amounts, shares and other 64- and 128-bit counts are strings of digits, as
//! JavaScript's numbers end at 2^53. Times are numbers.

use std::sync::OnceLock;

use backstop_client::events::Event;
use serde_json::{json, Map, Value};
use solana_pubkey::Pubkey;

const IDL: &str = include_str!("../../../clients/idl/backstop.json");

fn fields(name: &str) -> Option<&'static Vec<Value>> {
    part(name, "/type/fields")
}

/// The variants of an enum.
fn variants(name: &str) -> Option<&'static Vec<Value>> {
    part(name, "/type/variants")
}

fn part(name: &str, path: &str) -> Option<&'static Vec<Value>> {
    static TYPES: OnceLock<Value> = OnceLock::new();
    let types = TYPES.get_or_init(|| {
        let idl: Value = serde_json::from_str(IDL).unwrap_or_default();
        idl.get("types").cloned().unwrap_or_default()
    });
    types
        .as_array()?
        .iter()
        .find(|item| item.get("name").and_then(Value::as_str) == Some(name))?
        .pointer(path)?
        .as_array()
}

struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, tail) = self.0.split_first_chunk::<N>()?;
        self.0 = tail;
        Some(*head)
    }

    fn value(&mut self, kind: &Value) -> Option<Value> {
        if let Some(name) = kind.pointer("/defined/name").and_then(Value::as_str) {
            return match variants(name) {
                Some(variants) => self.variant(variants),
                None => self.structure(name).map(Value::Object),
            };
        }
        Some(match kind.as_str()? {
            "bool" => json!(self.take::<1>()? != [0]),
            "u8" => json!(u8::from_le_bytes(self.take()?)),
            "u16" => json!(u16::from_le_bytes(self.take()?)),
            "u32" => json!(u32::from_le_bytes(self.take()?)),
            "u64" => json!(u64::from_le_bytes(self.take()?).to_string()),
            "u128" => json!(u128::from_le_bytes(self.take()?).to_string()),
            "i64" => json!(i64::from_le_bytes(self.take()?)),
            "pubkey" => json!(Pubkey::new_from_array(self.take()?).to_string()),
            _ => return None,
        })
    }

    /// The name of an enum's variant.
    fn variant(&mut self, variants: &[Value]) -> Option<Value> {
        let [number] = self.take()?;
        variants.get(usize::from(number))?.get("name").cloned()
    }

    fn structure(&mut self, name: &str) -> Option<Map<String, Value>> {
        let mut object = Map::new();
        for field in fields(name)? {
            let name = field.get("name")?.as_str()?;
            object.insert(name.to_owned(), self.value(field.get("type")?)?);
        }
        Some(object)
    }
}

/// Name and fields of an event.
#[must_use]
pub fn to_json(event: &Event) -> Value {
    let bytes = event.to_bytes();
    let body = bytes.get(8..).unwrap_or_default();
    let mut object = Map::new();
    object.insert("event".to_owned(), json!(event.name()));
    object.extend(Bytes(body).structure(event.name()).unwrap_or_default());
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    use super::*;
    use backstop_client::program::events as raw;

    #[test]
    fn an_event_is_told_field_by_field() {
        let event = Event::GovernanceBought(raw::GovernanceBought {
            sequence: 7,
            at: 1_700_000_000,
            market: Pubkey::new_from_array([1; 32]),
            bank: Pubkey::new_from_array([2; 32]),
            buyer: Pubkey::new_from_array([3; 32]),
            bought: u64::MAX,
            paid: 5,
            excess: 0,
            rate: u128::MAX,
            burned: 0,
            lot_left: 9,
            after: raw::BooksAfter {
                deficit: 11,
                ..raw::BooksAfter::default()
            },
        });
        let told = to_json(&event);
        assert_eq!(told["event"], "GovernanceBought");
        assert_eq!(told["bought"], u64::MAX.to_string());
        assert_eq!(told["rate"], u128::MAX.to_string());
        assert_eq!(told["at"], 1_700_000_000);
        assert_eq!(told["after"]["deficit"], "11");
    }

    #[test]
    fn every_event_of_the_interface_description_can_be_told() {
        let idl: Value = serde_json::from_str(IDL).unwrap();
        for event in idl["events"].as_array().unwrap() {
            let name = event["name"].as_str().unwrap();
            let zeros = [0; 512];
            let told = Bytes(&zeros).structure(name);
            assert!(told.is_some_and(|fields| !fields.is_empty()), "{name}");
        }
    }
}
