//! The settings that a section gives, not yet in atoms.

use solana_pubkey::Pubkey;

use super::{
    fields::Field,
    read::Section,
    source::FileError,
    units::{Raw, Scale, Text, Written},
};

/// Settings of a `T`, in the order of its table.
#[derive(Debug)]
pub struct Settings<T: 'static> {
    file: String,
    given: Vec<Given<T>>,
}

#[derive(Debug)]
struct Given<T: 'static> {
    field: &'static Field<T>,
    written: Written,
    line: usize,
}

// Derived, they would ask for `T: Clone`.
impl<T> Clone for Given<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Given<T> {}

impl<T> Clone for Settings<T> {
    fn clone(&self) -> Self {
        Self {
            file: self.file.clone(),
            given: self.given.clone(),
        }
    }
}

impl<T: Default> Settings<T> {
    /// Takes what `section` left out from `defaults`.
    ///
    /// # Errors
    /// The names of all that is still missing.
    pub(super) fn complete(
        self,
        section: &Section<'_>,
        table: &[&'static Field<T>],
        defaults: Option<&Self>,
    ) -> Result<Self, FileError> {
        let mut settings = self;
        let inherited = defaults.map_or(&[][..], |defaults| &defaults.given);
        for given in inherited {
            if settings.find(given.field.name).is_none() {
                settings.given.push(*given);
            }
        }
        let missing: Vec<&str> = table
            .iter()
            .filter(|field| !field.unit.is_optional() && settings.find(field.name).is_none())
            .map(|field| field.name)
            .collect();
        if missing.is_empty() {
            return Ok(settings);
        }
        Err(section.error(format!("missing: {}", missing.join(", "))))
    }

    /// Reads those fields of `table` that are there.
    ///
    /// # Errors
    /// A mistake in a value.
    pub(super) fn read(
        section: &mut Section<'_>,
        table: &[&'static Field<T>],
    ) -> Result<Self, FileError> {
        let mut given = Vec::new();
        for field in table {
            if let Some(entry) = section.take(field.name) {
                given.push(Given {
                    field,
                    written: entry.setting(field.unit)?,
                    line: entry.line(),
                });
            }
        }
        Ok(Self {
            file: section.file().to_owned(),
            given,
        })
    }

    fn find(&self, name: &str) -> Option<&Given<T>> {
        self.given.iter().find(|given| given.field.name == name)
    }

    fn raw(&self, name: &str) -> Option<Raw> {
        match self.find(name)?.written {
            Written::Raw(raw) => Some(raw),
            Written::Decimal(_) => None,
        }
    }

    /// A feed that is given.
    #[must_use]
    pub fn feed(&self, name: &str) -> Option<[u8; 32]> {
        match self.raw(name)? {
            Raw::Feed(feed) => Some(feed),
            _ => None,
        }
    }

    /// An address that is given.
    #[must_use]
    pub fn address(&self, name: &str) -> Option<Pubkey> {
        match self.raw(name)? {
            Raw::Address(key) => Some(key),
            _ => None,
        }
    }

    /// Receiver program and feed, if both are given and the receiver is one.
    #[must_use]
    pub fn price_source(&self) -> Option<(Pubkey, [u8; 32])> {
        let receiver = self.address("oracle_program")?;
        (receiver != Pubkey::default()).then_some((receiver, self.feed("feed_id")?))
    }

    /// The line of a setting, for errors about its value.
    #[must_use]
    pub fn line(&self, name: &str) -> Option<usize> {
        self.find(name).map(|given| given.line)
    }

    /// The settings as the program stores them.
    ///
    /// # Errors
    /// An amount finer than the token, or too large.
    pub fn resolve(&self, scale: Scale) -> Result<T, FileError> {
        let mut config = T::default();
        for given in &self.given {
            let field = given.field;
            let wrong = |message: String| FileError {
                file: self.file.clone(),
                line: given.line,
                message: format!("`{}`: {message}", field.name),
            };
            let raw = field.unit.resolve(given.written, scale).map_err(wrong)?;
            (field.set)(&mut config, raw).ok_or_else(|| wrong("does not fit".to_owned()))?;
        }
        Ok(config)
    }
}
