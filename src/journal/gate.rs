//! The gate: what may be written, by whom, and what one gets for it.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::oneshot;

use crate::clock::Clock;
use crate::domain::{
    Attempt, ChunkRecipients, PersonKey, Plan, PlanHash, Reason, RecipientNumber, RunEvent, RunId, RunState,
    Standing, Verdicts,
};

use super::adoption::Former;
use super::error::{DamageError, JournalError, OpenError};
use super::evidence::Spared;
use super::fitness::refuse_full;
use super::home::{self, Marker, Strange};
use super::keys;
use super::letters::Alias;
use super::load;
use super::measures::Measures;
use super::permit::{Permit, Spent};
use super::record::{Epoch, NewRun, Record, Suppression};
use super::stage::Stage;
use super::state::{Balance, State, Suppressions, summary_of};
use super::store::Store;
use super::writer::Writer;

/// The durable truth of one workspace. Cheap to share; one process owns a store at a time.
#[derive(Debug)]
pub struct Journal {
    // First: it is renamed while the store is still ours alone.
    pub(super) home: Result<Marker, Strange>,
    store: Arc<Store>,
    state: Arc<Mutex<State>>,
    // Beside `state`, whose lock is held while a group becomes durable: the last check before a call
    // must not wait for the disk.
    suppressions: Suppressions,
    spared: Spared,
    clock: Arc<dyn Clock>,
    identifier: String,
    pub(super) former: Vec<Former>,
    epoch: Epoch,
    opened: Timestamp,
    measures: Arc<Measures>,
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
        Self::over(Store::open(path)?, clock)
    }

    /// A journal that keeps nothing of what it acknowledges, so that a benchmark can tell what keeping it costs.
    /// Whoever sends with it messages people twice after a crash: nothing of the program opens one.
    ///
    /// # Errors
    /// As [`Journal::open`].
    #[doc(hidden)]
    pub fn open_forgetting(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        Self::over(Store::open(path)?.forgetting(), clock)
    }

    /// The journal of a store that is open.
    pub(super) fn over(store: Store, clock: Arc<dyn Clock>) -> Result<Self, OpenError> {
        let store = Arc::new(store);
        let io_error = |source| OpenError::Io { path: store.path().to_owned(), source };
        let opened = clock.now();
        let (state, mut batch) = load::state(&store, opened)?;
        let home = home::open(store.path(), store.read(keys::HOME)?.as_ref()).map_err(io_error)?;
        let home = match home {
            Ok((marker, home)) => {
                batch.put(keys::HOME.to_vec(), &home)?;
                Ok(marker)
            }
            Err(strange) => Err(strange),
        };
        store.commit(batch).map_err(io_error)?;
        let identifier: [u8; 8] = store.read(keys::STORE)?.unwrap_or_default();
        let identifier = identifier_of(identifier);
        let former = store.read(keys::FORMER)?.unwrap_or_default();
        let epoch = state.epoch;
        let (suppressions, spared) = (Arc::clone(&state.suppressions), Arc::clone(&state.spared));
        let state = Arc::new(Mutex::new(state));
        let measures = Arc::new(Measures::default());
        let writer =
            Writer::start(Arc::clone(&store), Arc::clone(&state), Arc::clone(&clock), Arc::clone(&measures))
                .map_err(io_error)?;
        Ok(Self {
            home,
            store,
            state,
            suppressions,
            spared,
            clock,
            identifier,
            former,
            epoch,
            opened,
            measures,
            writer,
        })
    }

    /// The time.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
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

    /// When this process opened the store: what became of a run before that is another one's work.
    #[must_use]
    pub fn opened(&self) -> Timestamp {
        self.opened
    }

    /// What is on disk. Waits while a group becomes durable.
    pub(super) fn state(&self) -> Result<MutexGuard<'_, State>, JournalError> {
        let state = self.lock();
        match &state.broken {
            Some(reason) => Err(JournalError::Broken(reason.clone())),
            None => Ok(state),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // A reader that panics leaves the state as it was; the writer catches its own panics.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn broken(&self) -> JournalError {
        let reason = self.lock().broken.clone();
        JournalError::Broken(reason.unwrap_or_else(|| "its thread has ended".to_owned()))
    }

    pub(super) fn is_writing(&self) -> bool {
        self.writer.is_alive()
    }

    pub(super) fn measures(&self) -> &Measures {
        &self.measures
    }

    pub(super) fn suppression_list(&self) -> &Suppressions {
        &self.suppressions
    }

    pub(super) fn spared(&self) -> &Spared {
        &self.spared
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    pub(super) async fn write<T, F>(&self, stage: F) -> Result<T, JournalError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Stage<'_>) -> Result<T, JournalError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let work = self.writer.submit(Box::new(move |group| {
            let staged = stage(group);
            // Whoever asked may have gone; what was asked for is written all the same.
            Box::new(move || drop(reply.send(staged)))
        }));
        if work.is_err() {
            return Err(self.broken());
        }
        answer.await.unwrap_or_else(|_| Err(self.broken()))
    }

    /// A number for a new run, never given again.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn number_run(&self) -> Result<RunId, JournalError> {
        self.write(|stage| stage.number_run()).await
    }

    /// A new run over a roster that is already on disk. `earlier` are the runs of its occurrence whom the
    /// plan took into account.
    ///
    /// # Errors
    /// When there is another run of the occurrence or one of them is unfinished now; when plan, standings
    /// and store do not fit together, it cannot be written, or too little space is left.
    pub async fn create_run(
        &self,
        plan: Plan,
        plan_hash: PlanHash,
        standings: Vec<Standing>,
        earlier: Vec<RunId>,
    ) -> Result<(), JournalError> {
        self.create_run_with(NewRun::plain(plan, plan_hash, standings, earlier)).await
    }

    /// As [`Journal::create_run`], with everything that may hold for a run.
    ///
    /// # Errors
    /// As there; and [`JournalError::Launched`] where a run of the same launch was made before.
    pub async fn create_run_with(&self, new: NewRun) -> Result<(), JournalError> {
        self.is_at_home()?;
        let path = self.path().to_owned();
        self.write(move |stage| {
            refuse_full_disk(stage, &path)?;
            stage.create_run(new)
        })
        .await
    }

    /// Folds a run's log, unless this process has already done so.
    ///
    /// # Errors
    /// When the run is unknown, or its log cannot be read or does not lead to its summary.
    pub fn attach(&self, run: RunId, standings: impl Iterator<Item = Standing>) -> Result<(), JournalError> {
        let (facts, timing, groups) = {
            let state = self.state()?;
            let entry = state.runs.get(&run).ok_or(JournalError::NoRun(run))?;
            if entry.ledger.is_some() {
                return Ok(());
            }
            (entry.facts.clone(), entry.timing.clone(), entry.next_sequence)
        };
        // Without the lock: a long log takes its time, and nothing is written about a run that is not open.
        let ledger = load::ledger(&self.store, &facts, &timing, groups, standings)?;
        let mut state = self.state()?;
        let entry = state.runs.get_mut(&run).ok_or(JournalError::NoRun(run))?;
        if entry.ledger.is_none() {
            if summary_of(&ledger)? != entry.summary {
                let what = format!("the log of run {run} and its roster do not lead to its balance");
                return Err(DamageError { what }.into());
            }
            entry.ledger = Some(ledger);
        }
        Ok(())
    }

    /// Writes an intent for pending recipients. When this returns it is on disk, and the permit is the
    /// only way to send to them. An intent whose future is dropped may be written all the same; its
    /// recipients are in doubt then.
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
        self.is_at_home()?;
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
        self.write(move |stage| stage.withdraw(run, chunk)).await
    }

    /// Writes what a call came to. When this returns it is on disk; it gives the balance just after.
    ///
    /// # Errors
    /// When it cannot be written; the recipients are in doubt then.
    pub async fn settle(&self, spent: Spent, verdicts: Verdicts) -> Result<Balance, JournalError> {
        self.settle_with(spent, verdicts, Vec::new(), Vec::new()).await
    }

    /// As [`Journal::settle`]; these people are on the suppression list, and these messages known by these
    /// names, from then on.
    ///
    /// # Errors
    /// When it cannot be written; the recipients are in doubt then.
    pub async fn settle_with(
        &self,
        spent: Spent,
        verdicts: Verdicts,
        suppressed: Vec<(PersonKey, Suppression)>,
        aliases: Vec<(Alias, RecipientNumber)>,
    ) -> Result<Balance, JournalError> {
        let at = self.clock.now().as_millisecond();
        let intent = spent.intent();
        let (run, chunk, recipients) = (intent.run(), intent.chunk(), intent.recipients().clone());
        self.write(move |stage| {
            stage.append(run, Record::outcome(chunk, recipients.len(), verdicts, at))?;
            stage.spare_released(run, &recipients)?;
            stage.suppress(suppressed)?;
            for (alias, recipient) in aliases {
                stage.batch.put(keys::alias(alias.0), &(run, recipient))?;
            }
            let epoch = stage.state.epoch;
            let ledger = stage.ledger(run)?;
            Ok(Balance { tally: ledger.tally(), in_flight: ledger.in_flight(epoch) })
        })
        .await
    }

    /// Pending recipients whose earlier refusals turn out to be for good. Those of `suppressed` are on the
    /// suppression list from then on.
    ///
    /// # Errors
    /// When somebody is not pending, or it cannot be written.
    pub async fn refuse(
        &self,
        run: RunId,
        recipients: ChunkRecipients,
        reason: Reason,
        suppressed: Vec<(PersonKey, Suppression)>,
    ) -> Result<(), JournalError> {
        let record = Record::Refused { recipients, reason, at: self.clock.now().as_millisecond() };
        self.write(move |stage| {
            stage.append(run, record)?;
            stage.suppress(suppressed)?;
            Ok(())
        })
        .await
    }

    /// Something happens to the run. Once this returns for a pause or a cancellation, no intent follows.
    /// How many are in doubt when it is finished is counted here, whatever the event says.
    ///
    /// # Errors
    /// When it cannot happen in the run's state, or cannot be written; [`JournalError::Unfinished`] for
    /// an end while somebody is pending or in flight.
    pub async fn happen(&self, run: RunId, event: RunEvent) -> Result<RunState, JournalError> {
        self.is_at_home()?;
        let now = self.clock.now();
        self.write(move |stage| stage.happen(run, event, now)).await
    }

    /// Cancels a run that cannot be opened any more because its roster is lost.
    ///
    /// # Errors
    /// When the run has ended, or it cannot be written.
    pub async fn give_up(&self, run: RunId) -> Result<RunState, JournalError> {
        self.is_at_home()?;
        let now = self.clock.now();
        self.write(move |stage| stage.give_up(run, now)).await
    }
}

/// The store's random identifier as others see it.
pub(super) fn identifier_of(identifier: [u8; 8]) -> String {
    identifier[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn refuse_full_disk(stage: &Stage<'_>, path: &Path) -> Result<(), JournalError> {
    refuse_full(stage.space_left, path)
}
