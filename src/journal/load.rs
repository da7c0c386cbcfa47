//! Reading the store: what every process knows on opening it, and the fold of one run's log.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock};

use jiff::Timestamp;
use tokio::sync::watch;

use crate::domain::{RunEvent, RunId, RunState, Standing};

use super::error::{DamageError, JournalError};
use super::keys;
use super::ledger::Ledger;
use super::record::{Epoch, Record, RunFacts, RunSummary};
use super::stage::{RunEntry, State, Usage, minute_of};
use super::store::{Batch, Store};

/// Usage older than the longest window of a rate is dropped.
const USAGE_MINUTES: u64 = 32 * 24 * 60;

/// Everything but the logs, and what opening the store writes: the next epoch, and that runs which a
/// dead process was sending are interrupted.
pub fn state(store: &Store, now: Timestamp) -> Result<(State, Batch), DamageError> {
    let mut batch = Batch::default();
    let epoch = Epoch(store.read::<Epoch>(keys::EPOCH)?.unwrap_or_default().0 + 1);
    batch.put(keys::EPOCH.to_vec(), &epoch)?;
    let mut runs = BTreeMap::new();
    for entry in store.scan::<RunFacts>(keys::ALL_FACTS, keys::ALL_FACTS) {
        let (_, facts) = entry?;
        let run = facts.plan.run;
        runs.insert(run, run_entry(store, facts, now, &mut batch)?);
    }
    let mut suppressions = HashMap::new();
    for entry in store.scan(keys::ALL_SUPPRESSIONS, keys::ALL_SUPPRESSIONS) {
        let (key, suppression) = entry?;
        let person = keys::person_of(&key).ok_or_else(|| damaged_key(&key))?;
        suppressions.insert(person, suppression);
    }
    let usage = usage(store, now, &mut batch)?;
    let suppressions = Arc::new(RwLock::new(suppressions));
    Ok((State { epoch, runs, suppressions, usage }, batch))
}

fn run_entry(
    store: &Store,
    facts: RunFacts,
    now: Timestamp,
    batch: &mut Batch,
) -> Result<RunEntry, DamageError> {
    let run = facts.plan.run;
    let mut summary: RunSummary = store
        .read(&keys::summary(run))?
        .ok_or_else(|| DamageError { what: format!("run {run} has no summary") })?;
    let last = store.last_key(&keys::log(run))?;
    let last = last.map(|key| keys::sequence_of(&key).ok_or_else(|| damaged_key(&key))).transpose()?;
    let mut next_sequence = last.map_or(0, |last| last + 1);
    if summary.state == RunState::Sending {
        let record = Record::Happened { event: RunEvent::Interrupted, at: now.as_millisecond() };
        batch.put(keys::group(run, next_sequence), &vec![record])?;
        next_sequence += 1;
        summary.state = RunState::Interrupted;
        summary.at = now;
        batch.put(keys::summary(run), &summary)?;
    }
    let state = watch::Sender::new(summary.state.clone());
    Ok(RunEntry { facts, summary, ledger: None, state, next_sequence })
}

fn usage(
    store: &Store,
    now: Timestamp,
    batch: &mut Batch,
) -> Result<HashMap<String, BTreeMap<u64, Usage>>, DamageError> {
    let oldest = minute_of(now).saturating_sub(USAGE_MINUTES);
    let mut usage: HashMap<String, BTreeMap<u64, Usage>> = HashMap::new();
    for entry in store.scan(keys::ALL_USAGE, keys::ALL_USAGE) {
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

/// The records of a run's log from a sequence on, in order.
pub fn records(store: &Store, run: RunId) -> impl Iterator<Item = Result<Vec<Record>, DamageError>> + use<> {
    let prefix = keys::log(run);
    let mut expected = 0;
    store.scan::<Vec<Record>>(&prefix, &prefix).map(move |entry| {
        let (key, group) = entry?;
        if keys::sequence_of(&key) != Some(expected) {
            return Err(DamageError { what: format!("the log of run {run} lacks group {expected}") });
        }
        expected += 1;
        Ok(group)
    })
}

/// The fold of a run's log as it is on disk.
pub fn ledger(
    store: &Store,
    facts: &RunFacts,
    standings: impl Iterator<Item = Standing>,
) -> Result<Ledger, DamageError> {
    let plan = &facts.plan;
    let run = plan.run;
    let mut ledger = Ledger::new(run, plan.rows, plan.created.as_millisecond(), standings);
    if ledger.len() as u64 != plan.rows.recipients {
        let what = format!(
            "the roster of run {run} has {} recipients, its plan {}",
            ledger.len(),
            plan.rows.recipients
        );
        return Err(DamageError { what });
    }
    for group in records(store, run) {
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
