//! A new bank: what it starts as, and which accounts it is made of.

mod common;

use {
    anchor_lang::error::ErrorCode,
    backstop::{
        error::BackstopError as E,
        state::{Bank, BankConfig},
    },
    backstop_tests::{
        ix::{self, BankKeys},
        keys::keypair,
        settings, state, tokens,
        tokens::Program,
        world::{feed_id, on_both, World},
    },
    common::*,
    solana_instruction::Instruction,
    solana_signer::Signer,
    std::slice::from_ref,
};

fn config(decimals: u8) -> BankConfig {
    BankConfig {
        write_off_mode: 0,
        ..settings::bank(feed_id("asset"), decimals)
    }
}

/// A mint without a bank, and the instruction that makes one of it.
fn draft(world: &mut World, label: &str, decimals: u8) -> (BankKeys, Instruction) {
    let admin = world.admin.insecure_clone();
    let chain = &mut *world.chain;
    let mint = tokens::create_mint(chain, label, &admin, decimals, Program::Token);
    let feed = keypair("feed").pubkey();
    let keys = BankKeys::new(world.market, mint.key, mint.program, feed);
    world.watched.extend([
        keys.bank,
        keys.liquidity_vault,
        keys.insurance_vault,
        keys.governance_escrow,
    ]);
    let create = ix::create_bank(&keys, world.chain.payer(), admin.pubkey(), config(decimals));
    (keys, create)
}

#[test]
fn a_bank_starts_empty_and_owns_its_vaults() {
    on_both(|world| {
        let admin = world.admin.insecure_clone();
        for decimals in [0, 18] {
            let (keys, create) = draft(world, &format!("{decimals} decimals"), decimals);
            world.send(from_ref(&create), &[&admin]).unwrap();
            let bank: Bank = state::bank(&mut *world.chain, &keys.bank);
            assert_eq!((bank.version, bank.decimals), (1, decimals));
            assert_eq!((bank.wound_down, bank.failed_auctions), (0, 0));
            assert_eq!(bank.market, world.market.market);
            assert_eq!(
                (bank.mint, bank.token_program),
                (keys.mint, keys.token_program)
            );
            assert_eq!(bank.config, config(decimals));
            assert_eq!(bank.ledger.accrued_at, world.chain.now());
            assert_eq!(bank.ledger.borrow_index.get(), 1 << 64);
            assert_eq!(bank.live_at, world.chain.now());
            for (stored, vault, mint) in [
                (bank.liquidity_vault, keys.liquidity_vault, keys.mint),
                (bank.insurance_vault, keys.insurance_vault, keys.mint),
                (
                    bank.governance_escrow,
                    keys.governance_escrow,
                    world.market.mint,
                ),
            ] {
                assert_eq!(stored, vault);
                let account = tokens::token_account(&mut *world.chain, &vault);
                assert_eq!((account.owner, account.mint), (keys.bank, mint));
                assert_eq!(account.amount, 0);
            }
            refuse_taken(world, &[create], &[&admin]);
        }
        let (_, fine) = draft(world, "19 decimals", 19);
        world.refuse(&[fine], &[&admin], E::TooManyDecimals);
    });
}

#[test]
fn a_bank_is_made_by_the_admin_of_its_market_out_of_its_own_parts() {
    on_both(|world| {
        let admin = world.admin.insecure_clone();
        let market = second_market(world);
        let (keys, create) = draft(world, "asset", 6);
        let (other, _) = draft(world, "another asset", 6);
        let stranger = world.actor("stranger");
        let theft = ix::create_bank(&keys, world.chain.payer(), stranger.key(), config(6));
        world.refuse(&[theft], &[&stranger.wallet], E::NotAdmin);
        let quiet = unsigned(&create, &admin.pubkey());
        world.refuse_code(&[quiet], &[], ErrorCode::AccountNotSigner.into());
        let seeds = ErrorCode::ConstraintSeeds;
        let here = keys.market.market;
        let next = of_next_version(world, &here);
        let forged = of_another_program(world, &here);
        let cases = [
            case("another asset's bank", keys.bank, other.bank, seeds),
            case(
                "another asset's vault",
                keys.liquidity_vault,
                other.liquidity_vault,
                seeds,
            ),
            case(
                "another asset's insurance",
                keys.insurance_vault,
                other.insurance_vault,
                seeds,
            ),
            case(
                "another asset's escrow",
                keys.governance_escrow,
                other.governance_escrow,
                seeds,
            ),
            case("another market", here, market.market, seeds),
            case(
                "another governance mint",
                keys.market.mint,
                market.mint,
                E::WrongMint,
            ),
            case("a market of another layout", here, next, seeds),
            case(
                "a market of another program",
                here,
                forged,
                ErrorCode::AccountOwnedByWrongProgram,
            ),
        ];
        refuse_swaps(world, &[create], &[&admin], &cases);
    });
}

#[test]
fn a_bank_starts_without_write_offs_and_listed() {
    on_both(|world| {
        let admin = world.admin.insecure_clone();
        let (keys, create) = draft(world, "asset", 6);
        let payer = world.chain.payer();
        for (write_off_mode, delisted) in [(1, 0), (2, 0), (0, 1)] {
            let eager = BankConfig {
                write_off_mode,
                delisted,
                ..config(6)
            };
            let create = ix::create_bank(&keys, payer, admin.pubkey(), eager);
            world.refuse(&[create], &[&admin], E::InvalidConfig);
        }
        world.send(&[create], &[&admin]).unwrap();
    });
}
