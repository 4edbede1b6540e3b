//! Why the model expects a transaction to fail.

use backstop::error::BackstopError;

/// An error number, as the chain reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal(pub u32);

impl Refusal {
    /// The token programs' error for an account that holds too little.
    pub const FUNDS: Self = Self(1);
}

impl From<BackstopError> for Refusal {
    fn from(error: BackstopError) -> Self {
        Self(error.into())
    }
}

/// What an instruction does, or why it is refused.
pub type Outcome<T = ()> = Result<T, Refusal>;

/// Refuses with `error` unless `holds`.
pub fn require(holds: bool, error: BackstopError) -> Outcome {
    if holds {
        Ok(())
    } else {
        Err(error.into())
    }
}
