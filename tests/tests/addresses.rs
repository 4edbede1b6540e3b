//! Each account of the program lies at the one address of its seeds and
//! remembers the bump of that address, with which the program signs for it.

use {
    backstop_tests::{
        ix, state,
        world::{on_both, BankSpec, DOLLAR},
    },
    solana_pubkey::Pubkey,
};

/// Address and canonical bump of seeds, written out once more here.
fn address(seeds: &[&[u8]]) -> (Pubkey, u8) {
    Pubkey::find_program_address(seeds, &backstop::ID)
}

#[test]
fn an_account_remembers_the_bump_of_its_own_address() {
    on_both(|world| {
        let (market, mint) = (world.market.market, world.market.mint);
        let state = world.market_state();
        assert_eq!(address(&[b"market", mint.as_ref()]), (market, state.bump));
        // Bumps are often the same: of several banks, some differ.
        for name in ["USDC", "SOL", "BONK", "JUP"] {
            let bank = world.add_bank(&BankSpec::new(name, 6, DOLLAR));
            let (keys, bump) = (world.keys(bank), world.bank(bank).bump);
            let seeds: [&[u8]; 3] = [b"bank", market.as_ref(), keys.mint.as_ref()];
            assert_eq!(address(&seeds), (keys.bank, bump), "{name}");
            for (seed, vault) in [
                (&b"liquidity"[..], keys.liquidity_vault),
                (b"insurance", keys.insurance_vault),
                (b"escrow", keys.governance_escrow),
            ] {
                assert_eq!(address(&[seed, keys.bank.as_ref()]).0, vault, "{name}");
            }
        }
        let owner = world.actor("owner");
        for index in [0u16, 1, 258] {
            let key = world.market.obligation(&owner.key(), index);
            if index > 0 {
                let payer = world.chain.payer();
                let open = ix::open_obligation(&world.market, payer, owner.key(), index);
                world.send(&[open], &[&owner.wallet]).unwrap();
            }
            let bump = state::obligation(&mut *world.chain, &key).bump;
            let owner = owner.key();
            let number = index.to_le_bytes();
            let seeds: [&[u8]; 4] = [b"obligation", market.as_ref(), owner.as_ref(), &number];
            assert_eq!(address(&seeds), (key, bump), "obligation {index}");
        }
    });
}
