//! The situations that are measured, one module for each part of the protocol.

mod admin;
mod auction;
mod crisis;
mod deficit;
mod lending;
mod liquidation;
mod many;
mod write_off;

use {
    crate::{
        bench::Bench,
        instructions,
        record::{Record, Size},
    },
    anyhow::Result,
    backstop::state::{Bank, Market, Obligation},
    backstop_tests::{
        ix::{self, BankKeys},
        tokens::{MintExtension, Program},
        world::{Actor, BankId, BankSpec, World},
    },
    solana_instruction::Instruction,
    solana_pubkey::Pubkey,
};

/// (atoms) One USDC.
const USDC: u64 = 1_000_000;
/// (atoms) One SOL.
const SOL: u64 = 1_000_000_000;

/// A Token-2022 mint as issuers make them: with metadata.
const TOKEN_2022: Program<'static> = Program::Token2022 {
    extensions: &[MintExtension::MetadataPointer, MintExtension::Metadata],
};

/// Measures everything.
pub fn measure() -> Result<Record> {
    let mut bench = Bench::new()?;
    write_off::measure(&mut bench);
    deficit::measure(&mut bench);
    auction::measure(&mut bench);
    lending::measure(&mut bench);
    many::measure(&mut bench);
    liquidation::measure(&mut bench);
    admin::measure(&mut bench);

    bench.rows.sort_by_key(|row| {
        let place = instructions::ALL
            .iter()
            .position(|name| *name == row.instruction);
        // Risk comes first in this protocol, and in its benchmark.
        place.map(|at| {
            let heart = instructions::ALL.iter().position(|n| *n == "refresh_banks");
            (Some(at) < heart, at)
        })
    });
    instructions::require_all(&bench.rows)?;
    let further = vec![
        bench.further("borrow", "2 positions", "8 positions"),
        bench.further("withdraw", "2 positions", "8 positions"),
        bench.further("liquidate", "1 × 1", "8 positions"),
        bench.further(
            "refresh_banks",
            "2 banks, interest is due",
            "8 banks, interest is due",
        ),
    ];
    let size = |name: &str, bytes: u64| Size {
        name: name.into(),
        bytes,
    };
    let sizes = vec![
        size("Market", Market::SPACE as u64),
        size("Bank", Bank::SPACE as u64),
        size("Obligation", Obligation::SPACE as u64),
        size("backstop.so", bench.program_bytes()),
    ];
    Ok(Record {
        rows: bench.rows,
        further,
        sizes,
    })
}

/// A stable coin and a volatile one, both of `program`.
fn two_banks(world: &mut World, program: Program<'static>) -> (BankId, BankId) {
    let usdc = BankSpec {
        program,
        ..BankSpec::usdc()
    };
    let sol = BankSpec {
        program,
        ..BankSpec::sol()
    };
    (world.add_bank(&usdc), world.add_bank(&sol))
}

/// A refresh of the obligation's banks, and of `more`.
fn refresh(world: &mut World, obligation: &Pubkey, more: &[BankId]) -> Instruction {
    let mut banks = world.active_banks(obligation);
    for id in more {
        let keys = world.keys(*id);
        if banks.iter().all(|bank| bank.bank != keys.bank) {
            banks.push(keys);
        }
    }
    ix::refresh_banks(&banks)
}

/// Addresses of an obligation's banks, in position order.
fn positions(world: &mut World, obligation: &Pubkey) -> Vec<Pubkey> {
    addresses(&world.active_banks(obligation))
}

fn addresses(banks: &[BankKeys]) -> Vec<Pubkey> {
    banks.iter().map(|bank| bank.bank).collect()
}

/// Somebody with enough of a bank's asset.
fn rich(world: &mut World, name: &str, holdings: &[(BankId, u64)]) -> Actor {
    let actor = world.actor(name);
    for (bank, atoms) in holdings {
        world.fund(&actor, *bank, *atoms);
    }
    actor
}
