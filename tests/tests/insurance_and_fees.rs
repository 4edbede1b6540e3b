//! Filling the reserve, collecting fees, and gifts that no ledger knows.

mod bad_debt;

use {
    backstop::{
        error::BackstopError,
        events::{FeesCollected, InsuranceFunded},
        state::LedgerState,
    },
    backstop_tests::{
        ix,
        settings::DAY,
        tokens,
        world::{on_both, World},
    },
    bad_debt::{
        fail, insure, logged, lose, snap, stage, stage_bank, Snap, Stage, AUCTION_DELAY, LENT,
        TOKEN, USDC,
    },
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    std::slice::from_ref,
};

#[test]
fn anybody_fills_insurance_and_the_ledger_counts_it() {
    on_both(|world: &mut World| {
        let stage = stage(world);
        let before = snap(world, stage.usdc);
        let keys = world.keys(stage.usdc);
        let wallet = world.wallet(&stage.bidder, stage.usdc);
        let payer = stage.bidder.key();
        let nothing = ix::fund_insurance(&keys, payer, wallet, 0);
        world.refuse(
            &[nothing],
            &[&stage.bidder.wallet],
            BackstopError::ZeroAmount,
        );
        /// `TokenError::InsufficientFunds`
        const INSUFFICIENT: u32 = 1;
        let too_much = ix::fund_insurance(&keys, payer, wallet, LENT + 1);
        world.refuse_code(&[too_much], &[&stage.bidder.wallet], INSUFFICIENT);

        let receipt = world
            .fund_insurance(&stage.bidder, stage.usdc, LENT)
            .unwrap();
        let ledger = LedgerState {
            insurance: LENT,
            accrued_at: world.chain.now(),
            ..before.ledger
        };
        let expected = Snap {
            ledger,
            insurance: LENT,
            ..before
        };
        assert_eq!(snap(world, stage.usdc), expected);
        assert_eq!(world.balance(&stage.bidder, stage.usdc), 0);
        if let Some(event) = logged::<InsuranceFunded>(world, &receipt) {
            assert_eq!((event.bank, event.payer), (keys.bank, payer));
            assert_eq!((event.atoms, event.insurance), (LENT, LENT));
        }
    });
}

/// A bank that charges ten per cent, and the fee owner's token account.
fn charging(world: &mut World) -> (Stage, Pubkey) {
    let stage = stage_bank(world, |config| {
        config.base_rate_bps = 1_000;
        config.write_off_mode = 1;
    });
    let mint = world.mints[stage.usdc.0];
    let owner = world.fee_owner.pubkey();
    let account = tokens::create_associated_token_account(&mut *world.chain, &mint, &owner);
    (stage, account)
}

#[test]
fn fees_go_to_their_owner_and_to_insurance_as_far_as_cash_reaches_insurance_first() {
    // Cash that is left when a year's fees have accrued on the rest.
    #[derive(Clone, Copy, Debug)]
    enum Cash {
        Plenty,
        OneAtomMoreThanInsurance,
        OneAtom,
    }
    for cash in [Cash::Plenty, Cash::OneAtomMoreThanInsurance, Cash::OneAtom] {
        on_both(|world: &mut World| {
            let (stage, fee_account) = charging(world);
            let keys = world.keys(stage.usdc);
            let collect = ix::collect_fees(&keys, fee_account);
            world.refuse(from_ref(&collect), &[], BackstopError::ZeroAmount);
            fail(world, &stage, "borrower", 500_000 * USDC);
            world.advance(365 * u64::from(DAY));
            world.refresh(&[stage.usdc]).unwrap();
            let fees = world.bank(stage.usdc).ledger;
            assert!(fees.protocol_fees > USDC && fees.insurance_fees > USDC);
            let left = match cash {
                Cash::Plenty => fees.cash,
                Cash::OneAtomMoreThanInsurance => fees.insurance_fees + 1,
                Cash::OneAtom => 1,
            };
            if left < fees.cash {
                fail_now(world, &stage, fees.cash - left);
            }
            let before = snap(world, stage.usdc);
            assert_eq!(before.ledger.cash, left);
            let receipt = world.send(&[collect], &[]).unwrap();

            let to_insurance = fees.insurance_fees.min(left);
            let to_protocol = fees.protocol_fees.min(left - to_insurance);
            let ledger = LedgerState {
                cash: left - to_insurance - to_protocol,
                insurance_fees: fees.insurance_fees - to_insurance,
                protocol_fees: fees.protocol_fees - to_protocol,
                insurance: to_insurance,
                ..before.ledger
            };
            let expected = Snap {
                ledger,
                liquidity: before.liquidity - to_insurance - to_protocol,
                insurance: to_insurance,
                ..before
            };
            assert_eq!(snap(world, stage.usdc), expected, "{cash:?}");
            let paid = tokens::balance(&mut *world.chain, &fee_account);
            assert_eq!(paid, to_protocol, "{cash:?}");
            if let Some(event) = logged::<FeesCollected>(world, &receipt) {
                assert_eq!(event.bank, keys.bank);
                assert_eq!(
                    (event.to_protocol, event.to_insurance),
                    (to_protocol, to_insurance)
                );
            }
        });
    }
}

/// Somebody borrows `atoms` in this second.
fn fail_now(world: &mut World, stage: &Stage, atoms: u64) {
    let borrower = world.actor("second borrower");
    world.fund(&borrower, stage.junk, 10_000_000);
    world.set_price(stage.junk, 1_000_000 * 100_000_000);
    world.deposit(&borrower, stage.junk, 10_000_000).unwrap();
    world.borrow(&borrower, stage.usdc, atoms).unwrap();
}

#[test]
fn fees_wait_while_a_deficit_is_open_and_go_to_nobody_but_their_owner() {
    on_both(|world: &mut World| {
        let (stage, fee_account) = charging(world);
        fail(world, &stage, "borrower", 1_000 * USDC);
        lose(world, &stage, "debtor", 500_000 * USDC);
        world.advance(u64::from(DAY));
        let keys = world.keys(stage.usdc);
        let collect = ix::collect_fees(&keys, fee_account);
        world.refuse(from_ref(&collect), &[], BackstopError::DeficitOpen);
        insure(world, &stage, 600_000 * USDC);
        world.cover(stage.usdc).unwrap();
        world.advance(30 * u64::from(DAY));
        let other = world.wallet(&stage.keeper, stage.usdc);
        let theft = ix::collect_fees(&keys, other);
        world.refuse(&[theft], &[], BackstopError::WrongTokenOwner);
        world.refresh(&[stage.usdc]).unwrap();
        let due = world.bank(stage.usdc).ledger.protocol_fees;
        world.send(&[collect], &[]).unwrap();
        let paid = tokens::balance(&mut *world.chain, &fee_account);
        assert!(paid == due && due > 0);
    });
}

/// A loss through every tier, with or without gifts to every vault on the way.
fn crisis(world: &mut World, gift: u64) -> (Vec<LedgerState>, u64, u64) {
    let stage = stage(world);
    let keys = world.keys(stage.usdc);
    let mut seen = Vec::new();
    let give = |world: &mut World| {
        if gift == 0 {
            return;
        }
        let (mint, governance) = (world.mints[stage.usdc.0], world.governance);
        let admin = world.admin.insecure_clone();
        let treasury = world.treasury.insecure_clone();
        for vault in [keys.liquidity_vault, keys.insurance_vault] {
            tokens::mint_to(&mut *world.chain, &mint, &vault, &admin, gift);
        }
        let purse = tokens::associated_token_account(&governance, &treasury.pubkey());
        tokens::transfer(
            &mut *world.chain,
            &governance,
            &purse,
            &keys.governance_escrow,
            &treasury,
            gift,
        );
    };
    give(world);
    insure(world, &stage, 100 * USDC);
    let (debtor, _) = lose(world, &stage, "debtor", 600 * USDC);
    seen.push(world.bank(stage.usdc).ledger);
    give(world);
    world.advance(AUCTION_DELAY);
    world.buy(&stage.bidder, stage.usdc, 100 * TOKEN).unwrap();
    world
        .repay_written_off(&stage.lender, &debtor, stage.usdc, 50 * USDC)
        .unwrap();
    seen.push(world.bank(stage.usdc).ledger);
    give(world);
    world
        .withdraw(&stage.lender, stage.usdc, u128::MAX / 2)
        .unwrap_err();
    world.buy(&stage.bidder, stage.usdc, u64::MAX).unwrap();
    seen.push(world.bank(stage.usdc).ledger);
    world
        .withdraw(&stage.lender, stage.usdc, u128::MAX)
        .unwrap();
    seen.push(world.bank(stage.usdc).ledger);
    let after = snap(world, stage.usdc);
    // What was given is still there, and nothing else.
    assert_eq!(after.liquidity - after.ledger.cash, 3 * gift);
    assert_eq!(after.insurance - after.ledger.insurance, 3 * gift);
    assert_eq!(after.escrow, 3 * gift);
    let money = world.balance(&stage.lender, stage.usdc);
    (seen, money, world.governance_balance(&stage.bidder))
}

#[test]
fn gifts_to_every_vault_change_no_figure_and_nobodys_money() {
    let plain = std::cell::RefCell::new(None);
    on_both(|world: &mut World| *plain.borrow_mut() = Some(crisis(world, 0)));
    on_both(|world: &mut World| {
        let gifted = crisis(world, 777 * USDC);
        assert_eq!(Some(gifted), *plain.borrow());
    });
}
