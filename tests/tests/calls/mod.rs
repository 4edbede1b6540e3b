//! One call of every instruction that would succeed, from one scene.
//!
//! Two matrices start here: one puts other accounts into the calls, the other
//! puts the scene into other states.
#![allow(dead_code, unused_imports)]

mod administration;
mod attacker;
mod creation;
mod losses;
mod positions;
mod scene;

pub use administration::queue_updates;
pub use scene::{Scene, DEBT};

use {
    backstop_tests::{
        ix::{self, BankKeys},
        world::World,
    },
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
};

/// An instruction that would succeed, as the only one of its transaction.
pub struct Call {
    /// The instruction.
    pub instruction: Instruction,
    /// Who signs it.
    pub signers: Vec<Keypair>,
    /// The bank that it is about.
    pub bank: BankKeys,
    /// Owner of the token accounts and of the obligation that it names.
    pub party: Pubkey,
    /// Banks whose price must be of this slot.
    pub fresh: Vec<BankKeys>,
}

impl Call {
    fn new(scene: &Scene, instruction: Instruction, signers: &[&Keypair], party: Pubkey) -> Self {
        Self {
            instruction,
            signers: signers.iter().map(|key| key.insecure_clone()).collect(),
            bank: scene.world.keys(scene.usdc),
            party,
            fresh: Vec::new(),
        }
    }

    fn about(self, bank: BankKeys) -> Self {
        Self { bank, ..self }
    }

    fn with_prices(self, fresh: &[BankKeys]) -> Self {
        let fresh = fresh.to_vec();
        Self { fresh, ..self }
    }

    /// Refreshes the prices that the call needs.
    pub fn refresh(&self, world: &mut World) {
        if !self.fresh.is_empty() {
            world.send(&[ix::refresh_banks(&self.fresh)], &[]).unwrap();
        }
    }
}

/// Brings a world into a state in which the call succeeds.
pub type Prepare = fn(&Scene, &mut World) -> Call;

/// A way to call an instruction. The instruction's own name comes before the
/// slash.
pub type Named = (&'static str, Prepare);

/// Calls of roles, and of whoever founds markets and banks.
pub const ROLES: &[Named] = &[
    ("accept_admin", administration::accept_admin),
    ("apply_bank_update", administration::apply_bank_update),
    ("apply_market_update", administration::apply_market_update),
    ("cancel_bank_update", administration::cancel_bank_update),
    ("cancel_market_update", administration::cancel_market_update),
    ("create_bank", creation::create_bank),
    ("create_market", creation::create_market),
    ("create_market_with_mint", creation::create_market_with_mint),
    ("lift_pause", administration::lift_pause),
    ("pause", administration::pause),
    ("propose_admin", administration::propose_admin),
    ("update_bank", administration::update_bank),
    ("update_market", administration::update_market),
];

/// Calls of lenders, borrowers and liquidators.
pub const POSITIONS: &[Named] = &[
    ("borrow", positions::borrow),
    ("close_obligation", positions::close_obligation),
    ("deposit", positions::deposit),
    ("liquidate", positions::liquidate),
    ("open_obligation", positions::open_obligation),
    ("refresh_banks", positions::refresh_banks),
    ("repay", positions::repay),
    ("withdraw", positions::withdraw),
];

/// Calls around bad debt.
pub const LOSSES: &[Named] = &[
    ("buy_governance", losses::buy_governance),
    ("close_auction", losses::close_auction),
    ("close_buy_back", losses::close_buy_back),
    ("collect_fees", losses::collect_fees),
    ("cover_deficit", losses::cover_deficit),
    ("fund_insurance", losses::fund_insurance),
    ("repay_written_off", losses::repay_written_off),
    ("sell_governance", losses::sell_governance),
    ("socialise_deficit", losses::socialise_deficit),
    ("start_buy_back", losses::start_buy_back),
    ("write_off/insured", losses::write_off_insured),
    ("write_off/issuing", losses::write_off_issuing),
];

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Named> {
    [ROLES, POSITIONS, LOSSES].into_iter().flatten()
}

/// The instruction of a call.
pub fn instruction_of(call: &str) -> &str {
    call.split('/').next().expect("a split has a first part")
}
