//! Liquidation: how much may be repaid, and what it takes.

use {
    super::{
        lending::{Check, Sums},
        number::{bps, down, down_to, exact, int, least, pow10, ratio, up, up_to, Exact, Int},
        price::{value_unit, Reading},
        refusal::{require, Outcome},
        Model,
    },
    backstop::error::BackstopError as E,
};

/// Who repays which debt for which collateral.
#[derive(Clone, Copy, Debug)]
pub struct Sides {
    /// Owner of the collateral and the debt.
    pub debtor: usize,
    /// Bank of the debt.
    pub debt: usize,
    /// Bank of the collateral.
    pub collateral: usize,
}

/// What a liquidation takes.
struct Plan {
    repay: Int,
    to_liquidator: Int,
    to_insurance: Int,
}

impl Model {
    /// `liquidate`
    pub fn liquidate(&mut self, liquidator: usize, sides: Sides, max_repay: &Int) -> Outcome {
        require(liquidator != sides.debtor, E::SameAccount)?;
        require(sides.debt != sides.collateral, E::SameAccount)?;
        let fresh = |bank: usize| self.banks[bank].fresh_price(self.slot).is_some();
        require(!self.banks[sides.collateral].is_delisted(), E::Delisted)?;
        require(
            fresh(sides.debt) && fresh(sides.collateral),
            E::PriceNotRefreshed,
        )?;
        let sums = self.sums(sides.debtor, Check::Maintenance)?;
        let mut accrued = self.clone();
        accrued.accrue(sides.debt);
        accrued.accrue(sides.collateral);
        let plan = accrued.plan(sides, &sums, max_repay)?;
        let was_insolvent = self.is_insolvent(sides.debtor)?;
        self.seize(liquidator, sides, &plan)?;
        // An obligation that the kindest prices call solvent must stay so.
        require(
            was_insolvent || !self.is_insolvent(sides.debtor)?,
            E::NotInsolvent,
        )?;
        self.pay_in(liquidator, sides.debt, &plan.repay)
    }

    fn is_insolvent(&self, user: usize) -> Outcome<bool> {
        let sums = self.sums(user, Check::Insolvency)?;
        Ok(sums.collateral < sums.debt)
    }

    fn plan(&self, sides: Sides, sums: &Sums, max_repay: &Int) -> Outcome<Plan> {
        let owner = &self.users[sides.debtor];
        let held = &owner.position(sides.debt).ok_or(E::NoPosition)?.debt;
        let collateral = owner.position(sides.collateral).ok_or(E::NoPosition)?;
        require(sums.weighted_collateral < sums.weighted_debt, E::Healthy)?;
        require(*max_repay != Int::ZERO, E::ZeroAmount)?;
        require(*held != Int::ZERO, E::NoDebt)?;
        require(collateral.deposit != Int::ZERO, E::InsufficientShares)?;
        let bonus = self.bonus(sides, sums);
        let debt = self.banks[sides.debt].books.debt_of(held);
        let allowed = self.allowed(sides, sums, &bonus, &debt);
        let min_debt = int(self.banks[sides.debt].config.min_debt);
        let repay = without_dust(allowed, &debt, &min_debt, max_repay)?;
        self.taken(sides, &bonus, &collateral.deposit, repay)
    }

    /// From the smallest bonus to the largest with the shortfall, in whole basis
    /// points; above the smallest never more than there is beyond the debt.
    fn bonus(&self, sides: Sides, sums: &Sums) -> Exact {
        let config = &self.banks[sides.collateral].config;
        let smallest = int(config.min_bonus_bps);
        if sums.collateral < sums.debt {
            return ratio(smallest, 10_000);
        }
        let in_bps = |value: Exact| down(&(value * exact(10_000)));
        let short = (&sums.weighted_debt - &sums.weighted_collateral) / &sums.weighted_debt;
        let short = in_bps(short).min(int(config.bonus_ramp_bps));
        let range = config.max_bonus_bps - config.min_bonus_bps;
        let extra = down(&ratio(short * range, config.bonus_ramp_bps));
        let beyond = in_bps((&sums.collateral - &sums.debt) / &sums.debt);
        let extra = extra.min(super::number::left_of(&beyond, &smallest));
        ratio(smallest + extra, 10_000)
    }

    fn allowed(&self, sides: Sides, sums: &Sums, bonus: &Exact, debt: &Int) -> Int {
        let (owed, taken) = (&self.banks[sides.debt], &self.banks[sides.collateral]);
        if sums.collateral < sums.debt || *debt <= int(owed.config.full_close_debt) {
            return debt.clone();
        }
        let target = bps(taken.config.target_health_bps);
        let weight = bps(owed.config.liability_weight_bps);
        let threshold = bps(taken.config.liquidation_threshold_bps);
        let gap = &target * &sums.weighted_debt - &sums.weighted_collateral;
        let gain = target * weight - (exact(1) + bonus) * threshold;
        let value = up_to(&(gap / gain), &value_unit());
        let price = owed.price.as_ref().expect("its price is of this slot");
        least(&price.atoms_up(&value, owed.decimals), debt)
    }

    /// What `repay` takes of `held` shares; less is repaid where they run out.
    fn taken(&self, sides: Sides, bonus: &Exact, held: &Int, repay: Int) -> Outcome<Plan> {
        let (owed, taken) = (&self.banks[sides.debt], &self.banks[sides.collateral]);
        let paid = owed.price.as_ref().expect("its price is of this slot");
        let price = taken.price.as_ref().expect("its price is of this slot");
        let factor = exact(1) + bonus;
        let unit = value_unit();

        // The worth of the shares once every deficit is covered, and not of the
        // atoms they could be redeemed for:
        // first in the unit of the price as published, then in dollars.
        let quoted = exact(held.clone()) * taken.books.gross_price() * exact(price.raw.0);
        let scale = pow10(price.raw.3 - i32::from(taken.decimals));
        let worth = up_to(&(exact(up(&quoted)) * scale), &unit);
        let repaid = paid.value_down(&repay, owed.decimals, Reading::Spot);
        let wanted = down_to(&(repaid * &factor), &unit);

        let (repay, seized) = if wanted >= worth {
            let cost = up_to(&(worth / &factor), &unit);
            let cost = paid.atoms_up(&cost, owed.decimals);
            (least(&cost, &repay), held.clone())
        } else {
            let seized = down(&(exact(held.clone()) * &wanted / &worth));
            let rest = exact(held - &seized) * taken.books.gross_price();
            let is_dust = down(&rest) == Int::ZERO && worth - wanted <= ratio(1, 100);
            (repay, if is_dust { held.clone() } else { seized })
        };
        require(seized != Int::ZERO, E::AmountTooSmall)?;
        let extra = up(&(exact(seized.clone()) * bonus / factor));
        let to_insurance = up(&(exact(extra) * bps(taken.config.bonus_insurance_bps)));
        Ok(Plan {
            repay,
            to_liquidator: seized - &to_insurance,
            to_insurance,
        })
    }

    fn seize(&mut self, liquidator: usize, sides: Sides, plan: &Plan) -> Outcome {
        self.accrue(sides.debt);
        self.accrue(sides.collateral);
        let owner = &mut self.users[sides.debtor];
        let position = owner.position_or_new(sides.debt);
        let books = &mut self.banks[sides.debt].books;
        let (paid, shares) = books.repay(&plan.repay, &position.debt, 0)?;
        require(paid == plan.repay, E::Overflow)?;
        position.debt -= shares;
        let position = owner.position_or_new(sides.collateral);
        position.deposit -= &plan.to_liquidator + &plan.to_insurance;
        owner.prune(sides.debt);
        owner.prune(sides.collateral);
        if plan.to_liquidator != Int::ZERO {
            let position = self.users[liquidator].position_or_new(sides.collateral);
            require(position.debt == Int::ZERO, E::BothSides)?;
            position.deposit += &plan.to_liquidator;
        }
        if plan.to_insurance != Int::ZERO {
            let books = &mut self.banks[sides.collateral].books;
            books.shares_to_insurance(&plan.to_insurance)?;
        }
        self.settle(sides.debt);
        self.settle(sides.collateral);
        Ok(())
    }
}

/// No debt below the minimum is left: all of it is repaid, or the minimum stays.
fn without_dust(allowed: Int, debt: &Int, min_debt: &Int, max_repay: &Int) -> Outcome<Int> {
    let is_dust = |repay: &Int| {
        let left = super::number::left_of(debt, repay);
        left != Int::ZERO && left < *min_debt
    };
    let allowed = if is_dust(&allowed) {
        debt.clone()
    } else {
        allowed
    };
    let repay = least(&allowed, max_repay);
    if !is_dust(&repay) {
        return Ok(repay);
    }
    let most = super::number::left_of(debt, min_debt);
    require(most != Int::ZERO, E::DebtBelowMinimum)?;
    Ok(least(&most, &repay))
}
