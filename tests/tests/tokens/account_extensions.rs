//! Token accounts with extensions: those that follow from the mint, and those
//! that their owner chooses.

use {
    super::allow_list::{bank_of, known_types},
    crate::{
        common::restore,
        states::{difference, ops, try_all, Difference, Outcome, People, State},
    },
    backstop::{error::BackstopError, instruction},
    backstop_tests::{
        ix,
        tokens::{
            self, append_raw_extension, switch_off, switch_on, HolderExtension, MintExtension,
            Program,
        },
        world::{on_both, World},
    },
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    spl_token_2022_interface::{
        error::TokenError,
        extension::{BaseStateWithExtensions, ExtensionType, StateWithExtensions},
        state::Account,
    },
};

const TOKEN_2022: Program<'static> = Program::Token2022 { extensions: &[] };

/// Where an extension of a token account comes from.
enum Origin {
    /// Each account of a mint with this one has it.
    Mint(MintExtension),
    /// Accounts of such a mint get it when they prove a key.
    MintAndKey(MintExtension),
    /// The owner switches it on.
    Owner(HolderExtension),
    /// Each associated account has it.
    Birth,
    /// Padding, or an extension of mints.
    NotOfAnAccount,
}

/// A row for each type that the token program's crate knows: with a new one this
/// does not compile.
fn origin(kind: ExtensionType) -> Origin {
    use {ExtensionType as T, MintExtension as M, Origin::*};
    match kind {
        T::TransferFeeAmount => Mint(M::TransferFee { bps: 0, max: 0 }),
        T::NonTransferableAccount => Mint(M::NonTransferable),
        T::TransferHookAccount => Mint(M::TransferHook(backstop::ID)),
        T::PausableAccount => Mint(M::Pausable),
        T::ConfidentialTransferAccount => MintAndKey(M::ConfidentialTransfer),
        T::ConfidentialTransferFeeAmount => MintAndKey(M::ConfidentialTransferFee),
        T::CpiGuard => Owner(HolderExtension::CpiGuard),
        T::MemoTransfer => Owner(HolderExtension::MemoRequired),
        T::ImmutableOwner => Birth,
        T::Uninitialized
        | T::TransferFeeConfig
        | T::MintCloseAuthority
        | T::ConfidentialTransferMint
        | T::DefaultAccountState
        | T::NonTransferable
        | T::InterestBearingConfig
        | T::PermanentDelegate
        | T::TransferHook
        | T::ConfidentialTransferFeeConfig
        | T::MetadataPointer
        | T::TokenMetadata
        | T::GroupPointer
        | T::TokenGroup
        | T::GroupMemberPointer
        | T::TokenGroupMember
        | T::ConfidentialMintBurn
        | T::ScaledUiAmount
        | T::Pausable => NotOfAnAccount,
    }
}

fn extensions_of(world: &mut World, account: &Pubkey) -> Vec<ExtensionType> {
    let data = world.chain.account(account).unwrap().data;
    StateWithExtensions::<Account>::unpack(&data)
        .and_then(|state| state.get_extension_types())
        .unwrap()
}

#[test]
fn an_account_extension_comes_from_a_mint_that_is_refused_or_from_the_owner() {
    on_both(|world| {
        let admin = world.admin.insecure_clone();
        for kind in known_types() {
            let (extension, at_birth) = match origin(kind) {
                Origin::Mint(extension) => (extension, true),
                Origin::MintAndKey(extension) => (extension, false),
                Origin::Owner(extension) => {
                    assert_eq!(extension.extension_type(), kind);
                    continue;
                }
                Origin::Birth | Origin::NotOfAnAccount => continue,
            };
            let extensions = extension.with_companions();
            let program = Program::Token2022 {
                extensions: &extensions,
            };
            let label = format!("{kind:?}");
            let mint = tokens::create_mint(&mut *world.chain, &label, &admin, 6, program);
            let (chain, owner) = (&mut *world.chain, backstop::ID);
            let account =
                tokens::create_token_account(chain, &format!("of {label}"), &mint, &owner);
            let has = extensions_of(world, &account).contains(&kind);
            assert_eq!(has, at_birth, "{kind:?}");
            let (_, create) = bank_of(world, &mint);
            world.refuse(&[create], &[&admin], BackstopError::ExtensionNotAllowed);
        }
    });
}

/// Switches an extension on for one account and says what that stops.
fn stopped_by(
    world: &mut World,
    people: &People,
    account: &Pubkey,
    owner: &Keypair,
    extension: HolderExtension,
) -> Vec<(&'static str, Option<u32>)> {
    let ops = ops(world, people);
    let before = world.fingerprint();
    let without = try_all(world, &before, &ops);
    switch_on(&mut *world.chain, account, owner, extension);
    let on = world.fingerprint();
    let stopped = compare(&without, &try_all(world, &on, &ops));
    // Its room stays, which makes no difference.
    switch_off(&mut *world.chain, account, owner, extension);
    let off = world.fingerprint();
    assert_eq!(compare(&without, &try_all(world, &off, &ops)), []);
    restore(world, &before);
    stopped
}

#[track_caller]
fn compare(without: &[Outcome], with: &[Outcome]) -> Vec<(&'static str, Option<u32>)> {
    let mut stopped = Vec::new();
    for (without, with) in without.iter().zip(with) {
        match difference(without, with) {
            Difference::None => (),
            Difference::Stopped(code) => stopped.push((with.name, code)),
            Difference::Other => panic!("{}", with.name),
        }
    }
    stopped
}

fn all_with(code: TokenError, names: &[&'static str]) -> Vec<(&'static str, Option<u32>)> {
    names
        .iter()
        .map(|name| (*name, Some(code.clone() as u32)))
        .collect()
}

#[test]
fn a_guarded_account_pays_nothing_through_the_program_and_is_paid() {
    State::Calm.sweep(TOKEN_2022, |world, people| {
        let (usdc, borrower) = (people.stage.usdc, &people.borrower);
        for (actor, paying) in [
            (&people.stage.lender, &["deposit"][..]),
            (borrower, &["repay half", "repay everything"]),
            (&people.stage.liquidator, &["liquidate"]),
            (&people.stage.keeper, &[]),
            (
                &people.stranger,
                &[
                    "deposit an atom",
                    "repay an atom",
                    "repay a record",
                    "repay an atom of a record",
                    "fund an atom",
                ],
            ),
        ] {
            let (account, guard) = (world.wallet(actor, usdc), HolderExtension::CpiGuard);
            let stopped = stopped_by(world, people, &account, &actor.wallet, guard);
            assert_eq!(
                stopped,
                all_with(TokenError::CpiGuardTransferBlocked, paying)
            );
        }
    });
}

#[test]
fn a_guarded_bidder_neither_buys_nor_sells() {
    let guard = HolderExtension::CpiGuard;
    State::Open.sweep(TOKEN_2022, |world, people| {
        let bidder = &people.stage.bidder;
        let account = world.wallet(bidder, people.stage.usdc);
        let stopped = stopped_by(world, people, &account, &bidder.wallet, guard);
        let buying = ["buy a part", "buy everything", "buy a dollar's worth"];
        assert_eq!(
            stopped,
            all_with(TokenError::CpiGuardTransferBlocked, &buying)
        );
    });
    State::BuyBack.sweep(TOKEN_2022, |world, people| {
        let bidder = &people.stage.bidder;
        let account = world.governance_wallet(bidder);
        let stopped = stopped_by(world, people, &account, &bidder.wallet, guard);
        let selling = ["sell a part", "sell two atoms"];
        assert_eq!(stopped, all_with(TokenError::CpiGuardBurnBlocked, &selling));
    });
}

/// The program sends no memo, so that such an account is no destination. It
/// pays as any other.
#[test]
fn an_account_that_wants_memos_is_paid_nothing_and_pays() {
    let memo = HolderExtension::MemoRequired;
    State::Calm.sweep(TOKEN_2022, |world, people| {
        let (usdc, fee_owner) = (people.stage.usdc, world.fee_owner.insecure_clone());
        let mut owners = vec![(people.fee_account, &fee_owner, &["collect fees"])];
        for (actor, receiving) in [
            (&people.stage.lender, &["withdraw"]),
            (&people.borrower, &["borrow"]),
            (&people.stage.keeper, &["write off"]),
        ] {
            owners.push((world.wallet(actor, usdc), &actor.wallet, receiving));
        }
        for (account, owner, receiving) in owners {
            let stopped = stopped_by(world, people, &account, owner, memo);
            assert_eq!(stopped, all_with(TokenError::NoMemo, receiving));
        }
    });
    State::BuyBack.sweep(TOKEN_2022, |world, people| {
        let bidder = &people.stage.bidder;
        let account = world.wallet(bidder, people.stage.usdc);
        let stopped = stopped_by(world, people, &account, &bidder.wallet, memo);
        let selling = ["sell a part", "sell two atoms"];
        assert_eq!(stopped, all_with(TokenError::NoMemo, &selling));
    });
}

/// Written into the account past every rule: only a mint that is refused lets an
/// owner have it. It says here that plain tokens may not come in.
#[test]
fn a_confidential_account_is_paid_nothing_and_nothing_is_lost() {
    on_both(|world| {
        let people = State::Calm.play(world, TOKEN_2022);
        let (keys, lender) = (world.keys(people.stage.usdc), &people.stage.lender);
        let account = world.wallet(lender, people.stage.usdc);
        let kind = ExtensionType::ConfidentialTransferAccount.into();
        let size = ExtensionType::try_calculate_account_len::<Account>(&[
            ExtensionType::ConfidentialTransferAccount,
        ])
        .unwrap();
        let bare =
            ExtensionType::try_calculate_account_len::<Account>(&[ExtensionType::ImmutableOwner])
                .unwrap();
        // Both lengths hold one header; the immutable owner has no body.
        append_raw_extension(&mut *world.chain, &account, kind, &vec![0; size - bare]);
        let args = instruction::Withdraw {
            shares: 1_000_000_000,
            min_atoms: 0,
        };
        let (owner, obligation) = (lender.key(), lender.obligation);
        let withdraw = ix::withdraw(&keys, owner, obligation, account, args, &[]);
        let code = TokenError::NonConfidentialTransfersDisabled as u32;
        world.refuse_code(&[withdraw], &[&lender.wallet], code);
        world.deposit(lender, people.stage.usdc, 1_000_000).unwrap();
    });
}

#[test]
fn associated_accounts_of_token_2022_keep_their_owner_and_work() {
    on_both(|world| {
        let people = State::Calm.play(world, TOKEN_2022);
        let (usdc, lender) = (people.stage.usdc, &people.stage.lender);
        let account = world.wallet(lender, usdc);
        let kinds = extensions_of(world, &account);
        assert_eq!(kinds, [ExtensionType::ImmutableOwner]);
        world.deposit(lender, usdc, 1_000_000).unwrap();
        world.withdraw(lender, usdc, 1_000_000_000).unwrap();
    });
}
