//! How much heap an instruction uses, on the real bytecode.
//!
//! Nothing on the chain tells. But the program's allocator hands out memory
//! from the top of the heap downwards, never takes any back, and refuses what
//! would fall below a floor that is a constant of the bytecode. In copies of
//! the program that differ in nothing but this constant an instruction succeeds
//! as long as the floor is low enough: the highest such floor is found by
//! bisection.

use {
    crate::chain::{backstop_so, AccountData, Chain, Request, SvmChain},
    anyhow::{ensure, Context, Result},
    solana_clock::Clock,
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_pubkey::Pubkey,
    solana_sdk_ids::{bpf_loader, bpf_loader_upgradeable, native_loader},
    solana_signer::Signer,
    std::{
        collections::BTreeMap,
        fs,
        path::PathBuf,
        sync::atomic::{AtomicU32, Ordering},
    },
};

/// (bytes) Heap that every program has.
pub const HEAP: u64 = 32 * 1_024;
/// (bytes) Resolution of the figures.
pub const STEP: u64 = 64;

/// Where the heap is in a program's address space. Its first eight bytes hold
/// the allocator's position.
const HEAP_START: u64 = 0x3_0000_0000;
/// Constants that stand for the floor, by the comparison that uses them.
const FLOOR: std::ops::RangeInclusive<u64> = HEAP_START + 1..=HEAP_START + 16;
/// `lddw`, the instruction that loads a constant of 64 bits; it takes two slots.
const LOAD_WIDE: u8 = 0x18;
const SLOT: usize = 8;
/// Chains that are kept: each holds a compiled program of some megabytes.
const KEPT: usize = 40;

/// Finds out how much heap transactions use.
pub struct HeapMeter {
    program: Vec<u8>,
    scratch: PathBuf,
    /// Fresh chains, by how far the floor of their program is raised.
    chains: BTreeMap<u64, SvmChain>,
}

impl HeapMeter {
    /// Reads the program.
    pub fn new() -> Result<Self> {
        let file = backstop_so();
        let program = fs::read(&file).with_context(|| {
            format!(
                "no program at {}: run `cargo xtask build` first",
                file.display()
            )
        })?;
        let meter = Self {
            program,
            scratch: scratch_file(),
            chains: BTreeMap::new(),
        };
        ensure!(
            meter.raised(STEP) != meter.program,
            "the program's allocator is not the one that is measured here"
        );
        Ok(meter)
    }

    /// (bytes) Size of the program.
    pub fn program_bytes(&self) -> u64 {
        self.program.len() as u64
    }

    /// (bytes) Heap that the instruction at position `at` of the request uses,
    /// rounded up to [`STEP`]. Leaves `chain` as it was. None when it does not
    /// succeed with any.
    ///
    /// # Panics
    /// When it succeeds without: then this is not measuring anything.
    pub fn used(&mut self, chain: &mut dyn Chain, request: &Request<'_>, at: usize) -> Option<u64> {
        let clock = chain.clock();
        let (before, measured) = request.instructions.split_at(at);
        // What stands before it runs with all the heap there is.
        let mut prepared = self.chain(0);
        fill(&mut prepared, &clock, &accounts(chain, request));
        if !before.is_empty() {
            let part = Request {
                instructions: before,
                signers: &signers_of(before, request.signers),
                ..*request
            };
            prepared.submit(&part).ok()?;
        }
        let part = Request {
            instructions: measured,
            signers: &signers_of(measured, request.signers),
            ..*request
        };
        let state = accounts(&mut prepared, request);
        let mut succeeds = |raised: u64| {
            let mut copy = self.chain(raised);
            fill(&mut copy, &clock, &state);
            copy.submit(&part).is_ok()
        };
        let (mut enough, mut too_much) = (0, HEAP / STEP);
        while too_much - enough > 1 {
            let middle = enough.midpoint(too_much);
            if succeeds(middle * STEP) {
                enough = middle;
            } else {
                too_much = middle;
            }
        }
        assert!(enough < HEAP / STEP - 1, "no heap is used");
        (enough > 0).then(|| HEAP - enough * STEP)
    }

    /// Whether each instruction of the request makes do with `bytes` of heap.
    /// Leaves `chain` as it was.
    pub fn suffices(&mut self, chain: &mut dyn Chain, request: &Request<'_>, bytes: u64) -> bool {
        let (clock, state) = (chain.clock(), accounts(chain, request));
        let mut copy = self.chain(HEAP - bytes);
        fill(&mut copy, &clock, &state);
        copy.submit(request).is_ok()
    }

    fn chain(&mut self, raised: u64) -> SvmChain {
        if let Some(chain) = self.chains.get(&raised) {
            return chain.clone();
        }
        fs::write(&self.scratch, self.raised(raised)).expect("the temporary directory is writable");
        let chain = SvmChain::with_program(backstop::ID, &self.scratch);
        fs::remove_file(&self.scratch).expect("the file was just written");
        if self.chains.len() < KEPT {
            self.chains.insert(raised, chain.clone());
        }
        chain
    }

    /// The program with its heap's floor raised by `bytes`.
    fn raised(&self, bytes: u64) -> Vec<u8> {
        let mut program = self.program.clone();
        let mut at = 0;
        while at + 2 * SLOT <= program.len() {
            if let Some(constant) = wide_constant(&program[at..at + 2 * SLOT]) {
                if FLOOR.contains(&constant) {
                    let raised = (constant + bytes).to_le_bytes();
                    program[at + 4..at + 8].copy_from_slice(&raised[..4]);
                    program[at + 12..at + 16].copy_from_slice(&raised[4..]);
                }
                at += SLOT;
            }
            at += SLOT;
        }
        program
    }
}

/// A path of its own for each meter: several tests of one process use one each.
fn scratch_file() -> PathBuf {
    static METERS: AtomicU32 = AtomicU32::new(0);
    let meter = METERS.fetch_add(1, Ordering::Relaxed);
    let name = format!("backstop-{}-{meter}.so", std::process::id());
    std::env::temp_dir().join(name)
}

/// The constant that two slots load, if they do.
fn wide_constant(slots: &[u8]) -> Option<u64> {
    let second_is_empty = slots[8..12] == [0; 4];
    if slots[0] != LOAD_WIDE || slots[1] > 9 || slots[2..4] != [0; 2] || !second_is_empty {
        return None;
    }
    let mut constant = [0; 8];
    constant[..4].copy_from_slice(&slots[4..8]);
    constant[4..].copy_from_slice(&slots[12..16]);
    Some(u64::from_le_bytes(constant))
}

/// Gives a fresh chain the time and the accounts of another.
fn fill(chain: &mut dyn Chain, clock: &Clock, state: &[(Pubkey, AccountData)]) {
    chain.set_clock(clock);
    for (key, account) in state {
        chain.set_account(key, account.clone());
    }
}

/// Those signers that these instructions name.
fn signers_of<'a>(instructions: &[Instruction], signers: &[&'a Keypair]) -> Vec<&'a Keypair> {
    let metas = || instructions.iter().flat_map(|i| &i.accounts);
    let named = |signer: &&&Keypair| metas().any(|m| m.is_signer && m.pubkey == signer.pubkey());
    signers.iter().filter(named).copied().collect()
}

/// The accounts that a request names, without programs: those are on every chain.
fn accounts(chain: &mut dyn Chain, request: &Request<'_>) -> Vec<(Pubkey, AccountData)> {
    let loaders = [
        bpf_loader::ID,
        bpf_loader_upgradeable::ID,
        native_loader::ID,
    ];
    let mut keys: Vec<Pubkey> = request
        .instructions
        .iter()
        .flat_map(|instruction| &instruction.accounts)
        .map(|meta| meta.pubkey)
        .collect();
    keys.extend(request.table.map(|table| table.key));
    keys.sort();
    keys.dedup();
    keys.into_iter()
        .filter_map(|key| Some((key, chain.account(&key)?)))
        .filter(|(_, account)| !loaders.contains(&account.owner))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_load_of_a_constant_is_one() {
        let mut slots = [0; 16];
        slots[0] = LOAD_WIDE;
        slots[4] = 7;
        slots[12] = 3;
        assert_eq!(wide_constant(&slots), Some(HEAP_START + 7));
        slots[8] = 1;
        assert_eq!(wide_constant(&slots), None);
    }
}
