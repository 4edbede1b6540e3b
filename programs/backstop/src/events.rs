//! What happened, for indexers: integers only. Loss events are emitted through
//! a self-call, which no log limit can cut, and carry the market's sequence
//! number and the state after.

use anchor_lang::prelude::*;
pub use backstop_engine::socialise::SocialiseReason;
pub use backstop_engine::state::PauseKind;

/// The books of a bank after a loss event, in atoms.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BooksAfter {
    /// What lenders own, the deficit included.
    pub lender_assets: u64,
    /// In the liquidity vault.
    pub cash: u64,
    /// Owed by borrowers.
    pub borrowed: u64,
    /// Backed by nothing yet.
    pub deficit: u64,
    /// The part of the deficit on auction.
    pub on_auction: u64,
    /// In the insurance vault.
    pub insurance: u64,
}

/// A debt was written off. `loss = protocol_fees_used + insurance_fees_used +
/// insurance_drawn + on_auction + left_open` when no deficit was open before;
/// in general the two sides differ by `deficit_before`.
#[event]
pub struct DebtWrittenOff {
    /// Number of this loss event in its market.
    pub sequence: u64,
    /// (unix secs)
    pub at: i64,
    /// The market.
    pub market: Pubkey,
    /// The bank that bears the loss.
    pub bank: Pubkey,
    /// The obligation that owed it.
    pub obligation: Pubkey,
    /// (atoms) The debt written off.
    pub loss: u64,
    /// (atoms) Deficit that was open before.
    pub deficit_before: u64,
    /// (atoms) Covered by protocol fees.
    pub protocol_fees_used: u64,
    /// (atoms) Covered by insurance fees.
    pub insurance_fees_used: u64,
    /// (atoms) Covered by the insurance vault.
    pub insurance_drawn: u64,
    /// (atoms) On auction after this call.
    pub on_auction: u64,
    /// (atoms) Open and not on auction after this call.
    pub left_open: u64,
    /// (governance atoms) Issued into escrow by this call.
    pub issued: u64,
    /// (governance atoms) Burned from escrow by this call.
    pub burned: u64,
    /// (atoms) Paid to the keeper out of the insurance vault.
    pub bounty: u64,
    /// (atoms) The obligation's record in this bank after this call.
    pub written_off: u64,
    /// The books after it.
    pub after: BooksAfter,
}

/// A deficit was covered without a new loss.
#[event]
pub struct DeficitCovered {
    /// Number of this loss event in its market.
    pub sequence: u64,
    /// (unix secs)
    pub at: i64,
    /// The market.
    pub market: Pubkey,
    /// The bank.
    pub bank: Pubkey,
    /// (atoms) Deficit before.
    pub deficit_before: u64,
    /// (atoms) Covered by protocol fees.
    pub protocol_fees_used: u64,
    /// (atoms) Covered by insurance fees.
    pub insurance_fees_used: u64,
    /// (atoms) Covered by the insurance vault.
    pub insurance_drawn: u64,
    /// (governance atoms) Issued into escrow.
    pub issued: u64,
    /// (governance atoms) Burned from escrow.
    pub burned: u64,
    /// The books after it.
    pub after: BooksAfter,
}

/// Governance tokens were bought from an auction.
#[event]
pub struct GovernanceBought {
    /// Number of this loss event in its market.
    pub sequence: u64,
    /// (unix secs)
    pub at: i64,
    /// The market.
    pub market: Pubkey,
    /// The bank whose deficit is paid for.
    pub bank: Pubkey,
    /// The buyer.
    pub buyer: Pubkey,
    /// (governance atoms) Bought.
    pub bought: u64,
    /// (atoms) Paid.
    pub paid: u64,
    /// (atoms) The part of it beyond the deficit, now insurance fees.
    pub excess: u64,
    /// Price: atoms per governance atom, times 2^64.
    pub rate: u128,
    /// (governance atoms) Burned because the auction is complete.
    pub burned: u64,
    /// (governance atoms) Left in escrow.
    pub lot_left: u64,
    /// The books after it.
    pub after: BooksAfter,
}

/// An auction was closed.
#[event]
pub struct AuctionClosed {
    /// Number of this loss event in its market.
    pub sequence: u64,
    /// (unix secs)
    pub at: i64,
    /// The market.
    pub market: Pubkey,
    /// The bank.
    pub bank: Pubkey,
    /// (governance atoms) Burned unsold.
    pub burned: u64,
    /// (atoms) Deficit that was on auction and waits again.
    pub unsold: u64,
    /// Auctions failed since the deficit was last zero, this one included if it
    /// failed.
    pub failed_auctions: u32,
    /// The books after it.
    pub after: BooksAfter,
}

/// Lenders share a deficit.
#[event]
pub struct DeficitSocialised {
    /// Number of this loss event in its market.
    pub sequence: u64,
    /// (unix secs)
    pub at: i64,
    /// The market.
    pub market: Pubkey,
    /// The bank.
    pub bank: Pubkey,
    /// (atoms) What lenders lose.
    pub socialised: u64,
    /// (atoms) Covered by protocol fees first.
    pub protocol_fees_used: u64,
    /// (atoms) Covered by insurance fees first.
    pub insurance_fees_used: u64,
    /// Why.
    pub reason: SocialiseReason,
    /// Whether the bank is wound down by it.
    pub wound_down: bool,
    /// The books after it.
    pub after: BooksAfter,
}

/// Written-off debt was paid back.
#[event]
pub struct WrittenOffRepaid {
    /// Number of this loss event in its market.
    pub sequence: u64,
    /// (unix secs)
    pub at: i64,
    /// The market.
    pub market: Pubkey,
    /// The bank.
    pub bank: Pubkey,
    /// The obligation.
    pub obligation: Pubkey,
    /// (atoms) Paid.
    pub paid: u64,
    /// (atoms) The part that lowered the deficit.
    pub to_deficit: u64,
    /// (atoms) The part that went to lenders of a wound-down bank.
    pub to_lenders: u64,
    /// (atoms) The part that went to the insurance vault.
    pub to_insurance: u64,
    /// (governance atoms) Burned because the auction is complete.
    pub burned: u64,
    /// (atoms) The record after it.
    pub written_off: u64,
    /// The books after it.
    pub after: BooksAfter,
}

/// A buy-back started.
#[event]
pub struct BuyBackStarted {
    /// Number of this event in its market.
    pub sequence: u64,
    /// (unix secs)
    pub at: i64,
    /// The market.
    pub market: Pubkey,
    /// The bank.
    pub bank: Pubkey,
    /// (atoms) To spend.
    pub budget: u64,
    /// (unix secs) Last second.
    pub ends_at: i64,
}

/// Governance tokens were bought back and burned.
#[event]
pub struct GovernanceSold {
    /// Number of this event in its market.
    pub sequence: u64,
    /// (unix secs)
    pub at: i64,
    /// The market.
    pub market: Pubkey,
    /// The bank whose insurance pays.
    pub bank: Pubkey,
    /// The seller.
    pub seller: Pubkey,
    /// (governance atoms) Sold and burned.
    pub sold: u64,
    /// (atoms) Paid.
    pub paid: u64,
    /// (atoms) Budget left.
    pub budget_left: u64,
    /// The books after it.
    pub after: BooksAfter,
}

/// A buy-back was closed.
#[event]
pub struct BuyBackClosed {
    /// Number of this event in its market.
    pub sequence: u64,
    /// (unix secs)
    pub at: i64,
    /// The market.
    pub market: Pubkey,
    /// The bank.
    pub bank: Pubkey,
    /// (atoms) Budget not spent.
    pub unspent: u64,
}

/// Somebody funded insurance.
#[event]
pub struct InsuranceFunded {
    /// The bank.
    pub bank: Pubkey,
    /// Who paid.
    pub payer: Pubkey,
    /// (atoms)
    pub atoms: u64,
    /// (atoms) In the vault after it.
    pub insurance: u64,
}

/// Fees were collected.
#[event]
pub struct FeesCollected {
    /// The bank.
    pub bank: Pubkey,
    /// (atoms) To the fee owner.
    pub to_protocol: u64,
    /// (atoms) To the insurance vault.
    pub to_insurance: u64,
}

/// A deposit.
#[event]
pub struct Deposited {
    /// The bank.
    pub bank: Pubkey,
    /// The obligation.
    pub obligation: Pubkey,
    /// (atoms) Paid in.
    pub atoms: u64,
    /// Shares bought.
    pub shares: u128,
}

/// A withdrawal.
#[event]
pub struct Withdrawn {
    /// The bank.
    pub bank: Pubkey,
    /// The obligation.
    pub obligation: Pubkey,
    /// Shares redeemed.
    pub shares: u128,
    /// (atoms) Paid out.
    pub atoms: u64,
    /// (atoms) The leaver's part of the open deficit, which left with him.
    pub deficit_borne: u64,
    /// (atoms) Deficit after it.
    pub deficit: u64,
}

/// A loan.
#[event]
pub struct Borrowed {
    /// The bank.
    pub bank: Pubkey,
    /// The obligation.
    pub obligation: Pubkey,
    /// (atoms) Paid out.
    pub atoms: u64,
    /// Debt shares added.
    pub shares: u128,
}

/// A repayment.
#[event]
pub struct Repaid {
    /// The bank.
    pub bank: Pubkey,
    /// The obligation.
    pub obligation: Pubkey,
    /// Who paid.
    pub payer: Pubkey,
    /// (atoms) Paid in.
    pub atoms: u64,
    /// Debt shares removed.
    pub shares: u128,
}

/// A liquidation.
#[event]
pub struct Liquidated {
    /// The obligation.
    pub obligation: Pubkey,
    /// The liquidator's obligation.
    pub liquidator: Pubkey,
    /// The bank of the debt.
    pub debt_bank: Pubkey,
    /// The bank of the collateral.
    pub collateral_bank: Pubkey,
    /// (atoms of debt) Repaid.
    pub repaid: u64,
    /// Collateral shares for the liquidator.
    pub to_liquidator: u128,
    /// Collateral shares that became insurance fees.
    pub to_insurance: u128,
    /// (atoms of collateral) Insurance fees from them.
    pub insurance_fee: u64,
    /// (bps) Bonus.
    pub bonus_bps: u32,
}

/// A market was created.
#[event]
pub struct MarketCreated {
    /// The market.
    pub market: Pubkey,
    /// Its governance mint.
    pub governance_mint: Pubkey,
    /// Its admin.
    pub admin: Pubkey,
}

/// A bank was created.
#[event]
pub struct BankCreated {
    /// The market.
    pub market: Pubkey,
    /// The bank.
    pub bank: Pubkey,
    /// Its asset.
    pub mint: Pubkey,
    /// (unix secs) No deposits and no loans before then.
    pub live_at: i64,
}

/// What became of a change of settings.
#[derive(AnchorSerialize, AnchorDeserialize, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigChangeKind {
    /// In force at once.
    AtOnce,
    /// Waits for its delay.
    Queued,
    /// In force after its delay.
    Applied,
    /// Dropped.
    Cancelled,
}

/// Settings changed, or a change was queued, applied or cancelled.
#[event]
pub struct ConfigChanged {
    /// The market.
    pub market: Pubkey,
    /// The market or bank whose settings these are.
    pub account: Pubkey,
    /// What became of it.
    pub kind: ConfigChangeKind,
    /// (unix secs) When it takes or took effect; 0 for cancelled.
    pub effective_at: i64,
}

/// The admin changed, or one was proposed.
#[event]
pub struct AdminChanged {
    /// The market.
    pub market: Pubkey,
    /// Admin in force.
    pub admin: Pubkey,
    /// Proposed admin; all zero for none.
    pub pending_admin: Pubkey,
}

/// A pause began or was lifted.
#[event]
pub struct PauseChanged {
    /// The market.
    pub market: Pubkey,
    /// What is paused.
    pub kind: PauseKind,
    /// (unix secs) In force until then.
    pub until: i64,
}
