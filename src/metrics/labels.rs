//! Labels: channels, classes, states. Never a person, and nothing that grows with what is sent.

use prometheus_client::encoding::EncodeLabelSet;

/// One of the workspace's channels.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OfChannel {
    /// Its name.
    pub channel: String,
}

/// What came of messages.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OfClass {
    /// The channel's name.
    pub channel: String,
    /// `accepted`, `rejected`, `in_doubt`, `transient`, `unsent`.
    pub class: &'static str,
}

/// What came of calls.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OfOutcome {
    /// The channel's name.
    pub channel: String,
    /// As in [`crate::events::Event::Called`].
    pub outcome: &'static str,
}

/// What came of webhooks, whatever their channel: those that are refused name none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OfWebhook {
    /// `taken`, `malformed`, `refused`, `unavailable`.
    pub outcome: &'static str,
}

/// A limit of a channel.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OfLimit {
    /// The channel's name.
    pub channel: String,
    /// `recipients` or `calls`.
    pub unit: &'static str,
    /// The length of the window that it holds in, in seconds.
    pub window: u64,
}

/// Runs in a state.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OfState {
    /// The state, in a word.
    pub state: &'static str,
}

/// Where recipients stand.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OfPlace {
    /// A term of the balance.
    pub place: &'static str,
}

/// How far messages got.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OfStatus {
    /// The delivery's status.
    pub status: &'static str,
}

/// A part of the store.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OfPart {
    /// `journal` or `rosters`.
    pub part: &'static str,
}

/// What was built.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OfBuild {
    /// The version.
    pub version: &'static str,
}
