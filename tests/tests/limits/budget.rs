//! L2: running out of compute units is never an answer. With too few units a
//! transaction fails and changes nothing; with enough it does what it does with
//! the most there can be. Only the bytecode counts units.

use {
    crate::{
        common::restore,
        eight::{Eight, UNIT},
    },
    backstop::error::BackstopError,
    backstop_tests::{
        chain::{Cause, Failure, LookupTable, Receipt, Request, MAX_COMPUTE_UNITS},
        keys::keypair,
        measure,
        world::World,
    },
    solana_instruction::{error::InstructionError, Instruction},
    solana_keypair::Keypair,
    solana_signer::Signer,
    solana_transaction_error::TransactionError,
};

/// Limits that are tried on the way up to what a transaction needs.
const STEPS: u64 = 40;
/// Limits just below it that are tried one by one.
const LAST: u64 = 50;

fn table(world: &mut World, instructions: &[Instruction]) -> LookupTable {
    let listed = measure::listable(instructions);
    world.chain.create_table(keypair("table").pubkey(), listed)
}

fn send(
    world: &mut World,
    instructions: &[Instruction],
    signers: &[&Keypair],
    units: u64,
) -> Result<Receipt, Failure> {
    let table = table(world, instructions);
    let units = u32::try_from(units).expect("a limit fits");
    let request = Request::new(instructions, signers)
        .with_table(&table)
        .with_unit_limit(units);
    world.chain.submit(&request)
}

/// Whether a transaction failed for want of units and for no other reason.
fn ran_out(failure: &Failure) -> bool {
    let Cause::Refused(TransactionError::InstructionError(_, cause)) = &failure.cause else {
        return false;
    };
    // The second is the program's view of it when a called program ran out.
    matches!(
        cause,
        InstructionError::ComputationalBudgetExceeded | InstructionError::ProgramFailedToComplete
    )
}

/// Every limit below `need`: some on the way, the last ones one by one.
fn limits_below(need: u64) -> impl Iterator<Item = u64> {
    let last = need.saturating_sub(LAST);
    (0..STEPS)
        .map(move |step| need * step / STEPS)
        .filter(move |limit| *limit < last)
        .chain(last..need)
}

/// Every smaller limit fails and changes nothing, the exact one suffices and
/// gives the same result as the largest.
fn require_all_or_nothing(
    world: &mut World,
    name: &str,
    instructions: &[Instruction],
    signers: &[&Keypair],
) {
    let before = world.fingerprint();
    let most = u64::from(MAX_COMPUTE_UNITS);
    let receipt = send(world, instructions, signers, most).unwrap();
    let (need, after) = (receipt.compute_units, world.fingerprint());
    assert_ne!(before, after, "{name} does something");
    restore(world, &before);
    for limit in limits_below(need) {
        let failure = send(world, instructions, signers, limit).unwrap_err();
        assert!(
            ran_out(&failure),
            "{name} with {limit} of {need}: {failure}"
        );
        assert_eq!(before, world.fingerprint(), "{name} with {limit} of {need}");
    }
    send(world, instructions, signers, need).unwrap();
    assert_eq!(after, world.fingerprint(), "{name} with exactly {need}");
    restore(world, &before);
}

/// No limit at all lets it pass: it runs out of units or is refused for the
/// right reason.
fn require_never(
    world: &mut World,
    name: &str,
    instructions: &[Instruction],
    signers: &[&Keypair],
    error: BackstopError,
) {
    let before = world.fingerprint();
    let most = u64::from(MAX_COMPUTE_UNITS);
    let refused = send(world, instructions, signers, most).unwrap_err();
    let code = Some(u32::from(error));
    assert_eq!(refused.code(), code, "{name}: {refused}");
    let need = refused.compute_units;
    for limit in limits_below(need).chain(need..need + LAST) {
        let failure = send(world, instructions, signers, limit).unwrap_err();
        let judged = failure.code() == code;
        assert!(
            judged || ran_out(&failure),
            "{name} with {limit}: {failure}"
        );
        assert_eq!(before, world.fingerprint(), "{name} with {limit}");
    }
}

#[test]
fn a_transaction_that_judges_health_does_all_or_nothing() {
    let mut eight = Eight::new();
    let debtor = eight.one_debt.wallet.insecure_clone();
    let lender = eight.lender.wallet.insecure_clone();
    let owner = debtor.pubkey();
    let withdraw = eight.withdraw(owner, 7);
    let borrow = eight.borrow(owner, 0);
    for (name, instructions) in [("withdraw", withdraw), ("borrow", borrow)] {
        require_all_or_nothing(&mut eight.world, name, &instructions, &[&debtor]);
    }
    for (name, dollars) in [("liquidate", 330_000), ("liquidate, insolvent", 600_000)] {
        eight.set_value(0, dollars);
        let liquidate = eight.liquidate(owner, 0, 7);
        require_all_or_nothing(&mut eight.world, name, &liquidate, &[&lender]);
    }
}

#[test]
fn a_write_off_does_all_or_nothing() {
    let mut eight = Eight::new();
    let (lender, first) = (&eight.lender, eight.banks[0]);
    eight.world.fund_insurance(lender, first, UNIT / 2).unwrap();
    eight.delist();
    let write_off = eight.write_off();
    require_all_or_nothing(&mut eight.world, "write_off", &write_off, &[]);
    let cover = [
        eight.refresh(),
        backstop_tests::ix::cover_deficit(&eight.world.keys(first)),
    ];
    // Written off by somebody who showed no price: the rest waits.
    let [_, alone] = write_off;
    eight.world.advance(1);
    send(
        &mut eight.world,
        &[alone],
        &[],
        u64::from(MAX_COMPUTE_UNITS),
    )
    .unwrap();
    require_all_or_nothing(&mut eight.world, "cover_deficit", &cover, &[]);
}

#[test]
fn no_budget_makes_a_solvent_obligation_look_insolvent() {
    let mut eight = Eight::new();
    let lender = eight.lender.wallet.insecure_clone();
    for owner in [eight.one_debt.key(), eight.seven_debts.key()] {
        let (debt, collateral) = match owner == eight.one_debt.key() {
            true => (0, 7),
            false => (7, 0),
        };
        let liquidate = eight.liquidate(owner, debt, collateral);
        let (world, healthy) = (&mut eight.world, BackstopError::Healthy);
        require_never(world, "liquidate", &liquidate, &[&lender], healthy);
    }
    let write_off = eight.write_off();
    let collateral = BackstopError::CollateralLeft;
    require_never(&mut eight.world, "write_off", &write_off, &[], collateral);
}

#[test]
fn no_budget_lets_an_unhealthy_obligation_borrow_or_withdraw() {
    let mut eight = Eight::new();
    let debtor = eight.one_debt.wallet.insecure_clone();
    eight.set_value(0, 300_000);
    let withdraw = eight.withdraw(debtor.pubkey(), 7);
    let borrow = eight.borrow(debtor.pubkey(), 0);
    for (name, instructions) in [("withdraw", withdraw), ("borrow", borrow)] {
        let (world, error) = (&mut eight.world, BackstopError::Unhealthy);
        require_never(world, name, &instructions, &[&debtor], error);
    }
}
