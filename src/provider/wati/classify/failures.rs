//! What went wrong, by the words in which Wati says it or by the way in which it does.

use crate::domain::{ErrorClass, ErrorRow, ProviderLimits, Reason, Reply, Signal, Verdict};
use crate::provider::status::refusal_without_words;

/// The number is not on WhatsApp.
pub(super) const INVALID_NUMBER: &str = "invalid.number";
/// The template does not take the values.
pub(super) const INVALID_PARAMETERS: &str = "invalid.parameters";
/// There is no conversation.
pub(super) const NO_CONVERSATION: &str = "conversation.unknown";
/// There are several conversations.
const SEVERAL_CONVERSATIONS: &str = "conversation.several";
/// No row knows the failure.
const UNKNOWN: &str = "unknown";

/// The channel's table of failures.
#[derive(Debug, Clone, Copy)]
pub struct Failures<'l>(pub &'l ProviderLimits);

impl<'l> Failures<'l> {
    /// The failure that Wati tells in a sentence; one that no row knows may be the recipient's or the
    /// campaign's.
    #[must_use]
    pub fn said(self, words: &str) -> Failure<'l> {
        let row = self.0.row_by_words(None, words).or_else(|| self.0.row(UNKNOWN, None));
        Failure { row, said: words.to_owned() }
    }

    /// The failure of a code of ours, told in another way than by a sentence; `details` are Wati's.
    #[must_use]
    pub fn coded(self, code: &str, details: &str) -> Failure<'l> {
        let row = self.0.row(code, None).or_else(|| self.0.row(UNKNOWN, None));
        Failure { row, said: details.to_owned() }
    }

    /// A person has several conversations and v3 does not choose; `None` where that is not what Wati says.
    #[must_use]
    pub fn several_conversations(self, words: &str) -> Option<Failure<'l>> {
        let row = self.0.row_by_words(Some(SEVERAL_CONVERSATIONS), words)?;
        Some(Failure { row: Some(row), said: words.to_owned() })
    }

    /// A refusal of which only the status is known.
    #[must_use]
    pub fn silent(self, status: u16) -> Reply {
        Reply::unsent(Signal::Refused { reason: refusal_without_words(self.0, status) })
    }
}

/// A failure, understood.
#[derive(Debug, Clone)]
pub struct Failure<'l> {
    row: Option<&'l ErrorRow>,
    said: String,
}

impl Failure<'_> {
    /// Whether a row knows more of it than that Wati refuses.
    #[must_use]
    pub fn is_explained(&self) -> bool {
        self.class() != ErrorClass::Either
    }

    /// Whether it concerns everybody, whoever is named with it.
    #[must_use]
    pub fn concerns_all(&self) -> bool {
        match self.class() {
            ErrorClass::Campaign | ErrorClass::Channel | ErrorClass::Throttled | ErrorClass::TooMany => true,
            ErrorClass::Recipient | ErrorClass::Transient | ErrorClass::Either | ErrorClass::Doubt => false,
        }
    }

    /// For people.
    #[must_use]
    pub fn reason(&self) -> Reason {
        match self.row {
            Some(row) => row.reason(&self.said),
            None => Reason::new(UNKNOWN, "Wati refuses the request").quoting(&self.said),
        }
    }

    /// What it means for a whole call of so many people of whom it names none.
    #[must_use]
    pub fn reply(&self, recipients: usize) -> Reply {
        match self.row {
            Some(row) => row.reply(recipients, &self.said),
            None => Reply::unsent(Signal::Refused { reason: self.reason() }),
        }
    }

    /// What it means for somebody who is named with it: nobody else can be to blame.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match (self.class(), self.row) {
            (ErrorClass::Either, _) | (_, None) => Verdict::Rejected { reason: self.reason() },
            (_, Some(row)) => row.verdict(&self.said),
        }
    }

    /// What the engine learns beside the verdict, where it concerns more than the one who is named.
    #[must_use]
    pub fn signal(&self) -> Option<Signal> {
        let row = self.row.filter(|_| self.concerns_all())?;
        Some(row.signal(&self.said))
    }

    /// What makes the run wait where Wati may have carried out a call in part while it says this.
    #[must_use]
    pub fn holding(&self) -> Signal {
        self.signal().unwrap_or_else(|| Signal::CampaignRefused { reason: self.reason() })
    }

    fn class(&self) -> ErrorClass {
        self.row.map_or(ErrorClass::Either, |row| row.class)
    }
}
