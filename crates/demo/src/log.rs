//! What happened, as the chain told it: one record per event and per bar.

use {
    backstop::events::{
        AuctionClosed, DebtWrittenOff, DeficitCovered, DeficitSocialised, GovernanceBought,
        GovernanceSold, WrittenOffRepaid,
    },
    backstop::state::LedgerState,
    backstop_world::chain::Receipt,
    serde::Serialize,
};

/// The market after one bar.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Line {
    /// (unix s) End of the bar.
    pub at: i64,
    /// (10^-8 dollars) SOL.
    pub sol_price: i64,
    /// (10^-8 dollars) Its average.
    pub sol_average: i64,
    /// (10^-8 dollars) Half-width of its confidence interval.
    pub sol_confidence: u64,
    /// (10^-8 dollars) The governance token.
    pub token_price: i64,
    /// Whether the chain was congested.
    pub congested: bool,
    /// Accounts that could be liquidated when the bar began.
    pub due: u64,
    /// Liquidations that landed.
    pub landed: u64,
    /// Liquidations that the program refused.
    pub refused: u64,
    /// (atoms) What they repaid.
    pub repaid: u64,
    /// Liquidators with money left.
    pub liquidators: u64,
    /// (atoms) Their money.
    pub liquidator_money: u64,
    /// Accounts that owe more than they have, at the end of the bar.
    pub underwater: u64,
    /// (atoms) By how much.
    pub shortfall: u64,
    /// (atoms) Debt of all borrowers.
    pub borrowed: u64,
    /// (atoms) Written off in this bar.
    pub written_off: u64,
    /// (atoms) The open deficit.
    pub deficit: u64,
    /// (atoms) The part of it on auction.
    pub on_auction: u64,
    /// (atoms) In the insurance vault.
    pub insurance: u64,
}

/// A write-off.
#[derive(Clone, Debug, Serialize)]
pub struct LossRecord {
    /// (unix s)
    pub at: i64,
    /// Whose debt.
    pub account: String,
    /// (atoms) The debt written off.
    pub loss: u64,
    /// (atoms) Deficit open before.
    pub deficit_before: u64,
    /// (atoms) Covered by protocol fees.
    pub protocol_fees_used: u64,
    /// (atoms) Covered by insurance fees and the vault.
    pub insurance_used: u64,
    /// (governance atoms) Issued.
    pub issued: u64,
    /// (atoms) On auction afterwards.
    pub on_auction: u64,
    /// (atoms) Open and not on auction afterwards.
    pub left_open: u64,
    /// (atoms) The keeper's bounty.
    pub bounty: u64,
}

/// A purchase of governance tokens in an auction.
#[derive(Clone, Debug, Serialize)]
pub struct SaleRecord {
    /// (unix s)
    pub at: i64,
    /// Who.
    pub bidder: String,
    /// (governance atoms)
    pub bought: u64,
    /// (atoms) Paid.
    pub paid: u64,
    /// (10^-6 dollars) Price of a token, rounded down.
    pub price_micro: u64,
    /// (10^-6 dollars) The auction's floor.
    pub floor_micro: u64,
    /// (10^-6 dollars) Market price at that moment.
    pub market_micro: u64,
    /// (governance atoms) Burned because the auction was complete.
    pub burned: u64,
}

/// An auction that opened.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct OpeningRecord {
    /// (unix s)
    pub at: i64,
    /// (governance atoms) Issued into escrow.
    pub issued: u64,
    /// (atoms) Deficit offered.
    pub offered: u64,
    /// (10^-6 dollars) First price.
    pub start_micro: u64,
    /// (10^-6 dollars) Last price.
    pub floor_micro: u64,
}

/// An auction that was closed with something unsold.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ClosingRecord {
    /// (unix s)
    pub at: i64,
    /// (governance atoms) Burned unsold.
    pub burned: u64,
    /// (atoms) Deficit that waits again.
    pub unsold: u64,
    /// Failures in a row.
    pub failed_auctions: u32,
}

/// A deficit that lenders shared.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SharedRecord {
    /// (unix s)
    pub at: i64,
    /// (atoms)
    pub socialised: u64,
    /// Why.
    pub reason: &'static str,
}

/// Written-off debt that was repaid.
#[derive(Clone, Debug, Serialize)]
pub struct RepaidRecord {
    /// (unix s)
    pub at: i64,
    /// Whose record.
    pub account: String,
    /// (atoms)
    pub paid: u64,
    /// (atoms) To the deficit.
    pub to_deficit: u64,
    /// (atoms) To the insurance vault.
    pub to_insurance: u64,
    /// (atoms) Record left.
    pub left: u64,
}

/// Tokens that insurance bought back.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct BuyBackRecord {
    /// (unix s)
    pub at: i64,
    /// (governance atoms) Burned.
    pub burned: u64,
    /// (atoms) Paid.
    pub paid: u64,
    /// (10^-8 dollars) Market price at that moment.
    pub market: i64,
}

/// Counts of what was checked around the program's calls.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Checks {
    /// Transactions, each followed by every state invariant.
    pub transactions: u64,
    /// Loss events whose order of tiers was checked.
    pub loss_events: u64,
    /// Loss events around which the other bank was compared byte by byte.
    pub isolated: u64,
    /// Write-offs before and after which all lenders' claims were compared.
    pub claims: u64,
    /// Departures before and after which those who stayed were compared.
    pub departures: u64,
    /// (atoms) Largest change of a stayer's claim by somebody else's departure.
    pub departure_drift: u64,
    /// Calls that nobody needs a right for, from the first loss to the last cent.
    pub permissionless: u64,
    /// (governance atoms) Most that was ever outstanding.
    pub most_outstanding: u64,
}

/// Everything that happened.
#[derive(Clone, Debug, Default)]
pub struct Log {
    /// Bar by bar.
    pub lines: Vec<Line>,
    /// Write-offs.
    pub losses: Vec<LossRecord>,
    /// Auctions opened.
    pub openings: Vec<OpeningRecord>,
    /// Purchases.
    pub sales: Vec<SaleRecord>,
    /// Auctions that failed.
    pub closings: Vec<ClosingRecord>,
    /// Deficits shared.
    pub shared: Vec<SharedRecord>,
    /// Records repaid.
    pub repaid: Vec<RepaidRecord>,
    /// Tokens bought back.
    pub bought_back: Vec<BuyBackRecord>,
    /// (atoms) Collected for the fee owner.
    pub fees_to_protocol: u64,
    /// (atoms) Collected for the vault.
    pub fees_to_insurance: u64,
    /// What was checked.
    pub checks: Checks,
    /// (unix s) When the deficit was largest; the last bar if there was none.
    pub worst_at: i64,
    /// The stablecoin's books at that moment.
    pub worst: LedgerState,
}

impl Log {
    /// Counts the loss events of a transaction.
    pub fn count(&mut self, receipt: &Receipt) {
        let events = receipt.events_of::<DebtWrittenOff>().len()
            + receipt.events_of::<DeficitCovered>().len()
            + receipt.events_of::<GovernanceBought>().len()
            + receipt.events_of::<AuctionClosed>().len()
            + receipt.events_of::<DeficitSocialised>().len()
            + receipt.events_of::<WrittenOffRepaid>().len()
            + receipt.events_of::<GovernanceSold>().len();
        self.checks.loss_events += u64::try_from(events).expect("few events");
    }
}
