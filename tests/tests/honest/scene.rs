//! The scene: a market with everything in it, and an attacker with a market of
//! his own.

use {
    crate::bad_debt::{crash, fail, plain_bank, set_market, Stage, LENT, TOKEN, USDC},
    backstop::state::{BankConfig, MarketConfig},
    backstop_tests::{
        chain::Chain,
        ix::{self, BankKeys, MarketKeys},
        state,
        tokens::{self, Mint, Program},
        world::{Actor, BankId, BankSpec, World, DOLLAR},
    },
    solana_pubkey::Pubkey,
    solana_signer::Signer,
};

/// (atoms) What each debtor owes or owed, before interest.
pub const DEBT: u64 = 600 * USDC;
/// (10^-8 dollars) Price of a whole token of collateral.
const COLLATERAL_PRICE: i64 = 1_000_000 * DOLLAR;
/// (atoms) What everybody has of everything.
const PURSE: u64 = 1_000_000 * USDC;

/// A market with loans good and bad, and whoever lives on it.
pub struct Scene {
    /// The world, with fresh feeds.
    pub world: World,
    /// Lends dollars, with interest and bounties.
    pub usdc: BankId,
    /// Has deposits of the borrower's.
    pub euro: BankId,
    /// Has deposits of the borrower's, and is dear.
    pub junk: BankId,
    /// A bank in which nobody has a position.
    pub spare: BankId,
    /// A delisted bank.
    pub dead: BankId,
    /// People that scenarios of bad debt know.
    pub stage: Stage,
    /// Owes [`DEBT`] dollars on collateral in `junk` and `euro`.
    pub borrower: Actor,
    /// Owes [`DEBT`] dollars and has nothing.
    pub failed: Actor,
    /// Owes [`DEBT`] dollars and has one atom in `dead`.
    pub ruined: Actor,
    /// The attacker, with tokens and an empty obligation.
    pub stranger: Actor,
    /// The attacker's market.
    pub foreign: MarketKeys,
    /// His banks of the same assets as `usdc` and `euro`, with the same feeds.
    pub foreign_banks: [BankKeys; 2],
}

impl Scene {
    /// Builds the scene on any chain; `usdc` and `spare` are assets of
    /// `program`.
    pub fn build(chain: Box<dyn Chain>, program: Program<'_>) -> Self {
        let mut world = World::new(chain);
        set_market(&mut world, |config| {
            config.max_discount_bps = 5_000;
            config.premium_bps = 5_000;
        });
        let usdc = world.add_bank(&lending_bank(program));
        let [euro, junk, dead] =
            ["EURO", "JUNK", "DEAD"].map(|name| world.add_bank(&plain_bank(name)));
        let spare = world.add_bank(&BankSpec {
            program,
            ..plain_bank("SPARE")
        });
        let people = ["lender", "liquidator", "keeper", "bidder", "stranger"];
        let [lender, liquidator, keeper, bidder, stranger] = people.map(|name| world.actor(name));
        let [borrower, ruined] = ["borrower", "ruined"].map(|name| world.actor(name));
        for actor in [&lender, &liquidator, &keeper, &bidder, &borrower, &stranger] {
            for bank in [usdc, euro, junk, spare] {
                world.fund(actor, bank, PURSE);
            }
        }
        world.deposit(&lender, usdc, LENT / 2).unwrap();
        world.fund(&ruined, dead, 1);
        world.deposit(&ruined, dead, 1).unwrap();
        delist(&mut world, dead);
        let stage = Stage {
            usdc,
            junk,
            lender,
            liquidator,
            keeper,
            bidder,
        };
        let failed = fail(&mut world, &stage, "failed", DEBT);
        ruin(&mut world, &stage, &ruined);
        world.set_price(junk, COLLATERAL_PRICE);
        world.deposit(&borrower, junk, 10 * USDC).unwrap();
        world.deposit(&borrower, euro, DEBT).unwrap();
        world.borrow(&borrower, usdc, DEBT).unwrap();
        world.advance(60);
        hand_out_governance(
            &mut world,
            &[
                &stage.lender,
                &stage.liquidator,
                &stage.keeper,
                &stage.bidder,
                &borrower,
                &stranger,
            ],
        );

        let (foreign, foreign_banks) = attackers_market(&mut world, &stranger, [usdc, euro]);
        for owner in [
            &stage.lender,
            &stage.liquidator,
            &stage.keeper,
            &borrower,
            &failed,
            &ruined,
        ] {
            let open = ix::open_obligation(&foreign, world.chain.payer(), owner.key(), 0);
            world.send(&[open], &[&owner.wallet]).unwrap();
            world.watched.push(foreign.obligation(&owner.key(), 0));
        }
        donate(&mut world, &stranger, &foreign_banks);
        watch(&mut world, &foreign);
        Self {
            world,
            usdc,
            euro,
            junk,
            spare,
            dead,
            stage,
            borrower,
            failed,
            ruined,
            stranger,
            foreign,
            foreign_banks,
        }
    }

    /// The attacker's bank of the same asset as `bank`, or else of dollars.
    pub fn foreign_twin(&self, bank: &BankKeys) -> BankKeys {
        let twin = self
            .foreign_banks
            .iter()
            .find(|keys| keys.mint == bank.mint);
        *twin.unwrap_or(&self.foreign_banks[0])
    }

    /// Price accounts of all feeds.
    pub fn feeds(&self) -> Vec<Pubkey> {
        let banks = self.world.banks.iter().map(|keys| keys.oracle);
        banks.chain(self.world.market.oracle).collect()
    }

    /// Everybody with an obligation in both markets.
    pub fn owners(&self) -> [&Actor; 6] {
        let stage = &self.stage;
        [
            &stage.lender,
            &stage.liquidator,
            &stage.keeper,
            &self.borrower,
            &self.failed,
            &self.ruined,
        ]
    }

    /// Banks of the borrower's positions, in order.
    pub fn borrowers_banks(&self) -> [BankKeys; 3] {
        [self.junk, self.euro, self.usdc].map(|bank| self.world.keys(bank))
    }
}

/// Dollars at interest; a keeper gets half a per cent of what he writes off.
fn lending_bank(program: Program<'_>) -> BankSpec<'_> {
    let mut spec = BankSpec {
        program,
        ..plain_bank("USDC")
    };
    spec.config.base_rate_bps = 100;
    spec.config.bounty_bps = 50;
    spec
}

fn delist(world: &mut World, bank: BankId) {
    let (admin, keys) = (world.admin.insecure_clone(), world.keys(bank));
    let config = BankConfig {
        delisted: 1,
        ..world.bank(bank).config
    };
    let update = ix::update_bank(&keys, admin.pubkey(), config);
    world.send(&[update], &[&admin]).unwrap();
    let delay = world.market_state().config.config_delay_secs;
    world.advance(u64::from(delay));
    world.send(&[ix::apply_bank_update(&keys)], &[]).unwrap();
}

/// Takes all collateral that counts from somebody who owes [`DEBT`].
fn ruin(world: &mut World, stage: &Stage, debtor: &Actor) {
    world.set_price(stage.junk, COLLATERAL_PRICE);
    world.fund(debtor, stage.junk, 10 * USDC);
    world.deposit(debtor, stage.junk, 10 * USDC).unwrap();
    world.borrow(debtor, stage.usdc, DEBT + 1).unwrap();
    crash(world, stage, debtor, stage.usdc);
    world.advance(60);
}

fn hand_out_governance(world: &mut World, holders: &[&Actor]) {
    let treasury = world.treasury.insecure_clone();
    let mint = world.governance;
    let from = tokens::associated_token_account(&mint, &treasury.pubkey());
    let mut accounts: Vec<Pubkey> = holders
        .iter()
        .map(|holder| world.governance_wallet(holder))
        .collect();
    accounts.extend(world.banks.iter().map(|keys| keys.governance_escrow));
    for to in accounts {
        tokens::transfer(
            &mut *world.chain,
            &mint,
            &from,
            &to,
            &treasury,
            10_000 * TOKEN,
        );
    }
}

/// Whoever calls the public `create_` instructions gets a market; this one's
/// settings, assets and feeds are those of the market under attack.
fn attackers_market(
    world: &mut World,
    stranger: &Actor,
    twins: [BankId; 2],
) -> (MarketKeys, [BankKeys; 2]) {
    let (chain, wallet) = (&mut *world.chain, &stranger.wallet);
    let mint = tokens::create_mint(chain, "foreign governance", wallet, 6, Program::Token);
    let purse = tokens::create_associated_token_account(chain, &mint, &stranger.key());
    tokens::mint_to(chain, &mint, &purse, wallet, PURSE);
    let market = MarketKeys::new(mint.key, mint.program, world.market.oracle);
    let config = MarketConfig {
        guardian: stranger.key(),
        fee_owner: stranger.key(),
        lifetime_issuance_cap: PURSE,
        ..world.market_state().config
    };
    let (payer, admin) = (world.chain.payer(), stranger.key());
    let create = ix::create_market(&market, payer, admin, admin, config);
    world.send(&[create], &[wallet]).unwrap();
    let banks = twins.map(|twin| {
        let ours = world.keys(twin);
        let keys = BankKeys::new(market, ours.mint, ours.token_program, ours.oracle);
        let config = world.bank(twin).config;
        let disabled = BankConfig {
            write_off_mode: 0,
            ..config
        };
        let steps = [
            ix::create_bank(&keys, payer, admin, disabled),
            ix::update_bank(&keys, admin, config),
        ];
        world.send(&steps, &[wallet]).unwrap();
        world.watched.extend([
            keys.bank,
            keys.liquidity_vault,
            keys.insurance_vault,
            keys.governance_escrow,
        ]);
        keys
    });
    world.watched.extend([market.market, market.mint]);
    (market, banks)
}

/// Fills every vault with tokens that no ledger knows: a wrong account must be
/// refused because it is wrong, not because it is empty.
fn donate(world: &mut World, stranger: &Actor, foreign: &[BankKeys]) {
    let admin = world.admin.insecure_clone();
    for (keys, mint) in world.banks.clone().iter().zip(world.mints.clone()) {
        let twin = foreign.iter().find(|twin| twin.mint == keys.mint);
        for bank in twin.into_iter().chain([keys]) {
            for vault in [bank.liquidity_vault, bank.insurance_vault] {
                tokens::mint_to(&mut *world.chain, &mint, &vault, &admin, PURSE);
            }
        }
    }
    let keys = &foreign[0].market;
    let mint = Mint {
        key: keys.mint,
        program: keys.token_program,
        decimals: 6,
    };
    let from = tokens::associated_token_account(&mint, &stranger.key());
    for bank in foreign {
        let to = bank.governance_escrow;
        tokens::transfer(
            &mut *world.chain,
            &mint,
            &from,
            &to,
            &stranger.wallet,
            10_000 * TOKEN,
        );
    }
}

/// Lets nothing change unnoticed: wallets, purses and prices too.
fn watch(world: &mut World, foreign: &MarketKeys) {
    let mut mints = world.mints.clone();
    mints.extend([
        world.governance,
        Mint {
            key: foreign.mint,
            program: foreign.token_program,
            decimals: 6,
        },
    ]);
    let owners: Vec<Pubkey> = world
        .obligations
        .clone()
        .iter()
        .map(|key| state::obligation(&mut *world.chain, key).owner)
        .chain([world.treasury.pubkey(), world.fee_owner.pubkey()])
        .collect();
    for owner in owners {
        world.watched.push(owner);
        let purses = mints
            .iter()
            .map(|mint| tokens::associated_token_account(mint, &owner));
        world.watched.extend(purses);
    }
    let feeds: Vec<Pubkey> = world.banks.iter().map(|keys| keys.oracle).collect();
    world.watched.extend(feeds);
    world.watched.extend(world.market.oracle);
}
