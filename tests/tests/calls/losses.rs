//! Calls around bad debt: writing off, covering, selling, rebuilding.

use {
    super::{Call, Scene, DEBT},
    crate::bad_debt::{AUCTION_DELAY, AUCTION_DURATION, TOKEN, USDC},
    backstop_tests::{
        ix,
        settings::DAY,
        tokens,
        world::{Actor, World},
    },
    solana_instruction::Instruction,
    solana_signer::Signer,
};

fn write_off_ix(scene: &Scene, world: &World, debtor: &Actor) -> Instruction {
    let keys = world.keys(scene.usdc);
    let keeper = world.wallet(&scene.stage.keeper, scene.usdc);
    let mut delisted = Vec::new();
    if debtor.obligation == scene.ruined.obligation {
        delisted.extend(scene.dead.map(|bank| world.keys(bank).bank));
    }
    ix::write_off(&keys, debtor.obligation, Some(keeper), &delisted)
}

fn insure(scene: &Scene, world: &mut World, atoms: u64) {
    let payer = &scene.stage.lender;
    world.fund_insurance(payer, scene.usdc, atoms).unwrap();
}

/// Writes the failed debtor's loan off and puts it up for auction.
pub fn start_auction(scene: &Scene, world: &mut World) {
    let keys = world.keys(scene.usdc);
    let write_off = write_off_ix(scene, world, &scene.failed);
    world
        .send(&[ix::refresh_banks(&[keys]), write_off], &[])
        .unwrap();
    assert!(world.bank(scene.usdc).auction.lot > 0);
}

/// Writes the failed debtor's loan off; without a price nothing is issued.
pub fn open_deficit(scene: &Scene, world: &mut World) {
    let mut keys = world.keys(scene.usdc);
    keys.market.oracle = None;
    let write_off = ix::write_off(&keys, scene.failed.obligation, None, &[]);
    world.send(&[write_off], &[]).unwrap();
    let bank = world.bank(scene.usdc);
    assert!(bank.ledger.deficit > 0 && bank.auction.lot == 0);
}

/// The ruined debtor's loan, paid by insurance, with a bounty.
pub fn write_off_insured(scene: &Scene, world: &mut World) -> Call {
    insure(scene, world, 2 * DEBT);
    write_off(scene, world)
}

/// The ruined debtor's loan, for which tokens are issued.
pub fn write_off_issuing(scene: &Scene, world: &mut World) -> Call {
    insure(scene, world, DEBT / 2);
    write_off(scene, world)
}

fn write_off(scene: &Scene, world: &mut World) -> Call {
    let write_off = write_off_ix(scene, world, &scene.ruined);
    Call::new(scene, write_off, &[], scene.stage.keeper.key())
        .with_prices(&[world.keys(scene.usdc)])
}

pub fn cover_deficit(scene: &Scene, world: &mut World) -> Call {
    open_deficit(scene, world);
    insure(scene, world, DEBT / 2);
    let keys = world.keys(scene.usdc);
    let keeper = scene.stage.keeper.key();
    Call::new(scene, ix::cover_deficit(&keys), &[], keeper).with_prices(&[keys])
}

pub fn buy_governance(scene: &Scene, world: &mut World) -> Call {
    start_auction(scene, world);
    world.advance(AUCTION_DELAY);
    let (keys, buyer) = (world.keys(scene.usdc), &scene.stage.bidder);
    let pay = world.wallet(buyer, scene.usdc);
    let get = world.governance_wallet(buyer);
    let buy = ix::buy_governance(&keys, buyer.key(), pay, get, TOKEN, u64::MAX);
    Call::new(scene, buy, &[&buyer.wallet], buyer.key())
}

pub fn close_auction(scene: &Scene, world: &mut World) -> Call {
    start_auction(scene, world);
    world.advance(AUCTION_DELAY + AUCTION_DURATION + 1);
    let close = ix::close_auction(&world.keys(scene.usdc));
    Call::new(scene, close, &[], scene.stage.keeper.key())
}

pub fn socialise_deficit(scene: &Scene, world: &mut World) -> Call {
    open_deficit(scene, world);
    world.advance(14 * u64::from(DAY));
    let socialise = ix::socialise_deficit(&world.keys(scene.usdc));
    Call::new(scene, socialise, &[], scene.stage.keeper.key())
}

/// Repays the whole record, so that the auction's tokens are burned.
pub fn repay_written_off(scene: &Scene, world: &mut World) -> Call {
    start_auction(scene, world);
    let (keys, payer) = (world.keys(scene.usdc), &scene.stage.bidder);
    let account = world.wallet(payer, scene.usdc);
    let debtor = scene.failed.obligation;
    let repay = ix::repay_written_off(&keys, payer.key(), debtor, account, u64::MAX);
    Call::new(scene, repay, &[&payer.wallet], payer.key())
}

pub fn fund_insurance(scene: &Scene, world: &mut World) -> Call {
    let (keys, payer) = (world.keys(scene.usdc), &scene.stage.lender);
    let account = world.wallet(payer, scene.usdc);
    let fund = ix::fund_insurance(&keys, payer.key(), account, USDC);
    Call::new(scene, fund, &[&payer.wallet], payer.key())
}

pub fn collect_fees(scene: &Scene, world: &mut World) -> Call {
    let owner = world.fee_owner.pubkey();
    for bank in [scene.usdc, scene.spare] {
        let mint = world.mints[bank.0];
        tokens::create_associated_token_account(&mut *world.chain, &mint, &owner);
    }
    world.advance(u64::from(DAY));
    let mint = world.mints[scene.usdc.0];
    let account = tokens::associated_token_account(&mint, &owner);
    let collect = ix::collect_fees(&world.keys(scene.usdc), account);
    Call::new(scene, collect, &[], owner)
}

pub fn start_buy_back(scene: &Scene, world: &mut World) -> Call {
    insure(scene, world, DEBT);
    let keys = world.keys(scene.usdc);
    let keeper = scene.stage.keeper.key();
    Call::new(scene, ix::start_buy_back(&keys), &[], keeper).with_prices(&[keys])
}

fn run_buy_back(scene: &Scene, world: &mut World) {
    let start = start_buy_back(scene, world);
    start.refresh(world);
    world.send(&[start.instruction], &[]).unwrap();
}

pub fn sell_governance(scene: &Scene, world: &mut World) -> Call {
    run_buy_back(scene, world);
    let (keys, seller) = (world.keys(scene.usdc), &scene.stage.bidder);
    let give = world.governance_wallet(seller);
    let get = world.wallet(seller, scene.usdc);
    let sell = ix::sell_governance(&keys, seller.key(), give, get, TOKEN, 0);
    Call::new(scene, sell, &[&seller.wallet], seller.key()).with_prices(&[keys])
}

pub fn close_buy_back(scene: &Scene, world: &mut World) -> Call {
    run_buy_back(scene, world);
    world.advance(AUCTION_DURATION + 1);
    let close = ix::close_buy_back(&world.keys(scene.usdc));
    Call::new(scene, close, &[], scene.stage.keeper.key())
}
