//! Whole markets, and what the client crate quotes for them: the accounts'
//! bytes go in, so that decoding is part of what is compared.

use anchor_lang::Discriminator;
use backstop::state::{Obligation, PriceUpdate};
use backstop_client::{
    engine::{
        health::{Check, Sums},
        units::{Atoms, GovAtoms},
    },
    quote, BankView, ClientError, MarketView,
};
use base64::{prelude::BASE64_STANDARD, Engine};
use serde_json::{json, Value};

use crate::{
    draw::{Draw, NOW},
    markets::{market, SLOT},
    show::{self, text},
    Vectors,
};

pub fn all() -> Vectors {
    Vectors::draw("quotes", 48, case)
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
                "loss": text(quoted.done.loss.0),
                "bounty": text(quoted.done.bounty.0),
                "leftOpen": text(quoted.left_open.0),
                "burned": text(quoted.done.cover.burned.0),
                "tiers": tiers(&quoted.done.cover),
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

fn tiers(cover: &backstop_client::engine::step::Covered) -> Value {
    json!({
        "protocolFeesUsed": text(cover.protocol_fees_used.0),
        "insuranceFeesUsed": text(cover.insurance_fees_used.0),
        "insuranceDrawn": text(cover.insurance_drawn.0),
        "lot": (!cover.issued.is_zero()).then(|| text(cover.issued.0)),
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
                "tiers": tiers(&quoted.done),
                "after": after(&quoted.after, at),
            })
        }),
        "closeAuction": named(quote::close_auction(view, &key), |plan| {
            json!({ "burn": text(plan.burned.0), "unsold": text(plan.unsold.0) })
        }),
        "socialise": named(quote::socialise(view, &key), |plan| {
            json!({ "socialised": text(plan.socialised.0), "windsDown": plan.wound_down })
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
