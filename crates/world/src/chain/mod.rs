//! One interface to the chains that scenarios run on: the bytecode's, and the
//! native one of the tests.
//!
//! Everything a scenario may observe is the same on both: time, slot, account
//! bytes, errors and events. What a back end adds beyond that (compute units
//! and the program's own log lines exist only for the bytecode) is marked on
//! the field that carries it.

mod receipt;
mod svm;
mod wire;

pub use {
    receipt::{Cause, Failure, Receipt},
    svm::{backstop_so, SvmChain},
    wire::{seal, LookupTable, Sealed, MAX_TRANSACTION_BYTES},
};

use {
    crate::keys, solana_clock::Clock, solana_instruction::Instruction, solana_keypair::Keypair,
    solana_pubkey::Pubkey, solana_sdk_ids::system_program,
};

/// (unix s) The first second of every chain: 2023-11-14 22:13:20 UTC.
pub const GENESIS_UNIX: i64 = 1_700_000_000;
/// The first slot of every chain. LiteSVM deploys programs in its own first
/// slot, the latest in which mainnet activated a feature; time may only go on
/// from there.
pub const GENESIS_SLOT: u64 = 480_000_000;
/// Slots that pass in a second, at mainnet's 200 ms.
pub const SLOTS_PER_SEC: u64 = 5;
/// The most compute units that one transaction may request.
pub const MAX_COMPUTE_UNITS: u32 = 1_400_000;
/// (lamports) What the payer starts with.
const PAYER_LAMPORTS: u64 = 1_000_000_000_000_000;
const SLOTS_PER_EPOCH: u64 = 432_000;

/// An account as a scenario sees it. `rent_epoch` is left out: it is obsolete,
/// and the two chains fill it differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountData {
    /// (lamports) Never 0: an account without lamports does not exist.
    pub lamports: u64,
    /// The program that may change `data`.
    pub owner: Pubkey,
    /// The raw bytes, discriminator included.
    pub data: Vec<u8>,
}

/// One transaction to send: the payer's signature and the compute budget are
/// added by the chain.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Executed in this order, all or none.
    pub instructions: &'a [Instruction],
    /// Signers beside the payer. Naming the payer again does no harm.
    pub signers: &'a [&'a Keypair],
    /// Compute units requested. The native chain ignores it.
    pub unit_limit: u32,
    /// Addresses that the message may name by index instead of in full.
    pub table: Option<&'a LookupTable>,
}

impl<'a> Request<'a> {
    /// A transaction with the largest compute budget and no lookup table.
    pub fn new(instructions: &'a [Instruction], signers: &'a [&'a Keypair]) -> Self {
        Self {
            instructions,
            signers,
            unit_limit: MAX_COMPUTE_UNITS,
            table: None,
        }
    }

    /// Requests fewer compute units, to show that a budget suffices.
    pub fn with_unit_limit(self, unit_limit: u32) -> Self {
        Self { unit_limit, ..self }
    }

    /// Lets the message refer to addresses through `table`.
    pub fn with_table(self, table: &'a LookupTable) -> Self {
        Self {
            table: Some(table),
            ..self
        }
    }
}

/// A chain with the program on it, seen from outside.
pub trait Chain {
    /// `"bytecode"` or `"native"`, for messages.
    fn name(&self) -> &'static str;

    /// Pays every fee and signs every transaction; the same key on both chains.
    fn payer(&self) -> Pubkey;

    /// Executes one transaction and keeps its effects, or none of them.
    fn submit(&mut self, request: &Request<'_>) -> Result<Receipt, Failure>;

    /// The account at `key`; none if it holds no lamports.
    fn account(&mut self, key: &Pubkey) -> Option<AccountData>;

    /// Overwrites an account past every rule of the runtime. For oracles, and
    /// for states that no honest instruction reaches.
    fn set_account(&mut self, key: &Pubkey, account: AccountData);

    /// What programs read as the clock.
    fn clock(&mut self) -> Clock;

    /// Replaces what programs read as the clock.
    fn set_clock(&mut self, clock: &Clock);

    /// A copy that goes its own way from here, to try several futures of one
    /// state; none where the back end cannot be copied.
    fn fork(&self) -> Option<Box<dyn Chain>> {
        None
    }

    /// Sends one transaction with the largest compute budget.
    fn send(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<Receipt, Failure> {
        self.submit(&Request::new(instructions, signers))
    }

    /// Sends one transaction whose message may refer to `table`.
    fn send_with_table(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
        table: &LookupTable,
    ) -> Result<Receipt, Failure> {
        self.submit(&Request::new(instructions, signers).with_table(table))
    }

    /// Puts a lookup table on the chain, ready to be used in this slot. It is
    /// written past the table program, whose one-slot warm-up is not the
    /// subject of any test here.
    fn create_table(&mut self, key: Pubkey, addresses: Vec<Pubkey>) -> LookupTable {
        let table = LookupTable { key, addresses };
        self.set_account(&key, table.to_account());
        table
    }

    /// Gives `to` more lamports, out of nothing.
    fn airdrop(&mut self, to: &Pubkey, lamports: u64) {
        let mut account = self.account(to).unwrap_or(AccountData {
            lamports: 0,
            owner: system_program::ID,
            data: Vec::new(),
        });
        account.lamports = account.lamports.saturating_add(lamports);
        self.set_account(to, account);
    }

    /// (unix s) The chain's time.
    fn now(&mut self) -> i64 {
        self.clock().unix_timestamp
    }

    /// The chain's slot.
    fn slot(&mut self) -> u64 {
        self.clock().slot
    }

    /// Lets exactly `secs` seconds pass and the slots that go with them. With
    /// 0 only the next slot begins, in the same second.
    fn advance(&mut self, secs: u64) {
        let clock = self.clock();
        let slot = clock.slot + (secs * SLOTS_PER_SEC).max(1);
        let secs = i64::try_from(secs).expect("a scenario lasts less than 2^63 seconds");
        self.set_clock(&clock_at(clock.unix_timestamp + secs, slot));
    }
}

/// The clock of a given moment. The epoch follows from the slot, so that equal
/// moments are equal clocks.
fn clock_at(unix_timestamp: i64, slot: u64) -> Clock {
    let epoch = slot / SLOTS_PER_EPOCH;
    Clock {
        slot,
        epoch_start_timestamp: GENESIS_UNIX,
        epoch,
        leader_schedule_epoch: epoch + 1,
        unix_timestamp,
    }
}

/// Whose the fees of every chain are.
pub fn payer_keypair() -> Keypair {
    keys::keypair("payer")
}

/// What every chain begins with: the clock at genesis and a rich payer.
pub fn found(chain: &mut dyn Chain) {
    chain.set_clock(&clock_at(GENESIS_UNIX, GENESIS_SLOT));
    let payer = chain.payer();
    chain.airdrop(&payer, PAYER_LAMPORTS);
}
