//! What a run consists of, as data: it can be printed, stored, cut down and
//! played again.

use {
    crate::model::settings::{BankChange, MarketChange},
    serde::{Deserialize, Serialize},
};

/// Wallets in a run, each with an obligation.
pub const USERS: usize = 6;
/// Banks in a run: decimals 0 (Token-2022), 6 and 9.
pub const BANKS: usize = 3;

/// One run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Case {
    /// How the market is set up.
    pub setup: Setup,
    /// What happens, in order.
    pub steps: Vec<Step>,
}

/// A market that nobody has used yet.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Setup {
    /// Whether the governance token has a feed; else it is sold at fixed prices.
    pub feed: bool,
    /// Changes to the recommended settings of each bank.
    pub banks: [Vec<BankChange>; BANKS],
    /// Changes to the recommended settings of the market.
    pub market: Vec<MarketChange>,
}

/// One thing that happens.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Step {
    /// Time passes, and feeds publish their last price again unless silent.
    Tick {
        /// (secs) 0 only begins the next slot.
        secs: u64,
        /// Whether the feeds say nothing.
        silent: bool,
    },
    /// A feed publishes a price.
    Price {
        /// The feed's bank; none for the governance token.
        bank: Option<usize>,
        /// (10^-8 dollars a token)
        spot: i64,
        /// (10^-8 dollars a token)
        ema: i64,
        /// (10^-8 dollars a token)
        conf: u64,
    },
    /// Somebody sends a transaction.
    Send(Vec<Call>),
}

/// How much of something.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub enum Amount {
    /// Everything there is.
    All,
    /// This many ten-thousandths of it.
    Part(u32),
    /// This much.
    Exactly(u64),
}

/// A vault that anybody may send tokens to.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Vault {
    Liquidity,
    Insurance,
    Escrow,
}

/// One instruction. `user`, `payer` and the like count wallets, `bank` and the
/// like count banks.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum Call {
    Refresh {
        banks: Vec<usize>,
    },
    Deposit {
        user: usize,
        bank: usize,
        amount: Amount,
        accept: bool,
    },
    Withdraw {
        user: usize,
        bank: usize,
        amount: Amount,
    },
    Borrow {
        user: usize,
        bank: usize,
        atoms: u64,
    },
    Repay {
        payer: usize,
        user: usize,
        bank: usize,
        amount: Amount,
    },
    Liquidate {
        liquidator: usize,
        user: usize,
        debt: usize,
        collateral: usize,
        max: u64,
    },
    WriteOff {
        user: usize,
        bank: usize,
        keeper: Option<usize>,
    },
    Cover {
        bank: usize,
    },
    Buy {
        user: usize,
        bank: usize,
        amount: Amount,
        max_pay: u64,
    },
    CloseAuction {
        bank: usize,
    },
    Socialise {
        bank: usize,
    },
    RepayRecord {
        payer: usize,
        user: usize,
        bank: usize,
        amount: Amount,
    },
    Fund {
        user: usize,
        bank: usize,
        amount: Amount,
    },
    Collect {
        bank: usize,
    },
    StartBuyBack {
        bank: usize,
    },
    Sell {
        user: usize,
        bank: usize,
        amount: Amount,
        min: u64,
    },
    CloseBuyBack {
        bank: usize,
    },
    Pause {
        kind: usize,
        secs: u32,
    },
    LiftPause {
        kind: usize,
    },
    UpdateBank {
        bank: usize,
        change: BankChange,
    },
    ApplyBank {
        bank: usize,
    },
    CancelBank {
        bank: usize,
    },
    UpdateMarket {
        change: MarketChange,
    },
    ApplyMarket,
    CancelMarket,
    Reopen {
        user: usize,
    },
    Donate {
        user: usize,
        bank: usize,
        vault: Vault,
        amount: Amount,
    },
}

impl Call {
    /// Every kind there is.
    pub const NAMES: [&str; 27] = [
        "Refresh",
        "Deposit",
        "Withdraw",
        "Borrow",
        "Repay",
        "Liquidate",
        "WriteOff",
        "Cover",
        "Buy",
        "CloseAuction",
        "Socialise",
        "RepayRecord",
        "Fund",
        "Collect",
        "StartBuyBack",
        "Sell",
        "CloseBuyBack",
        "Pause",
        "LiftPause",
        "UpdateBank",
        "ApplyBank",
        "CancelBank",
        "UpdateMarket",
        "ApplyMarket",
        "CancelMarket",
        "Reopen",
        "Donate",
    ];

    /// Its name, for statistics.
    pub fn name(&self) -> String {
        let text = format!("{self:?}");
        text.split([' ', '{']).next().unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_the_same_after_being_written_and_read() {
        let case = Case {
            setup: Setup {
                feed: true,
                banks: [vec![BankChange::MinDebt(1)], vec![], vec![]],
                market: vec![MarketChange::AuctionDelay(0)],
            },
            steps: vec![
                Step::Tick {
                    secs: 5,
                    silent: true,
                },
                Step::Send(vec![Call::Withdraw {
                    user: 3,
                    bank: 1,
                    amount: Amount::Part(17),
                }]),
            ],
        };
        let text = serde_json::to_string(&case).unwrap();
        let read: Case = serde_json::from_str(&text).unwrap();
        assert_eq!(format!("{case:?}"), format!("{read:?}"));
    }
}
