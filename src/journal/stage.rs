//! A flush group while it is put together: records are checked against the ledgers and become
//! durable together.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};

use jiff::Timestamp;
use tokio::sync::watch;

use crate::domain::{ChunkNumber, ChunkRecipients, PersonKey, RunEvent, RunId, RunState};

use super::error::{DamageError, JournalError};
use super::keys;
use super::ledger::Ledger;
use super::place::Place;
use super::record::{Epoch, Record, RunFacts, RunSummary, SettledBy, Settlement, Suppression};
use super::store::Batch;

/// Encoded size up to which records share a value. sled moves values of 512 KiB into files that the
/// journal's sync does not reach.
const VALUE_BYTES: usize = 128 * 1024;

/// A run as this process knows it.
#[derive(Debug)]
pub struct RunEntry {
    /// What never changes.
    pub facts: RunFacts,
    /// What was last written about it.
    pub summary: RunSummary,
    /// The fold of its log, once somebody asked for it.
    pub ledger: Option<Ledger>,
    /// Tells the state to whoever sends.
    pub state: watch::Sender<RunState>,
    /// Sequence of the next flush group in its log.
    pub next_sequence: u64,
}

/// Calls and recipients of a channel's intents in one minute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Usage {
    /// Intents written.
    pub calls: u32,
    /// Recipients in them.
    pub recipients: u32,
}

/// Everyone who must not be messaged.
pub type Suppressions = Arc<RwLock<HashMap<PersonKey, Suppression>>>;

/// Whose intents are counted by the minute, for limits over an hour and longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsageOf {
    /// A channel's, over all runs.
    Channel(String),
    /// A run's, over all channels.
    Run(RunId),
}

impl UsageOf {
    /// The name in the store's keys.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Channel(name) => format!("c{name}"),
            Self::Run(run) => format!("r{run}"),
        }
    }
}

/// Everything that the journal knows of its store.
#[derive(Debug, Default)]
pub struct State {
    /// The process's number among those that opened the store.
    pub epoch: Epoch,
    /// All runs.
    pub runs: BTreeMap<RunId, RunEntry>,
    /// Everyone who must not be messaged.
    pub suppressions: Suppressions,
    /// Usage by [`UsageOf::key`], then minute since the Unix epoch.
    pub usage: HashMap<String, BTreeMap<u64, Usage>>,
}

/// See the module.
#[derive(Debug)]
pub struct Stage<'a> {
    /// What is known, this group's records included.
    pub state: &'a mut State,
    /// Bytes left on the store's disk.
    pub space_left: u64,
    records: BTreeMap<RunId, Vec<Record>>,
    /// Runs whose summary is to be written.
    summaries: Vec<RunId>,
    /// Other keys of the group.
    pub batch: Batch,
}

impl<'a> Stage<'a> {
    /// An empty group.
    pub fn new(state: &'a mut State, space_left: u64) -> Self {
        Self { state, space_left, records: BTreeMap::new(), summaries: Vec::new(), batch: Batch::default() }
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

    /// Something happens to the run.
    pub fn happen(&mut self, run: RunId, event: RunEvent, now: Timestamp) -> Result<RunState, JournalError> {
        self.append(run, Record::Happened { event, at: now.as_millisecond() })?;
        let state = self.ledger(run)?.state().clone();
        self.entry(run)?.state.send_replace(state.clone());
        self.summaries.push(run);
        Ok(state)
    }

    /// An intent of this process, within the campaign's exposure.
    pub fn intend(
        &mut self,
        run: RunId,
        channel: u16,
        attempt: crate::domain::Attempt,
        recipients: ChunkRecipients,
        now: Timestamp,
    ) -> Result<ChunkNumber, JournalError> {
        let epoch = self.state.epoch;
        let entry = self.entry(run)?;
        let most = entry.facts.plan.safety.max_in_doubt.get();
        let channel_name =
            entry.facts.plan.channels.get(usize::from(channel)).map(|channel| channel.name.clone());
        let ledger = self.ledger(run)?;
        let exposed = ledger.in_flight(epoch) + recipients.len() as u64;
        if exposed > u64::from(most) {
            return Err(JournalError::TooExposed { run, recipients: exposed, most });
        }
        let chunk = ledger.next_chunk();
        let people = u32::try_from(recipients.len()).unwrap_or(u32::MAX);
        let at = now.as_millisecond();
        self.append(run, Record::Intent { chunk, attempt, channel, epoch, at, recipients })?;
        if let Some(channel) = channel_name {
            self.count_usage(&UsageOf::Channel(channel), now, people)?;
        }
        self.count_usage(&UsageOf::Run(run), now, people)?;
        Ok(chunk)
    }

    fn count_usage(&mut self, of: &UsageOf, now: Timestamp, recipients: u32) -> Result<(), JournalError> {
        let minute = minute_of(now);
        let name = of.key();
        let usage = self.state.usage.entry(name.clone()).or_default().entry(minute).or_default();
        usage.calls = usage.calls.saturating_add(1);
        usage.recipients = usage.recipients.saturating_add(recipients);
        let usage = *usage;
        Ok(self.batch.put(keys::usage(minute, &name), &usage)?)
    }

    /// Says what became of people in doubt; all of them when none are named. Calls in flight are not
    /// in doubt yet. Returns how many were settled.
    pub fn settle_doubt(
        &mut self,
        run: RunId,
        named: Option<Vec<crate::domain::RecipientNumber>>,
        settlement: Settlement,
        by: SettledBy,
        now: Timestamp,
    ) -> Result<u64, JournalError> {
        let epoch = self.state.epoch;
        let ledger = self.ledger(run)?;
        let doubts: std::collections::BTreeSet<_> =
            ledger.doubts(epoch).into_iter().map(|(recipient, _)| recipient).collect();
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
        let ledger = self.ledger(run)?;
        let in_doubt = ledger.count(Place::InDoubt) + ledger.count(Place::Intended);
        let pending = ledger.count(Place::Pending);
        match ledger.state() {
            RunState::Settling if pending > 0 => drop(self.happen(run, RunEvent::Reopened, now)?),
            RunState::Settling if in_doubt == 0 => {
                drop(self.happen(run, RunEvent::Finished { in_doubt }, now)?);
            }
            _ => self.summaries.push(run),
        }
        Ok(count)
    }

    /// Everything to be written.
    pub fn into_batch(mut self) -> Result<Batch, DamageError> {
        for (run, records) in std::mem::take(&mut self.records) {
            let Some(entry) = self.state.runs.get_mut(&run) else { continue };
            for group in split(records)? {
                self.batch.put(keys::group(run, entry.next_sequence), &group)?;
                entry.next_sequence += 1;
            }
        }
        for run in std::mem::take(&mut self.summaries) {
            let Some(entry) = self.state.runs.get_mut(&run) else { continue };
            if let Some(ledger) = &entry.ledger {
                entry.summary = summary_of(ledger)?;
            }
            self.batch.put(keys::summary(run), &entry.summary)?;
        }
        Ok(self.batch)
    }
}

/// Minutes since the Unix epoch.
pub fn minute_of(now: Timestamp) -> u64 {
    u64::try_from(now.as_second() / 60).unwrap_or(0)
}

/// What a ledger says in short.
pub fn summary_of(ledger: &Ledger) -> Result<RunSummary, DamageError> {
    let at = Timestamp::from_millisecond(ledger.changed())
        .map_err(|error| DamageError { what: format!("an event has an impossible time ({error})") })?;
    Ok(RunSummary {
        state: ledger.state().clone(),
        tally: ledger.tally(),
        assumed: ledger.count(Place::Assumed),
        at,
    })
}

fn split(records: Vec<Record>) -> Result<Vec<Vec<Record>>, DamageError> {
    let mut groups = Vec::new();
    let mut group = Vec::new();
    let mut bytes = 0;
    for record in records {
        let size = postcard::experimental::serialized_size(&record)
            .map_err(|error| DamageError { what: format!("a record cannot be written: {error}") })?;
        if bytes + size > VALUE_BYTES && !group.is_empty() {
            groups.push(std::mem::take(&mut group));
            bytes = 0;
        }
        bytes += size;
        group.push(record);
    }
    groups.push(group);
    Ok(groups)
}
