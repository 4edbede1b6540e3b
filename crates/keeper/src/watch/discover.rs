//! Everything of a market, read at once.

use std::time::{Duration, Instant};

use backstop_client::{
    accounts::{decode_bytes, query, OBLIGATION_MARKET_OFFSET},
    program::state::{Bank, Market, Obligation},
    view::fetch_banks,
    ClientError, ID,
};
use serde_json::json;
use solana_account_decoder_client_types::UiDataSliceConfig;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_rpc_client_api::{
    request::RpcRequest,
    response::{OptionalContext, RpcKeyedAccount},
};

/// (bytes) Discriminator and fields in use: what follows is zero.
const OBLIGATION_SLICE: usize = 8 + core::mem::offset_of!(Obligation, reserved);
/// (bytes) Whole account.
const OBLIGATION_BYTES: usize = 8 + core::mem::size_of::<Obligation>();

/// The market's banks and obligations, and how long reading them took.
#[derive(Debug)]
pub struct Snapshot {
    /// The market.
    pub market: Market,
    /// Its banks.
    pub banks: Vec<(Pubkey, Bank)>,
    /// Its obligations.
    pub obligations: Vec<(Pubkey, Obligation)>,
    /// Time that it took.
    pub took: Duration,
}

impl Snapshot {
    /// Reads it. Accounts of other layouts are left out: the program takes none.
    ///
    /// # Errors
    /// `Rpc`, `NoAccount` and `WrongAccount` for the market.
    pub async fn read(rpc: &RpcClient, market: Pubkey) -> Result<Self, ClientError> {
        let start = Instant::now();
        let state = fetch_market(rpc, market).await?;
        let banks = fetch_banks(rpc, &market).await?;
        let obligations = fetch_obligations(rpc, market).await?;
        Ok(Self {
            market: state,
            banks,
            obligations,
            took: start.elapsed(),
        })
    }
}

async fn fetch_market(rpc: &RpcClient, market: Pubkey) -> Result<Market, ClientError> {
    let account = rpc
        .get_account_with_commitment(&market, rpc.commitment())
        .await?
        .value
        .ok_or(ClientError::NoAccount(market))?;
    backstop_client::accounts::decode(&market, &account)
}

/// Reads the part of every obligation that is in use.
async fn fetch_obligations(
    rpc: &RpcClient,
    market: Pubkey,
) -> Result<Vec<(Pubkey, Obligation)>, ClientError> {
    let slice = UiDataSliceConfig {
        offset: 0,
        length: OBLIGATION_SLICE,
    };
    let matches = [(OBLIGATION_MARKET_OFFSET, market)];
    let mut config = query::<Obligation>(&matches, Some(slice), None);
    config.account_config.commitment = Some(rpc.commitment());
    config.with_context = Some(true);
    let params = json!([ID.to_string(), config]);
    let answer: OptionalContext<Vec<RpcKeyedAccount>> =
        rpc.send(RpcRequest::GetProgramAccounts, params).await?;
    let read = answer.parse_value().into_iter().filter_map(|found| {
        let key: Pubkey = found.pubkey.parse().ok()?;
        let data = found.account.data.decode()?;
        match whole(&key, data) {
            Ok(obligation) if obligation.market == market => Some((key, obligation)),
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(obligation = %key, %error, "left out");
                None
            }
        }
    });
    Ok(read.collect())
}

/// An obligation from the part of its bytes that is in use.
fn whole(key: &Pubkey, mut data: Vec<u8>) -> Result<Obligation, ClientError> {
    if data.len() == OBLIGATION_SLICE {
        data.resize(OBLIGATION_BYTES, 0);
    }
    decode_bytes(key, &data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_is_read_as_the_whole_and_any_other_length_is_refused() {
        let key = Pubkey::new_from_array([1; 32]);
        let mut obligation: Obligation = bytemuck::Zeroable::zeroed();
        obligation.version = backstop_client::program::constants::VERSION;
        obligation.position_count = 3;
        obligation.positions[7].written_off = 9;
        let discriminator = match &query::<Obligation>(&[], None, None).filters.unwrap()[1] {
            solana_rpc_client_api::filter::RpcFilterType::Memcmp(memcmp) => {
                memcmp.raw_bytes_as_ref().unwrap().to_vec()
            }
            other => panic!("{other:?}"),
        };
        let data = [&discriminator[..], bytemuck::bytes_of(&obligation)].concat();
        let read = whole(&key, data[..OBLIGATION_SLICE].to_vec()).unwrap();
        assert_eq!(bytemuck::bytes_of(&read), bytemuck::bytes_of(&obligation));
        assert!(whole(&key, data.clone()).is_ok());
        assert!(whole(&key, data[..OBLIGATION_SLICE - 1].to_vec()).is_err());
    }
}
