//! What the attacker can do, how often he does it, and what he does next.

/// One kind of instruction, or of token transfer, that the attacker can sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    /// `deposit`
    Deposit,
    /// `withdraw`
    Withdraw,
    /// `borrow`
    Borrow,
    /// `repay`, of anybody's debt
    Repay,
    /// `liquidate`, anybody, his own wallets included
    Liquidate,
    /// `write_off`, anybody's debt, for the bounty
    WriteOff,
    /// `cover_deficit`
    Cover,
    /// `buy_governance`
    Buy,
    /// `close_auction`
    CloseAuction,
    /// `socialise_deficit`
    Socialise,
    /// `repay_written_off`, of anybody's record
    RepayRecord,
    /// `fund_insurance`
    Fund,
    /// `collect_fees`; the admin can have them paid to himself
    Collect,
    /// `start_buy_back`
    StartBuyBack,
    /// `sell_governance`
    Sell,
    /// `close_buy_back`
    CloseBuyBack,
    /// A transfer of tokens to one of the bank's vaults
    Donate,
    /// `pause`, by the admin
    Pause,
    /// `lift_pause`
    LiftPause,
    /// `update_bank`, one setting at one of its edges
    UpdateBank,
    /// `apply_bank_update`
    ApplyBank,
    /// `cancel_bank_update`
    CancelBank,
    /// `update_market`, one setting at one of its edges
    UpdateMarket,
    /// `apply_market_update`
    ApplyMarket,
    /// `cancel_market_update`
    CancelMarket,
}

impl Op {
    /// What needs no key but one's own.
    pub const ANYONE: [Self; 17] = [
        Self::Deposit,
        Self::Withdraw,
        Self::Borrow,
        Self::Repay,
        Self::Liquidate,
        Self::WriteOff,
        Self::Cover,
        Self::Buy,
        Self::CloseAuction,
        Self::Socialise,
        Self::RepayRecord,
        Self::Fund,
        Self::Collect,
        Self::StartBuyBack,
        Self::Sell,
        Self::CloseBuyBack,
        Self::Donate,
    ];
    /// How often it is drawn: what moves debts and collateral more often than gifts
    /// and chores.
    pub fn weight(self) -> usize {
        match self {
            Self::Deposit | Self::Borrow | Self::Liquidate | Self::WriteOff => 4,
            Self::Withdraw | Self::Repay | Self::Buy | Self::RepayRecord => 3,
            Self::Donate | Self::Fund | Self::Collect => 1,
            _ => 2,
        }
    }

    /// What a thief who has just done this tries next.
    pub fn sequels(self) -> &'static [Self] {
        match self {
            Self::Deposit => &[Self::Borrow, Self::Borrow, Self::Withdraw, Self::Liquidate],
            Self::Borrow => &[Self::Withdraw, Self::Repay, Self::Liquidate, Self::WriteOff],
            Self::Withdraw | Self::Repay => &[Self::Deposit, Self::Borrow, Self::WriteOff],
            Self::Liquidate => &[
                Self::WriteOff,
                Self::WriteOff,
                Self::Withdraw,
                Self::Liquidate,
            ],
            Self::WriteOff => &[
                Self::Buy,
                Self::Cover,
                Self::RepayRecord,
                Self::Liquidate,
                Self::Deposit,
                Self::Socialise,
            ],
            Self::Cover => &[Self::Buy, Self::Withdraw, Self::Socialise],
            Self::Buy => &[
                Self::Buy,
                Self::Withdraw,
                Self::StartBuyBack,
                Self::CloseAuction,
            ],
            Self::CloseAuction => &[Self::Cover, Self::Socialise],
            Self::Socialise => &[Self::Withdraw, Self::RepayRecord, Self::Deposit],
            Self::RepayRecord | Self::Fund | Self::Collect | Self::Donate => {
                &[Self::StartBuyBack, Self::Cover, Self::Withdraw]
            }
            Self::StartBuyBack => &[Self::Sell, Self::Sell, Self::WriteOff],
            Self::Sell | Self::CloseBuyBack => &[Self::StartBuyBack, Self::Borrow],
            Self::Pause | Self::LiftPause => &[Self::LiftPause, Self::Withdraw, Self::Buy],
            Self::UpdateBank | Self::ApplyBank | Self::CancelBank => &[
                Self::Liquidate,
                Self::Borrow,
                Self::WriteOff,
                Self::UpdateBank,
            ],
            Self::UpdateMarket | Self::ApplyMarket | Self::CancelMarket => {
                &[Self::Pause, Self::Buy, Self::Socialise, Self::UpdateMarket]
            }
        }
    }

    /// What the admin's key adds.
    pub const ADMIN: [Self; 8] = [
        Self::Pause,
        Self::LiftPause,
        Self::UpdateBank,
        Self::ApplyBank,
        Self::CancelBank,
        Self::UpdateMarket,
        Self::ApplyMarket,
        Self::CancelMarket,
    ];
}
