//! Markets in all kinds of trouble.

use backstop::state::{
    AuctionState, Bank, BankConfig, Market, Obligation, PriceState, PriceUpdate,
};
use backstop_client::{
    addresses::{BankKeys, MarketKeys},
    engine::{
        auction::Auction,
        price::Observation,
        units::{Atoms, GovAtoms, UnixTime},
    },
    BankView, MarketView,
};
use backstop_tests::settings;
use bytemuck::Zeroable;
use solana_pubkey::Pubkey;

use crate::{
    draw::{Draw, NOW},
    sales,
};

/// The slot of every view.
pub const SLOT: u64 = 1_000;
const DECIMALS: [u8; 2] = [6, 9];

fn key(number: u8) -> Pubkey {
    Pubkey::new_from_array([number; 32])
}

/// An update that is usable most of the time.
fn update(draw: &mut Draw, feed_id: [u8; 32], dollars: u32) -> PriceUpdate {
    let price = i64::from(draw.within(dollars / 2, dollars * 2)) * 1_000_000;
    let apart = i64::from(draw.within(90, 110));
    PriceUpdate {
        feed_id,
        observation: Observation {
            price,
            conf: price.unsigned_abs() / u64::from(draw.within(60, 2_000)),
            ema: price * apart / 100,
            exponent: -8,
            published: UnixTime(NOW - i64::from(draw.within(0, 63))),
        },
    }
}

/// A market with two banks, and three debtors.
pub fn market(draw: &mut Draw) -> (MarketView, Vec<Obligation>) {
    let mut state = Market::zeroed();
    state.version = 1;
    state.governance_decimals = 6;
    state.governance_mint = key(1);
    state.governance_token_program = anchor_spl::token::ID;
    state.supply = 10_000_000_000_000;
    state.governance_priced_at = NOW - i64::from(draw.within(0, 400_000));
    state.governance_published_at = NOW - 1_000;
    state.config = settings::market(key(8), key(9), [3; 32], state.supply);
    if draw.once_in(6) {
        state.config.oracle_program = Pubkey::default();
    }
    if draw.once_in(10) {
        state.write_off_pause.until = NOW + 1;
    }
    if draw.once_in(8) {
        state.issuance_pause.since = NOW - i64::from(draw.within(1, 500_000));
        state.issuance_pause.until = NOW + 1;
    }
    let feed = state.config.has_feed();
    let keys = MarketKeys::new(key(1), state.governance_token_program, feed.then(|| key(2)));
    let mut banks: Vec<BankView> = (0..2).map(|at| bank(draw, keys, at)).collect();
    banks.sort_by_key(|view| view.keys.bank);
    let lots: u64 = banks.iter().map(|view| view.bank.auction.lot).sum();
    state.outstanding = lots + draw.part64(1_000_000_000_000);
    state.issued = state.outstanding;
    let governance_price = (feed && !draw.once_in(6)).then(|| update(draw, [3; 32], 200));
    let obligations = (0..3)
        .map(|_| obligation(draw, keys.market, &banks))
        .collect();
    let view = MarketView {
        keys,
        market: state,
        banks,
        governance_price,
        slot: SLOT,
        now: NOW,
    };
    (view, obligations)
}

fn bank(draw: &mut Draw, market: MarketKeys, at: u8) -> BankView {
    let keys = BankKeys::new(market, key(10 + at), anchor_spl::token::ID, key(20 + at));
    let decimals = DECIMALS[usize::from(at)];
    let feed_id = [30 + at; 32];
    let mut config = BankConfig {
        write_off_mode: u8::try_from(draw.within(0, 4)).unwrap().min(2),
        delisted: u8::from(draw.once_in(12)),
        draw_limit: if draw.once_in(3) { draw.u64(40) } else { 0 },
        ..settings::bank(feed_id, decimals)
    };
    if draw.once_in(4) {
        config.fixed_floor_rate = draw.bits(66).into();
        config.fixed_start_rate = (config.fixed_floor_rate.get() * 2).into();
    }
    let mut ledger = draw.ledger(46);
    ledger.totals.lost = u128::from(ledger.deficit.0);
    ledger.accrued_at = UnixTime(NOW - i64::from(draw.within(0, 100_000)));
    let mut state = Bank::zeroed();
    state.version = 1;
    state.decimals = decimals;
    state.failed_auctions = draw.within(0, 3);
    state.market = market.market;
    state.mint = keys.mint;
    state.token_program = keys.token_program;
    state.liquidity_vault = keys.liquidity_vault;
    state.insurance_vault = keys.insurance_vault;
    state.governance_escrow = keys.governance_escrow;
    if ledger.on_auction.0 > 0 || draw.once_in(8) {
        let drawn = sales::auction(draw);
        let lot = GovAtoms(drawn.lot.0.clamp(1, 1_000_000_000_000));
        state.auction = AuctionState::from(Auction { lot, ..drawn });
        // What is in escrow was issued before now.
        state.auction.issued_at = state.auction.issued_at.min(NOW - 1);
    }
    ledger.on_auction = if state.auction.lot == 0 {
        Atoms(0)
    } else {
        ledger.on_auction
    };
    state.ledger = (&ledger).into();
    state.draw_bucket = draw.bucket(config.draw_limit).into();
    state.draw_bucket.filled_at = state.draw_bucket.filled_at.min(NOW);
    state.price = PriceState {
        published_at: NOW - 1_000,
        ..PriceState::default()
    };
    state.config = config;
    let price = (!draw.once_in(10)).then(|| update(draw, feed_id, 100 * (1 + u32::from(at))));
    BankView {
        keys,
        bank: state,
        price,
    }
}

/// Deposits in one bank or none, debt in the other or none.
fn obligation(draw: &mut Draw, market: Pubkey, banks: &[BankView]) -> Obligation {
    let mut state = Obligation::zeroed();
    state.version = 1;
    state.market = market;
    state.owner = key(40);
    state.risk_raised_at = NOW - i64::from(draw.within(30, 600));
    let (collateral, debt) = if draw.once_in(2) { (0, 1) } else { (1, 0) };
    let ledger = |at: usize| banks[at].bank.ledger.get();
    let deposit = draw.part(ledger(collateral).deposit_shares.0 / 4);
    let owed = draw.part(ledger(debt).debt_shares.0 / 4);
    let mut add = |bank: usize, deposit: u128, owed: u128| {
        let position = state.position_or_new(&banks[bank].keys.bank).unwrap();
        position.deposit_shares = deposit.into();
        position.debt_shares = owed.into();
    };
    if deposit > 0 && !draw.once_in(3) {
        add(collateral, deposit, 0);
    }
    if owed > 0 {
        add(debt, 0, owed);
    }
    state
}
