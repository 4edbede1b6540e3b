//! A file's text: lines for mistakes, and variables.

use std::fmt;

use toml::{de::DeTable, Spanned};

/// A mistake in a file, with the line it is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileError {
    /// The file.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

impl std::error::Error for FileError {}

/// Where variables like `${SOL_MINT}` come from.
pub type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A file's text, for lines and variables.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// What the file is called in errors.
    pub name: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Values of variables.
    pub variables: Variables<'a>,
}

impl<'a> Source<'a> {
    /// The line, from 1, on which a position lies.
    #[must_use]
    pub fn line(&self, at: usize) -> usize {
        let before = self.text.as_bytes().iter().take(at);
        before
            .filter(|byte| **byte == b'\n')
            .count()
            .saturating_add(1)
    }

    /// A mistake at a position.
    #[must_use]
    pub fn error(&self, at: usize, message: impl Into<String>) -> FileError {
        FileError {
            file: self.name.to_owned(),
            line: self.line(at),
            message: message.into(),
        }
    }

    /// Parses the text.
    ///
    /// # Errors
    /// Where it is not TOML.
    pub fn parse(&self) -> Result<Spanned<DeTable<'a>>, FileError> {
        DeTable::parse(self.text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            self.error(at, error.message().to_owned())
        })
    }

    /// Puts variables in: `${NAME}`, or `${NAME:-value}` for a value where
    /// there is no such variable.
    pub(super) fn interpolate(&self, at: usize, text: &str) -> Result<String, FileError> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (inside, tail) = after
                .split_once('}')
                .ok_or_else(|| self.error(at, format!("`{text}`: `${{` without `}}`")))?;
            let (name, fallback) = match inside.split_once(":-") {
                Some((name, fallback)) => (name, Some(fallback.to_owned())),
                None => (inside, None),
            };
            let value = (self.variables)(name).or(fallback).ok_or_else(|| {
                self.error(
                    at,
                    format!(
                        "the environment has no {name}: export it, or write ${{{name}:-value}}"
                    ),
                )
            })?;
            out.push_str(before);
            out.push_str(&value);
            rest = tail;
        }
        out.push_str(rest);
        Ok(out)
    }
}
