//! Set-ups and attacks that several files of scenarios share. Each file is a
//! crate of its own and uses a part of this.
#![allow(dead_code)]

mod attacks;

#[allow(unused_imports)]
pub use attacks::*;

use {
    anchor_lang::prelude::Pubkey,
    backstop::{instruction, state::BankConfig},
    backstop_tests::{
        ix::{self, BankKeys, MarketKeys},
        keys::keypair,
        settings,
        tokens::{self, Mint, Program},
        world::{Actor, BankId, BankSpec, World, DOLLAR, GOVERNANCE_SUPPLY},
    },
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_signer::Signer,
};

/// [atoms] One whole USDC.
pub const USDC: u64 = 1_000_000;
/// [atoms] One whole SOL.
pub const SOL: u64 = 1_000_000_000;
/// Shares for an atom that is paid into an empty bank.
pub const SHARES: u128 = 1_000_000;
/// [secs] How long risk-raising changes wait in these scenarios.
pub const DELAY: u64 = 2 * settings::DAY as u64;
/// Token programs: the account has too few tokens.
pub const INSUFFICIENT_FUNDS: u32 = 1;
/// Token programs: the account is of another mint.
pub const MINT_MISMATCH: u32 = 3;
/// Token programs: the signer is neither owner nor delegate.
pub const OWNER_MISMATCH: u32 = 4;
/// Token programs: an account is frozen.
pub const FROZEN: u32 = 17;
/// Token programs: the mint has other decimals than the caller says.
pub const DECIMALS_MISMATCH: u32 = 18;

/// A market with lenders' USDC to borrow, and somebody with SOL to borrow
/// against.
pub struct Pool {
    /// A dollar, 6 decimals. 100,000 are deposited.
    pub usdc: BankId,
    /// 100 dollars, 9 decimals. 100 are deposited.
    pub sol: BankId,
    /// Deposited the USDC and has as many again in the wallet.
    pub lender: Actor,
    /// Deposited the SOL and has as many again in the wallet.
    pub borrower: Actor,
}

/// See [`Pool`].
pub fn pool(world: &mut World) -> Pool {
    pool_of(world, &BankSpec::usdc(), &BankSpec::sol())
}

/// As [`pool`], with other settings.
pub fn pool_of(world: &mut World, usdc: &BankSpec<'_>, sol: &BankSpec<'_>) -> Pool {
    let usdc = world.add_bank(usdc);
    let sol = world.add_bank(sol);
    let lender = world.actor("lender");
    let borrower = world.actor("borrower");
    world.fund(&lender, usdc, 200_000 * USDC);
    world.fund(&borrower, sol, 200 * SOL);
    world.deposit(&lender, usdc, 100_000 * USDC).unwrap();
    world.deposit(&borrower, sol, 100 * SOL).unwrap();
    Pool {
        usdc,
        sol,
        lender,
        borrower,
    }
}

/// A bank's settings with one change.
pub fn changed(spec: BankSpec<'_>, change: impl FnOnce(&mut BankConfig)) -> BankSpec<'_> {
    let mut spec = spec;
    change(&mut spec.config);
    spec
}

/// Publishes a price without any uncertainty, spot and average the same.
pub fn set_sure_price(world: &mut World, bank: BankId, price: i64) {
    world.set_price(bank, price);
    let key = world.keys(bank).oracle;
    let mut feed = world.feed(&key);
    (feed.conf, feed.ema_conf) = (0, 0);
    world.publish(key, feed);
}

/// A second market with the same admin, whose governance token nobody else knows.
pub fn second_market(world: &mut World) -> MarketKeys {
    let admin = world.admin.insecure_clone();
    let treasury = keypair("second treasury");
    let mint = funded_mint(world, "second governance", &treasury, Program::Token);
    let keys = MarketKeys::new(mint.key, mint.program, world.market.oracle);
    let config = world.market_state().config;
    let create = ix::create_market(
        &keys,
        world.chain.payer(),
        admin.pubkey(),
        admin.pubkey(),
        config,
    );
    world.send(&[create], &[&admin]).unwrap();
    world.watched.extend([keys.market, keys.mint]);
    keys
}

/// A mint of the admin's with the supply that scenarios use for governance.
pub fn funded_mint(world: &mut World, label: &str, holder: &Keypair, program: Program<'_>) -> Mint {
    let admin = world.admin.insecure_clone();
    let mint = tokens::create_mint(&mut *world.chain, label, &admin, 6, program);
    let account =
        tokens::create_associated_token_account(&mut *world.chain, &mint, &holder.pubkey());
    tokens::mint_to(
        &mut *world.chain,
        &mint,
        &account,
        &admin,
        GOVERNANCE_SUPPLY,
    );
    mint
}

/// A bank in another market, of the same asset and with the same feed as `twin`.
pub fn foreign_bank(world: &mut World, market: MarketKeys, twin: BankId) -> BankKeys {
    let admin = world.admin.insecure_clone();
    let twin_keys = world.keys(twin);
    let keys = BankKeys::new(
        market,
        twin_keys.mint,
        twin_keys.token_program,
        twin_keys.oracle,
    );
    let config = BankConfig {
        write_off_mode: 0,
        ..world.bank(twin).config
    };
    let create = ix::create_bank(&keys, world.chain.payer(), admin.pubkey(), config);
    world.send(&[create], &[&admin]).unwrap();
    world
        .watched
        .extend([keys.bank, keys.liquidity_vault, keys.insurance_vault]);
    keys
}

/// Opens `owner`'s obligation in another market.
pub fn foreign_obligation(world: &mut World, market: &MarketKeys, owner: &Actor) -> Pubkey {
    let open = ix::open_obligation(market, world.chain.payer(), owner.key(), 0);
    world.send(&[open], &[&owner.wallet]).unwrap();
    let obligation = market.obligation(&owner.key(), 0);
    world.watched.push(obligation);
    obligation
}

/// `refresh_banks` for these banks.
pub fn refresh_ix(world: &World, banks: &[BankId]) -> Instruction {
    let keys: Vec<BankKeys> = banks.iter().map(|bank| world.keys(*bank)).collect();
    ix::refresh_banks(&keys)
}

/// `deposit` without a minimum, not into a deficit.
pub fn deposit_ix(world: &World, actor: &Actor, bank: BankId, atoms: u64) -> Instruction {
    let args = instruction::Deposit {
        atoms,
        min_shares: 0,
        accept_deficit: false,
    };
    let account = world.wallet(actor, bank);
    ix::deposit(
        &world.keys(bank),
        actor.key(),
        actor.obligation,
        account,
        args,
    )
}

/// `withdraw` without a minimum, followed by `banks`.
pub fn withdraw_ix(
    world: &World,
    actor: &Actor,
    bank: BankId,
    shares: u128,
    banks: &[BankId],
) -> Instruction {
    let args = instruction::Withdraw {
        shares,
        min_atoms: 0,
    };
    let (keys, account) = (world.keys(bank), world.wallet(actor, bank));
    let banks = bank_keys(world, banks);
    ix::withdraw(&keys, actor.key(), actor.obligation, account, args, &banks)
}

/// `borrow`, followed by `banks`.
pub fn borrow_ix(
    world: &World,
    actor: &Actor,
    bank: BankId,
    atoms: u64,
    banks: &[BankId],
) -> Instruction {
    let (keys, account) = (world.keys(bank), world.wallet(actor, bank));
    let banks = bank_keys(world, banks);
    ix::borrow(&keys, actor.key(), actor.obligation, account, atoms, &banks)
}

/// `repay` of `debtor`'s debt by `payer`.
pub fn repay_ix(
    world: &World,
    payer: &Actor,
    debtor: &Actor,
    bank: BankId,
    atoms: u64,
) -> Instruction {
    let account = world.wallet(payer, bank);
    ix::repay(
        &world.keys(bank),
        payer.key(),
        debtor.obligation,
        account,
        atoms,
    )
}

/// Addresses of banks.
pub fn bank_keys(world: &World, banks: &[BankId]) -> Vec<Pubkey> {
    banks.iter().map(|bank| world.keys(*bank).bank).collect()
}

/// Balances of one bank's asset: somebody's wallet, the bank's books and vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flows {
    /// [atoms] In the wallet.
    pub wallet: u64,
    /// [atoms] In the liquidity vault.
    pub vault: u64,
    /// [atoms] Cash by the books.
    pub cash: u64,
    /// [atoms] What lenders own.
    pub lender_assets: u64,
    /// [atoms] What borrowers owe.
    pub borrowed: u64,
}

/// See [`Flows`].
pub fn flows(world: &mut World, actor: &Actor, bank: BankId) -> Flows {
    let ledger = world.bank(bank).ledger;
    let vault = world.keys(bank).liquidity_vault;
    Flows {
        wallet: world.balance(actor, bank),
        vault: tokens::balance(&mut *world.chain, &vault),
        cash: ledger.cash,
        lender_assets: ledger.lender_assets,
        borrowed: ledger.borrowed,
    }
}

/// Somebody's deposit shares in a bank.
pub fn shares_of(world: &mut World, actor: &Actor, bank: BankId) -> u128 {
    let key = world.keys(bank).bank;
    world
        .obligation(actor)
        .position(&key)
        .map_or(0, |position| position.deposit_shares.get())
}

/// Somebody's debt shares in a bank.
pub fn debt_shares_of(world: &mut World, actor: &Actor, bank: BankId) -> u128 {
    let key = world.keys(bank).bank;
    world
        .obligation(actor)
        .position(&key)
        .map_or(0, |position| position.debt_shares.get())
}

/// Changes a bank's settings and lets the delay pass if there is one.
pub fn configure(world: &mut World, bank: BankId, change: impl FnOnce(&mut BankConfig)) {
    let admin = world.admin.insecure_clone();
    let keys = world.keys(bank);
    let mut config = world.bank(bank).config;
    change(&mut config);
    let update = ix::update_bank(&keys, admin.pubkey(), config);
    world.send(&[update], &[&admin]).unwrap();
    let due = world.bank(bank).pending_config_at;
    if due != 0 {
        let wait = u64::try_from(due - world.chain.now()).unwrap();
        world.advance(wait);
        world.send(&[ix::apply_bank_update(&keys)], &[]).unwrap();
    }
    assert_eq!(world.bank(bank).config, config);
}

/// A bank whose lenders carry an open deficit: [`Pool`] with write-offs without
/// issuance, no insurance, and a loan of 6,500 USDC whose collateral fell to 20
/// dollars. Returns the pool and the deficit in USDC atoms.
pub fn deficit(world: &mut World) -> (Pool, u64) {
    let insured = changed(BankSpec::usdc(), |config| config.write_off_mode = 1);
    let pool = pool_of(world, &insured, &BankSpec::sol());
    let liquidator = world.actor("liquidator");
    world.fund(&liquidator, pool.usdc, 10_000 * USDC);
    world
        .borrow(&pool.borrower, pool.usdc, 6_500 * USDC)
        .unwrap();
    world.advance(60);
    world.set_price(pool.sol, 20 * DOLLAR);
    world
        .liquidate(&liquidator, &pool.borrower, pool.usdc, pool.sol, u64::MAX)
        .unwrap();
    world
        .write_off(&liquidator, &pool.borrower, pool.usdc)
        .unwrap();
    let deficit = world.bank(pool.usdc).ledger.deficit;
    assert!(deficit > 0);
    (pool, deficit)
}
