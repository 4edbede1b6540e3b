//! What each account is for, and what becomes of anything else in its place.
//!
//! The table has a row for every slot of every instruction and says what cannot
//! be derived; [`expected`] derives the rest from the slot's kind, and
//! `exceptions` lists by name what neither explains.

use {
    crate::{
        forgeries::Forgery,
        natures::{Asset, Holder, Nature, Program, Vault, Whose},
    },
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

/// Token programs: the mint is none.
pub const INVALID_MINT: u32 = 2;
/// Token programs: the account is of another mint.
pub const MINT_MISMATCH: u32 = 3;
/// Token programs: the signer is neither owner nor delegate.
pub const OWNER_MISMATCH: u32 = 4;

const ANY_PAYER: Expected = Allowed("who pays the rent has no say");

impl Expected {
    /// Whether it goes through.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Allowed(_))
    }

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
    /// Signs and pays for accounts that are created, whoever it is.
    Payer,
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
    /// One of the banks that follow, looked up by address. Says what becomes of
    /// a call that does not show it.
    Following(E),
    /// A bank that follows and that the instruction has among its own accounts.
    ShownAgain,
    /// The bank of a pair to refresh.
    PairedBank,
    /// The oracle of a pair to refresh.
    PairedOracle,
}

/// Slots and kinds of an instruction, in order.
pub type Row = (&'static str, &'static [(&'static str, Kind)]);

/// What the rules need to know beside the kind of a slot.
#[derive(Clone, Copy)]
pub struct Facts {
    /// Whether the call may change the account.
    pub writable: bool,
    /// Token program of the bank's asset.
    pub own: Program,
    /// Token program of the sibling's asset.
    pub sibling: Program,
}

impl Facts {
    fn program(self, asset: Asset) -> Program {
        match asset {
            Asset::Own => self.own,
            Asset::Sibling => self.sibling,
            Asset::Governance | Asset::ForeignGovernance => Program::Token,
        }
    }
}

/// Derives the outcome of `cell`.
pub fn expected(kind: &Kind, facts: Facts, cell: Cell) -> Expected {
    match cell {
        Cell::Other(nature) => other(kind, facts, nature),
        Cell::Unsigned => Anchor(ErrorCode::AccountNotSigner),
        Cell::StrangerSigns => match kind {
            Kind::Signer(stranger) => stranger.clone(),
            Kind::Payer => ANY_PAYER,
            _ => unreachable!("only signers are replaced by signers"),
        },
        Cell::ReadOnly => match kind {
            // Accounts are created before constraints are checked, and the call
            // to the system program cannot pass on what was not given.
            Kind::Created | Kind::Payer => Runtime(InstructionError::PrivilegeEscalation),
            Kind::PairedBank => Anchor(ErrorCode::AccountNotMutable),
            _ => Anchor(ErrorCode::ConstraintMut),
        },
        Cell::InPlace(forgery) => in_place(kind, forgery),
    }
}

fn other(kind: &Kind, facts: Facts, nature: Nature) -> Expected {
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
            Nature::Bank(Whose::Foreign) => Some(&Allowed("anybody refreshes any bank")),
            Nature::Bank(_) => Some(&Ours(E::WrongFeed)),
            _ => None,
        }),
        Kind::PairedOracle => match nature {
            Nature::Feed(_) => Ours(E::WrongFeed),
            _ => Ours(E::WrongOracleOwner),
        },
        Kind::Following(hidden) => Ours(*hidden),
        Kind::ShownAgain => Allowed("the bank is among the instruction's own accounts"),
        Kind::Signer(stranger) if nature == Nature::Cosigner => stranger.clone(),
        Kind::Payer if nature == Nature::Cosigner => ANY_PAYER,
        Kind::Signer(_) | Kind::Payer => Anchor(ErrorCode::AccountNotSigner),
        Kind::Created | Kind::Seed => Anchor(ErrorCode::ConstraintSeeds),
        Kind::Program => Anchor(ErrorCode::InvalidProgramId),
        Kind::EventAuthority => Anchor(ErrorCode::ConstraintAddress),
        Kind::OwnProgram => Runtime(InstructionError::MissingAccount),
        Kind::GovernanceOracle(expected) => expected.clone(),
        // The runtime lets no transaction change the system program, nor the
        // program that it calls.
        _ if facts.writable && is_locked(nature) => Anchor(ErrorCode::ConstraintMut),
        Kind::Pinned(rule) => Ours(*rule),
        Kind::Source(asset) => match nature {
            Nature::Tokens(held, _) if held == *asset => Token(OWNER_MISMATCH),
            _ => not_of(*asset, facts, nature),
        },
        Kind::Destination(asset, barred) => match nature {
            Nature::Tokens(_, Holder::Vault(Whose::Own, vault)) if barred.contains(&vault) => {
                Ours(E::SameAccount)
            }
            Nature::Tokens(held, Holder::Vault(..)) if held == *asset => {
                Allowed("a gift to a vault, in no ledger and at the giver's cost")
            }
            Nature::Tokens(held, _) if held == *asset => {
                Allowed("where the tokens go is the signer's choice")
            }
            _ => not_of(*asset, facts, nature),
        },
        Kind::FeeAccount => match nature {
            Nature::Tokens(held, _) | Nature::Mint(held) if facts.program(held) != facts.own => {
                Ours(E::WrongTokenProgram)
            }
            Nature::Tokens(_, Holder::Party) => Token(MINT_MISMATCH),
            Nature::Tokens(..) => Ours(E::WrongTokenOwner),
            Nature::Mint(_) => Ours(E::InvalidTokenAccount),
            _ => Ours(E::WrongTokenProgram),
        },
        Kind::Rent => Allowed("where the rent goes is the owner's choice"),
        Kind::Listed => unreachable!("`exceptions` lists every case"),
    }
}

/// What the token program of an asset says to an account that is not one of the
/// asset's.
fn not_of(asset: Asset, facts: Facts, nature: Nature) -> Expected {
    let program = facts.program(asset);
    let same_program = |held| facts.program(held) == program;
    match (program, nature) {
        (_, Nature::Tokens(held, _)) if same_program(held) => Token(MINT_MISMATCH),
        (Program::Token2022, Nature::Mint(held)) if same_program(held) => {
            Runtime(InstructionError::InvalidAccountData)
        }
        // This one looks at the owner first, the older one at the bytes: a vault
        // looks the same under both, an associated account does not.
        (Program::Token2022, _) => Runtime(InstructionError::IncorrectProgramId),
        (_, Nature::Tokens(_, Holder::Vault(..))) => Token(MINT_MISMATCH),
        // The bytes convince it; the runtime lets it change only its own.
        (_, Nature::Copy) => Runtime(InstructionError::ExternalAccountDataModified),
        _ => Runtime(InstructionError::InvalidAccountData),
    }
}

fn in_place(kind: &Kind, forgery: Forgery) -> Expected {
    if matches!(kind, Kind::PairedOracle) {
        return match forgery {
            Forgery::OfAnotherProgram | Forgery::OfTheSystem => Ours(E::WrongOracleOwner),
            Forgery::Clipped => Allowed("the last byte of a full update is spare"),
            _ => Ours(E::InvalidOracle),
        };
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
