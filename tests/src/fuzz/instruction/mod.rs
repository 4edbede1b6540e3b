//! From a call to instructions: lists of accounts follow from the
//! model, as a client's follow from what it has read.

mod lending;
mod losses;

use {
    super::{case::Call, stage::Stage},
    crate::{
        ix::{self, BankKeys},
        model::Model,
        world::BankId,
    },
    backstop::state::PauseKind,
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
    fn keys(&self, bank: usize) -> BankKeys {
        self.world.banks[bank]
    }

    fn owner(&self, user: usize) -> Pubkey {
        self.actors[user].key()
    }

    fn obligation(&self, user: usize) -> Pubkey {
        self.actors[user].obligation
    }

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

    /// Which instruction a call is, and whose signature it needs.
    fn parts(&self, model: &Model, call: &Call) -> (Vec<Instruction>, Option<&Keypair>) {
        let world = &self.world;
        let (market, admin) = (&world.market, world.admin.pubkey());
        let by = |user: usize, instruction| (vec![instruction], Some(&self.actors[user].wallet));
        let by_admin = |instruction| (vec![instruction], Some(&world.admin));
        let by_anyone = |instruction| (vec![instruction], None);
        let keys = |bank: usize| self.keys(bank);
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
            } => by(user, self.deposit(model, user, bank, amount, accept)),
            Call::Withdraw { user, bank, amount } => {
                by(user, self.withdraw(model, user, bank, amount))
            }
            Call::Borrow { user, bank, atoms } => by(user, self.borrow(model, user, bank, atoms)),
            Call::Repay {
                payer,
                user,
                bank,
                amount,
            } => by(payer, self.repay(model, payer, user, bank, amount)),
            Call::Liquidate {
                liquidator,
                user,
                debt,
                collateral,
                max,
            } => by(
                liquidator,
                self.liquidate(model, (liquidator, user), (debt, collateral), max),
            ),
            Call::WriteOff { user, bank, keeper } => {
                by_anyone(self.write_off(model, user, bank, keeper))
            }
            Call::Cover { bank } => by_anyone(ix::cover_deficit(&keys(bank))),
            Call::Buy {
                user,
                bank,
                amount,
                max_pay,
            } => by(user, self.buy(model, user, bank, amount, max_pay)),
            Call::CloseAuction { bank } => by_anyone(ix::close_auction(&keys(bank))),
            Call::Socialise { bank } => by_anyone(ix::socialise_deficit(&keys(bank))),
            Call::RepayRecord {
                payer,
                user,
                bank,
                amount,
            } => by(payer, self.repay_record(model, payer, user, bank, amount)),
            Call::Fund { user, bank, amount } => by(user, self.fund(model, user, bank, amount)),
            Call::Collect { bank } => by_anyone(ix::collect_fees(&keys(bank), self.fees[bank])),
            Call::StartBuyBack { bank } => by_anyone(ix::start_buy_back(&keys(bank))),
            Call::Sell {
                user,
                bank,
                amount,
                min,
            } => by(user, self.sell(model, user, bank, amount, min)),
            Call::CloseBuyBack { bank } => by_anyone(ix::close_buy_back(&keys(bank))),
            Call::Pause { kind, secs } => {
                let guardian = world.guardian.pubkey();
                let pause = ix::pause(market.market, guardian, KINDS[kind], secs);
                (vec![pause], Some(&world.guardian))
            }
            Call::LiftPause { kind } => by_admin(ix::lift_pause(market.market, admin, KINDS[kind])),
            Call::UpdateBank { bank, change } => {
                let config = change.onto(model.banks[bank].config);
                by_admin(ix::update_bank(&keys(bank), admin, config))
            }
            Call::ApplyBank { bank } => by_anyone(ix::apply_bank_update(&keys(bank))),
            Call::CancelBank { bank } => by_admin(ix::cancel_bank_update(&keys(bank), admin)),
            Call::UpdateMarket { change } => {
                let config = change.onto(model.market.config);
                by_admin(ix::update_market(market.market, admin, config))
            }
            Call::ApplyMarket => by_anyone(ix::apply_market_update(market.market)),
            Call::CancelMarket => by_admin(ix::cancel_market_update(market.market, admin)),
            Call::Reopen { user } => {
                let (owner, obligation) = (self.owner(user), self.obligation(user));
                let close = ix::close_obligation(owner, obligation, owner);
                let open = ix::open_obligation(market, self.payer, owner, 0);
                (vec![close, open], Some(&self.actors[user].wallet))
            }
            Call::Donate {
                user,
                bank,
                vault,
                amount,
            } => by(user, self.gift(model, user, bank, vault, amount)),
        }
    }
}
