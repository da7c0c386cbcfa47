//! A run in short: its balance, its channels, its reasons, its doubts.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::domain::{Launch, Plan, Purpose, RecipientNumber, RunName, RunState, Tally, Waiting};
use crate::journal::{CanaryView, Doubt, Journal, Place, RunView};
use crate::roster::{Roster, RosterError};

use super::error::ReportError;
use super::funnel::{Filling, Funnel};
use super::reasons::{ReasonCount, Reasons};
use super::traces::traces;
use super::words::Words;

/// A run in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunReport {
    /// The run as the journal knows it.
    pub view: RunView,
    /// Why recipients were rejected, the most frequent reason first.
    pub rejected: Vec<ReasonCount>,
    /// How far the messages got; `None` for a run that sends none, and where it was not asked for.
    pub funnel: Option<Funnel>,
    /// The run whose people this one takes up.
    pub origin: Option<RunName>,
    /// Runs that take up people of this one, the oldest first, and which.
    pub linked: Vec<(RunName, &'static str)>,
    /// The run for whose accepted this one does something.
    pub after: Option<RunName>,
    /// Runs that do something for this one's accepted, the oldest first, with what they do.
    pub afterwards: Vec<(RunName, &'static str)>,
    /// The canary, as long as it keeps the others back.
    pub canary: Option<CanaryView>,
    /// What people wait for while the run is sent, in sentences; whoever knows the channels' limits adds them.
    pub limits: Vec<String>,
}

/// Reads a run in short, with its funnel.
///
/// # Errors
/// When the journal or the roster cannot be read.
pub fn report(journal: &Journal, roster: &Roster, words: &Words) -> Result<RunReport, ReportError> {
    let (rejected, funnel) = if messages_somebody(roster)? {
        let mut filling = Filling::new(roster.plan(), words)?;
        let rejected = read(journal, roster, words, Some(&mut filling))?;
        (rejected, Some(filling.finish()?))
    } else {
        (rejected(journal, roster, words)?, None)
    };
    with_links(journal, roster, rejected, funnel)
}

/// The same without the funnel, which takes a look at everybody.
///
/// # Errors
/// When the journal cannot be read.
pub fn overview(journal: &Journal, roster: &Roster, words: &Words) -> Result<RunReport, ReportError> {
    with_links(journal, roster, rejected(journal, roster, words)?, None)
}

/// Whether the run sends messages: of other changes no provider has any news.
fn messages_somebody(roster: &Roster) -> Result<bool, ReportError> {
    if roster.is_empty() {
        return Ok(false);
    }
    match roster.recipient(RecipientNumber(0)) {
        Ok(recipient) => Ok(recipient.content.messages_somebody()),
        // A campaign is about messages more often than not.
        Err(RosterError::Forgotten { .. }) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

fn rejected(journal: &Journal, roster: &Roster, words: &Words) -> Result<Vec<ReasonCount>, ReportError> {
    match journal.view(roster.plan().run)?.summary.tally.rejected {
        0 => Ok(Vec::new()),
        _ => read(journal, roster, words, None),
    }
}

/// Looks at everybody once.
fn read(
    journal: &Journal,
    roster: &Roster,
    words: &Words,
    mut filling: Option<&mut Filling<'_>>,
) -> Result<Vec<ReasonCount>, ReportError> {
    let mut reasons = Reasons::default();
    let mut standings = roster.standings();
    traces(journal, roster, 0..roster.len(), &mut |trace| {
        let standing = standings.next().transpose()?;
        if let (Some(filling), Some((_, channel, standing))) = (&mut filling, standing) {
            filling.take(channel, standing, &trace)?;
        }
        if let (Place::Rejected, Some(reason)) = (trace.place, &trace.history.reason) {
            reasons.take(reason, words);
        }
        Ok(())
    })?;
    // What the index says can be relied on once it has ended without an error.
    standings.next().transpose()?;
    Ok(reasons.counted())
}

fn with_links(
    journal: &Journal,
    roster: &Roster,
    rejected: Vec<ReasonCount>,
    funnel: Option<Funnel>,
) -> Result<RunReport, ReportError> {
    let run = roster.plan().run;
    let view = journal.view(run)?;
    let views = journal.views()?;
    let name = |view: &RunView| view.facts.plan.run_name.clone();
    let named = |run| views.iter().find(|other| Some(other.facts.plan.run) == run).map(name);
    let origin = named(view.facts.plan.purpose.origin());
    let after = named(view.facts.plan.purpose.after());
    let linked = views.iter().filter(|other| other.facts.plan.purpose.origin() == Some(run));
    let linked = linked.map(|other| (name(other), other.facts.plan.purpose.takes_up())).collect();
    let done_by = |other: &RunView| match other.facts.plan.purpose {
        Purpose::AfterOf { run: origin, action } if origin == run => {
            let action = view.conduct.after.get(usize::from(action))?;
            Some((name(other), action.word()))
        }
        _ => None,
    };
    let afterwards = views.iter().filter_map(done_by).collect();
    let canary = journal.canary(run)?;
    Ok(RunReport { view, rejected, funnel, origin, linked, after, afterwards, canary, limits: Vec::new() })
}

/// The documented JSON of a run: `run`, `campaign`, `state`, `tally`, `deliveries`, and what explains them. `waiting`
/// is `null`, or says `for` what the run waits, `approval` or `window`, and `until` when it does.
#[must_use]
pub fn run_json(view: &RunView) -> Value {
    let plan: &Plan = &view.facts.plan;
    let held = match &view.summary.state {
        RunState::Held(reason) => json!({ "kind": reason.kind, "sentence": reason.sentence }),
        _ => Value::Null,
    };
    let waiting = match &view.summary.state {
        RunState::Waiting(Waiting::Approval) => json!({ "for": "approval", "until": null }),
        RunState::Waiting(Waiting::Window { until }) => json!({ "for": "window", "until": until }),
        _ => Value::Null,
    };
    let tally: &Tally = &view.summary.tally;
    json!({
        "run": plan.run_name,
        "campaign": plan.campaign,
        "state": view.summary.state.word(),
        "held": held,
        "waiting": waiting,
        "valid_until": view.timing.valid_until,
        "tally": tally,
        "deliveries": view.deliveries,
        "assumed_sent": view.summary.assumed,
        "in_flight": view.in_flight,
        "occurrence": plan.occurrence,
        "purpose": plan.purpose.word(),
        "launch": launch_json(view.launch),
        "rejected_of": plan.purpose.origin().filter(|_| plan.purpose.takes_up() == "rejected"),
        "undelivered_of": plan.purpose.origin().filter(|_| plan.purpose.takes_up() == "undelivered"),
        "after": plan.purpose.after(),
        "fallback": view.fallback.as_ref().map(|channel| channel.name.as_str()),
        "channels": plan.channels.iter().map(|channel| channel.name.as_str()).collect::<Vec<_>>(),
        "plan_hash": view.facts.plan_hash,
        "created": plan.created,
        "changed": view.summary.at,
    })
}

/// What launched a run: `by`, and for which moment or content.
fn launch_json(launch: Launch) -> Value {
    match launch {
        Launch::Hand => json!({ "by": "hand" }),
        Launch::Dropped(content) => json!({ "by": "inbox", "content": content.to_string() }),
        Launch::Fired { at } => json!({ "by": "schedule", "at": at }),
    }
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
