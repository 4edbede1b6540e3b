//! What is measured, and its form on disk.

use {
    anyhow::{Context, Result},
    serde::{Deserialize, Serialize},
};

/// One instruction in one situation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Name of the instruction.
    pub instruction: String,
    /// The situation.
    pub shape: String,
    /// (compute units) Of the instruction alone, inner calls included.
    pub units: u64,
    /// (bytes) Of heap, rounded up to [`backstop_tests::measure::STEP`].
    pub heap: u64,
    /// Accounts of the instruction, the optional ones and repetitions included.
    pub accounts: usize,
    /// (bytes) Of the whole signed transaction, with the refresh it needs.
    pub bytes: usize,
    /// (bytes) Of the same transaction with all its accounts in a lookup table.
    pub bytes_with_table: usize,
}

impl Row {
    /// Names the row in messages.
    pub fn name(&self) -> String {
        format!("{} ({})", self.instruction, self.shape)
    }
}

/// What one more position costs an instruction that checks health.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Further {
    /// Name of the instruction.
    pub instruction: String,
    /// (compute units) Mean over the third to the eighth position, rounded up.
    pub units: u64,
}

/// A size that does not depend on the situation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    /// What is measured.
    pub name: String,
    /// (bytes)
    pub bytes: u64,
}

/// Everything that a run measures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Instructions, in the order of the document.
    pub rows: Vec<Row>,
    /// Costs of further positions.
    pub further: Vec<Further>,
    /// Accounts and the program.
    pub sizes: Vec<Size>,
}

impl Record {
    /// The file's content.
    pub fn to_json(&self) -> Result<String> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        Ok(text)
    }

    /// Reads the file's content.
    pub fn from_json(text: &str) -> Result<Self> {
        serde_json::from_str(text).context("docs/benchmarks.json is not a record")
    }
}
