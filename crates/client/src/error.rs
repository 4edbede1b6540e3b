//! Errors of this crate.

use backstop::error::BackstopError;
use backstop_engine::EngineError;
use solana_pubkey::Pubkey;
use solana_rpc_client_api::client_error::Error as RpcError;
use solana_transaction_error::TransactionError;

pub use crate::refusal::Refusal;

/// Why something could not be read, quoted or sent.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The node did not answer, or answered with an error.
    #[error("the RPC node failed: {0}")]
    Rpc(#[from] Box<RpcError>),
    /// There is no such account.
    #[error("there is no account {0}: is this the right cluster?")]
    NoAccount(Pubkey),
    /// The account is something else.
    #[error("account {key} is no {kind} of this program: {reason}")]
    WrongAccount {
        /// Its address.
        key: Pubkey,
        /// What it should have been.
        kind: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The price account cannot be used.
    #[error("unusable price account: {0}")]
    Oracle(&'static str),
    /// The view does not contain a bank of an obligation.
    #[error("bank {0} is not in the view: fetch the market again")]
    UnknownBank(Pubkey),
    /// A bank has no usable price now.
    #[error("bank {0} has no usable price now")]
    NoPrice(Pubkey),
    /// A formula refuses, with the numbers that broke the rule.
    #[error("the program would refuse: {0}")]
    Rule(EngineError),
    /// A check of accounts or roles would refuse.
    #[error("the program would refuse: {0}")]
    Refused(Refusal),
    /// A simulated or landed transaction failed.
    #[error("{0}")]
    Transaction(Box<FailedTransaction>),
    /// The transaction did not land before its blockhash expired.
    #[error("transaction {signature} did not land before its blockhash expired: it never will, send a new one")]
    Expired {
        /// Its first signature.
        signature: solana_signature::Signature,
    },
    /// The message cannot be built.
    #[error("the transaction cannot be built: {0}")]
    Build(String),
}

impl From<RpcError> for ClientError {
    fn from(error: RpcError) -> Self {
        Self::Rpc(Box::new(error))
    }
}

impl From<EngineError> for ClientError {
    fn from(error: EngineError) -> Self {
        Self::Rule(error)
    }
}

impl From<anchor_lang::error::Error> for ClientError {
    /// An error that a function of the program returned here.
    fn from(error: anchor_lang::error::Error) -> Self {
        use anchor_lang::error::Error::AnchorError;
        let code = match &error {
            AnchorError(error) => Refusal::of_code(error.error_code_number),
            _ => None,
        };
        match code {
            Some(refusal) => Self::Refused(refusal),
            None => Self::Build(error.to_string()),
        }
    }
}

impl From<BackstopError> for ClientError {
    fn from(error: BackstopError) -> Self {
        Self::Refused(error.into())
    }
}

impl ClientError {
    /// The program's error: the one it gave, or the one that it would give.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Refused(refusal) => Some(*refusal),
            Self::Rule(rule) => Some(Refusal::of_rule(*rule)),
            Self::Transaction(failed) => failed.refusal(),
            Self::NoPrice(_) => Some(BackstopError::PriceNotRefreshed.into()),
            _ => None,
        }
    }
}

/// A transaction that was simulated or landed, and failed.
#[derive(Clone, Debug)]
pub struct FailedTransaction {
    /// What the runtime says.
    pub error: TransactionError,
    /// The transaction's log.
    pub logs: Vec<String>,
    /// Whether it was only simulated: then it cost nothing.
    pub simulated: bool,
}

impl FailedTransaction {
    /// The program's error, if it was the program that refused: another
    /// program's error may have the same number. Without a log the number decides.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        let failed = format!("Program {} failed: ", backstop::ID);
        let is_ours = |line: &String| line.starts_with(&failed);
        if !self.logs.is_empty() && !self.logs.iter().any(is_ours) {
            return None;
        }
        Refusal::of_transaction(&self.error)
    }

    /// The numbers that broke the rule: the program logs them on the line
    /// before the error.
    #[must_use]
    pub fn numbers(&self) -> Option<&str> {
        let error = self
            .logs
            .iter()
            .position(|line| line.contains("AnchorError"))?;
        let line = self.logs.get(error.checked_sub(1)?)?;
        let text = line.strip_prefix("Program log: ")?;
        (!text.starts_with("Instruction:")).then_some(text)
    }
}

impl std::fmt::Display for FailedTransaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let how = if self.simulated {
            "the simulation failed, nothing was sent"
        } else {
            "the transaction failed"
        };
        match (self.refusal(), self.numbers()) {
            (Some(refusal), Some(numbers)) => write!(f, "{how}: {refusal} [{numbers}]"),
            (Some(refusal), None) => write!(f, "{how}: {refusal}"),
            (None, _) => write!(f, "{how}: {}", self.error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use solana_instruction::error::InstructionError;

    #[test]
    fn the_numbers_are_taken_from_the_line_before_the_error() {
        let failed = FailedTransaction {
            error: TransactionError::InstructionError(0, InstructionError::Custom(6013)),
            logs: [
                "Program log: Instruction: Repay",
                "Program log: DebtBelowMinimum { left: 9999, min: 10000 }",
                "Program log: AnchorError occurred. Error Code: DebtBelowMinimum.",
                &format!(
                    "Program {} failed: custom program error: 0x177d",
                    backstop::ID
                ),
            ]
            .map(str::to_owned)
            .to_vec(),
            simulated: true,
        };
        let text = failed.to_string();
        assert!(text.contains("DebtBelowMinimum (6013)"), "{text}");
        assert!(text.contains("left: 9999"), "{text}");
        assert!(text.contains("nothing was sent"), "{text}");

        let mut foreign = failed.clone();
        foreign.logs.pop();
        assert_eq!(foreign.refusal(), None, "another program's error");
        foreign.logs.clear();
        assert_eq!(foreign.refusal().unwrap().code, 6013);
    }
}
