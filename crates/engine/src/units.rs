//! Quantities that must not be mixed up, each a type of its own. All are
//! transparent wrappers: they cost nothing at run time.
//!
//! ```compile_fail
//! use backstop_engine::units::{Atoms, GovAtoms};
//! // Governance tokens are not the asset they are sold for.
//! let _ = Atoms(1).add(GovAtoms(1));
//! ```
//! ```
//! use backstop_engine::units::Atoms;
//! assert_eq!(Atoms(1).add(Atoms(1)), Ok(Atoms(2)));
//! ```

use crate::error::{EngineError, Result};
use crate::math;

/// Ten thousand basis points are one.
pub const BPS: u32 = 10_000;

/// Fraction bits of [`Rate`].
pub const RATE_BITS: u32 = 64;

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident($repr:ty)) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct $name(pub $repr);

        impl $name {
            /// Nothing of it.
            pub const ZERO: Self = Self(0);

            /// Whether there is nothing of it.
            #[must_use]
            pub const fn is_zero(self) -> bool {
                self.0 == 0
            }

            /// Sum.
            ///
            /// # Errors
            /// `Overflow`.
            #[allow(clippy::should_implement_trait)]
            pub fn add(self, other: Self) -> Result<Self> {
                self.0.checked_add(other.0).map(Self).ok_or(EngineError::Overflow)
            }

            /// Difference.
            ///
            /// # Errors
            /// `Underflow` when `other` is greater.
            #[allow(clippy::should_implement_trait)]
            pub fn sub(self, other: Self) -> Result<Self> {
                self.0.checked_sub(other.0).map(Self).ok_or(EngineError::Underflow)
            }

            /// Difference, or zero when `other` is greater.
            #[must_use]
            pub fn saturating_sub(self, other: Self) -> Self {
                Self(self.0.saturating_sub(other.0))
            }
        }
    };
}

quantity! {
    /// Smallest unit of a bank's asset.
    Atoms(u64)
}
quantity! {
    /// Smallest unit of the market's governance token.
    GovAtoms(u64)
}
quantity! {
    /// Claim of a lender on a bank; one atom bought 10⁶ of them when the bank was empty.
    Shares(u128)
}
quantity! {
    /// Debt of a borrower to a bank, in 2⁻³² atoms at the index at which it was taken.
    DebtShares(u128)
}
quantity! {
    /// Dollars, in units of 10⁻¹².
    Value(u128)
}

/// Basis points, hundredths of a per cent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Bps(pub u32);

impl Bps {
    /// `⌊amount · self / 10 000⌋`.
    ///
    /// # Errors
    /// `Overflow` if the share exceeds `u64` (only above 100 %).
    pub fn of_down(self, amount: u64) -> Result<u64> {
        let product = u128::from(amount).wrapping_mul(u128::from(self.0));
        math::to_u64(math::div_down(product, u128::from(BPS))?)
    }

    /// `⌈amount · self / 10 000⌉`.
    ///
    /// # Errors
    /// `Overflow` if the share exceeds `u64` (only above 100 %).
    pub fn of_up(self, amount: u64) -> Result<u64> {
        let product = u128::from(amount).wrapping_mul(u128::from(self.0));
        math::to_u64(math::div_up(product, u128::from(BPS))?)
    }

    /// `10 000 + self`, the factor of a premium or a bonus.
    #[must_use]
    pub fn above_one(self) -> u128 {
        u128::from(BPS).saturating_add(u128::from(self.0))
    }

    /// `10 000 − self`, the factor of a discount; zero from 100 % on.
    #[must_use]
    pub fn below_one(self) -> u128 {
        u128::from(BPS.saturating_sub(self.0))
    }
}

/// Debt atoms per governance atom, 64 fraction bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Rate(pub u128);

impl Rate {
    /// What `amount` governance atoms cost: rounded up, the seller keeps the dust.
    ///
    /// # Errors
    /// `Overflow` if the price exceeds `u64`.
    pub fn cost_up(self, amount: GovAtoms) -> Result<Atoms> {
        let cost = math::mul_shr_up(u128::from(amount.0), self.0, RATE_BITS)?;
        math::to_u64(cost).map(Atoms)
    }

    /// What `amount` governance atoms fetch: rounded down, the buyer keeps the dust.
    ///
    /// # Errors
    /// `Overflow` if the price exceeds `u64`.
    pub fn cost_down(self, amount: GovAtoms) -> Result<Atoms> {
        let cost = math::mul_shr_down(u128::from(amount.0), self.0, RATE_BITS)?;
        math::to_u64(cost).map(Atoms)
    }

    /// Fewest governance atoms whose cost reaches `atoms`.
    ///
    /// # Errors
    /// `DivisionByZero` for a zero rate, `Overflow` if the count exceeds `u64`.
    pub fn tokens_up(self, atoms: Atoms) -> Result<GovAtoms> {
        let scaled = u128::from(atoms.0).wrapping_shl(RATE_BITS);
        math::to_u64(math::div_up(scaled, self.0)?).map(GovAtoms)
    }

    /// Most governance atoms whose price, rounded down, stays within `atoms`.
    ///
    /// # Errors
    /// `DivisionByZero` for a zero rate, `Overflow` if the count exceeds `u64`.
    pub fn tokens_down(self, atoms: Atoms) -> Result<GovAtoms> {
        let scaled = u128::from(atoms.0).wrapping_shl(RATE_BITS);
        math::to_u64(math::div_down(scaled, self.0)?).map(GovAtoms)
    }
}

/// Seconds since 1970, as the chain's clock gives them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct UnixTime(pub i64);

impl UnixTime {
    /// Seconds since `earlier`.
    ///
    /// # Errors
    /// `TimeWentBack` if `earlier` lies ahead.
    pub fn since(self, earlier: Self) -> Result<u64> {
        let went_back = EngineError::TimeWentBack {
            last: earlier.0,
            now: self.0,
        };
        let elapsed = self.0.checked_sub(earlier.0).ok_or(went_back)?;
        u64::try_from(elapsed).map_err(|_| went_back)
    }

    /// `self + secs`, or the end of time.
    #[must_use]
    pub fn plus(self, secs: u64) -> Self {
        Self(self.0.saturating_add_unsigned(secs))
    }
}
