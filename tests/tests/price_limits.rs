//! Which observations of an oracle are prices, each limit reached and passed.

mod common;

use {
    backstop::error::BackstopError as E,
    backstop_tests::{
        chain::AccountData,
        ix,
        oracle::{PriceFeed, Verification, PYTH_CORE_COMPATIBLE},
        world::{feed_id, on_both, BankSpec, World},
    },
    common::*,
    solana_pubkey::Pubkey,
    std::slice::from_ref,
};

type Change = fn(&mut PriceFeed, i64);

/// A calm feed at 1,000 with one change, and what becomes of it. The limits
/// are an age of 60 s, a confidence of 2 % and a divergence of 50 %.
const FEEDS: [(&str, Change, Option<E>); 37] = {
    use E::*;
    [
        (
            "as old as allowed",
            |f, now| f.publish_time = now - 60,
            None,
        ),
        (
            "a second older",
            |f, now| f.publish_time = now - 61,
            Some(PriceStale),
        ),
        ("of this second", |f, now| f.publish_time = now, None),
        (
            "of the next second",
            |f, now| f.publish_time = now + 1,
            Some(PriceFromTheFuture),
        ),
        (
            "of the end of time",
            |f, _| f.publish_time = i64::MAX,
            Some(PriceFromTheFuture),
        ),
        (
            "of the beginning of time",
            |f, _| f.publish_time = i64::MIN,
            Some(PriceWentBack),
        ),
        ("negative", |f, _| f.price = -1_000, Some(PriceNotPositive)),
        (
            "as negative as can be",
            |f, _| f.price = i64::MIN,
            Some(PriceNotPositive),
        ),
        ("zero", |f, _| f.price = 0, Some(PriceNotPositive)),
        (
            "negative average",
            |f, _| f.ema_price = -1_000,
            Some(PriceNotPositive),
        ),
        (
            "zero average",
            |f, _| f.ema_price = 0,
            Some(PriceNotPositive),
        ),
        (
            "a price of one",
            |f, _| (f.price, f.ema_price, f.conf) = (1, 1, 0),
            None,
        ),
        ("exponent 1", |f, _| f.exponent = 1, Some(PriceExponent)),
        ("exponent 0", |f, _| f.exponent = 0, None),
        ("exponent -18", |f, _| f.exponent = -18, None),
        ("exponent -19", |f, _| f.exponent = -19, Some(PriceExponent)),
        (
            "exponent beyond all",
            |f, _| f.exponent = i32::MIN,
            Some(PriceExponent),
        ),
        ("confidence at its limit", |f, _| f.conf = 20, None),
        (
            "confidence above it",
            |f, _| f.conf = 21,
            Some(PriceUncertain),
        ),
        (
            "confidence without limit",
            |f, _| f.conf = u64::MAX,
            Some(PriceUncertain),
        ),
        (
            "as a part of the lower average",
            |f, _| (f.ema_price, f.conf) = (950, 19),
            None,
        ),
        (
            "above that part",
            |f, _| (f.ema_price, f.conf) = (950, 20),
            Some(PriceUncertain),
        ),
        (
            "confidence of the average does not count",
            |f, _| f.ema_conf = u64::MAX,
            None,
        ),
        (
            "spot half the average",
            |f, _| (f.price, f.conf) = (500, 0),
            None,
        ),
        (
            "below half",
            |f, _| (f.price, f.conf) = (499, 0),
            Some(PriceDiverges),
        ),
        (
            "spot one and a half",
            |f, _| (f.price, f.conf) = (1_500, 0),
            None,
        ),
        (
            "above that",
            |f, _| (f.price, f.conf) = (1_501, 0),
            Some(PriceDiverges),
        ),
        (
            "the greatest price",
            |f, _| (f.price, f.ema_price) = (i64::MAX, i64::MAX),
            None,
        ),
        (
            "another feed",
            |f, _| f.feed_id = feed_id("other"),
            Some(WrongFeed),
        ),
        ("no feed", |f, _| f.feed_id = [0; 32], Some(WrongFeed)),
        (
            "another owner",
            |f, _| f.program = spl_token_interface::ID,
            Some(WrongOracleOwner),
        ),
        (
            "the other receiver",
            |f, _| f.program = PYTH_CORE_COMPATIBLE,
            Some(WrongOracleOwner),
        ),
        (
            "no signatures",
            |f, _| f.verification = Verification::Partial(0),
            Some(NotFullyVerified),
        ),
        (
            "one signature",
            |f, _| f.verification = Verification::Partial(1),
            Some(NotFullyVerified),
        ),
        (
            "all but one",
            |f, _| f.verification = Verification::Partial(255),
            Some(NotFullyVerified),
        ),
        (
            "posted by anyone",
            |f, _| f.write_authority = Pubkey::default(),
            None,
        ),
        ("posted in any slot", |f, _| f.posted_slot = u64::MAX, None),
    ]
};

#[test]
fn a_feed_is_used_up_to_each_limit_and_refused_past_it() {
    on_both(|world| {
        let sol = world.add_bank(&BankSpec::sol());
        let keys = world.keys(sol);
        let calm = |world: &mut World| PriceFeed {
            conf: 0,
            ..PriceFeed::new(feed_id("SOL"), 1_000, -2, world.chain.now())
        };
        for (name, change, error) in FEEDS {
            println!("{} chain: {name}", world.chain.name());
            // Time enough that no earlier price is newer than this one.
            world.advance_silently(100);
            let mut feed = calm(world);
            change(&mut feed, world.chain.now());
            world.publish(keys.oracle, feed);
            let refresh = ix::refresh_banks(&[keys]);
            match error {
                Some(error) => world.refuse(from_ref(&refresh), &[], error),
                None => {
                    world.send(from_ref(&refresh), &[]).unwrap();
                    let price = world.bank(sol).price;
                    assert_eq!(i64::try_from(price.spot).unwrap(), feed.price);
                    assert_eq!(price.slot, world.chain.slot());
                }
            }
            let calm = calm(world);
            world.publish(keys.oracle, calm);
            world.send(&[refresh], &[]).unwrap();
        }
    });
}

#[test]
fn prices_do_not_go_back_in_time() {
    on_both(|world| {
        let sol = world.add_bank(&BankSpec::sol());
        let key = world.keys(sol).oracle;
        let refresh = refresh_ix(world, &[sol]);
        world.refresh(&[sol]).unwrap();
        let newest = world.feed(&key);
        world.advance_silently(10);
        let older = PriceFeed {
            publish_time: newest.publish_time - 1,
            ..newest
        };
        world.publish(key, older);
        world.refuse(from_ref(&refresh), &[], E::PriceWentBack);
        world.publish(key, newest);
        world.send(&[refresh], &[]).unwrap();
    });
}

#[test]
fn what_is_not_a_price_update_is_refused() {
    on_both(|world| {
        let sol = world.add_bank(&BankSpec::sol());
        let oracle = world.keys(sol).oracle;
        let refresh = refresh_ix(world, &[sol]);
        let honest = world.chain.account(&oracle).unwrap();
        type Spoil = fn(&mut AccountData);
        let cases: [(&str, Spoil, E); 5] = [
            ("other bytes", |a| a.data[0] ^= 1, E::InvalidOracle),
            ("no data", |a| a.data.clear(), E::InvalidOracle),
            (
                "cut in the average",
                |a| a.data.truncate(116),
                E::InvalidOracle,
            ),
            (
                "unknown verification",
                |a| a.data[40] = 2,
                E::NotFullyVerified,
            ),
            (
                "a wallet",
                |a| {
                    *a = AccountData {
                        lamports: 1_000_000_000,
                        owner: Pubkey::default(),
                        data: Vec::new(),
                    }
                },
                E::WrongOracleOwner,
            ),
        ];
        for (name, spoil, error) in cases {
            println!("{} chain: {name}", world.chain.name());
            let mut account = honest.clone();
            spoil(&mut account);
            world.chain.set_account(&oracle, account);
            world.refuse(from_ref(&refresh), &[], error);
        }
        world.chain.set_account(&oracle, honest);
        world.send(&[refresh], &[]).unwrap();
    });
}
