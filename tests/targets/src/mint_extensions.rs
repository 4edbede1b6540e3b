//! Target: the allow list of mint extensions on arbitrary bytes, against what
//! the token program's own library finds in them. What the program lets pass has
//! no extension that is not on the list, and what has only such passes.

use anchor_lang::{
    prelude::{AccountInfo, Pubkey},
    solana_program::program_pack::Pack,
};
use anchor_spl::token_2022::spl_token_2022::{
    extension::{BaseStateWithExtensions, StateWithExtensions},
    state::Mint,
};
use backstop::{
    error::BackstopError,
    state::{require_allowed_extensions, MintFacts},
};

use crate::input::Input;

/// Numbers of the extensions that docs/architecture.md and the design allow:
/// pointers to metadata, groups and members, and these things themselves.
const ALLOWED: core::ops::RangeInclusive<u16> = 18..=23;
/// Where the extensions of a mint begin.
const FIRST_EXTENSION: usize = 166;

/// Runs one input; returns how far it came.
///
/// # Panics
/// When the program and the token program's library disagree.
pub fn run(bytes: &[u8]) -> Vec<&'static str> {
    let mut input = Input::new(bytes);
    let mut data = if input.one_in(4) {
        input.rest().to_vec()
    } else {
        mint(&mut input)
    };
    let verdict = require_allowed_extensions(&data);
    let reached = match (verdict, reference(&data)) {
        (Ok(()), Reference::Allowed) => "allowed",
        (Err(error), Reference::Forbidden) => {
            assert_eq!(error, BackstopError::ExtensionNotAllowed.into());
            "forbidden"
        }
        // Which of the two is found first depends on their order.
        (Err(error), Reference::Malformed) => {
            let known = error == BackstopError::InvalidMint.into()
                || error == BackstopError::ExtensionNotAllowed.into();
            assert!(known, "{error:?}");
            "malformed"
        }
        (verdict, reference) => panic!("{verdict:?} for a mint that is {reference:?}"),
    };

    let key = Pubkey::default();
    let program = anchor_spl::token_2022::ID;
    let mut lamports = 0;
    let info = AccountInfo::new(
        &key,
        false,
        false,
        &mut lamports,
        &mut data,
        &program,
        false,
    );
    let facts = MintFacts::load(&info, &program);
    assert!(
        facts.is_err() || reached == "allowed",
        "{facts:?} of a mint that is {reached}"
    );
    vec![reached]
}

/// A mint with a list of extensions, more or less in order.
fn mint(input: &mut Input<'_>) -> Vec<u8> {
    let state = Mint {
        supply: input.u64(),
        decimals: input.u8() % 24,
        is_initialized: !input.one_in(8),
        ..Mint::default()
    };
    let mut data = vec![0; Mint::LEN];
    Mint::pack(state, &mut data).expect("the buffer has its length");
    if input.one_in(8) {
        return data;
    }
    data.resize(FIRST_EXTENSION, 0);
    data[FIRST_EXTENSION - 1] = if input.one_in(8) { input.u8() } else { 1 };
    for _ in 0..input.u8() % 6 {
        let kind = if input.one_in(3) {
            u16::from(input.u8() % 32)
        } else {
            18 + u16::from(input.u8() % 6)
        };
        let length = input.below(80);
        let said = if input.one_in(8) {
            input.below(1 << 16)
        } else {
            length
        };
        data.extend_from_slice(&kind.to_le_bytes());
        data.extend_from_slice(&(said as u16).to_le_bytes());
        data.extend(core::iter::repeat_n(input.u8(), length));
    }
    let tail = input.below(6);
    data.extend_from_slice(input.take(tail));
    if input.one_in(16) {
        let at = input.below(data.len());
        data[at] = input.u8();
    }
    data
}

#[derive(Debug)]
enum Reference {
    Allowed,
    Forbidden,
    Malformed,
}

fn reference(data: &[u8]) -> Reference {
    if data.len() == Mint::LEN {
        return Reference::Allowed;
    }
    let Ok(state) = StateWithExtensions::<Mint>::unpack(data) else {
        return Reference::Malformed;
    };
    match state.get_extension_types() {
        Err(_) => Reference::Malformed,
        Ok(types) if types.iter().all(|kind| ALLOWED.contains(&u16::from(*kind))) => {
            Reference::Allowed
        }
        Ok(_) => Reference::Forbidden,
    }
}
