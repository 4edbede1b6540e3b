//! What the bad-debt instructions refuse: other accounts than the pinned ones,
//! other layouts, other markets.

mod bad_debt;

use {
    backstop::error::BackstopError as Error,
    backstop_tests::{
        ix::{self, BankKeys},
        keys::keypair,
        tokens,
        world::{on_both, World},
    },
    bad_debt::{
        fail, insure, plain_bank, stage, with_account, AUCTION_DELAY, AUCTION_DURATION, TOKEN, USDC,
    },
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    std::slice::from_ref,
};

/// The token program that neither mint of these scenarios belongs to.
const TOKEN_2022: Pubkey = spl_token_2022_interface::ID;

/// An account, what stands in for it, and what is said to that.
type Swap = (Pubkey, Pubkey, Error);

/// The pinned accounts that most instructions name, each with a false one.
fn pinned(keys: &BankKeys, other: &BankKeys) -> Vec<Swap> {
    vec![
        (
            keys.liquidity_vault,
            keys.insurance_vault,
            Error::WrongVault,
        ),
        (
            keys.liquidity_vault,
            other.liquidity_vault,
            Error::WrongVault,
        ),
        (
            keys.insurance_vault,
            other.insurance_vault,
            Error::WrongVault,
        ),
        (
            keys.governance_escrow,
            other.governance_escrow,
            Error::WrongVault,
        ),
        (keys.mint, other.mint, Error::WrongMint),
        (keys.market.mint, keys.mint, Error::WrongMint),
        (keys.token_program, TOKEN_2022, Error::WrongTokenProgram),
    ]
}

/// Sends `instruction` with every swap that it has an account for, then as it is.
fn refuse_swaps(
    world: &mut World,
    instruction: &Instruction,
    signers: &[&Keypair],
    swaps: &[Swap],
    at_least: usize,
) {
    let named = |key: &Pubkey| instruction.accounts.iter().any(|meta| meta.pubkey == *key);
    let mut tried = 0;
    for (from, to, error) in swaps.iter().filter(|(from, ..)| named(from)) {
        let changed = with_account(instruction, *from, *to);
        world.refuse(&[changed], signers, *error);
        tried += 1;
    }
    assert!(tried >= at_least, "only {tried} accounts were swapped");
    world.send(from_ref(instruction), signers).unwrap();
}

#[test]
fn every_instruction_takes_only_the_accounts_that_bank_and_market_pin() {
    on_both(|world: &mut World| {
        let other = world.add_bank(&plain_bank("OTHER"));
        let stage = stage(world);
        let (keys, other) = (world.keys(stage.usdc), world.keys(other));
        let swaps = pinned(&keys, &other);
        let bidder = stage.bidder.wallet.insecure_clone();
        let payer = [&bidder];
        let wallet = world.wallet(&stage.bidder, stage.usdc);
        let purse = world.governance_wallet(&stage.bidder);

        let debtor = fail(world, &stage, "debtor", 600 * USDC);
        let write_off = ix::write_off(&keys, debtor.obligation, None, &[]);
        refuse_swaps(world, &write_off, &[], &swaps, 7);
        world.refresh(&[stage.usdc]).unwrap();
        refuse_swaps(world, &ix::cover_deficit(&keys), &[], &swaps, 7);
        world.cover(stage.usdc).unwrap();
        world.advance(AUCTION_DELAY);
        let buy = ix::buy_governance(&keys, bidder.pubkey(), wallet, purse, TOKEN, u64::MAX);
        refuse_swaps(world, &buy, &payer, &swaps, 6);
        let repay = ix::repay_written_off(&keys, bidder.pubkey(), debtor.obligation, wallet, USDC);
        refuse_swaps(world, &repay, &payer, &swaps, 7);
        world.advance(AUCTION_DURATION + 1);
        refuse_swaps(world, &ix::close_auction(&keys), &[], &swaps, 3);
        let fund = ix::fund_insurance(&keys, bidder.pubkey(), wallet, 600 * USDC);
        refuse_swaps(world, &fund, &payer, &swaps, 3);
        world.cover(stage.usdc).unwrap();
        insure(world, &stage, 600 * USDC);
        world
            .send(
                &[ix::refresh_banks(&[keys]), ix::start_buy_back(&keys)],
                &[],
            )
            .unwrap();
        let sell = ix::sell_governance(&keys, bidder.pubkey(), purse, wallet, TOKEN / 2, 0);
        refuse_swaps(world, &sell, &payer, &swaps, 4);
    });
}

#[test]
fn no_bank_or_obligation_of_another_layout_is_touched() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        let debtor = fail(world, &stage, "debtor", 600 * USDC);
        let keys = world.keys(stage.usdc);
        let bidder = stage.bidder.wallet.insecure_clone();
        let (wallet, purse) = (
            world.wallet(&stage.bidder, stage.usdc),
            world.governance_wallet(&stage.bidder),
        );
        let fee_owner = world.fee_owner.pubkey();
        let mint = world.mints[stage.usdc.0];
        let fees = tokens::create_associated_token_account(&mut *world.chain, &mint, &fee_owner);
        let market = keys.market.market;
        let (bank, obligation) = (keys.bank, debtor.obligation);
        let payer = bidder.pubkey();
        let all: [(Instruction, &[&Keypair], &[Pubkey]); 11] = [
            (
                ix::write_off(&keys, obligation, None, &[]),
                &[],
                &[market, bank, obligation],
            ),
            (ix::cover_deficit(&keys), &[], &[market, bank]),
            (
                ix::buy_governance(&keys, payer, wallet, purse, 1, 1),
                &[&bidder],
                &[market, bank],
            ),
            (ix::close_auction(&keys), &[], &[market, bank]),
            (ix::socialise_deficit(&keys), &[], &[market, bank]),
            (
                ix::repay_written_off(&keys, payer, obligation, wallet, 1),
                &[&bidder],
                &[market, bank, obligation],
            ),
            (
                ix::fund_insurance(&keys, payer, wallet, 1),
                &[&bidder],
                &[bank],
            ),
            (ix::collect_fees(&keys, fees), &[], &[market, bank]),
            (ix::start_buy_back(&keys), &[], &[market, bank]),
            (
                ix::sell_governance(&keys, payer, purse, wallet, 1, 0),
                &[&bidder],
                &[market, bank],
            ),
            (ix::close_buy_back(&keys), &[], &[market, bank]),
        ];
        for (instruction, signers, accounts) in all {
            for key in accounts {
                let good = world.chain.account(key).unwrap();
                let mut old = good.clone();
                // The version is the first byte behind the discriminator.
                old.data[8] = 2;
                world.chain.set_account(key, old);
                let sent = from_ref(&instruction);
                world.refuse(sent, signers, Error::WrongVersion);
                world.chain.set_account(key, good);
            }
        }
        world.write_off(&stage.keeper, &debtor, stage.usdc).unwrap();
    });
}

#[test]
fn no_account_of_another_market_is_taken() {
    on_both(|world: &mut World| {
        // Both are copies of the real thing that name another market.
        let stage = stage(world);
        let debtor = fail(world, &stage, "debtor", 600 * USDC);
        let keys = world.keys(stage.usdc);
        let [bank, obligation] =
            ["foreign bank", "foreign obligation"].map(|l| keypair(l).pubkey());
        let market_offset = |data: &[u8]| {
            let key = keys.market.market.to_bytes();
            data.windows(32).position(|bytes| bytes == key).unwrap()
        };
        for (from, to) in [(keys.bank, bank), (debtor.obligation, obligation)] {
            let mut copy = world.chain.account(&from).unwrap();
            let at = market_offset(&copy.data);
            copy.data[at] ^= 1;
            world.chain.set_account(&to, copy);
        }
        let write_off = ix::write_off(&keys, debtor.obligation, None, &[]);
        let cover = ix::cover_deficit(&keys);
        for (instruction, from, to) in [
            (&write_off, keys.bank, bank),
            (&write_off, debtor.obligation, obligation),
            (&cover, keys.bank, bank),
            (&ix::close_auction(&keys), keys.bank, bank),
            (&ix::socialise_deficit(&keys), keys.bank, bank),
            (&ix::start_buy_back(&keys), keys.bank, bank),
            (&ix::close_buy_back(&keys), keys.bank, bank),
        ] {
            let foreign = with_account(instruction, from, to);
            world.refuse(&[foreign], &[], Error::WrongMarket);
        }
        world.send(&[write_off], &[]).unwrap();
        world.send(&[cover], &[]).unwrap();
    });
}
