//! Groups whose making is in doubt, settled by asking the provider: a group of that subject that the
//! journal does not know yet is the one, and none of that subject means that it was not made.
//!
//! The second holds because making a group is synchronous: whoever asks once the call's time is over is
//! told of every group that it made. A question that fails leaves the doubt as it is.

use std::collections::HashSet;
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
    /// Waits first until every call's time is over.
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
                let mut matches = matches(&wanted, &asked, asked_at, lane.link.channel.timeout);
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
    pause(context, lane.link.channel.timeout.saturating_sub(age)).await
}

/// Waits; false when no further call may leave meanwhile.
async fn pause(context: &Context, time: Duration) -> bool {
    let until = context.clock.tick().after(time);
    tokio::select! {
        () = context.clock.sleep_until(until) => true,
        () = context.stopped() => false,
    }
}

/// Identifiers of every group that a run over the same account is known to have made.
fn known_ids(context: &Context, channel: u16) -> Result<HashSet<String>, EngineError> {
    let views = context.journal.views()?;
    let account = |channel: &FrozenChannel| (channel.provider.clone(), channel.values.clone());
    let ours = views.iter().find(|view| view.facts.plan.run == context.run);
    let ours = ours.and_then(|view| view.facts.plan.channels.get(usize::from(channel))).map(account);
    let mut known = HashSet::new();
    for view in &views {
        let plan = &view.facts.plan;
        let shares = plan.channels.iter().any(|channel| Some(account(channel)) == ours);
        if shares && may_make_groups(context, plan.run) {
            let people = 0..u32::try_from(plan.rows.recipients).unwrap_or(u32::MAX);
            let histories = context.journal.histories(plan.run, people)?;
            known.extend(
                histories.into_iter().filter_map(|history| history.message_id).map(|id| id.to_string()),
            );
        }
    }
    Ok(known)
}

/// All recipients of a run get the same kind of content. Of a run whose roster is lost nobody knows.
fn may_make_groups(context: &Context, run: RunId) -> bool {
    let makes_groups = |roster: &Roster| {
        roster.is_empty()
            || roster.recipient(RecipientNumber(0)).map_or(true, |recipient| {
                matches!(recipient.content, Content::Action(Action::CreateGroup { .. }))
            })
    };
    if run == context.run {
        return true;
    }
    Roster::open(context.journal.path(), run).map_or(true, |roster| makes_groups(&roster))
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
    for group in listed.items.into_iter().filter(|group| !known.contains(&group.id)) {
        match put(context, lane, &Query::Group { id: group.id.clone() }).await {
            Ok(Found::Group(group)) if group.subject.is_some() => asked.groups.push(group),
            Ok(Found::Group(_)) => asked.is_complete = false,
            Ok(_) => return Err(misread()),
            // Left since it was listed: it is nobody's any more.
            Err(AskError::Failed(QueryFailure::NotFound)) => {}
            Err(error) => return Err(error),
        }
        if matches(wanted, &asked, Timestamp::MIN, Duration::ZERO).made.len() == wanted.len() {
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
        let slot = lane.flow.reserve(context.clock.tick(), context.clock.now(), 1);
        let ahead = slot.since(context.clock.tick());
        if !pause(context, ahead).await {
            return Err(interrupted());
        }
        let error = match lane.link.transport.ask(lane.link.provider.as_ref(), query).await {
            Ok(found) => return Ok(found),
            Err(error) => error,
        };
        tries += 1;
        let now: Tick = context.clock.tick();
        let wait = match &error {
            AskError::Failed(QueryFailure::Throttled { retry_after }) => {
                lane.flow.throttled(now, *retry_after).since(now)
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
    AskError::Failed(QueryFailure::Unanswered("sending was stopped before the answer".to_owned()))
}

/// Each group is at most one recipient's, the oldest doubt's first. Who is not found is missing where the
/// call's time was over when the provider was asked.
fn matches(wanted: &[Wanted], asked: &Asked, asked_at: Timestamp, timeout: Duration) -> Matches {
    let mut found = Matches::default();
    let mut left: Vec<&Group> = asked.groups.iter().collect();
    for Wanted { recipient, subject, since } in wanted {
        let is_it = |group: &&Group| {
            let skew = i64::try_from(SKEW.as_millis()).unwrap_or(i64::MAX);
            let is_older =
                group.created.is_some_and(|at| at.saturating_mul(1_000) < since.saturating_sub(skew));
            group.subject.as_deref().map(str::trim) == Some(subject.trim()) && !is_older
        };
        match left.iter().position(is_it) {
            Some(at) => found.made.push((*recipient, MessageId::from(left.remove(at).id.as_str()))),
            None => {
                let timeout = i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX);
                let is_over = asked_at.as_millisecond() >= since.saturating_add(timeout);
                if asked.is_complete && is_over {
                    found.missing.push(*recipient);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(30);

    fn wanted(recipient: u32, subject: &str, since: i64) -> Wanted {
        Wanted { recipient: RecipientNumber(recipient), subject: subject.to_owned(), since }
    }

    fn asked(groups: &[(&str, &str)], is_complete: bool) -> Asked {
        let group = |(id, subject): &(&str, &str)| Group {
            id: (*id).to_owned(),
            subject: Some((*subject).to_owned()),
            ..Group::default()
        };
        Asked { groups: groups.iter().map(group).collect(), is_complete }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).expect("a time")
    }

    fn numbers(found: &Matches) -> (Vec<(u32, String)>, Vec<u32>) {
        let made = found.made.iter().map(|(recipient, id)| (recipient.0, id.to_string())).collect();
        (made, found.missing.iter().map(|recipient| recipient.0).collect())
    }

    #[test]
    fn each_group_is_one_recipients_and_the_oldest_doubts_first() {
        let wanted = [wanted(4, "A", 1_000), wanted(2, "A", 2_000), wanted(9, "B", 3_000)];
        let made = |id: &str, number| (number, id.to_owned());
        for (groups, complete, expected) in [
            (&[("x", "A")][..], true, (vec![made("x", 4)], vec![2, 9])),
            (
                &[("x", "A"), ("y", "A"), ("z", "B")],
                true,
                (vec![made("x", 4), made("y", 2), made("z", 9)], vec![]),
            ),
            (&[("x", "B "), ("y", "C")], true, (vec![made("x", 9)], vec![4, 2])),
            (&[("x", "a")], false, (vec![], vec![])),
            (&[], true, (vec![], vec![4, 2, 9])),
        ] {
            let found = matches(&wanted, &asked(groups, complete), at(100), TIMEOUT);
            assert_eq!(numbers(&found), expected, "{groups:?}");
        }
    }

    #[test]
    fn nothing_is_missing_before_the_calls_time_is_over() {
        let wanted = [wanted(1, "A", 1_000), wanted(2, "B", 5_000)];
        let nothing = asked(&[], true);
        assert_eq!(numbers(&matches(&wanted, &nothing, at(30), TIMEOUT)).1, Vec::<u32>::new());
        assert_eq!(numbers(&matches(&wanted, &nothing, at(31), TIMEOUT)).1, [1]);
        assert_eq!(numbers(&matches(&wanted, &nothing, at(35), TIMEOUT)).1, [1, 2]);
    }

    #[test]
    fn a_group_that_is_much_older_than_the_call_is_another_one() {
        let wanted = [wanted(1, "A", 10_000_000)];
        for (created, is_it) in [(10_000, true), (7_000, true), (6_000, false)] {
            let mut asked = asked(&[("x", "A")], true);
            asked.groups[0].created = Some(created);
            assert_eq!(
                matches(&wanted, &asked, at(10_100), TIMEOUT).made.len(),
                usize::from(is_it),
                "{created}"
            );
        }
    }
}
