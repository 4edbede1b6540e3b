//! What becomes of bad debt, and what roles and strangers send.

use {
    super::{is_bare, Generator},
    crate::{
        fuzz::{
            case::{Amount, Call, Vault, BANKS, USERS},
            hostile,
        },
        model::{number::Int, Model},
    },
    rand::{seq::IndexedRandom, Rng},
};

impl Generator {
    /// Prefers a debt that nothing backs.
    pub(super) fn write_off(&mut self, model: &Model, calls: &mut Vec<Call>) {
        let bare = (0..USERS).find(|user| is_bare(model, *user));
        let user = bare.unwrap_or_else(|| self.user());
        let positions = model.users[user].positions.iter();
        let bank = positions
            .filter(|position| position.debt != Int::ZERO)
            .map(|position| position.bank)
            .next()
            .unwrap_or_else(|| self.bank());
        if self.chance(80) {
            calls.push(Call::Refresh { banks: vec![bank] });
        }
        let keeper = self.chance(80).then(|| self.user());
        calls.push(Call::WriteOff { user, bank, keeper });
    }

    pub(super) fn cover(&mut self, model: &Model, calls: &mut Vec<Call>) {
        let open = |bank: &usize| model.banks[*bank].books.deficit != Int::ZERO;
        let bank = (0..BANKS).find(open).unwrap_or_else(|| self.bank());
        if self.chance(80) {
            calls.push(Call::Refresh { banks: vec![bank] });
        }
        calls.push(Call::Cover { bank });
    }

    pub(super) fn on_sale(model: &Model) -> Option<usize> {
        model.banks.iter().position(|bank| bank.auction.is_some())
    }

    pub(super) fn buy(&mut self, model: &Model, calls: &mut Vec<Call>) {
        let bank = Self::on_sale(model).unwrap_or_else(|| self.bank());
        let max_pay = if self.chance(10) { 1_000 } else { u64::MAX };
        let (user, amount) = (self.user(), self.amount());
        calls.push(Call::Buy {
            user,
            bank,
            amount,
            max_pay,
        });
    }

    pub(super) fn end(&mut self, model: &Model, calls: &mut Vec<Call>) {
        let bank = Self::on_sale(model);
        let open = |bank: &usize| model.banks[*bank].books.deficit != Int::ZERO;
        let open = (0..BANKS).find(open);
        match (bank, open) {
            (Some(bank), _) if self.chance(70) => calls.push(Call::CloseAuction { bank }),
            (_, Some(bank)) => calls.push(Call::Socialise { bank }),
            _ => calls.push(Call::Socialise { bank: self.bank() }),
        }
    }

    pub(super) fn recover(&mut self, model: &Model, calls: &mut Vec<Call>) {
        let users: Vec<usize> = (0..USERS)
            .filter(|user| model.users[*user].has_record())
            .collect();
        let user = users.choose(&mut self.rng).copied().unwrap_or(0);
        let positions = model.users[user].positions.iter();
        let bank = positions
            .filter(|position| position.record != Int::ZERO)
            .map(|position| position.bank)
            .next()
            .unwrap_or(0);
        let (payer, amount) = (self.user(), self.amount());
        calls.push(Call::RepayRecord {
            payer,
            user,
            bank,
            amount,
        });
    }

    pub(super) fn fund(&mut self, calls: &mut Vec<Call>) {
        let bank = self.bank();
        if self.chance(50) {
            calls.push(Call::Collect { bank });
            return;
        }
        let (user, part) = (self.user(), self.rng.random_range(0..20));
        calls.push(Call::Fund {
            user,
            bank,
            amount: Amount::Part(part),
        });
    }

    pub(super) fn buy_back(&mut self, model: &Model, calls: &mut Vec<Call>) {
        let running = model.banks.iter().position(|bank| bank.buy_back.is_some());
        let bank = running.unwrap_or_else(|| self.bank());
        if self.chance(80) {
            calls.push(Call::Refresh { banks: vec![bank] });
        }
        match (running, self.rng.random_range(0..4)) {
            (None, _) => calls.push(Call::StartBuyBack { bank }),
            (Some(_), 0) => calls.push(Call::CloseBuyBack { bank }),
            (Some(_), _) => {
                let (user, amount) = (self.user(), self.amount());
                calls.push(Call::Sell {
                    user,
                    bank,
                    amount,
                    min: 0,
                });
            }
        }
    }

    pub(super) fn govern(&mut self, model: &Model, calls: &mut Vec<Call>) {
        let (bank, kind) = (self.bank(), self.rng.random_range(0..3));
        let queued = model.banks.iter().position(|bank| bank.pending.is_some());
        let call = match self.rng.random_range(0..17) {
            0 => Call::Pause {
                kind,
                secs: self.rng.random_range(0..90_000),
            },
            1 => Call::LiftPause { kind },
            2..7 => Call::UpdateBank {
                bank,
                change: hostile::bank_change(&mut self.rng),
            },
            7..11 => Call::ApplyBank {
                bank: queued.unwrap_or(bank),
            },
            11 => Call::CancelBank {
                bank: queued.unwrap_or(bank),
            },
            12..14 => Call::UpdateMarket {
                change: hostile::market_change(&mut self.rng),
            },
            14..16 => Call::ApplyMarket,
            _ => Call::CancelMarket,
        };
        calls.push(call);
    }

    pub(super) fn give(&mut self, calls: &mut Vec<Call>) {
        let (user, bank) = (self.user(), self.bank());
        if self.chance(20) {
            calls.push(Call::Reopen { user });
            return;
        }
        let vaults = [Vault::Liquidity, Vault::Insurance, Vault::Escrow];
        let vault = *vaults.choose(&mut self.rng).expect("not empty");
        let part = self.rng.random_range(0..500);
        calls.push(Call::Donate {
            user,
            bank,
            vault,
            amount: Amount::Part(part),
        });
    }
}
