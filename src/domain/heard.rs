//! What a provider tells of its own accord, or when it is asked later: receipts of our messages, and what
//! people write.
//!
//! Neutral between providers, and what the journal keeps of a webhook until it is applied.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Attempt, MessageId, Phone, Reason, RecipientNumber, RunId};

/// One thing that was told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Heard {
    /// Something became of a message of ours.
    Receipt(Receipt),
    /// Somebody wrote to us.
    Inbound(Box<Inbound>),
}

/// Something became of a message of ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Our own name for the message, where the provider gives it back.
    pub correlation: Option<Correlation>,
    /// The provider's identifiers of the message: any of them may be the only one in another receipt.
    pub ids: Vec<MessageId>,
    /// Whom the message is for, where the provider says.
    pub to: Option<Phone>,
    /// The template's name, where the provider says; an empty one where it says that there is none.
    pub template: Option<Box<str>>,
    /// When the message was made at the provider, in milliseconds since the Unix epoch.
    pub created: Option<i64>,
    /// What became of it.
    pub news: News,
    /// When that was, in milliseconds since the Unix epoch, by the provider's clock.
    pub at: Option<i64>,
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum News {
    /// It got this far.
    Reached(Milestone),
    /// It ended without reaching the person.
    Failed(Failure),
    /// The person followed a link in it.
    Clicked(Click),
    /// A word that Disparo does not know, as the provider wrote it. It proves that the message exists.
    Unknown(Box<str>),
}

/// How far a message got. In the order in which it does; see [`super::DeliveryStatus`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Milestone {
    /// The provider has it.
    Queued,
    /// WhatsApp has it.
    Sent,
    /// The person's telephone has it.
    Delivered,
    /// The person has seen it.
    Read,
    /// The person answered it.
    Replied,
}

/// Why a message reached nobody.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Failure {
    /// Code and sentence.
    pub reason: Reason,
    /// What follows from it.
    pub class: FailureClass,
    /// Not sent again before this much time has passed, where that is known. Only for
    /// [`FailureClass::Transient`] and [`FailureClass::Throttled`].
    pub retry: Option<Duration>,
}

impl Failure {
    /// A number that the same failure always has and another hardly ever: so that what is kept of a message
    /// does not depend on the order in which failures were told.
    #[must_use]
    pub fn number(&self) -> u32 {
        let mut hasher = blake3::Hasher::new_derive_key("disparo failure");
        for part in [&*self.reason.code, &*self.reason.sentence] {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        hasher.update(&[self.class as u8]);
        hasher.update(&self.retry.unwrap_or_default().as_secs().to_le_bytes());
        let [a, b, c, d, ..] = *hasher.finalize().as_bytes();
        u32::from_le_bytes([a, b, c, d])
    }
}

/// What follows from a message that reached nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureClass {
    /// Nothing: this message is lost.
    Final,
    /// It may be sent again (`retry_failed`).
    Transient,
    /// It may be sent again, and the channel sends more slowly.
    Throttled,
    /// The person cannot or must not be messaged: they go on the suppression list.
    Suppress,
    /// Everybody else's would end in the same way: runs that are sending over the channel are held.
    Stop,
}

/// Where a link was followed (seed 002, "Parâmetros de obtenção de status").
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Click {
    /// The browser's name.
    pub browser: Option<Box<str>>,
    /// The operating system.
    pub os: Option<Box<str>>,
    /// The `User-Agent` header.
    pub user_agent: Option<Box<str>>,
    /// The address.
    pub ip: Option<Box<str>>,
}

/// Somebody wrote to us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inbound {
    /// The provider's identifier of this message.
    pub id: MessageId,
    /// Who wrote.
    pub from: Phone,
    /// To which of the account's numbers or names, where the provider says.
    pub to: Option<Box<str>>,
    /// The group in which it was written: such a message is never an answer to us, and never an opt-out
    /// (seed 001, `waGroupId`).
    pub group: Option<Box<str>>,
    /// What kind it is, as the provider calls it, in lower case: `text`, `button`, `image`.
    pub kind: Box<str>,
    /// What was written, or the words on the button that was pressed.
    pub text: Option<Box<str>>,
    /// What the pressed button or chosen row carries beside its words.
    pub payload: Option<Box<str>>,
    /// The message of ours that it answers, where the provider says.
    pub in_reply_to: Option<MessageId>,
    /// What the person calls themself.
    pub profile: Option<Box<str>>,
    /// Everything else that came with it (a file, a place, contacts), as JSON under the provider's names.
    pub details: Option<Box<str>>,
    /// When, in milliseconds since the Unix epoch, by the provider's clock.
    pub at: Option<i64>,
}

/// Our own name for one attempt at one recipient's message: `<store>.<run>.<recipient>.<attempt>`. What a
/// provider with a field for it carries (Devino's `callbackData`, Sinch's `correlationId`, Wati's
/// `local_message_id`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Correlation {
    /// Short identifier of the store, so that two workspaces never mistake each other's receipts.
    pub store: Box<str>,
    /// The run.
    pub run: RunId,
    /// The recipient.
    pub recipient: RecipientNumber,
    /// Which attempt.
    pub attempt: Attempt,
}

impl fmt::Display for Correlation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { store, run, recipient, attempt } = self;
        write!(formatter, "{store}.{run}.{recipient}.{}", attempt.0)
    }
}

/// A text that is none of our names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no name that Disparo gives to messages")]
pub struct NotOurs;

impl FromStr for Correlation {
    type Err = NotOurs;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('.');
        let (Some(store), Some(run), Some(recipient), Some(attempt), None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NotOurs);
        };
        let correlation = Self {
            store: store.into(),
            run: RunId(run.parse().map_err(|_| NotOurs)?),
            recipient: RecipientNumber(recipient.parse().map_err(|_| NotOurs)?),
            attempt: Attempt(attempt.parse().map_err(|_| NotOurs)?),
        };
        // `+7` and `007` are numbers to the library, but nothing that we write.
        if store.is_empty() || correlation.to_string() != text { Err(NotOurs) } else { Ok(correlation) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_names_are_taken_back() {
        let ours = "a1b2c3d4.7.4294967295.1";
        assert_eq!(ours.parse::<Correlation>().expect("ours").to_string(), ours);
        for other in ["", "string", "a.1.2", "a.1.2.3.4", ".1.2.3", "a.+1.2.3", "a.01.2.3", "a.1.2.65536"] {
            assert_eq!(other.parse::<Correlation>(), Err(NotOurs), "{other}");
        }
    }
}
