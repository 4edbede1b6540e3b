//! The native chain: the program compiled for this machine, called by
//! solana-program-test. It gives breakpoints, coverage and a second opinion.
//! It knows no compute units, no stack limit and no heap limit, and three
//! things that a program may say do not arrive: `msg!` goes to standard output,
//! `emit!` and `set_return_data` go nowhere.

use {
    super::{
        found, payer_keypair, seal, AccountData, Cause, Chain, Failure, Receipt, Request,
        MAX_COMPUTE_UNITS, MAX_TRANSACTION_BYTES,
    },
    anchor_lang::{
        event::EVENT_IX_TAG_LE,
        solana_program::{account_info::AccountInfo, entrypoint::ProgramResult},
    },
    base64::{prelude::BASE64_STANDARD, Engine},
    solana_account_v3::{Account, AccountSharedData},
    solana_clock::Clock,
    solana_keypair::Keypair,
    solana_program_test::{processor, ProgramTest, ProgramTestContext},
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    solana_sysvar::program_stubs::sol_log,
    solana_transaction_v3::versioned::VersionedTransaction,
    tokio::runtime::{Builder, Runtime},
};

/// Starts the log line in which [`run`] passes an event on. The bank records no
/// inner instructions, so the line is the only way out of a transaction.
const EVENT_MARK: &str = "native event: ";
/// How far the requested units may be lowered to tell transactions apart.
const NONCES: u32 = 400_000;

/// An entry function as Anchor generates it.
pub type Entry =
    for<'info> fn(&'info Pubkey, &'info [AccountInfo<'info>], &'info [u8]) -> ProgramResult;

/// solana-program-test behind a runtime of its own, so that callers stay
/// synchronous.
pub struct NativeChain {
    context: ProgramTestContext,
    runtime: Runtime,
    clock: Clock,
    payer: Keypair,
    nonce: u32,
}

impl NativeChain {
    /// A chain with Backstop on it.
    pub fn backstop() -> Self {
        fn process(program: &Pubkey, accounts: &[AccountInfo], data: &[u8]) -> ProgramResult {
            run(backstop::entry, program, accounts, data)
        }
        Self::with(|test| test.add_program("backstop", backstop::ID, processor!(process)))
    }

    /// A chain with whatever `add` puts on it. A program needs a function of
    /// its own that calls [`run`], because `processor!` takes no closure.
    pub fn with(add: impl FnOnce(&mut ProgramTest)) -> Self {
        let mut test = ProgramTest::default();
        // That line has just switched on debug output.
        agave_logger::setup_with_default("error");
        // An environment variable could otherwise replace the program with
        // bytecode, which this version cannot load.
        test.prefer_bpf(false);
        add(&mut test);

        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a thread can be a runtime");
        let context = runtime.block_on(test.start_with_context());
        let mut chain = Self {
            context,
            runtime,
            clock: Clock::default(),
            payer: payer_keypair(),
            nonce: 0,
        };
        found(&mut chain);
        chain
    }

    /// A unit limit that no recent transaction had. It makes otherwise equal
    /// transactions distinct without a byte or an instruction more; the limit
    /// itself means nothing to a native program.
    fn next_unit_limit(&mut self) -> u32 {
        self.nonce = (self.nonce + 1) % NONCES;
        MAX_COMPUTE_UNITS - self.nonce
    }
}

impl Chain for NativeChain {
    fn name(&self) -> &'static str {
        "native"
    }

    fn payer(&self) -> Pubkey {
        self.payer.pubkey()
    }

    fn submit(&mut self, request: &Request<'_>) -> Result<Receipt, Failure> {
        let unit_limit = self.next_unit_limit();
        let blockhash = self
            .runtime
            .block_on(self.context.banks_client.get_latest_blockhash())
            .expect("the bank answers");
        let sealed = seal(request, &self.payer, blockhash, unit_limit);
        let transaction_bytes = sealed.bytes.len();
        if transaction_bytes > MAX_TRANSACTION_BYTES {
            return Err(Failure::oversize(transaction_bytes));
        }
        // This bank is of another major version than LiteSVM: the wire format
        // is what they share.
        let transaction: VersionedTransaction =
            bincode::deserialize(&sealed.bytes).expect("both versions share one wire format");
        let outcome = self
            .runtime
            .block_on(
                self.context
                    .banks_client
                    .process_transaction_with_metadata(transaction),
            )
            .expect("the bank answers");
        let (compute_units, logs, return_data) = outcome
            .metadata
            .map(|meta| {
                (
                    meta.compute_units_consumed,
                    meta.log_messages,
                    meta.return_data,
                )
            })
            .unwrap_or_default();
        let (events, logs) = take_events(logs);
        match outcome.result {
            Ok(()) => Ok(Receipt {
                compute_units,
                units: vec![None; request.instructions.len()],
                logs,
                events,
                return_data: return_data
                    .filter(|returned| !returned.data.is_empty())
                    .map(|returned| (returned.program_id, returned.data)),
                transaction_bytes,
            }),
            Err(error) => Err(Failure {
                cause: Cause::Refused(error),
                logs,
                compute_units,
            }),
        }
    }

    fn account(&mut self, key: &Pubkey) -> Option<AccountData> {
        self.runtime
            .block_on(self.context.banks_client.get_account(*key))
            .expect("the bank answers")
            .filter(|account| account.lamports > 0)
            .map(|account| AccountData {
                lamports: account.lamports,
                owner: account.owner,
                data: account.data,
            })
    }

    fn set_account(&mut self, key: &Pubkey, account: AccountData) {
        let account = AccountSharedData::from(Account {
            lamports: account.lamports,
            data: account.data,
            owner: account.owner,
            ..Account::default()
        });
        self.context.set_account(key, &account);
    }

    fn clock(&mut self) -> Clock {
        self.clock.clone()
    }

    /// The bank itself stays in its first slot: programs read the sysvar, and a
    /// bank for every slot would cost seconds per scenario.
    fn set_clock(&mut self, clock: &Clock) {
        self.context.set_sysvar(clock);
        self.clock = clock.clone();
    }
}

/// Calls an Anchor program from `processor!`, and passes on its events.
pub fn run(
    entry: Entry,
    program: &Pubkey,
    accounts: &[AccountInfo<'_>],
    data: &[u8],
) -> ProgramResult {
    if let Some(event) = data.strip_prefix(EVENT_IX_TAG_LE) {
        sol_log(&format!("{EVENT_MARK}{}", BASE64_STANDARD.encode(event)));
    }
    // SAFETY: Anchor wants one lifetime for the slice and what is in it, and
    // `AccountInfo` is invariant in its own, so no shorter one can be chosen.
    // Both types have one layout, and everything that `accounts` borrows
    // outlives this call, after which the program keeps nothing.
    let accounts =
        unsafe { core::mem::transmute::<&[AccountInfo<'_>], &[AccountInfo<'_>]>(accounts) };
    entry(program, accounts, data)
}

/// Separates the events that [`run`] passed on from the other log lines.
fn take_events(logs: Vec<String>) -> (Vec<Vec<u8>>, Vec<String>) {
    let mut events = Vec::new();
    let mut others = Vec::new();
    for line in logs {
        match line
            .strip_prefix("Program log: ")
            .and_then(|log| log.strip_prefix(EVENT_MARK))
        {
            Some(event) => events.push(
                BASE64_STANDARD
                    .decode(event)
                    .expect("an event line is what `run` wrote"),
            ),
            None => others.push(line),
        }
    }
    (events, others)
}
