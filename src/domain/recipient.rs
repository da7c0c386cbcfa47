//! A person of a plan: address, channel, and what exactly is to be sent.

use serde::{Deserialize, Serialize};

use super::{Content, PersonKey, Phone, RecipientNumber};

/// Where a message goes. Groups and contacts come with the providers that have them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Address {
    /// A telephone number, sent as the audience gave it (never with a ninth digit added or removed).
    Phone(Phone),
}

impl Address {
    /// The key under which two addresses are the same person.
    #[must_use]
    pub fn person(&self) -> PersonKey {
        match self {
            Self::Phone(phone) => phone.person(),
        }
    }
}

/// What the plan decided about a recipient, before anything was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Standing {
    /// To be sent.
    Send,
    /// Accepted or in doubt in an earlier run of the same occurrence: not sent.
    Already,
    /// On a suppression list when the plan was made: not sent.
    Suppressed,
}

/// One line of the frozen roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// Dense number in the roster.
    pub number: RecipientNumber,
    /// Row of the audience file the recipient came from: the first row after the header is 1.
    pub row: u64,
    /// Where the message goes.
    pub address: Address,
    /// Index into [`super::Plan::channels`].
    pub channel: u16,
    /// What the plan decided.
    pub standing: Standing,
    /// The message, rendered.
    pub content: Content,
}
