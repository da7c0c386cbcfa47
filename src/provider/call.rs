//! One call to a provider in all its shapes: recipients in, an HTTP request out, an HTTP answer back.

use std::fmt;

use bytes::Bytes;
use http::header::{self, HeaderName, HeaderValue};

use crate::domain::{Attempt, Content, ProviderFacts, Recipient, RecipientNumber, Reply, RunId};

/// Recipients of one call, in the order in which verdicts are given.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Names the store, the run and the attempt in what the provider gives back with each status.
    pub tag: CallTag,
    /// For whom, with their messages.
    pub recipients: Vec<Recipient>,
}

/// What makes a provider's receipt find its recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallTag {
    /// Short identifier of the store, so that two workspaces never mistake each other's receipts.
    pub store: String,
    /// The run.
    pub run: RunId,
    /// Which attempt this is for the recipients.
    pub attempt: Attempt,
    /// The campaign's name; Wati's `broadcast_name`.
    pub campaign: String,
}

impl CallTag {
    /// `<store>.<run>.<recipient>.<attempt>`: what a provider with a correlation field of ours carries
    /// for each recipient (Devino's `callbackData`).
    #[must_use]
    pub fn correlation(&self, recipient: RecipientNumber) -> String {
        format!("{}.{}.{}.{}", self.store, self.run, recipient, self.attempt.0)
    }
}

/// An HTTP request, complete but for the secret, whose header the transport adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireRequest {
    /// `POST`.
    pub method: &'static str,
    /// Path and query, beginning with a slash, to be put behind the channel's base address.
    pub path: String,
    /// Headers beside authorisation, `user-agent`, `content-length` and `host`.
    pub headers: &'static [(HeaderName, HeaderValue)],
    /// The body.
    pub body: Bytes,
}

/// An HTTP answer, read to its end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WireAnswer {
    /// The status code.
    pub status: u16,
    /// `Retry-After`, as written.
    pub retry_after: Option<String>,
    /// `Date`, as written: the server's own time, against which a date in `Retry-After` is read.
    pub date: Option<String>,
    /// The body as it came; `None` when it was cut short or grew beyond the bound.
    pub body: Option<Bytes>,
}

/// Why a recipient's message can never be sent by this provider. Found for every row when the plan is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentProblem {
    /// The field of the definition, `message.text`.
    pub field: &'static str,
    /// A sentence: what is wrong, the limit, and what was found.
    pub sentence: String,
}

impl ContentProblem {
    /// A problem of a field and a sentence.
    pub fn new(field: &'static str, sentence: impl Into<String>) -> Self {
        Self { field, sentence: sentence.into() }
    }
}

impl fmt::Display for ContentProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.field, self.sentence)
    }
}

/// One provider's wire.
pub trait Provider: fmt::Debug + Send + Sync {
    /// What everyone may know of it.
    fn facts(&self) -> &'static ProviderFacts;

    /// Checks one recipient's message against the provider's documented limits.
    ///
    /// # Errors
    /// The first limit that it breaks.
    fn check(&self, content: &Content) -> Result<(), ContentProblem>;

    /// The exact request for these recipients, whose messages have passed [`Provider::check`] and who
    /// are not more than [`ProviderFacts::most_recipients`].
    fn request(&self, outgoing: &Outgoing) -> WireRequest;

    /// What an answer to that request means.
    fn classify(&self, outgoing: &Outgoing, answer: &WireAnswer) -> Reply;
}

/// Headers of a request with a JSON body, as in seed 002's sample.
pub(super) static JSON_HEADERS: [(HeaderName, HeaderValue); 2] = [
    (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
    (header::ACCEPT, HeaderValue::from_static("application/json")),
];
