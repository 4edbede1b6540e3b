//! What is on the chain: accounts, balances and addresses.

use {
    super::{Actor, BankId, World},
    crate::{ix::BankKeys, state, tokens},
    backstop::state::{Bank, Market, Obligation},
    solana_pubkey::Pubkey,
};

impl World {
    /// Somebody's token account in a bank's asset.
    pub fn wallet(&self, actor: &Actor, bank: BankId) -> Pubkey {
        tokens::associated_token_account(&self.mints[bank.0], &actor.key())
    }

    /// Somebody's governance token account.
    pub fn governance_wallet(&self, actor: &Actor) -> Pubkey {
        tokens::associated_token_account(&self.governance, &actor.key())
    }

    /// (atoms) What somebody holds of a bank's asset.
    pub fn balance(&mut self, actor: &Actor, bank: BankId) -> u64 {
        let account = self.wallet(actor, bank);
        tokens::balance(&mut *self.chain, &account)
    }

    /// (governance atoms) What somebody holds of the governance token.
    pub fn governance_balance(&mut self, actor: &Actor) -> u64 {
        let account = self.governance_wallet(actor);
        tokens::balance(&mut *self.chain, &account)
    }

    /// Addresses of a bank.
    pub fn keys(&self, bank: BankId) -> BankKeys {
        self.banks[bank.0]
    }

    /// The bank's account.
    pub fn bank(&mut self, bank: BankId) -> Bank {
        let key = self.banks[bank.0].bank;
        state::bank(&mut *self.chain, &key)
    }

    /// The market's account.
    pub fn market_state(&mut self) -> Market {
        state::market(&mut *self.chain, &self.market.market)
    }

    /// Somebody's obligation.
    pub fn obligation(&mut self, actor: &Actor) -> Obligation {
        state::obligation(&mut *self.chain, &actor.obligation)
    }

    /// The banks of an obligation's active positions, in order.
    pub fn active_banks(&mut self, obligation: &Pubkey) -> Vec<BankKeys> {
        let state = state::obligation(&mut *self.chain, obligation);
        let banks = &self.banks;
        state
            .positions()
            .iter()
            .filter(|position| position.is_active())
            .filter_map(|position| banks.iter().find(|keys| keys.bank == position.bank))
            .copied()
            .collect()
    }
}
