//! One market with its people, on either chain. Every transaction that a
//! scenario sends is followed by a check of all invariants.

use {
    crate::{
        chain::{AccountData, Chain, Failure, NativeChain, Receipt, SvmChain},
        invariants,
        ix::{self, BankKeys, LiquidationParties, MarketKeys},
        keys::keypair,
        oracle::PriceFeed,
        settings, state,
        tokens::{self, Mint, Program},
    },
    backstop::{
        error::BackstopError,
        instruction,
        state::{Bank, BankConfig, Market, MarketConfig, Obligation},
    },
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    std::{collections::BTreeMap, env},
};

/// (10^-8 dollars) One dollar, in the exponent that scenarios use for prices.
pub const DOLLAR: i64 = 100_000_000;
/// The exponent of those prices.
pub const PRICE_EXPONENT: i32 = -8;
/// Decimals of the governance token.
pub const GOVERNANCE_DECIMALS: u8 = 6;
/// (governance atoms) Its supply at the start: one million tokens.
pub const GOVERNANCE_SUPPLY: u64 = 1_000_000_000_000;

/// Which bank, in the order of creation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BankId(pub usize);

/// Somebody with a wallet and an obligation.
#[derive(Debug)]
pub struct Actor {
    /// The wallet.
    pub wallet: Keypair,
    /// The obligation with index 0.
    pub obligation: Pubkey,
}

impl Actor {
    /// The wallet's address.
    pub fn key(&self) -> Pubkey {
        self.wallet.pubkey()
    }
}

/// What a new bank is like.
#[derive(Clone, Debug)]
pub struct BankSpec<'a> {
    /// Names its mint and feed.
    pub name: &'a str,
    /// Decimals of the mint.
    pub decimals: u8,
    /// Token program of the mint.
    pub program: Program<'a>,
    /// Whether the admin may freeze token accounts, as issuers of stable coins can.
    pub freezable: bool,
    /// (10^-8 dollars) First price of a whole token.
    pub price: i64,
    /// Settings; `feed_id` and `write_off_mode` are set by the world.
    pub config: BankConfig,
}

impl<'a> BankSpec<'a> {
    /// A bank of an SPL Token mint with recommended settings.
    pub fn new(name: &'a str, decimals: u8, price: i64) -> Self {
        Self {
            name,
            decimals,
            program: Program::Token,
            freezable: false,
            price,
            config: settings::bank([0; 32], decimals),
        }
    }

    /// A stable coin with 6 decimals at one dollar.
    pub fn usdc() -> Self {
        Self::new("USDC", 6, DOLLAR)
    }

    /// A volatile coin with 9 decimals at 100 dollars.
    pub fn sol() -> Self {
        Self::new("SOL", 9, 100 * DOLLAR)
    }
}

/// One market with its people.
pub struct World {
    /// The chain it lives on.
    pub chain: Box<dyn Chain>,
    /// Addresses of the market.
    pub market: MarketKeys,
    /// Its governance mint.
    pub governance: Mint,
    /// Addresses of the banks.
    pub banks: Vec<BankKeys>,
    /// Mints of the banks.
    pub mints: Vec<Mint>,
    /// Admin of the market, and authority of every asset mint.
    pub admin: Keypair,
    /// Its guardian.
    pub guardian: Keypair,
    /// Owner of protocol fees.
    pub fee_owner: Keypair,
    /// Holds the initial governance supply.
    pub treasury: Keypair,
    /// Every obligation ever opened through this world.
    pub obligations: Vec<Pubkey>,
    /// Other accounts that a refused transaction must not change.
    pub watched: Vec<Pubkey>,
    /// Last price of each feed, by price account.
    feeds: BTreeMap<Pubkey, PriceFeed>,
}

/// Runs a scenario on both chains and demands the same state at the end.
pub fn on_both(scenario: impl Fn(&mut World)) {
    on_both_with(Program::Token, scenario);
}

/// As [`on_both`], with a governance mint of `program`.
pub fn on_both_with(program: Program<'_>, scenario: impl Fn(&mut World)) {
    compare(SvmChain::backstop, NativeChain::backstop, program, scenario);
}

/// As [`on_both`], on chains with more on them.
pub fn on_both_of(
    bytecode: impl FnOnce() -> SvmChain,
    native: impl FnOnce() -> NativeChain,
    scenario: impl Fn(&mut World),
) {
    compare(bytecode, native, Program::Token, scenario);
}

/// `BACKSTOP_CHAIN`, `bytecode` or `native`, leaves the other one out: for a
/// program that is not the one this crate was compiled with.
fn compare(
    bytecode: impl FnOnce() -> SvmChain,
    native: impl FnOnce() -> NativeChain,
    program: Program<'_>,
    scenario: impl Fn(&mut World),
) {
    let only = env::var("BACKSTOP_CHAIN").ok();
    let wanted = |name| only.as_deref().is_none_or(|only| only == name);
    let mut ends = Vec::new();
    let mut play = |chain: Box<dyn Chain>| {
        let mut world = World::with_governance(chain, program, |_| ());
        scenario(&mut world);
        ends.push(world.fingerprint());
    };
    if wanted("bytecode") {
        play(Box::new(bytecode()));
    }
    if wanted("native") {
        play(Box::new(native()));
    }
    let [left, right] = &ends[..] else {
        assert_eq!(ends.len(), 1, "BACKSTOP_CHAIN is {only:?}");
        return;
    };
    assert_eq!(left.len(), right.len(), "other accounts on the two chains");
    for ((key, bytecode), (_, native)) in left.iter().zip(right) {
        assert_eq!(bytecode, native, "{key} differs between the two chains");
    }
}

impl World {
    /// A market on the bytecode chain.
    pub fn bytecode() -> Self {
        Self::new(Box::new(SvmChain::backstop()))
    }

    /// A market with recommended settings and no bank.
    pub fn new(chain: Box<dyn Chain>) -> Self {
        Self::with_config(chain, |_| ())
    }

    /// A market whose settings `change` has adjusted.
    pub fn with_config(chain: Box<dyn Chain>, change: impl FnOnce(&mut MarketConfig)) -> Self {
        Self::with_governance(chain, Program::Token, change)
    }

    /// A market whose governance mint is of `program`.
    pub fn with_governance(
        mut chain: Box<dyn Chain>,
        program: Program<'_>,
        change: impl FnOnce(&mut MarketConfig),
    ) -> Self {
        let [admin, guardian, fee_owner, treasury] =
            ["admin", "guardian", "fee owner", "treasury"].map(keypair);
        for wallet in [&admin, &guardian, &fee_owner, &treasury] {
            chain.airdrop(&wallet.pubkey(), 1_000_000_000_000);
        }
        let governance = tokens::create_mint(
            &mut *chain,
            "governance",
            &admin,
            GOVERNANCE_DECIMALS,
            program,
        );
        let account =
            tokens::create_associated_token_account(&mut *chain, &governance, &treasury.pubkey());
        tokens::mint_to(
            &mut *chain,
            &governance,
            &account,
            &admin,
            GOVERNANCE_SUPPLY,
        );

        let oracle = keypair("governance feed").pubkey();
        let market = MarketKeys::new(governance.key, governance.program, Some(oracle));
        let mut config = settings::market(
            guardian.pubkey(),
            fee_owner.pubkey(),
            feed_id("governance"),
            GOVERNANCE_SUPPLY / 5,
        );
        change(&mut config);
        let create = ix::create_market(
            &market,
            chain.payer(),
            admin.pubkey(),
            admin.pubkey(),
            config,
        );
        let mut world = Self {
            chain,
            market,
            governance,
            banks: Vec::new(),
            mints: Vec::new(),
            admin,
            guardian,
            fee_owner,
            treasury,
            obligations: Vec::new(),
            watched: Vec::new(),
            feeds: BTreeMap::new(),
        };
        let admin = world.admin.insecure_clone();
        world
            .send(&[create], &[&admin])
            .expect("the market is created");
        world.set_governance_price(DOLLAR);
        world
    }

    /// A copy that goes its own way from here: what happens in one does not
    /// happen in the other.
    ///
    /// # Panics
    /// On the native chain, which cannot be copied.
    pub fn fork(&self) -> Self {
        Self {
            chain: self.chain.fork().expect("the bytecode chain can be copied"),
            market: self.market,
            governance: self.governance,
            banks: self.banks.clone(),
            mints: self.mints.clone(),
            admin: self.admin.insecure_clone(),
            guardian: self.guardian.insecure_clone(),
            fee_owner: self.fee_owner.insecure_clone(),
            treasury: self.treasury.insecure_clone(),
            obligations: self.obligations.clone(),
            watched: self.watched.clone(),
            feeds: self.feeds.clone(),
        }
    }

    /// Creates a mint and a bank of it; its write-off mode is the one of `spec`.
    pub fn add_bank(&mut self, spec: &BankSpec<'_>) -> BankId {
        let admin = self.admin.insecure_clone();
        let freezer = admin.pubkey();
        let mint = tokens::create_mint_with_freezer(
            &mut *self.chain,
            spec.name,
            &admin,
            spec.freezable.then_some(&freezer),
            spec.decimals,
            spec.program,
        );
        self.add_bank_of(mint, spec)
    }

    /// Creates a bank of a mint that is there already.
    pub fn add_bank_of(&mut self, mint: Mint, spec: &BankSpec<'_>) -> BankId {
        let admin = self.admin.insecure_clone();
        let oracle = keypair(&format!("{} feed", spec.name)).pubkey();
        let keys = BankKeys::new(self.market, mint.key, mint.program, oracle);
        let config = BankConfig {
            feed_id: feed_id(spec.name),
            ..spec.config
        };
        let first = BankConfig {
            write_off_mode: 0,
            ..config
        };
        let create = ix::create_bank(&keys, self.chain.payer(), admin.pubkey(), first);
        self.send(&[create], &[&admin])
            .expect("the bank is created");
        let update = ix::update_bank(&keys, admin.pubkey(), config);
        self.send(&[update], &[&admin]).expect("the bank is set up");
        self.banks.push(keys);
        self.mints.push(mint);
        let id = BankId(self.banks.len() - 1);
        self.set_price(id, spec.price);
        id
    }

    /// Somebody new, with lamports, an obligation and empty token accounts.
    pub fn actor(&mut self, name: &str) -> Actor {
        let wallet = keypair(name);
        self.chain.airdrop(&wallet.pubkey(), 1_000_000_000_000);
        let obligation = self.market.obligation(&wallet.pubkey(), 0);
        let open = ix::open_obligation(&self.market, self.chain.payer(), wallet.pubkey(), 0);
        self.send(&[open], &[&wallet])
            .expect("the obligation is opened");
        self.obligations.push(obligation);
        for mint in self.mints.clone() {
            tokens::create_associated_token_account(&mut *self.chain, &mint, &wallet.pubkey());
        }
        let governance = self.governance;
        tokens::create_associated_token_account(&mut *self.chain, &governance, &wallet.pubkey());
        Actor { wallet, obligation }
    }

    /// Mints `atoms` of a bank's asset to somebody.
    pub fn fund(&mut self, actor: &Actor, bank: BankId, atoms: u64) {
        let (mint, admin) = (self.mints[bank.0], self.admin.insecure_clone());
        let account =
            tokens::create_associated_token_account(&mut *self.chain, &mint, &actor.key());
        tokens::mint_to(&mut *self.chain, &mint, &account, &admin, atoms);
    }

    /// Somebody's token account in a bank's asset.
    pub fn wallet(&self, actor: &Actor, bank: BankId) -> Pubkey {
        tokens::associated_token_account(&self.mints[bank.0], &actor.key())
    }

    /// Somebody's governance token account.
    pub fn governance_wallet(&self, actor: &Actor) -> Pubkey {
        tokens::associated_token_account(&self.governance, &actor.key())
    }

    /// (atoms) What somebody holds of a bank's asset.
    pub fn balance(&mut self, actor: &Actor, bank: BankId) -> u64 {
        let account = self.wallet(actor, bank);
        tokens::balance(&mut *self.chain, &account)
    }

    /// (governance atoms) What somebody holds of the governance token.
    pub fn governance_balance(&mut self, actor: &Actor) -> u64 {
        let account = self.governance_wallet(actor);
        tokens::balance(&mut *self.chain, &account)
    }

    /// Addresses of a bank.
    pub fn keys(&self, bank: BankId) -> BankKeys {
        self.banks[bank.0]
    }

    /// The bank's account.
    pub fn bank(&mut self, bank: BankId) -> Bank {
        let key = self.banks[bank.0].bank;
        state::bank(&mut *self.chain, &key)
    }

    /// The market's account.
    pub fn market_state(&mut self) -> Market {
        state::market(&mut *self.chain, &self.market.market)
    }

    /// Somebody's obligation.
    pub fn obligation(&mut self, actor: &Actor) -> Obligation {
        state::obligation(&mut *self.chain, &actor.obligation)
    }

    /// Publishes a calm price, spot and average the same.
    pub fn set_price(&mut self, bank: BankId, price: i64) {
        let key = self.banks[bank.0].oracle;
        let config = self.bank(bank).config;
        let now = self.chain.now();
        self.publish(
            key,
            PriceFeed {
                program: config.oracle_program,
                ..PriceFeed::new(config.feed_id, price, PRICE_EXPONENT, now)
            },
        );
    }

    /// Publishes a calm governance price.
    pub fn set_governance_price(&mut self, price: i64) {
        let key = self.market.oracle.expect("the market has a feed");
        let now = self.chain.now();
        self.publish(
            key,
            PriceFeed::new(feed_id("governance"), price, PRICE_EXPONENT, now),
        );
    }

    /// Publishes any observation at a price account.
    pub fn publish(&mut self, key: Pubkey, feed: PriceFeed) {
        feed.post(&mut *self.chain, &key);
        self.feeds.insert(key, feed);
    }

    /// The last observation at a price account.
    pub fn feed(&self, key: &Pubkey) -> PriceFeed {
        self.feeds[key]
    }

    /// Lets time pass; every feed keeps publishing its last price.
    pub fn advance(&mut self, secs: u64) {
        self.chain.advance(secs);
        let now = self.chain.now();
        for (key, feed) in &mut self.feeds {
            feed.publish_time = now;
            feed.prev_publish_time = now - 1;
            feed.post(&mut *self.chain, key);
        }
    }

    /// Lets time pass while every feed is silent.
    pub fn advance_silently(&mut self, secs: u64) {
        self.chain.advance(secs);
    }

    /// Sends a transaction and, if it succeeds, checks every invariant.
    pub fn send(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<Receipt, Failure> {
        let receipt = self.chain.send(instructions, signers)?;
        self.check(&receipt);
        Ok(receipt)
    }

    #[track_caller]
    fn check(&mut self, receipt: &Receipt) {
        if let Err(violation) = self.verify(receipt) {
            panic!("{} chain: {violation}", self.chain.name());
        }
    }

    /// Checks every invariant after a transaction that was sent past
    /// [`World::send`].
    ///
    /// # Errors
    /// The invariant that is violated, and the numbers.
    pub fn verify(&mut self, receipt: &Receipt) -> Result<(), invariants::Violation> {
        invariants::check(
            &mut *self.chain,
            &self.market,
            &self.banks,
            &self.obligations,
        )?;
        invariants::check_order(receipt)
    }

    /// Sends a transaction that must fail with `error` and leave every account
    /// that the scenario knows as it was.
    #[track_caller]
    pub fn refuse(
        &mut self,
        instructions: &[Instruction],
        signers: &[&Keypair],
        error: BackstopError,
    ) {
        self.refuse_code(instructions, signers, u32::from(error));
    }

    /// As [`World::refuse`], for an error code of Anchor or a token program.
    #[track_caller]
    pub fn refuse_code(&mut self, instructions: &[Instruction], signers: &[&Keypair], code: u32) {
        let before = self.fingerprint();
        let failure = match self.chain.send(instructions, signers) {
            Ok(_) => panic!("{} chain: expected error {code}", self.chain.name()),
            Err(failure) => failure,
        };
        assert_eq!(failure.code(), Some(code), "{failure}");
        assert_eq!(
            before,
            self.fingerprint(),
            "a refused transaction changed state"
        );
    }

    /// Every account of the market, its vaults and mints, without lamports:
    /// what a scenario has done.
    pub fn fingerprint(&mut self) -> Vec<(Pubkey, Option<AccountData>)> {
        let mut keys = vec![self.market.market, self.market.mint];
        for bank in &self.banks {
            keys.extend([
                bank.bank,
                bank.mint,
                bank.liquidity_vault,
                bank.insurance_vault,
                bank.governance_escrow,
            ]);
        }
        keys.extend(&self.obligations);
        keys.extend(&self.watched);
        keys.into_iter()
            .map(|key| (key, self.chain.account(&key)))
            .collect()
    }

    /// The banks of an obligation's active positions, in order.
    pub fn active_banks(&mut self, obligation: &Pubkey) -> Vec<BankKeys> {
        let state = state::obligation(&mut *self.chain, obligation);
        let banks = &self.banks;
        state
            .positions()
            .iter()
            .filter(|position| position.is_active())
            .filter_map(|position| banks.iter().find(|keys| keys.bank == position.bank))
            .copied()
            .collect()
    }

    /// A refresh of the banks, and their addresses.
    fn refreshed(banks: &[BankKeys]) -> (Instruction, Vec<Pubkey>) {
        let keys = banks.iter().map(|bank| bank.bank).collect();
        (ix::refresh_banks(banks), keys)
    }
}

/// What people do, each as one transaction that refreshes what it needs.
impl World {
    /// Refreshes banks.
    pub fn refresh(&mut self, banks: &[BankId]) -> Result<Receipt, Failure> {
        let keys: Vec<BankKeys> = banks.iter().map(|bank| self.keys(*bank)).collect();
        self.send(&[ix::refresh_banks(&keys)], &[])
    }

    /// Deposits, whatever the deficit.
    pub fn deposit(&mut self, actor: &Actor, bank: BankId, atoms: u64) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        let args = instruction::Deposit {
            atoms,
            min_shares: 0,
            accept_deficit: true,
        };
        let account = self.wallet(actor, bank);
        let deposit = ix::deposit(&keys, actor.key(), actor.obligation, account, args);
        self.send(&[ix::refresh_banks(&[keys]), deposit], &[&actor.wallet])
    }

    /// Withdraws shares; `u128::MAX` for all.
    pub fn withdraw(
        &mut self,
        actor: &Actor,
        bank: BankId,
        shares: u128,
    ) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        let mut active = self.active_banks(&actor.obligation);
        let (refresh, _) = Self::refreshed(&active);
        let held = self
            .obligation(actor)
            .position(&keys.bank)
            .map_or(0, |position| position.deposit_shares.get());
        if shares == u128::MAX || shares == held {
            active.retain(|bank| bank.bank != keys.bank);
        }
        let (_, banks) = Self::refreshed(&active);
        let args = instruction::Withdraw {
            shares,
            min_atoms: 0,
        };
        let account = self.wallet(actor, bank);
        let withdraw = ix::withdraw(&keys, actor.key(), actor.obligation, account, args, &banks);
        if self.obligation(actor).has_debt() {
            self.send(&[refresh, withdraw], &[&actor.wallet])
        } else {
            self.send(&[withdraw], &[&actor.wallet])
        }
    }

    /// Borrows.
    pub fn borrow(&mut self, actor: &Actor, bank: BankId, atoms: u64) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        let mut active = self.active_banks(&actor.obligation);
        if !active.iter().any(|active| active.bank == keys.bank) {
            active.push(keys);
        }
        let (refresh, banks) = Self::refreshed(&active);
        let account = self.wallet(actor, bank);
        let borrow = ix::borrow(&keys, actor.key(), actor.obligation, account, atoms, &banks);
        self.send(&[refresh, borrow], &[&actor.wallet])
    }

    /// Repays somebody's debt out of `payer`'s wallet.
    pub fn repay(
        &mut self,
        payer: &Actor,
        debtor: &Actor,
        bank: BankId,
        atoms: u64,
    ) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        let account = self.wallet(payer, bank);
        let repay = ix::repay(&keys, payer.key(), debtor.obligation, account, atoms);
        self.send(&[repay], &[&payer.wallet])
    }

    /// Liquidates.
    pub fn liquidate(
        &mut self,
        liquidator: &Actor,
        debtor: &Actor,
        debt: BankId,
        collateral: BankId,
        max_repay: u64,
    ) -> Result<Receipt, Failure> {
        let active = self.active_banks(&debtor.obligation);
        let (refresh, banks) = Self::refreshed(&active);
        let parties = LiquidationParties {
            liquidator: liquidator.key(),
            liquidator_obligation: liquidator.obligation,
            liquidator_token_account: self.wallet(liquidator, debt),
            obligation: debtor.obligation,
        };
        let args = instruction::Liquidate {
            max_repay,
            min_shares: 0,
        };
        let (debt, collateral) = (self.keys(debt), self.keys(collateral));
        let liquidate = ix::liquidate(&debt, &collateral, parties, args, &banks);
        self.send(&[refresh, liquidate], &[&liquidator.wallet])
    }

    /// Writes off somebody's debt for a bounty.
    pub fn write_off(
        &mut self,
        keeper: &Actor,
        debtor: &Actor,
        bank: BankId,
    ) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        let account = self.wallet(keeper, bank);
        let write_off = ix::write_off(&keys, debtor.obligation, Some(account), &[]);
        self.send(&[ix::refresh_banks(&[keys]), write_off], &[])
    }

    /// Covers a bank's deficit.
    pub fn cover(&mut self, bank: BankId) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        self.send(&[ix::refresh_banks(&[keys]), ix::cover_deficit(&keys)], &[])
    }

    /// Buys governance tokens, whatever they cost.
    pub fn buy(&mut self, bidder: &Actor, bank: BankId, amount: u64) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        let (pay, get) = (self.wallet(bidder, bank), self.governance_wallet(bidder));
        let buy = ix::buy_governance(&keys, bidder.key(), pay, get, amount, u64::MAX);
        self.send(&[buy], &[&bidder.wallet])
    }

    /// Closes a bank's auction.
    pub fn close_auction(&mut self, bank: BankId) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        self.send(&[ix::close_auction(&keys)], &[])
    }

    /// Socialises a bank's deficit.
    pub fn socialise(&mut self, bank: BankId) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        self.send(&[ix::socialise_deficit(&keys)], &[])
    }

    /// Repays somebody's record of written-off debt.
    pub fn repay_written_off(
        &mut self,
        payer: &Actor,
        debtor: &Actor,
        bank: BankId,
        atoms: u64,
    ) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        let account = self.wallet(payer, bank);
        let repay = ix::repay_written_off(&keys, payer.key(), debtor.obligation, account, atoms);
        self.send(&[repay], &[&payer.wallet])
    }

    /// Funds a bank's insurance.
    pub fn fund_insurance(
        &mut self,
        payer: &Actor,
        bank: BankId,
        atoms: u64,
    ) -> Result<Receipt, Failure> {
        let keys = self.keys(bank);
        let account = self.wallet(payer, bank);
        let fund = ix::fund_insurance(&keys, payer.key(), account, atoms);
        self.send(&[fund], &[&payer.wallet])
    }
}

/// The feed of a name: the name, padded.
pub fn feed_id(name: &str) -> [u8; 32] {
    let mut id = [0; 32];
    for (to, from) in id.iter_mut().zip(name.bytes()) {
        *to = from;
    }
    id
}
