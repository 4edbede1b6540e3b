//! One market of two banks and three users, small enough to be searched whole.
//!
//! [`Rules`] is what does not change during a search, [`World`] what does. Its
//! fields are those of the program's accounts that any rule reads; vaults,
//! escrows and wallets are counted apart, as the token programs would.

use backstop_engine::auction::{Auction, Issuance, IssuanceLimits, PricePolicy, Schedule};
use backstop_engine::bucket::{Bucket, Limit};
use backstop_engine::buy_back::BuyBack;
use backstop_engine::health::{Asset, Weights};
use backstop_engine::interest::{FeeSplit, RateCurve};
use backstop_engine::ledger::{BorrowLimits, Ledger};
use backstop_engine::liquidation;
use backstop_engine::price::{Price, Quote};
use backstop_engine::units::{Atoms, Bps, DebtShares, GovAtoms, Rate, Shares, UnixTime};
use backstop_engine::waterfall::Mode;

use crate::accounts::Blank;
use crate::calls::Call;
use crate::flaws::Flaw;

pub const BANKS: usize = 2;
pub const USERS: usize = 3;

/// Wallets: those of the users, of whoever else calls, and of the fee owner.
pub const OUTSIDER: usize = USERS;
pub const FEE_OWNER: usize = USERS + 1;
pub const WALLETS: usize = USERS + 2;

/// Every time of these worlds is a multiple of it: with interest of some per
/// cent a day a few hundred atoms earn whole atoms.
pub const DAY: u32 = 86_400;

/// When a search begins; whatever was before it is long ago.
pub const START: UnixTime = UnixTime(1_000 * DAY as i64);

/// Governance tokens before anything is issued.
pub const SUPPLY: GovAtoms = GovAtoms(1_000);

/// `n` debt atoms per governance atom.
pub const fn rate(n: u64) -> Rate {
    Rate((n as u128) << 64)
}

/// Settings of one bank.
#[derive(Clone, Copy, Debug)]
pub struct BankRules {
    pub mode: Mode,
    pub min_risk_age_secs: u32,
    pub draw_limit: Limit,
    pub bounty_share: Bps,
    pub bounty_limit: Limit,
    pub bounty_min_loss: Atoms,
    pub curve: RateCurve,
    pub fees: FeeSplit,
    pub min_offer: Atoms,
    pub prices: PricePolicy,
    pub socialise_delay_secs: u32,
    pub socialise_deadline_secs: u32,
    pub insurance_target: Bps,
    pub deposit_cap: Atoms,
    pub borrow: BorrowLimits,
    pub liquidation: liquidation::Terms,
    pub weights: Weights,
    pub delisted: bool,
    /// Dollars per atom, before and after [`Call::Crash`].
    pub price: [u64; 2],
}

/// Everything that stays as it is while a world is searched.
#[derive(Clone, Debug)]
pub struct Rules {
    pub banks: [BankRules; BANKS],
    pub limits: IssuanceLimits,
    pub schedule: Schedule,
    pub max_failed_auctions: u32,
    pub has_feed: bool,
    /// The issuance pause: since, until.
    pub issuance_pause: [UnixTime; 2],
    /// The pause of write-offs: until.
    pub write_off_pause: UnixTime,
    /// What may be called.
    pub menu: Vec<Call>,
    /// The accounts with these settings and nothing else in them, once a search
    /// has begun.
    pub blank: Option<Box<Blank>>,
    /// What is broken on purpose.
    pub flaw: Flaw,
}

/// One bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bank {
    pub ledger: Ledger,
    pub draws: Bucket,
    pub bounties: Bucket,
    pub auction: Auction,
    pub buy_back: BuyBack,
    pub failed_auctions: u32,
    pub wound_down: bool,
}

/// The obligation of one user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct User {
    pub deposits: [Shares; BANKS],
    pub debts: [DebtShares; BANKS],
    pub records: [Atoms; BANKS],
    pub withheld: [bool; BANKS],
    pub risk_raised_at: UnixTime,
}

/// What the token programs say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    pub liquidity: [u64; BANKS],
    pub insurance: [u64; BANKS],
    pub escrow: [u64; BANKS],
    /// What each wallet has more than at the start.
    pub wallets: [[i64; BANKS]; WALLETS],
    /// Governance tokens that buyers hold more than at the start.
    pub governance: i64,
    /// Supply of the governance mint.
    pub supply: u64,
}

/// Tokens that went into escrow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Issue {
    pub at: UnixTime,
    pub bank: usize,
    /// Supply before it.
    pub supply: u64,
    /// Issued and not burned unsold.
    pub kept: u64,
}

/// The last issues that are remembered.
pub const ISSUES: usize = 6;

/// A state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct World {
    pub now: UnixTime,
    pub banks: [Bank; BANKS],
    pub users: [User; USERS],
    pub issuance: Issuance,
    /// When the market last saw a usable governance price.
    pub priced_at: UnixTime,
    pub crashed: bool,
    pub tokens: Tokens,
    /// Records repaid so far, for RECORD.
    pub repaid: [u128; BANKS],
    /// Issues, the latest last, for BOUND.
    pub issues: [Issue; ISSUES],
}

impl BankRules {
    /// A bank that issues, without interest, bounty or limit on draws.
    pub const fn plain() -> Self {
        let window = Limit {
            capacity: 0,
            window_secs: 2 * DAY,
        };
        let borrow = BorrowLimits {
            borrow_cap: Atoms(10_000),
            max_utilisation: Bps(10_000),
            min_debt: Atoms(2),
        };
        Self {
            mode: Mode::Full,
            min_risk_age_secs: DAY,
            draw_limit: window,
            bounty_share: Bps(0),
            bounty_limit: window,
            bounty_min_loss: Atoms(0),
            curve: RateCurve {
                base: Bps(0),
                slope_below: Bps(0),
                slope_above: Bps(0),
                kink: Bps(8_000),
            },
            fees: FeeSplit {
                protocol: Bps(0),
                insurance: Bps(0),
            },
            min_offer: Atoms(2),
            prices: PricePolicy {
                max_discount: Bps(5_000),
                premium: Bps(5_000),
                fixed_floor: rate(1),
                fixed_start: rate(3),
            },
            socialise_delay_secs: 2 * DAY,
            socialise_deadline_secs: 5 * DAY,
            insurance_target: Bps(0),
            deposit_cap: Atoms(1_000),
            borrow,
            liquidation: liquidation::Terms {
                min_bonus: Bps(500),
                max_bonus: Bps(1_000),
                bonus_ramp: Bps(2_000),
                insurance_share: Bps(2_000),
                target_health: Bps(11_000),
                min_debt: Atoms(2),
                full_close_debt: Atoms(10),
            },
            weights: Weights {
                collateral_factor: Bps(7_000),
                liquidation_threshold: Bps(8_000),
                liability_weight: Bps(10_000),
            },
            delisted: false,
            price: [10, 10],
        }
    }
}

impl Rules {
    /// Two plain banks, a lifetime cap of 60 tokens, two auctions until the
    /// market gives up; an auction opens after a day and lasts two.
    pub fn plain(menu: Vec<Call>) -> Self {
        Self {
            banks: [BankRules::plain(); BANKS],
            limits: IssuanceLimits {
                per_window: Bps(500),
                window_secs: 3 * DAY,
                per_auction: Bps(300),
                lifetime_cap: GovAtoms(60),
            },
            schedule: Schedule {
                delay_secs: DAY,
                duration_secs: 2 * DAY,
            },
            max_failed_auctions: 2,
            has_feed: false,
            issuance_pause: [UnixTime(0); 2],
            write_off_pause: UnixTime(0),
            menu,
            blank: None,
            flaw: Flaw::None,
        }
    }

    /// The price of the governance token where there is a feed: 20 dollars an atom.
    pub fn token_quote() -> Quote {
        quote(20)
    }
}

/// `dollars` an atom, beyond doubt.
pub fn quote(dollars: u64) -> Quote {
    Quote {
        price: Price {
            spot: dollars,
            ema: dollars,
            conf: 0,
            exponent: 0,
        },
        decimals: 0,
    }
}

impl World {
    /// Two empty banks.
    pub fn new() -> Self {
        let bank = Bank {
            ledger: Ledger::new(START),
            draws: Bucket::default(),
            bounties: Bucket::default(),
            auction: Auction::default(),
            buy_back: BuyBack::default(),
            failed_auctions: 0,
            wound_down: false,
        };
        let tokens = Tokens {
            supply: SUPPLY.0,
            ..Tokens::default()
        };
        Self {
            now: START,
            banks: [bank; BANKS],
            users: [User::default(); USERS],
            issuance: Issuance {
                supply: SUPPLY,
                outstanding: GovAtoms(0),
                bucket: Bucket::default(),
            },
            priced_at: START,
            crashed: false,
            tokens,
            repaid: [0; BANKS],
            issues: [Issue::default(); ISSUES],
        }
    }

    /// With a deposit.
    pub fn lends(mut self, user: usize, bank: usize, atoms: u64) -> Self {
        let ledger = self.banks[bank].ledger;
        let plan = ledger
            .deposit(Atoms(atoms), Atoms(u64::MAX), false)
            .unwrap();
        let held = &mut self.users[user].deposits[bank];
        *held = held.add(plan.shares).unwrap();
        self.banks[bank].ledger = plan.ledger;
        self.tokens.liquidity[bank] += atoms;
        self
    }

    /// With a debt; without a deposit it is one that liquidators left behind.
    pub fn owes(mut self, user: usize, bank: usize, atoms: u64) -> Self {
        let limits = BankRules::plain().borrow;
        let held = self.users[user].debts[bank];
        let ledger = self.banks[bank].ledger;
        let plan = ledger.borrow(Atoms(atoms), held, limits, false).unwrap();
        self.users[user].debts[bank] = held.add(plan.shares).unwrap();
        self.banks[bank].ledger = plan.ledger;
        self.tokens.liquidity[bank] -= atoms;
        self
    }

    /// With atoms in an insurance vault.
    pub fn insured(mut self, bank: usize, atoms: u64) -> Self {
        let ledger = &mut self.banks[bank].ledger;
        *ledger = ledger.fund_insurance(Atoms(atoms)).unwrap();
        self.tokens.insurance[bank] += atoms;
        self
    }

    /// What a bank says of itself in a health check.
    pub fn asset(&self, rules: &Rules, bank: usize) -> Asset {
        let of = &rules.banks[bank];
        let quote = quote(of.price[usize::from(self.crashed)]);
        Asset {
            price: quote.price,
            decimals: quote.decimals,
            weights: of.weights,
        }
    }

    /// The books of a bank as of now.
    pub fn accrued(&self, rules: &Rules, bank: usize) -> backstop_engine::Result<Ledger> {
        let of = &rules.banks[bank];
        let ledger = &self.banks[bank].ledger;
        ledger.accrue(of.curve, of.fees, self.now)
    }

    pub fn has_debt(&self, user: usize) -> bool {
        self.users[user].debts.iter().any(|debt| !debt.is_zero())
    }

    pub fn has_record(&self, user: usize) -> bool {
        let mut records = self.users[user].records.iter();
        records.any(|record| !record.is_zero())
    }

    /// Whether every deposit is in a delisted bank.
    pub fn has_no_collateral(&self, rules: &Rules, user: usize) -> bool {
        let mut deposits = self.users[user].deposits.iter().zip(&rules.banks);
        deposits.all(|(shares, bank)| shares.is_zero() || bank.delisted)
    }
}
