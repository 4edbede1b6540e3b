//! Buy-backs.

use backstop_engine::{
    buy_back::BuyBack,
    units::{Atoms, Bps, GovAtoms, Rate, UnixTime},
};
use serde_json::{json, Value};

use crate::{
    draw::{Draw, NOW},
    sales::{auction, prices},
    show::{self, case, text},
    Vectors,
};

const WHEN: UnixTime = UnixTime(NOW);

pub fn all() -> Vec<Vectors> {
    vec![
        Vectors::draw("buy-back-start", 150, start),
        Vectors::draw("buy-back-sale", 250, sale),
    ]
}

fn buy_back(draw: &mut Draw) -> BuyBack {
    let auction = auction(draw);
    BuyBack {
        budget: if auction.holds_tokens() {
            draw.atoms(50)
        } else {
            Atoms(0)
        },
        low: auction.floor,
        high: auction.start,
        opens_at: auction.opens_at,
        ends_at: auction.ends_at,
    }
}

fn start(draw: &mut Draw) -> Value {
    let mut ledger = draw.ledger(60);
    if draw.once_in(2) {
        ledger.deficit = Atoms(0);
        ledger.insurance = Atoms(ledger.borrowed.0.saturating_add(draw.u64(56)));
    }
    let running = if draw.once_in(5) {
        buy_back(draw)
    } else {
        BuyBack::default()
    };
    let target = draw.bps(2_000);
    let prices = prices(draw);
    let duration = draw.within(1, 600_000);
    let input = json!({
        "ledger": show::ledger(&ledger),
        "running": show::buy_back(&running),
        "targetBps": target.0,
        "range": show::range(Some(&prices)),
        "durationSecs": duration,
        "now": text(NOW),
    });
    let started = ledger.start_buy_back(&running, target, prices, duration, WHEN);
    case(input, started.map(|started| show::buy_back(&started)))
}

fn sale(draw: &mut Draw) -> Value {
    let buy_back = buy_back(draw);
    let mut ledger = draw.ledger(60);
    if !draw.once_in(6) {
        ledger.deficit = Atoms(0);
        ledger.insurance = Atoms(ledger.borrowed.0.saturating_add(draw.u64(56)));
    }
    let target = Bps(draw.within(0, 500));
    let highest = if draw.once_in(3) {
        Rate(draw.bits(76))
    } else {
        buy_back.high
    };
    let amount = draw.u64(60);
    let min_proceeds = if draw.once_in(6) {
        draw.atoms(50)
    } else {
        Atoms(0)
    };
    let input = json!({
        "buyBack": show::buy_back(&buy_back),
        "ledger": show::ledger(&ledger),
        "amount": text(amount),
        "minProceeds": text(min_proceeds.0),
        "targetBps": target.0,
        "highest": text(highest.0),
        "now": text(NOW),
    });
    let plan = buy_back.sell(
        ledger,
        GovAtoms(amount),
        min_proceeds,
        target,
        highest,
        WHEN,
    );
    let result = plan.map(|plan| {
        json!({
            "ledger": show::changes(&ledger, &plan.ledger),
            "buyBack": show::buy_back(&plan.buy_back),
            "sold": text(plan.sold.0),
            "paid": text(plan.paid.0),
            "rate": text(plan.rate.0),
        })
    });
    case(input, result)
}
