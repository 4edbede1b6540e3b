//! The costliest obligations there can be: eight positions in banks of
//! Token-2022 mints, with every number of decimals and so many atoms that
//! products do not fit 128 bits, and with interest to be booked in each.

use {
    crate::common,
    backstop::instruction,
    backstop_tests::{
        chain::SvmChain,
        ix::{self, LiquidationParties},
        oracle::PriceFeed,
        settings::DAY,
        tokens::{MintExtension, Program},
        world::{feed_id, Actor, BankId, BankSpec, World},
    },
    solana_instruction::Instruction,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
};

/// A Token-2022 mint as issuers make them.
pub const TOKEN_2022: Program<'static> = Program::Token2022 {
    extensions: &[MintExtension::MetadataPointer, MintExtension::Metadata],
};

/// Names and decimals of the banks.
const BANKS: [(&str, u8); 8] = [
    ("A", 0),
    ("B", 18),
    ("C", 6),
    ("D", 9),
    ("E", 2),
    ("F", 12),
    ("G", 15),
    ("H", 5),
];

/// [atoms] Worth 200,000 dollars in each of the banks.
pub const UNIT: u64 = 1_000_000_000_000_000_000;

/// One market with eight banks.
pub struct Eight {
    /// The market.
    pub world: World,
    /// Its banks.
    pub banks: Vec<BankId>,
    /// Has a deposit in each.
    pub lender: Actor,
    /// Owes in the first, against deposits in the others.
    pub one_debt: Actor,
    /// Owes in all but the first, against a deposit there.
    pub seven_debts: Actor,
    /// Has nothing, and an account in each asset.
    pub keeper: Actor,
}

/// A price at which [`UNIT`] atoms are worth `dollars`, with the smallest
/// exponent that fits.
fn feed(name: &str, decimals: u8, dollars: u64, now: i64) -> PriceFeed {
    let decimals = i32::from(decimals);
    // Dollars a whole token: dollars · 10^(decimals − 18).
    let exponent = (decimals - 30).max(-18);
    let shift = u32::try_from(decimals - 18 - exponent).expect("the price is an integer");
    let price = dollars * 10u64.pow(shift);
    let price = i64::try_from(price).expect("the price fits");
    PriceFeed::new(feed_id(name), price, exponent, now)
}

impl Eight {
    /// Everybody has his positions; an hour of interest is to be booked.
    pub fn new() -> Self {
        let chain = Box::new(SvmChain::backstop());
        let mut world = World::with_governance(chain, TOKEN_2022, |_| ());
        let banks: Vec<BankId> = BANKS
            .iter()
            .map(|(name, decimals)| {
                let mut spec = BankSpec::new(name, *decimals, 1);
                spec.program = TOKEN_2022;
                spec.config.deposit_cap = u64::MAX;
                spec.config.borrow_cap = u64::MAX;
                spec.config.min_debt = 1;
                spec.config.full_close_debt = UNIT / 1_000;
                world.add_bank(&spec)
            })
            .collect();
        let [lender, one_debt, seven_debts, keeper] =
            ["lender", "one debt", "seven debts", "keeper"].map(|name| world.actor(name));
        let mut eight = Self {
            world,
            banks,
            lender,
            one_debt,
            seven_debts,
            keeper,
        };
        for index in 0..BANKS.len() {
            eight.set_value(index, 200_000);
        }
        eight.take_positions();
        eight.world.advance(3_600);
        for actor in [&eight.lender, &eight.one_debt, &eight.seven_debts] {
            assert_eq!(eight.world.active_banks(&actor.obligation).len(), 8);
        }
        eight.watch();
        eight
    }

    fn take_positions(&mut self) {
        let world = &mut self.world;
        let first = self.banks[0];
        for bank in &self.banks {
            world.fund(&self.lender, *bank, 6 * UNIT);
            world.deposit(&self.lender, *bank, 4 * UNIT).unwrap();
        }
        world.fund(&self.seven_debts, first, 8 * UNIT);
        world.deposit(&self.seven_debts, first, 7 * UNIT).unwrap();
        for bank in &self.banks[1..] {
            world.borrow(&self.seven_debts, *bank, UNIT / 2).unwrap();
            world.fund(&self.one_debt, *bank, UNIT);
            world.deposit(&self.one_debt, *bank, UNIT / 2).unwrap();
        }
        world.borrow(&self.one_debt, first, 2 * UNIT).unwrap();
    }

    fn watch(&mut self) {
        for actor in [
            &self.lender,
            &self.one_debt,
            &self.seven_debts,
            &self.keeper,
        ] {
            for bank in &self.banks {
                let account = self.world.wallet(actor, *bank);
                self.world.watched.push(account);
            }
        }
    }

    /// Publishes a price at which [`UNIT`] atoms of a bank are worth `dollars`.
    pub fn set_value(&mut self, index: usize, dollars: u64) {
        let (name, decimals) = BANKS[index];
        let key = self.world.keys(self.banks[index]).oracle;
        let now = self.world.chain.now();
        self.world.publish(key, feed(name, decimals, dollars, now));
    }

    /// A refresh of all eight banks.
    pub fn refresh(&self) -> Instruction {
        common::refresh_ix(&self.world, &self.banks)
    }

    fn positions(&mut self, obligation: &Pubkey) -> Vec<BankId> {
        let active = self.world.active_banks(obligation);
        let all = &self.banks;
        active
            .iter()
            .filter_map(|keys| {
                all.iter()
                    .find(|id| self.world.keys(**id).bank == keys.bank)
            })
            .copied()
            .collect()
    }

    /// `deposit` of an eighth of a unit.
    pub fn deposit(&self, actor: &Actor, index: usize) -> [Instruction; 2] {
        let deposit = common::deposit_ix(&self.world, actor, self.banks[index], UNIT / 8);
        [self.refresh(), deposit]
    }

    /// `withdraw` of a part that leaves the position.
    pub fn withdraw(&mut self, owner: Pubkey, index: usize) -> [Instruction; 2] {
        let actor = self.actor(owner);
        let banks = self.positions(&actor.obligation);
        let shares = u128::from(UNIT / 64) * common::SHARES;
        let bank = self.banks[index];
        let withdraw = common::withdraw_ix(&self.world, &actor, bank, shares, &banks);
        [self.refresh(), withdraw]
    }

    /// `borrow` of a little more.
    pub fn borrow(&mut self, owner: Pubkey, index: usize) -> [Instruction; 2] {
        let actor = self.actor(owner);
        let banks = self.positions(&actor.obligation);
        let bank = self.banks[index];
        let borrow = common::borrow_ix(&self.world, &actor, bank, UNIT / 64, &banks);
        [self.refresh(), borrow]
    }

    /// `repay` by the lender.
    pub fn repay(&self, debtor: &Actor, index: usize) -> [Instruction; 2] {
        let bank = self.banks[index];
        let repay = common::repay_ix(&self.world, &self.lender, debtor, bank, UNIT / 8);
        [self.refresh(), repay]
    }

    /// `liquidate` by the lender: as much of a debt as he may, for a collateral.
    pub fn liquidate(&mut self, owner: Pubkey, debt: usize, collateral: usize) -> [Instruction; 2] {
        let debtor = self.actor(owner);
        let banks = self.positions(&debtor.obligation);
        let liquidate = self.liquidation(&debtor, debt, collateral, UNIT / 4, &banks);
        [self.refresh(), liquidate]
    }

    /// Delists all banks but the first, so that seven deposits count for nothing.
    pub fn delist(&mut self) {
        let admin = self.world.admin.insecure_clone();
        let banks = self.banks[1..].to_vec();
        for bank in &banks {
            let keys = self.world.keys(*bank);
            let mut config = self.world.bank(*bank).config;
            config.delisted = 1;
            let update = ix::update_bank(&keys, admin.pubkey(), config);
            self.world.send(&[update], &[&admin]).unwrap();
        }
        self.world.advance(2 * u64::from(DAY));
        for bank in &banks {
            let apply = ix::apply_bank_update(&self.world.keys(*bank));
            self.world.send(&[apply], &[]).unwrap();
        }
    }

    /// `write_off` of the one debt, for a bounty, past seven delisted deposits.
    pub fn write_off(&self) -> [Instruction; 2] {
        let first = self.banks[0];
        let account = self.world.wallet(&self.keeper, first);
        let delisted = common::bank_keys(&self.world, &self.banks[1..]);
        let keys = self.world.keys(first);
        let write_off = ix::write_off(&keys, self.one_debt.obligation, Some(account), &delisted);
        [self.refresh(), write_off]
    }

    /// Somebody whose collateral is gone and who has put an atom into each bank
    /// but the first, where he owes.
    pub fn fail_with_dust(&mut self) -> Actor {
        let debtor = self.world.actor("dusty");
        let (owed, pledged) = (self.banks[0], self.banks[1]);
        let world = &mut self.world;
        world.fund(&debtor, pledged, UNIT);
        world.deposit(&debtor, pledged, UNIT / 2).unwrap();
        world.borrow(&debtor, owed, UNIT / 4).unwrap();
        world.advance(3_600);
        self.set_value(0, 2_000_000);
        let world = &mut self.world;
        world
            .liquidate(&self.lender, &debtor, owed, pledged, u64::MAX)
            .unwrap();
        for bank in &self.banks[1..] {
            world.fund(&debtor, *bank, 1);
            world.deposit(&debtor, *bank, 1).unwrap();
        }
        debtor
    }

    /// `liquidate` by the lender of an atom in one bank, for the debt in the
    /// first; `banks` are those of the positions that are left.
    pub fn liquidate_dust(&self, debtor: &Actor, bank: usize, banks: &[usize]) -> Instruction {
        let banks: Vec<BankId> = banks.iter().map(|index| self.banks[*index]).collect();
        self.liquidation(debtor, 0, bank, 1, &banks)
    }

    /// `write_off` of a debt in the first bank, without a bounty.
    pub fn write_off_of(&self, debtor: &Actor) -> Instruction {
        let keys = self.world.keys(self.banks[0]);
        ix::write_off(&keys, debtor.obligation, None, &[])
    }

    fn liquidation(
        &self,
        debtor: &Actor,
        debt: usize,
        collateral: usize,
        max_repay: u64,
        banks: &[BankId],
    ) -> Instruction {
        let banks = common::bank_keys(&self.world, banks);
        let [debt, collateral] = [debt, collateral].map(|index| self.banks[index]);
        let parties = LiquidationParties {
            liquidator: self.lender.key(),
            liquidator_obligation: self.lender.obligation,
            liquidator_token_account: self.world.wallet(&self.lender, debt),
            obligation: debtor.obligation,
        };
        let args = instruction::Liquidate {
            max_repay,
            min_shares: 0,
        };
        let [debt, collateral] = [debt, collateral].map(|bank| self.world.keys(bank));
        ix::liquidate(&debt, &collateral, parties, args, &banks)
    }

    fn actor(&self, owner: Pubkey) -> Actor {
        let people = [
            &self.lender,
            &self.one_debt,
            &self.seven_debts,
            &self.keeper,
        ];
        let actor = people
            .into_iter()
            .find(|actor| actor.key() == owner)
            .expect("one of the four");
        Actor {
            wallet: actor.wallet.insecure_clone(),
            obligation: actor.obligation,
        }
    }
}
