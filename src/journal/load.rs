//! Reading the store: what every process knows on opening it, and the fold of one run's log.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::{Arc, RwLock};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::domain::{Conduct, RunEvent, RunId, RunState, Standing, Timing};

use super::batch::Batch;
use super::deliveries::{Deliveries, DeliveryCounts, DeliveryRecord};
use super::error::{DamageError, JournalError};
use super::evidence::Spared;
use super::keys;
use super::ledger::Ledger;
use super::letters::HookSecret;
use super::marks;
use super::record::{Epoch, Record, RunFacts, WrittenSummary};
use super::state::{RunEntry, State, Usage, minute_of, time_of};
use super::store::Store;

/// Usage older than the longest window of a rate is dropped.
const USAGE_MINUTES: u64 = 32 * 24 * 60;

/// Everything but the logs, and what opening the store writes: the next epoch, and that runs which a
/// dead process was sending are interrupted.
pub fn state(store: &Store, now: Timestamp) -> Result<(State, Batch), DamageError> {
    let mut batch = Batch::default();
    let epoch = Epoch(store.read::<Epoch>(keys::EPOCH)?.unwrap_or_default().0 + 1);
    batch.put(keys::EPOCH.to_vec(), &epoch)?;
    let mut runs = BTreeMap::new();
    for entry in store.scan_long::<RunFacts>(keys::ALL_FACTS) {
        let (_, facts) = entry?;
        let run = facts.plan.run;
        runs.insert(run, run_entry(store, facts, &mut batch)?);
    }
    let mut suppressions = HashMap::new();
    for entry in store.scan(keys::ALL_SUPPRESSIONS) {
        let (key, suppression) = entry?;
        let person = keys::person_of(&key).ok_or_else(|| damaged_key(&key))?;
        suppressions.insert(person, suppression);
    }
    let mut hooks = HashMap::new();
    for entry in store.scan::<Vec<HookSecret>>(keys::ALL_HOOKS) {
        let (key, secrets) = entry?;
        let channel = keys::channel_of_hook(&key).ok_or_else(|| damaged_key(&key))?;
        hooks.insert(channel.to_owned(), secrets);
    }
    let letters = letters(store)?;
    let usage = usage(store, now, &mut batch)?;
    let (marks, patterns) = marks::load(store)?;
    let news = watch::Sender::new(0);
    let suppressions = Arc::new(RwLock::new(suppressions));
    let spared = Spared::default();
    let numbered = store.read(keys::RUNS)?.unwrap_or_default();
    let newest_run = RunId(numbered).max(runs.keys().next_back().copied().unwrap_or(RunId(0)));
    Ok((
        State {
            broken: None,
            newest_run,
            epoch,
            runs,
            touched: BTreeSet::new(),
            suppressions,
            spared,
            letters,
            hooks,
            marks,
            patterns,
            news,
            usage,
        },
        batch,
    ))
}

fn run_entry(store: &Store, facts: RunFacts, batch: &mut Batch) -> Result<RunEntry, DamageError> {
    let run = facts.plan.run;
    let mut written: WrittenSummary = store
        .read(&keys::summary(run))?
        .ok_or_else(|| DamageError { what: format!("run {run} has no summary") })?;
    let last = store.last_key(&keys::log(run))?;
    let last = last.map(|key| keys::sequence_of(&key).ok_or_else(|| damaged_key(&key))).transpose()?;
    let found = last.map_or(0, |last| last + 1);
    if found != written.groups {
        let what = format!("the log of run {run} ends with group {found}, not {}", written.groups);
        return Err(DamageError { what });
    }
    if written.summary.state == RunState::Sending {
        // How long it lay is what its resumption is judged by, and this opening of the store says nothing of that.
        let written_at = written.summary.at.as_millisecond();
        let at = marks::last_sign_of_life(store, run, written.groups, written_at)?;
        let record = Record::Happened { event: RunEvent::Interrupted, at };
        batch.put_long(&keys::group(run, written.groups), &vec![record])?;
        written.groups += 1;
        written.summary.state = RunState::Interrupted;
        written.summary.at = time_of(at)?;
        batch.put(keys::summary(run), &written)?;
    }
    let WrittenSummary { summary, groups: next_sequence } = written;
    let state = watch::Sender::new(summary.state.clone());
    let fallback = store.read(&keys::fallback(run))?;
    let conduct = store.scan_long(&keys::conduct(run)).next().transpose()?;
    let conduct = conduct.map_or_else(Conduct::default, |(_, conduct)| conduct);
    let timing = store.scan_long(&keys::timing(run)).next().transpose()?;
    let timing = timing.map_or_else(Timing::default, |(_, timing)| timing);
    let launch = store.read(&keys::launch(run))?.unwrap_or_default();
    let written: WrittenReceipts = store.read(&keys::receipts_summary(run))?.unwrap_or_default();
    let WrittenReceipts { counts: delivery_counts, groups: next_receipts } = written;
    Ok(RunEntry {
        facts: Arc::new(facts),
        fallback,
        conduct,
        timing,
        launch,
        summary,
        ledger: None,
        state,
        next_sequence,
        deliveries: None,
        delivery_counts,
        next_receipts,
        told_receipts: next_receipts,
    })
}

/// What a run's receipts come to, as it is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrittenReceipts {
    /// The counts.
    pub counts: DeliveryCounts,
    /// Flush groups.
    pub groups: u64,
}

/// Numbers of the letters that wait.
fn letters(store: &Store) -> Result<Range<u64>, DamageError> {
    let number = |key: &[u8]| keys::number_of_letter(key).ok_or_else(|| damaged_key(key));
    let first = store.first_key(keys::ALL_LETTERS)?.map(|key| number(&key)).transpose()?;
    let last = store.last_key(keys::ALL_LETTERS)?.map(|key| number(&key)).transpose()?;
    Ok(first.unwrap_or(0)..last.map_or(0, |last| last + 1))
}

/// The fold of a run's receipts.
pub fn deliveries(
    store: &Store,
    run: RunId,
    recipients: u64,
    groups: u64,
) -> Result<Deliveries, DamageError> {
    let mut deliveries = Deliveries::new(usize::try_from(recipients).unwrap_or(usize::MAX));
    let mut found = store.scan_long::<Vec<DeliveryRecord>>(&keys::receipts(run));
    for expected in 0..groups {
        let (key, group) = found.next().transpose()?.unzip();
        match group {
            Some(group) if key.as_deref().and_then(keys::sequence_of) == Some(expected) => {
                for record in &group {
                    deliveries.take(record);
                }
            }
            _ => {
                return Err(DamageError { what: format!("the receipts of run {run} lack group {expected}") });
            }
        }
    }
    Ok(deliveries)
}

fn usage(
    store: &Store,
    now: Timestamp,
    batch: &mut Batch,
) -> Result<HashMap<String, BTreeMap<u64, Usage>>, DamageError> {
    let oldest = minute_of(now.as_millisecond()).saturating_sub(USAGE_MINUTES);
    let mut usage: HashMap<String, BTreeMap<u64, Usage>> = HashMap::new();
    for entry in store.scan(keys::ALL_USAGE) {
        let (key, used) = entry?;
        let (minute, channel) = keys::usage_of(&key).ok_or_else(|| damaged_key(&key))?;
        if minute < oldest {
            batch.remove(key.to_vec());
        } else {
            usage.entry(channel.to_owned()).or_default().insert(minute, used);
        }
    }
    Ok(usage)
}

/// The first `groups` flush groups of a run's log, in order.
pub fn records(
    store: &Store,
    run: RunId,
    groups: u64,
) -> impl Iterator<Item = Result<Vec<Record>, DamageError>> + use<> {
    records_from(store, run, 0, groups)
}

/// The same from the group `first` on.
pub fn records_from(
    store: &Store,
    run: RunId,
    first: u64,
    groups: u64,
) -> impl Iterator<Item = Result<Vec<Record>, DamageError>> + use<> {
    let mut found = store.scan_long_after::<Vec<Record>>(&keys::log(run), &keys::group(run, first));
    (first..groups).map(move |expected| {
        let (key, group) = found.next().transpose()?.unzip();
        match group {
            Some(group) if key.as_deref().and_then(keys::sequence_of) == Some(expected) => Ok(group),
            _ => Err(DamageError { what: format!("the log of run {run} lacks group {expected}") }),
        }
    })
}

/// The fold of a run's log as it is on disk.
pub fn ledger(
    store: &Store,
    facts: &RunFacts,
    timing: &Timing,
    groups: u64,
    standings: impl Iterator<Item = Standing>,
) -> Result<Ledger, DamageError> {
    let plan = &facts.plan;
    let run = plan.run;
    let mut ledger = Ledger::new(run, plan.rows, plan.created.as_millisecond(), timing.approval, standings);
    if ledger.len() as u64 != plan.rows.recipients {
        let what = format!(
            "the roster of run {run} has {} recipients, its plan {}",
            ledger.len(),
            plan.rows.recipients
        );
        return Err(DamageError { what });
    }
    for group in records(store, run, groups) {
        for record in group? {
            ledger.apply(&record).map_err(|error: JournalError| DamageError {
                what: format!("the log of run {run} contradicts itself ({error})"),
            })?;
        }
    }
    Ok(ledger)
}

fn damaged_key(key: &[u8]) -> DamageError {
    DamageError { what: format!("the key {} cannot be read", key.escape_ascii()) }
}
