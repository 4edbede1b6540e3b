//! What may stand in an account's place.

use {
    crate::{
        calls::{Call, Scene},
        idl::Slot,
    },
    backstop_tests::{
        ix::BankKeys,
        keys::keypair,
        tokens::{self, Mint},
        world::World,
    },
    solana_instruction::AccountMeta,
    solana_pubkey::Pubkey,
    solana_sdk_ids::system_program,
    solana_signer::Signer,
};

/// Whose bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The bank that the call is about.
    Own,
    /// Another bank of the market, in which nobody has a position.
    Sibling,
    /// Another bank of the market, in which the borrower has a deposit.
    Other,
    /// A bank that follows the named accounts.
    Listed,
    /// The attacker's bank of the same asset.
    Foreign,
}

/// Which of a bank's vaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vault {
    Liquidity,
    Insurance,
    Escrow,
}

/// Which token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asset {
    /// The bank's.
    Own,
    /// The other bank's.
    Sibling,
    /// The market's governance token.
    Governance,
    /// The attacker's governance token.
    ForeignGovernance,
}

/// Who owns tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Whose accounts the honest call names.
    Party,
    /// The attacker.
    Stranger,
    /// A bank.
    Vault(Whose, Vault),
}

/// A program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    Token,
    Token2022,
    AssociatedToken,
    System,
    Backstop,
    /// An address that no program has: what would be called if it could be.
    Spoof,
}

/// An account of a known sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// The market.
    Market,
    /// The attacker's market.
    ForeignMarket,
    /// A bank.
    Bank(Whose),
    /// An obligation of the market that the call names elsewhere.
    Obligation,
    /// The attacker's obligation.
    StrangersObligation,
    /// An obligation of the same owner in the attacker's market.
    ObligationAbroad,
    /// A token account.
    Tokens(Asset, Holder),
    /// A mint.
    Mint(Asset),
    /// A price account: the bank's, or else the governance token's.
    Feed(Asset),
    /// A program.
    Program(Program),
    /// Another program's copy of the honest account.
    Copy,
    /// A wallet that signs the call in another place.
    Cosigner,
    /// A wallet.
    Wallet,
    /// A vault that the call itself creates.
    NewVault,
    /// An address at which there is nothing yet.
    Nobody,
}

impl Nature {
    /// Whether it is of the same sort as some account that the program reads.
    pub fn is_lookalike(self) -> bool {
        matches!(
            self,
            Self::ForeignMarket
                | Self::Bank(_)
                | Self::Obligation
                | Self::StrangersObligation
                | Self::ObligationAbroad
                | Self::Copy
        )
    }
}

/// An account and what it is.
pub struct Substitute {
    pub nature: Nature,
    pub key: Pubkey,
}

/// Everything that can be put in an account's place, other markets' included.
/// The copy is missing: each slot has one of its own.
pub fn substitutes(
    scene: &Scene,
    world: &mut World,
    call: &Call,
    slots: &[Slot],
) -> Vec<Substitute> {
    let (own, sibling) = (call.bank, world.keys(scene.spare));
    let foreign = scene.foreign_twin(&own);
    let banks = [
        (Whose::Own, own),
        (Whose::Sibling, sibling),
        (Whose::Foreign, foreign),
    ];
    let mut all = vec![
        (Nature::Market, world.market.market),
        (Nature::ForeignMarket, scene.foreign.market),
        (Nature::StrangersObligation, scene.stranger.obligation),
        (Nature::Bank(Whose::Other), world.keys(scene.euro).bank),
        (Nature::Wallet, scene.stranger.key()),
        (Nature::Nobody, keypair("nobody").pubkey()),
        (Nature::Feed(Asset::Own), own.oracle),
        (Nature::Feed(Asset::Sibling), sibling.oracle),
        (
            Nature::Feed(Asset::Governance),
            world.market.oracle.expect("the market has a feed"),
        ),
    ];
    for (program, key) in [
        (Program::Token, spl_token_interface::ID),
        (Program::Token2022, spl_token_2022_interface::ID),
        (Program::AssociatedToken, anchor_spl::associated_token::ID),
        (Program::System, system_program::ID),
        (Program::Backstop, backstop::ID),
        (Program::Spoof, keypair("spoofed token program").pubkey()),
    ] {
        all.push((Nature::Program(program), key));
    }
    for (whose, keys) in banks {
        all.push((Nature::Bank(whose), keys.bank));
        all.extend(vaults(whose, &keys));
    }
    for (asset, mint) in mints(world, scene, &own, &sibling) {
        all.push((Nature::Mint(asset), mint.key));
        for (holder, owner) in [
            (Holder::Party, call.party),
            (Holder::Stranger, scene.stranger.key()),
        ] {
            let key = tokens::associated_token_account(&mint, &owner);
            all.push((Nature::Tokens(asset, holder), key));
        }
    }
    for owner in scene.owners() {
        let key = scene.foreign.obligation(&owner.key(), 0);
        let named = |meta: &AccountMeta| meta.pubkey == owner.obligation;
        if call.instruction.accounts.iter().any(named) {
            all.push((Nature::Obligation, owner.obligation));
            all.push((Nature::ObligationAbroad, key));
        }
    }
    // What else the call names: each writable account meets every other slot.
    for (index, meta) in call.instruction.accounts.iter().enumerate() {
        if all.iter().all(|(_, key)| *key != meta.pubkey) {
            all.push((named(world, meta, slots.get(index)), meta.pubkey));
        }
    }
    // Whoever has no account of a token has none to offer.
    all.retain(|(nature, key)| {
        !matches!(nature, Nature::Tokens(..)) || world.chain.account(key).is_some()
    });
    all.into_iter()
        .map(|(nature, key)| Substitute { nature, key })
        .collect()
}

/// What an account that only this call names is.
fn named(world: &mut World, meta: &AccountMeta, slot: Option<&Slot>) -> Nature {
    if meta.is_signer {
        return Nature::Cosigner;
    }
    if world.banks.iter().any(|keys| keys.bank == meta.pubkey) {
        return Nature::Bank(Whose::Listed);
    }
    if world.banks.iter().any(|keys| keys.oracle == meta.pubkey) {
        return Nature::Feed(Asset::Sibling);
    }
    let is_vault = |slot: &Slot| slot.name.ends_with("vault") || slot.name.ends_with("escrow");
    match world.chain.account(&meta.pubkey) {
        Some(account) if account.owner == spl_token_interface::ID => Nature::Mint(Asset::Own),
        Some(_) => Nature::Wallet,
        None if slot.is_some_and(is_vault) => Nature::NewVault,
        None => Nature::Nobody,
    }
}

fn vaults(whose: Whose, keys: &BankKeys) -> [(Nature, Pubkey); 3] {
    let (asset, governance) = match whose {
        Whose::Own => (Asset::Own, Asset::Governance),
        Whose::Sibling | Whose::Other | Whose::Listed => (Asset::Sibling, Asset::Governance),
        Whose::Foreign => (Asset::Own, Asset::ForeignGovernance),
    };
    let tokens = |asset, vault| Nature::Tokens(asset, Holder::Vault(whose, vault));
    [
        (tokens(asset, Vault::Liquidity), keys.liquidity_vault),
        (tokens(asset, Vault::Insurance), keys.insurance_vault),
        (tokens(governance, Vault::Escrow), keys.governance_escrow),
    ]
}

fn mints(world: &World, scene: &Scene, own: &BankKeys, sibling: &BankKeys) -> [(Asset, Mint); 4] {
    let mint = |key, program| Mint {
        key,
        program,
        decimals: 6,
    };
    [
        (Asset::Own, mint(own.mint, own.token_program)),
        (Asset::Sibling, mint(sibling.mint, sibling.token_program)),
        (Asset::Governance, world.governance),
        (
            Asset::ForeignGovernance,
            mint(scene.foreign.mint, scene.foreign.token_program),
        ),
    ]
}
