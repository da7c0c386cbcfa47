//! One provider call, from its slot to its durable outcome.
//!
//! slot reserved → intent durable, at most 20 ms ahead → a place among those under way → pause, cancellation,
//! suppression, window and validity checked once more → POST → outcome durable. A call that has to wait longer
//! after all goes back to its lane: it would hold up whoever waits for calls to end, and its intent would be in
//! doubt after a crash.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Notify, watch};

use crate::clock::{Clock, Tick};
use crate::domain::{Attempt, ChunkRecipients, Recipient, RecipientNumber, RunId, RunState, Signal, Verdict};
use crate::journal::{Balance, Journal, JournalError, Permit};
use crate::provider::transport::LookedUp;
use crate::provider::{CallTag, Outgoing};
use crate::roster::{Roster, RosterError};

use super::company::may_share;
use super::flow::SharedFlow;
use super::hours::Hours;
use super::interrupt::{Interrupt, Urgency};
use super::kept::Kept;
use super::lane::Work;
use super::left_out::{self, leave_out};
use super::link::Link;
use super::slot::{leave, wait_for_slot};
use super::undelivered::Originals;
use super::verdicts::{aliases_of, final_verdicts, suppressed_by};

/// What every call of a run needs.
#[derive(Debug)]
pub struct Context {
    /// The truth.
    pub journal: Arc<Journal>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ctrl-C.
    pub interrupt: Interrupt,
    /// The recipients.
    pub roster: Roster,
    /// The run.
    pub run: RunId,
    /// The run's state, as the journal tells it.
    pub state: watch::Receiver<RunState>,
    /// When calls of the run may leave, whatever their channel.
    pub flow: SharedFlow,
    /// Rings when it may be the run's turn on one of its channels.
    pub bell: Arc<Notify>,
    /// The campaign's name.
    pub campaign: String,
    /// The messages that the run sends again.
    pub originals: Originals,
    /// When whom of the run may be sent to.
    pub hours: Hours,
    /// Whether the dispatcher only waits for calls in flight: something needs a person, or has failed.
    pub ending: watch::Sender<bool>,
}

impl Context {
    /// Whether no further call may leave: the run was paused, held or cancelled, is about to be held, or
    /// the process is to end.
    #[must_use]
    pub fn must_stop(&self) -> bool {
        *self.state.borrow() != RunState::Sending
            || self.interrupt.urgency() > Urgency::None
            || *self.ending.borrow()
    }

    /// Waits until no further call may leave.
    pub(super) async fn stopped(&self) {
        let mut state = self.state.clone();
        let mut ending = self.ending.subscribe();
        // Their senders outlive the run's calls, so that waiting cannot fail.
        tokio::select! {
            _ = state.wait_for(|state| *state != RunState::Sending) => {}
            _ = ending.wait_for(|ending| *ending) => {}
            () = self.interrupt.reached(Urgency::Drain) => {}
        }
    }
}

/// How a call ended.
#[derive(Debug)]
pub enum CallEnd {
    /// Nothing was sent: the run is no longer sending, or the process is to end. Nobody's place changed.
    Stopped,
    /// Nothing was sent: its people may not share a call.
    Mixed,
    /// Nothing was sent: these people are still pending. Others of the chunk are suppressed, or the call
    /// would have had to wait for too long, or would leave when somebody may not be sent to.
    NotMade(Vec<RecipientNumber>),
    /// The outcome is on disk.
    Settled(Outcome),
    /// The journal or the roster failed: nothing more may be sent.
    Broken(CallError),
}

/// A durable outcome.
#[derive(Debug)]
pub struct Outcome {
    /// What the engine learns from it.
    pub signal: Signal,
    /// Recipients accepted.
    pub accepted: u32,
    /// Recipients rejected for good.
    pub rejected: u32,
    /// Recipients in doubt.
    pub in_doubt: u32,
    /// Provably not accepted: pending again.
    pub unsent: Vec<RecipientNumber>,
    /// Refused for a reason that may pass: pending again, one attempt used.
    pub transient: Vec<RecipientNumber>,
    /// The run's balance just after.
    pub balance: Balance,
    /// From the first byte to the answer, or to giving up.
    pub latency: Duration,
}

/// Why nothing more may be sent.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The roster.
    #[error(transparent)]
    Roster(#[from] RosterError),
}

/// Makes one call, and gives what of its channel's it still keeps. Dropping the future after the intent leaves its
/// recipients in doubt, which is safe.
pub async fn call(
    context: Arc<Context>,
    link: Arc<Link>,
    channel: u16,
    flow: SharedFlow,
    work: Work,
    slot: Tick,
    mut kept: Kept,
) -> (CallEnd, Kept) {
    let claimed = work.recipients.len();
    let end = attempt_call(&context, &link, channel, &flow, work, slot, &mut kept).await;
    let used = &kept.used;
    // Limits of an hour and longer are counted from the journal after a restart: before it they say the same.
    let people = u32::try_from(claimed.saturating_sub(used.people)).unwrap_or(0);
    for (flow, reserved) in [(&flow, used.reserved), (&context.flow, used.reserved_of_run)] {
        let calls = reserved.saturating_sub(used.made);
        if calls > 0 || people > 0 {
            flow.give_back(calls, people);
        }
    }
    let end = match end {
        Ok(end) => end,
        Err(CallError::Journal(JournalError::NotSending { .. })) => CallEnd::Stopped,
        // Cancelled meanwhile, with everybody who was pending.
        Err(CallError::Journal(JournalError::NotPending { .. })) if context.must_stop() => CallEnd::Stopped,
        Err(error) => CallEnd::Broken(error),
    };
    (end, kept)
}

async fn attempt_call(
    context: &Context,
    link: &Link,
    channel: u16,
    flow: &SharedFlow,
    work: Work,
    slot: Tick,
    kept: &mut Kept,
) -> Result<CallEnd, CallError> {
    let mut recipients = context.roster.recipients(&work.recipients)?;
    if !may_share(link.provider.as_ref(), &recipients) {
        return Ok(CallEnd::Mixed);
    }
    let Some(slot) = wait_for_slot(context, flow, slot).await else { return Ok(not_made(&recipients)) };
    if context.must_stop() {
        return Ok(CallEnd::Stopped);
    }
    leave_out(context, &mut recipients).await?;
    let Some(chunk) = chunk_of(&recipients) else { return Ok(not_made(&recipients)) };
    if !is_in_hours(context, &recipients, slot) {
        return Ok(not_made(&recipients));
    }
    let outgoing = outgoing(context, work.attempt, recipients);
    let looked_up = look_up(context, link, flow, &outgoing, slot, kept).await?;
    if context.must_stop() {
        return Ok(CallEnd::Stopped);
    }
    let Some((slot, looked_up)) = looked_up else { return Ok(not_made(&outgoing.recipients)) };
    if !is_in_hours(context, &outgoing.recipients, slot) {
        return Ok(not_made(&outgoing.recipients));
    }
    let people = chunk.len();
    let permit = context.journal.intend(context.run, channel, work.attempt, chunk).await?;
    kept.used.made += 1;
    kept.used.people = people;
    let is_ready = kept.has_place(context, link).await && leave(context, flow, slot).await;
    if !is_ready || !may_still_leave(context, &outgoing.recipients)? {
        return withdraw(context, permit, outgoing.recipients, kept).await;
    }
    let looked_up = match looked_up {
        Some(looked_up) => looked_up,
        None => link.transport.look_up(link.provider.as_ref(), &outgoing).await,
    };
    // The answer may have taken long.
    if matches!(looked_up, Ok(Some(_))) && !may_still_leave(context, &outgoing.recipients)? {
        return withdraw(context, permit, outgoing.recipients, kept).await;
    }
    send(context, link, permit, outgoing, looked_up, kept).await.map(CallEnd::Settled)
}

/// Whether a call for these people may still leave.
fn may_still_leave(context: &Context, recipients: &[Recipient]) -> Result<bool, JournalError> {
    Ok(!context.must_stop()
        && is_in_hours(context, recipients, Tick::default())
        && !left_out::is_anybody(context, recipients)?)
}

/// Whether all of these people may be sent to when a call leaves in this slot, or now where it has passed.
fn is_in_hours(context: &Context, recipients: &[Recipient], slot: Tick) -> bool {
    let ahead = slot.since(context.clock.tick());
    let at = context.clock.now().checked_add(ahead).unwrap_or(Timestamp::MAX);
    context.hours.may_leave(recipients.iter().map(|recipient| recipient.number), at)
}

/// Gives back the intent of a call that may not leave any more.
async fn withdraw(
    context: &Context,
    permit: Permit,
    mut recipients: Vec<Recipient>,
    kept: &mut Kept,
) -> Result<CallEnd, CallError> {
    // Another call may leave while this is written down.
    kept.place = None;
    context.journal.withdraw(permit).await?;
    kept.used.made -= 1;
    kept.used.people = 0;
    if context.must_stop() {
        return Ok(CallEnd::Stopped);
    }
    leave_out(context, &mut recipients).await?;
    Ok(not_made(&recipients))
}

fn outgoing(context: &Context, attempt: Attempt, recipients: Vec<Recipient>) -> Outgoing {
    let tag = CallTag {
        store: context.journal.identifier().to_owned(),
        run: context.run,
        attempt,
        campaign: context.campaign.clone(),
    };
    Outgoing { tag, recipients }
}

/// Where a limit counts requests, what has to be asked before the call is asked in its slot, and the call
/// gets another. Gives the slot of the call with what was found; `None` when the call has to wait for long.
/// Elsewhere the question goes out just before the call.
async fn look_up(
    context: &Context,
    link: &Link,
    flow: &SharedFlow,
    outgoing: &Outgoing,
    slot: Tick,
    kept: &mut Kept,
) -> Result<Option<(Tick, Option<LookedUp>)>, CallError> {
    let provider = link.provider.as_ref();
    let is_counted = flow.counts_calls() || context.flow.counts_calls();
    if !is_counted || provider.look_up(outgoing).is_none() {
        return Ok(Some((slot, None)));
    }
    if !kept.has_place(context, link).await || !leave(context, flow, slot).await {
        return Ok(None);
    }
    kept.used.made += 1;
    if link.channel.counts_long_calls() {
        context.journal.count_request(&link.channel.name).await?;
    }
    let looked_up = tokio::select! {
        looked_up = link.transport.look_up(provider, outgoing) => looked_up,
        () = context.stopped() => return Ok(None),
    };
    let (now, wall) = (context.clock.tick(), context.clock.now());
    let Some(slot) = flow.reserve_second(now, wall) else { return Ok(None) };
    kept.used.reserved += 1;
    let Some(slot) = context.flow.reserve_second(slot, wall) else { return Ok(None) };
    kept.used.reserved_of_run += 1;
    let slot = wait_for_slot(context, flow, slot).await;
    Ok(slot.map(|slot| (slot, Some(looked_up))))
}

fn not_made(recipients: &[Recipient]) -> CallEnd {
    CallEnd::NotMade(recipients.iter().map(|recipient| recipient.number).collect())
}

fn chunk_of(recipients: &[Recipient]) -> Option<ChunkRecipients> {
    ChunkRecipients::new(recipients.iter().map(|recipient| recipient.number).collect())
}

async fn send(
    context: &Context,
    link: &Link,
    permit: Permit,
    outgoing: Outgoing,
    looked_up: LookedUp,
    kept: &mut Kept,
) -> Result<Outcome, CallError> {
    let attempt = permit.attempt();
    let numbers: Vec<_> = outgoing.recipients.iter().map(|recipient| recipient.number).collect();
    let began = context.clock.tick();
    let (spent, reply) = link.transport.send(permit, link.provider.as_ref(), &outgoing, looked_up).await;
    let ended = context.clock.tick();
    let latency = ended.since(began);
    let verdicts = final_verdicts(reply.verdicts, attempt);
    kept.answered(ended, &reply.signal, &verdicts, numbers.len());
    let suppressed = suppressed_by(context, &link.channel.name, &outgoing.recipients, &verdicts);
    let aliases = aliases_of(link, &numbers, &verdicts);
    let mut outcome = Outcome {
        signal: reply.signal,
        accepted: 0,
        rejected: 0,
        in_doubt: 0,
        unsent: Vec::new(),
        transient: Vec::new(),
        balance: context.journal.settle_with(spent, verdicts.clone(), suppressed, aliases).await?,
        latency,
    };
    for (position, number) in numbers.into_iter().enumerate() {
        match verdicts.at(position) {
            Some(Verdict::Accepted { .. }) => outcome.accepted += 1,
            Some(Verdict::Rejected { .. }) => outcome.rejected += 1,
            Some(Verdict::Transient { .. }) => outcome.transient.push(number),
            Some(Verdict::Unsent) => outcome.unsent.push(number),
            Some(Verdict::InDoubt { .. }) | None => outcome.in_doubt += 1,
        }
    }
    Ok(outcome)
}
