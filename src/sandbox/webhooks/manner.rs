//! How a provider posts, and how it wants to be answered.

use std::time::Duration;

use super::log::PostAnswer;

/// What a provider's posts have in common.
#[derive(Debug, Clone, Copy)]
pub(in crate::sandbox) struct Manner {
    /// How many statuses stand in one post.
    pub(in crate::sandbox) batches: Batches,
    /// How long an answer may take.
    pub(in crate::sandbox) patience: Duration,
    /// Whether the answer must be 200; any 2xx will do otherwise.
    pub(in crate::sandbox) wants_200: bool,
    /// Whether a message can name where its own statuses go.
    pub(in crate::sandbox) has_own_addresses: bool,
}

/// How many statuses stand in one post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sandbox) enum Batches {
    /// One.
    Single,
    /// All that are due together, up to the scenario's `batch`.
    Many,
}

impl Manner {
    /// No document says how long a provider waits; this is what the sandbox does where none does.
    const PATIENCE: Duration = Duration::from_secs(10);

    /// One status a post, and any 2xx within ten seconds.
    pub(in crate::sandbox) const PLAIN: Self = Self {
        batches: Batches::Single,
        patience: Self::PATIENCE,
        wants_200: false,
        has_own_addresses: false,
    };

    /// Whether that is an answer after which the provider is content.
    pub(super) fn is_content(&self, answer: PostAnswer) -> bool {
        match answer {
            PostAnswer::Status(status) if self.wants_200 => status == 200,
            PostAnswer::Status(status) => (200..300).contains(&status),
            PostAnswer::Late | PostAnswer::Failed | PostAnswer::Elsewhere => false,
        }
    }
}
