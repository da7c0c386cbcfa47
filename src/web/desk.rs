//! What the listener is handed: who may post, and who takes what is posted.

use std::future::Future;
use std::sync::Arc;

use blake3::Hash;
use bytes::Bytes;
use tokio::sync::Semaphore;

use super::Counts;
use crate::clock::Clock;

/// Bytes of bodies that are held at once. A body's share is given back when it has been answered.
pub(super) const HELD: usize = 32 << 20;

/// What became of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is kept, with so many events in it: 200.
    Kept {
        /// Receipts and messages of people.
        events: u64,
    },
    /// It is nothing that the provider sends, and would be nothing the next time: 400.
    Malformed,
    /// It could not be kept, and is to be sent again: 503.
    Unavailable,
}

/// The two closures, and what all listeners over them share.
///
/// `secrets` gives the digests ([`blake3::hash`]) of a channel's live secrets, none for a channel that nobody
/// knows. It is called for every request, by strangers too, and must not wait for anything.
///
/// `take` takes a body that came to a channel with the right secret. It is kept when that is done, and not
/// before.
pub struct Desk<Secrets, Take> {
    secrets: Secrets,
    pub(super) take: Take,
    pub(super) counts: Arc<Counts>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) held: Arc<Semaphore>,
    /// The digest of nothing that anybody could know, so that a channel without secrets costs what one
    /// with a secret does.
    decoy: Hash,
}

impl<Secrets, Take> std::fmt::Debug for Desk<Secrets, Take> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Desk").field("counts", &self.counts).finish_non_exhaustive()
    }
}

impl<Secrets, Take, Taking> Desk<Secrets, Take>
where
    Secrets: Fn(&str) -> Vec<Hash> + Send + Sync + 'static,
    Take: Fn(String, Bytes) -> Taking + Send + Sync + 'static,
    Taking: Future<Output = Taken> + Send + 'static,
{
    /// See the type.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, secrets: Secrets, take: Take) -> Self {
        let decoy = blake3::hash(&rand::random::<[u8; 32]>());
        let held = Arc::new(Semaphore::new(HELD));
        Self { secrets, take, counts: Arc::new(Counts::default()), clock, held, decoy }
    }

    /// What came so far.
    #[must_use]
    pub fn counts(&self) -> Arc<Counts> {
        Arc::clone(&self.counts)
    }

    /// Whether this is one of the channel's secrets. Comparisons of [`Hash`] take the same time whatever
    /// they come to, and all are made.
    pub(super) fn knows(&self, channel: &str, secret: &[u8]) -> bool {
        let given = blake3::hash(secret);
        let known = (self.secrets)(channel);
        known.iter().chain([&self.decoy]).fold(false, |is_known, hash| is_known | (*hash == given))
    }
}
