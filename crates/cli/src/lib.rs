//! The command-line program `backstop`.
//!
//! | module | owns |
//! |---|---|
//! | [`amount`] | decimal numbers without floats |
//! | [`file`] | the market file: schema, units, line numbers |
//! | [`plan`] | from file and chain to steps; pure |

pub mod amount;
pub mod file;
pub mod plan;
