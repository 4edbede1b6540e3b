//! Dust as a shield: a debtor keeps an atom in every bank so that his debt counts
//! as secured.

use {
    crate::{
        bad_debt::{fail, plain_bank, stage, USDC},
        hands::{liquidate, refresh, write_off},
    },
    backstop::error::BackstopError as E,
    backstop_tests::{
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
