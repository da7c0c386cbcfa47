//! A run in short: its balance, its channels, its reasons, its doubts.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::domain::{Plan, RecipientNumber, RunName, RunState, Tally};
use crate::journal::{Doubt, Journal, Place, RunView};
use crate::roster::Roster;

use super::error::ReportError;
use super::words::Words;

/// Recipients whose histories are held in memory at once.
const BLOCK: u32 = 100_000;

/// How many recipients a reason befell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReasonCount {
    /// The reason's code.
    pub code: String,
    /// The reason in a sentence.
    pub sentence: String,
    /// Recipients.
    pub recipients: u64,
}

/// A run in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunReport {
    /// The run as the journal knows it.
    pub view: RunView,
    /// Why recipients were rejected, the most frequent reason first.
    pub rejected: Vec<ReasonCount>,
    /// The run whose rejected this one takes up.
    pub origin: Option<RunName>,
    /// Runs that take up this one's rejected, the oldest first.
    pub linked: Vec<RunName>,
}

/// Reads a run in short.
///
/// # Errors
/// When the journal or the roster cannot be read.
pub fn report(journal: &Journal, roster: &Roster, words: &Words) -> Result<RunReport, ReportError> {
    let run = roster.plan().run;
    let view = journal.view(run)?;
    let mut reasons: BTreeMap<RejectedFor, u64> = BTreeMap::new();
    if view.summary.tally.rejected > 0 {
        let mut start = 0;
        while start < roster.len() {
            let range = start..roster.len().min(start + BLOCK);
            start = range.end;
            let histories = journal.histories(run, range.clone())?;
            let rejected: Vec<bool> = journal.with_ledger(run, |ledger| {
                range.map(|number| ledger.place(RecipientNumber(number)) == Some(Place::Rejected)).collect()
            })?;
            for (history, rejected) in histories.into_iter().zip(rejected) {
                if let (true, Some(reason)) = (rejected, history.reason) {
                    let sentence = words.reason(&reason).into();
                    *reasons.entry(RejectedFor { code: reason.code, sentence }).or_default() += 1;
                }
            }
        }
    }
    let mut rejected: Vec<_> = reasons
        .into_iter()
        .map(|(reason, recipients)| ReasonCount {
            code: reason.code.into(),
            sentence: reason.sentence.into(),
            recipients,
        })
        .collect();
    rejected.sort_by_key(|reason| std::cmp::Reverse(reason.recipients));
    let views = journal.views()?;
    let name = |view: &RunView| view.facts.plan.run_name.clone();
    let origin = view.facts.plan.purpose.origin();
    let origin = views.iter().find(|other| Some(other.facts.plan.run) == origin).map(name);
    let linked =
        views.iter().filter(|other| other.facts.plan.purpose.origin() == Some(run)).map(name).collect();
    Ok(RunReport { view, rejected, origin, linked })
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct RejectedFor {
    code: Box<str>,
    sentence: Box<str>,
}

/// The documented JSON of a run: `run`, `campaign`, `state`, `tally`, and what explains them.
#[must_use]
pub fn run_json(view: &RunView) -> Value {
    let plan: &Plan = &view.facts.plan;
    let held = match &view.summary.state {
        RunState::Held(reason) => json!({ "kind": reason.kind, "sentence": reason.sentence }),
        _ => Value::Null,
    };
    let tally: &Tally = &view.summary.tally;
    json!({
        "run": plan.run_name,
        "campaign": plan.campaign,
        "state": view.summary.state.word(),
        "held": held,
        "tally": tally,
        "assumed_sent": view.summary.assumed,
        "in_flight": view.in_flight,
        "occurrence": plan.occurrence,
        "purpose": plan.purpose.word(),
        "rejected_of": plan.purpose.origin(),
        "fallback": view.fallback.as_ref().map(|channel| channel.name.as_str()),
        "channels": plan.channels.iter().map(|channel| channel.name.as_str()).collect::<Vec<_>>(),
        "plan_hash": view.facts.plan_hash,
        "created": plan.created,
        "changed": view.summary.at,
    })
}

/// One recipient in doubt, for showing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoubtLine {
    /// The full number, digits only: whoever settles a doubt has to look the person up.
    pub phone: String,
    /// The channel's name.
    pub channel: String,
    /// Why nobody knows.
    pub cause: String,
    /// When the call was intended.
    pub since: Timestamp,
    /// Which attempt it was.
    pub attempt: u16,
    /// Row of the audience.
    pub row: u64,
}

/// Everyone of a run who is in doubt, in the roster's order.
///
/// # Errors
/// When the journal or the roster cannot be read.
pub fn doubt_lines(journal: &Journal, roster: &Roster, words: &Words) -> Result<Vec<DoubtLine>, ReportError> {
    let plan = roster.plan();
    let line = |(number, doubt): (RecipientNumber, Doubt)| {
        let recipient = roster.recipient(number)?;
        Ok(DoubtLine {
            phone: recipient.address.in_full(),
            channel: plan
                .channels
                .get(usize::from(doubt.channel))
                .map(|channel| channel.name.clone())
                .unwrap_or_default(),
            cause: words.doubt(doubt.cause),
            since: Timestamp::from_millisecond(doubt.since).unwrap_or_default(),
            attempt: doubt.attempt.0,
            row: recipient.row,
        })
    };
    journal.doubts(plan.run)?.into_iter().map(line).collect()
}
