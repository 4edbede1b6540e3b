//! What the admin's key adds: pauses, and settings at their edges.

use {
    super::{ops::Op, plan::Action},
    crate::{
        ix::{self, BankKeys},
        world::World,
    },
    backstop::state::PauseKind,
    solana_instruction::Instruction,
    solana_signer::Signer,
};

/// One number of some settings moved to one of its edges, whichever field it
/// belongs to: nothing is left out, not even what is added later.
fn at_an_edge<T: bytemuck::Pod>(config: &T, knob: u32) -> T {
    let mut next = *config;
    let words: &mut [u32] = bytemuck::cast_slice_mut(core::slice::from_mut(&mut next));
    let count = u32::try_from(words.len()).expect("settings are small");
    let index = usize::try_from(knob % count).expect("an index fits");
    let word = &mut words[index];
    *word = match knob / count % 7 {
        0 => 0,
        1 => 1,
        2 => *word / 2,
        3 => word.saturating_mul(2),
        4 => word.saturating_sub(1),
        5 => 10_000,
        _ => u32::MAX,
    };
    next
}

/// An instruction that only the admin can sign, or that finishes what he began.
pub fn instruction(world: &mut World, keys: &BankKeys, action: &Action) -> Instruction {
    let (market, admin) = (world.market.market, world.admin.pubkey());
    let kind = match action.knob % 3 {
        0 => PauseKind::Borrow,
        1 => PauseKind::WriteOff,
        _ => PauseKind::Issuance,
    };
    match action.op {
        Op::Pause => {
            let longest = world.market_state().config.max_pause_secs;
            let secs = match action.knob / 3 % 3 {
                0 => 1,
                1 => longest / 2,
                _ => longest,
            };
            ix::pause(market, admin, kind, secs)
        }
        Op::LiftPause => ix::lift_pause(market, admin, kind),
        Op::UpdateBank => {
            let config = crate::state::bank(&mut *world.chain, &keys.bank).config;
            ix::update_bank(keys, admin, at_an_edge(&config, action.knob))
        }
        Op::ApplyBank => ix::apply_bank_update(keys),
        Op::CancelBank => ix::cancel_bank_update(keys, admin),
        Op::UpdateMarket => {
            let config = world.market_state().config;
            ix::update_market(market, admin, at_an_edge(&config, action.knob))
        }
        Op::ApplyMarket => ix::apply_market_update(market),
        _ => ix::cancel_market_update(market, admin),
    }
}
