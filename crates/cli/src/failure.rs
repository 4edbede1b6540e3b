//! Failures: what went wrong, what to do next, and which exit code says so.

use std::fmt;

use backstop_client::{
    error::{FailedTransaction, Refusal},
    ClientError,
};
use serde_json::{json, Value};
use solana_rpc_client_api::client_error::ErrorKind;

use crate::{amount::AmountError, file::FileError, hints, plan::RuleBroken};

/// Exit codes. 0 is success; 2 is a command line that cannot be understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Anything else.
    Other = 1,
    /// A command line that cannot be understood.
    Usage = 2,
    /// A configuration, keypair or market file that cannot be used.
    Config = 3,
    /// The node does not answer, or has no such account.
    Cluster = 4,
    /// The program, or a program below it, refuses. Nothing has changed.
    Refused = 5,
    /// A transaction was sent and did not land in time.
    NotConfirmed = 6,
    /// A question was answered with no, or could not be asked.
    Declined = 7,
}

/// What went wrong.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What is wrong.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// Name of the program's error, if it refused.
    pub name: Option<&'static str>,
    /// The transaction's log.
    pub logs: Vec<String>,
}

impl Failure {
    /// Without a hint.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            hint: None,
            name: None,
            logs: Vec::new(),
        }
    }

    /// With what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// As the one JSON document of a command that failed.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "error": {
                "exit_code": self.exit as u8,
                "name": self.name,
                "message": self.message,
                "hint": self.hint,
                "logs": self.logs,
            }
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        if let Some(hint) = &self.hint {
            write!(f, "\n  next: {hint}")?;
        }
        // What the program says in words needs no log.
        if self.name.is_none() {
            for line in &self.logs {
                write!(f, "\n  | {line}")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::new(Exit::Config, error.to_string())
    }
}

impl From<RuleBroken> for Failure {
    fn from(error: RuleBroken) -> Self {
        Self::new(Exit::Config, error.to_string())
            .hint("docs/risk.md lists every setting with its bounds")
    }
}

impl From<AmountError> for Failure {
    fn from(error: AmountError) -> Self {
        Self::new(Exit::Usage, error.to_string())
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(Exit::Other, error.to_string())
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Transaction(failed) => of_transaction(&failed),
            ClientError::Refused(refusal) => Self {
                name: Some(refusal.name),
                hint: hints::refusal(refusal.name),
                ..Self::new(
                    Exit::Refused,
                    format!("the program would refuse: {refusal}"),
                )
            },
            ClientError::Rule(rule) => {
                let numbers = format!("{rule:?}");
                let name = numbers.split([' ', '(']).next().unwrap_or_default();
                // The engine's rules have the names of the program's errors.
                let refusal = Refusal::all().find(|refusal| refusal.name == name);
                let sentence = match refusal {
                    Some(refusal) if numbers == name => refusal.to_string(),
                    Some(refusal) => format!("{refusal} [{numbers}]"),
                    None => numbers.clone(),
                };
                Self {
                    name: refusal.map(|refusal| refusal.name),
                    hint: hints::refusal(name),
                    ..Self::new(
                        Exit::Refused,
                        format!("the program would refuse: {sentence}"),
                    )
                }
            }
            ClientError::NoAccount(_) | ClientError::WrongAccount { .. } => {
                Self::new(Exit::Cluster, error.to_string())
                    .hint("check the address, and which cluster --url names")
            }
            ClientError::NoPrice(_) | ClientError::Oracle(_) => {
                Self::new(Exit::Refused, error.to_string()).hint(
                    "look at `backstop status bank`: the feed may be late, too uncertain, or at \
                     another account (--oracle FEED=ACCOUNT)",
                )
            }
            ClientError::Expired { .. } => Self::new(Exit::NotConfirmed, error.to_string())
                .hint("run the command again; if it keeps happening raise --max-fee"),
            ClientError::Rpc(rpc) => of_node(rpc.kind(), &rpc.to_string()),
            other => Self::new(Exit::Other, other.to_string()),
        }
    }
}

fn of_transaction(failed: &FailedTransaction) -> Failure {
    let refusal = failed.refusal();
    Failure {
        name: refusal.map(|refusal| refusal.name),
        hint: match refusal {
            Some(refusal) => hints::refusal(refusal.name),
            None => hints::runtime(&failed.error, &failed.logs),
        },
        logs: failed.logs.clone(),
        ..Failure::new(Exit::Refused, failed.to_string())
    }
}

const UNREACHABLE: &str =
    "is the node running, and is --url right? `cargo xtask localnet` starts one here";

fn of_node(kind: &ErrorKind, text: &str) -> Failure {
    let hint = match kind {
        // Some requests wrap what went wrong below them in a text.
        _ if text.contains("error sending request") => UNREACHABLE,
        ErrorKind::Io(_) | ErrorKind::Reqwest(_) => UNREACHABLE,
        ErrorKind::RpcError(_) => "the node answered with an error: try another one with --url",
        _ => "try again, or another node with --url",
    };
    Failure::new(Exit::Cluster, format!("the RPC node failed: {text}")).hint(hint)
}
