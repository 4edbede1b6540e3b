//! Prices and the time that passes.

use {
    super::{feed_id, BankId, World, PRICE_EXPONENT},
    crate::oracle::PriceFeed,
    solana_pubkey::Pubkey,
};

impl World {
    /// Publishes a calm price, spot and average the same.
    pub fn set_price(&mut self, bank: BankId, price: i64) {
        let key = self.banks[bank.0].oracle;
        let config = self.bank(bank).config;
        let now = self.chain.now();
        self.publish(
            key,
            PriceFeed {
                program: config.oracle_program,
                ..PriceFeed::new(config.feed_id, price, PRICE_EXPONENT, now)
            },
        );
    }

    /// Publishes a calm governance price.
    pub fn set_governance_price(&mut self, price: i64) {
        let key = self.market.oracle.expect("the market has a feed");
        let now = self.chain.now();
        self.publish(
            key,
            PriceFeed::new(feed_id("governance"), price, PRICE_EXPONENT, now),
        );
    }

    /// Publishes any observation at a price account.
    pub fn publish(&mut self, key: Pubkey, feed: PriceFeed) {
        feed.post(&mut *self.chain, &key);
        self.feeds.insert(key, feed);
    }

    /// The last observation at a price account.
    pub fn feed(&self, key: &Pubkey) -> PriceFeed {
        self.feeds[key]
    }

    /// Lets time pass; every feed keeps publishing its last price.
    pub fn advance(&mut self, secs: u64) {
        self.chain.advance(secs);
        let now = self.chain.now();
        for (key, feed) in &mut self.feeds {
            feed.publish_time = now;
            feed.prev_publish_time = now - 1;
            feed.post(&mut *self.chain, key);
        }
    }

    /// Lets time pass while every feed is silent.
    pub fn advance_silently(&mut self, secs: u64) {
        self.chain.advance(secs);
    }
}
