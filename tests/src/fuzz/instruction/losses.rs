//! Bad debt and everybody who pays for it, or into a vault without being asked.

use {
    super::super::{
        case::{Amount, Vault},
        stage::Stage,
    },
    crate::{
        ix,
        model::{number::Int, Model},
    },
    solana_instruction::Instruction,
};

impl Stage {
    pub(super) fn write_off(
        &self,
        model: &Model,
        user: usize,
        bank: usize,
        keeper: Option<usize>,
    ) -> Instruction {
        let account = keeper.map(|keeper| self.wallet(keeper, bank));
        let deposits = model.users[user].positions.iter();
        let deposits: Vec<_> = deposits
            .filter(|position| position.deposit != Int::ZERO)
            .map(|position| position.bank)
            .collect();
        let list = self.bank_list(&deposits);
        ix::write_off(&self.keys(bank), self.obligation(user), account, &list)
    }

    pub(super) fn buy(
        &self,
        model: &Model,
        user: usize,
        bank: usize,
        amount: Amount,
        max_pay: u64,
    ) -> Instruction {
        let amount = model.lot_part(bank, amount);
        let (pay, get) = (self.wallet(user, bank), self.governance_wallet(user));
        ix::buy_governance(
            &self.keys(bank),
            self.owner(user),
            pay,
            get,
            amount,
            max_pay,
        )
    }

    pub(super) fn sell(
        &self,
        model: &Model,
        user: usize,
        bank: usize,
        amount: Amount,
        min: u64,
    ) -> Instruction {
        let amount = model.governance_part(user, amount);
        let (give, get) = (self.governance_wallet(user), self.wallet(user, bank));
        ix::sell_governance(&self.keys(bank), self.owner(user), give, get, amount, min)
    }

    pub(super) fn repay_record(
        &self,
        model: &Model,
        payer: usize,
        user: usize,
        bank: usize,
        amount: Amount,
    ) -> Instruction {
        let atoms = model.record_part(user, bank, amount);
        let (from, obligation) = (self.wallet(payer, bank), self.obligation(user));
        ix::repay_written_off(&self.keys(bank), self.owner(payer), obligation, from, atoms)
    }

    pub(super) fn fund(
        &self,
        model: &Model,
        user: usize,
        bank: usize,
        amount: Amount,
    ) -> Instruction {
        let atoms = model.wallet_part(user, bank, amount);
        ix::fund_insurance(
            &self.keys(bank),
            self.owner(user),
            self.wallet(user, bank),
            atoms,
        )
    }

    /// A transfer into a vault past the program.
    pub(super) fn gift(
        &self,
        model: &Model,
        user: usize,
        bank: usize,
        vault: Vault,
        amount: Amount,
    ) -> Instruction {
        let (world, keys) = (&self.world, self.world.banks[bank]);
        let (mint, from, to, atoms) = match vault {
            Vault::Escrow => (
                world.governance,
                self.governance_wallet(user),
                keys.governance_escrow,
                model.governance_part(user, amount),
            ),
            Vault::Liquidity | Vault::Insurance => (
                world.mints[bank],
                self.wallet(user, bank),
                match vault {
                    Vault::Liquidity => keys.liquidity_vault,
                    _ => keys.insurance_vault,
                },
                model.wallet_part(user, bank, amount),
            ),
        };
        spl_token_2022_interface::instruction::transfer_checked(
            &mint.program,
            &from,
            &mint.key,
            &to,
            &self.actors[user].key(),
            &[],
            atoms,
            mint.decimals,
        )
        .expect("the program is a token program")
    }
}
