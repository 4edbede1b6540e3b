//! What the design allows each figure to be, and where it is exceeded, why.

use {
    crate::record::{Further, Record, Row, Size},
    backstop_tests::chain::MAX_TRANSACTION_BYTES,
};

/// A ceiling that is exceeded for now.
pub struct Exception {
    /// Name of the instruction, or of what has a size.
    pub name: &'static str,
    /// The situation, or what of it.
    pub shape: &'static str,
    /// Why, and what would help.
    pub reason: &'static str,
}

/// Every ceiling that is exceeded, with its reason.
pub const EXCEPTIONS: &[Exception] = &[];

/// The shape under which a cost per further position is listed.
pub const FURTHER: &str = "each further position";
/// The shape under which the size of an account is listed.
pub const SIZE: &str = "size";

impl Row {
    /// (compute units) Most that the design allows.
    ///
    /// A bounty is a second token movement, and Token-2022 charges more for
    /// each: the ceilings are for SPL Token and without a bounty.
    pub fn ceiling(&self) -> Option<u64> {
        let shape = self.shape.as_str();
        if shape.contains("Token-2022") || shape.contains("bounty") {
            return None;
        }
        match self.instruction.as_str() {
            "write_off" if shape.contains("issuance") => Some(22_000),
            "write_off" => Some(14_000),
            "liquidate" if shape.starts_with("1 × 1") => Some(30_000),
            "borrow" if shape.starts_with("2 positions") => Some(18_000),
            "deposit" | "repay" => Some(11_000),
            _ => None,
        }
    }
}

impl Further {
    /// (compute units) Most that the design allows; a refresh is not a check of
    /// health and has no ceiling.
    pub fn ceiling(&self) -> Option<u64> {
        (self.instruction != "refresh_banks").then_some(2_500)
    }
}

impl Size {
    /// (bytes) Most that the design allows.
    pub fn ceiling(&self) -> Option<u64> {
        match self.name.as_str() {
            "Bank" => Some(1_536),
            "Obligation" => Some(1_024),
            _ => None,
        }
    }
}

/// One figure against its ceiling.
pub struct Excess {
    /// Name of the instruction, or of what has a size.
    pub name: String,
    /// The situation.
    pub shape: String,
    /// What was measured.
    pub figure: u64,
    /// What is allowed.
    pub ceiling: u64,
}

impl Excess {
    /// The recorded reason, if there is one.
    pub fn reason(&self) -> Option<&'static str> {
        EXCEPTIONS
            .iter()
            .find(|known| known.name == self.name && known.shape == self.shape)
            .map(|known| known.reason)
    }
}

/// Every figure above its ceiling.
pub fn excesses(record: &Record) -> Vec<Excess> {
    let rows = record.rows.iter().map(|row| {
        (
            &row.instruction,
            row.shape.as_str(),
            row.units,
            row.ceiling(),
        )
    });
    let further = record
        .further
        .iter()
        .map(|row| (&row.instruction, FURTHER, row.units, row.ceiling()));
    let sizes = record
        .sizes
        .iter()
        .map(|size| (&size.name, SIZE, size.bytes, size.ceiling()));
    rows.chain(further)
        .chain(sizes)
        .filter_map(|(name, shape, figure, ceiling)| {
            let ceiling = ceiling.filter(|ceiling| figure > *ceiling)?;
            Some(Excess {
                name: name.clone(),
                shape: shape.to_owned(),
                figure,
                ceiling,
            })
        })
        .collect()
}

/// What exceeds a ceiling without a recorded reason, and reasons that nothing
/// needs any more.
pub fn unexplained(record: &Record) -> Vec<String> {
    let excesses = excesses(record);
    let mut problems: Vec<String> = excesses
        .iter()
        .filter(|excess| excess.reason().is_none())
        .map(|excess| {
            let Excess {
                name,
                shape,
                figure,
                ceiling,
            } = excess;
            let over = figure - ceiling;
            format!("{name} ({shape}): {figure}, {over} above its ceiling of {ceiling}")
        })
        .collect();
    for known in EXCEPTIONS {
        let needed = |excess: &Excess| excess.name == known.name && excess.shape == known.shape;
        if !excesses.iter().any(needed) {
            problems.push(format!(
                "{} ({}) keeps its ceiling: its exception is to be removed",
                known.name, known.shape
            ));
        }
    }
    for row in &record.rows {
        if row.bytes_with_table > MAX_TRANSACTION_BYTES {
            problems.push(format!(
                "{} does not fit a transaction: {} bytes with a lookup table",
                row.name(),
                row.bytes_with_table
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(instruction: &str, shape: &str, units: u64) -> Row {
        Row {
            instruction: instruction.into(),
            shape: shape.into(),
            units,
            heap: 1,
            accounts: 1,
            bytes: 1,
            bytes_with_table: 1,
        }
    }

    #[test]
    fn a_unit_above_the_ceiling_is_noticed_and_one_at_it_is_not() {
        let record = |units| Record {
            rows: vec![row("write_off", "insurance", units)],
            ..Record::default()
        };
        assert!(excesses(&record(14_000)).is_empty());
        let above = excesses(&record(14_001));
        assert_eq!((above[0].figure, above[0].ceiling), (14_001, 14_000));
    }

    #[test]
    fn a_transaction_that_cannot_be_sent_is_noticed() {
        let record = Record {
            rows: vec![Row {
                bytes_with_table: 1_233,
                ..row("pause", "guardian", 1)
            }],
            ..Record::default()
        };
        let problems = unexplained(&record).join("\n");
        assert!(problems.contains("1233 bytes"), "{problems}");
    }
}
