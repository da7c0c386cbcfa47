//! Groups whose making is in doubt, settled by asking the provider: a group of that subject that the
//! journal does not know yet is the one, and none of that subject means that it was not made.
//!
//! The second holds only once nothing can come of the call any more, see [`quiet_after`]: that Disparo gave
//! up waiting stops nobody at the provider. A question that fails leaves the doubt as it is.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Tick;
use crate::domain::account::Group;
use crate::domain::{
    Action, ChunkRecipients, Content, Found, FrozenChannel, MessageId, Query, QueryFailure, RecipientNumber,
    RunId,
};
use crate::events::{Event, Events};
use crate::journal::{JournalError, SettledBy, Settlement};
use crate::pace::backoff;
use crate::provider::transport::AskError;
use crate::roster::Roster;

use super::call::Context;
use super::error::EngineError;
use super::lane::Lane;

/// How much the provider's clock may differ from this machine's: a group that was made longer than this
/// before the call is another one.
const SKEW: Duration = Duration::from_secs(3_600);

/// What precedes the first byte of a call after the time of its intent: fsync, slot and connection, with room
/// for a machine that is slow at all three.
const BEFORE_THE_CALL: Duration = Duration::from_secs(2);

/// How long after its intent nothing can come of a call any more, as far as anybody can tell: what precedes
/// it, the time that it has, and twice that again for a provider that goes on with what was given up.
/// `timeout` is what the channel's owner takes for long at this provider, so the margin grows with it.
fn quiet_after(timeout: Duration) -> Duration {
    BEFORE_THE_CALL.saturating_add(timeout.saturating_mul(3))
}

/// A group of which nobody knows whether it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    recipient: RecipientNumber,
    subject: String,
    /// When the call was intended, in milliseconds since the Unix epoch.
    since: i64,
}

/// What the provider says of its groups.
#[derive(Debug, Default)]
struct Asked {
    /// Those that the journal does not know and that have a subject.
    groups: Vec<Group>,
    /// Whether there are no others.
    is_complete: bool,
}

/// Which doubts the groups settle.
#[derive(Debug, Default, PartialEq, Eq)]
struct Matches {
    made: Vec<(RecipientNumber, MessageId)>,
    missing: Vec<RecipientNumber>,
}

/// How far this may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Asks at once, and settles what can be settled so.
    Now,
    /// Waits first until nothing can come of any of the calls.
    Patient,
    /// As patient, but takes nobody for not made: the provider was asked too often already.
    Last,
}

/// Settles the groups in doubt of these lanes' channels.
///
/// # Errors
/// When the journal or a roster fails. What the provider does not answer is told, and no error.
pub async fn settle_groups(
    context: &Context,
    events: &Events,
    lanes: &[Lane],
    effort: Effort,
) -> Result<(), EngineError> {
    for lane in lanes {
        let wanted = wanted(context, lane.index)?;
        if wanted.is_empty() || context.must_stop() {
            continue;
        }
        if effort != Effort::Now && !times_over(context, lane, &wanted).await {
            continue;
        }
        let known = known_ids(context, lane.index)?;
        let asked_at = context.clock.now();
        match ask(context, lane, &known, &wanted).await {
            Ok(asked) => {
                let quiet = quiet_after(lane.link.channel.timeout);
                let mut matches = matches(&wanted, &asked, asked_at, quiet);
                if effort == Effort::Last {
                    matches.missing.clear();
                }
                settle(context, matches).await?;
            }
            Err(error) => {
                let (run, channel, cause) = (context.run, lane.index, error.to_string());
                events.tell(Event::Unanswered { run, channel, cause });
            }
        }
    }
    Ok(())
}

async fn settle(context: &Context, matches: Matches) -> Result<(), EngineError> {
    let Matches { made, missing } = matches;
    if !made.is_empty() {
        match context.journal.prove(context.run, made).await {
            // Somebody settled it while the provider was asked.
            Err(JournalError::NotInDoubt { .. }) => return Ok(()),
            proved => proved?,
        }
    }
    if !missing.is_empty() {
        let (settlement, by) = (Settlement::ConfirmedNotSent, SettledBy::Evidence);
        match context.journal.settle_doubt(context.run, Some(missing), settlement, by).await {
            Err(JournalError::NotInDoubt { .. }) => {}
            settled => drop(settled?),
        }
    }
    Ok(())
}

/// The groups in doubt over a channel, the oldest doubt first.
fn wanted(context: &Context, channel: u16) -> Result<Vec<Wanted>, EngineError> {
    if !makes_groups(&context.roster) {
        return Ok(Vec::new());
    }
    let doubts = context.journal.doubts(context.run)?;
    let doubts: Vec<_> = doubts.into_iter().filter(|(_, doubt)| doubt.channel == channel).collect();
    let Some(people) = ChunkRecipients::new(doubts.iter().map(|(number, _)| *number).collect()) else {
        return Ok(Vec::new());
    };
    let mut wanted = Vec::new();
    for (recipient, (number, doubt)) in context.roster.recipients(&people)?.into_iter().zip(doubts) {
        if let Content::Action(Action::CreateGroup { subject }) = recipient.content {
            wanted.push(Wanted { recipient: number, subject, since: doubt.since });
        }
    }
    wanted.sort_by_key(|wanted| (wanted.since, wanted.recipient));
    Ok(wanted)
}

/// Waits until nothing can come of the calls any more. False when no further call may leave meanwhile.
async fn times_over(context: &Context, lane: &Lane, wanted: &[Wanted]) -> bool {
    let newest = wanted.iter().map(|wanted| wanted.since).max().unwrap_or_default();
    let age = context.clock.now().as_millisecond().saturating_sub(newest);
    let age = Duration::from_millis(u64::try_from(age).unwrap_or(0));
    pause(context, quiet_after(lane.link.channel.timeout).saturating_sub(age)).await
}

/// Waits; false when no further call may leave meanwhile.
async fn pause(context: &Context, time: Duration) -> bool {
    let until = context.clock.tick().after(time);
    tokio::select! {
        () = context.clock.sleep_until(until) => true,
        () = context.stopped() => false,
    }
}

/// Identifiers of every group that a run over the same provider is known to have made.
fn known_ids(context: &Context, channel: u16) -> Result<HashSet<String>, EngineError> {
    let views = context.journal.views()?;
    let ours = views.iter().find(|view| view.facts.plan.run == context.run);
    let ours = ours.and_then(|view| view.facts.plan.channels.get(usize::from(channel)));
    let mut known = HashSet::new();
    for view in &views {
        let plan = &view.facts.plan;
        let shares = |ours: &FrozenChannel| plan.channels.iter().any(|other| may_share_groups(ours, other));
        if ours.is_some_and(shares) && may_make_groups(context, plan.run) {
            let people = 0..u32::try_from(plan.rows.recipients).unwrap_or(u32::MAX);
            let histories = context.journal.histories(plan.run, people)?;
            known.extend(
                histories.into_iter().filter_map(|history| history.message_id).map(|id| id.to_string()),
            );
        }
    }
    Ok(known)
}

/// Whether a group that was made over one channel may be listed over the other. A provider names no two groups
/// alike, so that another account's do no harm, and an edited setting makes none of them unknown.
fn may_share_groups(one: &FrozenChannel, other: &FrozenChannel) -> bool {
    one.provider == other.provider && one.sandbox == other.sandbox
}

/// Of a run whose roster is lost nobody knows.
fn may_make_groups(context: &Context, run: RunId) -> bool {
    run == context.run
        || Roster::open(context.journal.path(), run).map_or(true, |roster| makes_groups(&roster))
}

/// All recipients of a run get the same kind of content; where the first is forgotten, nobody knows which.
fn makes_groups(roster: &Roster) -> bool {
    roster.is_empty()
        || roster.recipient(RecipientNumber(0)).map_or(true, |recipient| {
            matches!(recipient.content, Content::Action(Action::CreateGroup { .. }))
        })
}

/// Asks for every group that nobody knows yet, until all that are wanted are found.
async fn ask(
    context: &Context,
    lane: &Lane,
    known: &HashSet<String>,
    wanted: &[Wanted],
) -> Result<Asked, AskError> {
    let listed = match put(context, lane, &Query::Groups).await? {
        Found::Groups(page) => page,
        _ => return Err(misread()),
    };
    let mut asked = Asked { groups: Vec::new(), is_complete: listed.is_last };
    let subjects: HashSet<&str> = wanted.iter().map(|wanted| wanted.subject.trim()).collect();
    let mut alike = 0;
    for group in listed.items.into_iter().filter(|group| !known.contains(&group.id)) {
        match put(context, lane, &Query::Group { id: group.id.clone() }).await {
            Ok(Found::Group(group)) if group.subject.is_some() => {
                let subject = group.subject.as_deref().unwrap_or_default();
                alike += usize::from(subjects.contains(subject.trim()));
                asked.groups.push(group);
            }
            Ok(Found::Group(_)) => asked.is_complete = false,
            Ok(_) => return Err(misread()),
            // Left since it was listed: it is nobody's any more.
            Err(AskError::Failed(QueryFailure::NotFound)) => {}
            Err(error) => return Err(error),
        }
        if alike >= wanted.len()
            && matches(wanted, &asked, Timestamp::MIN, Duration::ZERO).made.len() == wanted.len()
        {
            break;
        }
    }
    Ok(asked)
}

fn misread() -> AskError {
    AskError::Failed(QueryFailure::Unanswered("the answer is one to another question".to_owned()))
}

/// One question, at the channel's pace, and again as its retry policy says.
async fn put(context: &Context, lane: &Lane, query: &Query) -> Result<Found, AskError> {
    let policy = &lane.link.channel.retry;
    let mut tries = 0;
    loop {
        let slot = lane.flow().claim(context.clock.tick(), context.clock.now(), 0..=0);
        let (slot, _) = slot.map_err(|full| unanswered(full.to_string()))?;
        let ahead = slot.since(context.clock.tick());
        if !pause(context, ahead).await {
            return Err(interrupted());
        }
        if lane.link.channel.counts_long_calls() {
            let counted = context.journal.count_request(&lane.link.channel.name).await;
            counted.map_err(|error| unanswered(error.to_string()))?;
        }
        let error = match lane.link.transport.ask(lane.link.provider.as_ref(), query).await {
            Ok(found) => return Ok(found),
            Err(error) => error,
        };
        tries += 1;
        let now: Tick = context.clock.tick();
        let wait = match &error {
            AskError::Failed(QueryFailure::Throttled { retry_after }) => {
                lane.flow().throttled(now, *retry_after).since(now)
            }
            AskError::Failed(QueryFailure::Unanswered(_)) => backoff::delay(policy, tries, rand::random()),
            AskError::Failed(QueryFailure::NotFound | QueryFailure::Refused(_)) | AskError::NotOffered(_) => {
                return Err(error);
            }
        };
        if tries >= policy.attempts.get() {
            return Err(error);
        }
        if !pause(context, wait).await {
            return Err(interrupted());
        }
    }
}

fn interrupted() -> AskError {
    unanswered("sending was stopped before the answer".to_owned())
}

fn unanswered(cause: String) -> AskError {
    AskError::Failed(QueryFailure::Unanswered(cause))
}

/// Each group is at most one recipient's, the oldest doubt's first. Who is not found is missing where so much
/// time had passed since the intent when the provider was asked.
fn matches(wanted: &[Wanted], asked: &Asked, asked_at: Timestamp, quiet: Duration) -> Matches {
    let mut found = Matches::default();
    let mut left: HashMap<&str, Vec<&Group>> = HashMap::new();
    for group in &asked.groups {
        left.entry(group.subject.as_deref().unwrap_or_default().trim()).or_default().push(group);
    }
    for Wanted { recipient, subject, since } in wanted {
        let is_it = |group: &&Group| {
            let skew = i64::try_from(SKEW.as_millis()).unwrap_or(i64::MAX);
            group.created.is_none_or(|at| at.saturating_mul(1_000) >= since.saturating_sub(skew))
        };
        let alike = left.get_mut(subject.trim());
        let it = alike.and_then(|alike| alike.iter().position(is_it).map(|at| alike.remove(at)));
        match it {
            Some(group) => found.made.push((*recipient, MessageId::from(group.id.as_str()))),
            None => {
                let quiet = i64::try_from(quiet.as_millis()).unwrap_or(i64::MAX);
                let is_over = asked_at.as_millisecond() >= since.saturating_add(quiet);
                if asked.is_complete && is_over {
                    found.missing.push(*recipient);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests;
