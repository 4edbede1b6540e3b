//! Every transaction that one of the people may want to send.

use {
    super::People,
    backstop::{instruction, state::PauseKind},
    backstop_tests::{
        ix::{self, BankKeys, LiquidationParties},
        world::{Actor, BankId, World},
    },
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_signer::Signer,
};

use super::bad_debt::{TOKEN, USDC};

/// A transaction with its signers.
pub struct Op {
    /// Names it in tables and messages.
    pub name: &'static str,
    /// With the refresh that it needs.
    pub instructions: Vec<Instruction>,
    /// Beside the payer of fees.
    pub signers: Vec<Keypair>,
}

impl Op {
    fn new(name: &'static str, instructions: Vec<Instruction>, signers: &[&Keypair]) -> Self {
        let signers = signers.iter().map(|key| key.insecure_clone()).collect();
        Self {
            name,
            instructions,
            signers,
        }
    }

    /// Its signers, as a chain wants them.
    pub fn signers(&self) -> Vec<&Keypair> {
        self.signers.iter().collect()
    }
}

fn deposit(world: &World, actor: &Actor, bank: BankId, atoms: u64) -> Vec<Instruction> {
    let args = instruction::Deposit {
        atoms,
        min_shares: 0,
        accept_deficit: true,
    };
    let (keys, account) = (world.keys(bank), world.wallet(actor, bank));
    let deposit = ix::deposit(&keys, actor.key(), actor.obligation, account, args);
    vec![ix::refresh_banks(&[keys]), deposit]
}

fn withdraw(world: &World, actor: &Actor, bank: BankId, shares: u128) -> Vec<Instruction> {
    let args = instruction::Withdraw {
        shares,
        min_atoms: 0,
    };
    let (keys, account) = (world.keys(bank), world.wallet(actor, bank));
    let (owner, obligation) = (actor.key(), actor.obligation);
    vec![ix::withdraw(&keys, owner, obligation, account, args, &[])]
}

fn repay(world: &World, payer: &Actor, debtor: &Actor, bank: BankId, atoms: u64) -> Instruction {
    let account = world.wallet(payer, bank);
    let keys = world.keys(bank);
    ix::repay(&keys, payer.key(), debtor.obligation, account, atoms)
}

/// One atom for the reserve.
fn fund_one(world: &World, people: &People) -> Instruction {
    let (payer, bank) = (&people.stranger, people.stage.usdc);
    let account = world.wallet(payer, bank);
    ix::fund_insurance(&world.keys(bank), payer.key(), account, 1)
}

/// Each of them, whether it is legal now or not.
pub fn ops(world: &mut World, people: &People) -> Vec<Op> {
    let mut all = lending(world, people);
    all.extend(bad_debt(world, people));
    all.extend(governance(world, people));
    all.extend(settings(world, people));
    all
}

fn lending(world: &World, people: &People) -> Vec<Op> {
    let (stage, borrower, stranger) = (&people.stage, &people.borrower, &people.stranger);
    let (usdc, junk) = (world.keys(stage.usdc), world.keys(stage.junk));
    let both = [junk, usdc];
    let banks = both.map(|keys: BankKeys| keys.bank);
    let account = world.wallet(borrower, stage.usdc);
    let (owner, obligation) = (borrower.key(), borrower.obligation);
    let borrow = ix::borrow(&usdc, owner, obligation, account, 50 * USDC, &banks);
    let parties = LiquidationParties {
        liquidator: stage.liquidator.key(),
        liquidator_obligation: stage.liquidator.obligation,
        liquidator_token_account: world.wallet(&stage.liquidator, stage.usdc),
        obligation: people.shaky.obligation,
    };
    let args = instruction::Liquidate {
        max_repay: u64::MAX,
        min_shares: 0,
    };
    let liquidate = ix::liquidate(&usdc, &junk, parties, args, &banks);
    let part = |atoms| vec![repay(world, borrower, borrower, stage.usdc, atoms)];
    let one = repay(world, stranger, borrower, stage.usdc, 1);
    let lends = [&stage.lender.wallet];
    let borrows = [&borrower.wallet];
    vec![
        Op::new("refresh", vec![ix::refresh_banks(&both)], &[]),
        Op::new(
            "deposit",
            deposit(world, &stage.lender, stage.usdc, 1_000 * USDC),
            &lends,
        ),
        Op::new(
            "deposit an atom",
            deposit(world, stranger, stage.usdc, 1),
            &[&stranger.wallet],
        ),
        Op::new(
            "deposit elsewhere",
            deposit(world, borrower, stage.junk, 1_000),
            &borrows,
        ),
        Op::new(
            "withdraw",
            withdraw(world, &stage.lender, stage.usdc, 1_000_000_000_000),
            &lends,
        ),
        Op::new(
            "withdraw elsewhere",
            withdraw(world, &stage.liquidator, stage.junk, 1_000_000_000),
            &[&stage.liquidator.wallet],
        ),
        Op::new("borrow", vec![ix::refresh_banks(&both), borrow], &borrows),
        Op::new("repay half", part(100 * USDC), &borrows),
        Op::new("repay everything", part(u64::MAX), &borrows),
        Op::new("repay an atom", vec![one], &[&stranger.wallet]),
        Op::new(
            "liquidate",
            vec![ix::refresh_banks(&both), liquidate],
            &[&stage.liquidator.wallet],
        ),
    ]
}

fn bad_debt(world: &World, people: &People) -> Vec<Op> {
    let (stage, stranger) = (&people.stage, &people.stranger);
    let keys = world.keys(stage.usdc);
    let fresh = ix::refresh_banks(&[keys]);
    let keeper = world.wallet(&stage.keeper, stage.usdc);
    let write_off = |keeper| {
        vec![
            fresh.clone(),
            ix::write_off(&keys, people.bad.obligation, keeper, &[]),
        ]
    };
    let wallet = world.wallet(stranger, stage.usdc);
    let record = |atoms| {
        let debtor = people.loser.obligation;
        vec![ix::repay_written_off(
            &keys,
            stranger.key(),
            debtor,
            wallet,
            atoms,
        )]
    };
    let pays = [&stranger.wallet];
    let cover = ix::cover_deficit(&keys);
    vec![
        Op::new("write off", write_off(Some(keeper)), &[]),
        Op::new("write off, no bounty", write_off(None), &[]),
        Op::new("cover", vec![fresh.clone(), cover.clone()], &[]),
        Op::new("cover, no price", vec![cover], &[]),
        Op::new("socialise", vec![ix::socialise_deficit(&keys)], &[]),
        Op::new("repay a record", record(u64::MAX), &pays),
        Op::new("repay an atom of a record", record(1), &pays),
        Op::new("fund an atom", vec![fund_one(world, people)], &pays),
        Op::new(
            "collect fees",
            vec![ix::collect_fees(&keys, people.fee_account)],
            &[],
        ),
    ]
}

fn governance(world: &World, people: &People) -> Vec<Op> {
    let stage = &people.stage;
    let (keys, bidder) = (world.keys(stage.usdc), &stage.bidder);
    let (wallet, tokens) = (
        world.wallet(bidder, stage.usdc),
        world.governance_wallet(bidder),
    );
    let buy = |amount| {
        let key = bidder.key();
        vec![ix::buy_governance(
            &keys,
            key,
            wallet,
            tokens,
            amount,
            u64::MAX,
        )]
    };
    let sell = |amount| {
        let key = bidder.key();
        let sell = ix::sell_governance(&keys, key, tokens, wallet, amount, 0);
        vec![ix::refresh_banks(&[keys]), sell]
    };
    let signs = [&bidder.wallet];
    vec![
        Op::new("buy a part", buy(10 * TOKEN), &signs),
        Op::new("buy everything", buy(u64::MAX), &signs),
        Op::new("buy a dollar's worth", buy(TOKEN), &signs),
        Op::new("close the auction", vec![ix::close_auction(&keys)], &[]),
        Op::new(
            "start a buy-back",
            vec![ix::refresh_banks(&[keys]), ix::start_buy_back(&keys)],
            &[],
        ),
        Op::new("sell a part", sell(100 * TOKEN), &signs),
        Op::new("sell two atoms", sell(2), &signs),
        Op::new("close the buy-back", vec![ix::close_buy_back(&keys)], &[]),
    ]
}

fn settings(world: &mut World, people: &People) -> Vec<Op> {
    let keys = world.keys(people.stage.usdc);
    let market = world.market;
    let (admin, guardian) = (
        world.admin.insecure_clone(),
        world.guardian.insecure_clone(),
    );
    let mut stricter = world.bank(people.stage.usdc).config;
    stricter.borrow_cap -= 1;
    let mut shorter = world.market_state().config;
    shorter.max_pause_secs -= 1;
    let stranger = &people.stranger;
    let (payer, owner) = (world.chain.payer(), stranger.key());
    let open = ix::open_obligation(&market, payer, owner, 1);
    let close = ix::close_obligation(owner, stranger.obligation, owner);
    vec![
        Op::new("open an obligation", vec![open], &[&stranger.wallet]),
        Op::new("close an obligation", vec![close], &[&stranger.wallet]),
        Op::new(
            "pause loans",
            vec![ix::pause(
                market.market,
                guardian.pubkey(),
                PauseKind::Borrow,
                60,
            )],
            &[&guardian],
        ),
        Op::new(
            "lower a cap",
            vec![ix::update_bank(&keys, admin.pubkey(), stricter)],
            &[&admin],
        ),
        Op::new(
            "shorten pauses",
            vec![ix::update_market(market.market, admin.pubkey(), shorter)],
            &[&admin],
        ),
    ]
}
