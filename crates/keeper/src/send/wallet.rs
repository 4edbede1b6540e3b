//! What the keeper owns: lamports, tokens, its obligation.

use backstop_client::{
    accounts::decode,
    instructions,
    program::state::Obligation,
    transaction::{execute, Assembler},
    view::fetch_many,
    ClientError, MarketView,
};
use backstop_engine::units::Atoms;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_signer::Signer as _;
use spl_associated_token_account_interface::instruction::create_associated_token_account_idempotent;

use crate::{decide::Own, metrics};

/// (bytes) Where a token account's amount stands.
const AMOUNT_OFFSET: usize = 64;
/// Accounts that are opened in one transaction.
const MOST_OPENED: usize = 5;

/// What the keeper owned when it looked.
#[derive(Clone, Debug, Default)]
pub struct Wallet {
    /// Lamports.
    pub lamports: u64,
    /// Obligation and tokens. A mint without an account is not among them.
    pub own: Own,
}

impl Wallet {
    /// Looks.
    ///
    /// # Errors
    /// `Rpc`.
    pub async fn read(
        rpc: &RpcClient,
        view: &MarketView,
        owner: Pubkey,
        obligation_index: u16,
    ) -> Result<Self, ClientError> {
        let obligation = view.keys.obligation(&owner, obligation_index);
        let mut keys = vec![owner, obligation];
        keys.extend(
            view.banks
                .iter()
                .map(|bank| bank.keys.token_account(&owner)),
        );
        let mut found = fetch_many(rpc, &keys).await?.into_iter();
        let lamports = found.next().flatten().map_or(0, |account| account.lamports);
        let positions = found.next().flatten();
        let mut own = Own {
            obligation,
            positions: positions
                .and_then(|account| decode::<Obligation>(&obligation, &account).ok()),
            ..Own::default()
        };
        for (bank, account) in view.banks.iter().zip(found) {
            let Some(account) = account.filter(|a| a.owner == bank.keys.token_program) else {
                continue;
            };
            let amount = account
                .data
                .get(AMOUNT_OFFSET..)
                .and_then(<[u8]>::first_chunk);
            let atoms = amount.map_or(0, |bytes| u64::from_le_bytes(*bytes));
            metrics::tokens(&bank.keys.mint, atoms);
            own.wallet.insert(bank.keys.mint, Atoms(atoms));
        }
        metrics::wallet(lamports);
        Ok(Self { lamports, own })
    }

    /// Instructions that open what is missing.
    #[must_use]
    pub fn missing(&self, view: &MarketView, owner: Pubkey, index: u16) -> Vec<Instruction> {
        let mut missing = Vec::new();
        if self.own.positions.is_none() {
            missing.push(instructions::open_obligation(
                &view.keys, owner, owner, index,
            ));
        }
        for bank in &view.banks {
            let keys = &bank.keys;
            if !self.own.wallet.contains_key(&keys.mint) {
                missing.push(create_associated_token_account_idempotent(
                    &owner,
                    &owner,
                    &keys.mint,
                    &keys.token_program,
                ));
            }
        }
        missing
    }

    /// Opens what is missing, a few accounts in a transaction.
    ///
    /// # Errors
    /// Those of a transaction. What was opened before stays.
    pub async fn open_missing(
        &self,
        rpc: &RpcClient,
        view: &MarketView,
        assembler: &Assembler,
        keypair: &Keypair,
        index: u16,
    ) -> Result<usize, ClientError> {
        let missing = self.missing(view, keypair.pubkey(), index);
        for instructions in missing.chunks(MOST_OPENED) {
            let landed = execute(rpc, assembler, instructions, &[keypair]).await?;
            tracing::info!(
                signature = %landed.signature,
                slot = landed.slot,
                accounts = instructions.len(),
                "opened accounts of the keeper"
            );
        }
        Ok(missing.len())
    }
}
