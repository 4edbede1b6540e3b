//! Mints and token accounts, made by the token programs' own instructions.
//!
//! These functions prepare a scenario; none of them is what a test is about. So
//! they panic with the chain's own words where something fails.

mod extension;
mod holder;

pub use {
    extension::{append_raw_extension, MintExtension},
    holder::{close_account, switch_off, switch_on, HolderExtension},
};

use {
    crate::{
        chain::{Chain, Receipt},
        keys::keypair,
    },
    anchor_lang::{prelude::Rent, solana_program::system_instruction},
    anchor_spl::associated_token::{
        get_associated_token_address_with_program_id,
        spl_associated_token_account::instruction::create_associated_token_account_idempotent,
    },
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    spl_token_2022_interface::{
        extension::{BaseStateWithExtensions, ExtensionType, StateWithExtensions},
        instruction::{self as token_instruction, AuthorityType},
        state::{Account, Mint as MintState},
    },
};

/// Which token program a mint belongs to.
#[derive(Clone, Copy, Debug)]
pub enum Program<'a> {
    /// SPL Token, the program that most assets use.
    Token,
    /// Token-2022, with these extensions on the mint.
    Token2022 {
        /// Initialised in this order, before the mint itself.
        extensions: &'a [MintExtension],
    },
}

impl Program<'_> {
    /// The program's address.
    pub fn id(&self) -> Pubkey {
        match self {
            Self::Token => spl_token_interface::ID,
            Self::Token2022 { .. } => spl_token_2022_interface::ID,
        }
    }

    fn extensions(&self) -> &[MintExtension] {
        match self {
            Self::Token => &[],
            Self::Token2022 { extensions } => extensions,
        }
    }
}

/// A mint that exists on a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mint {
    /// The mint's address.
    pub key: Pubkey,
    /// The token program that owns it.
    pub program: Pubkey,
    /// How many decimals an atom lies behind the point.
    pub decimals: u8,
}

/// Creates the mint whose address is the key named `label`. It has no freeze
/// authority, unless an extension cannot do without one.
#[track_caller]
pub fn create_mint(
    chain: &mut dyn Chain,
    label: &str,
    authority: &Keypair,
    decimals: u8,
    program: Program<'_>,
) -> Mint {
    let freezer = program
        .extensions()
        .contains(&MintExtension::DefaultFrozen)
        .then(|| authority.pubkey());
    create_mint_with_freezer(chain, label, authority, freezer.as_ref(), decimals, program)
}

/// Creates a mint whose accounts `freezer` may freeze, as issuers of
/// stablecoins do.
#[track_caller]
pub fn create_mint_with_freezer(
    chain: &mut dyn Chain,
    label: &str,
    authority: &Keypair,
    freezer: Option<&Pubkey>,
    decimals: u8,
    program: Program<'_>,
) -> Mint {
    let key = keypair(label);
    let (mint, id) = (key.pubkey(), program.id());
    let extensions = program.extensions();
    let owner = authority.pubkey();

    let types: Vec<_> = extensions.iter().filter_map(MintExtension::fixed).collect();
    let len = ExtensionType::try_calculate_account_len::<MintState>(&types)
        .expect("extensions that are initialised before the mint have one size");
    let later: usize = extensions.iter().map(|e| e.grows_by(&mint)).sum();

    let mut instructions = vec![system_instruction::create_account(
        &chain.payer(),
        &mint,
        Rent::default().minimum_balance(len + later),
        len as u64,
        &id,
    )];
    instructions.extend(extensions.iter().filter_map(|e| e.before(&mint, &owner)));
    instructions.push(
        token_instruction::initialize_mint2(&id, &mint, &owner, freezer, decimals)
            .expect("the program is a token program"),
    );
    if extensions.contains(&MintExtension::GroupMember) {
        let extensions = MintExtension::Group.with_companions();
        let program = Program::Token2022 {
            extensions: &extensions,
        };
        create_mint(chain, &extension::group_of(&mint), authority, 0, program);
    }
    instructions.extend(extensions.iter().filter_map(|e| e.after(&mint, &owner)));
    // Only what is written into the finished mint needs its authority.
    let signers = match extensions.iter().any(MintExtension::comes_later) {
        true => &[&key, authority][..],
        false => &[&key][..],
    };
    send(chain, &instructions, signers);
    Mint {
        key: mint,
        program: id,
        decimals,
    }
}

/// Creates the token account whose address is the key named `label`.
#[track_caller]
pub fn create_token_account(
    chain: &mut dyn Chain,
    label: &str,
    mint: &Mint,
    owner: &Pubkey,
) -> Pubkey {
    let key = keypair(label);
    let data = chain.account(&mint.key).expect("the mint exists").data;
    let on_mint = StateWithExtensions::<MintState>::unpack(&data)
        .and_then(|state| state.get_extension_types())
        .expect("the mint is one");
    let required = ExtensionType::get_required_init_account_extensions(&on_mint);
    let len = ExtensionType::try_calculate_account_len::<Account>(&required)
        .expect("account extensions have one size each");
    let instructions = [
        system_instruction::create_account(
            &chain.payer(),
            &key.pubkey(),
            Rent::default().minimum_balance(len),
            len as u64,
            &mint.program,
        ),
        token_instruction::initialize_account3(&mint.program, &key.pubkey(), &mint.key, owner)
            .expect("the program is a token program"),
    ];
    send(chain, &instructions, &[&key]);
    key.pubkey()
}

/// Where `owner`'s associated token account is, whether it exists or not.
pub fn associated_token_account(mint: &Mint, owner: &Pubkey) -> Pubkey {
    get_associated_token_address_with_program_id(owner, &mint.key, &mint.program)
}

/// Creates `owner`'s associated token account, if it does not exist yet.
#[track_caller]
pub fn create_associated_token_account(
    chain: &mut dyn Chain,
    mint: &Mint,
    owner: &Pubkey,
) -> Pubkey {
    let create =
        create_associated_token_account_idempotent(&chain.payer(), owner, &mint.key, &mint.program);
    send(chain, &[create], &[]);
    associated_token_account(mint, owner)
}

/// Mints `atoms` to the token account `to`.
#[track_caller]
pub fn mint_to(
    chain: &mut dyn Chain,
    mint: &Mint,
    to: &Pubkey,
    authority: &Keypair,
    atoms: u64,
) -> Receipt {
    let (program, signer) = (&mint.program, authority.pubkey());
    let mint_to = token_instruction::mint_to(program, &mint.key, to, &signer, &[], atoms)
        .expect("the program is a token program");
    send(chain, &[mint_to], &[authority])
}

/// Moves `atoms` from one token account to another.
#[track_caller]
pub fn transfer(
    chain: &mut dyn Chain,
    mint: &Mint,
    from: &Pubkey,
    to: &Pubkey,
    owner: &Keypair,
    atoms: u64,
) -> Receipt {
    let transfer = token_instruction::transfer_checked(
        &mint.program,
        from,
        &mint.key,
        to,
        &owner.pubkey(),
        &[],
        atoms,
        mint.decimals,
    )
    .expect("the program is a token program");
    send(chain, &[transfer], &[owner])
}

/// Hands one authority over a mint or a token account to `new`, or to nobody.
#[track_caller]
pub fn set_authority(
    chain: &mut dyn Chain,
    program: &Pubkey,
    owned: &Pubkey,
    kind: AuthorityType,
    current: &Keypair,
    new: Option<&Pubkey>,
) {
    let set = token_instruction::set_authority(program, owned, new, kind, &current.pubkey(), &[])
        .expect("the program is a token program");
    send(chain, &[set], &[current]);
}

/// Freezes a token account.
#[track_caller]
pub fn freeze(chain: &mut dyn Chain, mint: &Mint, account: &Pubkey, freezer: &Keypair) {
    let (program, signer) = (&mint.program, freezer.pubkey());
    let freeze = token_instruction::freeze_account(program, account, &mint.key, &signer, &[])
        .expect("the program is a token program");
    send(chain, &[freeze], &[freezer]);
}

/// Thaws a frozen token account.
#[track_caller]
pub fn thaw(chain: &mut dyn Chain, mint: &Mint, account: &Pubkey, freezer: &Keypair) {
    let (program, signer) = (&mint.program, freezer.pubkey());
    let thaw = token_instruction::thaw_account(program, account, &mint.key, &signer, &[])
        .expect("the program is a token program");
    send(chain, &[thaw], &[freezer]);
}

/// The state of a token account, without its extensions.
#[track_caller]
pub fn token_account(chain: &mut dyn Chain, key: &Pubkey) -> Account {
    let data = chain.account(key).expect("the token account exists").data;
    StateWithExtensions::<Account>::unpack(&data)
        .expect("the account is a token account")
        .base
}

/// The state of a mint, without its extensions.
#[track_caller]
pub fn mint_state(chain: &mut dyn Chain, key: &Pubkey) -> MintState {
    let data = chain.account(key).expect("the mint exists").data;
    StateWithExtensions::<MintState>::unpack(&data)
        .expect("the account is a mint")
        .base
}

/// (atoms) What a token account holds.
#[track_caller]
pub fn balance(chain: &mut dyn Chain, key: &Pubkey) -> u64 {
    token_account(chain, key).amount
}

/// (atoms) How much of a mint exists.
#[track_caller]
pub fn supply(chain: &mut dyn Chain, mint: &Pubkey) -> u64 {
    mint_state(chain, mint).supply
}

#[track_caller]
fn send(chain: &mut dyn Chain, instructions: &[Instruction], signers: &[&Keypair]) -> Receipt {
    match chain.send(instructions, signers) {
        Ok(receipt) => receipt,
        Err(failure) => panic!("{} chain: {failure}", chain.name()),
    }
}
