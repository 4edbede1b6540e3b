//! The decimals that amounts and prices are converted with.

/// Decimals of the two tokens that amounts are given in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// Of the bank's asset; anything for a market.
    pub asset: u8,
    /// Of the governance token.
    pub governance: u8,
}
