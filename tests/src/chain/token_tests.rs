//! Both chains must agree on every byte of every kind of mint, or a difference
//! between the two token programs would be taken for one of Backstop's.

use {
    super::{AccountData, Chain, NativeChain, SvmChain},
    crate::{keys::keypair, tokens::*},
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    spl_token_2022_interface::{
        extension::{BaseStateWithExtensions, StateWithExtensions},
        instruction::AuthorityType,
        state::Mint as MintState,
    },
};

/// The same steps on both chains, which need no program of ours.
fn on_both<T: PartialEq + std::fmt::Debug>(steps: impl Fn(&mut dyn Chain) -> T) {
    let bytecode = steps(&mut SvmChain::empty());
    let native = steps(&mut NativeChain::with(|_| {}));
    assert_eq!(bytecode, native);
}

fn accounts(chain: &mut dyn Chain, keys: &[Pubkey]) -> Vec<AccountData> {
    keys.iter()
        .map(|key| chain.account(key).expect("the account exists"))
        .collect()
}

#[test]
fn tokens_move_the_same_way_on_both_chains() {
    on_both(|chain| {
        let issuer = keypair("issuer");
        let [alice, bob] = ["alice", "bob"].map(keypair);
        let mut keys = Vec::new();
        for program in [Program::Token, Program::Token2022 { extensions: &[] }] {
            let label = format!("mint of {}", program.id());
            let mint = create_mint_with_freezer(
                chain,
                &label,
                &issuer,
                Some(&issuer.pubkey()),
                6,
                program,
            );
            let from = create_associated_token_account(chain, &mint, &alice.pubkey());
            let to = create_token_account(chain, &format!("to, {label}"), &mint, &bob.pubkey());
            mint_to(chain, &mint, &from, &issuer, 1_000);
            transfer(chain, &mint, &from, &to, &alice, 400);
            assert_eq!((balance(chain, &from), balance(chain, &to)), (600, 400));
            assert_eq!(supply(chain, &mint.key), 1_000);

            freeze(chain, &mint, &to, &issuer);
            assert!(token_account(chain, &to).is_frozen());
            thaw(chain, &mint, &to, &issuer);
            let (id, kind) = (mint.program, AuthorityType::FreezeAccount);
            set_authority(chain, &id, &mint.key, kind, &issuer, None);
            assert!(mint_state(chain, &mint.key).freeze_authority.is_none());
            keys.extend([mint.key, from, to]);
        }
        accounts(chain, &keys)
    });
}

#[test]
fn every_extension_is_the_same_on_both_chains() {
    on_both(|chain| {
        let issuer = keypair("issuer");
        let mut keys = Vec::new();
        for extension in MintExtension::ALL {
            let label = format!("{extension:?}");
            let extensions = extension.with_companions();
            let program = Program::Token2022 {
                extensions: &extensions,
            };
            let mint = create_mint(chain, &label, &issuer, 9, program);
            let data = chain.account(&mint.key).expect("the mint exists").data;
            let present = StateWithExtensions::<MintState>::unpack(&data)
                .and_then(|state| state.get_extension_types())
                .expect("the mint can be read");
            assert!(present.contains(&extension.extension_type()), "{label}");

            let account = create_token_account(chain, &format!("of {label}"), &mint, &mint.key);
            keys.extend([mint.key, account]);
        }
        accounts(chain, &keys)
    });
}

#[test]
fn a_raw_extension_is_found_behind_the_others() {
    let chain = &mut SvmChain::empty();
    let issuer = keypair("issuer");
    for extensions in [&[][..], &[MintExtension::MetadataPointer][..]] {
        let label = format!("raw after {}", extensions.len());
        let program = Program::Token2022 { extensions };
        let mint = create_mint(chain, &label, &issuer, 6, program);
        append_raw_extension(chain, &mint.key, 60_000, &[1, 2, 3]);
        let data = chain.account(&mint.key).expect("the mint exists").data;
        assert_eq!(data[165], 1);
        assert!(data.ends_with(&[0x60, 0xea, 3, 0, 1, 2, 3]));
    }
}
