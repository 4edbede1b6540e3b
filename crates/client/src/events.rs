//! What the program said it did, read from a transaction.

use anchor_lang::{event::EVENT_IX_TAG_LE, AnchorDeserialize, Discriminator};
use backstop::{events as raw, ID};
use base64::{prelude::BASE64_STANDARD, Engine};
use solana_message::compiled_instruction::CompiledInstruction;
use solana_pubkey::Pubkey;

macro_rules! events {
    ($($name:ident),+ $(,)?) => {
        /// An event of the program. Fields are documented there.
        pub enum Event {
            $(
                #[doc = concat!("See [`backstop::events::", stringify!($name), "`].")]
                $name(raw::$name),
            )+
        }

        impl Event {
            /// Its name in the interface description.
            #[must_use]
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$name(_) => stringify!($name),)+
                }
            }

            /// Discriminator and fields as the program writes them, for readers
            /// that go by the interface description.
            #[must_use]
            pub fn to_bytes(&self) -> Vec<u8> {
                match self {
                    $(Self::$name(event) => anchor_lang::Event::data(event),)+
                }
            }

            /// Reads discriminator and fields; `None` for other bytes.
            #[must_use]
            pub fn decode(data: &[u8]) -> Option<Self> {
                $(
                    if let Some(mut fields) = data.strip_prefix(raw::$name::DISCRIMINATOR) {
                        return raw::$name::deserialize(&mut fields).ok().map(Self::$name);
                    }
                )+
                None
            }
        }

        #[cfg(test)]
        const NAMES: &[&str] = &[$(stringify!($name)),+];
    };
}

events!(
    DebtWrittenOff,
    DeficitCovered,
    GovernanceBought,
    AuctionClosed,
    DeficitSocialised,
    WrittenOffRepaid,
    BuyBackStarted,
    GovernanceSold,
    BuyBackClosed,
    InsuranceFunded,
    FeesCollected,
    Deposited,
    Withdrawn,
    Borrowed,
    Repaid,
    Liquidated,
    MarketCreated,
    BankCreated,
    ConfigChanged,
    AdminChanged,
    PauseChanged,
);

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Loss events: from a transaction's inner instructions, where no log limit can
/// cut them. `accounts` are the transaction's, loaded addresses included.
#[must_use]
pub fn from_inner_instructions<'a>(
    accounts: &[Pubkey],
    inner: impl IntoIterator<Item = &'a CompiledInstruction>,
) -> Vec<Event> {
    inner
        .into_iter()
        .filter(|call| accounts.get(usize::from(call.program_id_index)) == Some(&ID))
        .filter_map(|call| Event::decode(call.data.strip_prefix(EVENT_IX_TAG_LE)?))
        .collect()
}

/// Events of deposits, loans, fees and roles: from a transaction's log. Lines
/// count only while the program itself is running: another program can print
/// the same bytes.
#[must_use]
pub fn from_logs(logs: &[impl AsRef<str>]) -> Vec<Event> {
    let mut stack: Vec<bool> = Vec::new();
    let mut events = Vec::new();
    let program = ID.to_string();
    for line in logs {
        let line = line.as_ref();
        if let Some(rest) = line.strip_prefix("Program ") {
            let mut words = rest.split(' ');
            match (words.next(), words.next()) {
                (Some("data:"), Some(data)) if stack.last() == Some(&true) => {
                    let bytes = BASE64_STANDARD.decode(data).unwrap_or_default();
                    events.extend(Event::decode(&bytes));
                }
                // What a program logs itself stands behind such a word.
                (Some(label), _) if label.ends_with(':') => {}
                (Some(id), Some("invoke")) => stack.push(id == program),
                (Some(_), Some("success" | "failed:")) => drop(stack.pop()),
                _ => {}
            }
        }
    }
    events
}

#[cfg(test)]
mod tests {
    use super::*;
    use anchor_lang::Event as _;

    fn deposited() -> raw::Deposited {
        raw::Deposited {
            obligation: Pubkey::new_from_array([1; 32]),
            bank: Pubkey::new_from_array([2; 32]),
            atoms: 7,
            shares: 9,
        }
    }

    fn data_line() -> String {
        format!(
            "Program data: {}",
            BASE64_STANDARD.encode(deposited().data())
        )
    }

    #[test]
    fn every_event_of_the_interface_description_is_decoded() {
        let text = include_str!("../../../clients/idl/backstop.json");
        let idl: serde_json::Value = serde_json::from_str(text).unwrap();
        let mut listed: Vec<&str> = idl["events"]
            .as_array()
            .unwrap()
            .iter()
            .map(|event| event["name"].as_str().unwrap())
            .collect();
        let mut known = NAMES.to_vec();
        listed.sort_unstable();
        known.sort_unstable();
        assert_eq!(known, listed);
    }

    #[test]
    fn a_line_counts_only_while_the_program_runs() {
        let invoke = format!("Program {ID} invoke [1]");
        let success = format!("Program {ID} success");
        let other = Pubkey::new_from_array([9; 32]);
        let foreign = format!("Program {other} invoke [2]");
        let foreign_end = format!("Program {other} success");
        let data = data_line();
        let own = from_logs(&[&invoke, &data, &success]);
        assert!(matches!(&own[..], [Event::Deposited(event)] if event.atoms == 7));
        assert!(from_logs(&[&foreign, &data, &foreign_end]).is_empty());
        assert!(from_logs(&[&invoke, &foreign, &data, &foreign_end, &success]).is_empty());
        let after = from_logs(&[&invoke, &foreign, &foreign_end, &data, &success]);
        assert_eq!(after.len(), 1);
        // A foreign program that logs what the runtime would say.
        let forged = "Program log: success".to_owned();
        assert!(from_logs(&[&invoke, &foreign, &forged, &data, &foreign_end]).is_empty());
        let forged = format!("Program log: {ID} invoke [3]");
        assert!(from_logs(&[&foreign, &forged, &data, &foreign_end]).is_empty());
    }

    #[test]
    fn a_self_call_is_an_event_and_a_foreign_call_is_not() {
        let event = [EVENT_IX_TAG_LE, &deposited().data()[..]].concat();
        let call =
            |program: u8| CompiledInstruction::new_from_raw_parts(program, event.clone(), vec![]);
        let accounts = [Pubkey::new_from_array([9; 32]), ID];
        assert_eq!(from_inner_instructions(&accounts, &[call(1)]).len(), 1);
        assert!(from_inner_instructions(&accounts, &[call(0)]).is_empty());
    }
}
