//! Events that no log limit can cut.

use anchor_lang::event::EVENT_IX_TAG_LE;
use anchor_lang::prelude::*;
use anchor_lang::solana_program::instruction::{AccountMeta, Instruction};
use anchor_lang::solana_program::program::invoke_signed;
use anchor_lang::Event;

const EVENT_AUTHORITY_SEED: &[u8] = b"__event_authority";

/// Longest event of this program, tag and discriminator included.
const CAPACITY: usize = 384;

/// Emits an event by a call of the program to itself: the bytes and accounts of
/// Anchor's `emit_cpi!`, which copies the event byte by byte and costs up to
/// two thousand compute units more.
///
/// # Errors
/// Those of the call.
pub fn emit_cpi<E: Event>(event: &E, event_authority: &AccountInfo<'_>) -> Result<()> {
    let mut data = Vec::with_capacity(CAPACITY);
    data.extend_from_slice(EVENT_IX_TAG_LE);
    data.extend_from_slice(E::DISCRIMINATOR);
    event.serialize(&mut data)?;
    let instruction = Instruction {
        program_id: crate::ID,
        accounts: vec![AccountMeta::new_readonly(*event_authority.key, true)],
        data,
    };
    let bump = [crate::EVENT_AUTHORITY_AND_BUMP.1];
    let accounts = [event_authority.clone()];
    invoke_signed(&instruction, &accounts, &[&[EVENT_AUTHORITY_SEED, &bump]])?;
    Ok(())
}
