//! The life of a run: states, events, and which follows which.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What kind of thing made a run wait for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoldKind {
    /// The provider refuses the account (401, 403).
    ChannelRefused,
    /// The provider refuses the campaign: billing, sender, template, quota.
    CampaignRefused,
    /// The failed share passed `stop_above`.
    StopAbove,
    /// The provider could not be reached, or asked to wait, more often than the retry policy allows.
    Unreachable,
    /// The store or the results folder could not be written.
    Disk,
    /// Too many of the canary failed, or nothing was heard of any of them.
    Canary,
    /// Its moment passed while nothing ran.
    Late,
    /// Its store was a copy, and was taken over.
    Adopted,
}

/// Why a run waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldReason {
    /// What kind of thing happened.
    pub kind: HoldKind,
    /// One sentence: what happened, where, and what to do.
    pub sentence: String,
}

impl fmt::Display for HoldReason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.sentence)
    }
}

/// What a run waits for by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waiting {
    /// A person's approval: `disparo approve`. From here there is no way to sending but through it.
    Approval,
    /// Its window: nobody who is pending may be sent to before.
    Window {
        /// When the first of them may.
        until: Timestamp,
    },
}

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunState {
    /// Frozen, nothing sent.
    Planned,
    /// Being sent by the process that owns the store.
    Sending,
    /// Its process was stopped or died; `resume` continues.
    Interrupted,
    /// Stopped by a person; `resume` continues.
    Paused,
    /// Waits for a person.
    Held(HoldReason),
    /// Everything is sent, some recipients are in doubt.
    Settling,
    /// Everyone has an end.
    Completed,
    /// Given up by a person.
    Cancelled,
    /// Waits for something that comes without it.
    Waiting(Waiting),
    /// Past its validity: whoever was pending is not sent to any more.
    Expired,
}

/// What happens to a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunEvent {
    /// A process begins or goes on sending.
    Started,
    /// Ctrl-C stopped its process, or the next owner of the store found it sending.
    Interrupted,
    /// A person stops it.
    Paused,
    /// Something that needs a person happened.
    Held(HoldReason),
    /// Nothing is pending any more; `in_doubt` recipients are without an outcome.
    Finished {
        /// Recipients in doubt.
        in_doubt: u64,
    },
    /// Doubts were settled as not sent: recipients are pending again.
    Reopened,
    /// A person gave it up.
    Cancelled,
    /// Its canary went well: everybody is sent to from here on. That a person goes on with a run that its
    /// canary holds says the same.
    CanaryPassed,
    /// Nobody may be sent to before its window opens.
    Waits(Waiting),
    /// A person approved its plan.
    Approved,
    /// Its validity ended.
    Expired,
}

/// An event that cannot happen in a state.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error("a run that is {state} cannot be {event}")]
pub struct IllegalTransition {
    /// The state, in a word.
    pub state: &'static str,
    /// The event, in a word.
    pub event: &'static str,
}

impl RunState {
    /// The state in a word, for people and JSON.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Sending => "sending",
            Self::Interrupted => "interrupted",
            Self::Paused => "paused",
            Self::Held(_) => "held",
            Self::Settling => "settling",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Waiting(_) => "waiting",
            Self::Expired => "expired",
        }
    }

    /// Whether recipients may still be sent by this run, so that no other run of its occurrence may start.
    #[must_use]
    pub fn is_unfinished(&self) -> bool {
        match self {
            Self::Planned
            | Self::Sending
            | Self::Interrupted
            | Self::Paused
            | Self::Held(_)
            | Self::Waiting(_) => true,
            Self::Settling | Self::Completed | Self::Cancelled | Self::Expired => false,
        }
    }

    /// The state after an event.
    ///
    /// # Errors
    /// When the event cannot happen in this state.
    pub fn next(&self, event: &RunEvent) -> Result<Self, IllegalTransition> {
        use self::Waiting::{Approval, Window};
        use RunState::{
            Cancelled, Completed, Expired, Held, Interrupted, Paused, Planned, Sending, Settling, Waiting,
        };
        let illegal = || Err(IllegalTransition { state: self.word(), event: event.word() });
        match (self, event) {
            (
                Planned | Interrupted | Paused | Held(_) | Settling | Waiting(Window { .. }),
                RunEvent::Started,
            ) => Ok(Sending),
            (Sending | Waiting(Window { .. }), RunEvent::Interrupted) => Ok(Interrupted),
            (
                Planned | Sending | Interrupted | Paused | Held(_) | Waiting(Window { .. }),
                RunEvent::Paused,
            ) => Ok(Paused),
            // A run that lay idle is held before it goes on.
            (Planned | Sending | Interrupted | Waiting(Window { .. }), RunEvent::Held(reason)) => {
                Ok(Held(reason.clone()))
            }
            (Sending | Settling, RunEvent::Finished { in_doubt: 0 }) => Ok(Completed),
            (Sending | Settling, RunEvent::Finished { .. }) => Ok(Settling),
            (Settling, RunEvent::Reopened) => Ok(Paused),
            (Sending, RunEvent::CanaryPassed) => Ok(Sending),
            (Sending | Waiting(Window { .. }), RunEvent::Waits(waiting @ Window { .. })) => {
                Ok(Waiting(*waiting))
            }
            (Waiting(Approval), RunEvent::Approved) => Ok(Planned),
            (Planned | Sending | Interrupted | Paused | Held(_) | Waiting(_), RunEvent::Cancelled) => {
                Ok(Cancelled)
            }
            (Planned | Sending | Interrupted | Paused | Held(_) | Waiting(_), RunEvent::Expired) => {
                Ok(Expired)
            }
            (
                Planned | Sending | Interrupted | Paused | Held(_) | Settling | Completed | Cancelled
                | Waiting(_) | Expired,
                RunEvent::Started
                | RunEvent::Interrupted
                | RunEvent::Paused
                | RunEvent::Held(_)
                | RunEvent::Finished { .. }
                | RunEvent::Reopened
                | RunEvent::Cancelled
                | RunEvent::Waits(_)
                | RunEvent::Approved
                | RunEvent::Expired
                | RunEvent::CanaryPassed,
            ) => illegal(),
        }
    }
}

impl fmt::Display for RunState {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Held(reason) => write!(formatter, "held: {reason}"),
            Self::Waiting(Waiting::Approval) => formatter.write_str("waiting for approval"),
            Self::Waiting(Waiting::Window { until }) => write!(formatter, "waiting for its window, {until}"),
            other => formatter.write_str(other.word()),
        }
    }
}

impl RunEvent {
    /// The event in a word that completes "cannot be …".
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Interrupted => "interrupted",
            Self::Paused => "paused",
            Self::Held(_) => "held",
            Self::Finished { .. } => "finished",
            Self::Reopened => "reopened",
            Self::Cancelled => "cancelled",
            Self::CanaryPassed => "past its canary",
            Self::Waits(_) => "waiting",
            Self::Approved => "approved",
            Self::Expired => "expired",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cancelled_run_never_sends_again() {
        assert!(RunState::Cancelled.next(&RunEvent::Started).is_err());
        assert!(RunState::Cancelled.next(&RunEvent::Reopened).is_err());
        assert!(RunState::Completed.next(&RunEvent::Started).is_err());
    }

    #[test]
    fn nothing_leads_past_an_approval() {
        let waiting = RunState::Waiting(Waiting::Approval);
        let held = RunEvent::Held(HoldReason { kind: HoldKind::Late, sentence: String::new() });
        for event in [RunEvent::Started, RunEvent::Paused, RunEvent::Interrupted, held] {
            assert!(waiting.next(&event).is_err(), "{}", event.word());
        }
        assert_eq!(waiting.next(&RunEvent::Approved), Ok(RunState::Planned));
        assert_eq!(waiting.next(&RunEvent::Cancelled), Ok(RunState::Cancelled));
        assert!(RunState::Sending.next(&RunEvent::Waits(Waiting::Approval)).is_err());
    }

    #[test]
    fn doubt_settled_as_not_sent_reopens_a_settling_run() {
        let settling = RunState::Sending.next(&RunEvent::Finished { in_doubt: 3 }).expect("finishes");
        assert_eq!(settling, RunState::Settling);
        assert_eq!(settling.next(&RunEvent::Reopened).expect("reopens"), RunState::Paused);
        assert_eq!(settling.next(&RunEvent::Finished { in_doubt: 0 }).expect("ends"), RunState::Completed);
    }
}
