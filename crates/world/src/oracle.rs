//! Price accounts as the Pyth receiver writes them, byte by byte.
//!
//! The layout is spelled out here a second time on purpose, instead of using
//! the program's own reader: a test that shares the code it tests agrees with
//! every mistake in it.

use {
    crate::chain::{AccountData, Chain},
    solana_pubkey::{pubkey, Pubkey},
};

/// The receiver program of Pyth Core.
pub const PYTH_CORE: Pubkey = pubkey!("rec5EKMGg6MxZYaMdyBfgwp4d5rB9T1VQH5pJv5LtFJ");
/// The receiver program of Pyth Core-Compatible.
pub const PYTH_CORE_COMPATIBLE: Pubkey = pubkey!("rec2HHDDnjLfj4kE7VyEtFA1HPGQLK33259532cRyHp");
/// The first bytes of every `PriceUpdateV2`.
pub const DISCRIMINATOR: [u8; 8] = [34, 241, 35, 99, 157, 126, 244, 205];
/// The length of every `PriceUpdateV2`, whatever its verification level.
pub const ACCOUNT_BYTES: usize = 134;

/// How many guardians signed the update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// All that the bridge demands.
    Full,
    /// Only this many. The number takes a byte, which shifts all that follows.
    Partial(u8),
}

/// One price update, and the account that carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceFeed {
    /// The program that owns the account.
    pub program: Pubkey,
    /// Who may close or rewrite the account.
    pub write_authority: Pubkey,
    /// How far the update was verified.
    pub verification: Verification,
    /// Which asset pair is priced.
    pub feed_id: [u8; 32],
    /// The price of one whole token, times 10^−`exponent`.
    pub price: i64,
    /// Half the width of the confidence interval, in the unit of `price`.
    pub conf: u64,
    /// Decimal exponent of every price in the account.
    pub exponent: i32,
    /// (unix s) When this price was published.
    pub publish_time: i64,
    /// (unix s) When the price before it was published.
    pub prev_publish_time: i64,
    /// Exponentially weighted average, in the unit of `price`.
    pub ema_price: i64,
    /// Its confidence, in the unit of `price`.
    pub ema_conf: u64,
    /// The slot in which the update was posted.
    pub posted_slot: u64,
}

impl PriceFeed {
    /// A calm feed: fully verified, just published, spot and average the same,
    /// confidence a thousandth of the price.
    pub fn new(feed_id: [u8; 32], price: i64, exponent: i32, now: i64) -> Self {
        Self {
            program: PYTH_CORE,
            write_authority: Pubkey::new_from_array([7; 32]),
            verification: Verification::Full,
            feed_id,
            price,
            conf: price.unsigned_abs() / 1_000,
            exponent,
            publish_time: now,
            prev_publish_time: now - 1,
            ema_price: price,
            ema_conf: price.unsigned_abs() / 1_000,
            posted_slot: 0,
        }
    }

    /// The account's data.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut data = Vec::with_capacity(ACCOUNT_BYTES);
        data.extend_from_slice(&DISCRIMINATOR);
        data.extend_from_slice(self.write_authority.as_ref());
        match self.verification {
            Verification::Partial(signatures) => data.extend_from_slice(&[0, signatures]),
            Verification::Full => data.push(1),
        }
        data.extend_from_slice(&self.feed_id);
        data.extend_from_slice(&self.price.to_le_bytes());
        data.extend_from_slice(&self.conf.to_le_bytes());
        data.extend_from_slice(&self.exponent.to_le_bytes());
        data.extend_from_slice(&self.publish_time.to_le_bytes());
        data.extend_from_slice(&self.prev_publish_time.to_le_bytes());
        data.extend_from_slice(&self.ema_price.to_le_bytes());
        data.extend_from_slice(&self.ema_conf.to_le_bytes());
        data.extend_from_slice(&self.posted_slot.to_le_bytes());
        data.resize(ACCOUNT_BYTES, 0);
        data
    }

    /// The account as a chain holds it.
    pub fn to_account(&self) -> AccountData {
        AccountData {
            lamports: 1_823_520, // rent-exempt for 134 bytes
            owner: self.program,
            data: self.to_bytes(),
        }
    }

    /// Writes the update to `key`, as posting it through the receiver would.
    pub fn post(&self, chain: &mut dyn Chain, key: &Pubkey) {
        chain.set_account(key, self.to_account());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn feed() -> PriceFeed {
        PriceFeed {
            write_authority: Pubkey::new_from_array([0xaa; 32]),
            feed_id: [0xbb; 32],
            price: -0x0102_0304_0506_0708,
            conf: 0x1112_1314_1516_1718,
            exponent: -8,
            publish_time: 0x2122_2324_2526_2728,
            prev_publish_time: 0x3132_3334_3536_3738,
            ema_price: 0x4142_4344_4546_4748,
            ema_conf: 0x5152_5354_5556_5758,
            posted_slot: 0x6162_6364_6566_6768,
            ..PriceFeed::new([0; 32], 1, 0, 0)
        }
    }

    fn u64_at(data: &[u8], offset: usize) -> u64 {
        u64::from_le_bytes(data[offset..offset + 8].try_into().unwrap())
    }

    /// Every offset is a literal, taken from the receiver's published layout.
    fn assert_layout(data: &[u8], shift: usize) {
        let feed = feed();
        assert_eq!(data.len(), 134);
        assert_eq!(data[..8], [0x22, 0xf1, 0x23, 0x63, 0x9d, 0x7e, 0xf4, 0xcd]);
        assert_eq!(data[8..40], [0xaa; 32]);
        assert_eq!(data[41 + shift..73 + shift], [0xbb; 32]);
        assert_eq!(u64_at(data, 73 + shift), feed.price as u64);
        assert_eq!(u64_at(data, 81 + shift), feed.conf);
        assert_eq!(data[89 + shift..93 + shift], [0xf8, 0xff, 0xff, 0xff]);
        assert_eq!(u64_at(data, 93 + shift), feed.publish_time as u64);
        assert_eq!(u64_at(data, 101 + shift), feed.prev_publish_time as u64);
        assert_eq!(u64_at(data, 109 + shift), feed.ema_price as u64);
        assert_eq!(u64_at(data, 117 + shift), feed.ema_conf);
        assert_eq!(u64_at(data, 125 + shift), feed.posted_slot);
    }

    #[test]
    fn a_full_update_has_the_published_layout_and_a_spare_byte() {
        let data = feed().to_bytes();
        assert_layout(&data, 0);
        assert_eq!(data[40], 1);
        assert_eq!(data[133], 0);
    }

    #[test]
    fn a_partial_update_is_shifted_by_the_number_of_signatures() {
        let partial = PriceFeed {
            verification: Verification::Partial(5),
            ..feed()
        };
        let data = partial.to_bytes();
        assert_layout(&data, 1);
        assert_eq!(data[40..42], [0, 5]);
    }

    #[test]
    fn the_account_is_rent_exempt() {
        let minimum = anchor_lang::prelude::Rent::default().minimum_balance(ACCOUNT_BYTES);
        assert_eq!(feed().to_account().lamports, minimum);
    }
}
