//! What each call does in each state.

use {crate::flags::Flag, backstop::error::BackstopError as E};

/// One letter per error; a dot for a call that works.
const LEGEND: &[(char, E)] = &[
    ('a', E::DeficitNotAccepted),
    ('D', E::DeficitOpen),
    ('o', E::AuctionNotOpen),
    ('e', E::AuctionEnded),
    ('n', E::AuctionNotEnded),
    ('A', E::AuctionLive),
    ('R', E::RecordOpen),
    ('O', E::ObligationNotEmpty),
    ('W', E::WoundDown),
    ('X', E::Delisted),
    ('M', E::WriteOffDisabled),
    ('B', E::BorrowPaused),
    ('P', E::WriteOffPaused),
    ('I', E::IssuancePaused),
    ('p', E::PauseNotAllowed),
    ('N', E::BankNotLive),
    ('F', E::PriceNotRefreshed),
    ('S', E::PriceStale),
    ('G', E::NoGovernancePrice),
    ('T', E::UpdateTooEarly),
];

/// A column for each flag, in the order of [`Flag::ALL`]:
///
/// ```text
/// deficit open             | mode disabled        | governance feed dead
/// | auction announced      | | borrowing paused   | | update queued
/// | | auction live         | | | write-off paused | | | buy-back running
/// | | | auction over       | | | | issuance paused| | |
/// | | | | record           | | | | | bank not live| | |
/// | | | | | withheld       | | | | | | feed dead  | | |
/// | | | | | | wound down   | | | | | | |          | | |
/// | | | | | | | delisted   | | | | | | |          | | |
/// ```
const GRID: &[(&str, &str)] = &[
    (
        "accept_admin            ",
        ". . . . . . . .  . . . . . .  . . .",
    ),
    (
        "apply_bank_update       ",
        ". . . . . . . .  . . . . . .  . T .",
    ),
    (
        "apply_market_update     ",
        ". . . . . . . .  . . . . . .  . T .",
    ),
    (
        "borrow                  ",
        ". . . . R R W X  . B . . N F  . . .",
    ),
    (
        "buy_governance          ",
        ". o . e . . . .  . . . I . .  . . .",
    ),
    (
        "cancel_bank_update      ",
        ". . . . . . . .  . . . . . .  . . .",
    ),
    (
        "cancel_market_update    ",
        ". . . . . . . .  . . . . . .  . . .",
    ),
    (
        "close_auction           ",
        ". n n . . . . .  . . . . . .  . . .",
    ),
    (
        "close_buy_back          ",
        ". . . . . . . .  . . . . . .  . . n",
    ),
    (
        "close_obligation        ",
        ". . . . O O . .  . . . . . .  . . .",
    ),
    (
        "collect_fees            ",
        "D D D D . . . .  . . . . . .  . . .",
    ),
    (
        "cover_deficit           ",
        ". . . . . . . .  . . . . . .  . . .",
    ),
    (
        "create_bank             ",
        ". . . . . . . .  . . . . . .  . . .",
    ),
    (
        "create_market           ",
        ". . . . . . . .  . . . . . .  . . .",
    ),
    (
        "create_market_with_mint ",
        ". . . . . . . .  . . . . . .  . . .",
    ),
    (
        "deposit                 ",
        "a a a a . . W X  . . . . N .  . . .",
    ),
    (
        "fund_insurance          ",
        ". . . . . . . .  . . . . . .  . . .",
    ),
    (
        "lift_pause              ",
        ". . . . . . . .  . . . . . .  . . .",
    ),
    (
        "liquidate               ",
        ". . . . . . . X  . . . . . F  . . .",
    ),
    (
        "open_obligation         ",
        ". . . . . . . .  . . . . . .  . . .",
    ),
    (
        "pause                   ",
        ". . . . . . . .  . p . . . .  . . .",
    ),
    (
        "propose_admin           ",
        ". . . . . . . .  . . . . . .  . . .",
    ),
    (
        "refresh_banks           ",
        ". . . . . . . .  . . . . . S  . . .",
    ),
    (
        "repay                   ",
        ". . . . . . . .  . . . . . .  . . .",
    ),
    (
        "repay_written_off       ",
        ". . . . . . . .  . . . . . .  . . .",
    ),
    (
        "sell_governance         ",
        "D D D D . . . .  . . P . . F  G . .",
    ),
    (
        "socialise_deficit       ",
        ". A A A . . . .  . . P . . .  . . .",
    ),
    (
        "start_buy_back          ",
        "D D D D . . . .  . . P . . F  G . A",
    ),
    (
        "update_bank             ",
        ". . . . . . . .  . . . . . .  . . .",
    ),
    (
        "update_market           ",
        ". . . . . . . .  . . . . . .  . . .",
    ),
    (
        "withdraw                ",
        ". . . . . R . .  . . . . . F  . . .",
    ),
    (
        "write_off/insured       ",
        ". . . . . . . .  M . P . . .  . . .",
    ),
    (
        "write_off/issuing       ",
        ". . . . . . . .  M . P . . .  . . .",
    ),
];

/// Calls that have a row, in order.
pub fn calls() -> impl Iterator<Item = &'static str> {
    GRID.iter().map(|(call, _)| call.trim_end())
}

/// What `call` does in each state; none for "it works".
pub fn row(call: &str) -> [Option<E>; Flag::ALL.len()] {
    let found = GRID.iter().find(|(name, _)| name.trim_end() == call);
    let (_, cells) = found.unwrap_or_else(|| panic!("no row for {call}"));
    let cells: Vec<Option<E>> = cells.split_whitespace().map(cell).collect();
    cells
        .try_into()
        .unwrap_or_else(|_| panic!("{call} has not one cell for each flag"))
}

fn cell(text: &str) -> Option<E> {
    if text == "." {
        return None;
    }
    let found = LEGEND.iter().find(|(letter, _)| text == letter.to_string());
    let (_, error) = found.unwrap_or_else(|| panic!("{text} is not in the legend"));
    Some(*error)
}
