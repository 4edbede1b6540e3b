//! From the actions of a plan to instructions that can be sent.

use {
    super::{
        cast::Cast,
        credit::credit,
        ops::Op,
        plan::{Action, Amount},
        positions::Positions,
        powers,
        wealth::debt,
    },
    crate::{
        ix::{self, BankKeys, LiquidationParties},
        state::Wide,
        tokens,
        world::World,
    },
    backstop::{
        instruction,
        state::{Bank, Position},
    },
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    spl_token_2022_interface::instruction::transfer_checked,
};

/// Composes one transaction.
pub struct Executor<'w, 'a> {
    world: &'w mut World,
    cast: &'a Cast,
    positions: Vec<Positions>,
}

/// A transaction before it is sent.
pub struct Draft<'a> {
    /// Its instructions, a refresh of every bank first.
    pub instructions: Vec<Instruction>,
    /// Who signs it.
    pub signers: Vec<&'a Keypair>,
}

impl<'w, 'a> Executor<'w, 'a> {
    /// Looks at everybody's positions.
    pub fn new(world: &'w mut World, cast: &'a Cast) -> Self {
        let positions = (0..cast.obligations())
            .map(|whom| {
                let obligation = world.obligation(cast.owner(whom));
                Positions::of(world, cast, &obligation)
            })
            .collect();
        Self {
            world,
            cast,
            positions,
        }
    }

    /// The transaction that `actions` mean in the state there is. `admin` signs
    /// what needs his key.
    pub fn draft(mut self, actions: &[Action], admin: &'a Keypair) -> Draft<'a> {
        let mut instructions = vec![ix::refresh_banks(&self.cast.keys(self.world))];
        let mut signers = Vec::new();
        for action in actions {
            instructions.push(self.instruction(action));
            signers.push(if Op::ADMIN.contains(&action.op) {
                admin
            } else {
                &self.cast.thieves[action.who].wallet
            });
        }
        // A signature that no instruction asks for makes a transaction invalid.
        signers.retain(|signer| {
            let key = solana_signer::Signer::pubkey(*signer);
            instructions
                .iter()
                .flat_map(|instruction| &instruction.accounts)
                .any(|meta| meta.is_signer && meta.pubkey == key)
        });
        Draft {
            instructions,
            signers,
        }
    }

    fn bank(&mut self, index: usize) -> Bank {
        self.world.bank(self.cast.banks[index])
    }

    fn keys(&self, index: usize) -> BankKeys {
        self.world.keys(self.cast.banks[index])
    }

    fn balance(&mut self, who: usize, bank: usize) -> u64 {
        tokens::balance(&mut *self.world.chain, &self.cast.wallet(who, bank))
    }

    fn position(&mut self, whom: usize, bank: usize) -> Position {
        let key = self.keys(bank).bank;
        self.world
            .obligation(self.cast.owner(whom))
            .position(&key)
            .copied()
            .unwrap_or_default()
    }

    fn addresses(&self, banks: impl Iterator<Item = usize>) -> Vec<Pubkey> {
        banks.map(|bank| self.keys(bank).bank).collect()
    }

    fn instruction(&mut self, action: &Action) -> Instruction {
        let cast = self.cast;
        let Action {
            who, whom, bank, ..
        } = *action;
        let thief = &cast.thieves[who];
        let keys = self.keys(bank);
        let wallet = cast.wallet(who, bank);
        let governance = cast.governance_wallet(who);
        match action.op {
            Op::Deposit => {
                self.positions[who].set_deposit(bank, true);
                let args = instruction::Deposit {
                    atoms: atoms(action.amount, self.balance(who, bank)),
                    min_shares: 0,
                    accept_deficit: true,
                };
                ix::deposit(&keys, thief.key(), thief.obligation, wallet, args)
            }
            Op::Withdraw => self.withdraw(action),
            Op::Borrow => {
                self.positions[who].set_debt(bank, true);
                let room = credit(self.world, cast, who, bank);
                let atoms = atoms(action.amount, room);
                let banks = self.addresses(self.positions[who].active());
                ix::borrow(&keys, thief.key(), thief.obligation, wallet, atoms, &banks)
            }
            Op::Repay => {
                let owed = self.owed(whom, bank);
                if action.amount == Amount::All {
                    self.positions[whom].set_debt(bank, false);
                }
                let most = most(action.amount, owed);
                let debtor = cast.owner(whom).obligation;
                ix::repay(&keys, thief.key(), debtor, wallet, most)
            }
            Op::Liquidate => self.liquidate(action),
            Op::WriteOff => {
                self.positions[whom].set_debt(bank, false);
                ix::write_off(&keys, cast.owner(whom).obligation, Some(wallet), &[])
            }
            Op::Cover => ix::cover_deficit(&keys),
            Op::Buy => {
                let lot = self.bank(bank).auction.lot;
                let amount = most(action.amount, lot);
                ix::buy_governance(&keys, thief.key(), wallet, governance, amount, u64::MAX)
            }
            Op::CloseAuction => ix::close_auction(&keys),
            Op::Socialise => ix::socialise_deficit(&keys),
            Op::RepayRecord => {
                let record = self.position(whom, bank).written_off;
                let debtor = cast.owner(whom).obligation;
                let most = most(action.amount, record);
                ix::repay_written_off(&keys, thief.key(), debtor, wallet, most)
            }
            Op::Fund => {
                let atoms = atoms(action.amount, self.balance(who, bank));
                ix::fund_insurance(&keys, thief.key(), wallet, atoms)
            }
            Op::Collect => {
                let owner = solana_signer::Signer::pubkey(&self.world.fee_owner);
                let mint = self.world.mints[cast.banks[bank].0];
                ix::collect_fees(&keys, tokens::associated_token_account(&mint, &owner))
            }
            Op::StartBuyBack => ix::start_buy_back(&keys),
            Op::Sell => {
                let held = tokens::balance(&mut *self.world.chain, &governance);
                let amount = most(action.amount, held);
                ix::sell_governance(&keys, thief.key(), governance, wallet, amount, 0)
            }
            Op::CloseBuyBack => ix::close_buy_back(&keys),
            Op::Donate => self.donate(action),
            _ => powers::instruction(self.world, &keys, action),
        }
    }

    fn withdraw(&mut self, action: &Action) -> Instruction {
        let Action { who, bank, .. } = *action;
        let thief = &self.cast.thieves[who];
        let held = self.position(who, bank).deposit_shares.get();
        let shares = match action.amount {
            Amount::All => u128::MAX,
            part => part.of(held),
        };
        if shares >= held {
            self.positions[who].set_deposit(bank, false);
        }
        let banks = match self.positions[who].has_debt() {
            true => self.addresses(self.positions[who].active()),
            false => Vec::new(),
        };
        let args = instruction::Withdraw {
            shares,
            min_atoms: 0,
        };
        let (keys, wallet) = (self.keys(bank), self.cast.wallet(who, bank));
        ix::withdraw(&keys, thief.key(), thief.obligation, wallet, args, &banks)
    }

    fn liquidate(&mut self, action: &Action) -> Instruction {
        let Action {
            who,
            whom,
            bank,
            other,
            ..
        } = *action;
        let thief = &self.cast.thieves[who];
        let banks = self.addresses(self.positions[whom].active());
        self.positions[who].set_deposit(other, true);
        // What a second instruction finds depends on what this one leaves.
        if action.amount == Amount::All && action.knob.is_multiple_of(2) {
            self.positions[whom].set_deposit(other, false);
        }
        let parties = LiquidationParties {
            liquidator: thief.key(),
            liquidator_obligation: thief.obligation,
            liquidator_token_account: self.cast.wallet(who, bank),
            obligation: self.cast.owner(whom).obligation,
        };
        let args = instruction::Liquidate {
            max_repay: most(action.amount, self.owed(whom, bank)),
            min_shares: 0,
        };
        ix::liquidate(&self.keys(bank), &self.keys(other), parties, args, &banks)
    }

    fn donate(&mut self, action: &Action) -> Instruction {
        let thief = &self.cast.thieves[action.who];
        let keys = self.keys(action.bank);
        let (mint, from, to) = match action.knob % 3 {
            0 => (
                self.world.mints[self.cast.banks[action.bank].0],
                self.cast.wallet(action.who, action.bank),
                keys.liquidity_vault,
            ),
            1 => (
                self.world.mints[self.cast.banks[action.bank].0],
                self.cast.wallet(action.who, action.bank),
                keys.insurance_vault,
            ),
            _ => (
                self.world.governance,
                self.cast.governance_wallet(action.who),
                keys.governance_escrow,
            ),
        };
        let held = tokens::balance(&mut *self.world.chain, &from);
        let atoms = atoms(action.amount, held);
        transfer_checked(
            &mint.program,
            &from,
            &mint.key,
            &to,
            &thief.key(),
            &[],
            atoms,
            mint.decimals,
        )
        .expect("the program is a token program")
    }

    fn owed(&mut self, whom: usize, bank: usize) -> u64 {
        let shares = self.position(whom, bank).debt_shares.big();
        debt(&self.bank(bank).ledger, &shares)
    }
}

/// A number of atoms that must be there.
fn atoms(amount: Amount, whole: u64) -> u64 {
    u64::try_from(amount.of(u128::from(whole))).unwrap_or(u64::MAX)
}

/// A limit: all is the largest number there is.
fn most(amount: Amount, whole: u64) -> u64 {
    match amount {
        Amount::All => u64::MAX,
        part => atoms(part, whole),
    }
}
