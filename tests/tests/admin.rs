//! Handing a market over, in two steps.

mod common;

use {
    anchor_lang::error::ErrorCode,
    backstop::error::BackstopError as E,
    backstop_tests::{
        ix,
        keys::keypair,
        world::{on_both, World},
    },
    common::*,
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    std::slice::from_ref,
};

/// An instruction that only the admin may send, and that changes nothing else.
fn power(world: &mut World, admin: &Keypair) -> solana_instruction::Instruction {
    let config = world.market_state().config;
    ix::update_market(world.market.market, admin.pubkey(), config)
}

#[test]
fn a_market_changes_hands_once_the_heir_accepts() {
    on_both(|world| {
        let (market, old) = (world.market.market, world.admin.insecure_clone());
        let [heir, other] = ["heir", "other"].map(keypair);
        let accept = |who: &Keypair| ix::accept_admin(market, who.pubkey());
        // Nobody has been proposed.
        world.refuse(&[accept(&heir)], &[&heir], E::NotPendingAdmin);
        for key in [&other, &heir] {
            let propose = ix::propose_admin(market, old.pubkey(), key.pubkey());
            world.send(&[propose], &[&old]).unwrap();
        }
        let proposed = world.market_state();
        assert_eq!(proposed.admin, old.pubkey());
        assert_eq!(proposed.pending_admin, heir.pubkey());

        // The last proposal counts, and it gives no power yet.
        world.refuse(&[accept(&other)], &[&other], E::NotPendingAdmin);
        world.refuse(&[accept(&old)], &[&old], E::NotPendingAdmin);
        let early = power(world, &heir);
        world.refuse(&[early], &[&heir], E::NotAdmin);
        let unsigned = unsigned(&accept(&heir), &heir.pubkey());
        world.refuse_code(&[unsigned], &[], ErrorCode::AccountNotSigner.into());

        world.send(&[accept(&heir)], &[&heir]).unwrap();
        let after = world.market_state();
        assert_eq!(after.admin, heir.pubkey());
        assert_eq!(after.pending_admin, Pubkey::default());
        world.refuse(&[accept(&heir)], &[&heir], E::NotPendingAdmin);
        let late = power(world, &old);
        world.refuse(&[late], &[&old], E::NotAdmin);
        let now = power(world, &heir);
        world.send(&[now], &[&heir]).unwrap();
    });
}

#[test]
fn a_proposal_can_be_taken_back() {
    on_both(|world| {
        let (market, admin) = (world.market.market, world.admin.insecure_clone());
        let heir = keypair("heir");
        for key in [heir.pubkey(), Pubkey::default()] {
            let propose = ix::propose_admin(market, admin.pubkey(), key);
            world.send(&[propose], &[&admin]).unwrap();
        }
        let accept = ix::accept_admin(market, heir.pubkey());
        world.refuse(&[accept], &[&heir], E::NotPendingAdmin);
        // The key that stands for nobody cannot be anybody, signed or not.
        let nobody = ix::accept_admin(market, Pubkey::default());
        let nobody = unsigned(&nobody, &Pubkey::default());
        world.refuse_code(&[nobody], &[], ErrorCode::AccountNotSigner.into());
        assert_eq!(world.market_state().admin, admin.pubkey());
    });
}

#[test]
fn every_power_of_the_admin_needs_his_signature() {
    on_both(|world| {
        let pool = pool(world);
        let (market, admin) = (world.market.market, world.admin.insecure_clone());
        let (guardian, heir) = (world.guardian.insecure_clone(), keypair("heir"));
        let keys = world.keys(pool.usdc);
        let bank = world.bank(pool.usdc).config;
        let config = world.market_state().config;
        type Build<'a> = (
            &'a str,
            Box<dyn Fn(Pubkey) -> solana_instruction::Instruction>,
        );
        let powers: [Build<'_>; 5] = [
            (
                "update_market",
                Box::new(move |who| ix::update_market(market, who, config)),
            ),
            (
                "cancel_market_update",
                Box::new(move |who| ix::cancel_market_update(market, who)),
            ),
            (
                "propose_admin",
                Box::new(move |who| ix::propose_admin(market, who, heir.pubkey())),
            ),
            (
                "update_bank",
                Box::new(move |who| ix::update_bank(&keys, who, bank)),
            ),
            (
                "cancel_bank_update",
                Box::new(move |who| ix::cancel_bank_update(&keys, who)),
            ),
        ];
        // Something to cancel.
        let mut riskier = config;
        riskier.config_delay_secs -= 1;
        let mut lent = bank;
        lent.borrow_cap += 1;
        let queue = [
            ix::update_market(market, admin.pubkey(), riskier),
            ix::update_bank(&keys, admin.pubkey(), lent),
        ];
        for (name, build) in &powers {
            println!("{} chain: {name}", world.chain.name());
            world.send(&queue, &[&admin]).unwrap();
            for other in [&guardian, &pool.lender.wallet] {
                let instruction = build(other.pubkey());
                world.refuse(&[instruction], &[other], E::NotAdmin);
            }
            let honest = build(admin.pubkey());
            let unsigned = unsigned(&honest, &admin.pubkey());
            world.refuse_code(&[unsigned], &[], ErrorCode::AccountNotSigner.into());
            let layout = of_next_version(world, &market);
            let wrong = swap(&honest, &market, &layout);
            world.refuse(&[wrong], &[&admin], E::WrongVersion);
            let forged = of_another_program(world, &market);
            let wrong = swap(&honest, &market, &forged);
            let code = ErrorCode::AccountOwnedByWrongProgram.into();
            world.refuse_code(&[wrong], &[&admin], code);
            world.send(from_ref(&honest), &[&admin]).unwrap();
        }
    });
}

#[test]
fn an_admin_rules_the_banks_of_his_market_only() {
    on_both(|world| {
        let pool = pool(world);
        let admin = world.admin.insecure_clone();
        let market = second_market(world);
        let foreign = foreign_bank(world, market, pool.usdc);
        let keys = world.keys(pool.usdc);
        let config = world.bank(pool.usdc).config;
        let honest = ix::update_bank(&keys, admin.pubkey(), config);
        let other = of_next_version(world, &keys.bank);
        let cases = [
            case(
                "a bank of another market",
                keys.bank,
                foreign.bank,
                E::WrongMarket,
            ),
            case(
                "a bank of another layout",
                keys.bank,
                other,
                E::WrongVersion,
            ),
            case(
                "another market of the same admin",
                keys.market.market,
                market.market,
                E::WrongMarket,
            ),
        ];
        refuse_swaps(world, &[honest], &[&admin], &cases);
        let apply = ix::apply_bank_update(&keys);
        let wrong = swap(&apply, &keys.bank, &foreign.bank);
        world.refuse(&[wrong], &[], E::WrongMarket);
        world.refuse(&[apply], &[], E::NoPendingUpdate);
    });
}
