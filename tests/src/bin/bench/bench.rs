//! Sends a transaction and writes down what it took.

use {
    crate::{
        instructions::discriminator,
        record::{Further, Row},
    },
    anyhow::Result,
    backstop_tests::{
        chain::{Request, MAX_TRANSACTION_BYTES},
        invariants,
        keys::keypair,
        measure::{self, HeapMeter},
        world::World,
    },
    solana_instruction::Instruction,
    solana_keypair::Keypair,
    solana_signer::Signer,
};

/// Collects rows.
pub struct Bench {
    /// What was measured so far.
    pub rows: Vec<Row>,
    heap: HeapMeter,
}

impl Bench {
    /// Nothing measured yet.
    pub fn new() -> Result<Self> {
        Ok(Self {
            rows: Vec::new(),
            heap: HeapMeter::new()?,
        })
    }

    /// (bytes) Size of the program.
    pub fn program_bytes(&self) -> u64 {
        self.heap.program_bytes()
    }

    /// Sends one transaction and records the instruction called `name` in it.
    ///
    /// # Panics
    /// When it fails, when it breaks an invariant, or when it does not contain
    /// exactly one such instruction: a figure must be of what it says.
    #[track_caller]
    pub fn measure(
        &mut self,
        world: &mut World,
        name: &str,
        shape: &str,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) {
        let tag = discriminator(name);
        let found: Vec<usize> = (0..instructions.len())
            .filter(|at| instructions[*at].data.starts_with(&tag))
            .collect();
        let [at] = found[..] else {
            panic!("{name} is {} times in its transaction", found.len());
        };

        let payer = world.chain.payer();
        let listed = measure::listable(instructions);
        let bytes = measure::bytes(&payer, instructions, &[]);
        let bytes_with_table = measure::bytes(&payer, instructions, &listed);
        let table = world
            .chain
            .create_table(keypair("bench table").pubkey(), listed);
        let mut request = Request::new(instructions, signers);
        if bytes > MAX_TRANSACTION_BYTES {
            request = request.with_table(&table);
        }

        let heap = self.heap.used(&mut *world.chain, &request, at);
        let receipt = match world.chain.submit(&request) {
            Ok(receipt) => receipt,
            Err(failure) => panic!("{name} ({shape}): {failure}"),
        };
        let expected = if request.table.is_some() {
            bytes_with_table
        } else {
            bytes
        };
        assert_eq!(receipt.transaction_bytes, expected, "{name} ({shape})");
        if let Err(violation) = invariants::check(
            &mut *world.chain,
            &world.market,
            &world.banks,
            &world.obligations,
        ) {
            panic!("{name} ({shape}): {violation}");
        }
        self.rows.push(Row {
            instruction: name.into(),
            shape: shape.into(),
            units: receipt.units[at].expect("the runtime logs the units of every program"),
            heap: heap.expect("a copy of the program does what the program does"),
            accounts: instructions[at].accounts.len(),
            bytes,
            bytes_with_table,
        });
    }

    /// The row of an instruction and a shape.
    ///
    /// # Panics
    /// When there is none.
    pub fn row(&self, instruction: &str, shape: &str) -> &Row {
        self.rows
            .iter()
            .find(|row| row.instruction == instruction && row.shape == shape)
            .unwrap_or_else(|| panic!("no row {instruction} ({shape})"))
    }

    /// The mean cost of the third to the eighth position.
    pub fn further(&self, instruction: &str, with_2: &str, with_8: &str) -> Further {
        let (few, many) = (
            self.row(instruction, with_2).units,
            self.row(instruction, with_8).units,
        );
        Further {
            instruction: instruction.into(),
            units: many.saturating_sub(few).div_ceil(6),
        }
    }
}
