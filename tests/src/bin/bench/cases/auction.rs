//! Governance tokens: sold in an auction, bought back later.

use {
    super::{
        crisis::{Crisis, Setting},
        USDC,
    },
    crate::bench::Bench,
    backstop_tests::{
        ix,
        settings::{DAY, HOUR},
        tokens,
        world::GOVERNANCE_DECIMALS,
    },
    solana_signer::Signer,
};

/// Measures auctions and buy-backs.
pub fn measure(bench: &mut Bench) {
    buy(bench);
    close(bench);
    buy_back(bench);
}

/// (governance atoms) One token.
const TOKEN: u64 = 10u64.pow(GOVERNANCE_DECIMALS as u32);

fn buy(bench: &mut Bench) {
    let mut crisis = Crisis::written_off(Setting::insured(0));
    let (world, usdc, buyer) = (&mut crisis.world, crisis.usdc, &crisis.lender);
    let keys = world.keys(usdc);
    let (pay, get) = (world.wallet(buyer, usdc), world.governance_wallet(buyer));
    world.advance(u64::from(4 * HOUR));
    for (shape, amount, lives) in [
        ("part of the lot", 100 * TOKEN, true),
        ("the rest, and burn", u64::MAX, false),
    ] {
        let buy = ix::buy_governance(&keys, buyer.key(), pay, get, amount, u64::MAX);
        bench.measure(world, "buy_governance", shape, &[buy], &[&buyer.wallet]);
        assert_eq!(world.bank(usdc).auction.lot > 0, lives, "{shape}");
    }
}

fn close(bench: &mut Bench) {
    let mut crisis = Crisis::written_off(Setting::insured(0));
    let keys = crisis.world.keys(crisis.usdc);
    crisis.world.advance(u64::from(DAY));
    let close = ix::close_auction(&keys);
    bench.measure(
        &mut crisis.world,
        "close_auction",
        "nothing was sold",
        &[close],
        &[],
    );
}

fn buy_back(bench: &mut Bench) {
    let mut crisis = Crisis::new(Setting::insured(10_000));
    let refresh = crisis.refresh();
    let (world, usdc) = (&mut crisis.world, crisis.usdc);
    let keys = world.keys(usdc);
    let start = ix::start_buy_back(&keys);
    bench.measure(
        world,
        "start_buy_back",
        "with a feed",
        &[refresh, start],
        &[],
    );

    world.advance(u64::from(HOUR));
    let treasury = world.treasury.insecure_clone();
    let (asset, governance) = (world.mints[usdc.0], world.governance);
    let seller = treasury.pubkey();
    let paid_to = tokens::create_associated_token_account(&mut *world.chain, &asset, &seller);
    let from = tokens::associated_token_account(&governance, &seller);
    let sell = ix::sell_governance(&keys, seller, from, paid_to, 100 * TOKEN, USDC);
    bench.measure(
        world,
        "sell_governance",
        "part of the budget",
        &[ix::refresh_banks(&[keys]), sell],
        &[&treasury],
    );

    world.advance(u64::from(DAY));
    let close = ix::close_buy_back(&keys);
    bench.measure(world, "close_buy_back", "budget left", &[close], &[]);
}
