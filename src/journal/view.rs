//! What the journal lets others see: always what is on disk.

use std::sync::Arc;

use tokio::sync::watch;

use crate::domain::{Conduct, FrozenChannel, Launch, Plan, RunId, RunState, Timing};

use super::deliveries::DeliveryCounts;
use super::error::{DamageError, JournalError};
use super::gate::Journal;
use super::ledger::Ledger;
use super::record::{Epoch, RunFacts, RunSummary};
use super::state::{RunEntry, UsageOf, summary_of};

/// A run as the journal knows it at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunView {
    /// What never changes.
    pub facts: Arc<RunFacts>,
    /// The channel over which its rejected are tried once its own sending is done.
    pub fallback: Option<FrozenChannel>,
    /// How it goes on.
    pub conduct: Conduct,
    /// When it may send.
    pub timing: Timing,
    /// What launched it.
    pub launch: Launch,
    /// How many of its messages got how far.
    pub deliveries: DeliveryCounts,
    /// How often news of its messages were written: what was made of them before is to be made anew, also where the
    /// counts are the same.
    pub heard: u64,
    /// Where it stands.
    pub summary: RunSummary,
    /// Recipients in calls in flight; a part of `summary.tally.in_doubt`.
    pub in_flight: u64,
}

impl Journal {
    /// One run.
    ///
    /// # Errors
    /// When there is none of that number.
    pub fn view(&self, run: RunId) -> Result<RunView, JournalError> {
        let state = self.state()?;
        let entry = state.runs.get(&run).ok_or(JournalError::NoRun(run))?;
        Ok(view_of(entry, self.epoch())?)
    }

    /// All runs, oldest first.
    ///
    /// # Errors
    /// When the journal is broken.
    pub fn views(&self) -> Result<Vec<RunView>, JournalError> {
        let state = self.state()?;
        state.runs.values().map(|entry| Ok(view_of(entry, self.epoch())?)).collect()
    }

    /// The runs whose plans are wanted, oldest first: all are looked at, and only these are copied.
    ///
    /// # Errors
    /// When the journal is broken.
    pub fn views_where(&self, is_wanted: impl Fn(&Plan) -> bool) -> Result<Vec<RunView>, JournalError> {
        let state = self.state()?;
        let wanted = state.runs.values().filter(|entry| is_wanted(&entry.facts.plan));
        wanted.map(|entry| Ok(view_of(entry, self.epoch())?)).collect()
    }

    /// Reads a run's ledger. `read` holds up the journal and must not call it.
    ///
    /// # Errors
    /// When the run is unknown or has not been attached.
    pub fn with_ledger<T>(&self, run: RunId, read: impl FnOnce(&Ledger) -> T) -> Result<T, JournalError> {
        let state = self.state()?;
        let entry = state.runs.get(&run).ok_or(JournalError::NoRun(run))?;
        entry.ledger.as_ref().map(read).ok_or(JournalError::NotOpen(run))
    }

    /// Follows a run's state, as it is on disk.
    ///
    /// # Errors
    /// When the run is unknown.
    pub fn follow(&self, run: RunId) -> Result<watch::Receiver<RunState>, JournalError> {
        self.state()?.runs.get(&run).map(|entry| entry.state.subscribe()).ok_or(JournalError::NoRun(run))
    }

    /// Follows all runs: counts up whenever a run's state changed or something was heard of its messages.
    ///
    /// # Errors
    /// When the journal is broken.
    pub fn follow_news(&self) -> Result<watch::Receiver<u64>, JournalError> {
        Ok(self.state()?.news.subscribe())
    }

    /// Intents by the minute: minute since the Unix epoch, calls, recipients. Reaches back over the
    /// longest window of a rate.
    #[must_use]
    pub fn usage(&self, of: &UsageOf) -> Vec<(u64, u32, u32)> {
        let state = self.lock();
        let minutes = state.usage.get(&of.key()).into_iter().flatten();
        minutes.map(|(minute, usage)| (*minute, usage.calls, usage.recipients)).collect()
    }
}

fn view_of(entry: &RunEntry, epoch: Epoch) -> Result<RunView, DamageError> {
    let (summary, in_flight) = match &entry.ledger {
        Some(ledger) => (summary_of(ledger)?, ledger.in_flight(epoch)),
        None => (entry.summary.clone(), 0),
    };
    let (facts, fallback) = (Arc::clone(&entry.facts), entry.fallback.clone());
    let (conduct, deliveries, heard) = (entry.conduct.clone(), entry.delivery_counts, entry.next_receipts);
    let (timing, launch) = (entry.timing.clone(), entry.launch);
    Ok(RunView { facts, fallback, conduct, timing, launch, deliveries, heard, summary, in_flight })
}
