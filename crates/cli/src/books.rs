//! Amounts and a bank's books as JSON, and token accounts: where they are, what
//! they hold, and making those that are missing. Wrapped SOL is wrapped as far
//! as it is needed.

use backstop_client::{addresses::associated_token_account, program::state::Bank, ClientError};
use serde_json::{json, Value};
use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use spl_associated_token_account_interface::instruction::create_associated_token_account_idempotent;

use crate::{
    amount::{format, Amount},
    context::Context,
    failure::{Exit, Failure},
};

/// A token, as far as an account for it needs it.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// Its mint.
    pub mint: Pubkey,
    /// Its token program.
    pub program: Pubkey,
    /// Its decimals.
    pub decimals: u8,
}

impl From<&backstop_client::BankView> for Token {
    fn from(bank: &backstop_client::BankView) -> Self {
        Self {
            mint: bank.keys.mint,
            program: bank.keys.token_program,
            decimals: bank.bank.decimals,
        }
    }
}

impl Token {
    /// The governance token of a market.
    #[must_use]
    pub fn governance(view: &backstop_client::MarketView) -> Self {
        Self {
            mint: view.keys.mint,
            program: view.keys.token_program,
            decimals: view.market.governance_decimals,
        }
    }

    /// The owner's associated account.
    #[must_use]
    pub fn account(&self, owner: &Pubkey) -> Pubkey {
        associated_token_account(&self.mint, &self.program, owner)
    }

    /// Makes the owner's account if it is missing.
    #[must_use]
    pub fn create(&self, payer: &Pubkey, owner: &Pubkey) -> Instruction {
        create_associated_token_account_idempotent(payer, owner, &self.mint, &self.program)
    }

    /// (atoms) What the owner's account holds; `None` if there is none.
    ///
    /// # Errors
    /// `Cluster`.
    pub async fn balance(&self, context: &Context, owner: &Pubkey) -> Result<Option<u64>, Failure> {
        let account = context
            .rpc
            .get_account_with_commitment(&self.account(owner), context.rpc.commitment())
            .await
            .map_err(ClientError::from)?
            .value;
        // Both token programs keep the amount behind mint and owner.
        Ok(account
            .and_then(|account| account.data.get(64..)?.first_chunk::<8>().copied())
            .map(u64::from_le_bytes))
    }

    /// The atoms that an amount of the owner's tokens means, and what has to be
    /// done before they can be taken from his account.
    ///
    /// # Errors
    /// `Usage`; `Refused` if he has too few.
    pub async fn pay(
        &self,
        context: &Context,
        owner: &Pubkey,
        amount: &Amount,
    ) -> Result<(u64, Vec<Instruction>), Failure> {
        let held = self.balance(context, owner).await?.unwrap_or(0);
        let atoms = crate::context::atoms_or(amount, self.decimals, held)?;
        if atoms == 0 {
            return Err(
                Failure::new(Exit::Usage, "the amount is zero").hint(self.shortage(owner, held))
            );
        }
        let missing = atoms.saturating_sub(held);
        if missing == 0 {
            return Ok((atoms, Vec::new()));
        }
        if self.mint != spl_token_interface::native_mint::ID {
            return Err(Failure::new(
                Exit::Refused,
                format!(
                    "{} needed, {} there",
                    format(atoms, self.decimals),
                    format(held, self.decimals)
                ),
            )
            .hint(self.shortage(owner, held)));
        }
        let account = self.account(owner);
        let sync = spl_token_interface::instruction::sync_native(&self.program, &account)
            .map_err(|error| Failure::new(Exit::Other, error.to_string()))?;
        let wrap = vec![
            self.create(owner, owner),
            solana_system_interface::instruction::transfer(owner, &account, missing),
            sync,
        ];
        Ok((atoms, wrap))
    }

    /// What goes around an instruction that pays the owner: his account is made
    /// if it is missing, and SOL that has no wrapped account to go to is
    /// unwrapped.
    ///
    /// # Errors
    /// `Cluster`.
    pub async fn receive(
        &self,
        context: &Context,
        owner: &Pubkey,
    ) -> Result<(Instruction, Option<Instruction>), Failure> {
        let create = self.create(owner, owner);
        if self.mint != spl_token_interface::native_mint::ID
            || self.balance(context, owner).await?.is_some()
        {
            return Ok((create, None));
        }
        let account = self.account(owner);
        let close = spl_token_interface::instruction::close_account(
            &self.program,
            &account,
            owner,
            owner,
            &[],
        )
        .map_err(|error| Failure::new(Exit::Other, error.to_string()))?;
        Ok((create, Some(close)))
    }

    fn shortage(&self, owner: &Pubkey, held: u64) -> String {
        format!(
            "the token account {} of {owner} holds {} of mint {}: send more to it",
            self.account(owner),
            format(held, self.decimals),
            self.mint
        )
    }
}

/// An amount in JSON: exact atoms, and whole tokens for people.
#[must_use]
pub fn amount(atoms: impl Into<u128>, decimals: u8) -> Value {
    let atoms = atoms.into();
    json!({ "atoms": atoms.to_string(), "tokens": format(atoms, decimals) })
}

/// The books of a bank as they stand in its account.
#[must_use]
pub fn books_json(state: &Bank) -> Value {
    let ledger = &state.ledger;
    let atoms = |value: u64| amount(value, state.decimals);
    json!({
        "lender_assets": atoms(ledger.lender_assets),
        "cash": atoms(ledger.cash),
        "borrowed": atoms(ledger.borrowed),
        "deficit": atoms(ledger.deficit),
        "on_auction": atoms(ledger.on_auction),
        "protocol_fees": atoms(ledger.protocol_fees),
        "insurance_fees": atoms(ledger.insurance_fees),
        "insurance": atoms(ledger.insurance),
        "deposit_shares": ledger.deposit_shares.get().to_string(),
        "debt_shares": ledger.debt_shares.get().to_string(),
        "accrued_at": ledger.accrued_at,
        "deficit_since": (ledger.deficit > 0).then_some(ledger.deficit_since),
    })
}
