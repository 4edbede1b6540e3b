//! The bytecode chain: LiteSVM running the program that would be deployed.

use {
    super::{
        found, payer_keypair,
        receipt::units_per_instruction,
        wire::{seal, MAX_TRANSACTION_BYTES},
        AccountData, Cause, Chain, Failure, Receipt, Request,
    },
    anchor_lang::event::EVENT_IX_TAG_LE,
    litesvm::{types::TransactionMetadata, LiteSVM},
    solana_account::Account,
    solana_clock::Clock,
    solana_keypair::Keypair,
    solana_program_runtime::invoke_context::BuiltinFunctionRegisterer,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    std::{
        env,
        path::{Path, PathBuf},
    },
};

/// LiteSVM with one program on it, its real compute costs and its real limits.
pub struct SvmChain {
    vm: LiteSVM,
    payer: Keypair,
}

/// A copy goes its own way from here: cheaper than a new chain, and a way to
/// try several futures of one state.
impl Clone for SvmChain {
    fn clone(&self) -> Self {
        Self {
            vm: self.vm.clone(),
            payer: self.payer.insecure_clone(),
        }
    }
}

impl SvmChain {
    /// A chain with Backstop on it, from `BACKSTOP_SO` or, without it, from
    /// where `cargo xtask build` writes the program.
    pub fn backstop() -> Self {
        Self::with_program(backstop::ID, &backstop_so())
    }

    /// A chain with the program at `so` deployed as `program_id`.
    ///
    /// # Panics
    /// When there is no such file, or it is not a program that can be loaded.
    pub fn with_program(program_id: Pubkey, so: &Path) -> Self {
        assert!(
            so.is_file(),
            "no program at {}: run `cargo xtask build` first",
            so.display()
        );
        let mut chain = Self::empty();
        chain
            .vm
            .add_program_from_file(program_id, so)
            .expect("the program loads: was it built for sBPF v3?");
        chain
    }

    /// Puts a program on the chain that is a function of this process.
    pub fn add_builtin(&mut self, program_id: Pubkey, register: BuiltinFunctionRegisterer) {
        self.vm.add_builtin(program_id, register);
    }

    /// A chain with the programs of the network and none of ours.
    pub fn empty() -> Self {
        // Without a history a transaction may be sent twice, so blockhashes
        // need not expire; without a limit no log line is lost.
        let vm = LiteSVM::new()
            .with_transaction_history(0)
            .with_log_bytes_limit(None);
        let mut chain = Self {
            vm,
            payer: payer_keypair(),
        };
        found(&mut chain);
        chain
    }
}

impl Chain for SvmChain {
    fn name(&self) -> &'static str {
        "bytecode"
    }

    fn payer(&self) -> Pubkey {
        self.payer.pubkey()
    }

    fn submit(&mut self, request: &Request<'_>) -> Result<Receipt, Failure> {
        let blockhash = self.vm.latest_blockhash();
        let sealed = seal(request, &self.payer, blockhash, request.unit_limit);
        let transaction_bytes = sealed.bytes.len();
        if transaction_bytes > MAX_TRANSACTION_BYTES {
            return Err(Failure::oversize(transaction_bytes));
        }
        match self.vm.send_transaction(sealed.transaction) {
            Ok(meta) => Ok(Receipt {
                compute_units: meta.compute_units_consumed,
                units: units_per_instruction(&meta.logs),
                events: events(&meta),
                return_data: Some(meta.return_data)
                    .filter(|returned| !returned.data.is_empty())
                    .map(|returned| (returned.program_id, returned.data)),
                logs: meta.logs,
                transaction_bytes,
            }),
            Err(failed) => Err(Failure {
                cause: Cause::Refused(failed.err),
                logs: failed.meta.logs,
                compute_units: failed.meta.compute_units_consumed,
            }),
        }
    }

    fn account(&mut self, key: &Pubkey) -> Option<AccountData> {
        self.vm
            .get_account(key)
            .filter(|account| account.lamports > 0)
            .map(|account| AccountData {
                lamports: account.lamports,
                owner: account.owner,
                data: account.data,
            })
    }

    fn set_account(&mut self, key: &Pubkey, account: AccountData) {
        let account = Account {
            lamports: account.lamports,
            data: account.data,
            owner: account.owner,
            ..Account::default()
        };
        self.vm
            .set_account(*key, account)
            .expect("only sysvars and programs can be refused");
    }

    fn clock(&mut self) -> Clock {
        self.vm.get_sysvar()
    }

    fn set_clock(&mut self, clock: &Clock) {
        self.vm.set_sysvar(clock);
    }

    fn fork(&self) -> Option<Box<dyn Chain>> {
        Some(Box::new(self.clone()))
    }
}

/// The bodies of all self-calls of `emit_cpi!`.
fn events(meta: &TransactionMetadata) -> Vec<Vec<u8>> {
    meta.inner_instructions
        .iter()
        .flatten()
        .filter_map(|inner| inner.instruction.data.strip_prefix(EVENT_IX_TAG_LE))
        .map(<[u8]>::to_vec)
        .collect()
}

/// Where the program is: `BACKSTOP_SO` or, without it, where `cargo xtask build`
/// writes it.
pub fn backstop_so() -> PathBuf {
    env::var_os("BACKSTOP_SO").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/deploy/backstop.so"),
        PathBuf::from,
    )
}
