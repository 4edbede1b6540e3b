//! Reading TOML strictly: every key is known, every mistake has a line.

use std::{collections::BTreeSet, fmt, ops::Range};

use toml::{
    de::{DeInteger, DeTable, DeValue},
    Spanned,
};

use super::{
    source::{FileError, Source},
    units::{Text, Unit, Written},
};

/// A value and where it stands.
#[derive(Clone, Copy)]
pub struct Entry<'s> {
    source: Source<'s>,
    /// The key.
    pub key: &'s str,
    value: &'s Spanned<DeValue<'s>>,
}

impl<'s> Entry<'s> {
    /// The line of the value.
    #[must_use]
    pub fn line(&self) -> usize {
        self.source.line(self.value.span().start)
    }

    /// A mistake in the value.
    #[must_use]
    pub fn error(&self, message: impl fmt::Display) -> FileError {
        let at = self.value.span().start;
        self.source.error(at, format!("`{}`: {message}", self.key))
    }

    fn wrong_type(&self, expected: &str) -> FileError {
        let found = self.value.get_ref().type_str();
        self.error(format!("expected {expected}, found {found}"))
    }

    /// A string, with variables put in.
    ///
    /// # Errors
    /// Another type, or an unknown variable.
    pub fn string(&self) -> Result<String, FileError> {
        let text = self
            .value
            .get_ref()
            .as_str()
            .ok_or_else(|| self.wrong_type("a string"))?;
        self.source.interpolate(self.value.span().start, text)
    }

    /// A string that `parse` understands.
    ///
    /// # Errors
    /// Another type, or what `parse` says.
    pub fn parsed<T>(&self, parse: impl Fn(&str) -> Result<T, String>) -> Result<T, FileError> {
        parse(&self.string()?).map_err(|message| self.error(message))
    }

    /// A whole number.
    ///
    /// # Errors
    /// Another type, or one that does not fit.
    pub fn integer<T: TryFrom<u128>>(&self) -> Result<T, FileError> {
        let number = match self.value.get_ref() {
            DeValue::Integer(integer) => number(integer),
            _ => return Err(self.wrong_type("an integer")),
        };
        number
            .and_then(|number| number.try_into().ok())
            .ok_or_else(|| self.error("the number does not fit here"))
    }

    /// A setting in `unit`: a string is human, an integer is raw.
    ///
    /// # Errors
    /// Another type, or what the unit says.
    pub fn setting(&self, unit: Unit) -> Result<Written, FileError> {
        let read = match self.value.get_ref() {
            DeValue::String(_) => unit.parse(&self.string()?),
            DeValue::Integer(_) => unit.number(self.integer()?).map(Written::Raw),
            DeValue::Boolean(on) if unit == Unit::Flag => {
                unit.number(u128::from(*on)).map(Written::Raw)
            }
            DeValue::Float(_) => Err(format!(
                "a number with a point must be in quotes, so that no digit is lost: {}",
                unit.name()
            )),
            _ => return Err(self.wrong_type(unit.name())),
        };
        read.map_err(|message| self.error(message))
    }

    /// A table.
    ///
    /// # Errors
    /// Another type.
    pub fn table(&self, title: &str) -> Result<Section<'s>, FileError> {
        let table = self.value.get_ref().as_table();
        let table = table.ok_or_else(|| self.wrong_type("a table"))?;
        Ok(Section::new(self.source, title, self.value.span(), table))
    }

    /// Each table of an array.
    ///
    /// # Errors
    /// Another type.
    pub fn tables(&self, title: &str) -> Result<Vec<Section<'s>>, FileError> {
        let wrong = || self.wrong_type("[[sections]]");
        let array = self.value.get_ref().as_array().ok_or_else(wrong)?;
        array
            .iter()
            .map(|item| {
                let table = item.get_ref().as_table().ok_or_else(wrong)?;
                Ok(Section::new(self.source, title, item.span(), table))
            })
            .collect()
    }
}

fn number(integer: &DeInteger<'_>) -> Option<u128> {
    u128::from_str_radix(integer.as_str(), integer.radix()).ok()
}

/// A table whose keys are taken one by one; what is left over is a mistake.
pub struct Section<'s> {
    source: Source<'s>,
    title: String,
    at: usize,
    table: &'s DeTable<'s>,
    asked: BTreeSet<&'static str>,
}

impl<'s> Section<'s> {
    /// A table called `title` in errors.
    #[must_use]
    pub fn new(
        source: Source<'s>,
        title: &str,
        span: Range<usize>,
        table: &'s DeTable<'s>,
    ) -> Self {
        Self {
            source,
            title: title.to_owned(),
            at: span.start,
            table,
            asked: BTreeSet::new(),
        }
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &str {
        self.source.name
    }

    /// Calls it something better, once that is known.
    pub fn rename(&mut self, title: String) {
        self.title = title;
    }

    /// A mistake in the table as a whole.
    #[must_use]
    pub fn error(&self, message: impl fmt::Display) -> FileError {
        self.source
            .error(self.at, format!("{}: {message}", self.title))
    }

    /// The value of a key, if it is there.
    pub fn take(&mut self, key: &'static str) -> Option<Entry<'s>> {
        self.asked.insert(key);
        self.table
            .iter()
            .find(|(name, _)| name.get_ref().as_ref() == key)
            .map(|(_, value)| Entry {
                source: self.source,
                key,
                value,
            })
    }

    /// The value of a key.
    ///
    /// # Errors
    /// When it is missing.
    pub fn require(&mut self, key: &'static str) -> Result<Entry<'s>, FileError> {
        self.take(key)
            .ok_or_else(|| self.error(format!("`{key}` is missing")))
    }

    /// Refuses the first key that nobody asked for.
    ///
    /// # Errors
    /// Names it, and the known key that resembles it.
    pub fn finish(&self) -> Result<(), FileError> {
        let mut unknown: Vec<_> = self
            .table
            .keys()
            .filter(|key| !self.asked.contains(key.get_ref().as_ref()))
            .collect();
        unknown.sort_by_key(|key| key.span().start);
        let Some(key) = unknown.first() else {
            return Ok(());
        };
        let name = key.get_ref().as_ref();
        let hint = self
            .asked
            .iter()
            .min_by_key(|known| distance(name, known))
            .filter(|known| distance(name, known) <= 3)
            .map_or_else(String::new, |known| format!("; did you mean `{known}`?"));
        Err(self.source.error(
            key.span().start,
            format!("unknown key `{name}` in {}{hint}", self.title),
        ))
    }
}

/// Levenshtein's distance.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut corner = i;
        let mut left = i.saturating_add(1);
        for (cell, y) in row.iter_mut().skip(1).zip(b.bytes()) {
            let changed = corner.saturating_add(usize::from(x != y));
            corner = *cell;
            left = changed
                .min(corner.saturating_add(1))
                .min(left.saturating_add(1));
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i.saturating_add(1);
        }
    }
    row.last().copied().unwrap_or(0)
}
