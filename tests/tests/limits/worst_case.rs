//! L1: what the costliest obligations need of a transaction, with a refresh of
//! all eight banks in it, and that a fifth of every limit is left.

use {
    crate::eight::{Eight, UNIT},
    backstop_tests::{
        chain::{Request, MAX_COMPUTE_UNITS, MAX_TRANSACTION_BYTES},
        invariants,
        keys::keypair,
        measure::{self, HeapMeter, HEAP, STEP},
    },
    serde_json::Value,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_signer::Signer,
    std::{fs, path::Path},
};

/// Accounts that one transaction may lock.
const MAX_LOCKS: usize = 64;

/// What is left of a limit when a fifth is spared.
const fn spared(limit: u64) -> u64 {
    limit * 4 / 5
}

/// Sends the transaction with a lookup table and passes if it leaves a fifth of
/// every limit.
#[track_caller]
fn require_margin(
    eight: &mut Eight,
    meter: &mut HeapMeter,
    name: &str,
    instructions: &[Instruction],
    signers: &[&Keypair],
) {
    let world = &mut eight.world;
    let payer = world.chain.payer();
    let listed = measure::listable(instructions);
    let table = world.chain.create_table(keypair("table").pubkey(), listed);
    let request = Request::new(instructions, signers).with_table(&table);
    let mut suffices = |heap| meter.suffices(&mut *world.chain, &request, heap);
    let (heap, no_heap) = (suffices(spared(HEAP)), suffices(STEP));
    let receipt = match world.chain.submit(&request) {
        Ok(receipt) => receipt,
        Err(failure) => panic!("{name}: {failure}: {:#?}", failure.logs),
    };
    let (market, banks) = (&world.market, &world.banks);
    invariants::check(&mut *world.chain, market, banks, &world.obligations).unwrap();
    let locks = measure::locks(&payer, instructions);
    let in_full = measure::bytes(&payer, instructions, &[]);
    println!(
        "{name}: {} units, {locks} locks, {} bytes, {in_full} without a table",
        receipt.compute_units, receipt.transaction_bytes
    );
    assert!(heap && !no_heap, "{name}: heap");
    assert!(
        receipt.compute_units <= spared(u64::from(MAX_COMPUTE_UNITS)),
        "{name}"
    );
    assert!(locks as u64 <= spared(MAX_LOCKS as u64), "{name}");
    let bytes = spared(MAX_TRANSACTION_BYTES as u64);
    assert!(receipt.transaction_bytes as u64 <= bytes, "{name}");
    // A refresh and one instruction fit even without a table.
    let is_pair = instructions.len() == 2;
    assert!(!is_pair || in_full <= MAX_TRANSACTION_BYTES, "{name}");
}

#[test]
fn seven_deposits_and_a_debt_leave_a_fifth_of_every_limit() {
    let mut eight = Eight::new();
    let meter = &mut HeapMeter::new().unwrap();
    let debtor = eight.one_debt.wallet.insecure_clone();
    let lender = eight.lender.wallet.insecure_clone();
    let owner = debtor.pubkey();

    let deposit = eight.deposit(&eight.one_debt, 7);
    require_margin(&mut eight, meter, "deposit", &deposit, &[&debtor]);
    let withdraw = eight.withdraw(owner, 7);
    require_margin(&mut eight, meter, "withdraw", &withdraw, &[&debtor]);
    let borrow = eight.borrow(owner, 0);
    require_margin(&mut eight, meter, "borrow", &borrow, &[&debtor]);
    let repay = eight.repay(&eight.one_debt, 0);
    require_margin(&mut eight, meter, "repay", &repay, &[&lender]);
    eight.world.advance(3_600);
    eight.set_value(0, 330_000);
    let liquidate = eight.liquidate(owner, 0, 7);
    require_margin(&mut eight, meter, "liquidate", &liquidate, &[&lender]);
    eight.world.advance(3_600);
    eight.set_value(0, 600_000);
    let liquidate = eight.liquidate(owner, 0, 6);
    let name = "liquidate, insolvent";
    require_margin(&mut eight, meter, name, &liquidate, &[&lender]);
}

#[test]
fn a_deposit_and_seven_debts_leave_a_fifth_of_every_limit() {
    let mut eight = Eight::new();
    let meter = &mut HeapMeter::new().unwrap();
    let debtor = eight.seven_debts.wallet.insecure_clone();
    let lender = eight.lender.wallet.insecure_clone();
    let owner = debtor.pubkey();

    let deposit = eight.deposit(&eight.seven_debts, 0);
    require_margin(&mut eight, meter, "deposit", &deposit, &[&debtor]);
    let withdraw = eight.withdraw(owner, 0);
    require_margin(&mut eight, meter, "withdraw", &withdraw, &[&debtor]);
    let borrow = eight.borrow(owner, 7);
    require_margin(&mut eight, meter, "borrow", &borrow, &[&debtor]);
    let repay = eight.repay(&eight.seven_debts, 7);
    require_margin(&mut eight, meter, "repay", &repay, &[&lender]);
    eight.world.advance(3_600);
    eight.set_value(0, 115_000);
    let liquidate = eight.liquidate(owner, 7, 0);
    require_margin(&mut eight, meter, "liquidate", &liquidate, &[&lender]);
    eight.world.advance(3_600);
    eight.set_value(0, 50_000);
    let liquidate = eight.liquidate(owner, 6, 0);
    let name = "liquidate, insolvent";
    require_margin(&mut eight, meter, name, &liquidate, &[&lender]);
}

#[test]
fn a_write_off_past_seven_delisted_deposits_leaves_a_fifth_of_every_limit() {
    let mut eight = Eight::new();
    let meter = &mut HeapMeter::new().unwrap();
    let (lender, first) = (&eight.lender, eight.banks[0]);
    eight.world.fund_insurance(lender, first, UNIT / 2).unwrap();
    eight.delist();
    let write_off = eight.write_off();
    require_margin(&mut eight, meter, "write_off", &write_off, &[]);
    let bank = eight.world.bank(first);
    // Every tier was used, and the rest is on auction.
    assert_eq!(bank.ledger.insurance, 0);
    assert!(bank.auction.lot > 0);
}

/// Whoever owes without collateral can put an atom into each of seven banks to
/// look as if he had some. One transaction takes all of them away and writes the
/// debt off.
#[test]
fn a_write_off_past_seven_atoms_of_dust_leaves_a_fifth_of_every_limit() {
    let mut eight = Eight::new();
    let meter = &mut HeapMeter::new().unwrap();
    let keeper = eight.lender.wallet.insecure_clone();
    let debtor = eight.fail_with_dust();
    let mut instructions = vec![eight.refresh()];
    for collateral in 1..8 {
        let banks: Vec<usize> = (0..1).chain(collateral..8).collect();
        instructions.push(eight.liquidate_dust(&debtor, collateral, &banks));
    }
    instructions.push(eight.write_off_of(&debtor));
    let name = "write_off past dust";
    require_margin(&mut eight, meter, name, &instructions, &[&keeper]);
    let left = eight.world.obligation(&debtor);
    assert!(left.has_record() && !left.has_debt());
}

#[test]
fn every_recorded_instruction_leaves_a_fifth_of_every_limit() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/benchmarks.json");
    let record: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let rows = record["rows"].as_array().unwrap();
    assert!(rows.len() >= 32, "a row for each instruction at least");
    for row in rows {
        let figure = |name: &str| row[name].as_u64().expect(name);
        assert!(
            figure("units") <= spared(u64::from(MAX_COMPUTE_UNITS)),
            "{row}"
        );
        assert!(figure("heap") <= spared(HEAP), "{row}");
        assert!(figure("accounts") <= spared(MAX_LOCKS as u64), "{row}");
        let bytes = spared(MAX_TRANSACTION_BYTES as u64);
        assert!(figure("bytes_with_table") <= bytes, "{row}");
    }
}
