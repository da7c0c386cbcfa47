//! The reconciler: takes what was heard, oldest first, and makes it the truth of the store.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::clock::Clock;
use crate::domain::{Heard, OptOutWords};
use crate::journal::{Alias, Applied, Journal, JournalError};
use crate::provider::Provider;

use super::matching::{Matching, Reach};
use super::pass::{Pass, Passed};

/// Things heard that are applied in one write, at most, unless a single letter says more.
const AT_ONCE: usize = 5_000;

/// What has to be known of a channel's provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wire {
    /// Its name, `wati`.
    pub provider: String,
    /// See [`Provider::is_found_by_id`].
    pub is_found_by_id: bool,
}

impl Wire {
    /// What has to be known of this provider.
    #[must_use]
    pub fn of(provider: &dyn Provider) -> Self {
        Self { provider: provider.facts().name.to_owned(), is_found_by_id: provider.is_found_by_id() }
    }
}

/// Hears that a provider reported messages of a channel as failed because it is sent over too fast.
pub type OnThrottled = Arc<dyn Fn(&str) + Send + Sync>;

/// Why what was heard cannot be applied. It waits, and is applied once that is possible.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The journal refused or failed.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The thread that matched receipts ended early. An error of Disparo's, not of a person's.
    #[error("receipts could not be matched ({0}); please report this as a fault of Disparo")]
    Broken(String),
}

/// What became of what was heard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Receipts that found their recipient.
    pub matched: u64,
    /// Receipts that wait until it is known whose they are.
    pub unmatched: u64,
    /// Receipts of another store's messages, which are dropped.
    pub foreign: u64,
    /// Messages of people that were not known before.
    pub inbound: u64,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.matched += other.matched;
        self.unmatched += other.unmatched;
        self.foreign += other.foreign;
        self.inbound += other.inbound;
    }
}

/// See the module. Cheap to share.
#[derive(Clone)]
pub struct Reconciler {
    pub(super) journal: Arc<Journal>,
    pub(super) clock: Arc<dyn Clock>,
    channels: Arc<RwLock<BTreeMap<String, Wire>>>,
    words: Arc<OptOutWords>,
    on_throttled: OnThrottled,
    /// One pass at a time: each relies on what the one before wrote.
    pub(super) turn: Arc<tokio::sync::Mutex<()>>,
    matching: Arc<Mutex<Matching>>,
    /// Receipts that have not waited for long, by a name of each, with the moment in which they were heard.
    pub(super) young: Arc<Mutex<Vec<(Alias, i64)>>>,
}

impl fmt::Debug for Reconciler {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Reconciler").field("channels", &self.channels).finish_non_exhaustive()
    }
}

impl Reconciler {
    /// A reconciler for these channels, by their names. Whoever writes one of the `words` is left alone.
    #[must_use]
    pub fn new(
        journal: Arc<Journal>,
        clock: Arc<dyn Clock>,
        channels: BTreeMap<String, Wire>,
        words: OptOutWords,
        on_throttled: OnThrottled,
    ) -> Self {
        Self {
            journal,
            clock,
            channels: Arc::new(RwLock::new(channels)),
            words: Arc::new(words),
            on_throttled,
            turn: Arc::default(),
            matching: Arc::default(),
            young: Arc::default(),
        }
    }

    /// The same over these channels. Both take turns, so that nothing is applied twice.
    #[must_use]
    pub fn over(&self, channels: BTreeMap<String, Wire>) -> Self {
        Self { channels: Arc::new(RwLock::new(channels)), ..self.clone() }
    }

    /// Knows one channel more from the next pass on, or one in another way.
    pub fn listen_for(&self, channel: &str, wire: Wire) {
        let mut channels = self.channels.write().unwrap_or_else(PoisonError::into_inner);
        channels.insert(channel.to_owned(), wire);
    }

    /// Applies every letter that waits, oldest first.
    ///
    /// # Errors
    /// When the journal fails; what was not applied waits.
    pub async fn apply_waiting(&self) -> Result<Counts, ReconcileError> {
        let _turn = self.turn.lock().await;
        let mut counts = Counts::default();
        loop {
            let passed = self
                .pass(Reach::Recent, |pass| {
                    let letters = pass.journal.letters(AT_ONCE)?;
                    pass.applied.letters = letters.len() as u64;
                    for letter in letters {
                        pass.hear(&letter.channel, letter.received, letter.heard)?;
                    }
                    Ok(())
                })
                .await?;
            if passed.applied.letters == 0 {
                return Ok(counts);
            }
            counts += self.write(passed).await?;
        }
    }

    /// Applies what a provider answered when it was asked about messages over `channel`, at `received`
    /// (milliseconds since the Unix epoch). When this returns it is on disk.
    ///
    /// # Errors
    /// When the journal fails; nothing was applied then.
    pub async fn apply_heard(
        &self,
        channel: &str,
        received: i64,
        heard: Vec<Heard>,
    ) -> Result<Counts, ReconcileError> {
        let _turn = self.turn.lock().await;
        let channel = channel.to_owned();
        let passed = self.pass(Reach::Recent, move |pass| pass.hear(&channel, received, heard)).await?;
        self.write(passed).await
    }

    /// Finds out what follows from something, beside the async threads: rosters may have to be read.
    pub(super) async fn pass<F>(&self, reach: Reach, hear: F) -> Result<Passed, ReconcileError>
    where
        F: FnOnce(&mut Pass<'_>) -> Result<(), JournalError> + Send + 'static,
    {
        let this = self.clone();
        let passed = tokio::task::spawn_blocking(move || {
            let mut matching = this.matching.lock().unwrap_or_else(PoisonError::into_inner);
            let now = this.clock.now();
            matching.begin(reach, now.as_millisecond());
            let channels = this.channels.read().unwrap_or_else(PoisonError::into_inner).clone();
            let mut pass = Pass::new(&this.journal, &channels, &this.words, &mut matching, now);
            hear(&mut pass)?;
            Ok(pass.end())
        });
        match passed.await {
            Ok(passed) => passed,
            Err(error) => Err(ReconcileError::Broken(error.to_string())),
        }
    }

    pub(super) async fn write(&self, passed: Passed) -> Result<Counts, ReconcileError> {
        let Passed { applied, counts, throttled, waiting } = passed;
        if !is_empty(&applied) {
            self.journal.apply(applied).await?;
        }
        self.remember_young(waiting);
        self.tell_throttled(&throttled);
        Ok(counts)
    }

    fn tell_throttled(&self, channels: &BTreeSet<String>) {
        channels.iter().for_each(|channel| (self.on_throttled)(channel));
    }
}

fn is_empty(applied: &Applied) -> bool {
    let Applied { letters, marks, proved, aliases, unmatched, matched, inbound, suppressed, held } = applied;
    *letters == 0
        && marks.is_empty()
        && proved.is_empty()
        && aliases.is_empty()
        && unmatched.is_empty()
        && matched.is_empty()
        && inbound.is_empty()
        && suppressed.is_empty()
        && held.is_empty()
}
