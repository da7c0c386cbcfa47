//! Every post that was made, and how many are still to be.

use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Serialize, Serializer};

use crate::sandbox::Service;

/// What a post came to; in JSON `"200"`, `"late"`, `"failed"` or `"elsewhere"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostAnswer {
    /// It was answered with this status, in time.
    Status(u16),
    /// It was not answered as soon as the provider wants to be.
    Late,
    /// There was no answer: nobody listens, or the connection was closed.
    Failed,
    /// It was not made, because its address is not on this computer.
    Elsewhere,
}

impl fmt::Display for PostAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => status.fmt(formatter),
            Self::Late => formatter.write_str("late"),
            Self::Failed => formatter.write_str("failed"),
            Self::Elsewhere => formatter.write_str("elsewhere"),
        }
    }
}

impl Serialize for PostAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One post: a line of `GET /sandbox/webhooks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WebhookEntry {
    /// Its number in the order in which posts were begun, from 1. Entries stand in the order in which they ended.
    pub n: u64,
    /// Whose post it is.
    pub provider: Service,
    /// Where it went, without the last segment, which is a secret.
    pub url: String,
    /// What was posted.
    pub body: String,
    /// What it came to.
    pub answered: PostAnswer,
    /// Whether the answer was another than the documents ask for, and taken all the same: not 200, or not empty.
    pub odd: bool,
    /// Identifiers of the messages that it tells of, one for each event.
    pub messages: Vec<String>,
}

/// What is kept of posts.
#[derive(Debug)]
pub(in crate::sandbox) struct PostLog {
    keeps: bool,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    counts: PostCounts,
    entries: Vec<WebhookEntry>,
}

/// How many posts there were, and are to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::sandbox) struct PostCounts {
    /// Posts that were begun.
    pub(in crate::sandbox) made: u64,
    /// Posts that were answered so that the provider is content.
    pub(in crate::sandbox) answered: u64,
    /// Events that are still to be posted, or to be answered for.
    pub(in crate::sandbox) waiting: u64,
}

impl PostLog {
    pub(in crate::sandbox) fn new(keeps: bool) -> Self {
        Self { keeps, inner: Mutex::default() }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(in crate::sandbox) fn counts(&self) -> PostCounts {
        self.inner().counts
    }

    /// Some of the posts, from entry `from` on; empty at the end.
    pub(in crate::sandbox) fn entries(&self, from: usize, at_most: usize) -> Vec<WebhookEntry> {
        self.inner().entries.iter().skip(from).take(at_most).cloned().collect()
    }

    /// So many more events are to be posted.
    pub(super) fn expect(&self, events: usize) {
        self.inner().counts.waiting += events as u64;
    }

    /// So many events are not to be posted any more.
    pub(in crate::sandbox) fn forget(&self, events: usize) {
        let counts = &mut self.inner().counts;
        counts.waiting = counts.waiting.saturating_sub(events as u64);
    }

    /// Numbers a post that begins.
    pub(super) fn begin(&self) -> u64 {
        let counts = &mut self.inner().counts;
        counts.made += 1;
        counts.made
    }

    /// Keeps what a post came to.
    pub(super) fn end(&self, is_content: bool, entry: impl FnOnce() -> WebhookEntry) {
        let entry = self.keeps.then(entry);
        let mut inner = self.inner();
        inner.counts.answered += u64::from(is_content);
        inner.entries.extend(entry);
    }
}
