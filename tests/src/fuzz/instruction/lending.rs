//! Deposits, debts and liquidations.

use {
    super::super::{case::Amount, stage::Stage},
    crate::{
        ix::{self, LiquidationParties},
        model::{number::Int, Model},
    },
    backstop::instruction,
    solana_instruction::Instruction,
};

impl Stage {
    pub(super) fn deposit(
        &self,
        model: &Model,
        user: usize,
        bank: usize,
        amount: Amount,
        accept_deficit: bool,
    ) -> Instruction {
        let args = instruction::Deposit {
            atoms: model.wallet_part(user, bank, amount),
            min_shares: 0,
            accept_deficit,
        };
        let (owner, obligation) = (self.owner(user), self.obligation(user));
        ix::deposit(
            &self.keys(bank),
            owner,
            obligation,
            self.wallet(user, bank),
            args,
        )
    }

    /// A bank that is emptied by it is not listed any more.
    pub(super) fn withdraw(
        &self,
        model: &Model,
        user: usize,
        bank: usize,
        amount: Amount,
    ) -> Instruction {
        let shares = model.shares(user, bank, amount);
        let mut banks = model.users[user].active_banks();
        let held = model.users[user].position(bank);
        let all =
            held.is_some_and(|held| shares.is_none_or(|shares| held.deposit == Int::from(shares)));
        banks.retain(|other| !(all && *other == bank));
        let args = instruction::Withdraw {
            shares: shares.unwrap_or(u128::MAX),
            min_atoms: 0,
        };
        let (to, list) = (self.wallet(user, bank), self.bank_list(&banks));
        let (owner, obligation) = (self.owner(user), self.obligation(user));
        ix::withdraw(&self.keys(bank), owner, obligation, to, args, &list)
    }

    pub(super) fn borrow(
        &self,
        model: &Model,
        user: usize,
        bank: usize,
        atoms: u64,
    ) -> Instruction {
        let mut debtor = model.users[user].clone();
        debtor.position_or_new(bank).debt += 1;
        let list = self.bank_list(&debtor.active_banks());
        let (owner, obligation) = (self.owner(user), self.obligation(user));
        ix::borrow(
            &self.keys(bank),
            owner,
            obligation,
            self.wallet(user, bank),
            atoms,
            &list,
        )
    }

    pub(super) fn repay(
        &self,
        model: &Model,
        payer: usize,
        user: usize,
        bank: usize,
        amount: Amount,
    ) -> Instruction {
        let atoms = model.owed_part(user, bank, amount);
        let from = self.wallet(payer, bank);
        ix::repay(
            &self.keys(bank),
            self.owner(payer),
            self.obligation(user),
            from,
            atoms,
        )
    }

    /// `who` is liquidator and debtor, `banks` that of the debt and that of the
    /// collateral.
    pub(super) fn liquidate(
        &self,
        model: &Model,
        who: (usize, usize),
        banks: (usize, usize),
        max_repay: u64,
    ) -> Instruction {
        let ((liquidator, user), (debt, collateral)) = (who, banks);
        let parties = LiquidationParties {
            liquidator: self.owner(liquidator),
            liquidator_obligation: self.obligation(liquidator),
            liquidator_token_account: self.wallet(liquidator, debt),
            obligation: self.obligation(user),
        };
        let args = instruction::Liquidate {
            max_repay,
            min_shares: 0,
        };
        let list = self.bank_list(&model.users[user].active_banks());
        ix::liquidate(
            &self.keys(debt),
            &self.keys(collateral),
            parties,
            args,
            &list,
        )
    }
}
