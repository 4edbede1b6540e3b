//! Lenders who leave, and one who arrives, while a deficit is open.

mod bad_debt;

use {
    backstop::{
        error::BackstopError,
        state::{Bank, LedgerState},
    },
    backstop_tests::{
        ix,
        settings::DAY,
        state::Wide,
        world::{on_both, Actor, World},
    },
    bad_debt::{insure, lose, snap, stage, stage_bank, stage_with, Stage, TOKEN, USDC},
    num_bigint::BigUint,
    std::cell::RefCell,
};

/// (atoms) The lenders' deposits beside the million of the stage's own lender.
const DEPOSITS: [u64; 3] = [333_333_333_333, 77_777_777, 1_000_003];

/// Three more lenders, then a loss that nothing covers.
fn crowd(world: &mut World, stage: &Stage, loss: u64) -> [Actor; 3] {
    let lenders = ["ann", "bob", "cho"].map(|name| world.actor(name));
    for (lender, atoms) in lenders.iter().zip(DEPOSITS) {
        world.fund(lender, stage.usdc, atoms);
        world.deposit(lender, stage.usdc, atoms).unwrap();
    }
    lose(world, stage, "debtor", loss);
    lenders
}

/// `⌊shares · (assets + 1) / (all shares + 10⁶)⌋`, with big integers.
fn claim(ledger: &LedgerState, shares: &BigUint, assets: u64) -> u64 {
    let all = ledger.deposit_shares.big() + 1_000_000u32;
    (shares * (BigUint::from(assets) + 1u8) / all)
        .try_into()
        .unwrap()
}

fn shares_of(world: &mut World, stage: &Stage, lender: &Actor) -> BigUint {
    let bank = world.keys(stage.usdc).bank;
    let state = world.obligation(lender);
    state.position(&bank).unwrap().deposit_shares.big()
}

/// Takes all of a lender's shares out; what he got.
fn leave(world: &mut World, stage: &Stage, lender: &Actor) -> u64 {
    let had = world.balance(lender, stage.usdc);
    world.withdraw(lender, stage.usdc, u128::MAX).unwrap();
    world.balance(lender, stage.usdc) - had
}

#[test]
fn a_leaver_is_paid_net_and_takes_his_part_of_the_deficit_with_him() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| config.write_off_mode = 1);
        let [ann, ..] = crowd(world, &stage, 123_456 * USDC);
        let before = snap(world, stage.usdc);
        let ledger = before.ledger;
        let shares = shares_of(world, &stage, &ann);
        let gross = claim(&ledger, &shares, ledger.lender_assets);
        let net = claim(&ledger, &shares, ledger.lender_assets - ledger.deficit);
        assert!(
            gross - net > 30_000 * USDC,
            "a quarter of the deficit is hers"
        );
        assert_eq!(leave(world, &stage, &ann), net);
        let expected = LedgerState {
            lender_assets: ledger.lender_assets - gross,
            cash: ledger.cash - net,
            deficit: ledger.deficit - (gross - net),
            borne_by_leavers: u128::from(gross - net).into(),
            deposit_shares: (ledger.deposit_shares.get() - u128::try_from(shares.clone()).unwrap())
                .into(),
            ..ledger
        };
        let after = snap(world, stage.usdc);
        assert_eq!(after.ledger, expected);
        assert_eq!(after.liquidity, before.liquidity - net);

        // The gross price stays, within the dust that those who stay keep.
        let whole = BigUint::from(10u64.pow(18));
        let price = |ledger: &LedgerState| claim(ledger, &whole, ledger.lender_assets);
        let net_price =
            |ledger: &LedgerState| claim(ledger, &whole, ledger.lender_assets - ledger.deficit);
        assert!(price(&after.ledger).abs_diff(price(&ledger)) <= 1);
        assert!(net_price(&after.ledger).abs_diff(net_price(&ledger)) <= 1);
    });
}

#[test]
fn the_order_of_leaving_changes_nothing_beyond_an_atom_a_call() {
    let orders = [[0, 1, 2], [1, 2, 0], [2, 1, 0]];
    let payouts = RefCell::new(Vec::new());
    for order in orders {
        on_both(|world: &mut World| {
            let stage = stage_bank(world, |config| config.write_off_mode = 1);
            let lenders = crowd(world, &stage, 432_101 * USDC);
            let mut paid = [0; 4];
            for who in order {
                paid[who] = leave(world, &stage, &lenders[who]);
            }
            // The large lender is the last, and takes all that is left.
            paid[3] = leave(world, &stage, &stage.lender);
            let ledger = world.bank(stage.usdc).ledger;
            assert!(ledger.deficit <= 1 && ledger.cash <= 4);
            payouts.borrow_mut().push(paid);
        });
    }
    let payouts = payouts.into_inner();
    for (who, first) in payouts[0].iter().enumerate() {
        for paid in &payouts {
            assert!(paid[who].abs_diff(*first) <= 3, "{who}: {payouts:?}");
        }
    }
}

#[test]
fn many_small_withdrawals_pay_no_more_than_one() {
    let all_at_once = RefCell::new(0);
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| config.write_off_mode = 1);
        let [_, bob, _] = crowd(world, &stage, 432_101 * USDC);
        *all_at_once.borrow_mut() = leave(world, &stage, &bob);
    });
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| config.write_off_mode = 1);
        let [_, bob, _] = crowd(world, &stage, 432_101 * USDC);
        let had = world.balance(&bob, stage.usdc);
        let part = u128::try_from(shares_of(world, &stage, &bob) / 10u8).unwrap();
        for _ in 0..9 {
            world.withdraw(&bob, stage.usdc, part).unwrap();
        }
        world.withdraw(&bob, stage.usdc, u128::MAX).unwrap();
        let paid = world.balance(&bob, stage.usdc) - had;
        let at_once = *all_at_once.borrow();
        assert!(
            paid <= at_once + 1 && paid + 10 >= at_once,
            "{paid}, {at_once}"
        );
    });
}

#[test]
fn who_arrives_while_a_deficit_is_open_must_accept_it_and_pays_gross() {
    #[derive(Clone, Copy, Debug)]
    enum End {
        Leaves,
        Covered,
        Socialised,
    }
    for end in [End::Leaves, End::Covered, End::Socialised] {
        on_both(|world: &mut World| {
            let stage = stage_bank(world, |config| config.write_off_mode = 1);
            crowd(world, &stage, 400_000 * USDC);
            let late = world.actor("late");
            world.fund(&late, stage.usdc, 100_000 * USDC);
            let keys = world.keys(stage.usdc);
            let deposit = |accept_deficit| {
                let args = backstop::instruction::Deposit {
                    atoms: 100_000 * USDC,
                    min_shares: 0,
                    accept_deficit,
                };
                let wallet = world.wallet(&late, stage.usdc);
                let deposit = ix::deposit(&keys, late.key(), late.obligation, wallet, args);
                [ix::refresh_banks(&[keys]), deposit]
            };
            let (unaware, aware) = (deposit(false), deposit(true));
            let signers = [&late.wallet];
            world.refuse(&unaware, &signers, BackstopError::DeficitNotAccepted);
            let ledger = world.bank(stage.usdc).ledger;
            world.send(&aware, &signers).unwrap();
            let all = ledger.deposit_shares.big() + 1_000_000u32;
            let shares = shares_of(world, &stage, &late);
            let bought = all * (100_000 * USDC) / (ledger.lender_assets + 1);
            assert_eq!(shares, bought);

            match end {
                End::Leaves => {}
                End::Covered => {
                    insure(world, &stage, 400_000 * USDC);
                    world.cover(stage.usdc).unwrap();
                }
                End::Socialised => {
                    world.advance(3 * u64::from(DAY));
                    world.socialise(stage.usdc).unwrap();
                }
            }
            let ledger = world.bank(stage.usdc).ledger;
            let net = claim(&ledger, &shares, ledger.lender_assets - ledger.deficit);
            let paid = leave(world, &stage, &late);
            assert_eq!(paid, net, "{end:?}");
            match end {
                // Covered: both prices meet at the one that he paid.
                End::Covered => assert_eq!(paid, 100_000 * USDC),
                // 400 000 of 1 433 412 dollars are gone, for him as for everybody.
                End::Leaves | End::Socialised => {
                    assert!(paid > 72_000 * USDC && paid < 72_200 * USDC, "{paid}");
                }
            }
        });
    }
}

#[test]
fn a_leaver_lowers_what_is_not_on_auction_first() {
    on_both(|world: &mut World| {
        // Half of a loss of 1 000 dollars is on auction.
        let stage = stage_with(world, |market| market.issuance_auction_bps = 10, |_| ());
        lose(world, &stage, "debtor", 1_000 * USDC);
        let shares = shares_of(world, &stage, &stage.lender);
        let part = |percent: u8| u128::try_from(&shares * percent / 100u8).unwrap();
        // Percent that leave; deficit and on auction after it.
        for (percent, deficit, on_auction) in [
            (25, 750, 500),
            (25, 500, 500),
            (25, 250, 250),
            (15, 100, 100),
        ] {
            world
                .withdraw(&stage.lender, stage.usdc, part(percent))
                .unwrap();
            let ledger = world.bank(stage.usdc).ledger;
            assert!(ledger.deficit.abs_diff(deficit * USDC) <= 4, "{ledger:?}");
            assert!(ledger.on_auction.abs_diff(on_auction * USDC) <= 4);
            assert_eq!(snap(world, stage.usdc).escrow, 1_000 * TOKEN);
        }
    });
}

#[test]
fn a_leaver_says_what_he_wants_at_least() {
    on_both(|world: &mut World| {
        let stage = stage_bank(world, |config| config.write_off_mode = 1);
        let [ann, ..] = crowd(world, &stage, 123_456 * USDC);
        let keys = world.keys(stage.usdc);
        let ledger = world.bank(stage.usdc).ledger;
        let shares = shares_of(world, &stage, &ann);
        let net = claim(&ledger, &shares, ledger.lender_assets - ledger.deficit);
        let withdraw = |min_atoms| {
            let args = backstop::instruction::Withdraw {
                shares: u128::MAX,
                min_atoms,
            };
            let to = world.wallet(&ann, stage.usdc);
            [ix::withdraw(
                &keys,
                ann.key(),
                ann.obligation,
                to,
                args,
                &[],
            )]
        };
        let (greedy, fair) = (withdraw(net + 1), withdraw(net));
        world.refuse(&greedy, &[&ann.wallet], BackstopError::BelowMinimum);
        world.send(&fair, &[&ann.wallet]).unwrap();
    });
}

#[test]
fn collateral_counts_net_while_a_deficit_is_open() {
    on_both(|world: &mut World| {
        // A second bank to borrow from, against shares of the one that lost.
        let other = world.add_bank(&bad_debt::plain_bank("OTHER"));
        let stage = stage(world);
        world.fund(&stage.bidder, other, 10_000 * USDC);
        world.deposit(&stage.bidder, other, 10_000 * USDC).unwrap();
        let saver = world.actor("saver");
        world.fund(&saver, stage.usdc, 1_000 * USDC);
        world.deposit(&saver, stage.usdc, 1_000 * USDC).unwrap();
        // Half of all that lenders own is lost: 500 500 dollars.
        lose(world, &stage, "debtor", 500_500 * USDC);
        let bank: Bank = world.bank(stage.usdc);
        assert_eq!(bank.ledger.lender_assets, 2 * bank.ledger.deficit);
        // 500 dollars, at 0.999 and a factor of 70 %, against debt at 1.001.
        let most = 349_300_699;
        let refused = world.borrow(&saver, other, most + 1).unwrap_err();
        assert_eq!(refused.code(), Some(BackstopError::Unhealthy.into()));
        world.borrow(&saver, other, most).unwrap();
    });
}
