//! What people do, each as one transaction that refreshes what it needs.

use {
    super::{Actor, BankId, World},
    crate::{
        chain::{Failure, Receipt},
        ix::{self, BankKeys, LiquidationParties},
    },
    backstop::instruction,
    solana_instruction::Instruction,
    solana_pubkey::Pubkey,
};

impl World {
    /// A refresh of the banks, and their addresses.
    fn refreshed(banks: &[BankKeys]) -> (Instruction, Vec<Pubkey>) {
        let keys = banks.iter().map(|bank| bank.bank).collect();
        (ix::refresh_banks(banks), keys)
    }

    /// Refreshes banks.
    pub fn refresh(&mut self, banks: &[BankId]) -> Result<Receipt, Failure> {
        let keys: Vec<BankKeys> = banks.iter().map(|bank| self.keys(*bank)).collect();
        self.send(&[ix::refresh_banks(&keys)], &[])
    }

    /// Deposits, whatever the deficit.
    pub fn deposit(&mut self, actor: &Actor, bank: BankId, atoms: u64) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        let args = instruction::Deposit {
            atoms,
            min_shares: 0,
            accept_deficit: true,
        };
        let account = self.wallet(actor, bank);
        let deposit = ix::deposit(&keys, actor.key(), actor.obligation, account, args);
        self.send(&[ix::refresh_banks(&[keys]), deposit], &[&actor.wallet])
    }

    /// Withdraws shares; `u128::MAX` for all.
    pub fn withdraw(
        &mut self,
        actor: &Actor,
        bank: BankId,
        shares: u128,
    ) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        let mut active = self.active_banks(&actor.obligation);
        let (refresh, _) = Self::refreshed(&active);
        let held = self
            .obligation(actor)
            .position(&keys.bank)
            .map_or(0, |position| position.deposit_shares.get());
        if shares == u128::MAX || shares == held {
            active.retain(|bank| bank.bank != keys.bank);
        }
        let (_, banks) = Self::refreshed(&active);
        let args = instruction::Withdraw {
            shares,
            min_atoms: 0,
        };
        let account = self.wallet(actor, bank);
        let withdraw = ix::withdraw(&keys, actor.key(), actor.obligation, account, args, &banks);
        if self.obligation(actor).has_debt() {
            self.send(&[refresh, withdraw], &[&actor.wallet])
        } else {
            self.send(&[withdraw], &[&actor.wallet])
        }
    }

    /// Borrows.
    pub fn borrow(&mut self, actor: &Actor, bank: BankId, atoms: u64) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        let mut active = self.active_banks(&actor.obligation);
        if !active.iter().any(|active| active.bank == keys.bank) {
            active.push(keys);
        }
        let (refresh, banks) = Self::refreshed(&active);
        let account = self.wallet(actor, bank);
        let borrow = ix::borrow(&keys, actor.key(), actor.obligation, account, atoms, &banks);
        self.send(&[refresh, borrow], &[&actor.wallet])
    }

    /// Repays somebody's debt out of `payer`'s wallet.
    pub fn repay(
        &mut self,
        payer: &Actor,
        debtor: &Actor,
        bank: BankId,
        atoms: u64,
    ) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        let account = self.wallet(payer, bank);
        let repay = ix::repay(&keys, payer.key(), debtor.obligation, account, atoms);
        self.send(&[repay], &[&payer.wallet])
    }

    /// Liquidates.
    pub fn liquidate(
        &mut self,
        liquidator: &Actor,
        debtor: &Actor,
        debt: BankId,
        collateral: BankId,
        max_repay: u64,
    ) -> Result<Receipt, Failure> {
        let active = self.active_banks(&debtor.obligation);
        let (refresh, banks) = Self::refreshed(&active);
        let parties = LiquidationParties {
            liquidator: liquidator.key(),
            liquidator_obligation: liquidator.obligation,
            liquidator_token_account: self.wallet(liquidator, debt),
            obligation: debtor.obligation,
        };
        let args = instruction::Liquidate {
            max_repay,
            min_shares: 0,
        };
        let (debt, collateral) = (self.keys(debt), self.keys(collateral));
        let liquidate = ix::liquidate(&debt, &collateral, parties, args, &banks);
        self.send(&[refresh, liquidate], &[&liquidator.wallet])
    }

    /// Writes off somebody's debt for a bounty.
    pub fn write_off(
        &mut self,
        keeper: &Actor,
        debtor: &Actor,
        bank: BankId,
    ) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        let account = self.wallet(keeper, bank);
        let write_off = ix::write_off(&keys, debtor.obligation, Some(account), &[]);
        self.send(&[ix::refresh_banks(&[keys]), write_off], &[])
    }

    /// Covers a bank's deficit.
    pub fn cover(&mut self, bank: BankId) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        self.send(&[ix::refresh_banks(&[keys]), ix::cover_deficit(&keys)], &[])
    }

    /// Buys governance tokens, whatever they cost.
    pub fn buy(&mut self, bidder: &Actor, bank: BankId, amount: u64) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        let (pay, get) = (self.wallet(bidder, bank), self.governance_wallet(bidder));
        let buy = ix::buy_governance(&keys, bidder.key(), pay, get, amount, u64::MAX);
        self.send(&[buy], &[&bidder.wallet])
    }

    /// Closes a bank's auction.
    pub fn close_auction(&mut self, bank: BankId) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        self.send(&[ix::close_auction(&keys)], &[])
    }

    /// Socialises a bank's deficit.
    pub fn socialise(&mut self, bank: BankId) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        self.send(&[ix::socialise_deficit(&keys)], &[])
    }

    /// Repays somebody's record of written-off debt.
    pub fn repay_written_off(
        &mut self,
        payer: &Actor,
        debtor: &Actor,
        bank: BankId,
        atoms: u64,
    ) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        let account = self.wallet(payer, bank);
        let repay = ix::repay_written_off(&keys, payer.key(), debtor.obligation, account, atoms);
        self.send(&[repay], &[&payer.wallet])
    }

    /// Funds a bank's insurance.
    pub fn fund_insurance(
        &mut self,
        payer: &Actor,
        bank: BankId,
        atoms: u64,
    ) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        let account = self.wallet(payer, bank);
        let fund = ix::fund_insurance(&keys, payer.key(), account, atoms);
        self.send(&[fund], &[&payer.wallet])
    }
}
