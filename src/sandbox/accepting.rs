//! What is decided about a call and its parts.

use std::borrow::Cow;
use std::time::Duration;

use super::far_side::{FarSide, Flaw};
use super::record::{Arrival, RecordError};
use super::reply::Answer;
use super::scenario::{FaultKind, Scenario};
use crate::clock::Tick;
use crate::domain::Address;

/// What records call a message.
pub(super) const MESSAGE: &str = "message";

/// One message of a call, judged by itself.
#[derive(Debug)]
pub(super) struct Message<Refusal> {
    pub(super) sender: String,
    /// `None` only where there are refusals.
    pub(super) to: Option<Address>,
    pub(super) callback_data: String,
    pub(super) digest: u64,
    /// Empty when there is nothing against it.
    pub(super) refusals: Vec<Refusal>,
}

/// Something that is now otherwise: a line of the record.
#[derive(Debug)]
pub(super) struct Change<'a> {
    /// What kind of change: [`MESSAGE`], or the operation's word.
    pub(super) kind: &'static str,
    pub(super) sender: Cow<'a, str>,
    pub(super) to: Address,
    pub(super) callback_data: Cow<'a, str>,
    /// Fingerprint of the kind and of what was said or set; see [`super::digest`].
    pub(super) digest: u64,
}

impl<Refusal> Message<Refusal> {
    pub(super) fn change(&self) -> Option<Change<'_>> {
        Some(Change {
            kind: MESSAGE,
            sender: self.sender.as_str().into(),
            to: self.to.clone()?,
            callback_data: self.callback_data.as_str().into(),
            digest: self.digest,
        })
    }
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome<Refusal> {
    /// Accepted and recorded, under this number.
    Accepted(u64),
    Refused(Vec<Refusal>),
    /// Nothing against it, but the call was refused as a whole.
    Untaken,
}

/// What a call came to that was let in.
#[derive(Debug)]
pub(super) enum Taken<F: FarSide> {
    Messages(F::Echo, Vec<Outcome<F::Refusal>>),
    Performed(Answer),
    Unfit(Answer),
}

impl<F: FarSide> Taken<F> {
    /// How it is answered, spoilt or not. An operation has one result: without it, there is `{}`.
    pub(super) fn answer(self, flaw: Flaw, scenario: &Scenario) -> Answer {
        match self {
            Self::Messages(echo, outcomes) => F::answer(&echo, &outcomes, flaw, scenario),
            Self::Performed(_) if flaw == Flaw::Missing => Answer::json(200, "{}"),
            Self::Performed(answer) | Self::Unfit(answer) => answer,
        }
    }
}

/// What becomes of a call.
#[derive(Debug)]
pub(super) enum Fate<F: FarSide> {
    /// Above the rate limit; room in so long.
    TooFast(Duration),
    /// Struck; what it came to all the same, when it was accepted.
    Struck(FaultKind, Option<Taken<F>>),
    Ordinary(Taken<F>),
    /// It could not be recorded.
    Unrecorded(RecordError),
}

/// What was decided about a call.
#[derive(Debug)]
pub(super) struct Decision<F: FarSide> {
    pub(super) arrival: Arrival,
    /// The operation's word; `None` for a call that could not be read.
    pub(super) operation: Option<&'static str>,
    /// How many messages or changes it asked for.
    pub(super) recipients: usize,
    pub(super) unknown: Vec<String>,
    pub(super) fate: Fate<F>,
    /// When the answer goes out.
    pub(super) due: Tick,
}
