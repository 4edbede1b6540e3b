//! Buy-backs, fees, and the report over a whole market.

use {
    super::{
        agree,
        bad_debt::{
            insure,
            rebuild::{rebuilt, sale, start},
            stage_with, TOKEN, USDC,
        },
        common::{pool, USDC as DOLLARS},
        view,
    },
    backstop::events::{BuyBackStarted, FeesCollected, GovernanceSold},
    backstop_client::quote,
    backstop_engine::units::{Atoms, GovAtoms},
    backstop_tests::{
        ix, tokens,
        world::{World, DOLLAR},
    },
    solana_signer::Signer,
};

#[test]
fn a_buy_back_is_quoted_from_start_to_sale() {
    let mut world = World::bytecode();
    let stage = rebuilt(&mut world, 2_000 * USDC);
    let bank = world.keys(stage.usdc).bank;
    let quoted = quote::buy_back(&view(&mut world), &bank);
    let done = world.send(&start(&world, &stage), &[]);
    let (quoted, receipt) = agree(quoted, done).expect("there is a surplus");
    let event: BuyBackStarted = receipt.event();
    assert_eq!(event.budget, quoted.budget.0);
    assert_eq!(event.ends_at, quoted.ends_at.0);

    for secs in [60, 3_600, 7_200] {
        world.advance(secs);
        let quoted = quote::sale(&view(&mut world), &bank, GovAtoms(100 * TOKEN), Atoms(1));
        let sell = sale(&world, &stage, 100 * TOKEN, 1);
        let done = world.send(&sell, &[&stage.bidder.wallet]);
        let (quoted, receipt) = agree(quoted, done).expect("it is open");
        let event: GovernanceSold = receipt.event();
        assert_eq!((event.sold, event.paid), (quoted.sold.0, quoted.paid.0));
    }
    let again = quote::buy_back(&view(&mut world), &bank);
    let done = world.send(&start(&world, &stage), &[]);
    assert!(agree(again, done).is_none());
}

#[test]
fn collectable_fees_are_what_is_collected() {
    let mut world = World::bytecode();
    let pool = pool(&mut world);
    world
        .borrow(&pool.borrower, pool.usdc, 5_000 * DOLLARS)
        .unwrap();
    world.advance(40 * 86_400);
    let keys = world.keys(pool.usdc);
    let owner = world.fee_owner.pubkey();
    let mint = world.mints[pool.usdc.0];
    let account = tokens::create_associated_token_account(&mut *world.chain, &mint, &owner);
    let quoted = quote::collectable(&view(&mut world), &keys.bank);
    let done = world.send(&[ix::collect_fees(&keys, account)], &[]);
    let ((protocol, insurance), receipt) = agree(quoted, done).expect("interest was booked");
    let event: FeesCollected = receipt
        .logs
        .iter()
        .find_map(|line| super::logged(line))
        .expect("it is in the log");
    assert_eq!(
        (event.to_protocol, event.to_insurance),
        (protocol.0, insurance.0)
    );
    assert!(protocol.0 > 0 && insurance.0 > 0);
}

/// The report says of a crisis what then happens, keeper by keeper.
#[test]
fn solvency_foretells_what_every_layer_pays() {
    let mut world = World::bytecode();
    let stage = stage_with(&mut world, |_| (), |_| ());
    insure(&mut world, &stage, 2_000 * USDC);
    let debtors: Vec<_> = ["one", "two", "three"]
        .map(|name| {
            super::bad_debt::fail_too_young(&mut world, &stage, name, stage.usdc, 4_000 * USDC)
        })
        .into_iter()
        .collect();
    world.advance(1);
    let view = view(&mut world);
    let obligations: Vec<_> = debtors
        .iter()
        .map(|debtor| world.obligation(debtor))
        .collect();
    let report = quote::solvency(&view, &obligations).unwrap();
    assert_eq!(
        (report.obligations, report.insolvent, report.unpriced),
        (3, 3, 0)
    );
    let bank = world.keys(stage.usdc).bank;
    let told = report.banks.iter().find(|told| told.bank == bank).unwrap();

    for debtor in &debtors {
        world.write_off(&stage.keeper, debtor, stage.usdc).unwrap();
    }
    let ledger = world.bank(stage.usdc).ledger;
    assert_eq!(u128::from(told.layers.loss.0), ledger.lost.get());
    assert_eq!(told.layers.on_auction.0, ledger.on_auction);
    assert_eq!(told.layers.left_open.0, ledger.deficit - ledger.on_auction);
    assert_eq!(told.layers.issued.0, world.market_state().issued);
    assert_eq!(
        u128::from(told.layers.insurance.0 + told.layers.insurance_fees.0),
        ledger.covered_by_insurance.get()
    );
    let haircut =
        (u128::from(ledger.deficit) * 1_000_000).div_ceil(u128::from(ledger.lender_assets));
    assert_eq!(u128::from(told.worst_haircut_ppm), haircut);
}

#[test]
fn an_obligation_whose_bank_has_no_price_is_counted_and_not_judged() {
    let mut world = World::bytecode();
    let pool = pool(&mut world);
    world
        .borrow(&pool.borrower, pool.usdc, 5_000 * DOLLARS)
        .unwrap();
    world.advance_silently(3_600);
    let obligation = world.obligation(&pool.borrower);
    let report = quote::solvency(&view(&mut world), [&obligation]).unwrap();
    assert_eq!((report.unpriced, report.insolvent), (1, 0));
    world.set_price(pool.usdc, DOLLAR);
    world.set_price(pool.sol, 40 * DOLLAR);
    let report = quote::solvency(&view(&mut world), [&obligation]).unwrap();
    assert_eq!((report.unpriced, report.insolvent), (0, 1));
}
