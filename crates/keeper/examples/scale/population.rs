//! A market and borrowers such as there are: a few large assets, a long tail,
//! mostly one collateral and one debt, and many who borrow as much as they may.
//! The same seed makes the same people.

use backstop_client::addresses::{BankKeys, MarketKeys};
use backstop_client::program::constants::VERSION;
use backstop_client::program::state::{Bank, BankConfig, Market, Obligation, PriceState};
use backstop_client::quote;
use backstop_client::{BankView, MarketView};
use backstop_engine::health::Check;
use backstop_engine::ledger::{DEBT_BITS, INDEX_ONE, VIRTUAL_SHARES};
use backstop_engine::math;
use backstop_engine::units::{Atoms, Value, BPS};
use bytemuck::Zeroable;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use solana_pubkey::Pubkey;

/// (unix secs) When the market is read.
pub const NOW: i64 = 1_800_000_000;

/// The slot of every usable price.
pub const SLOT: u64 = 400_000_000;

/// The bank whose asset most people pledge.
pub const VOLATILE: usize = 1;

/// One dollar.
pub const DOLLAR: u128 = 1_000_000_000_000;

/// (atoms) As deep as any bank is: what is not worth much has many atoms.
const MOST_ATOMS: u64 = 100_000_000_000_000_000;

/// Price exponent of every feed.
const EXPONENT: i32 = -8;

/// Decimals, dollars in cents, and how often the asset is chosen, of the assets
/// that matter; the tail gets what is left.
const ASSETS: [(u8, u64, u32); 5] = [
    (6, 100, 24),
    (9, 15_000, 38),
    (8, 300_000, 12),
    (8, 9_500_000, 8),
    (6, 100, 8),
];

/// Draws people.
pub struct Population {
    rng: StdRng,
    drawn: u64,
    /// The market that they are in, with a price in every bank.
    pub view: MarketView,
}

/// A bank with books that balance: half of a thousand million tokens is lent,
/// at an index of 1.05, and a share is worth 1.02 of what it cost.
pub fn bank(market: MarketKeys, number: u64, decimals: u8, cents: u64) -> BankView {
    let mut bank = Bank::zeroed();
    bank.version = VERSION;
    bank.decimals = decimals;
    bank.market = market.market;
    bank.mint = address(1, number);
    bank.config = BankConfig {
        deposit_cap: u64::MAX,
        borrow_cap: u64::MAX,
        min_debt: 1,
        full_close_debt: 1_000,
        protocol_fee_bps: 0,
        insurance_fee_bps: 0,
        min_auction_deficit: 0,
        bounty_cap: 0,
        bounty_min_loss: 0,
        bounty_bps: 0,
        min_risk_age_secs: 0,
        insurance_target_bps: 0,
        socialise_delay_secs: 0,
        socialise_deadline_secs: 0,
        ..BankConfig::recommended(decimals)
    };
    let tokens = MOST_ATOMS.min(1_000_000_000u64.saturating_mul(10u64.pow(u32::from(decimals))));
    let ledger = &mut bank.ledger;
    let index = INDEX_ONE + INDEX_ONE / 20;
    let debt_shares = (u128::from(tokens / 2) << 32) / 105 * 100;
    ledger.borrow_index = index.into();
    ledger.debt_shares = debt_shares.into();
    let borrowed = math::mul_shr_down(debt_shares, index, DEBT_BITS).unwrap_or_default();
    ledger.borrowed = u64::try_from(borrowed).unwrap_or_default();
    ledger.cash = tokens / 2;
    ledger.lender_assets = ledger.cash + ledger.borrowed;
    ledger.deposit_shares = (u128::from(tokens) * VIRTUAL_SHARES / 102 * 100).into();
    ledger.accrued_at = NOW;
    bank.price = PriceState {
        slot: SLOT,
        published_at: NOW,
        exponent: EXPONENT,
        ..PriceState::default()
    };
    set_price(&mut bank, u128::from(cents) * 1_000_000);
    BankView {
        keys: BankKeys {
            market,
            bank: address(6, number),
            mint: bank.mint,
            token_program: Pubkey::default(),
            liquidity_vault: address(2, number),
            insurance_vault: address(3, number),
            governance_escrow: address(4, number),
            oracle: address(5, number),
        },
        bank,
        price: None,
    }
}

/// Stores a price in `10^-8` dollars, within what a feed can say.
pub fn set_price(bank: &mut Bank, price: u128) {
    let price = u64::try_from(price.clamp(1, 1 << 60)).unwrap_or(1);
    bank.price.spot = price;
    bank.price.ema = price;
}

/// A market with those banks; bank 0 is worth one dollar.
pub fn market(banks: Vec<(u8, u64)>) -> MarketView {
    let keys = MarketKeys {
        market: address(9, 0),
        mint: address(9, 1),
        token_program: Pubkey::default(),
        oracle: None,
    };
    let mut state = Market::zeroed();
    state.version = VERSION;
    let banks = banks.into_iter().zip(0..);
    MarketView {
        keys,
        market: state,
        banks: banks
            .map(|((decimals, cents), number)| bank(keys, number, decimals, cents))
            .collect(),
        governance_price: None,
        slot: SLOT,
        now: NOW,
    }
}

/// Addresses in the order of their numbers.
pub fn address(kind: u8, number: u64) -> Pubkey {
    let mut bytes = [kind; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Pubkey::new_from_array(bytes)
}

impl Population {
    /// A market of `banks` banks, and people who are yet to be drawn.
    pub fn new(seed: u64, banks: usize) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let tail = (ASSETS.len()..banks).map(|_| {
            let decimals = [5u8, 6, 6, 8, 9, 9][rng.random_range(0..6)];
            (
                decimals,
                10u64.pow(rng.random_range(0..5)) * rng.random_range(1..10),
            )
        });
        let assets = ASSETS
            .iter()
            .map(|(decimals, cents, _)| (*decimals, *cents));
        let view = market(assets.take(banks).chain(tail).collect());
        Self {
            rng,
            drawn: 0,
            view,
        }
    }

    fn pick(&mut self) -> usize {
        let mut ticket = self.rng.random_range(0..100u32);
        for (index, (_, _, weight)) in ASSETS.iter().enumerate().take(self.view.banks.len()) {
            if ticket < *weight {
                return index;
            }
            ticket -= weight;
        }
        self.rng.random_range(0..self.view.banks.len())
    }

    /// The next person. Four of five have one collateral and one debt; of the
    /// rest, most have three or four positions and a few have up to eight. One
    /// of three keeps less than a tenth above the threshold, one of two hundred
    /// is below it.
    pub fn draw(&mut self) -> (Pubkey, Obligation) {
        let count = match self.rng.random_range(0..100u32) {
            0..80 => 2,
            80..95 => self.rng.random_range(3..5),
            _ => self.rng.random_range(5..9),
        };
        let mut chosen: Vec<usize> = Vec::with_capacity(count);
        while chosen.len() < count.min(self.view.banks.len()) {
            let bank = self.pick();
            if !chosen.contains(&bank) {
                chosen.push(bank);
            }
        }
        let health = match self.rng.random_range(0..1_000u32) {
            0..5 => self.rng.random_range(8_000..10_000),
            5..330 => self.rng.random_range(10_000..11_000),
            330..700 => self.rng.random_range(11_000..15_000),
            _ => self.rng.random_range(15_000..60_000),
        };
        let debts = (count / 3).max(1);
        let dollars = 10u64.pow(self.rng.random_range(1..6)) * self.rng.random_range(1..10);
        let value = Value(u128::from(dollars) * DOLLAR);
        let obligation = person(&self.view, &chosen, debts, value, health);
        self.drawn += 1;
        (address(7, self.drawn), obligation)
    }
}

/// Collateral worth `value` in each bank but the last `debts`, and debt in those
/// so that the obligation's health is `health` in hundredths of a per cent.
pub fn person(
    view: &MarketView,
    banks: &[usize],
    debts: usize,
    value: Value,
    health: u32,
) -> Obligation {
    let mut obligation = Obligation::zeroed();
    obligation.version = VERSION;
    obligation.market = view.keys.market;
    obligation.position_count = u32::try_from(banks.len()).unwrap_or_default();
    let deposits = banks.len() - debts;
    for (position, bank) in obligation.positions.iter_mut().zip(&banks[..deposits]) {
        let bank = &view.banks[*bank];
        position.bank = bank.keys.bank;
        let atoms = atoms_worth(bank, value);
        let shares = bank.bank.ledger.get().shares_for_net_down(atoms);
        position.deposit_shares = shares.unwrap_or_default().0.into();
    }
    let count = obligation.position_count;
    obligation.position_count = u32::try_from(deposits).unwrap_or_default();
    let weighted = quote::health(view, &obligation, Check::Maintenance)
        .map_or(0, |sums| sums.weighted_collateral);
    obligation.position_count = count;
    // Weighted sums carry a factor of 10⁴, and so does the health.
    let debt = weighted / u128::from(health) / u128::try_from(debts.max(1)).unwrap_or(1);
    for (position, bank) in obligation.positions[deposits..]
        .iter_mut()
        .zip(&banks[deposits..])
    {
        let bank = &view.banks[*bank];
        position.bank = bank.keys.bank;
        let weight = u128::from(bank.bank.config.liability_weight_bps.max(1));
        let atoms = atoms_worth(bank, Value(debt * u128::from(BPS) / weight));
        let index = bank.bank.ledger.borrow_index.get() >> 32;
        position.debt_shares = ((u128::from(atoms.0) << 64) / index).max(1).into();
    }
    obligation
}

fn atoms_worth(bank: &BankView, value: Value) -> Atoms {
    let asset = bank.bank.asset();
    let atoms = asset.price.atoms_down(value, asset.decimals);
    Atoms(atoms.unwrap_or_default().0.clamp(1, MOST_ATOMS))
}
