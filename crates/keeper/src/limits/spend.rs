//! What of the wallet an action may use.

use std::collections::BTreeMap;

use backstop_engine::units::{Atoms, Value};
use solana_pubkey::Pubkey;

/// Limits on one mint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MintLimits {
    /// Most that one action spends.
    pub most_per_action: Atoms,
    /// What stays in the wallet.
    pub reserve: Atoms,
}

/// Limits on all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpendLimits {
    /// By mint.
    pub by_mint: BTreeMap<Pubkey, MintLimits>,
    /// For a mint without an entry; `None` forbids to spend it.
    pub otherwise: Option<MintLimits>,
    /// Most collateral that the keeper's obligation holds, at spot.
    pub most_collateral: Value,
}

impl SpendLimits {
    /// Most of `balance` that an action may spend.
    #[must_use]
    pub fn spendable(&self, mint: &Pubkey, balance: Atoms) -> Atoms {
        let limits = self.by_mint.get(mint).copied().or(self.otherwise);
        limits.map_or(Atoms::ZERO, |limits| {
            balance
                .saturating_sub(limits.reserve)
                .min(limits.most_per_action)
        })
    }

    /// How much more collateral fits on top of `held`.
    #[must_use]
    pub fn collateral_room(&self, held: Value) -> Value {
        self.most_collateral.saturating_sub(held)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_reserve_is_never_touched_nor_the_limit_exceeded(
            balance in any::<u64>(), most in any::<u64>(), reserve in any::<u64>(),
        ) {
            let limits = SpendLimits {
                by_mint: BTreeMap::new(),
                otherwise: Some(MintLimits {
                    most_per_action: Atoms(most),
                    reserve: Atoms(reserve),
                }),
                most_collateral: Value::ZERO,
            };
            let spent = limits.spendable(&Pubkey::default(), Atoms(balance)).0;
            prop_assert!(spent <= most);
            prop_assert!(spent == 0 || balance - spent >= reserve);
        }
    }

    #[test]
    fn a_mint_that_nobody_allowed_is_not_spent() {
        let limits = SpendLimits {
            by_mint: BTreeMap::new(),
            otherwise: None,
            most_collateral: Value::ZERO,
        };
        assert!(limits.spendable(&Pubkey::default(), Atoms(9)).is_zero());
    }
}
