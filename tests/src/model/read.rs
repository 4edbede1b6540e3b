//! The same facts read off a chain, for the start and for every comparison.

use {
    super::{
        books::Books,
        limit::Bucket,
        number::{exact, int, pow10, wide},
        price::Price,
        state::{Auction, Bank, BuyBack, Market, Pause, Position, User},
        Model,
    },
    crate::{
        state, tokens,
        world::{Actor, BankId, World},
    },
    backstop::state as chain,
    solana_pubkey::Pubkey,
};

impl From<&chain::LedgerState> for Books {
    fn from(l: &chain::LedgerState) -> Self {
        Self {
            cash: int(l.cash),
            borrowed: int(l.borrowed),
            deficit: int(l.deficit),
            on_auction: int(l.on_auction),
            protocol_fees: int(l.protocol_fees),
            insurance_fees: int(l.insurance_fees),
            insurance: int(l.insurance),
            lender_assets: int(l.lender_assets),
            shares: wide(&l.deposit_shares),
            debt_shares: wide(&l.debt_shares),
            index: wide(&l.borrow_index),
            accrued_at: l.accrued_at,
            deficit_since: l.deficit_since,
            lost: wide(&l.lost),
            by_fees: wide(&l.covered_by_fees),
            by_insurance: wide(&l.covered_by_insurance),
            by_auction: wide(&l.covered_by_auction),
            recovered: wide(&l.recovered),
            by_leavers: wide(&l.borne_by_leavers),
            socialised: wide(&l.socialised),
        }
    }
}

impl From<&chain::BucketState> for Bucket {
    fn from(bucket: &chain::BucketState) -> Self {
        Self {
            level: int(bucket.level),
            filled_at: bucket.filled_at,
        }
    }
}

fn price(stored: &chain::PriceState) -> Option<Price> {
    let unit = pow10(stored.exponent);
    (stored.spot > 0).then(|| Price {
        spot: exact(stored.spot) * &unit,
        ema: exact(stored.ema) * &unit,
        conf: exact(stored.conf) * &unit,
        raw: (stored.spot, stored.ema, stored.conf, stored.exponent),
        published_at: stored.published_at,
        slot: stored.slot,
    })
}

fn auction(stored: &chain::AuctionState) -> Option<Auction> {
    (stored.lot > 0).then(|| Auction {
        lot: int(stored.lot),
        start: wide(&stored.start_rate),
        floor: wide(&stored.floor_rate),
        issued_at: stored.issued_at,
        opens_at: stored.opens_at,
        ends_at: stored.ends_at,
    })
}

fn buy_back(stored: &chain::BuyBackState) -> Option<BuyBack> {
    (stored.budget > 0).then(|| BuyBack {
        budget: int(stored.budget),
        low: wide(&stored.low_rate),
        high: wide(&stored.high_rate),
        opens_at: stored.opens_at,
        ends_at: stored.ends_at,
    })
}

fn pause(stored: &chain::PauseState) -> Pause {
    Pause {
        since: stored.since,
        until: stored.until,
        next_allowed_at: stored.next_allowed_at,
    }
}

/// What the chain holds of the world's market, of `actors` and of the accounts
/// that fees are paid to, one a bank.
pub fn model(world: &mut World, actors: &[Actor], fees: &[Pubkey]) -> Model {
    let banks = fees
        .iter()
        .enumerate()
        .map(|(index, fees)| read_bank(world, index, fees))
        .collect();
    let users = actors.iter().map(|actor| read_user(world, actor)).collect();
    Model {
        now: world.chain.now(),
        slot: world.chain.slot(),
        market: read_market(world),
        banks,
        users,
    }
}

fn read_market(world: &mut World) -> Market {
    let m = world.market_state();
    let feed = world.feed(&world.market.oracle.expect("the world has a feed account"));
    let minted = tokens::supply(&mut *world.chain, &world.market.mint);
    assert_eq!(minted, m.supply, "the mint and the books disagree");
    Market {
        decimals: m.governance_decimals,
        config: m.config,
        pending: (m.pending_config_at != 0).then_some((m.pending_config, m.pending_config_at)),
        sequence: m.sequence,
        obligations: m.obligations,
        supply: int(m.supply),
        outstanding: int(m.outstanding),
        issued: int(m.issued),
        burned: int(m.burned),
        issues: (&m.issuance_bucket).into(),
        priced_at: m.governance_priced_at,
        published_at: m.governance_published_at,
        pauses: [&m.borrow_pause, &m.write_off_pause, &m.issuance_pause].map(pause),
        feed,
    }
}

fn read_bank(world: &mut World, index: usize, fees: &Pubkey) -> Bank {
    let keys = world.banks[index];
    let bank = world.bank(BankId(index));
    let feed = world.feed(&keys.oracle);
    let mut held = |vault| int(tokens::balance(&mut *world.chain, vault));
    Bank {
        decimals: bank.decimals,
        config: bank.config,
        pending: (bank.pending_config_at != 0)
            .then_some((bank.pending_config, bank.pending_config_at)),
        wound_down: bank.wound_down != 0,
        failed_auctions: bank.failed_auctions,
        live_at: bank.live_at,
        books: (&bank.ledger).into(),
        draws: (&bank.draw_bucket).into(),
        bounties: (&bank.bounty_bucket).into(),
        price: price(&bank.price),
        auction: auction(&bank.auction),
        buy_back: buy_back(&bank.buy_back),
        liquidity_vault: held(&keys.liquidity_vault),
        insurance_vault: held(&keys.insurance_vault),
        escrow: held(&keys.governance_escrow),
        feed,
        fee_wallet: held(fees),
    }
}

fn read_user(world: &mut World, actor: &Actor) -> User {
    let state = state::obligation(&mut *world.chain, &actor.obligation);
    let banks: Vec<_> = world.banks.iter().map(|keys| keys.bank).collect();
    let position = |p: &chain::Position| Position {
        bank: banks
            .iter()
            .position(|bank| *bank == p.bank)
            .expect("a position is in one of the banks"),
        deposit: wide(&p.deposit_shares),
        debt: wide(&p.debt_shares),
        record: int(p.written_off),
        withheld: p.withheld != 0,
    };
    let positions = state.positions().iter().map(position).collect();
    let wallet = (0..banks.len())
        .map(|index| int(world.balance(actor, BankId(index))))
        .collect();
    User {
        wallet,
        governance: int(world.governance_balance(actor)),
        risk_raised_at: state.risk_raised_at,
        positions,
    }
}
