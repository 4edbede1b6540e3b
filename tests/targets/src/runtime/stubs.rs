//! System calls of a program that runs natively. The SDK keeps one set for the
//! whole process; what belongs to one instruction is kept per thread, so that
//! tests may run side by side.

use std::{cell::RefCell, sync::Once};

use anchor_lang::{
    prelude::{AccountInfo, Clock, ProgramError, Pubkey, Rent},
    solana_program::{entrypoint::ProgramResult, instruction::Instruction, system_program},
};
use solana_sysvar::program_stubs::{set_syscall_stubs, SyscallStubs};

use super::{programs, Account, Accounts, MADE_TO_FAIL, PRIVILEGE_ESCALATION};

/// Success, as system calls return it.
const SUCCESS: u64 = 0;

#[derive(Default)]
struct Session {
    clock: Clock,
    failing: Option<u32>,
    calls: u32,
    /// Accounts as the last program that was called left them.
    changed: Accounts,
}

thread_local! {
    static SESSION: RefCell<Session> = RefCell::default();
}

/// Prepares for one instruction.
pub fn begin(clock: &Clock, failing: Option<u32>) {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        set_syscall_stubs(Box::new(Stubs));
    });
    SESSION.set(Session {
        clock: clock.clone(),
        failing,
        ..Session::default()
    });
}

/// Ends it; returns the accounts that other programs changed.
pub fn end() -> Accounts {
    SESSION.take().changed
}

struct Stubs;

impl SyscallStubs for Stubs {
    fn sol_log(&self, _message: &str) {}

    fn sol_log_data(&self, _fields: &[&[u8]]) {}

    fn sol_get_clock_sysvar(&self, to: *mut u8) -> u64 {
        SESSION.with_borrow(|session| {
            // SAFETY: the SDK passes the address of a `Clock` of its own.
            unsafe { to.cast::<Clock>().write(session.clock.clone()) }
        });
        SUCCESS
    }

    fn sol_get_rent_sysvar(&self, to: *mut u8) -> u64 {
        // SAFETY: the SDK passes the address of a `Rent` of its own.
        unsafe { to.cast::<Rent>().write(Rent::default()) }
        SUCCESS
    }

    /// The height of an instruction that no program called.
    fn sol_get_stack_height(&self) -> u64 {
        1
    }

    fn sol_invoke_signed(
        &self,
        instruction: &Instruction,
        infos: &[AccountInfo<'_>],
        seeds: &[&[&[u8]]],
    ) -> ProgramResult {
        let fails = SESSION.with_borrow_mut(|session| {
            let number = session.calls;
            session.calls += 1;
            session.failing == Some(number)
        });
        if fails {
            return Err(ProgramError::Custom(MADE_TO_FAIL));
        }
        let accounts = checked(instruction, infos, seeds)?;
        programs::call(instruction, &accounts)?;
        SESSION.with_borrow_mut(|session| {
            for (meta, info) in instruction.accounts.iter().zip(&accounts) {
                if meta.is_writable {
                    session.changed.insert(meta.pubkey, image(info));
                }
            }
        });
        Ok(())
    }
}

/// The accounts of a call in the order of its instruction, if the program had
/// every privilege that it passes on.
fn checked<'a, 'info>(
    instruction: &Instruction,
    infos: &'a [AccountInfo<'info>],
    seeds: &[&[&[u8]]],
) -> Result<Vec<&'a AccountInfo<'info>>, ProgramError> {
    let signs_for = |key: &Pubkey| {
        let derived = |seeds: &&[&[u8]]| Pubkey::create_program_address(seeds, &backstop::ID);
        seeds.iter().any(|seeds| derived(seeds) == Ok(*key))
    };
    // Anchor creates an account before it looks whether its slot is writable.
    let program = instruction.program_id;
    let creates = program == system_program::ID || program == anchor_spl::associated_token::ID;
    let refusal = match creates {
        true => ProgramError::MissingRequiredSignature,
        false => ProgramError::Custom(PRIVILEGE_ESCALATION),
    };
    let accounts = instruction.accounts.iter().map(|meta| {
        infos
            .iter()
            .find(|info| *info.key == meta.pubkey)
            .filter(|info| !meta.is_signer || info.is_signer || signs_for(info.key))
            .filter(|info| !meta.is_writable || info.is_writable)
            .ok_or_else(|| refusal.clone())
    });
    accounts.collect()
}

fn image(info: &AccountInfo<'_>) -> Account {
    Account {
        key: *info.key,
        owner: *info.owner,
        lamports: info.lamports(),
        data: info.data.borrow().to_vec(),
        executable: info.executable,
    }
}
