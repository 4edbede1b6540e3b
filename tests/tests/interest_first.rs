//! Interest is booked before any figure of a bank is used. Whoever acts first
//! after a silence must get what he would get after a refresh of the bank: not
//! the price from before the silence, and no share of what others earned in it.
//!
//! Borrowing, liquidating and buying back are not here: they need a price of
//! their slot, and only a refresh stores one.

mod bad_debt;
mod common;

use {
    backstop::state::{AuctionState, LedgerState},
    backstop_tests::{
        chain::AccountData,
        ix,
        settings::DAY,
        tokens,
        world::{on_both, Actor, BankId, World},
    },
    bad_debt::{fail, lose, stage_bank, AUCTION_DELAY, AUCTION_DURATION},
    common::{deposit_ix, pool, repay_ix, restore, withdraw_ix, Pool, SHARES, USDC},
    solana_instruction::{AccountMeta, Instruction},
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
};

/// How a transaction ended, without the price that a refresh stores.
#[derive(Debug, PartialEq, Eq)]
struct End {
    ledger: LedgerState,
    auction: AuctionState,
    accounts: Vec<(Pubkey, Option<AccountData>)>,
}

fn end(world: &mut World, bank: BankId) -> End {
    let state = world.bank(bank);
    let key = world.keys(bank).bank;
    let mut accounts = world.fingerprint();
    accounts.retain(|(other, _)| *other != key);
    End {
        ledger: state.ledger,
        auction: state.auction,
        accounts,
    }
}

/// Sends each transaction from the same state with and without a refresh of
/// the bank before it; the state is as it was afterwards.
#[track_caller]
fn same_as_after_a_refresh(
    world: &mut World,
    bank: BankId,
    cases: &[(&str, Instruction, &Keypair)],
) {
    let start = world.fingerprint();
    let silent_since = world.bank(bank).ledger;
    world.refresh(&[bank]).unwrap();
    let earned = world.bank(bank).ledger.lender_assets - silent_since.lender_assets;
    assert!(earned > USDC, "there is interest to forget");
    for (name, instruction, signer) in cases {
        println!("{} chain: {name}", world.chain.name());
        let signs = |meta: &AccountMeta| meta.is_signer && meta.pubkey == signer.pubkey();
        let signers: &[&Keypair] = match instruction.accounts.iter().any(signs) {
            true => &[signer],
            false => &[],
        };
        let instructions = [instruction.clone()];
        restore(world, &start);
        world.refresh(&[bank]).unwrap();
        world.send(&instructions, signers).unwrap();
        let refreshed = end(world, bank);
        restore(world, &start);
        world.send(&instructions, signers).unwrap();
        assert_eq!(end(world, bank), refreshed, "{name}");
    }
    restore(world, &start);
}

/// Has everything that a transaction of these people changes put back by a
/// restore.
fn watch(world: &mut World, people: &[&Actor], bank: BankId) {
    for actor in people {
        let wallets = [world.wallet(actor, bank), world.governance_wallet(actor)];
        world.watched.extend(wallets);
    }
}

#[test]
fn lenders_and_debtors_do_not_act_on_figures_of_the_past() {
    on_both(|world| {
        let Pool {
            usdc,
            lender,
            borrower,
            ..
        } = pool(world);
        world.borrow(&borrower, usdc, 5_000 * USDC).unwrap();
        let mint = world.mints[usdc.0];
        let owner = world.fee_owner.pubkey();
        let fees = tokens::create_associated_token_account(&mut *world.chain, &mint, &owner);
        world.watched.push(fees);
        watch(world, &[&lender, &borrower], usdc);
        world.advance(999_983);

        let keys = world.keys(usdc);
        let wallet = world.wallet(&lender, usdc);
        let shares = u128::from(777 * USDC) * SHARES;
        let cases = [
            ("deposit", deposit_ix(world, &lender, usdc, 777 * USDC)),
            ("withdraw", withdraw_ix(world, &lender, usdc, shares, &[])),
            (
                "repay",
                repay_ix(world, &lender, &borrower, usdc, 777 * USDC),
            ),
            (
                "repay all",
                repay_ix(world, &lender, &borrower, usdc, u64::MAX),
            ),
            (
                "fund_insurance",
                ix::fund_insurance(&keys, lender.key(), wallet, USDC),
            ),
            ("collect_fees", ix::collect_fees(&keys, fees)),
        ];
        let cases = cases.map(|(name, instruction)| (name, instruction, &lender.wallet));
        same_as_after_a_refresh(world, usdc, &cases);
    });
}

#[test]
fn a_loss_is_not_reckoned_on_figures_of_the_past() {
    on_both(|world| {
        let stage = stage_bank(world, |config| {
            config.base_rate_bps = 1_000;
            config.write_off_mode = 1;
        });
        fail(world, &stage, "borrower", 300_000 * USDC);
        let waiting = fail(world, &stage, "waiting", 7_000 * USDC);
        let (debtor, _) = lose(world, &stage, "debtor", 5_000 * USDC);
        watch(world, &[&stage.lender, &stage.keeper], stage.usdc);
        world.advance(4 * u64::from(DAY));

        let keys = world.keys(stage.usdc);
        let payer = stage.lender.key();
        let wallet = world.wallet(&stage.lender, stage.usdc);
        let record = debtor.obligation;
        let cases = [
            (
                "write_off",
                ix::write_off(&keys, waiting.obligation, None, &[]),
            ),
            ("cover_deficit", ix::cover_deficit(&keys)),
            ("socialise_deficit", ix::socialise_deficit(&keys)),
            (
                "repay_written_off",
                ix::repay_written_off(&keys, payer, record, wallet, 6_000 * USDC),
            ),
        ];
        let cases = cases.map(|(name, instruction)| (name, instruction, &stage.lender.wallet));
        same_as_after_a_refresh(world, stage.usdc, &cases);
    });
}

#[test]
fn an_auction_is_not_settled_on_figures_of_the_past() {
    on_both(|world| {
        let stage = stage_bank(world, |config| config.base_rate_bps = 1_000);
        fail(world, &stage, "borrower", 300_000 * USDC);
        lose(world, &stage, "debtor", 5_000 * USDC);
        watch(world, &[&stage.bidder], stage.usdc);
        world.advance(AUCTION_DELAY + AUCTION_DURATION / 2);

        let keys = world.keys(stage.usdc);
        let (pay, get) = (
            world.wallet(&stage.bidder, stage.usdc),
            world.governance_wallet(&stage.bidder),
        );
        let bidder = &stage.bidder.wallet;
        let buy = |amount| ix::buy_governance(&keys, bidder.pubkey(), pay, get, amount, u64::MAX);
        let sales = [
            ("buy a part", buy(1_000_000), bidder),
            ("buy all", buy(u64::MAX), bidder),
        ];
        same_as_after_a_refresh(world, stage.usdc, &sales);
        world.advance(AUCTION_DURATION);
        let close = [("close_auction", ix::close_auction(&keys), bidder)];
        same_as_after_a_refresh(world, stage.usdc, &close);
    });
}
