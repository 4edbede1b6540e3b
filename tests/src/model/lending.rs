//! Deposits, withdrawals, loans and repayments, and the health that two of them
//! must leave behind.

use {
    super::{
        number::{bps, exact, int, Exact, Int},
        price::{accept, Reading},
        refusal::{require, Outcome},
        Model, Refusal,
    },
    backstop::error::BackstopError as E,
};

/// Which question is asked of an obligation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// May it borrow or withdraw?
    Initial,
    /// May it be liquidated?
    Maintenance,
    /// Is it beyond rescue?
    Insolvency,
}

/// (dollars) Sums over an obligation, without and with weights.
#[derive(Clone, Debug)]
pub struct Sums {
    /// Collateral.
    pub collateral: Exact,
    /// Debt.
    pub debt: Exact,
    /// Collateral times its weights.
    pub weighted_collateral: Exact,
    /// Debt times its weights.
    pub weighted_debt: Exact,
}

impl Model {
    /// Adds up an obligation.
    pub fn sums(&self, user: usize, check: Check) -> Outcome<Sums> {
        let zero = || exact(0);
        let mut sums = Sums {
            collateral: zero(),
            debt: zero(),
            weighted_collateral: zero(),
            weighted_debt: zero(),
        };
        for position in self.users[user].positions.iter().filter(|p| p.is_active()) {
            let bank = &self.banks[position.bank];
            let owes = position.debt != Int::ZERO;
            if bank.is_delisted() && !owes {
                continue;
            }
            let price = bank.fresh_price(self.slot).ok_or(E::PriceNotRefreshed)?;
            let mut books = bank.books.clone();
            books.accrue(&bank.config, self.now);
            let config = &bank.config;
            if owes {
                let atoms = books.debt_of(&position.debt);
                let (value, weight) = match check {
                    Check::Initial => (
                        price.value_up(&atoms, bank.decimals, Reading::High),
                        bps(config.liability_weight_bps),
                    ),
                    Check::Maintenance => (
                        price.value_up(&atoms, bank.decimals, Reading::Spot),
                        bps(config.liability_weight_bps),
                    ),
                    Check::Insolvency => (
                        price.value_down(&atoms, bank.decimals, Reading::Low),
                        exact(1),
                    ),
                };
                sums.weighted_debt += &value * weight;
                sums.debt += value;
                continue;
            }
            let worth = |price: Exact| {
                (exact(position.deposit.clone()) * price)
                    .floor()
                    .to_integer()
            };
            let (gross, net) = (worth(books.gross_price()), worth(books.net_price()));
            let (value, weight) = match check {
                Check::Initial => (
                    price.value_down(&net, bank.decimals, Reading::Low),
                    bps(config.collateral_factor_bps),
                ),
                Check::Maintenance => (
                    price.value_down(&net, bank.decimals, Reading::Spot),
                    bps(config.liquidation_threshold_bps),
                ),
                Check::Insolvency => (
                    price.value_up(&gross, bank.decimals, Reading::High),
                    exact(1),
                ),
            };
            sums.weighted_collateral += &value * weight;
            sums.collateral += value;
        }
        Ok(sums)
    }

    fn require_healthy(&self, user: usize) -> Outcome {
        let sums = self.sums(user, Check::Initial)?;
        require(sums.weighted_collateral >= sums.weighted_debt, E::Unhealthy)
    }

    /// Books the interest of a bank.
    pub fn accrue(&mut self, bank: usize) {
        let now = self.now;
        let bank = &mut self.banks[bank];
        bank.books.accrue(&bank.config, now);
    }

    /// What every instruction does once the books are final.
    pub fn settle(&mut self, bank: usize) {
        let bank = &mut self.banks[bank];
        if bank.books.deficit == Int::ZERO {
            bank.failed_auctions = 0;
        }
    }

    fn require_open(&self, bank: usize) -> Outcome {
        let bank = &self.banks[bank];
        require(self.now >= bank.live_at, E::BankNotLive)?;
        require(!bank.is_delisted(), E::Delisted)
    }

    /// Takes tokens from a wallet into a liquidity vault.
    pub fn pay_in(&mut self, user: usize, bank: usize, atoms: &Int) -> Outcome {
        let wallet = &mut self.users[user].wallet[bank];
        if *wallet < *atoms {
            return Err(Refusal::FUNDS);
        }
        *wallet -= atoms;
        self.banks[bank].liquidity_vault += atoms;
        Ok(())
    }

    /// Pays tokens out of a liquidity vault to a wallet.
    fn pay_out(&mut self, user: usize, bank: usize, atoms: &Int) {
        self.banks[bank].liquidity_vault -= atoms;
        self.users[user].wallet[bank] += atoms;
    }

    /// `refresh_banks`
    pub fn refresh(&mut self, banks: &[usize]) -> Outcome {
        for &index in banks {
            self.accrue(index);
            self.settle(index);
            let bank = &mut self.banks[index];
            let stored = bank.price.as_ref().map_or(0, |price| price.published_at);
            let limits = bank.price_limits();
            bank.price = Some(accept(&bank.feed, limits, stored, self.now, self.slot)?);
        }
        Ok(())
    }

    /// `deposit`
    pub fn deposit(&mut self, user: usize, bank: usize, atoms: &Int, accept: bool) -> Outcome {
        self.require_open(bank)?;
        if self.users[user].has_debt() {
            let fresh = self.banks[bank].fresh_price(self.slot).is_some();
            require(fresh, E::PriceNotRefreshed)?;
        }
        let deficit = self.banks[bank].books.deficit != Int::ZERO;
        require(accept || !deficit, E::DeficitNotAccepted)?;
        self.accrue(bank);
        let state = &mut self.banks[bank];
        let (cap, wound_down) = (state.config.deposit_cap, state.wound_down);
        let shares = state.books.deposit(atoms, cap, wound_down)?;
        let position = self.users[user].position_or_new(bank);
        require(position.debt == Int::ZERO, E::BothSides)?;
        position.deposit += shares;
        self.settle(bank);
        self.pay_in(user, bank, atoms)
    }

    /// `withdraw`; no `shares` means all.
    pub fn withdraw(&mut self, user: usize, bank: usize, shares: Option<&Int>) -> Outcome {
        let owner = &self.users[user];
        let withheld = owner.position(bank).is_some_and(|p| p.withheld);
        require(!(withheld && owner.has_record()), E::RecordOpen)?;
        let held = &owner.position(bank).ok_or(E::NoPosition)?.deposit;
        require(*held != Int::ZERO, E::InsufficientShares)?;
        let redeemed = shares.unwrap_or(held).clone();
        require(redeemed <= *held, E::InsufficientShares)?;
        self.accrue(bank);
        let left = self.banks[bank].books.withdraw(&redeemed)?;
        let (now, owner) = (self.now, &mut self.users[user]);
        owner.position_or_new(bank).deposit -= &redeemed;
        owner.prune(bank);
        owner.risk_raised_at = now;
        self.settle(bank);
        if self.users[user].has_debt() {
            self.require_healthy(user)?;
        }
        self.pay_out(user, bank, &left.paid);
        Ok(())
    }

    /// `borrow`
    pub fn borrow(&mut self, user: usize, bank: usize, atoms: &Int) -> Outcome {
        require(!self.is_paused(0), E::BorrowPaused)?;
        self.require_open(bank)?;
        require(!self.users[user].has_record(), E::RecordOpen)?;
        let position = self.users[user].position_or_new(bank).clone();
        require(position.deposit == Int::ZERO, E::BothSides)?;
        self.accrue(bank);
        let state = &mut self.banks[bank];
        let (config, wound_down) = (state.config, state.wound_down);
        let shares = state
            .books
            .borrow(atoms, &position.debt, &config, wound_down)?;
        let (now, owner) = (self.now, &mut self.users[user]);
        owner.position_or_new(bank).debt += shares;
        owner.risk_raised_at = now;
        self.settle(bank);
        self.require_healthy(user)?;
        self.pay_out(user, bank, atoms);
        Ok(())
    }

    /// `repay`
    pub fn repay(&mut self, payer: usize, debtor: usize, bank: usize, atoms: &Int) -> Outcome {
        let position = self.users[debtor].position(bank).ok_or(E::NoPosition)?;
        let held = position.debt.clone();
        self.accrue(bank);
        let state = &mut self.banks[bank];
        let min_debt = state.config.min_debt;
        let (paid, shares) = state.books.repay(atoms, &held, min_debt)?;
        let owner = &mut self.users[debtor];
        owner.position_or_new(bank).debt -= shares;
        owner.prune(bank);
        self.settle(bank);
        self.pay_in(payer, bank, &paid)
    }

    /// `close_obligation` and `open_obligation`, one after the other
    pub fn reopen(&mut self, user: usize) -> Outcome {
        require(self.users[user].positions.is_empty(), E::ObligationNotEmpty)?;
        self.users[user].risk_raised_at = 0;
        self.market.obligations += 1;
        Ok(())
    }

    /// Whether borrowing (0), write-offs (1) or issuance (2) is paused.
    pub fn is_paused(&self, kind: usize) -> bool {
        self.now < self.market.pauses[kind].until
    }

    /// (atoms) What the program would take to clear a debt now.
    pub fn debt_now(&self, user: usize, bank: usize) -> Int {
        let state = &self.banks[bank];
        let mut books = state.books.clone();
        books.accrue(&state.config, self.now);
        let held = self.users[user].position(bank);
        held.map_or(int(0), |position| books.debt_of(&position.debt))
    }
}
