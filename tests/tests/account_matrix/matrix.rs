//! Runs the cells of the matrix.

use {
    crate::{
        calls::{instruction_of, Call, Prepare, Scene},
        exceptions::exception,
        expectations::{expected, Cell, Expected, Facts, Kind},
        forgeries::{self, Forgery},
        idl,
        natures::{self, Nature, Program, Substitute},
        table::{self, FOLLOWING, PAIRED_BANK, PAIRED_ORACLE},
    },
    backstop_tests::{chain::AccountData, ix::BankKeys, world::World},
    solana_instruction::{AccountMeta, Instruction},
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_signer::Signer,
    std::slice::from_ref,
};

/// An account of a call: its place, its name and what it is for.
pub struct Place {
    pub index: usize,
    pub name: &'static str,
    pub kind: &'static Kind,
}

/// A call with one thing wrong.
pub struct Attempt {
    instruction: Instruction,
    signers: Vec<Keypair>,
    forged: Option<(Pubkey, AccountData)>,
}

impl Attempt {
    /// The call with another instruction, and its own signers.
    pub fn of(call: &Call, instruction: Instruction) -> Self {
        Self {
            instruction,
            signers: call.signers.iter().map(Keypair::insecure_clone).collect(),
            forged: None,
        }
    }
}

/// Collects what does not come out as the table says, so that one run shows all
/// of it.
pub struct Matrix<'a> {
    scene: &'a Scene,
    covers: fn(&Kind, Cell) -> bool,
    cells: usize,
    wrong: Vec<String>,
}

impl<'a> Matrix<'a> {
    /// A matrix of the cells that `covers` names.
    pub fn new(scene: &'a Scene, covers: fn(&Kind, Cell) -> bool) -> Self {
        Self {
            scene,
            covers,
            cells: 0,
            wrong: Vec::new(),
        }
    }

    /// Tries every cell of a call in `world`, and then the honest call.
    pub fn check(&mut self, world: &mut World, name: &str, prepare: Prepare) {
        let call = prepare(self.scene, world);
        call.refresh(world);
        let slots = idl::instruction(instruction_of(name)).accounts;
        let substitutes = natures::substitutes(self.scene, world, &call, &slots);
        let before = world.fingerprint();
        for place in places(name, &call) {
            let facts = self.facts(&call, &place);
            for (cell, attempt) in self.attempts(world, &call, &place, &substitutes) {
                let slot = place.name;
                let expected = exception(name, slot, cell)
                    .unwrap_or_else(|| expected(place.kind, facts, cell));
                let skipped = expected.is_allowed() && world.chain.name() == "native";
                if skipped || !(self.covers)(place.kind, cell) {
                    continue;
                }
                self.cells += 1;
                if let Err(what) = run(world, &attempt, &expected) {
                    self.wrong.push(format!("{name}.{slot}, {cell:?}: {what}"));
                    // What went through is in the way of all that would follow.
                    if before != world.fingerprint() {
                        return;
                    }
                }
            }
        }
        assert_eq!(before, world.fingerprint(), "{name}");
        let signers: Vec<&Keypair> = call.signers.iter().collect();
        if let Err(failure) = world.send(&[call.instruction], &signers) {
            panic!("{name}: {failure}");
        }
    }

    fn facts(&self, call: &Call, place: &Place) -> Facts {
        let program = |keys: BankKeys| {
            if keys.token_program == spl_token_interface::ID {
                Program::Token
            } else {
                Program::Token2022
            }
        };
        Facts {
            writable: call.instruction.accounts[place.index].is_writable,
            own: program(call.bank),
            sibling: program(self.scene.world.keys(self.scene.spare)),
        }
    }

    /// Fails if anything did not come out as the table says.
    pub fn finish(self) {
        println!("{} cells", self.cells);
        let wrong = self.wrong;
        assert!(wrong.is_empty(), "{}: {}", wrong.len(), wrong.join("\n"));
    }

    fn attempts(
        &self,
        world: &mut World,
        call: &Call,
        place: &Place,
        substitutes: &[Substitute],
    ) -> Vec<(Cell, Attempt)> {
        let honest = call.instruction.accounts[place.index].clone();
        // The call without the signature of this account, unless it signs elsewhere.
        let changed = |change: &dyn Fn(&mut AccountMeta)| {
            let mut instruction = call.instruction.clone();
            change(&mut instruction.accounts[place.index]);
            let mut attempt = Attempt::of(call, instruction);
            let metas = &attempt.instruction.accounts;
            attempt.signers.retain(|key| {
                let signs = |meta: &AccountMeta| meta.is_signer && meta.pubkey == key.pubkey();
                metas.iter().any(signs)
            });
            attempt
        };
        let mut attempts = Vec::new();
        let copy = forgeries::copy(world, &honest.pubkey);
        let copy = copy.map(|key| (Nature::Copy, key));
        let others = substitutes.iter().map(|other| (other.nature, other.key));
        for (nature, key) in others.chain(copy).filter(|(_, key)| *key != honest.pubkey) {
            let other = changed(&|meta| (meta.pubkey, meta.is_signer) = (key, false));
            attempts.push((Cell::Other(nature), other));
        }
        if honest.is_signer {
            attempts.push((Cell::Unsigned, changed(&|meta| meta.is_signer = false)));
            let stranger = &self.scene.stranger.wallet;
            let mut stolen = changed(&|meta| meta.pubkey = stranger.pubkey());
            stolen.signers.push(stranger.insecure_clone());
            attempts.push((Cell::StrangerSigns, stolen));
        }
        if honest.is_writable {
            attempts.push((Cell::ReadOnly, changed(&|meta| meta.is_writable = false)));
        }
        for forgery in meaningful(place.kind) {
            let account = world.chain.account(&honest.pubkey).expect("it exists");
            let mut forged = changed(&|_| ());
            forged.forged = Some((honest.pubkey, forgery.of(&account)));
            attempts.push((Cell::InPlace(*forgery), forged));
        }
        attempts
    }
}

/// Which changes matter: to what the program reads, not to what it compares by
/// address or leaves to a token program.
fn meaningful(kind: &Kind) -> &'static [Forgery] {
    match kind {
        Kind::Market(_)
        | Kind::Bank(..)
        | Kind::Obligation(..)
        | Kind::Following(_)
        | Kind::PairedBank => &Forgery::ALL,
        // Its first field is an address, not a version.
        Kind::PairedOracle => &Forgery::ALL[..6],
        _ => &[],
    }
}

/// Sends an attempt and compares what comes of it, state included.
pub fn run(world: &mut World, attempt: &Attempt, expected: &Expected) -> Result<(), String> {
    let signers: Vec<&Keypair> = attempt.signers.iter().collect();
    if let Expected::Allowed(reason) = expected {
        let mut world = world.fork();
        if let Some((key, account)) = &attempt.forged {
            world.chain.set_account(key, account.clone());
        }
        let sent = world.send(from_ref(&attempt.instruction), &signers);
        return sent
            .map(|_| ())
            .map_err(|failure| format!("{reason}, but {failure}"));
    }
    let original = attempt.forged.as_ref().map(|(key, forged)| {
        let original = world.chain.account(key).expect("it exists");
        world.chain.set_account(key, forged.clone());
        (*key, original)
    });
    let before = named(world, &attempt.instruction);
    let sent = world.chain.send(from_ref(&attempt.instruction), &signers);
    let unchanged = before == named(world, &attempt.instruction);
    if let Some((key, original)) = original {
        world.chain.set_account(&key, original);
    }
    match sent {
        Ok(_) => Err("it went through".to_owned()),
        Err(failure) if !expected.is(&failure) => Err(format!("not {expected:?}, but {failure}")),
        Err(_) if !unchanged => Err("a refused call changed an account".to_owned()),
        Err(_) => Ok(()),
    }
}

/// Every account that an instruction names, as it is.
fn named(world: &mut World, instruction: &Instruction) -> Vec<Option<AccountData>> {
    let metas = instruction.accounts.iter();
    metas
        .map(|meta| world.chain.account(&meta.pubkey))
        .collect()
}

/// The accounts of a call with their rows, those that follow included.
pub fn places(call_name: &str, call: &Call) -> Vec<Place> {
    let name = instruction_of(call_name);
    let slots = table::row(name);
    let named = idl::instruction(name).accounts;
    // One pair stands for all; `lists` tries the others.
    let following: Vec<&str> = match name {
        "refresh_banks" => vec![PAIRED_BANK, PAIRED_ORACLE],
        _ => vec![FOLLOWING; call.instruction.accounts.len() - named.len()],
    };
    let metas = &call.instruction.accounts;
    let named_keys: Vec<Pubkey> = metas[..named.len()]
        .iter()
        .map(|meta| meta.pubkey)
        .collect();
    let names = named.iter().map(|slot| slot.name.as_str()).chain(following);
    names
        .enumerate()
        .map(|(index, slot)| {
            let found = slots.iter().find(|(name, _)| *name == slot);
            let (name, kind) = found.unwrap_or_else(|| panic!("no row for {name}.{slot}"));
            let is_own = named_keys.contains(&metas[index].pubkey);
            let kind = if matches!(kind, Kind::Following(_)) && is_own {
                &Kind::ShownAgain
            } else {
                kind
            };
            Place { index, name, kind }
        })
        .collect()
}
