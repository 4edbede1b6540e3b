//! Who is in a setting: the attacker's wallets, honest people, banks.

use {
    crate::{
        chain::LookupTable,
        ix::BankKeys,
        keys::keypair,
        world::{Actor, BankId, World},
    },
    solana_pubkey::Pubkey,
    solana_signer::Signer,
};

/// People and banks of one setting. None of it changes while plans are tried.
pub struct Cast {
    /// The attacker's wallets.
    pub thieves: Vec<Actor>,
    /// Honest debtors. Lenders are there too, but nobody can do anything to them.
    pub honest: Vec<Actor>,
    /// Liquidates and writes off whatever of the attacker's is due.
    pub keeper: Actor,
    /// All banks.
    pub banks: Vec<BankId>,
    /// Every address that a plan can name, so that transactions fit.
    pub table: LookupTable,
    /// Token accounts of the attacker's wallets, by wallet and bank.
    accounts: Vec<Vec<Pubkey>>,
    /// His governance token accounts.
    governance: Vec<Pubkey>,
}

impl Cast {
    /// Collects everybody, and lists all addresses in a lookup table.
    pub fn new(
        world: &mut World,
        thieves: Vec<Actor>,
        honest: Vec<Actor>,
        keeper: Actor,
        banks: Vec<BankId>,
    ) -> Self {
        let mut listed = vec![world.market.market, world.market.mint, backstop::ID];
        listed.extend(world.market.oracle);
        for bank in &banks {
            let keys = world.keys(*bank);
            listed.extend([
                keys.bank,
                keys.mint,
                keys.liquidity_vault,
                keys.insurance_vault,
                keys.governance_escrow,
                keys.oracle,
                keys.token_program,
            ]);
        }
        for actor in thieves.iter().chain(&honest).chain([&keeper]) {
            listed.push(actor.obligation);
            listed.push(world.governance_wallet(actor));
            listed.extend(banks.iter().map(|bank| world.wallet(actor, *bank)));
        }
        listed.sort();
        listed.dedup();
        let key = keypair("attacker's table").pubkey();
        let table = world.chain.create_table(key, listed);
        let of = |thief| {
            banks
                .iter()
                .map(|bank| world.wallet(thief, *bank))
                .collect()
        };
        Self {
            accounts: thieves.iter().map(of).collect(),
            governance: thieves
                .iter()
                .map(|thief| world.governance_wallet(thief))
                .collect(),
            thieves,
            honest,
            keeper,
            banks,
            table,
        }
    }

    /// A wallet's token account in a bank's asset: deriving it takes as long as a
    /// transaction.
    pub fn wallet(&self, who: usize, bank: usize) -> Pubkey {
        self.accounts[who][bank]
    }

    /// A wallet's governance token account.
    pub fn governance_wallet(&self, who: usize) -> Pubkey {
        self.governance[who]
    }

    /// Who owns the obligation of that number: the attacker's come first.
    pub fn owner(&self, whom: usize) -> &Actor {
        self.thieves
            .get(whom)
            .unwrap_or_else(|| &self.honest[whom - self.thieves.len()])
    }

    /// How many obligations there are.
    pub fn obligations(&self) -> usize {
        self.thieves.len() + self.honest.len()
    }

    /// Whether an obligation is one of the attacker's.
    pub fn is_thief(&self, obligation: &Pubkey) -> bool {
        self.thieves
            .iter()
            .any(|thief| thief.obligation == *obligation)
    }

    /// Addresses of all banks.
    pub fn keys(&self, world: &World) -> Vec<BankKeys> {
        self.banks.iter().map(|bank| world.keys(*bank)).collect()
    }

    /// Which bank an address is.
    pub fn index_of(&self, world: &World, bank: &Pubkey) -> Option<usize> {
        self.banks
            .iter()
            .position(|id| world.keys(*id).bank == *bank)
    }
}
