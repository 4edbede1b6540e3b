//! Accounts that are not what they seem: changed where they stand, or copied.

use {
    backstop_tests::{chain::AccountData, keys::keypair, world::World},
    solana_pubkey::Pubkey,
    solana_sdk_ids::system_program,
    solana_signer::Signer,
};

/// A change to an account where it stands, so that every address is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgery {
    /// The token program owns it.
    OfAnotherProgram,
    /// The system program owns it.
    OfTheSystem,
    /// Its first eight bytes and no more.
    Stub,
    /// Its first half.
    Half,
    /// All but its last byte.
    Clipped,
    /// As long, but all zero.
    Zeroed,
    /// The byte after the discriminator is the next version's.
    NextVersion,
}

impl Forgery {
    pub const ALL: [Self; 7] = [
        Self::OfAnotherProgram,
        Self::OfTheSystem,
        Self::Stub,
        Self::Half,
        Self::Clipped,
        Self::Zeroed,
        Self::NextVersion,
    ];

    /// The account as it would be.
    pub fn of(self, honest: &AccountData) -> AccountData {
        let mut forged = honest.clone();
        match self {
            Self::OfAnotherProgram => forged.owner = spl_token_interface::ID,
            Self::OfTheSystem => forged.owner = system_program::ID,
            Self::Stub => forged.data.truncate(8),
            Self::Half => forged.data.truncate(honest.data.len() / 2),
            Self::Clipped => forged.data.truncate(honest.data.len() - 1),
            Self::Zeroed => forged.data.fill(0),
            Self::NextVersion => forged.data[8] += 1,
        }
        forged
    }
}

/// Another program's copy of an account, at an address of its own.
pub fn copy(world: &mut World, honest: &Pubkey) -> Option<Pubkey> {
    let mut account = world.chain.account(honest)?;
    let key = keypair(&format!("copy of {honest}")).pubkey();
    account.owner = keypair("another program").pubkey();
    world.chain.set_account(&key, account);
    Some(key)
}
