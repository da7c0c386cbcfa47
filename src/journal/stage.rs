//! A flush group while it is put together: records are checked against the ledgers and become
//! durable together.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use jiff::Timestamp;
use tokio::sync::watch;

use crate::domain::due::ScheduleMark;
use crate::domain::{
    Attempt, ChunkNumber, ChunkRecipients, Conduct, Launch, MessageId, PersonKey, RecipientNumber, RunEvent,
    RunId, RunState, Timing,
};

use super::batch::Batch;
use super::deliveries::{DeliveryCounts, DeliveryRecord};
use super::error::{DamageError, JournalError};
use super::keys;
use super::ledger::Ledger;
use super::load::WrittenReceipts;
use super::place::Place;
use super::record::{NewRun, Record, RunFacts, SettledBy, Settlement, Suppression, WrittenSummary};
use super::state::{RunEntry, State, Usage, UsageOf, minute_of, summary_of, time_of};

/// Bytes of a reason for which a run is held, at most: it may quote a provider, and is written anew
/// with every flush group.
const REASON_BYTES: usize = 1_000;

/// Bytes of a suppression's source, at most.
const SOURCE_BYTES: usize = 500;

/// See the module.
#[derive(Debug)]
pub struct Stage<'a> {
    /// What is known, this group's records included.
    pub state: &'a mut State,
    /// Bytes left on the store's disk.
    pub space_left: u64,
    records: BTreeMap<RunId, Vec<Record>>,
    /// What became of runs' messages.
    pub receipts: BTreeMap<RunId, Vec<DeliveryRecord>>,
    /// Long values that go.
    pub removed: Vec<Vec<u8>>,
    /// Other keys of the group.
    pub batch: Batch,
}

impl<'a> Stage<'a> {
    /// An empty group.
    pub fn new(state: &'a mut State, space_left: u64) -> Self {
        Self {
            state,
            space_left,
            records: BTreeMap::new(),
            receipts: BTreeMap::new(),
            removed: Vec::new(),
            batch: Batch::default(),
        }
    }

    /// The run's entry.
    pub fn entry(&mut self, run: RunId) -> Result<&mut RunEntry, JournalError> {
        self.state.runs.get_mut(&run).ok_or(JournalError::NoRun(run))
    }

    /// The run's ledger.
    pub fn ledger(&mut self, run: RunId) -> Result<&mut Ledger, JournalError> {
        self.entry(run)?.ledger.as_mut().ok_or(JournalError::NotOpen(run))
    }

    /// Adds a record if the run's ledger takes it.
    pub fn append(&mut self, run: RunId, record: Record) -> Result<(), JournalError> {
        self.ledger(run)?.apply(&record)?;
        self.records.entry(run).or_default().push(record);
        Ok(())
    }

    /// A number that no run has or had.
    pub fn number_run(&mut self) -> Result<RunId, JournalError> {
        let run = RunId(self.state.newest_run.0 + 1);
        self.state.newest_run = run;
        self.batch.put(keys::RUNS.to_vec(), &run.0)?;
        Ok(run)
    }

    /// A new run, if plan, standings and store fit together.
    pub fn create_run(&mut self, new: NewRun) -> Result<(), JournalError> {
        let NewRun { plan, plan_hash, standings, earlier, fallback, conduct, timing, launch } = new;
        let run = plan.run;
        let refuse = |why| Err(JournalError::NotMade { run, why });
        if self.state.runs.contains_key(&run) {
            return refuse("there is one of that number already");
        }
        let mut others = self.state.runs.values().filter(|entry| entry.facts.plan.shares_occurrence(&plan));
        let overtakes = |entry: &&RunEntry| {
            !earlier.contains(&entry.facts.plan.run) || entry.current_state().is_unfinished()
        };
        if let Some(entry) = others.find(overtakes) {
            return Err(JournalError::Overtaken { run: entry.facts.plan.run_name.clone() });
        }
        if let Some(before) = self.state.launched(&plan.campaign, launch) {
            return Err(JournalError::Launched { run: before.facts.plan.run_name.clone() });
        }
        let planned_at = plan.created.as_millisecond();
        let ledger = Ledger::new(run, plan.rows, planned_at, timing.approval, standings.into_iter());
        let tally = ledger.tally();
        if !tally.adds_up() {
            return refuse("the rows and recipients of its plan do not add up");
        }
        if (tally.already, tally.suppressed) != (plan.already, plan.suppressed) {
            return refuse("its plan and its roster leave out different numbers of people");
        }
        let summary = summary_of(&ledger)?;
        let facts = RunFacts { plan, plan_hash };
        self.batch.put_long(&keys::facts(run), &facts)?;
        self.batch.put(keys::summary(run), &WrittenSummary { summary: summary.clone(), groups: 0 })?;
        if let Some(channel) = &fallback {
            self.batch.put(keys::fallback(run), channel)?;
        }
        if conduct != Conduct::default() {
            self.batch.put_long(&keys::conduct(run), &conduct)?;
        }
        if timing != Timing::default() {
            self.batch.put_long(&keys::timing(run), &timing)?;
        }
        if launch != Launch::Hand {
            self.batch.put(keys::launch(run), &launch)?;
        }
        if let Launch::Fired { at } = launch {
            self.mark_schedule(&facts.plan.campaign, ScheduleMark { seen: at, handled: Some(at) })?;
        }
        let state = watch::Sender::new(ledger.state().clone());
        let entry = RunEntry {
            facts: Arc::new(facts),
            fallback,
            conduct,
            timing,
            launch,
            summary,
            ledger: Some(ledger),
            state,
            next_sequence: 0,
            deliveries: None,
            delivery_counts: DeliveryCounts::default(),
            next_receipts: 0,
            told_receipts: 0,
        };
        self.state.newest_run = self.state.newest_run.max(run);
        self.state.runs.insert(run, entry);
        Ok(())
    }

    /// Something happens to the run. How many are in doubt when it is finished is for the ledger to say.
    pub fn happen(&mut self, run: RunId, event: RunEvent, now: Timestamp) -> Result<RunState, JournalError> {
        let epoch = self.state.epoch;
        let ledger = self.ledger(run)?;
        let event = match event {
            RunEvent::Finished { .. } => {
                let in_doubt = ledger.tally().in_doubt;
                ledger.state().next(&RunEvent::Finished { in_doubt })?;
                if ledger.in_flight(epoch) > 0 {
                    return Err(JournalError::Unfinished(run));
                }
                RunEvent::Finished { in_doubt }
            }
            RunEvent::Held(mut reason) => {
                reason.sentence.truncate(reason.sentence.floor_char_boundary(REASON_BYTES));
                RunEvent::Held(reason)
            }
            other => other,
        };
        self.append(run, Record::Happened { event, at: now.as_millisecond() })?;
        Ok(self.ledger(run)?.state().clone())
    }

    /// Cancels a run, whether it is open or not: the one event whose consequences need no ledger.
    pub fn give_up(&mut self, run: RunId, now: Timestamp) -> Result<RunState, JournalError> {
        let is_open = self.entry(run)?.ledger.is_some();
        let state = self.happen_unread(run, RunEvent::Cancelled, now)?;
        if !is_open {
            let tally = &mut self.entry(run)?.summary.tally;
            tally.cancelled += std::mem::take(&mut tally.pending);
        }
        Ok(state)
    }

    /// Something that moves nobody happens to a run, whether it is open or not.
    pub(super) fn happen_unread(
        &mut self,
        run: RunId,
        event: RunEvent,
        now: Timestamp,
    ) -> Result<RunState, JournalError> {
        if self.entry(run)?.ledger.is_some() {
            return self.happen(run, event, now);
        }
        let at = now.as_millisecond();
        let summary = &mut self.entry(run)?.summary;
        summary.state = summary.state.next(&event)?;
        summary.at = time_of(at)?;
        let state = summary.state.clone();
        self.records.entry(run).or_default().push(Record::Happened { event, at });
        Ok(state)
    }

    /// An intent of this process, within the campaign's exposure.
    pub fn intend(
        &mut self,
        run: RunId,
        channel: u16,
        attempt: Attempt,
        recipients: ChunkRecipients,
        now: Timestamp,
    ) -> Result<ChunkNumber, JournalError> {
        let epoch = self.state.epoch;
        let most = self.entry(run)?.facts.plan.safety.max_in_doubt.get();
        let ledger = self.ledger(run)?;
        let exposed = ledger.in_flight(epoch) + recipients.len() as u64;
        if exposed > u64::from(most) {
            return Err(JournalError::TooExposed { run, recipients: exposed, most });
        }
        let chunk = ledger.next_chunk();
        let people = u32::try_from(recipients.len()).unwrap_or(u32::MAX);
        let at = now.as_millisecond();
        self.append(run, Record::Intent { chunk, attempt, channel, epoch, at, recipients })?;
        self.count_usage(run, channel, at, |usage| Usage {
            calls: usage.calls.saturating_add(1),
            recipients: usage.recipients.saturating_add(people),
        })?;
        Ok(chunk)
    }

    /// An intent that was not acted on uses up nothing.
    pub fn withdraw(&mut self, run: RunId, chunk: ChunkNumber) -> Result<(), JournalError> {
        let open = self.ledger(run)?.open_intent(chunk);
        let used = open.map(|intent| (intent.channel, intent.at, intent.recipients.clone()));
        self.append(run, Record::Withdrawn { chunk })?;
        let Some((channel, at, recipients)) = used else { return Ok(()) };
        self.spare_released(run, &recipients)?;
        let people = u32::try_from(recipients.len()).unwrap_or(u32::MAX);
        self.count_usage(run, channel, at, |usage| Usage {
            calls: usage.calls.saturating_sub(1),
            recipients: usage.recipients.saturating_sub(people),
        })
    }

    fn count_usage(
        &mut self,
        run: RunId,
        channel: u16,
        at: i64,
        change: impl Fn(Usage) -> Usage,
    ) -> Result<(), JournalError> {
        let channels = &self.entry(run)?.facts.plan.channels;
        let channel =
            channels.get(usize::from(channel)).map(|channel| UsageOf::Channel(channel.name.clone()));
        let minute = minute_of(at);
        for of in channel.into_iter().chain([UsageOf::Run(run)]) {
            let name = of.key();
            let usage = self.state.usage.entry(name.clone()).or_default().entry(minute).or_default();
            *usage = change(*usage);
            self.batch.put(keys::usage(minute, &name), usage)?;
        }
        Ok(())
    }

    /// Counts a request that is no call of a run.
    pub fn count_request(&mut self, of: &UsageOf, minute: u64) -> Result<(), JournalError> {
        let name = of.key();
        let usage = self.state.usage.entry(name.clone()).or_default().entry(minute).or_default();
        usage.calls = usage.calls.saturating_add(1);
        self.batch.put(keys::usage(minute, &name), usage)?;
        Ok(())
    }

    /// Says what became of people in doubt; all of them when none are named. Calls in flight are not
    /// in doubt yet. Returns how many were settled.
    pub fn settle_doubt(
        &mut self,
        run: RunId,
        named: Option<Vec<RecipientNumber>>,
        settlement: Settlement,
        by: SettledBy,
        now: Timestamp,
    ) -> Result<u64, JournalError> {
        let epoch = self.state.epoch;
        let ledger = self.ledger(run)?;
        let doubts: BTreeSet<_> = ledger.doubts(epoch).into_iter().map(|(recipient, _)| recipient).collect();
        let settled: Vec<_> = match named {
            None => doubts.into_iter().collect(),
            Some(named) => match named.iter().find(|recipient| !doubts.contains(recipient)) {
                Some(&recipient) => return Err(JournalError::NotInDoubt { run, recipient }),
                None => named,
            },
        };
        let Some(recipients) = ChunkRecipients::new(settled) else { return Ok(0) };
        let count = recipients.len() as u64;
        self.append(run, Record::DoubtSettled { recipients, settlement, by, at: now.as_millisecond() })?;
        self.follow_settlement(run, now)?;
        Ok(count)
    }

    /// The provider turned out to have what was asked for, under these identifiers. Calls in flight are not
    /// in doubt yet.
    pub fn prove(
        &mut self,
        run: RunId,
        proved: Vec<(RecipientNumber, MessageId)>,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        let epoch = self.state.epoch;
        let ledger = self.ledger(run)?;
        let doubts: BTreeSet<_> = ledger.doubts(epoch).into_iter().map(|(recipient, _)| recipient).collect();
        if let Some((recipient, _)) = proved.iter().find(|(recipient, _)| !doubts.contains(recipient)) {
            return Err(JournalError::NotInDoubt { run, recipient: *recipient });
        }
        for (recipient, id) in proved {
            self.append(run, Record::Proved { recipient, id, at: now.as_millisecond() })?;
        }
        self.follow_settlement(run, now)
    }

    /// A run that only waits for doubt to be settled goes on, or ends.
    pub(super) fn follow_settlement(&mut self, run: RunId, now: Timestamp) -> Result<(), JournalError> {
        let ledger = self.ledger(run)?;
        let in_doubt = ledger.count(Place::InDoubt) + ledger.count(Place::Intended);
        let pending = ledger.count(Place::Pending);
        match ledger.state() {
            RunState::Settling if pending > 0 => drop(self.happen(run, RunEvent::Reopened, now)?),
            RunState::Settling if in_doubt == 0 => {
                drop(self.happen(run, RunEvent::Finished { in_doubt }, now)?);
            }
            _ => {}
        }
        Ok(())
    }

    /// Puts people on the suppression list; those on it stay as they are. Returns how many are new.
    pub fn suppress(&mut self, people: Vec<(PersonKey, Suppression)>) -> Result<usize, JournalError> {
        let suppressions = Arc::clone(&self.state.suppressions);
        let mut suppressions = suppressions.write().unwrap_or_else(PoisonError::into_inner);
        let mut added = 0;
        for (person, mut suppression) in people {
            if let Entry::Vacant(entry) = suppressions.entry(person) {
                let source = &mut suppression.source;
                source.truncate(source.floor_char_boundary(SOURCE_BYTES));
                self.batch.put(keys::suppression(person), &suppression)?;
                entry.insert(suppression);
                added += 1;
            }
        }
        Ok(added)
    }

    /// Everything to be written, and the long values that go.
    pub fn into_batch(mut self) -> Result<(Batch, Vec<Vec<u8>>), DamageError> {
        for (run, records) in std::mem::take(&mut self.receipts) {
            let Some(entry) = self.state.runs.get_mut(&run).filter(|_| !records.is_empty()) else { continue };
            self.state.touched.insert(run);
            self.batch.put_long(&keys::receipts_group(run, entry.next_receipts), &records)?;
            entry.next_receipts += 1;
            if let Some(deliveries) = &entry.deliveries {
                entry.delivery_counts = deliveries.counts();
            }
            let written = WrittenReceipts { counts: entry.delivery_counts, groups: entry.next_receipts };
            self.batch.put(keys::receipts_summary(run), &written)?;
        }
        for (run, records) in std::mem::take(&mut self.records) {
            let Some(entry) = self.state.runs.get_mut(&run) else { continue };
            self.state.touched.insert(run);
            self.batch.put_long(&keys::group(run, entry.next_sequence), &records)?;
            entry.next_sequence += 1;
            if let Some(ledger) = &entry.ledger {
                entry.summary = summary_of(ledger)?;
            }
            let written = WrittenSummary { summary: entry.summary.clone(), groups: entry.next_sequence };
            self.batch.put(keys::summary(run), &written)?;
        }
        Ok((self.batch, self.removed))
    }
}
