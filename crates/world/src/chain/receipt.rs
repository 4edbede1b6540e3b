//! What a transaction left behind: a receipt, or the reason why it failed.

use {
    super::wire::LEADING_INSTRUCTIONS,
    anchor_lang::{AnchorDeserialize, Discriminator},
    solana_instruction::error::InstructionError,
    solana_pubkey::Pubkey,
    solana_transaction_error::TransactionError,
    std::fmt,
};

/// A transaction that succeeded.
#[derive(Clone, Debug, Default)]
pub struct Receipt {
    /// Units that the whole transaction consumed, its compute-budget
    /// instruction included. Meaningful for the bytecode only.
    pub compute_units: u64,
    /// Units per instruction of the caller, inner calls included; none where
    /// the runtime does not log them (built-in programs, the native chain).
    pub units: Vec<Option<u64>>,
    /// Log lines. The native chain lacks what the program itself printed.
    pub logs: Vec<String>,
    /// Events of `emit_cpi!` in order: discriminator and body, without the tag
    /// that marks the self-call. What `emit!` logs is not here, because it does
    /// nothing in a native build.
    pub events: Vec<Vec<u8>>,
    /// What the last program to call `set_return_data` said, and which it was.
    /// The native program cannot say anything here.
    pub return_data: Option<(Pubkey, Vec<u8>)>,
    /// Size of the signed transaction on the wire.
    pub transaction_bytes: usize,
}

impl Receipt {
    /// The events of type `E`, in order.
    ///
    /// # Panics
    /// When an event carries the discriminator of `E` but not its fields.
    pub fn events_of<E: AnchorDeserialize + Discriminator>(&self) -> Vec<E> {
        self.events
            .iter()
            .filter_map(|event| event.strip_prefix(E::DISCRIMINATOR))
            .map(|body| E::try_from_slice(body).expect("the event has the layout it names"))
            .collect()
    }

    /// The one event of type `E`.
    ///
    /// # Panics
    /// When there is none, or more than one.
    pub fn event<E: AnchorDeserialize + Discriminator>(&self) -> E {
        let mut events = self.events_of::<E>();
        assert_eq!(events.len(), 1, "expected exactly one such event");
        events.remove(0)
    }
}

/// Why a transaction did not happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It is larger than the network carries; this many bytes.
    Oversize(usize),
    /// The runtime or a program refused it.
    Refused(TransactionError),
}

/// A transaction that failed and changed nothing but the payer's balance.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The reason, with instruction indices as the runtime counts them.
    pub cause: Cause,
    /// Log lines. The native chain lacks what the program itself printed.
    pub logs: Vec<String>,
    /// Units consumed until it failed. Meaningful for the bytecode only.
    pub compute_units: u64,
}

impl Failure {
    /// The failure of a transaction that is too large to be sent at all.
    #[must_use]
    pub fn oversize(bytes: usize) -> Self {
        Self {
            cause: Cause::Oversize(bytes),
            logs: Vec::new(),
            compute_units: 0,
        }
    }

    /// Whether the transaction is larger than the network carries.
    pub fn is_oversize(&self) -> bool {
        matches!(self.cause, Cause::Oversize(_))
    }

    /// The error number of the program that refused: 6000 and up are
    /// Backstop's own, 2000 to 4999 Anchor's, small ones the token program's.
    pub fn code(&self) -> Option<u32> {
        match &self.cause {
            Cause::Refused(TransactionError::InstructionError(
                _,
                InstructionError::Custom(code),
            )) => Some(*code),
            _ => None,
        }
    }

    /// The failed instruction's position among those that the caller sent.
    pub fn instruction(&self) -> Option<usize> {
        match &self.cause {
            Cause::Refused(TransactionError::InstructionError(index, _)) => {
                usize::from(*index).checked_sub(LEADING_INSTRUCTIONS)
            }
            _ => None,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.cause, self.instruction()) {
            (Cause::Oversize(bytes), _) => write!(f, "transaction of {bytes} bytes is too large")?,
            (Cause::Refused(TransactionError::InstructionError(_, error)), Some(index)) => {
                write!(f, "instruction {index}: {error}")?;
            }
            (Cause::Refused(error), _) => write!(f, "{error}")?,
        }
        if let Some(code) = self.code() {
            write!(f, " ({code})")?;
        }
        for line in &self.logs {
            write!(f, "\n  {line}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

/// Reads the units of each of the caller's instructions out of the logs: the
/// runtime reports them nowhere else.
pub(super) fn units_per_instruction(logs: &[String]) -> Vec<Option<u64>> {
    let mut depth = 0_usize;
    let mut units = Vec::new();
    for line in logs {
        let Some(rest) = line.strip_prefix("Program ") else {
            continue;
        };
        match rest.split(' ').collect::<Vec<_>>().as_slice() {
            [_, "invoke", level] => {
                depth = level.trim_matches(['[', ']']).parse().unwrap_or(0);
                if depth == 1 {
                    units.push(None);
                }
            }
            [_, "consumed", used, "of", ..] if depth == 1 => {
                if let Some(last) = units.last_mut() {
                    *last = used.parse().ok();
                }
            }
            [_, "success"] => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    units.drain(..LEADING_INSTRUCTIONS.min(units.len()));
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_those_of_the_outer_calls() {
        let logs = [
            "Program ComputeBudget111111111111111111111111111111 invoke [1]",
            "Program ComputeBudget111111111111111111111111111111 success",
            "Program A invoke [1]",
            "Program log: Instruction: Consumed 9 of",
            "Program B invoke [2]",
            "Program B consumed 105 of 1000 compute units",
            "Program B success",
            "Program A consumed 2399 of 9000 compute units",
            "Program A success",
            "Program 11111111111111111111111111111111 invoke [1]",
            "Program 11111111111111111111111111111111 success",
        ]
        .map(String::from);
        assert_eq!(units_per_instruction(&logs), [Some(2_399), None]);
    }

    #[test]
    fn a_failure_counts_instructions_as_the_caller_does() {
        let failure = Failure {
            cause: Cause::Refused(TransactionError::InstructionError(
                2,
                InstructionError::Custom(6_001),
            )),
            logs: Vec::new(),
            compute_units: 0,
        };
        assert_eq!(failure.instruction(), Some(1));
        assert_eq!(failure.code(), Some(6_001));
        assert_eq!(
            failure.to_string(),
            "instruction 1: custom program error: 0x1771 (6001)"
        );
    }
}
