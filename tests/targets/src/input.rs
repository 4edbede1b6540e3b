//! Turns the bytes of a fuzzer into decisions. Reading never fails: past the
//! end there are zeros, so every input means something and a shorter one means
//! something simpler.

use anchor_lang::prelude::Pubkey;

/// What is left of an input.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    bytes: &'a [u8],
}

impl<'a> Input<'a> {
    /// The whole of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Everything that is left.
    pub fn rest(&mut self) -> &'a [u8] {
        core::mem::take(&mut self.bytes)
    }

    /// The next `count` bytes, or fewer.
    pub fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.bytes.split_at(count.min(self.bytes.len()));
        self.bytes = rest;
        taken
    }

    /// The next `N` bytes, filled up with zeros.
    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut array = [0; N];
        let taken = self.take(N);
        array[..taken.len()].copy_from_slice(taken);
        array
    }

    /// Any byte.
    pub fn u8(&mut self) -> u8 {
        u8::from_le_bytes(self.array())
    }

    /// A number below `count`, which is at least 1.
    pub fn below(&mut self, count: usize) -> usize {
        usize::from(u16::from_le_bytes(self.array())) % count
    }

    /// Whether one in `count` came true.
    pub fn one_in(&mut self, count: u8) -> bool {
        self.u8() % count == count - 1
    }

    /// Any address.
    pub fn key(&mut self) -> Pubkey {
        Pubkey::new_from_array(self.array())
    }

    /// Any 32 bits, with the edges more often than chance would have them.
    pub fn u32(&mut self) -> u32 {
        self.u64() as u32
    }

    /// Any 64 bits, with the edges more often than chance would have them.
    pub fn u64(&mut self) -> u64 {
        let kind = self.u8();
        match kind % 8 {
            0 => u64::from(self.u8()),
            1 => u64::from_le_bytes(self.array()),
            2 => 1u64 << (self.u8() % 64),
            3 => (1u64 << (self.u8() % 64)) - 1,
            4 => u64::MAX - u64::from(self.u8()),
            // A mantissa and a power of ten: amounts that people use.
            _ => u64::from(u16::from_le_bytes(self.array()))
                .saturating_mul(10u64.pow(u32::from(self.u8() % 15))),
        }
    }

    /// Any signed 64 bits, both ends included.
    pub fn i64(&mut self) -> i64 {
        let value = self.u64() as i64;
        if self.one_in(4) {
            value.wrapping_neg()
        } else {
            value
        }
    }

    /// Any 128 bits, with the edges more often than chance would have them.
    pub fn u128(&mut self) -> u128 {
        match self.u8() % 6 {
            0 => u128::MAX - u128::from(self.u8()),
            1 => 1u128 << (self.u8() % 128),
            2 => u128::from_le_bytes(self.array()),
            3 => u128::from(self.u64()) << 64 | u128::from(self.u64()),
            // As shares of deposits and of debts count atoms.
            4 => u128::from(self.u64()).wrapping_mul(1_000_000),
            _ => u128::from(self.u64()) << 32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn past_the_end_everything_is_zero() {
        let mut input = Input::new(&[]);
        assert!(input.is_empty());
        assert_eq!((input.u8(), input.u64(), input.i64()), (0, 0, 0));
        assert_eq!(input.key(), Pubkey::default());
        assert_eq!(input.take(5), &[] as &[u8]);
    }

    #[test]
    fn both_ends_of_every_range_can_be_drawn() {
        assert_eq!(Input::new(&[4, 0]).u64(), u64::MAX);
        assert_eq!(Input::new(&[2, 63, 3]).i64(), i64::MIN);
        assert_eq!(Input::new(&[0, 0]).u128(), u128::MAX);
        assert_eq!(Input::new(&[4, 0]).u32(), u32::MAX);
    }
}
