//! Receiving: a webhook's body becomes a letter on disk, and only then is it answered.
//!
//! Bodies queue for one task that reads and keeps as many as have come in one write. So however many come at
//! once, at most one of the processor's cores reads them, the disk is waited for once, and what is sent
//! meanwhile goes on.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::spawn_blocking;

use crate::clock::Clock;
use crate::domain::Heard;
use crate::journal::{Journal, Letter};
use crate::provider::{Malformed, Provider};

/// Bodies that may wait. More than that are refused: whoever sent them sends them again.
const MOST_WAITING: usize = 1_024;

/// Bodies that are kept in one write, at most.
const MOST_AT_ONCE: usize = 256;

/// Bytes of bodies that are read for one write, about: reading them must not make the first of them wait
/// long, for Sinch takes no answer that comes after 200 ms (seed 001).
const BYTES_AT_ONCE: usize = 1 << 20;

/// A channel that is listened for.
#[derive(Debug)]
pub struct Hearing {
    /// Its wire.
    pub provider: Box<dyn Provider>,
}

/// Why a body was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// It is nothing that the provider sends; repeating it is of no use.
    #[error("{0}")]
    Malformed(#[from] Malformed),
    /// It could not be kept; it is to be repeated.
    #[error("what came could not be kept: {0}")]
    Unavailable(String),
    /// Nobody listens for this channel.
    #[error("nobody listens for channel {0}")]
    NoChannel(String),
}

/// Takes bodies for all channels. Cheap to share.
#[derive(Debug)]
pub struct Receiver {
    channels: RwLock<BTreeMap<String, Arc<Hearing>>>,
    clock: Arc<dyn Clock>,
    waiting: mpsc::Sender<Waiting>,
    kept: Arc<Notify>,
}

/// A body that waits to be kept, and who waits for that.
#[derive(Debug)]
struct Waiting {
    channel: String,
    hearing: Arc<Hearing>,
    received: i64,
    body: Bytes,
    answer: oneshot::Sender<Result<Kept, Refused>>,
}

/// A body that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Receipts and messages of people in it.
    pub events: u64,
    /// How long before its arrival the newest of them happened, where the provider says when; nothing for one
    /// whose clock is ahead of ours.
    pub behind: Option<Duration>,
}

/// A body that was read: its letter, unless there is nothing in it, and who waits.
struct Read {
    letter: Option<Letter>,
    said: Kept,
    answer: oneshot::Sender<Result<Kept, Refused>>,
}

impl Receiver {
    /// Listens for these channels, by their names. Must be called on a tokio runtime.
    #[must_use]
    pub fn new(journal: Arc<Journal>, clock: Arc<dyn Clock>, channels: BTreeMap<String, Hearing>) -> Self {
        let kept = Arc::new(Notify::new());
        let (waiting, queue) = mpsc::channel(MOST_WAITING);
        // Ends when this is dropped, with everything kept that was taken before.
        tokio::spawn(keep_all(queue, journal, Arc::clone(&kept)));
        let channels = channels.into_iter().map(|(name, hearing)| (name, Arc::new(hearing))).collect();
        Self { channels: RwLock::new(channels), clock, waiting, kept }
    }

    /// Listens for one channel more, or for one in another way.
    pub fn listen_for(&self, channel: &str, hearing: Hearing) {
        let mut channels = self.channels.write().unwrap_or_else(PoisonError::into_inner);
        channels.insert(channel.to_owned(), Arc::new(hearing));
    }

    /// Takes a body that came to a channel's address, and says what is in it.
    /// When this returns without an error, everything that it says survives a power cut.
    ///
    /// # Errors
    /// When it is nothing that the provider sends, or could not be kept.
    pub async fn take(&self, channel: &str, body: Bytes) -> Result<Kept, Refused> {
        let hearing = {
            let channels = self.channels.read().unwrap_or_else(PoisonError::into_inner);
            channels.get(channel).cloned().ok_or_else(|| Refused::NoChannel(channel.to_owned()))?
        };
        let received = self.clock.now().as_millisecond();
        let (answer, answered) = oneshot::channel();
        let waiting = Waiting { channel: channel.to_owned(), hearing, received, body, answer };
        self.waiting
            .try_send(waiting)
            .map_err(|_| Refused::Unavailable("too many wait already".to_owned()))?;
        answered.await.unwrap_or_else(|_| Err(Refused::Unavailable("nobody keeps them".to_owned())))
    }

    /// Is told whenever a letter was kept.
    #[must_use]
    pub fn kept(&self) -> Arc<Notify> {
        Arc::clone(&self.kept)
    }
}

/// Keeps what waits, in the order in which it came, until nothing can come any more.
async fn keep_all(mut queue: mpsc::Receiver<Waiting>, journal: Arc<Journal>, kept: Arc<Notify>) {
    while let Some(first) = queue.recv().await {
        let mut bytes = first.body.len();
        let mut group = vec![first];
        while group.len() < MOST_AT_ONCE && bytes < BYTES_AT_ONCE {
            let Ok(next) = queue.try_recv() else { break };
            bytes += next.body.len();
            group.push(next);
        }
        // A thread of its own: sending must not wait until a large body is read.
        match spawn_blocking(|| group.into_iter().filter_map(read).collect()).await {
            Ok(group) => keep(group, &journal, &kept).await,
            // Whoever waits is told that nobody keeps it.
            Err(error) => tracing::error!(%error, "reading a webhook failed"),
        }
    }
}

/// Reads a body; whoever sent one that is nothing is told so at once.
fn read(waiting: Waiting) -> Option<Read> {
    let Waiting { channel, hearing, received, body, answer } = waiting;
    let heard: Vec<Heard> = match hearing.provider.hear(&body) {
        Ok(heard) => heard,
        Err(malformed) => {
            tracing::debug!(channel, %malformed, "a webhook is malformed");
            // Whoever asked may have gone.
            drop(answer.send(Err(malformed.into())));
            return None;
        }
    };
    let events = heard.len() as u64;
    let newest = heard.iter().filter_map(moment_of).max();
    let behind = newest.map(|at| Duration::from_millis(u64::try_from(received - at).unwrap_or(0)));
    let said = Kept { events, behind };
    let letter = (events > 0).then_some(Letter { channel, received, heard });
    Some(Read { letter, said, answer })
}

/// When something happened, by the provider's clock.
fn moment_of(heard: &Heard) -> Option<i64> {
    match heard {
        Heard::Receipt(receipt) => receipt.at,
        Heard::Inbound(inbound) => inbound.at,
    }
}

/// Keeps everything in one write, and answers for it.
async fn keep(group: Vec<Read>, journal: &Journal, kept: &Notify) {
    let (letters, answers): (Vec<_>, Vec<_>) =
        group.into_iter().map(|read| (read.letter, (read.said, read.answer))).unzip();
    let letters: Vec<Letter> = letters.into_iter().flatten().collect();
    let is_empty = letters.is_empty();
    let result = if is_empty { Ok(()) } else { journal.keep(letters).await };
    if let Err(error) = &result {
        tracing::error!(%error, "webhooks could not be kept; they are to be sent again");
    }
    for (said, answer) in answers {
        let answered = match &result {
            Ok(()) => Ok(said),
            Err(_) if said.events == 0 => Ok(said),
            Err(error) => Err(Refused::Unavailable(error.to_string())),
        };
        // Whoever asked may have gone; what was taken is kept all the same.
        drop(answer.send(answered));
    }
    if result.is_ok() && !is_empty {
        kept.notify_one();
    }
}
