//! The scene: a market with everything in it, and an attacker with a market of
//! his own.

use {
    super::attacker,
    crate::bad_debt::{crash, fail, plain_bank, set_market, Stage, LENT, TOKEN, USDC},
    backstop::state::BankConfig,
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
pub(super) const HOLDING: u64 = 1_000_000 * USDC;

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
    /// Delisted banks.
    pub dead: [BankId; 2],
    /// People that scenarios of bad debt know.
    pub stage: Stage,
    /// Owes [`DEBT`] dollars on collateral in `junk` and `euro`.
    pub borrower: Actor,
    /// Owes [`DEBT`] dollars and has nothing.
    pub failed: Actor,
    /// Owes [`DEBT`] dollars and has an atom in each bank of `dead`.
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
        let [euro, junk, dead, gone] =
            ["EURO", "JUNK", "DEAD", "GONE"].map(|name| world.add_bank(&plain_bank(name)));
        let dead = [dead, gone];
        let spare = world.add_bank(&BankSpec {
            program,
            ..plain_bank("SPARE")
        });
        let people = ["lender", "liquidator", "keeper", "bidder", "stranger"];
        let [lender, liquidator, keeper, bidder, stranger] = people.map(|name| world.actor(name));
        let [borrower, ruined] = ["borrower", "ruined"].map(|name| world.actor(name));
        for actor in [&lender, &liquidator, &keeper, &bidder, &borrower, &stranger] {
            for bank in [usdc, euro, junk, spare] {
                world.fund(actor, bank, HOLDING);
            }
        }
        world.deposit(&lender, usdc, LENT / 2).unwrap();
        for bank in dead {
            world.fund(&ruined, bank, 1);
            world.deposit(&ruined, bank, 1).unwrap();
        }
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

        let (foreign, foreign_banks) = attacker::found(&mut world, &stranger, [usdc, euro]);
        let owners = [
            &stage.lender,
            &stage.liquidator,
            &stage.keeper,
            &borrower,
            &failed,
            &ruined,
        ];
        attacker::invite(&mut world, &foreign, &owners);
        attacker::donate(&mut world, &stranger, &foreign_banks);
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

fn delist(world: &mut World, banks: [BankId; 2]) {
    let admin = world.admin.insecure_clone();
    for bank in banks {
        let config = BankConfig {
            delisted: 1,
            ..world.bank(bank).config
        };
        let update = ix::update_bank(&world.keys(bank), admin.pubkey(), config);
        world.send(&[update], &[&admin]).unwrap();
    }
    let delay = world.market_state().config.config_delay_secs;
    world.advance(u64::from(delay));
    for bank in banks {
        let apply = ix::apply_bank_update(&world.keys(bank));
        world.send(&[apply], &[]).unwrap();
    }
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

/// Lets nothing change unnoticed: wallets, token accounts and prices too.
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
        let accounts = mints
            .iter()
            .map(|mint| tokens::associated_token_account(mint, &owner));
        world.watched.extend(accounts);
    }
    let feeds: Vec<Pubkey> = world.banks.iter().map(|keys| keys.oracle).collect();
    world.watched.extend(feeds);
    world.watched.extend(world.market.oracle);
}
