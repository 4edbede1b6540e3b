//! Both chains: the bytecode's, which is everybody's, and the native one.

mod native;
pub mod relay;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod token_tests;

pub use {
    backstop_world::chain::*,
    native::{run as run_native, Entry, NativeChain},
};
