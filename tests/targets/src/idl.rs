//! The instructions of the program as its IDL lists them: what can be fuzzed is
//! what can be called, and an instruction that is added is fuzzed at once.

use std::{collections::BTreeMap, sync::OnceLock};

use serde::Deserialize;
use serde_json::Value;

const TEXT: &str = include_str!("../../../clients/idl/backstop.json");

/// What the IDL says.
pub struct Idl {
    /// The instructions, sorted by name.
    pub instructions: Vec<Instruction>,
    /// Codes of the program's own errors by name.
    pub errors: BTreeMap<String, u32>,
    types: BTreeMap<String, Value>,
}

/// One instruction.
#[derive(Deserialize)]
pub struct Instruction {
    /// Its name.
    pub name: String,
    /// Its first bytes.
    pub discriminator: Vec<u8>,
    /// Its accounts.
    pub accounts: Vec<Slot>,
    args: Vec<Arg>,
}

/// One account of an instruction.
#[derive(Deserialize)]
pub struct Slot {
    /// Its name.
    pub name: String,
    /// Whether it must be writable.
    #[serde(default)]
    pub writable: bool,
    /// Whether it must sign.
    #[serde(default)]
    pub signer: bool,
    /// Whether the program may be passed in its place.
    #[serde(default)]
    pub optional: bool,
}

#[derive(Deserialize)]
struct Arg {
    #[serde(rename = "type")]
    kind: Value,
}

/// A field of an argument that is not made of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaf {
    /// A number of so many bytes, or several bytes that mean one thing.
    Number(usize),
    /// An address.
    Key,
    /// A variant, of so many.
    Variant(usize),
}

impl Leaf {
    /// Bytes that it takes.
    pub fn bytes(self) -> usize {
        match self {
            Self::Number(bytes) => bytes,
            Self::Key => 32,
            Self::Variant(_) => 1,
        }
    }
}

/// The IDL in the tree.
pub fn idl() -> &'static Idl {
    #[derive(Deserialize)]
    struct Document {
        instructions: Vec<Instruction>,
        errors: Vec<ErrorCode>,
        types: Vec<Type>,
    }
    #[derive(Deserialize)]
    struct ErrorCode {
        code: u32,
        name: String,
    }
    #[derive(Deserialize)]
    struct Type {
        name: String,
        #[serde(rename = "type")]
        kind: Value,
    }
    static IDL: OnceLock<Idl> = OnceLock::new();
    IDL.get_or_init(|| {
        let document: Document =
            serde_json::from_str(TEXT).expect("the IDL is as Anchor prints it");
        let errors = document.errors.into_iter();
        let types = document.types.into_iter();
        Idl {
            instructions: document.instructions,
            errors: errors.map(|error| (error.name, error.code)).collect(),
            types: types.map(|kind| (kind.name, kind.kind)).collect(),
        }
    })
}

impl Idl {
    /// The instruction called `name`.
    ///
    /// # Panics
    /// When there is none.
    pub fn instruction(&self, name: &str) -> &Instruction {
        let named = |instruction: &&Instruction| instruction.name == name;
        let found = self.instructions.iter().find(named);
        found.unwrap_or_else(|| panic!("no instruction {name}"))
    }

    /// The fields of an instruction's arguments, flat and in order.
    pub fn leaves(&self, instruction: &Instruction) -> Vec<Leaf> {
        let mut leaves = Vec::new();
        for arg in &instruction.args {
            self.flatten(&arg.kind, &mut leaves);
        }
        leaves
    }

    fn flatten(&self, kind: &Value, leaves: &mut Vec<Leaf>) {
        if let Some(name) = kind.as_str() {
            leaves.push(match name {
                "bool" => Leaf::Variant(2),
                "u8" => Leaf::Number(1),
                "u16" => Leaf::Number(2),
                "u32" => Leaf::Number(4),
                "u64" | "i64" => Leaf::Number(8),
                "u128" => Leaf::Number(16),
                "pubkey" => Leaf::Key,
                other => panic!("an argument of the type {other}"),
            });
        } else if let Some(array) = kind["array"].as_array() {
            let bytes = array[1].as_u64().expect("an array has a length");
            leaves.push(match bytes {
                32 => Leaf::Key,
                _ => Leaf::Number(usize::try_from(bytes).expect("arrays are short")),
            });
        } else {
            let name = kind["defined"]["name"].as_str().expect("a type has a name");
            let body = &self.types[name];
            match body["variants"].as_array() {
                Some(variants) => leaves.push(Leaf::Variant(variants.len())),
                None => {
                    let fields = body["fields"].as_array().expect("a struct has fields");
                    fields
                        .iter()
                        .for_each(|field| self.flatten(&field["type"], leaves));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_take_the_bytes_that_borsh_gives_them() {
        use anchor_lang::InstructionData;
        use backstop::{instruction, state};
        let length = |name: &str| {
            let instruction = idl().instruction(name);
            let leaves = idl().leaves(instruction);
            8 + leaves.iter().map(|leaf| leaf.bytes()).sum::<usize>()
        };
        let config = state::BankConfig::default();
        assert_eq!(
            length("update_bank"),
            instruction::UpdateBank { config }.data().len()
        );
        let config = state::MarketConfig::default();
        assert_eq!(
            length("update_market"),
            instruction::UpdateMarket { config }.data().len()
        );
        let kind = state::PauseKind::Borrow;
        assert_eq!(
            length("pause"),
            instruction::Pause { kind, secs: 1 }.data().len()
        );
        assert_eq!(length("cover_deficit"), 8);
    }
}
