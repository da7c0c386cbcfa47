//! Messages that a provider accepted and could not deliver, for a reason that passes: who may get theirs again,
//! and when (`retry_failed`).
//!
//! Each run's are sent again by linked runs, which are of the occurrence. A person is a recipient of one of them
//! at most, whatever came of it there, and what a linked run sent may fail and be sent again in turn, as often as
//! [`MOST`] says. Nobody in doubt is among them: a receipt proves first that a message was accepted.

use std::collections::HashMap;

use jiff::Timestamp;
use roaring::RoaringTreemap;

use crate::domain::{
    ChunkRecipients, DeliveryStatus, Failure, FailureClass, Plan, Purpose, Recipient, RecipientKey,
    RecipientNumber, RunId,
};
use crate::journal::{Journal, JournalError, Place, RunView};
use crate::roster::{Roster, RosterError};

use super::error::EngineError;
use super::occurrence::{self, attach};

/// How often a person's message is sent again, at most.
pub const MOST: usize = 2;

/// How many of a run's messages may be sent again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Due {
    /// Now.
    pub now: u64,
    /// Later.
    pub later: u64,
    /// When the first of those may be whose time has not come.
    pub next: Option<Timestamp>,
    /// Since when the first of those may be whose time has come.
    pub since: Option<Timestamp>,
}

/// A message that may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Again {
    /// Whose.
    pub recipient: RecipientNumber,
    /// From when on.
    pub from: Timestamp,
}

/// Whether what failed may end differently the next time.
#[must_use]
pub fn passes(failure: &Failure) -> bool {
    matches!(failure.class, FailureClass::Transient | FailureClass::Throttled)
}

/// How many of a run's messages may be sent again at `now`. Nobody's while a run of the occurrence is
/// unfinished: what follows from it comes first.
///
/// # Errors
/// When a run or roster of the occurrence cannot be read.
pub fn due(journal: &Journal, run: RunId, now: Timestamp) -> Result<Due, EngineError> {
    let views = journal.views()?;
    let Some(view) = views.iter().find(|view| view.facts.plan.run == run) else {
        return Err(JournalError::NoRun(run).into());
    };
    let is_unfinished = |view: &RunView| view.summary.state.is_unfinished();
    if occurrence::family(&views, &view.facts.plan).any(is_unfinished) {
        return Ok(Due::default());
    }
    let mut due = Due::default();
    for Again { from, .. } in all(journal, &views, view)? {
        if from <= now {
            due.now += 1;
            due.since = Some(due.since.map_or(from, |since| since.min(from)));
        } else {
            due.later += 1;
            due.next = Some(due.next.map_or(from, |next| next.min(from)));
        }
    }
    Ok(due)
}

/// Every message of a run that may be sent again now or later, in the roster's order.
pub(super) fn all(journal: &Journal, views: &[RunView], view: &RunView) -> Result<Vec<Again>, EngineError> {
    let plan = &view.facts.plan;
    if view.deliveries.failed == 0 || !plan.purpose.is_of_occurrence() || times(views, plan) >= MOST {
        return Ok(Vec::new());
    }
    let mut failed = failed(journal, view)?;
    if failed.is_empty() {
        return Ok(failed);
    }
    let taken_up = taken_up(journal, views, plan.run)?;
    let roster = attach(journal, plan.run)?;
    let mut again = Vec::with_capacity(failed.len());
    for one in failed.drain(..) {
        if !taken_up.contains(roster.recipient(one.recipient)?.key().as_u64()) {
            again.push(one);
        }
    }
    Ok(again)
}

/// The accepted messages of a run that failed for a reason that passes.
fn failed(journal: &Journal, view: &RunView) -> Result<Vec<Again>, EngineError> {
    let plan = &view.facts.plan;
    attach(journal, plan.run)?;
    let begun = plan.created.as_millisecond();
    let mut failed: Vec<Again> = journal.with_deliveries(plan.run, |deliveries| {
        let all = deliveries.all().filter_map(|(recipient, delivery)| {
            let failure = deliveries.failure_of(recipient).filter(|failure| passes(failure))?;
            let (at, _) = delivery.failed()?;
            let wait = i64::try_from(failure.retry.unwrap_or_default().as_millis()).unwrap_or(i64::MAX);
            let from = begun.saturating_add(at.after()).saturating_add(wait);
            Some(Again { recipient, from: Timestamp::from_millisecond(from).unwrap_or(Timestamp::MAX) })
        });
        all.collect()
    })?;
    journal.with_ledger(plan.run, |ledger| {
        failed.retain(|again| ledger.place(again.recipient) == Some(Place::Accepted));
    })?;
    Ok(failed)
}

/// Everyone whom the linked runs have that send a run's messages again, by [`Recipient::key`].
fn taken_up(journal: &Journal, views: &[RunView], run: RunId) -> Result<RoaringTreemap, EngineError> {
    let mut taken_up = RoaringTreemap::new();
    for view in views.iter().filter(|view| view.facts.plan.purpose == Purpose::RetryFailedOf(run)) {
        let roster = attach(journal, view.facts.plan.run)?;
        for number in 0..roster.len() {
            taken_up.insert(roster.recipient(RecipientNumber(number))?.key().as_u64());
        }
    }
    Ok(taken_up)
}

/// How often the messages of a plan have been sent again, itself included.
#[must_use]
pub fn times(views: &[RunView], plan: &Plan) -> usize {
    let is_again = |plan: &&Plan| matches!(plan.purpose, Purpose::RetryFailedOf(_));
    std::iter::once(plan).chain(ancestors(views, plan)).filter(is_again).count()
}

/// The runs whose people a plan takes up, the nearest first.
fn ancestors<'a>(views: &'a [RunView], plan: &Plan) -> impl Iterator<Item = &'a Plan> + use<'a> {
    let before = move |plan: &Plan| {
        let origin = plan.purpose.origin().filter(|origin| *origin < plan.run)?;
        views.iter().map(|view| &view.facts.plan).find(|plan| plan.run == origin)
    };
    std::iter::successors(before(plan), move |plan| before(plan))
}

/// Everyone in `failed` of a run for whom nothing was heard of a delivery since, among those numbers.
pub(super) fn undelivered(journal: &Journal, view: &RunView) -> Result<Vec<RecipientNumber>, EngineError> {
    if view.deliveries.failed == 0 {
        return Ok(Vec::new());
    }
    Ok(failed(journal, view)?.into_iter().map(|again| again.recipient).collect())
}

/// The messages that a run sends again: for each of its people the earlier ones, by run and recipient.
#[derive(Debug, Default)]
pub struct Originals {
    of: HashMap<RecipientNumber, Vec<(RunId, RecipientNumber)>>,
}

impl Originals {
    /// Those of a run that is about to be sent; none of a run that sends no message again.
    ///
    /// # Errors
    /// When a run whose messages are sent again cannot be read.
    pub fn of(journal: &Journal, plan: &Plan, roster: &Roster) -> Result<Self, EngineError> {
        let views = journal.views()?;
        if times(&views, plan) == 0 {
            return Ok(Self::default());
        }
        let mut earlier: HashMap<RecipientKey, Vec<(RunId, RecipientNumber)>> = HashMap::new();
        for ancestor in ancestors(&views, plan) {
            let run = ancestor.run;
            let failed: Vec<_> = journal.with_deliveries(run, |deliveries| {
                let all = deliveries.all().filter(|(_, delivery)| delivery.failed().is_some());
                all.map(|(recipient, _)| recipient).collect()
            })?;
            let of_ancestor = attach(journal, run)?;
            for recipient in failed {
                let key = of_ancestor.recipient(recipient)?.key();
                earlier.entry(key).or_default().push((run, recipient));
            }
        }
        let numbers = (0..roster.len()).map(RecipientNumber);
        let of = numbers.filter_map(|number| match roster.recipient(number) {
            Ok(recipient) => Some(Ok((number, earlier.remove(&recipient.key())?))),
            Err(error) => Some(Err(error)),
        });
        Ok(Self { of: of.collect::<Result<_, RosterError>>()? })
    }

    /// Whose message was delivered after all.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub(super) fn delivered(
        &self,
        journal: &Journal,
        recipients: &[Recipient],
    ) -> Result<Option<ChunkRecipients>, JournalError> {
        let mut delivered = Vec::new();
        for recipient in recipients {
            for (run, original) in self.of.get(&recipient.number).into_iter().flatten() {
                let is_delivered = journal.with_deliveries(*run, |deliveries| {
                    deliveries.of(*original).status() >= DeliveryStatus::Delivered
                })?;
                if is_delivered {
                    delivered.push(recipient.number);
                    break;
                }
            }
        }
        Ok(ChunkRecipients::new(delivered))
    }
}
