//! Price accounts: where they are, what they say, and how they are written on
//! chains that have no oracle.

use std::collections::BTreeMap;

use backstop::{
    constants::PYTH_RECEIVERS,
    state::{read_price_update, PriceUpdate},
};
use backstop_engine::{
    price::{OracleLimits, Price},
    units::UnixTime,
};
use solana_account::Account;
use solana_pubkey::{pubkey, Pubkey};

use crate::error::ClientError;

/// Program whose addresses hold the sponsored feeds of Pyth Core.
const PUSH_CORE: Pubkey = pubkey!("pythWSnswVUd12oZpeFP8e9CVaEqJg25g1Vtc2biRsT");
/// The same for Pyth Core-Compatible.
const PUSH_COMPATIBLE: Pubkey = pubkey!("pyt2F414BA6dPttK6RddPZUdHfapoBN24GL5wbrPCou");

/// (bytes) Length of a `PriceUpdateV2` account.
pub const PRICE_ACCOUNT_BYTES: usize = 134;
const DISCRIMINATOR: [u8; 8] = [34, 241, 35, 99, 157, 126, 244, 205];

/// The address at which Pyth's sponsors keep a feed up to date: derived from
/// shard and feed under the push program that belongs to `receiver`, the
/// program that owns the account.
#[must_use]
pub fn push_feed_address(receiver: &Pubkey, shard: u16, feed_id: &[u8; 32]) -> Pubkey {
    let push = if *receiver == PYTH_RECEIVERS[1] {
        PUSH_COMPATIBLE
    } else {
        PUSH_CORE
    };
    Pubkey::find_program_address(&[&shard.to_le_bytes(), feed_id], &push).0
}

/// Which account carries the price of a feed. The program takes any account
/// that the right receiver owns for the right feed; without an entry here it is
/// the sponsored one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OracleMap(BTreeMap<[u8; 32], Pubkey>);

impl OracleMap {
    /// Reads the price of `feed_id` from `account`.
    pub fn insert(&mut self, feed_id: [u8; 32], account: Pubkey) {
        self.0.insert(feed_id, account);
    }

    /// Every feed that is read from an account of its own.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8; 32], &Pubkey)> {
        self.0.iter()
    }

    /// The account to read `feed_id` from.
    #[must_use]
    pub fn account(&self, receiver: &Pubkey, feed_id: &[u8; 32]) -> Pubkey {
        self.0
            .get(feed_id)
            .copied()
            .unwrap_or_else(|| push_feed_address(receiver, 0, feed_id))
    }
}

/// Reads a price account the way the program does.
///
/// # Errors
/// `Oracle`: another owner, another feed, not fully verified, other bytes.
pub fn price_update(
    account: &Account,
    receiver: &Pubkey,
    feed_id: &[u8; 32],
) -> Result<PriceUpdate, ClientError> {
    if account.owner != *receiver {
        return Err(ClientError::Oracle("another program owns the account"));
    }
    let update = read_price_update(&account.data)
        .map_err(|_| ClientError::Oracle("not a fully verified price update"))?;
    if update.feed_id != *feed_id {
        return Err(ClientError::Oracle("the account carries another feed"));
    }
    Ok(update)
}

/// The price that `refresh_banks` would store at `now`; `None` if it would
/// refuse: too old, from the future, older than `stored`, too uncertain.
#[must_use]
pub fn usable_price(
    update: &PriceUpdate,
    limits: OracleLimits,
    stored: i64,
    now: i64,
) -> Option<Price> {
    update
        .observation
        .accept(limits, UnixTime(stored), UnixTime(now))
        .ok()
}

/// The bytes of a fully verified `PriceUpdateV2`, for chains of one's own.
/// Prices are `price * 10^exponent` dollars for a whole token, times are unix
/// seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceFeed {
    /// Which asset.
    pub feed_id: [u8; 32],
    /// Spot price.
    pub price: i64,
    /// Half-width of its confidence interval.
    pub conf: u64,
    /// Exponential average.
    pub ema_price: i64,
    /// Power of ten of the three.
    pub exponent: i32,
    /// (unix secs)
    pub publish_time: i64,
}

impl PriceFeed {
    /// The account's data. Layout: Pyth receiver SDK 2.0.0, `PriceUpdateV2`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut data = Vec::with_capacity(PRICE_ACCOUNT_BYTES);
        data.extend_from_slice(&DISCRIMINATOR);
        data.extend_from_slice(&[0; 32]); // write authority: nobody's
        data.push(1); // fully verified
        data.extend_from_slice(&self.feed_id);
        data.extend_from_slice(&self.price.to_le_bytes());
        data.extend_from_slice(&self.conf.to_le_bytes());
        data.extend_from_slice(&self.exponent.to_le_bytes());
        data.extend_from_slice(&self.publish_time.to_le_bytes());
        data.extend_from_slice(&self.publish_time.to_le_bytes());
        data.extend_from_slice(&self.ema_price.to_le_bytes());
        data.extend_from_slice(&self.conf.to_le_bytes());
        data.resize(PRICE_ACCOUNT_BYTES, 0);
        data
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_by_the_program() {
        let feed = PriceFeed {
            feed_id: [7; 32],
            price: 4_212_345_678,
            conf: 1_234_567,
            ema_price: 4_300_000_000,
            exponent: -8,
            publish_time: 1_667_900_000,
        };
        let account = Account {
            owner: PYTH_RECEIVERS[0],
            data: feed.to_bytes(),
            ..Account::default()
        };
        let read = price_update(&account, &PYTH_RECEIVERS[0], &[7; 32]).unwrap();
        let seen = read.observation;
        assert_eq!((seen.price, seen.conf), (feed.price, feed.conf));
        assert_eq!((seen.ema, seen.exponent), (feed.ema_price, feed.exponent));
        assert_eq!(seen.published.0, feed.publish_time);
        assert!(price_update(&account, &PYTH_RECEIVERS[1], &[7; 32]).is_err());
        assert!(price_update(&account, &PYTH_RECEIVERS[0], &[8; 32]).is_err());
    }

    #[test]
    fn the_sponsored_account_of_sol_is_where_pyth_documents_it() {
        // Published at docs.pyth.network/price-feeds/core/push-feeds/solana.
        let sol: [u8; 32] = [
            0xef, 0x0d, 0x8b, 0x6f, 0xda, 0x2c, 0xeb, 0xa4, 0x1d, 0xa1, 0x5d, 0x40, 0x95, 0xd1,
            0xda, 0x39, 0x2a, 0x0d, 0x2f, 0x8e, 0xd0, 0xc6, 0xc7, 0xbc, 0x0f, 0x4c, 0xfa, 0xc8,
            0xc2, 0x80, 0xb5, 0x6d,
        ];
        assert_eq!(
            push_feed_address(&PYTH_RECEIVERS[0], 0, &sol),
            pubkey!("7UVimffxr9ow1uXYxsr4LHAcV58mLzhmwaeKvJ1pjLiE")
        );
    }
}
