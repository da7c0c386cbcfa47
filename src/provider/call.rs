//! One call to a provider in all its shapes: recipients in, an HTTP request out, an HTTP answer back.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use bytes::Bytes;
use http::Method;
use http::header::{self, HeaderName, HeaderValue};
use serde::Serialize;

use crate::domain::{
    Address, Attempt, Content, Correlation, Found, Heard, ProviderFacts, Query, QueryFailure, Reason,
    Recipient, RecipientNumber, Reply, RunId, Signal, Verdict, Verdicts,
};

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
        let store = self.store.as_str().into();
        let correlation = Correlation { store, run: self.run, recipient, attempt: self.attempt };
        // Room for all of it at once: there is one for each message.
        let mut text = String::with_capacity(self.store.len() + 32);
        // Writing into a String cannot fail.
        let _ = write!(text, "{correlation}");
        text
    }
}

/// An HTTP request, complete but for the secret, whose header the transport adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireRequest {
    /// The method.
    pub method: Method,
    /// Path and query, beginning with a slash, to be put behind the channel's base address.
    pub path: String,
    /// Headers beside authorisation, `user-agent`, `content-length` and `host`.
    pub headers: Headers,
    /// The body; empty for none.
    pub body: Bytes,
}

/// What comes of a request that Disparo cannot make: nobody is messaged, and the run is held.
#[must_use]
pub fn impossible(why: &str) -> Reply {
    let sentence =
        format!("Disparo cannot make this request: {why}; please report this as a fault of Disparo");
    Reply::unsent(Signal::CampaignRefused { reason: Reason::new("disparo.request", sentence) })
}

/// What comes of a look-up whose answer proves nothing: nobody is messaged, and those people are tried once
/// more after the others. It may be their contact alone at which the provider fails, so that the channel's
/// other people must not wait for them.
#[must_use]
pub fn unproven(cause: impl fmt::Display) -> Reply {
    let sentence = format!("what has to be known before the call could not be looked up: {cause}");
    let reason = Reason::new("look_up.unproven", sentence);
    Reply { verdicts: Verdicts::All(Verdict::Transient { reason }), signal: Signal::Answered }
}

/// Headers of a request.
pub type Headers = Cow<'static, [(HeaderName, HeaderValue)]>;

impl WireRequest {
    /// A request without a body.
    #[must_use]
    pub fn bare(method: Method, path: impl Into<String>) -> Self {
        Self { method, path: path.into(), headers: Cow::Borrowed(&ACCEPT_JSON), body: Bytes::new() }
    }

    /// A request with a JSON body.
    ///
    /// # Errors
    /// When the body cannot be written as JSON, which would be a fault of Disparo's.
    pub fn json(method: Method, path: impl Into<String>, body: &impl Serialize) -> Result<Self, Reply> {
        match serde_json::to_vec(body) {
            Ok(body) => Ok(Self {
                method,
                path: path.into(),
                headers: Cow::Borrowed(&JSON_HEADERS),
                body: body.into(),
            }),
            Err(error) => Err(impossible(&error.to_string())),
        }
    }
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

/// Who may share a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Company {
    /// Anybody, each with a message of their own.
    Any,
    /// Those of whom everything is the same that a call has only once; this is its digest.
    Alike(u64),
    /// Nobody: one recipient a call.
    Alone,
}

/// The provider has no such call, or cannot make it so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotOffered(pub String);

/// One provider's wire.
pub trait Provider: fmt::Debug + Send + Sync {
    /// What everyone may know of it.
    fn facts(&self) -> &'static ProviderFacts;

    /// Checks what is to be sent or done for one recipient against the provider's documented limits, and
    /// whether the provider can do it at all.
    ///
    /// # Errors
    /// The first limit that it breaks.
    fn check(&self, address: &Address, content: &Content) -> Result<(), ContentProblem>;

    /// Who may share a call with a recipient of this.
    fn company(&self, content: &Content) -> Company;

    /// What has to be asked before these recipients' request can be made: a contact's id, a group's link.
    /// Nothing is changed by it.
    fn look_up(&self, outgoing: &Outgoing) -> Option<WireRequest> {
        let _ = outgoing;
        None
    }

    /// The exact request for these recipients, who have passed [`Provider::check`], may share a call by
    /// [`Provider::company`] and are not more than [`Channel::most_recipients`](crate::domain::Channel::most_recipients). `looked_up` is the
    /// answer to [`Provider::look_up`], where that asks for something.
    ///
    /// # Errors
    /// What the answer means where it makes the request impossible. Nobody is messaged by it then.
    fn request(&self, outgoing: &Outgoing, looked_up: Option<&WireAnswer>) -> Result<WireRequest, Reply>;

    /// What an answer to that request means.
    fn classify(&self, outgoing: &Outgoing, answer: &WireAnswer) -> Reply;

    /// The request that asks a question.
    ///
    /// # Errors
    /// When the provider cannot be asked that.
    fn ask(&self, query: &Query) -> Result<WireRequest, NotOffered>;

    /// What an answer to that request says.
    ///
    /// # Errors
    /// When it is no answer.
    fn read(&self, query: &Query, answer: &WireAnswer) -> Result<Found, QueryFailure>;

    /// Whether receipts name a message by the provider's identifiers alone, and never by our own.
    fn is_found_by_id(&self) -> bool {
        false
    }

    /// What the body of a webhook says. Events that concern neither a message of ours nor a person who writes
    /// give nothing.
    ///
    /// # Errors
    /// When it is nothing that the provider sends.
    fn hear(&self, body: &[u8]) -> Result<Vec<Heard>, Malformed>;

    /// What an answer to a question says of messages of ours: that to [`Query::Messages`] of the person `to`,
    /// or to [`Query::BroadcastRecipients`]. Empty for other answers.
    fn overhear(&self, query: &Query, found: &Found) -> Vec<Heard> {
        let _ = (query, found);
        Vec::new()
    }
}

/// A body that the provider does not send: what is wrong with it, in words that quote nothing of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);

/// Headers of a request with a JSON body, as in seed 002's sample.
static JSON_HEADERS: [(HeaderName, HeaderValue); 2] = [
    (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
    (header::ACCEPT, HeaderValue::from_static("application/json")),
];

/// Headers of a request without a body.
static ACCEPT_JSON: [(HeaderName, HeaderValue); 1] =
    [(header::ACCEPT, HeaderValue::from_static("application/json"))];
