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
    ('T', E::UpdateTooEarly),
];

/// A row for each call, a column for each flag in the order of [`Flag::ALL`].
const GRID: &str = "
                         deficit open
                         | auction announced
                         | | auction live
                         | | | auction over
                         | | | | record open
                         | | | | | deposit withheld
                         | | | | | | bank wound down
                         | | | | | | | bank delisted
                         | | | | | | | |  mode disabled
                         | | | | | | | |  | borrowing paused
                         | | | | | | | |  | | write-offs paused
                         | | | | | | | |  | | | issuance paused
                         | | | | | | | |  | | | | bank not live yet
                         | | | | | | | |  | | | | | feed dead
                         | | | | | | | |  | | | | | |  governance feed dead
                         | | | | | | | |  | | | | | |  | update queued
                         | | | | | | | |  | | | | | |  | | buy-back running
accept_admin             . . . . . . . .  . . . . . .  . . .
apply_bank_update        . . . . . . . .  . . . . . .  . T .
apply_market_update      . . . . . . . .  . . . . . .  . T .
cancel_bank_update       . . . . . . . .  . . . . . .  . . .
cancel_market_update     . . . . . . . .  . . . . . .  . . .
create_bank              . . . . . . . .  . . . . . .  . . .
create_market            . . . . . . . .  . . . . . .  . . .
create_market_with_mint  . . . . . . . .  . . . . . .  . . .
lift_pause               . . . . . . . .  . . . . . .  . . .
pause                    . . . . . . . .  . p . . . .  . . .
propose_admin            . . . . . . . .  . . . . . .  . . .
update_bank              . . . . . . . .  . . . . . .  . . .
update_market            . . . . . . . .  . . . . . .  . . .
borrow                   . . . . R R W X  . B . . N F  . . .
close_obligation         . . . . O O . .  . . . . . .  . . .
deposit                  a a a a . . W X  . . . . N .  . . .
liquidate                . . . . . . . X  . . . . . F  . . .
open_obligation          . . . . . . . .  . . . . . .  . . .
refresh_banks            . . . . . . . .  . . . . . S  . . .
repay                    . . . . . . . .  . . . . . .  . . .
withdraw                 . . . . . R . .  . . . . . F  . . .
buy_governance           . o . e . . . .  . . . I . .  . . .
close_auction            . n n . . . . .  . . . . . .  . . .
close_buy_back           . . . . . . . .  . . . . . .  . . n
collect_fees             D D D D . . . .  . . P . . .  . . .
cover_deficit            . . . . . . . .  . . . . . .  . . .
fund_insurance           . . . . . . . .  . . . . . .  . . .
repay_written_off        . . . . . . . .  . . . . . .  . . .
sell_governance          D D D D . . . .  . . P . . F  S . .
socialise_deficit        . A A A . . . .  . . P . . .  . . .
start_buy_back           D D D D . . W .  . . P . . F  S . A
write_off/insured        . . . . . . . .  M . P . . .  . . .
write_off/issuing        . . . . . . . .  M . P . . .  . . .
";

/// Rows of the grid: a call and its cells.
fn rows() -> impl Iterator<Item = (&'static str, Vec<&'static str>)> {
    let lines = GRID
        .lines()
        .filter(|line| line.starts_with(|c: char| c.is_lowercase()));
    lines.map(|line| {
        let mut words = line.split_whitespace();
        let call = words.next().expect("a row begins with its call");
        (call, words.collect())
    })
}

/// Calls that have a row, in order.
pub fn calls() -> impl Iterator<Item = &'static str> {
    rows().map(|(call, _)| call)
}

/// What `call` does in each state; none for "it works".
pub fn row(call: &str) -> [Option<E>; Flag::ALL.len()] {
    let found = rows().find(|(name, _)| *name == call);
    let (_, cells) = found.unwrap_or_else(|| panic!("no row for {call}"));
    let cells: Vec<Option<E>> = cells.into_iter().map(cell).collect();
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
