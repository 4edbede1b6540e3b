//! The story in a terminal: at most a hundred columns, no colour unless there
//! is somebody to see it.

use {
    super::story::{Chapter, Story, Table},
    comfy_table::{presets, CellAlignment, ColumnConstraint, ContentArrangement, TableComponent},
    std::io::{self, Write},
};

/// (columns) What a narrow terminal, a mail or a log shows in one line.
const WIDTH: u16 = 100;
/// (columns) A cell up to this width is not broken into lines.
const SHORT: usize = 14;

/// Writes the story; of the short form only the chapters that sum it up.
///
/// # Errors
/// When the output cannot be written.
pub fn print(out: &mut dyn Write, story: &Story, short: bool, colour: bool) -> io::Result<()> {
    let (bold, plain) = if colour {
        ("\x1b[1m", "\x1b[0m")
    } else {
        ("", "")
    };
    let title = format!(
        "Scenario {}: {} (seed {})",
        story.scenario, story.promise, story.seed
    );
    writeln!(out, "\n{bold}{title}{plain}\n{}", "=".repeat(title.len()))?;
    let told: Vec<&Chapter> = story
        .chapters
        .iter()
        .filter(|chapter| !short || chapter.short)
        .collect();
    for (index, chapter) in told.into_iter().enumerate() {
        let title = format!("{}. {}", index + 1, chapter.title);
        writeln!(out, "\n{bold}{title}{plain}\n{}\n", "-".repeat(title.len()))?;
        for text in &chapter.text {
            writeln!(out, "{}\n", wrap(text))?;
        }
        for table in &chapter.tables {
            writeln!(out, "{}\n", draw(table))?;
        }
    }
    Ok(())
}

/// Breaks a paragraph into lines.
fn wrap(text: &str) -> String {
    let (mut wrapped, mut length) = (String::new(), 0);
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if length > 0 && length + 1 + width > usize::from(WIDTH) {
            wrapped.push('\n');
            length = 0;
        } else if length > 0 {
            wrapped.push(' ');
            length += 1;
        }
        wrapped.push_str(word);
        length += width;
    }
    wrapped
}

fn draw(table: &Table) -> String {
    let mut drawn = comfy_table::Table::new();
    drawn
        .load_preset(presets::ASCII_HORIZONTAL_ONLY)
        .force_no_tty()
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(WIDTH)
        .set_header(&table.header)
        .add_rows(&table.rows);
    for (index, column) in drawn.column_iter_mut().enumerate() {
        let is_number = |row: &Vec<String>| {
            row.get(index).is_none_or(|cell| {
                cell.len() < 16
                    && cell.contains(|c: char| c.is_ascii_digit() || c == '-')
                    && cell.starts_with(|c: char| "$+-0123456789".contains(c))
            })
        };
        column.set_padding((0, 1));
        let is_short = |row: &Vec<String>| row.get(index).is_none_or(|cell| cell.len() <= SHORT);
        if table.rows.iter().all(is_short) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
        if index > 0 && table.rows.iter().all(is_number) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    // A line below the titles, none between the rows.
    for line in [
        TableComponent::HorizontalLines,
        TableComponent::MiddleIntersections,
        TableComponent::LeftBorderIntersections,
        TableComponent::RightBorderIntersections,
        TableComponent::TopBorder,
        TableComponent::TopBorderIntersections,
        TableComponent::TopLeftCorner,
        TableComponent::TopRightCorner,
        TableComponent::BottomBorder,
        TableComponent::BottomBorderIntersections,
        TableComponent::BottomLeftCorner,
        TableComponent::BottomRightCorner,
    ] {
        drawn.remove_style(line);
    }
    drawn.trim_fmt()
}
