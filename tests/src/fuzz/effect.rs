//! What a call does to the model, and how much an amount is.

use {
    super::case::{Amount, Call, Vault},
    crate::model::{
        liquidation::Sides,
        number::{down, exact, ratio, Int},
        Model, Outcome, Refusal,
    },
};

/// An amount of something of which there is `all`.
fn resolve(amount: Amount, all: &Int) -> Int {
    match amount {
        Amount::All => all.clone(),
        Amount::Part(part) => down(&(exact(all.clone()) * ratio(part, 10_000))),
        Amount::Exactly(atoms) => Int::from(atoms),
    }
}

fn atoms(value: &Int) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

impl Model {
    pub(super) fn wallet_part(&self, user: usize, bank: usize, amount: Amount) -> u64 {
        atoms(&resolve(amount, &self.users[user].wallet[bank]))
    }

    pub(super) fn shares(&self, user: usize, bank: usize, amount: Amount) -> Option<u128> {
        let held = self.users[user].position(bank);
        let held = held.map_or(Int::ZERO, |position| position.deposit.clone());
        match amount {
            Amount::All => None,
            _ => Some(u128::try_from(resolve(amount, &held)).unwrap_or(u128::MAX - 1)),
        }
    }

    pub(super) fn owed_part(&self, user: usize, bank: usize, amount: Amount) -> u64 {
        match amount {
            // More than the debt: the program takes what clears it.
            Amount::All => u64::MAX,
            _ => atoms(&resolve(amount, &self.debt_now(user, bank))),
        }
    }

    pub(super) fn record_part(&self, user: usize, bank: usize, amount: Amount) -> u64 {
        let record = self.users[user].position(bank);
        let record = record.map_or(Int::ZERO, |position| position.record.clone());
        atoms(&resolve(amount, &record))
    }

    pub(super) fn lot_part(&self, bank: usize, amount: Amount) -> u64 {
        let lot = self.banks[bank].auction.as_ref();
        let lot = lot.map_or(Int::ZERO, |auction| auction.lot.clone());
        atoms(&resolve(amount, &lot))
    }

    pub(super) fn governance_part(&self, user: usize, amount: Amount) -> u64 {
        atoms(&resolve(amount, &self.users[user].governance))
    }

    /// Does what the call does.
    pub fn call(&mut self, call: &Call) -> Outcome {
        match *call {
            Call::Refresh { ref banks } => self.refresh(banks),
            Call::Deposit {
                user,
                bank,
                amount,
                accept,
            } => {
                let atoms = self.wallet_part(user, bank, amount);
                self.deposit(user, bank, &atoms.into(), accept)
            }
            Call::Withdraw { user, bank, amount } => {
                let shares = self.shares(user, bank, amount).map(Int::from);
                self.withdraw(user, bank, shares.as_ref())
            }
            Call::Borrow { user, bank, atoms } => self.borrow(user, bank, &atoms.into()),
            Call::Repay {
                payer,
                user,
                bank,
                amount,
            } => {
                let atoms = self.owed_part(user, bank, amount);
                self.repay(payer, user, bank, &atoms.into())
            }
            Call::Liquidate {
                liquidator,
                user,
                debt,
                collateral,
                max,
            } => {
                let sides = Sides {
                    debtor: user,
                    debt,
                    collateral,
                };
                self.liquidate(liquidator, sides, &max.into())
            }
            Call::WriteOff { user, bank, keeper } => self.write_off(user, bank, keeper),
            Call::Cover { bank } => self.cover(bank),
            Call::Buy {
                user,
                bank,
                amount,
                max_pay,
            } => {
                let atoms = self.lot_part(bank, amount);
                self.buy(user, bank, &atoms.into(), max_pay)
            }
            Call::CloseAuction { bank } => self.close_auction(bank),
            Call::Socialise { bank } => self.socialise(bank),
            Call::RepayRecord {
                payer,
                user,
                bank,
                amount,
            } => {
                let atoms = self.record_part(user, bank, amount);
                self.repay_record(payer, user, bank, &atoms.into())
            }
            Call::Fund { user, bank, amount } => {
                let atoms = self.wallet_part(user, bank, amount);
                self.fund(user, bank, &atoms.into())
            }
            Call::Collect { bank } => self.collect(bank),
            Call::StartBuyBack { bank } => self.start_buy_back(bank),
            Call::Sell {
                user,
                bank,
                amount,
                min,
            } => {
                let atoms = self.governance_part(user, amount);
                self.sell(user, bank, &atoms.into(), min)
            }
            Call::CloseBuyBack { bank } => self.close_buy_back(bank),
            Call::Pause { kind, secs } => self.pause(kind, secs),
            Call::LiftPause { kind } => self.lift_pause(kind),
            Call::UpdateBank { bank, change } => self.update_bank(bank, change),
            Call::ApplyBank { bank } => self.apply_bank_update(bank),
            Call::CancelBank { bank } => self.cancel_bank_update(bank),
            Call::UpdateMarket { change } => self.update_market(change),
            Call::ApplyMarket => self.apply_market_update(),
            Call::CancelMarket => self.cancel_market_update(),
            Call::Reopen { user } => self.reopen(user),
            Call::Donate {
                user,
                bank,
                vault,
                amount,
            } => self.donate(user, bank, vault, amount),
        }
    }

    fn donate(&mut self, user: usize, bank: usize, vault: Vault, amount: Amount) -> Outcome {
        let gift = match vault {
            Vault::Escrow => self.governance_part(user, amount),
            _ => self.wallet_part(user, bank, amount),
        };
        let (giver, bank_state) = (&mut self.users[user], &mut self.banks[bank]);
        let (from, to) = match vault {
            Vault::Liquidity => (&mut giver.wallet[bank], &mut bank_state.liquidity_vault),
            Vault::Insurance => (&mut giver.wallet[bank], &mut bank_state.insurance_vault),
            Vault::Escrow => (&mut giver.governance, &mut bank_state.escrow),
        };
        if *from < Int::from(gift) {
            return Err(Refusal::FUNDS);
        }
        *from -= gift;
        *to += gift;
        Ok(())
    }
}
