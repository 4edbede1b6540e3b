//! Addresses.

use five8_const::decode_32_const;

#[cfg(feature = "anchor")]
pub use anchor_lang::prelude::Pubkey;

/// An address: 32 bytes. With the `anchor` feature it is the framework's own
/// type, which the IDL calls a `pubkey`.
#[cfg(not(feature = "anchor"))]
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    bytemuck::Pod,
    bytemuck::Zeroable,
)]
#[repr(transparent)]
pub struct Pubkey(pub [u8; 32]);

#[cfg(not(feature = "anchor"))]
impl Pubkey {
    /// The address with these bytes.
    #[must_use]
    pub const fn new_from_array(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 32] {
        self.0
    }
}

/// Whether two addresses are the same, eight bytes at a time: comparing slices
/// calls a loop over single bytes on chain.
#[must_use]
#[inline(always)]
pub fn same_address(a: &Pubkey, b: &Pubkey) -> bool {
    let (a, b): (&[u8], &[u8]) = (bytemuck::bytes_of(a), bytemuck::bytes_of(b));
    let ((a, _), (b, _)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    a.iter()
        .zip(b)
        .all(|(a, b)| u64::from_ne_bytes(*a) == u64::from_ne_bytes(*b))
}

/// Receiver programs that publish Pyth prices; each bank names one of them.
pub const PYTH_RECEIVERS: [Pubkey; 2] = [
    address("rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ"),
    address("rec2HHDDnjLfj4kE7VyEtFA1HPGQLK33259532cRyHp"),
];

const fn address(text: &str) -> Pubkey {
    Pubkey::new_from_array(decode_32_const(text))
}

/// Address of the program, read out of its `declare_id!`: the tool that gives a
/// program a new address writes it there and nowhere else.
#[cfg(feature = "anchor")]
pub const PROGRAM: Pubkey = declared(include_str!("../../../../programs/backstop/src/lib.rs"));

#[cfg(feature = "anchor")]
const fn declared(source: &str) -> Pubkey {
    const BEFORE: &str = "\ndeclare_id!(\"";
    let mut rest = source;
    while !starts_with(rest, BEFORE) {
        // The program's source is ASCII around here; a split inside a character
        // would stop the build.
        (_, rest) = rest.split_at(next_line(rest));
    }
    let (_, rest) = rest.split_at(BEFORE.len());
    let mut length = 0;
    while rest.as_bytes()[length] != b'"' {
        length = length.saturating_add(1);
    }
    address(rest.split_at(length).0)
}

/// Where the next line feed stands, not counting one at the start.
#[cfg(feature = "anchor")]
const fn next_line(text: &str) -> usize {
    let mut at = 1;
    while text.as_bytes()[at] != b'\n' {
        at = at.saturating_add(1);
    }
    at
}

#[cfg(feature = "anchor")]
const fn starts_with(text: &str, start: &str) -> bool {
    let (text, start) = (text.as_bytes(), start.as_bytes());
    let mut at = 0;
    while at < start.len() {
        if at >= text.len() || text[at] != start[at] {
            return false;
        }
        at = at.saturating_add(1);
    }
    true
}
