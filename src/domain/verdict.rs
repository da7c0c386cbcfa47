//! What a provider call came to: a verdict for each recipient, and a signal for the engine.
//!
//! Classes are those of the table of failed calls in the guarantees: by what may have left the
//! machine, not by what broke.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::MessageId;

/// Between our sentence and the provider's own words, in the journal.
const SAID: &str = "; the provider says: ";

/// Why a recipient or a call was refused: a stable code and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reason {
    /// Stable and short, in the provider's words where it has some: `invalid:to`, `billing.error`.
    pub code: Box<str>,
    /// One sentence without a full stop, fit for a report: `the phone number is not valid`. In English,
    /// the language of the journal; reports translate it.
    pub sentence: Box<str>,
    /// Whether the person does not want to be, or must not be, messaged again: goes on the suppression
    /// list with the rejection. Not journaled with the reason; the list is.
    #[serde(skip)]
    pub suppress: bool,
}

impl Reason {
    /// A reason of a code and a sentence.
    pub fn new(code: impl Into<Box<str>>, sentence: impl Into<Box<str>>) -> Self {
        Self { code: code.into(), sentence: sentence.into(), suppress: false }
    }

    /// The same with the provider's own words behind the sentence; unchanged where there are none.
    #[must_use]
    pub fn quoting(self, words: &str) -> Self {
        if words.is_empty() {
            return self;
        }
        let sentence = format!("{}{SAID}{words}", self.sentence).into();
        Self { sentence, ..self }
    }

    /// Our sentence, and the provider's own words where it has some.
    #[must_use]
    pub fn parts(&self) -> (&str, Option<&str>) {
        match self.sentence.split_once(SAID) {
            Some((sentence, words)) => (sentence, Some(words)),
            None => (&self.sentence, None),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} ({})", self.sentence, self.code)
    }
}

/// Why nobody can say whether a recipient was messaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DoubtCause {
    /// The process, or what it was sending, was stopped between intent and outcome.
    Crash,
    /// No answer in time after the request had begun to leave.
    Timeout,
    /// Reset or end of the connection after the request had begun to leave.
    ConnectionLost,
    /// An answer that cannot be read or ends early.
    UnreadableReply,
    /// An answer with fewer or more results than recipients, or without this recipient's.
    IncompleteReply,
    /// A status that proves nothing: 3xx, 408, 409, 5xx, anything undocumented.
    UnexpectedStatus(u16),
    /// A failure that the provider's table knows to prove nothing.
    UnexplainedFailure,
}

impl fmt::Display for DoubtCause {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Crash => {
                formatter.write_str("Disparo was stopped before the provider's answer was recorded")
            }
            Self::Timeout => formatter.write_str("the provider did not answer in time"),
            Self::ConnectionLost => {
                formatter.write_str("the connection was lost before the provider answered")
            }
            Self::UnreadableReply => formatter.write_str("the provider's answer could not be read"),
            Self::IncompleteReply => {
                formatter.write_str("the provider's answer does not mention this recipient")
            }
            Self::UnexpectedStatus(status) => {
                write!(formatter, "the provider answered with HTTP status {status}")
            }
            Self::UnexplainedFailure => {
                formatter.write_str("the provider reported a failure that proves nothing")
            }
        }
    }
}

/// What a call came to for one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// The provider took the message.
    Accepted {
        /// The provider's identifier, where it gives one.
        id: Option<MessageId>,
    },
    /// The provider refused this recipient for good.
    Rejected {
        /// Why.
        reason: Reason,
    },
    /// The provider refused this recipient for a reason that may pass: worth one more attempt.
    Transient {
        /// Why.
        reason: Reason,
    },
    /// Provably not accepted, through no fault of the recipient: pending again.
    Unsent,
    /// Nobody can say.
    InDoubt {
        /// Why not.
        cause: DoubtCause,
    },
}

/// The verdicts of one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdicts {
    /// One for each recipient, in the chunk's order.
    Each(Vec<Verdict>),
    /// The same for all.
    All(Verdict),
}

impl Verdicts {
    /// The verdict of the recipient at `position` in the chunk.
    #[must_use]
    pub fn at(&self, position: usize) -> Option<&Verdict> {
        match self {
            Self::Each(verdicts) => verdicts.get(position),
            Self::All(verdict) => Some(verdict),
        }
    }
}

/// What the engine learns from a call beside the verdicts. Each variant says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signal {
    /// The provider answered in the ordinary way.
    Answered,
    /// No byte of the request left: try again under the retry policy.
    NotSent {
        /// For people: `connection refused`.
        cause: String,
    },
    /// 429, 420 or 503 with Retry-After: slow the channel down, try again.
    Throttled {
        /// How long the provider asks to wait.
        retry_after: Option<Duration>,
    },
    /// The chunk was refused and nobody was named: bisect.
    Refused {
        /// Why.
        reason: Reason,
    },
    /// The chunk was refused because of somebody in it, and nobody knows who: bisect down to them. Others
    /// are not to blame, so that the campaign never is.
    SomebodyRefused {
        /// Why.
        reason: Reason,
    },
    /// The provider takes fewer messages in one call: halve the channel's chunk.
    TooMany,
    /// Nobody was messaged and nobody will be: hold the run.
    CampaignRefused {
        /// Why.
        reason: Reason,
    },
    /// The account is refused (401, 403): open the channel's breaker.
    ChannelRefused {
        /// Why.
        reason: Reason,
    },
    /// The provider may or may not have taken some or all of the chunk.
    InDoubt {
        /// Why.
        cause: DoubtCause,
    },
}

/// What a call came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// For each recipient.
    pub verdicts: Verdicts,
    /// For the engine.
    pub signal: Signal,
}

impl Reply {
    /// A call that provably messaged nobody.
    #[must_use]
    pub fn unsent(signal: Signal) -> Self {
        Self { verdicts: Verdicts::All(Verdict::Unsent), signal }
    }

    /// A call of which nobody can say what it did.
    #[must_use]
    pub fn in_doubt(cause: DoubtCause) -> Self {
        Self { verdicts: Verdicts::All(Verdict::InDoubt { cause }), signal: Signal::InDoubt { cause } }
    }

    /// An ordinary answer, one verdict for each recipient.
    #[must_use]
    pub fn answered(verdicts: Vec<Verdict>) -> Self {
        Self { verdicts: Verdicts::Each(verdicts), signal: Signal::Answered }
    }
}
