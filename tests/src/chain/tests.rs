//! The two chains must be one to whoever looks only through the trait. No
//! program of ours is needed to show it: the token program is one that runs.

use {
    super::*,
    crate::{
        keys,
        tokens::{self, Program},
    },
    anchor_lang::solana_program::system_instruction,
    solana_instruction::Instruction,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    solana_transaction_error::TransactionError,
    std::fmt::Debug,
};

/// Runs `steps` on both chains and expects the same outcome.
fn on_both<T: PartialEq + Debug>(steps: impl Fn(&mut dyn Chain) -> T) -> T {
    let bytecode = steps(&mut SvmChain::empty());
    let native = steps(&mut NativeChain::with(|_| {}));
    assert_eq!(bytecode, native);
    bytecode
}

fn pay(chain: &dyn Chain, to: &Pubkey, lamports: u64) -> Instruction {
    system_instruction::transfer(&chain.payer(), to, lamports)
}

#[test]
fn both_begin_at_genesis_and_move_by_the_second() {
    on_both(|chain| {
        assert_eq!((chain.now(), chain.slot()), (GENESIS_UNIX, GENESIS_SLOT));
        chain.advance(0);
        assert_eq!(
            (chain.now(), chain.slot()),
            (GENESIS_UNIX, GENESIS_SLOT + 1)
        );
        chain.advance(7);
        assert_eq!(
            (chain.now(), chain.slot()),
            (GENESIS_UNIX + 7, GENESIS_SLOT + 36)
        );
        chain.clock()
    });
}

#[test]
fn one_transaction_may_be_sent_again_and_costs_the_same_on_both() {
    on_both(|chain| {
        let to = keys::keypair("to").pubkey();
        let instructions = [pay(chain, &to, 1_000_000)];
        let sizes = [(); 3].map(|()| {
            let receipt = chain.send(&instructions, &[]).expect("the payer is rich");
            receipt.transaction_bytes
        });
        let payer = chain.payer();
        assert_eq!(chain.account(&to).expect("it was paid").lamports, 3_000_000);
        (sizes, chain.account(&to), chain.account(&payer))
    });
}

#[test]
fn a_refused_transaction_changes_only_the_payers_balance() {
    on_both(|chain| {
        let alice = keys::keypair("alice");
        let mint = tokens::create_mint(chain, "mint", &alice, 6, Program::Token);
        let account = tokens::create_token_account(chain, "account", &mint, &alice.pubkey());
        let burn = spl_token_interface::instruction::burn(
            &mint.program,
            &account,
            &mint.key,
            &alice.pubkey(),
            &[],
            1,
        )
        .expect("the program is a token program");

        let stranger = keys::keypair("stranger").pubkey();
        let instructions = [pay(chain, &stranger, 1_000_000), burn];
        let failure = chain
            .send(&instructions, &[&alice])
            .expect_err("there is nothing to burn");
        assert_eq!(failure.code(), Some(1), "insufficient funds");
        assert_eq!(failure.instruction(), Some(1));
        assert_eq!(chain.account(&stranger), None);
        let payer = chain.payer();
        (
            failure.cause,
            chain.account(&account),
            chain.account(&payer),
        )
    });
}

#[test]
fn a_lookup_table_shortens_a_transaction_and_changes_nothing_else() {
    on_both(|chain| {
        let to: Vec<_> = (0..8)
            .map(|n| keys::keypair(&format!("to {n}")).pubkey())
            .collect();
        let instructions: Vec<_> = to.iter().map(|to| pay(chain, to, 1_000_000)).collect();
        let table = chain.create_table(keys::keypair("table").pubkey(), to.clone());

        let plain = chain.send(&instructions, &[]).expect("the payer is rich");
        let short = chain
            .send_with_table(&instructions, &[], &table)
            .expect("the table is active");
        // Eight keys less, for the table's key, two counts and eight positions.
        assert_eq!(
            plain.transaction_bytes - short.transaction_bytes,
            8 * 31 - 34
        );
        let paid: Vec<_> = to.iter().map(|to| chain.account(to)).collect();
        (paid, plain.transaction_bytes, short.transaction_bytes)
    });
}

#[test]
fn a_transaction_that_no_packet_holds_is_not_sent() {
    on_both(|chain| {
        let instructions: Vec<_> = (0..32)
            .map(|n| {
                pay(
                    chain,
                    &keys::keypair(&format!("to {n}")).pubkey(),
                    1_000_000,
                )
            })
            .collect();
        let failure = chain
            .send(&instructions, &[])
            .expect_err("32 addresses alone take 1024 bytes");
        assert!(matches!(failure.cause, Cause::Oversize(bytes) if bytes > MAX_TRANSACTION_BYTES));
        failure.cause
    });
}

#[test]
fn a_unit_limit_that_is_too_low_is_enforced_on_the_bytecode() {
    let chain = &mut SvmChain::empty();
    let alice = keys::keypair("alice");
    let mint = tokens::create_mint(chain, "mint", &alice, 6, Program::Token);
    let account = tokens::create_token_account(chain, "account", &mint, &alice.pubkey());
    let mint_to = [spl_token_interface::instruction::mint_to(
        &mint.program,
        &mint.key,
        &account,
        &alice.pubkey(),
        &[],
        1,
    )
    .expect("the program is a token program")];

    let signers = [&alice];
    let request = Request::new(&mint_to, &signers);
    let units = chain.submit(&request).expect("it can be minted").units[0];
    let units = units.expect("the token program's units are logged") as u32;
    let leading = 150; // what the compute-budget instruction itself takes
    let failure = chain
        .submit(&request.with_unit_limit(leading + units - 1))
        .expect_err("one unit is missing");
    assert!(matches!(
        failure.cause,
        Cause::Refused(TransactionError::InstructionError(1, _))
    ));
    chain
        .submit(&request.with_unit_limit(leading + units))
        .expect("the limit is what it consumes");
}

#[test]
fn an_account_that_is_set_can_be_read_back_and_removed() {
    on_both(|chain| {
        let key = keys::keypair("oracle").pubkey();
        assert_eq!(chain.account(&key), None);
        let account = AccountData {
            lamports: 5_000_000,
            owner: Pubkey::new_from_array([9; 32]),
            data: vec![1, 2, 3],
        };
        chain.set_account(&key, account.clone());
        assert_eq!(chain.account(&key), Some(account.clone()));
        chain.set_account(
            &key,
            AccountData {
                lamports: 0,
                ..account
            },
        );
        assert_eq!(chain.account(&key), None);
    });
}

#[test]
fn a_fork_of_the_bytecode_chain_goes_its_own_way_and_the_native_one_has_none() {
    let mut chain = SvmChain::empty();
    let mut copy = chain.fork().expect("it can be copied");
    copy.advance(60);
    let to = keys::keypair("to").pubkey();
    copy.airdrop(&to, 1_000_000);
    assert_eq!(chain.now(), GENESIS_UNIX);
    assert_eq!(chain.account(&to), None);
    assert!(NativeChain::with(|_| {}).fork().is_none());
}
