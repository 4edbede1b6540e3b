//! An issuer freezes a vault of the bank. What moves tokens of that vault is
//! refused by the token program and changes nothing; all else goes on as if
//! nothing had happened, in this bank and in the others; and once the vault is
//! thawed the state is the one from before.

use {
    crate::{
        bad_debt::{AUCTION_DELAY, AUCTION_DURATION},
        common::FROZEN,
        town::{difference, ops, try_all, Difference, Scene, Town},
    },
    backstop::{error::BackstopError, events::AuctionClosed},
    backstop_tests::{
        ix::{self, BankKeys},
        settings::DAY,
        tokens::{self, Program},
        world::{on_both, World},
    },
    solana_instruction::Instruction,
    solana_pubkey::Pubkey,
};

/// Which account of the town is frozen.
pub type Account = fn(&World, &Town) -> Pubkey;
/// What freezing each of these accounts stops in a scene.
pub type Case = (Scene, &'static [(Account, &'static [&'static str])]);

pub fn freeze(world: &mut World, town: &Town, account: &Pubkey) {
    let (mint, admin) = (world.mints[town.stage.usdc.0], world.admin.insecure_clone());
    tokens::freeze(&mut *world.chain, &mint, account, &admin);
}

fn thaw(world: &mut World, town: &Town, account: &Pubkey) {
    let (mint, admin) = (world.mints[town.stage.usdc.0], world.admin.insecure_clone());
    tokens::thaw(&mut *world.chain, &mint, account, &admin);
}

/// Freezing an account stops exactly these transactions, each with the token
/// program's error; no other ends differently.
pub fn freezing_stops((scene, accounts): &Case, program: Program<'_>) {
    scene.sweep(program, |world, town| {
        let ops = ops(world, town);
        let before = world.fingerprint();
        let warm = try_all(world, &before, &ops);
        for (account, expected) in *accounts {
            let account = account(world, town);
            freeze(world, town, &account);
            let frozen = world.fingerprint();
            let cold = try_all(world, &frozen, &ops);
            let mut stopped = Vec::new();
            for (warm, cold) in warm.iter().zip(&cold) {
                match difference(warm, cold) {
                    Difference::None => (),
                    Difference::Stopped(Some(FROZEN)) => stopped.push(warm.name),
                    other => panic!("{scene:?}: {}: {other:?}", warm.name),
                }
            }
            assert_eq!(&stopped, expected, "{scene:?}");
            thaw(world, town, &account);
            assert_eq!(world.fingerprint(), before, "thawing leaves a trace");
        }
    });
}

fn liquidity(world: &World, town: &Town) -> Pubkey {
    world.keys(town.stage.usdc).liquidity_vault
}

fn insurance(world: &World, town: &Town) -> Pubkey {
    world.keys(town.stage.usdc).insurance_vault
}

#[test]
fn a_frozen_vault_stops_what_moves_its_tokens_and_nothing_else() {
    for case in VAULTS {
        freezing_stops(case, Program::Token);
    }
    freezing_stops(&VAULTS[0], Program::Token2022 { extensions: &[] });
}

/// Insurance is drawn into the liquidity vault, so that one that is frozen keeps
/// anything from being written off while insurance would pay. An insurance vault
/// that is empty pays nothing: the deficit takes its way without it.
const VAULTS: &[Case] = &[
    (
        Scene::Calm,
        &[
            (
                liquidity,
                &[
                    "deposit",
                    "deposit an atom",
                    "withdraw",
                    "borrow",
                    "repay half",
                    "repay everything",
                    "repay an atom",
                    "liquidate",
                    "write off",
                    "write off, no bounty",
                    "collect fees",
                ],
            ),
            (
                insurance,
                &[
                    "write off",
                    "write off, no bounty",
                    "repay a record",
                    "repay an atom of a record",
                    "fund an atom",
                    "collect fees",
                ],
            ),
        ],
    ),
    (
        Scene::BuyBack,
        &[(
            insurance,
            &[
                "write off",
                "write off, no bounty",
                "repay a record",
                "repay an atom of a record",
                "fund an atom",
                "collect fees",
                "sell a part",
                "sell two atoms",
            ],
        )],
    ),
    (
        Scene::Limited,
        &[(insurance, &["cover", "cover, no price", "fund an atom"])],
    ),
    (
        // Records are repaid into the deficit, which issuing does not touch.
        Scene::Waiting,
        &[
            (
                liquidity,
                &[
                    "deposit",
                    "deposit an atom",
                    "withdraw",
                    "borrow",
                    "repay half",
                    "repay everything",
                    "repay an atom",
                    "liquidate",
                    "repay a record",
                    "repay an atom of a record",
                ],
            ),
            (insurance, &["fund an atom"]),
        ],
    ),
    (
        Scene::Open,
        &[
            (
                liquidity,
                &[
                    "deposit",
                    "deposit an atom",
                    "withdraw",
                    "borrow",
                    "repay half",
                    "repay everything",
                    "repay an atom",
                    "liquidate",
                    "repay a record",
                    "repay an atom of a record",
                    "buy a part",
                    "buy everything",
                    "buy a dollar's worth",
                ],
            ),
            (insurance, &["fund an atom"]),
        ],
    ),
    (Scene::Ended, &[(insurance, &["fund an atom"])]),
    (Scene::Hopeless, &[(insurance, &["fund an atom"])]),
    (
        // No deposits and no loans anyway; records are repaid to lenders.
        Scene::WoundDown,
        &[
            (
                liquidity,
                &[
                    "withdraw",
                    "repay half",
                    "repay everything",
                    "repay an atom",
                    "liquidate",
                    "repay a record",
                    "repay an atom of a record",
                    "collect fees",
                ],
            ),
            (insurance, &["fund an atom", "collect fees"]),
        ],
    ),
];

#[test]
fn an_auction_over_a_frozen_liquidity_vault_ends_unsold_and_is_held_again() {
    on_both(|world| {
        let town = Scene::Announced.play(world, Program::Token);
        let (usdc, bidder) = (town.stage.usdc, &town.stage.bidder);
        let keys = world.keys(usdc);
        freeze(world, &town, &keys.liquidity_vault);
        world.advance(AUCTION_DELAY);
        let (purse, tokens) = (world.wallet(bidder, usdc), world.governance_wallet(bidder));
        let buy = [ix::buy_governance(
            &keys,
            bidder.key(),
            purse,
            tokens,
            1_000,
            u64::MAX,
        )];
        world.refuse_code(&buy, &[&bidder.wallet], FROZEN);
        world.advance(AUCTION_DURATION);
        let closed = world.close_auction(usdc).unwrap().event::<AuctionClosed>();
        assert_eq!(closed.failed_auctions, 1);

        thaw(world, &town, &keys.liquidity_vault);
        world.cover(usdc).unwrap();
        world.advance(AUCTION_DELAY);
        world.buy(bidder, usdc, u64::MAX).unwrap();
        assert_eq!(world.bank(usdc).ledger.deficit, 0);
    });
}

/// Issuers who freeze a reserve are out of the program's reach: nothing is lost
/// or shifted, but nothing goes on either, however long it takes.
#[test]
fn a_frozen_reserve_holds_up_write_offs_until_it_is_thawed_and_no_repayment() {
    on_both(|world| {
        let town = Scene::Calm.play(world, Program::Token);
        let (stage, bad) = (&town.stage, &town.bad);
        let keys = world.keys(stage.usdc);
        freeze(world, &town, &keys.insurance_vault);
        world.advance(365 * u64::from(DAY));
        let keeper = world.wallet(&stage.keeper, stage.usdc);
        for keeper in [Some(keeper), None] {
            let write_off = ix::write_off(&keys, bad.obligation, keeper, &[]);
            let instructions = [ix::refresh_banks(&[keys]), write_off];
            world.refuse_code(&instructions, &[], FROZEN);
        }
        let payer = &town.stranger;
        world.repay(payer, bad, stage.usdc, 500_000_000).unwrap();
        thaw(world, &town, &keys.insurance_vault);
        world.write_off(&stage.keeper, bad, stage.usdc).unwrap();
        assert_eq!(world.bank(stage.usdc).ledger.deficit, 0);
    });
}

/// One atom in the reserve is enough: it cannot be drawn, and while it is there
/// lenders do not pay.
#[test]
fn a_deficit_waits_for_a_frozen_reserve_however_long_and_ends_once_it_is_thawed() {
    on_both(|world| {
        let town = Scene::Waiting.play(world, Program::Token);
        let usdc = town.stage.usdc;
        let keys = world.keys(usdc);
        world.fund_insurance(&town.stranger, usdc, 1).unwrap();
        freeze(world, &town, &keys.insurance_vault);
        for _ in 0..2 {
            world.advance(365 * u64::from(DAY));
            world.refuse_code(&cover(&keys), &[], FROZEN);
            let socialise = [ix::socialise_deficit(&keys)];
            world.refuse(&socialise, &[], BackstopError::InsuranceNotEmpty);
        }
        // Lenders are not locked in: they leave at the net price.
        let lender = &town.stage.lender;
        world.withdraw(lender, usdc, 1_000_000_000).unwrap();

        thaw(world, &town, &keys.insurance_vault);
        world.send(&cover(&keys), &[]).unwrap();
        world.socialise(usdc).unwrap();
        assert_eq!(world.bank(usdc).ledger.deficit, 0);
    });
}

fn cover(keys: &BankKeys) -> [Instruction; 2] {
    [ix::refresh_banks(&[*keys]), ix::cover_deficit(keys)]
}
