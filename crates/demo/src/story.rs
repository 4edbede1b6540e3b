//! A story: chapters for people, figures for machines.

use {
    super::{
        log::{Line, LossRecord, SaleRecord},
        scenario::Scenario,
    },
    serde::Serialize,
    serde_json::Value,
};

/// Everything that one run has to tell.
#[derive(Clone, Debug, Serialize)]
pub struct Story {
    /// Which scenario.
    pub scenario: Scenario,
    /// What it promises.
    pub promise: &'static str,
    /// Seed of the borrowers.
    pub seed: u64,
    /// How to read the numbers.
    pub units: Units,
    /// The sums that matter.
    pub totals: Totals,
    /// Every bar of the crash and its aftermath.
    pub bars: Vec<Line>,
    /// Every write-off.
    pub losses: Vec<LossRecord>,
    /// Every purchase in an auction.
    pub sales: Vec<SaleRecord>,
    /// The chapters in order; the last one is the check of the books.
    pub chapters: Vec<Chapter>,
}

/// How to read the numbers of the JSON document.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Units {
    /// Amounts of the stablecoin.
    pub usdc: &'static str,
    /// Amounts of SOL.
    pub sol: &'static str,
    /// Amounts of the governance token.
    pub tokens: &'static str,
    /// Prices.
    pub prices: &'static str,
    /// Times.
    pub at: &'static str,
}

impl Default for Units {
    fn default() -> Self {
        Self {
            usdc: "atoms, 10^6 to the dollar",
            sol: "atoms, 10^9 to the SOL",
            tokens: "atoms, 10^6 to the governance token",
            prices: "10^-8 dollars; names ending in _micro: 10^-6 dollars",
            at: "unix seconds",
        }
    }
}

/// The life of the bank, as its ledger and the market tell it at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// (atoms) Ever written off.
    pub lost: u128,
    /// (atoms) Covered by protocol fees.
    pub covered_by_fees: u128,
    /// (atoms) Covered by insurance.
    pub covered_by_insurance: u128,
    /// (atoms) Covered by auction proceeds.
    pub covered_by_auction: u128,
    /// (atoms) Covered by repaid records.
    pub recovered: u128,
    /// (atoms) Borne by lenders who left while a deficit was open.
    pub borne_by_leavers: u128,
    /// (atoms) Socialised.
    pub socialised: u128,
    /// (atoms) Still open.
    pub deficit: u64,
    /// (governance atoms) Ever issued.
    pub issued: u64,
    /// (governance atoms) Bought in auctions.
    pub sold: u64,
    /// (governance atoms) Ever burned, unsold or bought back.
    pub burned: u64,
    /// (atoms) Paid to keepers.
    pub bounties: u64,
    /// (atoms) What lenders' claims fell by when they left or shared: the sum
    /// over lenders, measured share by share.
    pub carried_by_lenders: u64,
    /// Lenders among which that was measured.
    pub lenders: u64,
    /// (atoms) Repaid on records of written-off debt.
    pub records_repaid: u64,
    /// (atoms) Spent on buying tokens back.
    pub bought_back: u64,
}

/// One step of the story.
#[derive(Clone, Debug, Serialize)]
pub struct Chapter {
    /// What it is about.
    pub title: String,
    /// Whether it is told in the short form.
    #[serde(skip)]
    pub short: bool,
    /// What happened, in words.
    pub text: Vec<String>,
    /// Its numbers in the terminal.
    #[serde(skip)]
    pub tables: Vec<Table>,
    /// Its numbers for machines.
    pub figures: Value,
}

/// A table in the terminal.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Column titles.
    pub header: Vec<String>,
    /// Cells, row by row.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table.
    pub fn new(header: &[&str]) -> Self {
        Self {
            header: header.iter().map(ToString::to_string).collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }
}

impl Chapter {
    /// A chapter with figures.
    ///
    /// # Panics
    /// When a figure has no JSON form.
    pub fn new(title: &str, figures: &impl Serialize) -> Self {
        Self {
            title: title.to_owned(),
            short: false,
            text: Vec::new(),
            tables: Vec::new(),
            figures: serde_json::to_value(figures).expect("figures have a JSON form"),
        }
    }

    /// Tells it in the short form, too.
    pub fn short(mut self) -> Self {
        self.short = true;
        self
    }

    /// Adds a paragraph.
    pub fn say(mut self, text: impl Into<String>) -> Self {
        self.text.push(text.into());
        self
    }

    /// Adds a table.
    pub fn table(mut self, table: Table) -> Self {
        self.tables.push(table);
        self
    }
}
