//! Banks that rebuild: surplus insurance, and somebody who has tokens to sell.

use {
    super::{fail, insure, stage, Stage, TOKEN, USDC},
    backstop_tests::{ix, tokens, world::World},
    solana_instruction::Instruction,
    solana_signer::Signer,
};

/// Starts a buy-back.
pub fn start(world: &World, stage: &Stage) -> [Instruction; 2] {
    let keys = world.keys(stage.usdc);
    [ix::refresh_banks(&[keys]), ix::start_buy_back(&keys)]
}

/// The bidder's sale of `amount` tokens for at least `min_proceeds`.
pub fn sale(world: &World, stage: &Stage, amount: u64, min_proceeds: u64) -> [Instruction; 2] {
    let (give, get) = (
        world.governance_wallet(&stage.bidder),
        world.wallet(&stage.bidder, stage.usdc),
    );
    let keys = world.keys(stage.usdc);
    let sell = ix::sell_governance(&keys, stage.bidder.key(), give, get, amount, min_proceeds);
    [ix::refresh_banks(&[keys]), sell]
}

/// 10 000 dollars are lent, so that the target is 500; `insurance` is there;
/// the seller has 10 000 tokens.
pub fn rebuilt(world: &mut World, insurance: u64) -> Stage {
    let stage = stage(world);
    fail(world, &stage, "borrower", 10_000 * USDC);
    insure(world, &stage, insurance);
    let treasury = world.treasury.insecure_clone();
    let (governance, to) = (world.governance, world.governance_wallet(&stage.bidder));
    let from = tokens::associated_token_account(&governance, &treasury.pubkey());
    tokens::transfer(
        &mut *world.chain,
        &governance,
        &from,
        &to,
        &treasury,
        10_000 * TOKEN,
    );
    stage
}
