//! A second program on both chains, which passes on what it is called with: to
//! show what may be called by another program and what may not.

use {
    super::{native, NativeChain, SvmChain},
    crate::keys::keypair,
    anchor_lang::{
        prelude::{AccountInfo, AccountMeta, ProgramError},
        solana_program::program::invoke,
    },
    solana_instruction::Instruction,
    solana_program_runtime::solana_sbpf::program::BuiltinFunctionDefinition,
    solana_program_test::processor,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
};

/// Where it is.
pub fn id() -> Pubkey {
    keypair("relay").pubkey()
}

/// The instruction by way of the relay: its program is the first account, the
/// others are its own.
pub fn through(instruction: &Instruction) -> Instruction {
    let mut relayed = instruction.clone();
    let target = AccountMeta::new_readonly(relayed.program_id, false);
    relayed.accounts.insert(0, target);
    relayed.program_id = id();
    relayed
}

/// The bytecode chain with a relay, which is a built-in program there: written
/// in bytecode it would be a second program to build.
pub fn svm() -> SvmChain {
    let mut chain = SvmChain::backstop();
    chain.add_builtin(id(), builtin::Relay::register);
    chain
}

/// The native chain with a relay.
pub fn native() -> NativeChain {
    fn backstop(
        program: &Pubkey,
        accounts: &[AccountInfo<'_>],
        data: &[u8],
    ) -> Result<(), ProgramError> {
        native::run(backstop::entry, program, accounts, data)
    }
    NativeChain::with(|test| {
        test.add_program("backstop", backstop::ID, processor!(backstop));
        test.add_program("relay", id(), processor!(relay));
    })
}

fn relay(_program: &Pubkey, accounts: &[AccountInfo<'_>], data: &[u8]) -> Result<(), ProgramError> {
    let (target, rest) = accounts
        .split_first()
        .ok_or(ProgramError::NotEnoughAccountKeys)?;
    let metas = rest.iter().map(|account| AccountMeta {
        pubkey: *account.key,
        is_signer: account.is_signer,
        is_writable: account.is_writable,
    });
    let instruction = Instruction {
        program_id: *target.key,
        accounts: metas.collect(),
        data: data.to_vec(),
    };
    invoke(&instruction, accounts)
}

/// The relay of the bytecode chain. The macro makes a public type of it.
mod builtin {
    use {
        anchor_lang::prelude::AccountMeta,
        solana_instruction::{error::InstructionError, Instruction},
        solana_program_runtime::declare_process_instruction,
    };

    declare_process_instruction!(Relay, 0, |context| {
        let current = context
            .transaction_context
            .get_current_instruction_context()?;
        let metas: Result<Vec<AccountMeta>, InstructionError> = (1..current
            .get_number_of_instruction_accounts())
            .map(|index| {
                Ok(AccountMeta {
                    pubkey: *current.get_key_of_instruction_account(index)?,
                    is_signer: current.is_instruction_account_signer(index)?,
                    is_writable: current.is_instruction_account_writable(index)?,
                })
            })
            .collect();
        let instruction = Instruction {
            program_id: *current.get_key_of_instruction_account(0)?,
            accounts: metas?,
            data: current.get_instruction_data().to_vec(),
        };
        context.native_invoke_signed(instruction, &[])
    });
}
