//! What the chain holds, as far as a market file asks.

use backstop_client::{
    accounts::decode,
    program::state::Market,
    view::{fetch_banks, fetch_many},
    ClientError,
};
use solana_pubkey::{pubkey, Pubkey};

use crate::{
    context::Context,
    failure::Failure,
    file::{self, Desired, MarketFile},
    plan::Observed,
};

const CLOCK: Pubkey = pubkey!("SysvarC1ock11111111111111111111111111111111");

/// What is known of mints.
pub struct Mints {
    /// Token program and decimals.
    pub known: file::Mints,
    supplies: Vec<(Pubkey, u64)>,
}

impl Mints {
    /// Nothing: for a market that is there nothing need be known.
    pub fn none() -> Self {
        Self {
            known: file::Mints::new(),
            supplies: Vec::new(),
        }
    }
}

/// Reads the mints that a file names; those that are not there are left out.
pub async fn mints(context: &Context, file: &MarketFile) -> Result<Mints, Failure> {
    let keys = file.mints();
    let accounts = fetch_many(&context.rpc, &keys).await?;
    let mut mints = Mints::none();
    for (key, account) in keys.into_iter().zip(accounts) {
        let Some(account) = account else { continue };
        let supply = account
            .data
            .get(36..)
            .and_then(|data| data.first_chunk::<8>());
        let decimals = account.data.get(44);
        let (Some(supply), Some(decimals)) = (supply, decimals) else {
            continue;
        };
        mints.known.insert(key, (account.owner, *decimals));
        mints.supplies.push((key, u64::from_le_bytes(*supply)));
    }
    Ok(mints)
}

/// Reads market, banks and clock.
pub async fn observe(
    context: &Context,
    desired: &Desired,
    mints: &Mints,
) -> Result<Observed, Failure> {
    let key = desired.keys.market;
    let found = fetch_many(&context.rpc, &[CLOCK, key]).await?;
    let mut found = found.into_iter();
    let clock = found
        .next()
        .flatten()
        .ok_or(ClientError::NoAccount(CLOCK))?;
    let now = clock
        .data
        .get(32..)
        .and_then(|data| data.first_chunk::<8>())
        .map_or(0, |time| i64::from_le_bytes(*time));
    let adopted = mints
        .supplies
        .iter()
        .find(|(mint, _)| *mint == desired.keys.mint);
    let mut observed = Observed {
        now,
        adopted_supply: adopted.map_or(0, |(_, supply)| *supply),
        ..Observed::default()
    };
    let Some(account) = found.next().flatten() else {
        return Ok(observed);
    };
    let market: Market = decode(&key, &account)?;
    observed.market = Some((&market).into());
    for (key, bank) in fetch_banks(&context.rpc, &key).await? {
        observed.banks.insert(key, (&bank).into());
    }
    Ok(observed)
}
