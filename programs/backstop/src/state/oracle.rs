//! Pyth's `PriceUpdateV2`, read in place. The layout is Borsh; with full
//! verification every field has a fixed offset.

use anchor_lang::prelude::*;
use backstop_engine::price::Observation;
use backstop_engine::units::UnixTime;
use backstop_engine::EngineError;

use crate::error::BackstopError;
use crate::state::Market;

const DISCRIMINATOR: [u8; 8] = [34, 241, 35, 99, 157, 126, 244, 205];
const VERIFICATION_OFFSET: usize = 40;
const FULLY_VERIFIED: u8 = 1;
const FEED_ID_OFFSET: usize = 41;
const PRICE_OFFSET: usize = 73;
const CONF_OFFSET: usize = 81;
const EXPONENT_OFFSET: usize = 89;
const PUBLISH_TIME_OFFSET: usize = 93;
const EMA_PRICE_OFFSET: usize = 109;

/// What an update says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceUpdate {
    /// Which feed.
    pub feed_id: [u8; 32],
    /// The numbers.
    pub observation: Observation,
}

/// Reads the bytes of an update.
///
/// # Errors
/// `InvalidOracle` for other or shorter bytes; `NotFullyVerified`, checked
/// before any field is read: partial verification shifts all of them by a byte.
pub fn read_price_update(data: &[u8]) -> Result<PriceUpdate> {
    require!(
        field::<8>(data, 0)? == DISCRIMINATOR,
        BackstopError::InvalidOracle
    );
    require!(
        field::<1>(data, VERIFICATION_OFFSET)? == [FULLY_VERIFIED],
        BackstopError::NotFullyVerified
    );
    Ok(PriceUpdate {
        feed_id: field(data, FEED_ID_OFFSET)?,
        observation: Observation {
            price: i64::from_le_bytes(field(data, PRICE_OFFSET)?),
            conf: u64::from_le_bytes(field(data, CONF_OFFSET)?),
            exponent: i32::from_le_bytes(field(data, EXPONENT_OFFSET)?),
            published: UnixTime(i64::from_le_bytes(field(data, PUBLISH_TIME_OFFSET)?)),
            ema: i64::from_le_bytes(field(data, EMA_PRICE_OFFSET)?),
        },
    })
}

fn field<const N: usize>(data: &[u8], offset: usize) -> Result<[u8; N]> {
    data.get(offset..)
        .and_then(|rest| rest.first_chunk::<N>())
        .copied()
        .ok_or_else(|| error!(BackstopError::InvalidOracle))
}

impl PriceUpdate {
    /// Reads an update from an account, if it is the configured program's and
    /// the configured feed's. Anyone may post updates under any address, so the
    /// owner is what makes one genuine.
    ///
    /// # Errors
    /// `WrongOracleOwner`, `WrongFeed`, and those of [`read_price_update`].
    pub fn load(account: &AccountInfo<'_>, program: &Pubkey, feed_id: &[u8; 32]) -> Result<Self> {
        require_keys_eq!(*account.owner, *program, BackstopError::WrongOracleOwner);
        let update = read_price_update(&account.try_borrow_data()?)?;
        require!(update.feed_id == *feed_id, BackstopError::WrongFeed);
        Ok(update)
    }
}

/// What the governance token's feed says, if the market has a feed and the
/// account passed for it is a genuine update of it. Anything else is not an
/// error here: a write-off goes on without issuance.
pub fn governance_observation(
    market: &Market,
    account: Option<&AccountInfo<'_>>,
) -> Option<Observation> {
    let config = &market.config;
    let account = account.filter(|_| config.has_feed())?;
    PriceUpdate::load(account, &config.oracle_program, &config.feed_id)
        .inspect_err(|error| msg!("No governance price: {}", error))
        .ok()
        .map(|update| update.observation)
}

/// Says why a genuine update was of no use.
pub fn log_unpriced(rule: Option<EngineError>) {
    if let Some(rule) = rule {
        msg!("No governance price: {}", rule);
    }
}
