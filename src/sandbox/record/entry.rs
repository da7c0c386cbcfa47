//! Entries of the record.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::clock::Tick;
use crate::domain::{Address, PersonKey};
use crate::sandbox::Service;

/// When a call was decided, and its number in the record, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// The call's number.
    pub call: u64,
    /// Wall time.
    pub wall: Timestamp,
    /// Monotonic time since the sandbox's clock was made.
    pub tick: Tick,
}

/// One message that was accepted, or another change that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// By whom.
    pub provider: Service,
    /// What it is: `message`, or the operation's word.
    pub kind: Arc<str>,
    /// Devino's `from`, Wati's `channelNumber`.
    pub sender: Arc<str>,
    /// Whom it is for or what it concerns, as it was asked for.
    pub to: Address,
    /// Devino's `callbackData`, Wati's `broadcast_name`.
    pub callback_data: Box<str>,
    /// In which call.
    pub call: u64,
    /// Wall time in milliseconds since 1970.
    pub wall_ms: i64,
    /// Monotonic time in microseconds since the sandbox's clock was made.
    pub arrival_us: u64,
    /// Fingerprint of what the person gets to see (and, at Wati, of the broadcast's name).
    pub digest: u64,
    pub(super) number: u64,
}

impl Accepted {
    /// The identifier that the answer gave, as this provider writes it.
    #[must_use]
    pub fn message_id(&self) -> String {
        self.provider.message_id(self.number)
    }

    /// The number behind the identifier.
    pub(in crate::sandbox) fn number(&self) -> u64 {
        self.number
    }

    /// What must not come twice: the same content for the same person or thing.
    pub(super) fn destination_and_content(&self) -> (PersonKey, u64) {
        (self.to.person(), self.digest)
    }
}

/// One call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CallEntry {
    /// Its number, from 1.
    pub n: u64,
    /// To whom it was made.
    pub provider: Service,
    /// What it asked for: `message`, or the operation's word; `null` when it could not be read.
    pub operation: Option<&'static str>,
    /// How many messages or changes it asked for, as far as it could be read.
    pub recipients: u32,
    /// What it was answered with.
    pub answered: Answered,
    /// As in [`Accepted::arrival_us`].
    pub arrival_us: u64,
}

impl CallEntry {
    pub(in crate::sandbox) fn new(
        provider: Service,
        arrival: Arrival,
        operation: Option<&'static str>,
        recipients: usize,
        answered: Answered,
    ) -> Self {
        let recipients = u32::try_from(recipients).unwrap_or(u32::MAX);
        Self { n: arrival.call, provider, operation, recipients, answered, arrival_us: micros(arrival.tick) }
    }
}

pub(super) fn micros(tick: Tick) -> u64 {
    u64::try_from(tick.0.as_micros()).unwrap_or(u64::MAX)
}

/// What a call was answered with; in JSON `"200"`, `"dropped"`, `"hung"` or `"truncated"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answered {
    /// A whole answer.
    Status(u16),
    /// The connection was closed without a byte.
    Dropped,
    /// Nothing, ever.
    Hung,
    /// Half an answer.
    Truncated,
}

impl fmt::Display for Answered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => status.fmt(formatter),
            Self::Dropped => formatter.write_str("dropped"),
            Self::Hung => formatter.write_str("hung"),
            Self::Truncated => formatter.write_str("truncated"),
        }
    }
}

impl Serialize for Answered {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The counts; the JSON of `GET /sandbox/state`. Since the sandbox began, but for what a record file
/// brought along: that counts in `accepted` and `duplicates`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct State {
    /// Calls to a provider's route.
    pub calls: u64,
    /// Messages and changes in them, as far as they could be read.
    pub recipients: u64,
    /// Messages accepted and changes made.
    pub accepted: u64,
    /// Those that repeat another: the same content for the same person or thing (with and without the ninth digit).
    /// `null` when nothing is kept.
    pub duplicates: Option<u64>,
    /// Messages and changes refused one by one.
    pub refused: u64,
    /// Calls that wait at the gate now.
    pub held: u64,
    /// Posts of webhooks that were begun.
    pub webhooks_made: u64,
    /// Those that were answered as their provider wants to be.
    pub webhooks_answered: u64,
    /// Events that are still to be posted, or to be answered for.
    pub webhooks_waiting: u64,
    /// How many calls were answered with what.
    pub answered: BTreeMap<Answered, u64>,
    /// Fields that no document knows, with how often they came; at most 64 names.
    pub unknown_fields: BTreeMap<String, u64>,
}
