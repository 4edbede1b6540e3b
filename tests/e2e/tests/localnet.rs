//! The local chain itself: what `crates/localnet` promises everybody who starts
//! one. Each test has a chain of its own.

use std::time::Duration;

use anyhow::{ensure, Context, Result};
use backstop_client::{
    accounts::decode,
    addresses::{associated_token_account, BankKeys, MarketKeys},
    instructions,
    oracle::price_update,
    program::{
        constants::PYTH_RECEIVERS,
        instruction::Deposit,
        state::{Bank, BankConfig, MarketConfig, Obligation, PriceUpdate},
    },
    transaction::{execute, Assembler},
    ID,
};
use backstop_localnet::{
    assets::Asset, prices::Quote, publisher::INTERVAL, Localnet, Network, Options,
};
use solana_keypair::Keypair;
use solana_pubkey::Pubkey;
use solana_rpc_client::nonblocking::rpc_client::RpcClient;
use solana_signer::Signer;

/// (atoms) One whole SOL.
const SOL: u64 = 1_000_000_000;
/// The classic token program, of which every mint is.
const TOKEN: Pubkey = Pubkey::from_str_const("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the local chain: cargo xtask test runs it"]
async fn signed_transactions_run_the_deployed_program() -> Result<()> {
    let net = Localnet::start(Options::from_env()?).await?;
    let rpc = net.rpc();
    let program = rpc.get_account(&ID).await?;
    ensure!(program.executable, "the program is not executable");

    let admin = net.actor("admin")?.keypair;
    let lender = net.actor("lender")?.keypair;
    let bank = create_market(&net, &admin).await?;
    let owner = lender.pubkey();
    let obligation = bank.market.obligation(&owner, 0);
    let deposit = Deposit {
        atoms: 10 * SOL,
        min_shares: 0,
        accept_deficit: false,
    };
    let instructions = [
        instructions::open_obligation(&bank.market, owner, owner, 0),
        instructions::deposit(
            &bank,
            owner,
            obligation,
            bank.token_account(&owner),
            deposit,
        ),
    ];
    let before = balance(rpc, &bank.token_account(&owner)).await?;
    execute(rpc, &Assembler::new(owner), &instructions, &[&lender]).await?;

    let after = balance(rpc, &bank.token_account(&owner)).await?;
    assert_eq!(before - after, 10 * SOL);
    assert_eq!(balance(rpc, &bank.liquidity_vault).await?, 10 * SOL);
    let state: Obligation = decode(&obligation, &rpc.get_account(&obligation).await?)?;
    assert_eq!(state.owner, owner);
    let state: Bank = decode(&bank.bank, &rpc.get_account(&bank.bank).await?)?;
    assert_eq!(state.mint, net.mint("SOL")?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the local chain: cargo xtask test runs it"]
async fn a_moved_price_is_seen_at_once_and_never_grows_old() -> Result<()> {
    let net = Localnet::start(Options::from_env()?).await?;
    let rpc = net.rpc();
    // Another process knows the directory only.
    let elsewhere = Network::open(net.dir())?;
    for dollars in ["42.5", "41", "40.99999999"] {
        let now = elsewhere.set_price("SOL", dollars).await?;
        let seen = price(rpc, "SOL").await?.observation;
        let expected = Quote::parse(dollars, None, None)?;
        assert_eq!((seen.price, seen.ema), (expected.price, expected.ema));
        assert!(seen.published.0 >= now.time);
    }
    let lagging = Quote::parse("30", Some("40"), Some("0.5"))?;
    net.set_quote("SOL", lagging).await?;
    let first = price(rpc, "SOL").await?.observation;
    assert_eq!((first.price, first.ema), (lagging.price, lagging.ema));
    assert_eq!(first.conf, 50_000_000);

    tokio::time::sleep(3 * INTERVAL).await;
    let later = price(rpc, "SOL").await?.observation;
    assert_eq!((later.price, later.ema), (first.price, first.ema));
    assert!(later.published.0 > first.published.0, "nobody published");
    assert_eq!(price(rpc, "USDC").await?.observation.price, 100_000_000);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the local chain: cargo xtask test runs it"]
async fn time_that_is_moved_forward_takes_the_prices_along() -> Result<()> {
    const HOURS: u64 = 3_600;
    let net = Localnet::start(Options::from_env()?).await?;
    let before = net.now().await?;
    for hours in [2, 72] {
        let from = net.now().await?;
        let to = net.forward(hours * HOURS).await?;
        let moved = u64::try_from(to.time - from.time)?;
        assert!(
            (hours * HOURS..hours * HOURS + 60).contains(&moved),
            "{moved}"
        );
        assert!(to.slot > from.slot + hours * HOURS, "slots did not follow");
        let age = to.time - price(net.rpc(), "SOL").await?.observation.published.0;
        assert!(age <= 0, "the price is {age} s old after the leap");
    }
    // Blocks go on, at the pace of before.
    let landed = net.now().await?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let later = net.now().await?;
    assert!(later.slot > landed.slot && later.time > landed.time);
    assert!(later.time - landed.time < 60);
    assert!(later.time > before.time + 74 * 3_600);
    assert!(net.forward(0).await.is_err(), "time stood still");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the local chain: cargo xtask test runs it"]
async fn the_same_gift_at_the_same_moment_is_given_twice() -> Result<()> {
    let net = Localnet::start(Options::from_env()?).await?;
    let owner = net.add_actor("stranger", SOL).await?.keypair.pubkey();
    let (first, second) = tokio::join!(
        net.give(&owner, "SOL", 3 * SOL),
        net.give(&owner, "SOL", 3 * SOL)
    );
    first?;
    second?;
    let account = associated_token_account(&net.mint("SOL")?, &TOKEN, &owner);
    assert_eq!(balance(net.rpc(), &account).await?, 6 * SOL);
    assert_eq!(net.rpc().get_balance(&owner).await?, SOL);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the local chain: cargo xtask test runs it"]
async fn nothing_of_a_network_outlives_it() -> Result<()> {
    let net = Localnet::start(Options::from_env()?).await?;
    let (dir, url) = (net.dir().to_path_buf(), net.rpc_url().to_owned());
    let client = RpcClient::new(url);
    client.get_slot().await?;
    ensure!(dir.join("localnet.json").exists());
    drop(net);
    ensure!(!dir.exists(), "{} is still there", dir.display());
    for _ in 0..50 {
        if client.get_slot().await.is_err() {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    anyhow::bail!("the chain still answers")
}

async fn balance(rpc: &RpcClient, account: &Pubkey) -> Result<u64> {
    let amount = rpc.get_token_account_balance(account).await?.amount;
    amount.parse().context("no amount")
}

async fn price(rpc: &RpcClient, symbol: &str) -> Result<PriceUpdate> {
    let asset = Asset::named(symbol)?;
    let account = rpc.get_account(&asset.price_account()).await?;
    Ok(price_update(&account, &PYTH_RECEIVERS[0], &asset.feed_id)?)
}

/// A market that adopts GOV, with a bank for SOL.
async fn create_market(net: &Localnet, admin: &Keypair) -> Result<BankKeys> {
    let (gov, sol) = (Asset::named("GOV")?, Asset::named("SOL")?);
    let key = admin.pubkey();
    let market = MarketKeys::new(gov.mint(), TOKEN, Some(gov.price_account()));
    let bank = BankKeys::new(market, sol.mint(), TOKEN, sol.price_account());
    let guardian = net.actor("guardian")?.keypair.pubkey();
    let fee_owner = net.actor("fee_owner")?.keypair.pubkey();
    let instructions = [
        instructions::create_market(&market, key, key, key, market_config(guardian, fee_owner)),
        instructions::create_bank(&bank, key, key, bank_config(sol)),
    ];
    execute(net.rpc(), &Assembler::new(key), &instructions, &[admin]).await?;
    Ok(bank)
}

fn market_config(guardian: Pubkey, fee_owner: Pubkey) -> MarketConfig {
    MarketConfig {
        guardian,
        fee_owner,
        oracle_program: PYTH_RECEIVERS[0],
        feed_id: *b"backstop local chain, feed: GOV ",
        lifetime_issuance_cap: 1_000_000,
        config_delay_secs: 86_400,
        max_pause_secs: 86_400,
        auction_delay_secs: 3_600,
        auction_duration_secs: 6 * 3_600,
        max_discount_bps: 4_000,
        premium_bps: 1_000,
        max_failed_auctions: 3,
        issuance_window_bps: 1_000,
        issuance_window_secs: 7 * 86_400,
        issuance_auction_bps: 500,
        max_age_secs: 60,
        max_conf_bps: 500,
        max_divergence_bps: 5_000,
        reserved: 0,
    }
}

fn bank_config(asset: &Asset) -> BankConfig {
    BankConfig {
        feed_id: asset.feed_id,
        write_off_mode: 0,
        ..BankConfig::recommended(9)
    }
}
