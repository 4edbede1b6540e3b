//! What each account is for, and what becomes of anything else in its place.
//!
//! The table has a row for every slot of every instruction and says what cannot
//! be derived; [`expected`] derives the rest from the slot's kind, and
//! `exceptions` lists by name what neither explains.

use {
    crate::natures::{Asset, Forgery, Holder, Nature, Program, Vault, Whose},
    anchor_lang::error::ErrorCode,
    backstop::error::BackstopError as E,
    backstop_tests::chain::{Cause, Failure},
    solana_instruction::error::InstructionError,
    solana_transaction_error::TransactionError,
};

/// Outcome of a call.
#[derive(Clone, Debug)]
pub enum Expected {
    /// Refused by a rule of ours.
    Ours(E),
    /// Refused by Anchor.
    Anchor(ErrorCode),
    /// Refused by a token program, with this number.
    Token(u32),
    /// Refused by the runtime, or by a program in the runtime's words.
    Runtime(InstructionError),
    /// It goes through, for this reason.
    Allowed(&'static str),
}

use Expected::{Allowed, Anchor, Ours, Runtime, Token};

/// Token programs: the account is of another mint.
pub const MINT_MISMATCH: u32 = 3;
/// Token programs: the signer is neither owner nor delegate.
pub const OWNER_MISMATCH: u32 = 4;

impl Expected {
    /// Whether a failure is this one.
    pub fn is(&self, failure: &Failure) -> bool {
        let Cause::Refused(TransactionError::InstructionError(_, error)) = &failure.cause else {
            return false;
        };
        let custom = |code: u32| *error == InstructionError::Custom(code);
        match self {
            Ours(rule) => custom(u32::from(*rule)),
            Anchor(rule) => custom(u32::from(*rule)),
            Token(code) => custom(*code),
            Runtime(expected) => error == expected,
            Allowed(_) => false,
        }
    }
}

/// What is tried with a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Another account.
    Other(Nature),
    /// The account, but it does not sign.
    Unsigned,
    /// The attacker signs instead.
    StrangerSigns,
    /// The account, but the transaction does not let it be changed.
    ReadOnly,
    /// The account, changed where it stands.
    InPlace(Forgery),
}

/// What a slot is for.
pub enum Kind {
    /// Signs. Says what becomes of another signer.
    Signer(Expected),
    /// The market. Says what becomes of the attacker's.
    Market(Expected),
    /// A bank. Says what becomes of a sibling and of the attacker's.
    Bank(Expected, Expected),
    /// An obligation. Says what becomes of the attacker's own, and of one in his
    /// market whose owner is the honest one's.
    Obligation(Expected, Expected),
    /// Compared by address with what bank or market names.
    Pinned(E),
    /// Tokens of this asset are taken from it with the party's signature.
    Source(Asset),
    /// Tokens of this asset are sent to it; to these vaults of the bank not.
    Destination(Asset, &'static [Vault]),
    /// As a destination, but only the fee owner's.
    FeeAccount,
    /// Gets lamports.
    Rent,
    /// Created by the call at an address that follows from seeds.
    Created,
    /// An address among those seeds.
    Seed,
    /// A program that Anchor compares by address.
    Program,
    /// Anchor compares it with the address that follows from its seed.
    EventAuthority,
    /// Called for events.
    OwnProgram,
    /// The governance token's price. Says what becomes of another account.
    GovernanceOracle(Expected),
    /// Read by a rule that `exceptions` lists case by case.
    Listed,
    /// One of the banks that follow, compared by address and order.
    Following,
    /// The bank of a pair to refresh.
    PairedBank,
    /// The oracle of a pair to refresh.
    PairedOracle,
}

/// Slots and kinds of an instruction, in order.
pub type Row = (&'static str, &'static [(&'static str, Kind)]);

/// Derives the outcome of `cell`.
pub fn expected(kind: &Kind, writable: bool, cell: Cell) -> Expected {
    match cell {
        Cell::Other(nature) => other(kind, writable, nature),
        Cell::Unsigned => Anchor(ErrorCode::AccountNotSigner),
        Cell::StrangerSigns => match kind {
            Kind::Signer(stranger) => stranger.clone(),
            _ => unreachable!("only signers are replaced by signers"),
        },
        Cell::ReadOnly => match kind {
            // The call asks the system program to create it, and cannot pass on
            // what it was not given.
            Kind::Created => Runtime(InstructionError::PrivilegeEscalation),
            Kind::PairedBank => Anchor(ErrorCode::AccountNotMutable),
            _ => Anchor(ErrorCode::ConstraintMut),
        },
        Cell::InPlace(forgery) => in_place(kind, forgery),
    }
}

fn other(kind: &Kind, writable: bool, nature: Nature) -> Expected {
    let loaded = |same_type: Option<&Expected>| match same_type {
        Some(expected) => expected.clone(),
        None if is_ours(nature) => Anchor(ErrorCode::AccountDiscriminatorMismatch),
        None => Anchor(ErrorCode::AccountOwnedByWrongProgram),
    };
    match kind {
        Kind::Market(foreign) => loaded(match nature {
            Nature::ForeignMarket => Some(foreign),
            _ => None,
        }),
        Kind::Bank(sibling, foreign) => loaded(match nature {
            Nature::Bank(Whose::Foreign) => Some(foreign),
            Nature::Bank(_) => Some(sibling),
            _ => None,
        }),
        Kind::Obligation(strangers, abroad) => loaded(match nature {
            Nature::StrangersObligation | Nature::Obligation => Some(strangers),
            Nature::ObligationAbroad => Some(abroad),
            _ => None,
        }),
        Kind::PairedBank => loaded(match nature {
            // The oracle of its pair is the honest bank's.
            Nature::Bank(Whose::Own | Whose::Sibling) => Some(&Ours(E::WrongFeed)),
            Nature::Bank(Whose::Foreign) => Some(&Allowed("anybody refreshes any bank")),
            _ => None,
        }),
        Kind::PairedOracle => match nature {
            Nature::Feed(_) => Ours(E::WrongFeed),
            _ => Ours(E::WrongOracleOwner),
        },
        Kind::Following => Ours(E::WrongBankList),
        Kind::Signer(_) => Anchor(ErrorCode::AccountNotSigner),
        Kind::Created | Kind::Seed => Anchor(ErrorCode::ConstraintSeeds),
        Kind::Program => Anchor(ErrorCode::InvalidProgramId),
        Kind::EventAuthority => Anchor(ErrorCode::ConstraintAddress),
        Kind::OwnProgram => Runtime(InstructionError::MissingAccount),
        Kind::GovernanceOracle(expected) => expected.clone(),
        // The runtime lets no transaction change the system program, nor the
        // program that it calls.
        _ if writable && is_locked(nature) => Anchor(ErrorCode::ConstraintMut),
        Kind::Pinned(rule) => Ours(*rule),
        Kind::Source(asset) => match nature {
            Nature::Tokens(held, _) if held != *asset => Token(MINT_MISMATCH),
            Nature::Tokens(..) => Token(OWNER_MISMATCH),
            _ => no_tokens(nature),
        },
        Kind::Destination(asset, barred) => match nature {
            Nature::Tokens(_, Holder::Vault(Whose::Own, vault)) if barred.contains(&vault) => {
                Ours(E::SameAccount)
            }
            Nature::Tokens(held, _) if held != *asset => Token(MINT_MISMATCH),
            Nature::Tokens(..) => Allowed("where the tokens go is the signer's choice"),
            _ => no_tokens(nature),
        },
        Kind::FeeAccount => match nature {
            Nature::Tokens(_, Holder::Party) => Token(MINT_MISMATCH),
            Nature::Tokens(..) => Ours(E::WrongTokenOwner),
            Nature::Mint(_) => Ours(E::InvalidTokenAccount),
            _ => Ours(E::WrongTokenProgram),
        },
        Kind::Rent => Allowed("where the rent goes is the owner's choice"),
        Kind::Listed => unreachable!("`exceptions` lists every case"),
    }
}

/// What the token program says to an account that it does not own, or that is a
/// mint.
fn no_tokens(nature: Nature) -> Expected {
    match nature {
        // The bytes convince it; the runtime lets it change only its own.
        Nature::Copy => Runtime(InstructionError::ExternalAccountDataModified),
        _ => Runtime(InstructionError::InvalidAccountData),
    }
}

fn in_place(kind: &Kind, forgery: Forgery) -> Expected {
    if matches!(kind, Kind::PairedOracle) {
        return Ours(match forgery {
            Forgery::OfAnotherProgram | Forgery::OfTheSystem => E::WrongOracleOwner,
            _ => E::InvalidOracle,
        });
    }
    match forgery {
        Forgery::OfAnotherProgram | Forgery::OfTheSystem => {
            Anchor(ErrorCode::AccountOwnedByWrongProgram)
        }
        Forgery::Stub | Forgery::Half | Forgery::Clipped => {
            Anchor(ErrorCode::AccountDidNotDeserialize)
        }
        Forgery::Zeroed => Anchor(ErrorCode::AccountDiscriminatorMismatch),
        Forgery::NextVersion => Ours(E::WrongVersion),
    }
}

/// Whether the program owns an account of this nature.
fn is_ours(nature: Nature) -> bool {
    matches!(
        nature,
        Nature::Market
            | Nature::ForeignMarket
            | Nature::Bank(_)
            | Nature::Obligation
            | Nature::StrangersObligation
            | Nature::ObligationAbroad
    )
}

/// Whether no transaction that calls the program can change it.
fn is_locked(nature: Nature) -> bool {
    matches!(nature, Nature::Program(Program::System | Program::Backstop))
}
