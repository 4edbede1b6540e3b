//! A small market that instructions are thrown at: its accounts, its clock, its
//! prices, and the rules that hold whatever was thrown.

mod call;
pub mod exits;
mod invariants;
mod keys;
mod settings;
mod stories;

pub use call::Cast;
pub use invariants::broken;
pub use keys::{keys, ACTORS, BANKS, NEW_INDEX};
pub use stories::{stories, Story};

use anchor_lang::{
    prelude::{Clock, Pubkey},
    solana_program::{entrypoint::ProgramResult, program_option::COption, program_pack::Pack},
    Discriminator,
};
use anchor_spl::token_2022::spl_token_2022::state::{Account as TokenAccount, AccountState, Mint};
use backstop::constants::PYTH_RECEIVERS;
use bytemuck::Pod;

use crate::runtime::{self, Account, Accounts, Call};
use keys::feed_id;

/// (10^-8 dollars) One dollar, as feeds here count.
pub const DOLLAR: i64 = 100_000_000;
/// Slots that pass in a second.
const SLOTS_PER_SEC: u64 = 5;
/// Where a price account says when its price was published.
const PUBLISHED_AT: core::ops::Range<usize> = 93..101;

/// The market at one moment.
#[derive(Clone)]
pub struct Scene {
    /// Every account.
    pub accounts: Accounts,
    /// What programs read as the clock.
    pub clock: Clock,
}

/// What a price account says.
#[derive(Clone, Copy, Debug)]
pub struct Observation {
    /// Price, times 10^8.
    pub price: i64,
    /// Its average.
    pub ema: i64,
    /// Half the confidence interval.
    pub conf: u64,
    /// Power of ten.
    pub exponent: i32,
    /// (unix secs)
    pub published: i64,
}

impl Scene {
    /// Runs one instruction of the program.
    ///
    /// # Errors
    /// Those of the program.
    pub fn run(&mut self, call: &Call) -> ProgramResult {
        runtime::run(backstop::entry, &mut self.accounts, &self.clock, call)
    }

    /// Lets time pass; unless `silently`, every feed repeats its price.
    pub fn advance(&mut self, secs: u32, silently: bool) {
        self.clock.unix_timestamp = self.clock.unix_timestamp.saturating_add(i64::from(secs));
        let slots = (u64::from(secs) * SLOTS_PER_SEC).max(1);
        self.clock.slot = self.clock.slot.saturating_add(slots);
        if silently {
            return;
        }
        let now = self.clock.unix_timestamp.to_le_bytes();
        for account in self.accounts.values_mut() {
            if account.owner == PYTH_RECEIVERS[0] {
                account.data[PUBLISHED_AT].copy_from_slice(&now);
            }
        }
    }

    /// Publishes an observation for the feed of `name` at `oracle`.
    pub fn publish(&mut self, oracle: Pubkey, name: &str, seen: Observation) {
        let data = price_update(&feed_id(name), seen);
        self.put(oracle, PYTH_RECEIVERS[0], data);
    }

    /// Publishes a calm price of a bank's asset.
    pub fn set_price(&mut self, bank: usize, price: i64) {
        let keys = &keys().banks[bank];
        self.publish(keys.oracle, keys.name, self.calm(price));
    }

    fn calm(&self, price: i64) -> Observation {
        Observation {
            price,
            ema: price,
            conf: price.unsigned_abs() / 1_000,
            exponent: -8,
            published: self.clock.unix_timestamp,
        }
    }

    fn put(&mut self, key: Pubkey, owner: Pubkey, data: Vec<u8>) {
        let account = Account {
            owner,
            lamports: 1_000_000_000,
            data,
            ..Account::absent(key)
        };
        self.accounts.insert(key, account);
    }

    fn put_mint(&mut self, key: Pubkey, program: Pubkey, decimals: u8, supply: u64) {
        let mint = Mint {
            mint_authority: COption::Some(keys().admin),
            supply,
            decimals,
            is_initialized: true,
            ..Mint::default()
        };
        self.put(key, program, packed(mint));
    }

    fn put_tokens(
        &mut self,
        key: Pubkey,
        program: Pubkey,
        mint: Pubkey,
        owner: Pubkey,
        atoms: u64,
    ) {
        let account = TokenAccount {
            mint,
            owner,
            amount: atoms,
            state: AccountState::Initialized,
            ..TokenAccount::default()
        };
        self.put(key, program, packed(account));
    }

    /// The account of ours at `key`.
    pub fn read<T: Pod + Discriminator>(&self, key: &Pubkey) -> Option<T> {
        let account = self.accounts.get(key)?;
        let body = account.data.strip_prefix(T::DISCRIMINATOR)?;
        (account.owner == backstop::ID && body.len() == core::mem::size_of::<T>())
            .then(|| bytemuck::pod_read_unaligned(body))
    }
}

fn packed<T: Pack>(state: T) -> Vec<u8> {
    let mut data = vec![0; T::LEN];
    T::pack(state, &mut data).expect("the buffer has its length");
    data
}

/// The account data of a fully verified `PriceUpdateV2`.
pub fn price_update(feed_id: &[u8; 32], seen: Observation) -> Vec<u8> {
    let mut data = vec![34, 241, 35, 99, 157, 126, 244, 205];
    data.extend_from_slice(&[7; 32]);
    data.push(1);
    data.extend_from_slice(feed_id);
    data.extend_from_slice(&seen.price.to_le_bytes());
    data.extend_from_slice(&seen.conf.to_le_bytes());
    data.extend_from_slice(&seen.exponent.to_le_bytes());
    data.extend_from_slice(&seen.published.to_le_bytes());
    data.extend_from_slice(&seen.published.to_le_bytes());
    data.extend_from_slice(&seen.ema.to_le_bytes());
    data.extend_from_slice(&seen.conf.to_le_bytes());
    data.extend_from_slice(&0u64.to_le_bytes());
    data.push(0);
    data
}
