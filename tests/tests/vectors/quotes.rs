//! Whole markets, and what the client crate quotes for them: the accounts'
//! bytes go in, so that decoding is part of what is compared.

use anchor_lang::Discriminator;
use backstop::state::{
    AuctionState, Bank, BankConfig, Market, Obligation, PriceState, PriceUpdate,
};
use backstop_client::{
    addresses::{BankKeys, MarketKeys},
    engine::{
        auction::Auction,
        health::{Check, Sums},
        price::Observation,
        units::{Atoms, GovAtoms, UnixTime},
    },
    quote, BankView, ClientError, MarketView,
};
use backstop_tests::settings;
use base64::{prelude::BASE64_STANDARD, Engine};
use bytemuck::Zeroable;
use serde_json::{json, Value};
use solana_pubkey::Pubkey;

use crate::{
    draw::{Draw, NOW},
    sales,
    show::{self, text},
    Vectors,
};

const SLOT: u64 = 1_000;
const DECIMALS: [u8; 2] = [6, 9];

pub fn all() -> Vectors {
    Vectors::draw("quotes", 48, case)
}

fn key(number: u8) -> Pubkey {
    Pubkey::new_from_array([number; 32])
}

fn base64<T: Discriminator + bytemuck::Pod>(account: &T) -> Value {
    let bytes = [T::DISCRIMINATOR, bytemuck::bytes_of(account)].concat();
    Value::String(BASE64_STANDARD.encode(bytes))
}

fn case(draw: &mut Draw) -> Value {
    let (view, obligations) = market(draw);
    let input = json!({
        "market": base64(&view.market),
        "banks": view.banks.iter().map(|bank| json!({
            "address": text(bank.keys.bank),
            "data": base64(&bank.bank),
            "price": bank.price.as_ref().map(observation),
        })).collect::<Vec<_>>(),
        "obligations": obligations.iter().map(base64).collect::<Vec<_>>(),
        "governancePrice": view.governance_price.as_ref().map(observation),
        "slot": text(SLOT),
        "now": text(NOW),
    });
    json!({ "in": input, "out": quotes(&view.refreshed(), &obligations) })
}

fn observation(update: &PriceUpdate) -> Value {
    let seen = update.observation;
    json!({
        "price": text(seen.price),
        "conf": text(seen.conf),
        "ema": text(seen.ema),
        "exponent": seen.exponent,
        "published": text(seen.published.0),
    })
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

/// A market with two banks that are in all kinds of trouble, and three debtors.
fn market(draw: &mut Draw) -> (MarketView, Vec<Obligation>) {
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

/// A quote, or the name of what the program would refuse it with.
fn named<T>(quote: Result<T, ClientError>, show: impl Fn(&T) -> Value) -> Value {
    match quote {
        Ok(quote) => show(&quote),
        Err(error) => json!({ "refused": error.refusal().map(|refusal| refusal.name) }),
    }
}

fn sums(sums: &Sums) -> Value {
    json!({
        "collateral": text(sums.collateral.0),
        "debt": text(sums.debt.0),
        "weightedCollateral": text(sums.weighted_collateral),
        "weightedDebt": text(sums.weighted_debt),
    })
}

fn quotes(view: &MarketView, obligations: &[Obligation]) -> Value {
    let people: Vec<Value> = obligations
        .iter()
        .map(|one| of_obligation(view, one))
        .collect();
    let banks: Vec<Value> = view.banks.iter().map(|bank| of_bank(view, bank)).collect();
    json!({ "obligations": people, "banks": banks, "solvency": solvency(view, obligations) })
}

fn of_obligation(view: &MarketView, obligation: &Obligation) -> Value {
    let check = |check| named(quote::health(view, obligation, check), sums);
    let pairs = [(0, 1), (1, 0)];
    let liquidations = pairs.map(|(debt, collateral)| {
        let (debt, collateral) = (view.banks[debt].keys.bank, view.banks[collateral].keys.bank);
        let quoted = quote::liquidation(view, obligation, &debt, &collateral, Atoms(u64::MAX));
        named(quoted, |quoted| {
            json!({
                "repay": text(quoted.plan.repay.0),
                "toLiquidator": text(quoted.plan.to_liquidator.0),
                "toInsurance": text(quoted.plan.to_insurance.0),
                "seizedAtoms": text(quoted.seized_atoms.0),
                "positionsLeft": quoted.after.position_count,
            })
        })
    });
    let write_offs = [0, 1].map(|at| {
        let bank = view.banks[at].keys.bank;
        named(quote::write_off(view, &bank, obligation, true), |quoted| {
            json!({
                "loss": text(quoted.plan.loss.0),
                "bounty": text(quoted.plan.bounty.0),
                "leftOpen": text(quoted.left_open.0),
                "burned": text(quoted.burned.0),
                "tiers": tiers(&quoted.plan.cover),
                "after": after(&quoted.after, at),
            })
        })
    });
    json!({
        "initial": check(Check::Initial),
        "maintenance": check(Check::Maintenance),
        "insolvency": check(Check::Insolvency),
        "liquidations": liquidations,
        "writeOffs": write_offs,
    })
}

fn tiers(cover: &backstop_client::engine::waterfall::CoverPlan) -> Value {
    json!({
        "protocolFeesUsed": text(cover.protocol_fees_used.0),
        "insuranceFeesUsed": text(cover.insurance_fees_used.0),
        "insuranceDrawn": text(cover.insurance_drawn.0),
        "lot": cover.opening.map(|opening| text(opening.lot.0)),
    })
}

/// What the next quote would see.
fn after(view: &MarketView, at: usize) -> Value {
    json!({
        "ledger": show::ledger(&view.banks[at].bank.ledger.get()),
        "auction": show::auction(&view.banks[at].bank.auction.get()),
        "issuance": show::issuance(&view.market.issuance()),
        "burned": text(view.market.burned),
    })
}

fn of_bank(view: &MarketView, bank: &BankView) -> Value {
    let key = bank.keys.bank;
    let at = view
        .banks
        .iter()
        .position(|one| one.keys.bank == key)
        .unwrap();
    let auction = |time: i64| {
        named(quote::auction(view, &key, time), |quoted| {
            quoted.map_or(Value::Null, |quoted| {
                json!({
                    "phase": format!("{:?}", quoted.state).to_lowercase(),
                    "rate": quoted.rate.map(|rate| text(rate.0)),
                    "needed": quoted.needed.map(|needed| text(needed.0)),
                })
            })
        })
    };
    json!({
        "auction": auction(NOW),
        "auctionLater": auction(NOW + 3_600),
        "buy": named(quote::buy(view, &key, GovAtoms(1_000_000), Atoms(u64::MAX)), |plan| {
            json!({ "bought": text(plan.bought.0), "paid": text(plan.paid.0) })
        }),
        "buyBack": named(quote::buy_back(view, &key), show::buy_back),
        "cover": named(quote::cover(view, &key), |quoted| {
            json!({
                "does": quoted.does_something(),
                "tiers": tiers(&quoted.plan),
                "after": after(&quoted.after, at),
            })
        }),
        "closeAuction": named(quote::close_auction(view, &key), |plan| {
            json!({ "burn": text(plan.burn.0), "unsold": text(plan.unsold.0) })
        }),
        "socialise": named(quote::socialise(view, &key), |plan| {
            json!({ "socialised": text(plan.socialised.0), "windsDown": plan.winds_down })
        }),
        "collectable": named(quote::collectable(view, &key), |(protocol, insurance)| {
            json!([text(protocol.0), text(insurance.0)])
        }),
    })
}

fn solvency(view: &MarketView, obligations: &[Obligation]) -> Value {
    named(quote::solvency(view, obligations), |report| {
        let banks: Vec<Value> = report
            .banks
            .iter()
            .map(|bank| {
                let layers = &bank.layers;
                json!({
                    "layers": {
                        "loss": text(layers.loss.0),
                        "protocolFees": text(layers.protocol_fees.0),
                        "insuranceFees": text(layers.insurance_fees.0),
                        "insurance": text(layers.insurance.0),
                        "bounties": text(layers.bounties.0),
                        "onAuction": text(layers.on_auction.0),
                        "issued": text(layers.issued.0),
                        "leftOpen": text(layers.left_open.0),
                    },
                    "worstHaircutPpm": text(bank.worst_haircut_ppm),
                    "blocked": text(bank.blocked.0),
                })
            })
            .collect();
        json!({
            "banks": banks,
            "insolvent": report.insolvent,
            "unhealthy": report.unhealthy,
            "unpriced": report.unpriced,
        })
    })
}
