//! What a transaction pays for: signatures, and compute units at a price that
//! follows what others paid lately.

use std::collections::BTreeSet;

use solana_instruction::Instruction;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;

/// (lamports) What every signature costs.
pub const SIGNATURE_LAMPORTS: u64 = 5_000;
/// Accounts that `getRecentPrioritizationFees` takes.
const MOST_FEE_ACCOUNTS: usize = 128;

/// How much a compute unit may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeePolicy {
    /// (0 to 100) Which of the fees that landed lately on our writable accounts
    /// to pay, from lowest to highest.
    pub percentile: u8,
    /// (micro-lamports per unit) No less than this.
    pub min_price: u64,
    /// (micro-lamports per unit) No more than this, whatever others pay.
    pub max_price: u64,
}

impl Default for FeePolicy {
    fn default() -> Self {
        Self {
            percentile: 75,
            min_price: 0,
            max_price: 100_000,
        }
    }
}

impl FeePolicy {
    /// The price for a list of fees that others paid. Zeros count: a quiet
    /// market needs no fee.
    #[must_use]
    pub fn price(&self, mut paid: Vec<u64>) -> u64 {
        paid.sort_unstable();
        let last = paid.len().saturating_sub(1);
        let index = last * usize::from(self.percentile.min(100)) / 100;
        let market = paid.get(index).copied().unwrap_or(0);
        market.clamp(self.min_price.min(self.max_price), self.max_price)
    }

    /// What others paid for the accounts that the instructions write. Without an
    /// answer, the least that the policy allows: a fee is no reason to fail.
    pub(super) async fn unit_price(&self, rpc: &RpcClient, instructions: &[Instruction]) -> u64 {
        let writable: BTreeSet<Pubkey> = instructions
            .iter()
            .flat_map(|instruction| &instruction.accounts)
            .filter(|account| account.is_writable)
            .map(|account| account.pubkey)
            .collect();
        let writable: Vec<Pubkey> = writable.into_iter().take(MOST_FEE_ACCOUNTS).collect();
        let paid = rpc.get_recent_prioritization_fees(&writable).await;
        let paid = paid.unwrap_or_default();
        self.price(paid.iter().map(|fee| fee.prioritization_fee).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fee_follows_the_market_between_its_bounds() {
        let policy = FeePolicy {
            percentile: 50,
            min_price: 10,
            max_price: 1_000,
        };
        assert_eq!(policy.price(vec![]), 10);
        assert_eq!(policy.price(vec![0, 0, 0]), 10);
        assert_eq!(policy.price(vec![900, 100, 500]), 500);
        assert_eq!(policy.price(vec![u64::MAX; 3]), 1_000);
    }
}
