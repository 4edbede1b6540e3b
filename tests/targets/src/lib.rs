//! The bodies of the fuzz targets: what an input means and what must hold.
//!
//! `fuzz/` runs them under `cargo fuzz`; the tests of this package run them over
//! the committed seeds and some thousand pseudo-random inputs, so that they
//! neither rot nor wait for somebody with a nightly compiler.

pub mod account_bytes;
pub mod engine_ops;
pub mod idl;
pub mod input;
pub mod instruction_data;
pub mod mint_extensions;
pub mod oracle_reader;
pub mod runtime;
pub mod scene;

/// A fuzz target.
pub struct Target {
    /// Its name, which its folder of seeds has too.
    pub name: &'static str,
    /// Bytes before the first step of an input.
    pub head: usize,
    /// Runs one input and returns what it reached; panics on a finding.
    pub run: fn(&[u8]) -> Vec<&'static str>,
}

/// Every target.
pub const TARGETS: [Target; 5] = [
    Target {
        name: "instruction_data",
        head: 3,
        run: instruction_data::run,
    },
    Target {
        name: "account_bytes",
        head: 2,
        run: account_bytes::run,
    },
    Target {
        name: "oracle_reader",
        head: 0,
        run: oracle_reader::run,
    },
    Target {
        name: "mint_extensions",
        head: 0,
        run: mint_extensions::run,
    },
    Target {
        name: "engine_ops",
        head: 0,
        run: engine_ops::run,
    },
];
