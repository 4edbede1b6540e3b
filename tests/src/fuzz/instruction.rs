//! From a call to instructions: lists of accounts follow from the
//! model, as a client's follow from what it has read.

use {
    super::{
        case::{Amount, Call, Vault},
        stage::Stage,
    },
    crate::{
        ix::{self, LiquidationParties},
        model::{number::Int, Model},
        world::BankId,
    },
    backstop::{instruction, state::PauseKind},
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
};

/// Instructions and who signs them.
pub struct Built {
    /// In order.
    pub instructions: Vec<Instruction>,
    /// Beside the payer.
    pub signer: Option<Keypair>,
}

const KINDS: [PauseKind; 3] = [PauseKind::Borrow, PauseKind::WriteOff, PauseKind::Issuance];

impl Stage {
    fn wallet(&self, user: usize, bank: usize) -> Pubkey {
        self.world.wallet(&self.actors[user], BankId(bank))
    }

    fn governance_wallet(&self, user: usize) -> Pubkey {
        self.world.governance_wallet(&self.actors[user])
    }

    fn bank_list(&self, banks: &[usize]) -> Vec<Pubkey> {
        let key = |bank: &usize| self.world.banks[*bank].bank;
        banks.iter().map(key).collect()
    }

    /// The instructions of a call as `model` suggests them.
    pub fn build(&self, model: &Model, call: &Call) -> Built {
        let (instructions, signer) = self.parts(model, call);
        Built {
            instructions,
            signer: signer.map(Keypair::insecure_clone),
        }
    }

    fn parts(&self, model: &Model, call: &Call) -> (Vec<Instruction>, Option<&Keypair>) {
        let world = &self.world;
        let (market, admin) = (&world.market, world.admin.pubkey());
        let keys = |bank: usize| world.banks[bank];
        let signed =
            |user: usize, instruction| (vec![instruction], Some(&self.actors[user].wallet));
        let by_admin = |instruction| (vec![instruction], Some(&world.admin));
        let by_anyone = |instruction| (vec![instruction], None);
        let who = |user: usize| (self.actors[user].key(), self.actors[user].obligation);
        match *call {
            Call::Refresh { ref banks } => {
                let banks: Vec<_> = banks.iter().map(|bank| keys(*bank)).collect();
                by_anyone(ix::refresh_banks(&banks))
            }
            Call::Deposit {
                user,
                bank,
                amount,
                accept,
            } => {
                let (owner, obligation) = who(user);
                let args = instruction::Deposit {
                    atoms: model.wallet_part(user, bank, amount),
                    min_shares: 0,
                    accept_deficit: accept,
                };
                let from = self.wallet(user, bank);
                signed(
                    user,
                    ix::deposit(&keys(bank), owner, obligation, from, args),
                )
            }
            Call::Withdraw { user, bank, amount } => {
                let (owner, obligation) = who(user);
                let shares = model.shares(user, bank, amount);
                let mut banks = model.users[user].active_banks();
                let held = model.users[user].position(bank);
                let all = held.is_some_and(|held| {
                    shares.is_none_or(|shares| held.deposit == Int::from(shares))
                });
                banks.retain(|other| !(all && *other == bank));
                let args = instruction::Withdraw {
                    shares: shares.unwrap_or(u128::MAX),
                    min_atoms: 0,
                };
                let (to, list) = (self.wallet(user, bank), self.bank_list(&banks));
                signed(
                    user,
                    ix::withdraw(&keys(bank), owner, obligation, to, args, &list),
                )
            }
            Call::Borrow { user, bank, atoms } => {
                let (owner, obligation) = who(user);
                let mut debtor = model.users[user].clone();
                debtor.position_or_new(bank).debt += 1;
                let list = self.bank_list(&debtor.active_banks());
                let to = self.wallet(user, bank);
                signed(
                    user,
                    ix::borrow(&keys(bank), owner, obligation, to, atoms, &list),
                )
            }
            Call::Repay {
                payer,
                user,
                bank,
                amount,
            } => {
                let atoms = model.owed_part(user, bank, amount);
                let from = self.wallet(payer, bank);
                let (_, obligation) = who(user);
                signed(
                    payer,
                    ix::repay(&keys(bank), who(payer).0, obligation, from, atoms),
                )
            }
            Call::Liquidate {
                liquidator,
                user,
                debt,
                collateral,
                max,
            } => {
                let parties = LiquidationParties {
                    liquidator: who(liquidator).0,
                    liquidator_obligation: who(liquidator).1,
                    liquidator_token_account: self.wallet(liquidator, debt),
                    obligation: who(user).1,
                };
                let args = instruction::Liquidate {
                    max_repay: max,
                    min_shares: 0,
                };
                let list = self.bank_list(&model.users[user].active_banks());
                signed(
                    liquidator,
                    ix::liquidate(&keys(debt), &keys(collateral), parties, args, &list),
                )
            }
            Call::WriteOff { user, bank, keeper } => {
                let account = keeper.map(|keeper| self.wallet(keeper, bank));
                let deposits = model.users[user].positions.iter();
                let deposits: Vec<_> = deposits
                    .filter(|position| position.deposit != Int::ZERO)
                    .map(|position| position.bank)
                    .collect();
                let list = self.bank_list(&deposits);
                by_anyone(ix::write_off(&keys(bank), who(user).1, account, &list))
            }
            Call::Cover { bank } => by_anyone(ix::cover_deficit(&keys(bank))),
            Call::Buy {
                user,
                bank,
                amount,
                max_pay,
            } => {
                let amount = model.lot_part(bank, amount);
                let (pay, get) = (self.wallet(user, bank), self.governance_wallet(user));
                signed(
                    user,
                    ix::buy_governance(&keys(bank), who(user).0, pay, get, amount, max_pay),
                )
            }
            Call::CloseAuction { bank } => by_anyone(ix::close_auction(&keys(bank))),
            Call::Socialise { bank } => by_anyone(ix::socialise_deficit(&keys(bank))),
            Call::RepayRecord {
                payer,
                user,
                bank,
                amount,
            } => {
                let atoms = model.record_part(user, bank, amount);
                let from = self.wallet(payer, bank);
                let (_, obligation) = who(user);
                signed(
                    payer,
                    ix::repay_written_off(&keys(bank), who(payer).0, obligation, from, atoms),
                )
            }
            Call::Fund { user, bank, amount } => {
                let atoms = model.wallet_part(user, bank, amount);
                let from = self.wallet(user, bank);
                signed(
                    user,
                    ix::fund_insurance(&keys(bank), who(user).0, from, atoms),
                )
            }
            Call::Collect { bank } => by_anyone(ix::collect_fees(&keys(bank), self.fees[bank])),
            Call::StartBuyBack { bank } => by_anyone(ix::start_buy_back(&keys(bank))),
            Call::Sell {
                user,
                bank,
                amount,
                min,
            } => {
                let amount = model.governance_part(user, amount);
                let (give, get) = (self.governance_wallet(user), self.wallet(user, bank));
                signed(
                    user,
                    ix::sell_governance(&keys(bank), who(user).0, give, get, amount, min),
                )
            }
            Call::CloseBuyBack { bank } => by_anyone(ix::close_buy_back(&keys(bank))),
            Call::Pause { kind, secs } => (
                vec![ix::pause(
                    market.market,
                    world.guardian.pubkey(),
                    KINDS[kind],
                    secs,
                )],
                Some(&world.guardian),
            ),
            Call::LiftPause { kind } => by_admin(ix::lift_pause(market.market, admin, KINDS[kind])),
            Call::UpdateBank { bank, change } => by_admin(ix::update_bank(
                &keys(bank),
                admin,
                change.onto(model.banks[bank].config),
            )),
            Call::ApplyBank { bank } => by_anyone(ix::apply_bank_update(&keys(bank))),
            Call::CancelBank { bank } => by_admin(ix::cancel_bank_update(&keys(bank), admin)),
            Call::UpdateMarket { change } => by_admin(ix::update_market(
                market.market,
                admin,
                change.onto(model.market.config),
            )),
            Call::ApplyMarket => by_anyone(ix::apply_market_update(market.market)),
            Call::CancelMarket => by_admin(ix::cancel_market_update(market.market, admin)),
            Call::Reopen { user } => {
                let (owner, obligation) = who(user);
                let close = ix::close_obligation(owner, obligation, owner);
                let open = ix::open_obligation(market, self.payer, owner, 0);
                (vec![close, open], Some(&self.actors[user].wallet))
            }
            Call::Donate {
                user,
                bank,
                vault,
                amount,
            } => signed(user, self.gift(model, user, bank, vault, amount)),
        }
    }

    fn gift(
        &self,
        model: &Model,
        user: usize,
        bank: usize,
        vault: Vault,
        amount: Amount,
    ) -> Instruction {
        let (world, keys) = (&self.world, self.world.banks[bank]);
        let (mint, from, to, atoms) = match vault {
            Vault::Escrow => (
                world.governance,
                self.governance_wallet(user),
                keys.governance_escrow,
                model.governance_part(user, amount),
            ),
            Vault::Liquidity | Vault::Insurance => (
                world.mints[bank],
                self.wallet(user, bank),
                match vault {
                    Vault::Liquidity => keys.liquidity_vault,
                    _ => keys.insurance_vault,
                },
                model.wallet_part(user, bank, amount),
            ),
        };
        spl_token_2022_interface::instruction::transfer_checked(
            &mint.program,
            &from,
            &mint.key,
            &to,
            &self.actors[user].key(),
            &[],
            atoms,
            mint.decimals,
        )
        .expect("the program is a token program")
    }
}
