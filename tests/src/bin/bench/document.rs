//! The record as people read it.

use {
    crate::{
        ceilings,
        record::{Record, Row},
    },
    backstop_tests::measure::STEP,
    comfy_table::{presets::UTF8_BORDERS_ONLY, Cell, CellAlignment, Table},
    std::fmt::Write,
};

const INTRODUCTION: &str = "\
# Benchmarks

Written by `cargo xtask bench`; `cargo xtask bench --check` measures again and
fails when a figure is more than 2 % worse than here, or above its ceiling
without a reason given below. `benchmarks.json` holds the same figures for
programs.

Every figure is of the real bytecode inside LiteSVM, with the compute costs and
the limits of mainnet, and with the real token programs. Keys and time are
fixed, so that two runs of the same bytecode agree exactly.
";

const NOTES: &str = "\
- *Units* are compute units of the instruction alone, calls to token programs
  and to itself included. The refresh that stands before it in the transaction
  has rows of its own.
- *Ceiling* is what the design allows. Ceilings are for SPL Token and without a
  bounty, which is one more token movement.
- *Transaction* is the whole signed transaction: compute budget, refresh of all
  banks that are needed, and the instruction; *with table* is the same with all
  accounts in a lookup table. The network carries 1,232 bytes: where the first
  is more, the second is how it was sent.
- *Accounts* are those of the instruction, the banks that follow included.
- *Same second* means that interest was booked in this second already; *interest
  is due* means that the instruction books it. *Wide numbers* are banks of 10^17
  atoms and more, where products do not fit 128 bits.
";

fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn optional(number: Option<u64>) -> String {
    number.map_or_else(|| "–".into(), grouped)
}

fn cells(row: &Row) -> [String; 8] {
    [
        format!("`{}`", row.instruction),
        row.shape.clone(),
        grouped(row.units),
        optional(row.ceiling()),
        grouped(row.heap),
        row.accounts.to_string(),
        grouped(row.bytes as u64),
        grouped(row.bytes_with_table as u64),
    ]
}

const HEADER: [&str; 8] = [
    "instruction",
    "situation",
    "units",
    "ceiling",
    "heap",
    "accounts",
    "transaction",
    "with table",
];

/// The table as a terminal shows it.
pub fn terminal_table(record: &Record) -> String {
    let mut table = Table::new();
    table.load_preset(UTF8_BORDERS_ONLY).set_header(HEADER);
    for row in &record.rows {
        let cells = cells(row).into_iter().enumerate().map(|(at, text)| {
            let side = if at < 2 {
                CellAlignment::Left
            } else {
                CellAlignment::Right
            };
            Cell::new(text.replace('`', "")).set_alignment(side)
        });
        table.add_row(cells);
    }
    for row in &record.further {
        let (units, ceiling) = (grouped(row.units), optional(row.ceiling()));
        let name = row.instruction.clone();
        table.add_row(vec![name, ceilings::FURTHER.into(), units, ceiling]);
    }
    for size in &record.sizes {
        let (bytes, ceiling) = (grouped(size.bytes), optional(size.ceiling()));
        table.add_row(vec![size.name.clone(), "bytes".into(), bytes, ceiling]);
    }
    table.to_string()
}

/// The page.
pub fn page(record: &Record) -> String {
    let mut page = String::from(INTRODUCTION);
    page.push_str("\n## Instructions\n\n");
    line(&mut page, &HEADER.map(String::from));
    page.push_str("|---|---|--:|--:|--:|--:|--:|--:|\n");
    for row in &record.rows {
        line(&mut page, &cells(row));
    }
    page.push('\n');
    page.push_str(NOTES);
    let _ = writeln!(
        page,
        "- *Heap* is in bytes of the 32,768 that every program has, rounded up to {STEP}. The\n  \
         allocator never takes memory back, and its floor is a constant of the\n  \
         bytecode: the figure is the least room with which the instruction still\n  \
         succeeds, found with copies of the program that differ in this constant only."
    );

    page.push_str("\n## Each further position\n\n");
    page.push_str("The mean of the third to the eighth position or bank.\n\n");
    page.push_str("| instruction | units | ceiling |\n|---|--:|--:|\n");
    for row in &record.further {
        let name = format!("`{}`", row.instruction);
        line(
            &mut page,
            &[name, grouped(row.units), optional(row.ceiling())],
        );
    }

    page.push_str("\n## Sizes\n\nIn bytes, the discriminator of accounts included.\n\n");
    page.push_str("| what | bytes | ceiling |\n|---|--:|--:|\n");
    for size in &record.sizes {
        let name = format!("`{}`", size.name);
        line(
            &mut page,
            &[name, grouped(size.bytes), optional(size.ceiling())],
        );
    }

    page.push_str("\n## Ceilings that are missed\n\n");
    let excesses = ceilings::excesses(record);
    if excesses.is_empty() {
        page.push_str("None.\n");
    }
    for excess in &excesses {
        let _ = writeln!(
            page,
            "- `{}` ({}): {}, {} above {}. {}",
            excess.name,
            excess.shape,
            grouped(excess.figure),
            grouped(excess.figure - excess.ceiling),
            grouped(excess.ceiling),
            excess.reason().unwrap_or("No reason is known yet.")
        );
    }
    page
}

fn line(page: &mut String, cells: &[String]) {
    let _ = writeln!(page, "| {} |", cells.join(" | "));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(7), "7");
        assert_eq!(grouped(1_000), "1,000");
        assert_eq!(grouped(1_234_567), "1,234,567");
    }
}
