//! Wrapped SOL, whose accounts hold lamports as tokens: whoever sends lamports to
//! a vault and has them counted gives tokens away, and nothing else happens.

use {
    crate::common::{flows, shares_of, SHARES, SOL, USDC},
    backstop_tests::{
        chain::Chain,
        tokens::{self, Mint, Program},
        world::{on_both, Actor, BankId, BankSpec, World, DOLLAR},
    },
    solana_pubkey::Pubkey,
    spl_token_interface::{instruction::sync_native, native_mint, ID},
};

/// Counts the lamports that an account of wrapped SOL has got.
fn count_lamports(chain: &mut dyn Chain, account: &Pubkey) {
    let sync = sync_native(&ID, account).unwrap();
    chain.send(&[sync], &[]).unwrap();
}

/// The mint at its own address; a new chain has none.
fn wrapped_sol(world: &mut World) -> Mint {
    let admin = world.admin.insecure_clone();
    let label = "pattern of the native mint";
    let pattern = tokens::create_mint(&mut *world.chain, label, &admin, 9, Program::Token);
    let account = world.chain.account(&pattern.key).unwrap();
    world.chain.set_account(&native_mint::ID, account);
    Mint {
        key: native_mint::ID,
        ..pattern
    }
}

fn wrap(world: &mut World, actor: &Actor, bank: BankId, lamports: u64) {
    let account = world.wallet(actor, bank);
    world.chain.airdrop(&account, lamports);
    count_lamports(&mut *world.chain, &account);
}

#[test]
fn lamports_that_are_counted_in_a_vault_are_a_gift_like_any_other() {
    on_both(|world| {
        let mint = wrapped_sol(world);
        let sol = world.add_bank_of(mint, &BankSpec::sol());
        let usdc = world.add_bank(&BankSpec::usdc());
        let [lender, borrower] = ["lender", "borrower"].map(|name| world.actor(name));
        wrap(world, &lender, sol, 100 * SOL);
        world.deposit(&lender, sol, 90 * SOL).unwrap();
        world.fund_insurance(&lender, sol, SOL).unwrap();
        world.fund(&borrower, usdc, 10_000 * USDC);
        world.deposit(&borrower, usdc, 10_000 * USDC).unwrap();
        world.borrow(&borrower, sol, 50 * SOL).unwrap();

        let books = world.bank(sol).ledger;
        let keys = world.keys(sol);
        for vault in [keys.liquidity_vault, keys.insurance_vault] {
            let before = tokens::balance(&mut *world.chain, &vault);
            world.chain.airdrop(&vault, 1_000 * SOL);
            count_lamports(&mut *world.chain, &vault);
            let after = tokens::balance(&mut *world.chain, &vault);
            assert_eq!(after, before + 1_000 * SOL);
        }
        assert_eq!(world.bank(sol).ledger, books);

        world.repay(&borrower, &borrower, sol, u64::MAX).unwrap();
        assert_eq!(
            shares_of(world, &lender, sol),
            u128::from(90 * SOL) * SHARES
        );
        world.withdraw(&lender, sol, u128::MAX).unwrap();
        // The lender got what was his and the gift is still there.
        let left = flows(world, &lender, sol);
        assert_eq!((left.wallet, left.vault), (99 * SOL, 1_000 * SOL));
        assert_eq!((left.cash, left.lender_assets), (0, 0));
        let price = 200 * DOLLAR;
        world.set_price(sol, price);
        world.refresh(&[sol]).unwrap();
    });
}
