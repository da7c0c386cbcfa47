//! What came, counted: never what it said.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts while a listener lives.
#[derive(Debug, Default)]
pub struct Counts {
    posts: AtomicU64,
    events: AtomicU64,
    malformed: AtomicU64,
    refused: AtomicU64,
    unavailable: AtomicU64,
}

/// The counts at one moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Posts that were answered 200.
    pub posts: u64,
    /// Receipts and messages of people in them.
    pub events: u64,
    /// Posts with the right secret whose body is nothing that the provider sends.
    pub malformed: u64,
    /// Requests that were answered 404, 408 or 413, or broke off.
    pub refused: u64,
    /// Requests that were answered 503, and connections that were not taken.
    pub unavailable: u64,
}

impl Counts {
    /// What has been counted so far.
    #[must_use]
    pub fn so_far(&self) -> Counted {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Counted {
            posts: read(&self.posts),
            events: read(&self.events),
            malformed: read(&self.malformed),
            refused: read(&self.refused),
            unavailable: read(&self.unavailable),
        }
    }

    pub(super) fn kept(&self, events: u64) {
        self.posts.fetch_add(1, Ordering::Relaxed);
        self.events.fetch_add(events, Ordering::Relaxed);
    }

    pub(super) fn malformed(&self) {
        self.malformed.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn refused(&self) {
        self.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn unavailable(&self) {
        self.unavailable.fetch_add(1, Ordering::Relaxed);
    }
}

impl fmt::Display for Counted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { posts, events, malformed, refused, unavailable } = self;
        write!(
            formatter,
            "{posts} webhooks taken with {events} events, {malformed} malformed, {refused} refused, \
             {unavailable} not kept"
        )
    }
}
