//! Random rows of transactions, played on the bytecode and in the model at once.
//!
//! | file | |
//! |---|---|
//! | [`case`] | a run as data |
//! | [`generate`] | draws one, step by step, with an eye on what is possible |
//! | [`hostile`] | settings at the edge |
//! | [`instruction`] | from a call to instructions |
//! | `effect` | what a call does to the model |
//! | [`stage`] | plays steps on both sides and compares them |
//! | [`checks`] | what must hold between before and after |
//! | [`ending`] | the way out, from wherever a run has come to |
//! | [`shrink`] | the shortest row that still fails |
//! | [`campaign`] | many runs, and what they have exercised |

pub mod campaign;
pub mod case;
pub mod checks;
mod effect;
pub mod ending;
pub mod generate;
pub mod hostile;
pub mod instruction;
pub mod shrink;
pub mod stage;
