//! What the engine tells of its calls and runs: events, and the log. Nobody is named in either.

use std::time::Duration;

use crate::domain::{RunState, Signal, redact};
use crate::events::Event;
use crate::journal::RunView;

use super::call::Outcome;
use super::dispatch::Dispatcher;
use super::lane::Work;

/// Milliseconds, for the log.
pub fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// What a call came to, in a word.
#[must_use]
pub fn outcome_of(signal: &Signal) -> &'static str {
    match signal {
        Signal::Answered => "answered",
        Signal::NotSent { .. } => "not_sent",
        Signal::Throttled { .. } => "throttled",
        Signal::Refused { .. } => "refused",
        Signal::SomebodyRefused { .. } => "somebody_refused",
        Signal::TooMany => "too_many",
        Signal::CampaignRefused { .. } => "campaign_refused",
        Signal::ChannelRefused { .. } => "channel_refused",
        Signal::InDoubt { .. } => "in_doubt",
    }
}

/// Says that a channel slows down.
pub fn tell_throttled(channel: &str, wait: Duration) {
    tracing::info!(channel, wait_ms = millis(wait), "throttled: the provider asks to slow down");
}

/// Says that a run begins to be sent.
pub fn tell_begun(view: &RunView) {
    let (plan, tally) = (&view.facts.plan, &view.summary.tally);
    tracing::info!(
        recipients = tally.recipients,
        pending = tally.pending,
        in_doubt = tally.in_doubt,
        channels = plan.channels.len(),
        "the run is being sent"
    );
}

/// Says how a run stands whose state became another.
pub fn tell_ended(view: &RunView) {
    let tally = &view.summary.tally;
    let state = view.summary.state.word();
    let (accepted, rejected, in_doubt) = (tally.accepted, tally.rejected, tally.in_doubt);
    if let RunState::Held(reason) = &view.summary.state {
        let (kind, why) = (reason.kind, redact(&reason.sentence));
        let pending = tally.pending;
        tracing::warn!(
            ?kind,
            why = &*why,
            accepted,
            rejected,
            in_doubt,
            pending,
            "the run is held: it waits for a person"
        );
        return;
    }
    let pending = tally.pending;
    if view.summary.state == RunState::Sending {
        tracing::info!(accepted, rejected, in_doubt, pending, "the run goes on");
        return;
    }
    tracing::info!(state, accepted, rejected, in_doubt, pending, "the run is not being sent any more");
}

impl Dispatcher {
    /// Tells of a call whose outcome is durable.
    pub(super) fn tell_call(&self, index: usize, work: &Work, call: &Outcome) {
        let count = |people: &[_]| u32::try_from(people.len()).unwrap_or(u32::MAX);
        let (transient, unsent) = (count(&call.transient), count(&call.unsent));
        let (accepted, rejected, in_doubt) = (call.accepted, call.rejected, call.in_doubt);
        let lane = &self.lanes[index];
        let channel = &*lane.link.channel.name;
        let outcome = outcome_of(&call.signal);
        let latency_ms = millis(call.latency);
        let (attempt, recipients) = (work.attempt.0, work.recipients.len());
        if in_doubt > 0 {
            tracing::warn!(channel, outcome, in_doubt, latency_ms, "recipients are in doubt");
        }
        tracing::debug!(
            channel,
            attempt,
            recipients,
            outcome,
            accepted,
            rejected,
            in_doubt,
            transient,
            unsent,
            latency_ms,
            "a call is settled"
        );
        self.events.tell(Event::Called {
            run: self.context.run,
            channel: lane.index,
            outcome,
            latency: call.latency,
            accepted,
            rejected,
            in_doubt,
            transient,
            unsent,
        });
    }
}
