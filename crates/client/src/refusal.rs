//! The program's errors in words.

use std::{collections::BTreeMap, sync::OnceLock};

use backstop::error::BackstopError;
use backstop_engine::EngineError;
use serde::Deserialize;
use solana_instruction::error::InstructionError;
use solana_transaction_error::TransactionError;

/// An error of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// 6000 and up.
    pub code: u32,
    /// As in the interface description.
    pub name: &'static str,
    /// One sentence.
    pub message: &'static str,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}): {}", self.name, self.code, self.message)
    }
}

#[derive(Deserialize)]
struct Idl {
    errors: Vec<IdlError>,
}

#[derive(Deserialize)]
struct IdlError {
    code: u32,
    name: String,
    msg: String,
}

fn refusals() -> &'static BTreeMap<u32, Refusal> {
    static TABLE: OnceLock<BTreeMap<u32, Refusal>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let text = include_str!("../../../clients/idl/backstop.json");
        let idl: Option<Idl> = serde_json::from_str(text).ok();
        idl.map(|idl| idl.errors)
            .unwrap_or_default()
            .into_iter()
            .map(|error| {
                let refusal = Refusal {
                    code: error.code,
                    name: Box::leak(error.name.into_boxed_str()),
                    message: Box::leak(error.msg.into_boxed_str()),
                };
                (error.code, refusal)
            })
            .collect()
    })
}

impl From<BackstopError> for Refusal {
    fn from(error: BackstopError) -> Self {
        let code = error.into();
        Self::of_code(code).unwrap_or(Self {
            code,
            name: "Unknown",
            message: "an error that the interface description does not list",
        })
    }
}

impl Refusal {
    /// The program's error with this number.
    #[must_use]
    pub fn of_code(code: u32) -> Option<Self> {
        refusals().get(&code).copied()
    }

    /// The program's error for a rule of the engine.
    #[must_use]
    pub fn of_rule(rule: EngineError) -> Self {
        BackstopError::from(rule).into()
    }

    /// Every error of the program, by number.
    pub fn all() -> impl Iterator<Item = Self> {
        refusals().values().copied()
    }

    /// The program's error inside a transaction's error. It takes an error
    /// number for the program's own if it is in its range; the token programs'
    /// are all below.
    #[must_use]
    pub fn of_transaction(error: &TransactionError) -> Option<Self> {
        match error {
            TransactionError::InstructionError(_, InstructionError::Custom(code)) => {
                Self::of_code(*code)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_of_the_program_has_a_name_and_a_sentence() {
        let numbers: Vec<u32> = Refusal::all().map(|refusal| refusal.code).collect();
        assert!(numbers.len() > 80);
        assert!(numbers
            .iter()
            .zip(6000..)
            .all(|(code, expected)| *code == expected));
        assert!(Refusal::all().all(|refusal| !refusal.message.is_empty()));
        let refusal = Refusal::of_code(BackstopError::NoDeficit.into()).unwrap();
        assert_eq!(refusal.name, "NoDeficit");
    }
}
