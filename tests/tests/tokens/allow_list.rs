//! Which mints may become a bank or govern a market.

use {
    crate::common::*,
    backstop::error::BackstopError as E,
    backstop_tests::{
        ix::{self, BankKeys, MarketKeys},
        keys::keypair,
        settings,
        tokens::{self, append_raw_extension, Mint, MintExtension, Program},
        world::{feed_id, on_both, BankSpec, World, DOLLAR},
    },
    solana_instruction::Instruction,
    solana_signer::Signer,
    spl_token_2022_interface::extension::ExtensionType,
    std::slice::from_ref,
};

/// The instruction that makes a bank of a mint.
pub fn bank_of(world: &World, mint: &Mint) -> (BankKeys, Instruction) {
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

/// What is to become of a mint with an extension.
enum Fate {
    Allowed(MintExtension),
    Refused(MintExtension),
    /// No mint has it: it is padding, or belongs to token accounts.
    NotOfAMint,
}

/// A row for each type that the token program's crate knows: with a new one this
/// does not compile.
fn fate(kind: ExtensionType) -> Fate {
    use {ExtensionType as T, Fate::*, MintExtension as M};
    let fee = M::TransferFee {
        bps: 100,
        max: 1_000_000,
    };
    match kind {
        T::MetadataPointer => Allowed(M::MetadataPointer),
        T::TokenMetadata => Allowed(M::Metadata),
        T::GroupPointer => Allowed(M::GroupPointer),
        T::TokenGroup => Allowed(M::Group),
        T::GroupMemberPointer => Allowed(M::GroupMemberPointer),
        T::TokenGroupMember => Allowed(M::GroupMember),
        T::TransferFeeConfig => Refused(fee),
        T::MintCloseAuthority => Refused(M::MintCloseAuthority),
        T::ConfidentialTransferMint => Refused(M::ConfidentialTransfer),
        T::DefaultAccountState => Refused(M::DefaultFrozen),
        T::NonTransferable => Refused(M::NonTransferable),
        T::InterestBearingConfig => Refused(M::InterestBearing(500)),
        T::PermanentDelegate => Refused(M::PermanentDelegate(backstop::ID)),
        T::TransferHook => Refused(M::TransferHook(backstop::ID)),
        T::ConfidentialTransferFeeConfig => Refused(M::ConfidentialTransferFee),
        T::ConfidentialMintBurn => Refused(M::ConfidentialMintBurn),
        T::ScaledUiAmount => Refused(M::ScaledUi),
        T::Pausable => Refused(M::Pausable),
        T::Uninitialized
        | T::TransferFeeAmount
        | T::ConfidentialTransferAccount
        | T::ImmutableOwner
        | T::MemoTransfer
        | T::CpiGuard
        | T::NonTransferableAccount
        | T::TransferHookAccount
        | T::ConfidentialTransferFeeAmount
        | T::PausableAccount => NotOfAMint,
    }
}

/// Every type that the crate knows.
pub fn known_types() -> impl Iterator<Item = ExtensionType> {
    (0..=u16::MAX).filter_map(|kind| ExtensionType::try_from(kind).ok())
}

/// Refuses the instruction with `ExtensionNotAllowed`, and the log says which.
#[track_caller]
fn refuse_naming(world: &mut World, instruction: &Instruction, kind: ExtensionType) {
    let (before, admin) = (world.fingerprint(), world.admin.insecure_clone());
    let failure = world
        .chain
        .send(from_ref(instruction), &[&admin])
        .unwrap_err();
    let expected = Some(E::ExtensionNotAllowed.into());
    assert_eq!(failure.code(), expected, "{kind:?}: {failure}");
    assert_eq!(before, world.fingerprint(), "{kind:?}");
    // The native chain keeps no lines of the program.
    if world.chain.name() == "bytecode" {
        let line = format!("Program log: Mint extension {kind:?} is not allowed");
        assert!(failure.logs.contains(&line), "{kind:?}: {:?}", failure.logs);
    }
}

#[test]
fn every_extension_of_a_mint_is_on_the_allow_list_or_refused_by_its_name() {
    on_both(|world| {
        let admin = world.admin.insecure_clone();
        let mut seen = Vec::new();
        for kind in known_types() {
            let (extension, allowed) = match fate(kind) {
                Fate::Allowed(extension) => (extension, true),
                Fate::Refused(extension) => (extension, false),
                Fate::NotOfAMint => continue,
            };
            assert_eq!(extension.extension_type(), kind);
            let extensions = extension.with_companions();
            let program = Program::Token2022 {
                extensions: &extensions,
            };
            let label = format!("{kind:?}");
            let mint = tokens::create_mint(&mut *world.chain, &label, &admin, 6, program);
            let (bank, create_bank) = bank_of(world, &mint);
            let (market, create_market) = market_of(world, &mint);
            world.watched.extend([bank.bank, market.market, mint.key]);
            if allowed {
                world.send(&[create_bank], &[&admin]).unwrap();
                world.send(&[create_market], &[&admin]).unwrap();
            } else {
                refuse_naming(world, &create_bank, kind);
                refuse_naming(world, &create_market, kind);
            }
            seen.push(kind);
        }
        assert_eq!(seen.len(), MintExtension::ALL.len(), "{seen:?}");
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

/// Types as the token program numbers them, written into the mint past every
/// rule: some are for token accounts only, those above 27 did not exist when this
/// was written. Six are harmless.
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
