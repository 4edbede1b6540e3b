//! What happens to a deficit after the write-off, and to a bank without one.

use {
    super::{
        crisis::{Crisis, Setting},
        USDC,
    },
    crate::bench::Bench,
    backstop_tests::{ix, settings::DAY, tokens},
    solana_signer::Signer,
};

/// Measures covering, socialising, repaying a record, and fees.
pub fn measure(bench: &mut Bench) {
    cover(bench);
    socialise(bench);
    repay_record(bench);
    fees(bench);
}

/// A deficit that nothing covers: no insurance, and no issuance for now.
fn open_deficit(mode: u8) -> Crisis {
    let mut crisis = Crisis::new(Setting {
        mode,
        ..Setting::insured(0)
    });
    // Written off without a fresh price: nothing can be issued in this call.
    let write_off = crisis.write_off(false);
    crisis.world.send(&[write_off], &[]).unwrap();
    let ledger = crisis.world.bank(crisis.usdc).ledger;
    assert!(ledger.deficit > 0 && ledger.on_auction == 0);
    crisis
}

fn cover(bench: &mut Bench) {
    for (shape, funded) in [
        ("insurance", 10_000 * USDC),
        ("issuance", 0),
        ("insurance and issuance", 500 * USDC),
    ] {
        let mut crisis = open_deficit(2);
        if funded > 0 {
            let (lender, usdc) = (&crisis.lender, crisis.usdc);
            crisis.world.fund_insurance(lender, usdc, funded).unwrap();
        }
        let cover = ix::cover_deficit(&crisis.world.keys(crisis.usdc));
        let instructions = [crisis.refresh(), cover];
        bench.measure(
            &mut crisis.world,
            "cover_deficit",
            shape,
            &instructions,
            &[],
        );
        let left = crisis.world.bank(crisis.usdc).ledger.deficit;
        assert_eq!(left > 0, shape.contains("issuance"), "{shape}");
    }
}

fn socialise(bench: &mut Bench) {
    let mut crisis = open_deficit(1);
    let (world, usdc) = (&mut crisis.world, crisis.usdc);
    let keys = world.keys(usdc);
    world.advance(u64::from(3 * DAY));
    let socialise = ix::socialise_deficit(&keys);
    bench.measure(world, "socialise_deficit", "no issuance", &[socialise], &[]);
    assert_eq!(world.bank(usdc).ledger.deficit, 0);
}

fn repay_record(bench: &mut Bench) {
    for (shape, mut crisis) in [
        ("into an open deficit", open_deficit(2)),
        (
            "into insurance",
            Crisis::written_off(Setting::insured(10_000)),
        ),
        (
            "while an auction is live",
            Crisis::written_off(Setting::insured(0)),
        ),
    ] {
        let keys = crisis.world.keys(crisis.usdc);
        let (payer, debtor) = (&crisis.lender, crisis.borrower.obligation);
        let account = crisis.world.wallet(payer, crisis.usdc);
        let repay = ix::repay_written_off(&keys, payer.key(), debtor, account, 100 * USDC);
        let signer = crisis.lender.wallet.insecure_clone();
        bench.measure(
            &mut crisis.world,
            "repay_written_off",
            shape,
            &[repay],
            &[&signer],
        );
    }
}

fn fees(bench: &mut Bench) {
    let mut crisis = Crisis::new(Setting::insured(0));
    let (world, usdc, lender) = (&mut crisis.world, crisis.usdc, &crisis.lender);
    let keys = world.keys(usdc);
    let account = world.wallet(lender, usdc);
    let fund = ix::fund_insurance(&keys, lender.key(), account, 1_000 * USDC);
    bench.measure(
        world,
        "fund_insurance",
        "1,000 USDC",
        &[fund],
        &[&lender.wallet],
    );

    world.advance(u64::from(30 * DAY));
    let (mint, owner) = (world.mints[usdc.0], world.fee_owner.pubkey());
    let account = tokens::create_associated_token_account(&mut *world.chain, &mint, &owner);
    let collect = ix::collect_fees(&keys, account);
    bench.measure(
        world,
        "collect_fees",
        "both kinds, interest is due",
        &[collect],
        &[],
    );
}
