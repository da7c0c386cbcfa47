//! Where a recipient of a run can stand, and what is known of those whose call has no outcome.

use crate::domain::{Attempt, ChunkNumber, ChunkRecipients, DoubtCause};

use super::record::Epoch;

/// Where a recipient stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Place {
    /// To be sent.
    Pending,
    /// In an intent without outcome.
    Intended,
    /// The outcome is unknown.
    InDoubt,
    /// Taken by the provider.
    Accepted,
    /// Counted as taken, by decision.
    Assumed,
    /// Refused for good.
    Rejected,
    /// Had by an earlier run of the occurrence.
    Already,
    /// On a suppression list.
    Suppressed,
    /// Not sent because the run was cancelled.
    Cancelled,
    /// Had as many messages as the frequency cap allows.
    Capped,
    /// Not sent because the run's validity ended.
    Expired,
}

/// How many places there are.
pub(super) const PLACES: usize = 11;

/// An intent without outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenIntent {
    /// Which attempt for its recipients.
    pub attempt: Attempt,
    /// Index of the channel.
    pub channel: u16,
    /// The process that wrote it.
    pub epoch: Epoch,
    /// When, in milliseconds since the Unix epoch.
    pub at: i64,
    /// For whom.
    pub recipients: ChunkRecipients,
}

/// Why and since when a recipient is in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubt {
    /// The call.
    pub chunk: ChunkNumber,
    /// Index of the channel.
    pub channel: u16,
    /// Which attempt it was.
    pub attempt: Attempt,
    /// Why nobody knows.
    pub cause: DoubtCause,
    /// When the call was intended, in milliseconds since the Unix epoch.
    pub since: i64,
}
