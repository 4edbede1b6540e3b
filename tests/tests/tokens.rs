//! Which mints may become a bank or govern a market.

mod common;

use {
    backstop::error::BackstopError as E,
    backstop_tests::{
        ix::{self, BankKeys, MarketKeys},
        keys::keypair,
        settings,
        tokens::{self, append_raw_extension, Mint, MintExtension, Program},
        world::{feed_id, on_both, BankSpec, World, DOLLAR},
    },
    common::*,
    solana_instruction::Instruction,
    solana_signer::Signer,
    std::slice::from_ref,
};

/// The instruction that makes a bank of a mint.
fn bank_of(world: &World, mint: &Mint) -> (BankKeys, Instruction) {
    let feed = keypair("feed").pubkey();
    let keys = BankKeys::new(world.market, mint.key, mint.program, feed);
    let mut config = settings::bank(feed_id("asset"), mint.decimals);
    config.write_off_mode = 0;
    let admin = world.admin.pubkey();
    (
        keys,
        ix::create_bank(&keys, world.chain.payer(), admin, config),
    )
}

/// The instruction that makes a market of a mint.
fn market_of(world: &mut World, mint: &Mint) -> (MarketKeys, Instruction) {
    let keys = MarketKeys::new(mint.key, mint.program, None);
    let mut config = world.market_state().config;
    config.lifetime_issuance_cap = 0;
    let (payer, admin) = (world.chain.payer(), world.admin.pubkey());
    (keys, ix::create_market(&keys, payer, admin, admin, config))
}

fn is_harmless(extension: &MintExtension) -> bool {
    matches!(
        extension,
        MintExtension::MetadataPointer
            | MintExtension::Metadata
            | MintExtension::GroupPointer
            | MintExtension::GroupMemberPointer
    )
}

#[test]
fn only_extensions_of_the_allow_list_get_into_a_bank_or_a_market() {
    on_both(|world| {
        let admin = world.admin.insecure_clone();
        for extension in MintExtension::ALL {
            println!("{} chain: {extension:?}", world.chain.name());
            // Metadata in the mint goes with a pointer to it.
            let with_pointer = [MintExtension::MetadataPointer, extension];
            let extensions = match extension {
                MintExtension::Metadata => &with_pointer[..],
                _ => &with_pointer[1..],
            };
            let program = Program::Token2022 { extensions };
            let label = format!("{extension:?}");
            let mint = tokens::create_mint(&mut *world.chain, &label, &admin, 6, program);
            let (bank, create_bank) = bank_of(world, &mint);
            let (market, create_market) = market_of(world, &mint);
            world.watched.extend([bank.bank, market.market, mint.key]);
            if is_harmless(&extension) {
                world.send(&[create_bank], &[&admin]).unwrap();
                world.send(&[create_market], &[&admin]).unwrap();
                continue;
            }
            world.refuse(&[create_bank], &[&admin], E::ExtensionNotAllowed);
            world.refuse(&[create_market], &[&admin], E::ExtensionNotAllowed);
        }
    });
}

#[test]
fn a_harmful_extension_is_found_behind_harmless_ones() {
    on_both(|world| {
        let admin = world.admin.insecure_clone();
        let harmless = [
            MintExtension::MetadataPointer,
            MintExtension::GroupPointer,
            MintExtension::GroupMemberPointer,
        ];
        let with_harm = [&harmless[..], &[MintExtension::Pausable]].concat();
        for (label, extensions, refused) in [
            ("good", &harmless[..], false),
            ("bad", &with_harm[..], true),
        ] {
            let program = Program::Token2022 { extensions };
            let mint = tokens::create_mint(&mut *world.chain, label, &admin, 6, program);
            let (bank, create) = bank_of(world, &mint);
            world.watched.push(bank.bank);
            if refused {
                world.refuse(&[create], &[&admin], E::ExtensionNotAllowed);
            } else {
                world.send(&[create], &[&admin]).unwrap();
            }
        }
    });
}

/// Types as the token program numbers them. Six are harmless; those above 27
/// did not exist when this was written, and those below 18 are not for mints or
/// dangerous.
#[test]
fn an_extension_type_that_nobody_knows_is_refused() {
    on_both(|world| {
        let admin = world.admin.insecure_clone();
        let program = Program::Token2022 { extensions: &[] };
        for kind in (1..=40).chain([60_000, u16::MAX]) {
            println!("{} chain: type {kind}", world.chain.name());
            let label = format!("type {kind}");
            let mint = tokens::create_mint(&mut *world.chain, &label, &admin, 6, program);
            append_raw_extension(&mut *world.chain, &mint.key, kind, &[0; 64]);
            let (market, create) = market_of(world, &mint);
            world.watched.extend([market.market, mint.key]);
            let before = world.fingerprint();
            let failure = world.chain.send(from_ref(&create), &[&admin]);
            if (18..=23).contains(&kind) {
                // The token program may still dislike the bytes; the rule does not.
                let code = failure.err().and_then(|failure| failure.code());
                assert_ne!(code, Some(E::ExtensionNotAllowed.into()));
                continue;
            }
            let failure = failure.unwrap_err();
            assert_eq!(
                failure.code(),
                Some(E::ExtensionNotAllowed.into()),
                "{failure}"
            );
            assert_eq!(before, world.fingerprint());
        }
    });
}

#[test]
fn a_list_of_extensions_that_is_cut_off_is_refused() {
    on_both(|world| {
        let admin = world.admin.insecure_clone();
        let program = Program::Token2022 {
            extensions: &[MintExtension::MetadataPointer],
        };
        let mint = tokens::create_mint(&mut *world.chain, "whole", &admin, 6, program);
        for (label, cut) in [("in the body", 1), ("to the header", 64)] {
            let key = forge(world, &mint.key, label, |account| {
                let len = account.data.len() - cut;
                account.data.truncate(len);
            });
            let (_, create) = market_of(world, &Mint { key, ..mint });
            world.refuse(&[create], &[&admin], E::InvalidMint);
        }
        let (_, create) = market_of(world, &mint);
        world.send(&[create], &[&admin]).unwrap();
    });
}

#[test]
fn the_governance_mint_never_becomes_a_bank() {
    on_both(|world| {
        let admin = world.admin.insecure_clone();
        let governance = world.governance;
        let (bank, create) = bank_of(world, &governance);
        world.watched.push(bank.bank);
        world.refuse(&[create], &[&admin], E::GovernanceMintAsBank);
        let twin = tokens::create_mint(&mut *world.chain, "twin", &admin, 6, Program::Token);
        let (_, create) = bank_of(world, &twin);
        world.send(&[create], &[&admin]).unwrap();
    });
}

#[test]
fn an_asset_may_have_a_freezer_as_stable_coins_do() {
    on_both(|world| {
        let admin = world.admin.insecure_clone();
        let freezer = admin.pubkey();
        for (label, program) in [
            ("classic", Program::Token),
            ("2022", Program::Token2022 { extensions: &[] }),
        ] {
            let chain = &mut *world.chain;
            let mint =
                tokens::create_mint_with_freezer(chain, label, &admin, Some(&freezer), 6, program);
            let (_, create) = bank_of(world, &mint);
            world.send(&[create], &[&admin]).unwrap();
        }
    });
}

#[test]
fn a_token_2022_asset_works_from_deposit_to_liquidation() {
    let extensions = [MintExtension::MetadataPointer, MintExtension::Metadata];
    let program = Program::Token2022 {
        extensions: &extensions,
    };
    on_both(|world| {
        let usdc = BankSpec {
            program,
            ..BankSpec::usdc()
        };
        let sol = BankSpec {
            program: Program::Token2022 { extensions: &[] },
            ..BankSpec::sol()
        };
        let pool = pool_of(world, &usdc, &sol);
        let liquidator = world.actor("liquidator");
        world.fund(&liquidator, pool.usdc, 10_000 * USDC);
        set_sure_price(world, pool.usdc, DOLLAR);
        world
            .borrow(&pool.borrower, pool.usdc, 6_500 * USDC)
            .unwrap();
        assert_eq!(world.balance(&pool.borrower, pool.usdc), 6_500 * USDC);
        world
            .repay(&pool.borrower, &pool.borrower, pool.usdc, 500 * USDC)
            .unwrap();
        assert_eq!(world.bank(pool.usdc).ledger.borrowed, 6_000 * USDC);
        world.fund_insurance(&liquidator, pool.usdc, USDC).unwrap();
        set_sure_price(world, pool.sol, 70 * DOLLAR);
        world
            .liquidate(
                &liquidator,
                &pool.borrower,
                pool.usdc,
                pool.sol,
                1_000 * USDC,
            )
            .unwrap();
        assert_eq!(world.balance(&liquidator, pool.usdc), 8_999 * USDC);
        world.withdraw(&liquidator, pool.sol, u128::MAX).unwrap();
        assert!(world.balance(&liquidator, pool.sol) > 0);
        world
            .withdraw(&pool.lender, pool.usdc, u128::from(90_000 * USDC) * SHARES)
            .unwrap();
        assert_eq!(world.balance(&pool.lender, pool.usdc), 190_000 * USDC);
    });
}
