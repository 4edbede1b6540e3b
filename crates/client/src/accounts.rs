//! Decoding of the program's accounts, and filters that find them.

use anchor_lang::Discriminator;
use backstop::{
    constants::VERSION,
    state::{Bank, Market, Obligation},
    ID,
};
use bytemuck::Pod;
use solana_account::Account;
use solana_account_decoder_client_types::{UiAccountEncoding, UiDataSliceConfig};
use solana_pubkey::Pubkey;
use solana_rpc_client_api::{
    config::{RpcAccountInfoConfig, RpcProgramAccountsConfig},
    filter::{Memcmp, RpcFilterType},
};

use crate::error::ClientError;

const DISCRIMINATOR_BYTES: usize = 8;

/// (bytes) Where a bank's `market` stands in its account.
pub const BANK_MARKET_OFFSET: usize = DISCRIMINATOR_BYTES + core::mem::offset_of!(Bank, market);
/// (bytes) Where an obligation's `market` stands in its account.
pub const OBLIGATION_MARKET_OFFSET: usize =
    DISCRIMINATOR_BYTES + core::mem::offset_of!(Obligation, market);
/// (bytes) Where an obligation's `owner` stands in its account.
pub const OBLIGATION_OWNER_OFFSET: usize =
    DISCRIMINATOR_BYTES + core::mem::offset_of!(Obligation, owner);

/// Accounts that this crate decodes.
pub trait ProgramAccount: Pod + Discriminator {
    /// What error messages call it.
    const KIND: &'static str;

    /// The layout version that the account carries.
    fn version(&self) -> u8;
}

impl ProgramAccount for Market {
    const KIND: &'static str = "market";

    fn version(&self) -> u8 {
        self.version
    }
}

impl ProgramAccount for Bank {
    const KIND: &'static str = "bank";

    fn version(&self) -> u8 {
        self.version
    }
}

impl ProgramAccount for Obligation {
    const KIND: &'static str = "obligation";

    fn version(&self) -> u8 {
        self.version
    }
}

/// Decodes the account at `key`.
///
/// # Errors
/// `WrongAccount`: another owner, another kind, another length or a layout
/// version that this crate does not know.
pub fn decode<T: ProgramAccount>(key: &Pubkey, account: &Account) -> Result<T, ClientError> {
    if account.owner != ID {
        return Err(ClientError::WrongAccount {
            key: *key,
            kind: T::KIND,
            reason: "another program owns it",
        });
    }
    decode_bytes(key, &account.data)
}

/// Decodes bytes that are known to be the program's.
///
/// # Errors
/// `WrongAccount`: another kind, another length or an unknown version.
pub fn decode_bytes<T: ProgramAccount>(key: &Pubkey, data: &[u8]) -> Result<T, ClientError> {
    let wrong = |reason| ClientError::WrongAccount {
        key: *key,
        kind: T::KIND,
        reason,
    };
    let body = data
        .strip_prefix(T::DISCRIMINATOR)
        .ok_or(wrong("it is of another kind"))?;
    let value: T =
        bytemuck::try_pod_read_unaligned(body).map_err(|_| wrong("it has another length"))?;
    if value.version() != VERSION {
        return Err(wrong("its layout is of another version than this client"));
    }
    Ok(value)
}

/// `getProgramAccounts` for accounts of one kind, whole or a slice of them.
/// With `min_context_slot` a node that has not got that far answers with an
/// error instead of with old accounts.
#[must_use]
pub fn query<T: ProgramAccount>(
    matches: &[(usize, Pubkey)],
    slice: Option<UiDataSliceConfig>,
    min_context_slot: Option<u64>,
) -> RpcProgramAccountsConfig {
    let bytes = |offset: usize, bytes: &[u8]| {
        RpcFilterType::Memcmp(Memcmp::new_raw_bytes(offset, bytes.to_vec()))
    };
    let size = (core::mem::size_of::<T>() + DISCRIMINATOR_BYTES) as u64;
    let mut filters = vec![RpcFilterType::DataSize(size), bytes(0, T::DISCRIMINATOR)];
    filters.extend(
        matches
            .iter()
            .map(|(offset, key)| bytes(*offset, key.as_ref())),
    );
    RpcProgramAccountsConfig {
        filters: Some(filters),
        account_config: RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            data_slice: slice,
            commitment: None,
            min_context_slot,
        },
        with_context: None,
        sort_results: None,
    }
}

/// The banks of a market.
#[must_use]
pub fn banks_of(market: &Pubkey) -> RpcProgramAccountsConfig {
    query::<Bank>(&[(BANK_MARKET_OFFSET, *market)], None, None)
}

/// The obligations of a market, of one owner if there is one.
#[must_use]
pub fn obligations_of(market: &Pubkey, owner: Option<&Pubkey>) -> RpcProgramAccountsConfig {
    let mut matches = vec![(OBLIGATION_MARKET_OFFSET, *market)];
    matches.extend(owner.map(|owner| (OBLIGATION_OWNER_OFFSET, *owner)));
    query::<Obligation>(&matches, None, None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytemuck::Zeroable;

    fn bytes_of(bank: &Bank) -> Vec<u8> {
        [Bank::DISCRIMINATOR, bytemuck::bytes_of(bank)].concat()
    }

    #[test]
    fn an_account_is_decoded_only_if_it_is_what_it_should_be() {
        let key = Pubkey::new_unique();
        let mut bank = Bank::zeroed();
        bank.version = VERSION;
        bank.decimals = 9;
        let account = Account {
            owner: ID,
            data: bytes_of(&bank),
            ..Account::default()
        };
        assert_eq!(decode::<Bank>(&key, &account).unwrap().decimals, 9);

        let foreign = Account {
            owner: Pubkey::new_unique(),
            ..account.clone()
        };
        assert!(decode::<Bank>(&key, &foreign).is_err());
        assert!(decode::<Market>(&key, &account).is_err());
        let mut longer = account.clone();
        longer.data.push(0);
        assert!(decode::<Bank>(&key, &longer).is_err());
        bank.version = VERSION + 1;
        assert!(decode_bytes::<Bank>(&key, &bytes_of(&bank)).is_err());
    }

    #[test]
    fn filters_look_where_the_fields_are() {
        let market = Pubkey::new_unique();
        let owner = Pubkey::new_unique();
        let mut obligation = Obligation::zeroed();
        obligation.market = market;
        obligation.owner = owner;
        let data = [Obligation::DISCRIMINATOR, bytemuck::bytes_of(&obligation)].concat();
        let filters = obligations_of(&market, Some(&owner)).filters.unwrap();
        assert_eq!(filters.len(), 4);
        assert!(filters.iter().all(|filter| match filter {
            RpcFilterType::DataSize(size) => *size == data.len() as u64,
            RpcFilterType::Memcmp(memcmp) => memcmp.bytes_match(&data),
            _ => false,
        }));
    }
}
