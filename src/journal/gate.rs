//! The gate: what may be written, by whom, and what one gets for it.

use std::collections::hash_map::Entry;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{oneshot, watch};

use crate::clock::Clock;
use crate::domain::{
    Attempt, ChunkRecipients, PersonKey, Plan, PlanHash, Reason, RecipientNumber, RunEvent, RunId, RunState,
    Standing, Verdicts,
};

use super::error::{JournalError, OpenError};
use super::keys;
use super::ledger::Ledger;
use super::load;
use super::permit::{Permit, Spent};
use super::record::{Epoch, Record, RunFacts, SettledBy, Settlement, SkipCause, Suppression};
use super::stage::{RunEntry, Stage, State, Suppressions, summary_of};
use super::store::Store;
use super::view::Balance;
use super::writer::Writer;

/// Space that intents leave on the disk, so that outcomes and the sled log's housekeeping always
/// find some.
const RESERVE_BYTES: u64 = 32 * 1024 * 1024;

/// The durable truth of one workspace. Cheap to share; one process owns a store at a time.
#[derive(Debug)]
pub struct Journal {
    store: Arc<Store>,
    state: Arc<Mutex<State>>,
    // Beside `state`, whose lock is held while a group becomes durable: the last check before a call
    // must not wait for the disk.
    suppressions: Suppressions,
    clock: Arc<dyn Clock>,
    identifier: String,
    epoch: Epoch,
    // Last: it ends with everything queued written, while the store is still there.
    writer: Writer,
}

impl Journal {
    /// Opens or makes the store in the folder `path`. Runs that a dead process was sending are
    /// interrupted from here on, and its intents without outcome are in doubt.
    ///
    /// # Errors
    /// When another process has it, or it cannot be read.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let store = Arc::new(Store::open(path)?);
        let io_error = |source| OpenError::Io { path: path.to_owned(), source };
        let (state, batch) = load::state(&store, clock.now())?;
        store.commit(batch).map_err(io_error)?;
        let identifier: [u8; 8] = store.read(keys::STORE)?.unwrap_or_default();
        let identifier = identifier[..4].iter().map(|byte| format!("{byte:02x}")).collect();
        let epoch = state.epoch;
        let suppressions = Arc::clone(&state.suppressions);
        let state = Arc::new(Mutex::new(state));
        let writer = Writer::start(Arc::clone(&store), Arc::clone(&state)).map_err(io_error)?;
        Ok(Self { store, state, suppressions, clock, identifier, epoch, writer })
    }

    /// The store's folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.store.path()
    }

    /// Eight hexadecimal digits by which receipts of this store are told from those of others.
    #[must_use]
    pub fn identifier(&self) -> &str {
        &self.identifier
    }

    /// This process's number among those that opened the store.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn suppression_list(&self) -> &Suppressions {
        &self.suppressions
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    async fn write<T, F>(&self, stage: F) -> Result<T, JournalError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Stage<'_>) -> Result<T, JournalError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let work = self.writer.submit(Box::new(move |group| {
            let staged = stage(group);
            Box::new(move |durable| {
                let answer = match durable {
                    Ok(()) => staged,
                    Err(reason) => Err(JournalError::Broken(reason.to_owned())),
                };
                // Whoever asked may have gone; what was asked for is written all the same.
                drop(reply.send(answer));
            })
        }));
        let ended = || JournalError::Broken("its thread has ended".to_owned());
        if work.is_err() {
            return Err(ended());
        }
        answer.await.unwrap_or_else(|_| Err(ended()))
    }

    /// A number for a new run, never given again.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn number_run(&self) -> Result<RunId, JournalError> {
        let newest: u32 = self.store.read(keys::RUNS)?.unwrap_or_default();
        let known = self.state().runs.keys().next_back().map_or(0, |run| run.0);
        let run = RunId(newest.max(known) + 1);
        self.write(move |stage| {
            stage.batch.put(keys::RUNS.to_vec(), &run.0)?;
            Ok(run)
        })
        .await
    }

    /// A new run over a roster that is already on disk.
    ///
    /// # Errors
    /// When it cannot be written, or too little space is left.
    pub async fn create_run(
        &self,
        plan: Plan,
        plan_hash: PlanHash,
        standings: Vec<Standing>,
    ) -> Result<(), JournalError> {
        let path = self.path().to_owned();
        self.write(move |stage| {
            refuse_full_disk(stage, &path)?;
            let run = plan.run;
            let ledger = Ledger::new(run, plan.rows, plan.created.as_millisecond(), standings.into_iter());
            let summary = summary_of(&ledger)?;
            let facts = RunFacts { plan, plan_hash };
            stage.batch.put(keys::facts(run), &facts)?;
            stage.batch.put(keys::summary(run), &summary)?;
            let state = watch::Sender::new(ledger.state().clone());
            let entry = RunEntry { facts, summary, ledger: Some(ledger), state, next_sequence: 0 };
            stage.state.runs.insert(run, entry);
            Ok(())
        })
        .await
    }

    /// Folds a run's log, unless this process has already done so.
    ///
    /// # Errors
    /// When the run is unknown or its log cannot be read.
    pub fn attach(&self, run: RunId, standings: impl Iterator<Item = Standing>) -> Result<(), JournalError> {
        let mut state = self.state();
        let entry = state.runs.get_mut(&run).ok_or(JournalError::NoRun(run))?;
        if entry.ledger.is_none() {
            entry.ledger = Some(load::ledger(&self.store, &entry.facts, standings)?);
        }
        Ok(())
    }

    /// Writes an intent for pending recipients. When this returns it is on disk, and the permit is the
    /// only way to send to them.
    ///
    /// # Errors
    /// When the run is not sending, somebody is not pending, the exposure would pass the campaign's
    /// bound, the disk is nearly full, or the journal cannot be written. Nobody may be sent then.
    pub async fn intend(
        &self,
        run: RunId,
        channel: u16,
        attempt: Attempt,
        recipients: ChunkRecipients,
    ) -> Result<Permit, JournalError> {
        let now = self.clock.now();
        let path = self.path().to_owned();
        self.write(move |stage| {
            refuse_full_disk(stage, &path)?;
            let chunk = stage.intend(run, channel, attempt, recipients.clone(), now)?;
            Ok(Permit::new(run, chunk, attempt, recipients))
        })
        .await
    }

    /// Gives back a permit that was not used: its recipients are pending again.
    ///
    /// # Errors
    /// When it cannot be written; the recipients are in doubt then.
    pub async fn withdraw(&self, permit: Permit) -> Result<(), JournalError> {
        let (run, chunk) = (permit.run(), permit.chunk());
        self.write(move |stage| stage.append(run, Record::Withdrawn { chunk })).await
    }

    /// Writes what a call came to. When this returns it is on disk; it gives the balance just after.
    ///
    /// # Errors
    /// When it cannot be written; the recipients are in doubt then.
    pub async fn settle(&self, spent: Spent, verdicts: Verdicts) -> Result<Balance, JournalError> {
        let at = self.clock.now().as_millisecond();
        let intent = spent.intent();
        let (run, chunk, recipients) = (intent.run(), intent.chunk(), intent.recipients().len());
        self.write(move |stage| {
            for record in Record::outcomes(chunk, recipients, verdicts, at) {
                stage.append(run, record)?;
            }
            let epoch = stage.state.epoch;
            let ledger = stage.ledger(run)?;
            Ok(Balance { tally: ledger.tally(), in_flight: ledger.in_flight(epoch) })
        })
        .await
    }

    /// Pending recipients that turn out to be suppressed.
    ///
    /// # Errors
    /// When somebody is not pending, or it cannot be written.
    pub async fn skip_suppressed(&self, run: RunId, recipients: ChunkRecipients) -> Result<(), JournalError> {
        let record = Record::Skipped { recipients, cause: SkipCause::Suppressed };
        self.write(move |stage| stage.append(run, record)).await
    }

    /// Pending recipients whose earlier refusals turn out to be for good.
    ///
    /// # Errors
    /// When somebody is not pending, or it cannot be written.
    pub async fn refuse(
        &self,
        run: RunId,
        recipients: ChunkRecipients,
        reason: Reason,
    ) -> Result<(), JournalError> {
        let record = Record::Refused { recipients, reason, at: self.clock.now().as_millisecond() };
        self.write(move |stage| stage.append(run, record)).await
    }

    /// Something happens to the run. Once this returns for a pause or a cancellation, no intent follows.
    ///
    /// # Errors
    /// When it cannot happen in the run's state, or cannot be written.
    pub async fn happen(&self, run: RunId, event: RunEvent) -> Result<RunState, JournalError> {
        let now = self.clock.now();
        self.write(move |stage| stage.happen(run, event, now)).await
    }

    /// Says what became of people in doubt; of all of them when none are named. Returns how many.
    ///
    /// # Errors
    /// When somebody named is not in doubt, or it cannot be written.
    pub async fn settle_doubt(
        &self,
        run: RunId,
        named: Option<Vec<RecipientNumber>>,
        settlement: Settlement,
        by: SettledBy,
    ) -> Result<u64, JournalError> {
        let now = self.clock.now();
        self.write(move |stage| stage.settle_doubt(run, named, settlement, by, now)).await
    }

    /// Puts people on the suppression list; those on it stay as they are. Returns how many are new.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn suppress(
        &self,
        people: Vec<(PersonKey, u64)>,
        source: String,
    ) -> Result<usize, JournalError> {
        let since = self.clock.now();
        self.write(move |stage| {
            let suppressions = Arc::clone(&stage.state.suppressions);
            let mut suppressions = suppressions.write().unwrap_or_else(PoisonError::into_inner);
            let mut added = 0;
            for (person, number) in people {
                if let Entry::Vacant(entry) = suppressions.entry(person) {
                    let suppression = Suppression { number, source: source.clone(), since };
                    stage.batch.put(keys::suppression(person), &suppression)?;
                    entry.insert(suppression);
                    added += 1;
                }
            }
            Ok(added)
        })
        .await
    }

    /// Takes a person off the suppression list. Returns whether they were on it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn unsuppress(&self, person: PersonKey) -> Result<bool, JournalError> {
        self.write(move |stage| {
            stage.batch.remove(keys::suppression(person));
            let mut suppressions = stage.state.suppressions.write().unwrap_or_else(PoisonError::into_inner);
            Ok(suppressions.remove(&person).is_some())
        })
        .await
    }
}

fn refuse_full_disk(stage: &Stage<'_>, path: &Path) -> Result<(), JournalError> {
    if stage.space_left < RESERVE_BYTES {
        return Err(JournalError::DiskFull { path: path.to_owned(), left: stage.space_left / (1024 * 1024) });
    }
    Ok(())
}
