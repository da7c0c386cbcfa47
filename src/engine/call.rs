//! One provider call, from its slot to its durable outcome.
//!
//! slot reserved → intent durable, at most 20 ms ahead → pause, cancellation and suppression checked
//! once more → POST → outcome durable.

use std::sync::Arc;

use tokio::sync::watch;

use crate::clock::{Clock, Tick};
use crate::domain::{
    Attempt, ChunkRecipients, Recipient, RecipientNumber, RunId, RunState, Signal, Verdict, Verdicts,
};
use crate::journal::{Balance, Journal, JournalError, Permit};
use crate::provider::{CallTag, Outgoing};
use crate::roster::{Roster, RosterError};

use super::flow::{LOOK_AHEAD, SharedFlow};
use super::interrupt::{Interrupt, Urgency};
use super::lane::{ATTEMPTS, Work};
use super::link::Link;

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
    /// The campaign's name.
    pub campaign: String,
}

impl Context {
    /// Whether no further call may leave: the run was paused, held or cancelled, or the process is to end.
    #[must_use]
    pub fn must_stop(&self) -> bool {
        *self.state.borrow() != RunState::Sending || self.interrupt.urgency() > Urgency::None
    }
}

/// How a call ended.
#[derive(Debug)]
pub enum CallEnd {
    /// Nothing was sent: the run is no longer sending, or the process is to end. Nobody's place changed.
    Stopped,
    /// Nothing was sent: these people turned out to be suppressed and are skipped.
    Suppressed(ChunkRecipients),
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

/// Makes one call. Dropping the future after the intent leaves its recipients in doubt, which is safe.
pub async fn call(
    context: Arc<Context>,
    link: Arc<Link>,
    channel: u16,
    flow: SharedFlow,
    work: Work,
    slot: Tick,
) -> CallEnd {
    match attempt_call(&context, &link, channel, &flow, work, slot).await {
        Ok(end) => end,
        Err(CallError::Journal(JournalError::NotSending { .. })) => CallEnd::Stopped,
        // Cancelled meanwhile, with everybody who was pending.
        Err(CallError::Journal(JournalError::NotPending { .. })) if context.must_stop() => CallEnd::Stopped,
        Err(error) => CallEnd::Broken(error),
    }
}

async fn attempt_call(
    context: &Context,
    link: &Link,
    channel: u16,
    flow: &SharedFlow,
    work: Work,
    slot: Tick,
) -> Result<CallEnd, CallError> {
    let recipients = context.roster.recipients(&work.recipients)?;
    let slot = wait_for_slot(context, flow, slot).await;
    if context.must_stop() {
        return Ok(CallEnd::Stopped);
    }
    if let Some(suppressed) = suppressed_of(context, &recipients) {
        context.journal.skip_suppressed(context.run, suppressed.clone()).await?;
        return Ok(CallEnd::Suppressed(suppressed));
    }
    let permit = context.journal.intend(context.run, channel, work.attempt, work.recipients).await?;
    leave(context, flow, slot).await;
    if context.must_stop() {
        context.journal.withdraw(permit).await?;
        return Ok(CallEnd::Stopped);
    }
    if let Some(suppressed) = suppressed_of(context, &recipients) {
        context.journal.withdraw(permit).await?;
        context.journal.skip_suppressed(context.run, suppressed.clone()).await?;
        return Ok(CallEnd::Suppressed(suppressed));
    }
    send(context, link, permit, recipients).await.map(CallEnd::Settled)
}

async fn send(
    context: &Context,
    link: &Link,
    permit: Permit,
    recipients: Vec<Recipient>,
) -> Result<Outcome, CallError> {
    let attempt = permit.attempt();
    let tag = CallTag {
        store: context.journal.identifier().to_owned(),
        run: context.run,
        attempt,
        campaign: context.campaign.clone(),
    };
    let numbers: Vec<_> = recipients.iter().map(|recipient| recipient.number).collect();
    let outgoing = Outgoing { tag, recipients };
    let (spent, reply) = link.transport.send(permit, link.provider.as_ref(), &outgoing).await;
    let verdicts = final_verdicts(reply.verdicts, attempt);
    let mut outcome = Outcome {
        signal: reply.signal,
        accepted: 0,
        rejected: 0,
        in_doubt: 0,
        unsent: Vec::new(),
        transient: Vec::new(),
        balance: context.journal.settle(spent, verdicts.clone()).await?,
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

/// On the last attempt a reason that may pass has not passed.
fn final_verdicts(verdicts: Verdicts, attempt: Attempt) -> Verdicts {
    let end = |verdict| match verdict {
        Verdict::Transient { reason } if attempt >= ATTEMPTS => Verdict::Rejected { reason },
        other => other,
    };
    match verdicts {
        Verdicts::All(verdict) => Verdicts::All(end(verdict)),
        Verdicts::Each(verdicts) => Verdicts::Each(verdicts.into_iter().map(end).collect()),
    }
}

/// Waits until the intent may be written. A provider that asks for patience meanwhile moves the slot.
async fn wait_for_slot(context: &Context, flow: &SharedFlow, mut slot: Tick) -> Tick {
    loop {
        let ahead = Tick(slot.0.saturating_sub(LOOK_AHEAD));
        tokio::select! {
            () = context.clock.sleep_until(ahead) => {}
            () = context.interrupt.reached(Urgency::Drain) => return slot,
        }
        let moved = flow.moved(slot);
        if moved == slot {
            return slot;
        }
        slot = moved;
    }
}

/// Waits until the call may leave.
async fn leave(context: &Context, flow: &SharedFlow, slot: Tick) {
    while let Err(ready) = SharedFlow::leave(flow, &context.flow, slot, context.clock.tick()) {
        context.clock.sleep_until(ready).await;
    }
}

fn suppressed_of(context: &Context, recipients: &[Recipient]) -> Option<ChunkRecipients> {
    let people = recipients.iter().map(|recipient| recipient.address.person());
    let suppressed = context.journal.suppressed_among(people);
    ChunkRecipients::new(suppressed.into_iter().map(|position| recipients[position].number).collect())
}
