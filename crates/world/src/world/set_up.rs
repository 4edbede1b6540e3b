//! Markets, banks and people.

use {
    super::{
        feed_id, Actor, BankId, BankSpec, World, DOLLAR, GOVERNANCE_DECIMALS, GOVERNANCE_SUPPLY,
    },
    crate::{
        chain::{Chain, SvmChain},
        ix::{self, BankKeys, MarketKeys},
        keys::keypair,
        settings,
        tokens::{self, Mint, Program},
    },
    backstop::state::{BankConfig, MarketConfig},
    solana_signer::Signer,
    std::collections::BTreeMap,
};

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
}
