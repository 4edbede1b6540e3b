//! Accounts of the program, decoded.

use {
    crate::chain::Chain,
    anchor_lang::Discriminator,
    backstop::state::{Bank, Le128, Market, Obligation},
    bytemuck::Pod,
    num_bigint::BigUint,
    solana_pubkey::Pubkey,
};

fn decode<T: Pod + Discriminator>(data: &[u8]) -> Option<T> {
    let body = data.strip_prefix(T::DISCRIMINATOR)?;
    (body.len() == core::mem::size_of::<T>()).then(|| bytemuck::pod_read_unaligned(body))
}

fn read<T: Pod + Discriminator>(chain: &mut dyn Chain, key: &Pubkey) -> Option<T> {
    let account = chain.account(key)?;
    (account.owner == backstop::ID)
        .then(|| decode(&account.data))
        .flatten()
}

/// The market at `key`.
#[track_caller]
pub fn market(chain: &mut dyn Chain, key: &Pubkey) -> Market {
    read(chain, key).expect("the market exists")
}

/// The bank at `key`.
#[track_caller]
pub fn bank(chain: &mut dyn Chain, key: &Pubkey) -> Bank {
    read(chain, key).expect("the bank exists")
}

/// The obligation at `key`.
#[track_caller]
pub fn obligation(chain: &mut dyn Chain, key: &Pubkey) -> Obligation {
    try_obligation(chain, key).expect("the obligation exists")
}

/// The obligation at `key`, if there is one.
pub fn try_obligation(chain: &mut dyn Chain, key: &Pubkey) -> Option<Obligation> {
    read(chain, key)
}

/// A stored 128-bit number as a big integer.
pub trait Wide {
    /// The number.
    fn big(&self) -> BigUint;
}

impl Wide for Le128 {
    fn big(&self) -> BigUint {
        (BigUint::from(self.high) << 64u32) + self.low
    }
}
