//! Engine values as JSON, with the names of the interface description. Numbers
//! that may not fit a double are text.

use backstop_engine::{
    auction::{Auction, Issuance, IssuanceLimits, Opening, PriceRange},
    bucket::{Bucket, Limit},
    buy_back::BuyBack,
    health::Asset,
    ledger::Ledger,
    price::{OracleLimits, Price, Quote},
    EngineError,
};
use serde_json::{json, Map, Value};

/// A number as text.
pub fn text(number: impl ToString) -> Value {
    Value::String(number.to_string())
}

/// A case: what goes in, and what comes out of it.
pub fn case(input: Value, output: Result<Value, EngineError>) -> Value {
    match output {
        Ok(output) => json!({ "in": input, "out": output }),
        Err(error) => json!({ "in": input, "err": error.to_string() }),
    }
}

/// Every counter that is not zero.
pub fn ledger(ledger: &Ledger) -> Value {
    let totals = &ledger.totals;
    let fields: [(&str, i128); 13] = [
        ("lenderAssets", ledger.lender_assets.0.into()),
        ("cash", ledger.cash.0.into()),
        ("borrowed", ledger.borrowed.0.into()),
        ("deficit", ledger.deficit.0.into()),
        ("onAuction", ledger.on_auction.0.into()),
        ("protocolFees", ledger.protocol_fees.0.into()),
        ("insuranceFees", ledger.insurance_fees.0.into()),
        ("insurance", ledger.insurance.0.into()),
        ("accruedAt", ledger.accrued_at.0.into()),
        ("deficitSince", ledger.deficit_since.0.into()),
        (
            "depositShares",
            i128::try_from(ledger.deposit_shares.0).unwrap(),
        ),
        ("debtShares", i128::try_from(ledger.debt_shares.0).unwrap()),
        ("borrowIndex", i128::try_from(ledger.index).unwrap()),
    ];
    let history = [
        ("lost", totals.lost),
        ("coveredByFees", totals.by_fees),
        ("coveredByInsurance", totals.by_insurance),
        ("coveredByAuction", totals.by_auction),
        ("recovered", totals.recovered),
        ("borneByLeavers", totals.borne_by_leavers),
        ("socialised", totals.socialised),
    ];
    let fields = fields
        .into_iter()
        .map(|(name, value)| (name, value.to_string()));
    let history = history
        .into_iter()
        .map(|(name, value)| (name, value.to_string()));
    let named: Map<String, Value> = fields
        .chain(history)
        .filter(|(_, value)| value != "0")
        .map(|(name, value)| (name.to_owned(), Value::String(value)))
        .collect();
    Value::Object(named)
}

/// Every counter that has changed.
pub fn changes(before: &Ledger, after: &Ledger) -> Value {
    let (Value::Object(before), Value::Object(after)) = (ledger(before), ledger(after)) else {
        unreachable!("books are shown as objects");
    };
    let gone = before
        .keys()
        .filter(|name| !after.contains_key(*name))
        .map(|name| (name.clone(), text(0)));
    let new = after
        .iter()
        .filter(|(name, value)| before.get(*name) != Some(value))
        .map(|(name, value)| (name.clone(), value.clone()));
    Value::Object(gone.chain(new).collect())
}

/// A bucket.
pub fn bucket(bucket: &Bucket) -> Value {
    json!({ "level": text(bucket.level), "filledAt": text(bucket.filled_at.0) })
}

/// A limit.
pub fn limit(limit: &Limit) -> Value {
    json!({ "capacity": text(limit.capacity), "windowSecs": limit.window_secs })
}

/// A price.
pub fn price(price: &Price) -> Value {
    json!({
        "spot": text(price.spot),
        "ema": text(price.ema),
        "conf": text(price.conf),
        "exponent": price.exponent,
    })
}

/// A price and its decimals.
pub fn quote(quote: &Quote) -> Value {
    json!({ "price": price(&quote.price), "decimals": quote.decimals })
}

/// Limits on prices.
pub fn oracle_limits(limits: &OracleLimits) -> Value {
    json!({
        "maxAgeSecs": limits.max_age_secs,
        "maxConfBps": limits.max_conf.0,
        "maxDivergenceBps": limits.max_divergence.0,
    })
}

/// What a bank says of itself in a health check.
pub fn asset(asset: &Asset) -> Value {
    json!({
        "price": price(&asset.price),
        "decimals": asset.decimals,
        "weights": {
            "collateralFactorBps": asset.weights.collateral_factor.0,
            "liquidationThresholdBps": asset.weights.liquidation_threshold.0,
            "liabilityWeightBps": asset.weights.liability_weight.0,
        },
    })
}

/// An auction.
pub fn auction(auction: &Auction) -> Value {
    json!({
        "lot": text(auction.lot.0),
        "startRate": text(auction.start.0),
        "floorRate": text(auction.floor.0),
        "issuedAt": text(auction.issued_at.0),
        "opensAt": text(auction.opens_at.0),
        "endsAt": text(auction.ends_at.0),
    })
}

/// A buy-back.
pub fn buy_back(buy_back: &BuyBack) -> Value {
    json!({
        "budget": text(buy_back.budget.0),
        "lowRate": text(buy_back.low.0),
        "highRate": text(buy_back.high.0),
        "opensAt": text(buy_back.opens_at.0),
        "endsAt": text(buy_back.ends_at.0),
    })
}

/// A price range, or none.
pub fn range(range: Option<&PriceRange>) -> Value {
    range.map_or(
        Value::Null,
        |range| json!({ "start": text(range.start.0), "floor": text(range.floor.0) }),
    )
}

/// What a market has issued.
pub fn issuance(issuance: &Issuance) -> Value {
    json!({
        "supply": text(issuance.supply.0),
        "outstanding": text(issuance.outstanding.0),
        "issuanceBucket": bucket(&issuance.bucket),
    })
}

/// Limits on issuance.
pub fn issuance_limits(limits: &IssuanceLimits) -> Value {
    json!({
        "issuanceWindowBps": limits.per_window.0,
        "issuanceWindowSecs": limits.window_secs,
        "issuanceAuctionBps": limits.per_auction.0,
        "lifetimeIssuanceCap": text(limits.lifetime_cap.0),
    })
}

/// An auction that opens, or none.
pub fn opening(opening: Option<&Opening>) -> Value {
    opening.map_or(Value::Null, |opening| {
        json!({
            "lot": text(opening.lot.0),
            "offered": text(opening.offered.0),
            "auction": auction(&opening.auction),
            "issuance": issuance(&opening.issuance),
        })
    })
}
