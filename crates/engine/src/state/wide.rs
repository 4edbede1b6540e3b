//! 128-bit numbers in accounts.

use core::cmp::Ordering;

#[cfg(feature = "anchor")]
use anchor_lang::prelude::*;
use bytemuck::{Pod, Zeroable};

/// A `u128` as two little-endian halves. Compilers disagree on the alignment of
/// `u128` (8 or 16), so no account contains one; this type is 8-byte aligned
/// everywhere.
#[cfg_attr(feature = "anchor", derive(AnchorSerialize, AnchorDeserialize))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Pod, Zeroable)]
#[repr(C)]
pub struct Le128 {
    /// Bits 0 to 63.
    pub low: u64,
    /// Bits 64 to 127.
    pub high: u64,
}

impl Le128 {
    /// The number.
    #[must_use]
    pub fn get(self) -> u128 {
        u128::from(self.high).wrapping_shl(64) | u128::from(self.low)
    }
}

impl PartialOrd for Le128 {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Le128 {
    fn cmp(&self, other: &Self) -> Ordering {
        self.get().cmp(&other.get())
    }
}

impl From<u128> for Le128 {
    fn from(value: u128) -> Self {
        let [low, high] = bytemuck::cast::<[u8; 16], [u64; 2]>(value.to_le_bytes());
        Self {
            low: u64::from_le(low),
            high: u64::from_le(high),
        }
    }
}
