//! Dust as a shield: a debtor keeps an atom in every bank so that his debt counts
//! as secured.

use {
    crate::{
        bad_debt::{fail, plain_bank, stage, USDC},
        hands::{liquidate, refresh, write_off},
    },
    backstop::error::BackstopError as E,
    backstop_tests::{
        ix,
        keys::keypair,
        settings::DAY,
        world::{on_both, BankId, World, DOLLAR},
    },
    solana_pubkey::Pubkey,
    solana_signer::Signer,
};

/// E2: an atom in each of the seven other banks an obligation has room for. A
/// keeper clears all of them and writes the debt off in one transaction, for what
/// they are worth less the bonus.
#[test]
fn dust_in_every_bank_is_cleared_in_the_transaction_of_the_write_off() {
    const NAMES: [&str; 6] = ["A", "B", "C", "D", "E", "F"];
    on_both(|world: &mut World| {
        let stage = stage(world);
        let others: Vec<BankId> = NAMES
            .iter()
            .map(|name| {
                let mut spec = plain_bank(name);
                // An atom is a tenth of a cent.
                spec.price = DOLLAR * 1_000;
                world.add_bank(&spec)
            })
            .collect();
        world.advance(u64::from(2 * DAY));
        let debtor = fail(world, &stage, "debtor", 1_000 * USDC);
        world.fund(&stage.liquidator, stage.usdc, 100 * USDC);
        let mut dust = others.clone();
        dust.push(stage.junk);
        for bank in &dust {
            world.fund(&debtor, *bank, 1);
            world.deposit(&debtor, *bank, 1).unwrap();
        }
        let blocked = write_off(world, &stage.keeper, &debtor, stage.usdc);
        world.refuse(std::slice::from_ref(&blocked), &[], E::CollateralLeft);

        let mut left = vec![stage.usdc];
        left.extend(&dust);
        let mut row = vec![refresh(world, &left)];
        for bank in &dust {
            let (who, sides) = (&stage.liquidator, (stage.usdc, *bank));
            row.push(liquidate(world, who, &debtor, sides, u64::MAX, &left));
            left.retain(|other| other != bank);
        }
        row.push(blocked);
        let mut listed: Vec<Pubkey> = row
            .iter()
            .flat_map(|instruction| &instruction.accounts)
            .filter(|meta| !meta.is_signer)
            .map(|meta| meta.pubkey)
            .collect();
        listed.sort();
        listed.dedup();
        let table = world.chain.create_table(keypair("table").pubkey(), listed);
        let before = world.balance(&stage.liquidator, stage.usdc);
        world
            .chain
            .send_with_table(&row, &[&stage.liquidator.wallet], &table)
            .unwrap();
        let cost = before - world.balance(&stage.liquidator, stage.usdc);
        // Six times a tenth of a cent less the bonus of 2 %, rounded up, and an atom
        // for what is worth nothing.
        let each = 1_000u64 * 100;
        assert_eq!(cost, 6 * each.div_ceil(102) + 1);
        world.refresh(&[stage.usdc]).unwrap();
        let key = world.keys(stage.usdc).bank;
        let record = world
            .obligation(&debtor)
            .position(&key)
            .unwrap()
            .written_off;
        assert_eq!(record, 1_000 * USDC - cost);
        assert_eq!(world.obligation(&debtor).position_count, 1);
    });
}

/// A documented limit: an atom in a bank whose feed falls silent shields a debtor, not
/// from being written off for ever, but from every liquidation until the bank is
/// delisted. It costs him the atom; whoever lists an asset with a feed that sleeps at
/// night lends everybody such a shield.
#[test]
fn an_atom_behind_a_silent_feed_stops_liquidations_until_it_is_delisted() {
    on_both(|world: &mut World| {
        let sleepy = world.add_bank(&plain_bank("SLEEPY"));
        let stage = stage(world);
        let debtor = world.actor("debtor");
        world.fund(&debtor, stage.junk, 10_000);
        world.fund(&debtor, sleepy, 1);
        world.deposit(&debtor, stage.junk, 10_000).unwrap();
        world.deposit(&debtor, sleepy, 1).unwrap();
        world.borrow(&debtor, stage.usdc, 5_000 * USDC).unwrap();
        world.fund(&stage.liquidator, stage.usdc, 5_000 * USDC);

        // The night: every feed but one goes on.
        let silent = world.keys(sleepy).oracle;
        let last = world.feed(&silent);
        let pass = |world: &mut World, secs: u64| {
            world.advance(secs);
            world.publish(silent, last);
        };
        pass(world, 61);
        world.set_price(stage.junk, 1_000 * DOLLAR);
        let all = world.active_banks(&debtor.obligation);
        let awake = [stage.usdc, stage.junk];
        let sides = (stage.usdc, stage.junk);
        let three = [stage.junk, sleepy, stage.usdc];
        let seize = liquidate(world, &stage.liquidator, &debtor, sides, u64::MAX, &three);
        let signers = [&stage.liquidator.wallet];
        world.refuse(&[ix::refresh_banks(&all)], &[], E::PriceStale);
        let prices = refresh(world, &awake);
        world.refuse(
            &[prices.clone(), seize.clone()],
            &signers,
            E::PriceNotRefreshed,
        );
        let without = [stage.junk, stage.usdc];
        let skip = liquidate(world, &stage.liquidator, &debtor, sides, u64::MAX, &without);
        world.refuse(&[prices.clone(), skip], &signers, E::BankMissing);

        let admin = world.admin.insecure_clone();
        let mut config = world.bank(sleepy).config;
        config.delisted = 1;
        let update = ix::update_bank(&world.keys(sleepy), admin.pubkey(), config);
        world.send(&[update], &[&admin]).unwrap();
        pass(world, 2 * u64::from(DAY));
        let apply = ix::apply_bank_update(&world.keys(sleepy));
        world.send(&[apply, prices, seize], &signers).unwrap();
    });
}
