//! What lenders, borrowers and liquidators send.

use {
    super::Generator,
    crate::{
        fuzz::case::{Amount, Call, BANKS},
        model::{
            lending::Check,
            number::{bps, down, exact, pow10, Int},
            Model,
        },
    },
    rand::{seq::IndexedRandom, Rng},
    rand_chacha::ChaCha8Rng,
};

impl Generator {
    pub(super) fn deposit(&mut self, model: &Model, calls: &mut Vec<Call>) {
        let user = self.user();
        let owes = |bank: usize| {
            let held = model.users[user].position(bank);
            held.is_some_and(|position| position.debt != Int::ZERO)
        };
        // Who deposits everywhere can borrow nowhere.
        let held = model.users[user].positions.iter();
        let held: Vec<usize> = held
            .filter(|position| position.deposit != Int::ZERO)
            .map(|position| position.bank)
            .collect();
        let free: Vec<usize> = (0..BANKS)
            .filter(|bank| !owes(*bank) && (held.is_empty() || held.contains(bank)))
            .collect();
        let bank = match free.choose(&mut self.rng) {
            Some(bank) if !self.chance(5) => *bank,
            _ => self.bank(),
        };
        self.refresh(model, user, &[bank], calls);
        let amount = match self.amount() {
            Amount::All => Amount::Part(5_000),
            other => other,
        };
        let accept = self.chance(50);
        calls.push(Call::Deposit {
            user,
            bank,
            amount,
            accept,
        });
    }

    pub(super) fn withdraw(&mut self, model: &Model, calls: &mut Vec<Call>) {
        let user = self.one_of(|user| {
            let positions = &model.users[*user].positions;
            positions.iter().any(|p| p.deposit != Int::ZERO)
        });
        let held = model.users[user].positions.iter();
        let held: Vec<usize> = held
            .filter(|position| position.deposit != Int::ZERO)
            .map(|position| position.bank)
            .collect();
        let bank = held.choose(&mut self.rng).copied().unwrap_or(0);
        self.refresh(model, user, &[], calls);
        let amount = self.amount();
        calls.push(Call::Withdraw { user, bank, amount });
    }

    /// Mostly close to what the collateral allows: that is where crashes hurt.
    pub(super) fn borrow(&mut self, model: &Model, calls: &mut Vec<Call>) {
        let user = self.one_of(|user| {
            let user = &model.users[*user];
            !user.has_record() && user.positions.iter().any(|p| p.deposit != Int::ZERO)
        });
        let lent: Vec<usize> = (0..BANKS)
            .filter(|bank| {
                let held = model.users[user].position(*bank);
                let lends = held.is_some_and(|position| position.deposit != Int::ZERO);
                !lends && model.banks[*bank].books.cash != Int::ZERO
            })
            .collect();
        let bank = match lent.choose(&mut self.rng) {
            Some(bank) if !self.chance(10) => *bank,
            _ => self.bank(),
        };
        let before = calls.len();
        self.refresh(model, user, &[bank], calls);
        let mut then = model.clone();
        let refreshed = calls[before..].iter().all(|call| then.call(call).is_ok());
        let sums = then.sums(user, Check::Initial);
        let price = then.banks[bank].price.as_ref();
        let atoms = match (refreshed, sums, price) {
            (true, Ok(sums), Some(price)) => {
                let room = sums.weighted_collateral - sums.weighted_debt;
                let part = crate::model::number::ratio(self.rng.random_range(50..102), 100);
                let unit = pow10(i32::from(then.banks[bank].decimals));
                let atoms = down(&(room.max(exact(0)) * part / &price.spot * unit));
                let books = &then.banks[bank].books;
                let most = bps(then.banks[bank].config.max_utilisation_bps);
                let most = down(&(exact(&books.cash + &books.borrowed) * most)) - &books.borrowed;
                let most = if self.chance(5) {
                    books.cash.clone()
                } else {
                    most
                };
                u64::try_from(atoms.min(most)).unwrap_or(0)
            }
            _ => self.rng.random_range(0..1_000_000_000),
        };
        if atoms == 0 && !self.chance(5) {
            calls.truncate(before);
            return self.deposit(model, calls);
        }
        calls.push(Call::Borrow { user, bank, atoms });
    }

    pub(super) fn repay(&mut self, model: &Model, calls: &mut Vec<Call>) {
        let user = self.one_of(|user| model.users[*user].has_debt());
        let owed = model.users[user].positions.iter();
        let owed = owed.filter(|position| position.debt != Int::ZERO);
        let bank = owed.map(|position| position.bank).next();
        let bank = bank.unwrap_or_else(|| self.bank());
        let payer = if self.chance(70) { user } else { self.user() };
        let amount = self.amount();
        calls.push(Call::Repay {
            payer,
            user,
            bank,
            amount,
        });
    }

    /// Prefers whom the maintenance check allows to be liquidated.
    pub(super) fn liquidate(&mut self, model: &Model, calls: &mut Vec<Call>) {
        let user = self.unhealthy(model).unwrap_or_else(|| self.user());
        let positions = &model.users[user].positions;
        let pick = |debt: bool, rng: &mut ChaCha8Rng| {
            let of_kind: Vec<usize> = positions
                .iter()
                .filter(|position| (position.debt != Int::ZERO) == debt && position.is_active())
                .map(|position| position.bank)
                .collect();
            of_kind.choose(rng).copied()
        };
        let debt = pick(true, &mut self.rng).unwrap_or(0);
        let collateral = pick(false, &mut self.rng).unwrap_or(1);
        let liquidator = self.user();
        self.refresh(model, user, &[debt, collateral], calls);
        let max = match self.rng.random_range(0..6) {
            0 => 1,
            1 => self.rng.random_range(1..1_000_000_000),
            _ => u64::MAX,
        };
        calls.push(Call::Liquidate {
            liquidator,
            user,
            debt,
            collateral,
            max,
        });
    }
}
