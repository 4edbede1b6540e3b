//! From a rule of the engine to an error code of the program.

use anchor_lang::prelude::*;
use backstop_engine::EngineError;

use crate::error::BackstopError;

/// Turns an engine's result into a program's result and logs the numbers.
pub trait Ruled<T> {
    /// The value, or the error code of the broken rule.
    ///
    /// # Errors
    /// The [`BackstopError`] that stands for the [`EngineError`].
    fn ruled(self) -> Result<T>;
}

impl<T> Ruled<T> for backstop_engine::Result<T> {
    #[inline]
    fn ruled(self) -> Result<T> {
        self.map_err(report)
    }
}

#[cold]
#[inline(never)]
fn report(rule: EngineError) -> Error {
    msg!("{}", rule);
    BackstopError::from(rule).into()
}
