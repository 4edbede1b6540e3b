//! New markets: which governance mints are adopted, and what is made of them.

mod common;

use {
    anchor_lang::error::ErrorCode,
    backstop::{error::BackstopError as E, state::MarketConfig},
    backstop_tests::{
        ix::{self, MarketKeys},
        keys::keypair,
        oracle::PYTH_CORE_COMPATIBLE,
        state,
        tokens::{self, Mint, Program},
        world::{on_both, World, GOVERNANCE_SUPPLY},
    },
    common::*,
    solana_instruction::Instruction,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    spl_token_2022_interface::instruction::AuthorityType,
    std::slice::from_ref,
};

/// A funded mint that could become a governance mint, and the instruction that
/// makes it one.
fn draft(world: &mut World, label: &str, program: Program<'_>) -> (MarketKeys, Mint, Instruction) {
    let mint = funded_mint(world, label, &keypair("holder"), program);
    let config = world.market_state().config;
    let (keys, create) = creation(world, &mint, config);
    world.watched.extend([keys.market, keys.mint]);
    (keys, mint, create)
}

fn creation(world: &World, mint: &Mint, config: MarketConfig) -> (MarketKeys, Instruction) {
    let keys = MarketKeys::new(mint.key, mint.program, None);
    let admin = world.admin.pubkey();
    let create = ix::create_market(&keys, world.chain.payer(), admin, admin, config);
    (keys, create)
}

#[test]
fn a_market_adopts_a_mint_and_nobody_else_mints_any_more() {
    on_both(|world| {
        for (label, program) in [
            ("classic", Program::Token),
            ("2022", Program::Token2022 { extensions: &[] }),
        ] {
            let (keys, mint, create) = draft(world, label, program);
            let admin = world.admin.insecure_clone();
            world.send(&[create], &[&admin]).unwrap();
            let market = state::market(&mut *world.chain, &keys.market);
            assert_eq!((market.version, market.governance_decimals), (1, 6));
            assert_eq!(market.governance_mint, mint.key);
            assert_eq!(market.governance_token_program, mint.program);
            assert_eq!(market.admin, admin.pubkey());
            assert_eq!(market.pending_admin, Pubkey::default());
            assert_eq!(market.initial_supply, GOVERNANCE_SUPPLY);
            assert_eq!(market.supply, GOVERNANCE_SUPPLY);
            assert_eq!(
                (market.issued, market.burned, market.outstanding),
                (0, 0, 0)
            );
            assert_eq!(market.config, world.market_state().config);
            let on_chain = tokens::mint_state(&mut *world.chain, &mint.key);
            assert_eq!(Option::from(on_chain.mint_authority), Some(keys.market));

            let account = tokens::associated_token_account(&mint, &keypair("holder").pubkey());
            let mint_more = spl_token_2022_interface::instruction::mint_to(
                &mint.program,
                &mint.key,
                &account,
                &admin.pubkey(),
                &[],
                1,
            )
            .unwrap();
            world.refuse_code(&[mint_more], &[&admin], OWNER_MISMATCH);
        }
    });
}

#[test]
fn a_mint_that_somebody_could_turn_against_its_holders_is_refused() {
    on_both(|world| {
        let admin = world.admin.insecure_clone();
        let config = world.market_state().config;
        let issuer = admin.pubkey();
        let freezable = {
            let chain = &mut *world.chain;
            let program = Program::Token;
            tokens::create_mint_with_freezer(chain, "freezable", &admin, Some(&issuer), 6, program)
        };
        let account = tokens::create_associated_token_account(
            &mut *world.chain,
            &freezable,
            &keypair("holder").pubkey(),
        );
        tokens::mint_to(
            &mut *world.chain,
            &freezable,
            &account,
            &admin,
            GOVERNANCE_SUPPLY,
        );
        let (keys, create) = creation(world, &freezable, config);
        world.watched.extend([keys.market, keys.mint]);
        world.refuse(from_ref(&create), &[&admin], E::FreezeAuthoritySet);
        let give_up = AuthorityType::FreezeAccount;
        let (program, key) = (freezable.program, freezable.key);
        tokens::set_authority(&mut *world.chain, &program, &key, give_up, &admin, None);
        world.send(&[create], &[&admin]).unwrap();

        let (keys, mint, create) = draft(world, "not mine", Program::Token);
        let thief = keypair("thief");
        let payer = world.chain.payer();
        let theft = ix::create_market(&keys, payer, thief.pubkey(), thief.pubkey(), config);
        world.refuse(&[theft], &[&thief], E::NotMintAuthority);
        let quiet = unsigned(&create, &admin.pubkey());
        world.refuse_code(&[quiet], &[], ErrorCode::AccountNotSigner.into());
        // A supply that nobody can raise any more is no use either.
        let give_up = AuthorityType::MintTokens;
        let (program, key) = (mint.program, mint.key);
        tokens::set_authority(&mut *world.chain, &program, &key, give_up, &admin, None);
        world.refuse(&[create], &[&admin], E::NotMintAuthority);
    });
}

#[test]
fn what_is_not_the_mint_of_its_program_is_refused() {
    on_both(|world| {
        let admin = world.admin.insecure_clone();
        let config = world.market_state().config;
        let (keys, mint, create) = draft(world, "classic", Program::Token);
        let classic = keys.token_program;
        for (program, code) in [
            (spl_token_2022_interface::ID, E::WrongTokenProgram.into()),
            (backstop::ID, ErrorCode::InvalidProgramId.into()),
        ] {
            let wrong = swap(&create, &classic, &program);
            world.refuse_code(&[wrong], &[&admin], code);
        }
        let account = tokens::associated_token_account(&mint, &keypair("holder").pubkey());
        let empty = forge(world, &mint.key, "uninitialised", |account| {
            account.data.fill(0)
        });
        let long = forge(world, &mint.key, "too long", |account| account.data.push(0));
        for key in [account, empty, long] {
            let (_, create) = creation(world, &Mint { key, ..mint }, config);
            world.refuse(&[create], &[&admin], E::InvalidMint);
        }
        world.send(from_ref(&create), &[&admin]).unwrap();
        refuse_taken(world, &[create], &[&admin]);
    });
}

#[test]
fn decimals_are_taken_up_to_eighteen() {
    on_both(|world| {
        let admin = world.admin.insecure_clone();
        let config = MarketConfig {
            lifetime_issuance_cap: 0,
            ..world.market_state().config
        };
        for (decimals, error) in [(0, None), (18, None), (19, Some(E::TooManyDecimals))] {
            let label = format!("{decimals} decimals");
            let chain = &mut *world.chain;
            let mint = tokens::create_mint(chain, &label, &admin, decimals, Program::Token);
            let (_, create) = creation(world, &mint, config);
            match error {
                Some(error) => world.refuse(&[create], &[&admin], error),
                None => drop(world.send(&[create], &[&admin]).unwrap()),
            }
        }
    });
}

/// A new mint by the program itself.
fn with_mint(
    world: &World,
    index: u16,
    decimals: u8,
    supply: u64,
    config: MarketConfig,
    program: Pubkey,
) -> (MarketKeys, Instruction) {
    let admin = world.admin.pubkey();
    let mint = MarketKeys::created_mint(&admin, index);
    let keys = MarketKeys::new(mint, program, None);
    let owner = world.treasury.pubkey();
    let payer = world.chain.payer();
    let create =
        ix::create_market_with_mint(&keys, payer, admin, owner, index, decimals, supply, config);
    (keys, create)
}

#[test]
fn a_market_with_its_own_mint_gives_the_whole_supply_to_its_owner() {
    on_both(|world| {
        let admin = world.admin.insecure_clone();
        let config = MarketConfig {
            lifetime_issuance_cap: 0,
            ..world.market_state().config
        };
        let programs = [spl_token_interface::ID, spl_token_2022_interface::ID];
        for (index, (program, decimals, supply)) in (7u16..).zip([
            (programs[0], 0, 0),
            (programs[0], 6, 1),
            (programs[1], 18, u64::MAX),
        ]) {
            let (keys, create) = with_mint(world, index, decimals, supply, config, program);
            let quiet = unsigned(&create, &admin.pubkey());
            world.refuse_code(&[quiet], &[], ErrorCode::AccountNotSigner.into());
            world.send(from_ref(&create), &[&admin]).unwrap();
            let market = state::market(&mut *world.chain, &keys.market);
            assert_eq!((market.initial_supply, market.supply), (supply, supply));
            assert_eq!(market.governance_decimals, decimals);
            let on_chain = tokens::mint_state(&mut *world.chain, &keys.mint);
            assert_eq!((on_chain.supply, on_chain.decimals), (supply, decimals));
            assert_eq!(Option::from(on_chain.mint_authority), Some(keys.market));
            assert!(on_chain.freeze_authority.is_none());
            let mint = Mint {
                key: keys.mint,
                program,
                decimals,
            };
            let account = tokens::associated_token_account(&mint, &world.treasury.pubkey());
            assert_eq!(tokens::balance(&mut *world.chain, &account), supply);
            refuse_taken(world, &[create], &[&admin]);
        }
    });
}

#[test]
fn a_mint_of_ones_own_obeys_the_same_bounds() {
    on_both(|world| {
        let admin = world.admin.insecure_clone();
        let (program, base) = (spl_token_interface::ID, world.market_state().config);
        let capped = MarketConfig {
            lifetime_issuance_cap: 1_001,
            ..base
        };
        let (keys, many) = with_mint(world, 1, 19, 1_001, capped, program);
        world.watched.extend([keys.market, keys.mint]);
        world.refuse(&[many], &[&admin], E::TooManyDecimals);
        let (_, poor) = with_mint(world, 1, 6, 1_000, capped, program);
        world.refuse(&[poor], &[&admin], E::InvalidConfig);
        // The address belongs to the admin and the index.
        let (_, elsewhere) = with_mint(world, 2, 6, 1_001, capped, program);
        let (_, create) = with_mint(world, 1, 6, 1_001, capped, program);
        let other = MarketKeys::created_mint(&admin.pubkey(), 2);
        let seeds = ErrorCode::ConstraintSeeds.into();
        world.refuse_code(&[swap(&create, &keys.mint, &other)], &[&admin], seeds);
        world.send(&[create, elsewhere], &[&admin]).unwrap();
    });
}

type Change = fn(&mut MarketConfig);

/// One contradiction each; the settings they are made in are valid.
const CONTRADICTIONS: [(&str, Change); 33] = {
    const MONTH: u32 = 2_592_000;
    [
        ("no delay", |c| c.config_delay_secs = 0),
        ("a delay above 30 days", |c| c.config_delay_secs = MONTH + 1),
        ("no pause", |c| c.max_pause_secs = 0),
        ("a pause above 30 days", |c| c.max_pause_secs = MONTH + 1),
        ("no duration", |c| c.auction_duration_secs = 0),
        ("a duration above 30 days", |c| {
            c.auction_duration_secs = MONTH + 1
        }),
        ("opening after 30 days", |c| {
            c.auction_delay_secs = MONTH + 1
        }),
        ("no window", |c| c.issuance_window_secs = 0),
        ("a window above 30 days", |c| {
            c.issuance_window_secs = MONTH + 1
        }),
        ("more than the supply per window", |c| {
            c.issuance_window_bps = 10_001
        }),
        ("an auction above the window", |c| {
            c.issuance_auction_bps = c.issuance_window_bps + 1
        }),
        ("a cap above the supply", |c| {
            c.lifetime_issuance_cap = GOVERNANCE_SUPPLY + 1
        }),
        ("a cap beyond all", |c| c.lifetime_issuance_cap = u64::MAX),
        ("for nothing", |c| c.max_discount_bps = 10_000),
        ("a discount beyond all", |c| c.max_discount_bps = u32::MAX),
        ("a premium above the price", |c| c.premium_bps = 10_001),
        ("no failure allowed", |c| c.max_failed_auctions = 0),
        ("no age", |c| c.max_age_secs = 0),
        ("an age above ten minutes", |c| c.max_age_secs = 601),
        ("an age beyond all", |c| c.max_age_secs = u32::MAX),
        ("no confidence", |c| c.max_conf_bps = 0),
        ("confidence above 20 %", |c| c.max_conf_bps = 2_001),
        ("no divergence", |c| c.max_divergence_bps = 0),
        ("divergence above 50 %", |c| c.max_divergence_bps = 5_001),
        ("an unknown oracle program", |c| {
            c.oracle_program = spl_token_interface::ID
        }),
        ("itself as oracle program", |c| {
            c.oracle_program = backstop::ID
        }),
        ("the lowest reserved bit", |c| c.reserved = 1),
        ("the highest reserved bit", |c| c.reserved = 1 << 31),
        ("delay beyond all", |c| c.config_delay_secs = u32::MAX),
        ("pause beyond all", |c| c.max_pause_secs = u32::MAX),
        ("window share beyond all", |c| {
            c.issuance_window_bps = u32::MAX
        }),
        ("auction share beyond all", |c| {
            c.issuance_auction_bps = u32::MAX
        }),
        ("premium beyond all", |c| c.premium_bps = u32::MAX),
    ]
};

/// Settings at the very edge of what is valid.
const EDGES: [(&str, Change); 5] = [
    ("the shortest times", |c| {
        (c.config_delay_secs, c.max_pause_secs) = (1, 1);
        (c.auction_delay_secs, c.auction_duration_secs) = (0, 1);
        (c.issuance_window_secs, c.max_age_secs) = (1, 1);
    }),
    ("the longest times", |c| {
        const MONTH: u32 = 2_592_000;
        (c.config_delay_secs, c.max_pause_secs) = (MONTH, MONTH);
        (c.auction_delay_secs, c.auction_duration_secs) = (MONTH, MONTH);
        (c.issuance_window_secs, c.max_age_secs) = (MONTH, 600);
    }),
    ("the whole supply", |c| {
        c.lifetime_issuance_cap = GOVERNANCE_SUPPLY;
        (c.issuance_window_bps, c.issuance_auction_bps) = (10_000, 10_000);
        (c.max_discount_bps, c.premium_bps) = (9_999, 10_000);
        (c.max_conf_bps, c.max_divergence_bps) = (2_000, 5_000);
    }),
    ("no issuance at all", |c| {
        c.lifetime_issuance_cap = 0;
        (c.issuance_window_bps, c.issuance_auction_bps) = (0, 0);
        (c.oracle_program, c.feed_id) = (Pubkey::default(), [0; 32]);
    }),
    ("the other receiver", |c| {
        c.oracle_program = PYTH_CORE_COMPATIBLE
    }),
];

#[test]
fn settings_that_contradict_themselves_are_refused_everywhere() {
    on_both(|world| {
        let admin = world.admin.insecure_clone();
        let (_, mint, _) = draft(world, "new", Program::Token);
        let base = world.market_state().config;
        let update =
            |world: &World, config| ix::update_market(world.market.market, admin.pubkey(), config);
        for (name, change) in CONTRADICTIONS {
            println!("{} chain: {name}", world.chain.name());
            let mut config = base;
            change(&mut config);
            let (_, create) = creation(world, &mint, config);
            let update = update(world, config);
            for instruction in [create, update] {
                world.refuse(&[instruction], &[&admin], E::InvalidConfig);
            }
        }
        for (name, change) in EDGES {
            println!("{} chain: {name}", world.chain.name());
            let mut config = base;
            change(&mut config);
            let update = update(world, config);
            world.send(&[update], &[&admin]).unwrap();
            assert_eq!(world.market_state().config, config);
        }
        let (_, create) = creation(world, &mint, base);
        world.send(&[create], &[&admin]).unwrap();
    });
}
