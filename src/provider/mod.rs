//! The providers: what each one's wire looks like, and what its answers mean.
//!
//! A provider is pure: it turns recipients into an HTTP request and an HTTP answer into verdicts. The
//! one that touches the network is `transport`, the same for all, and it sends only for a
//! [`crate::journal::Permit`].

pub mod devino;
pub(crate) mod lenient;
pub mod wati;

use std::fmt;

use bytes::Bytes;

use crate::domain::{Attempt, Content, ProviderFacts, Recipient, Reply, RunId};

/// Recipients of one call, in the order in which verdicts are given.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// Names the store, the run and the attempt in what the provider gives back with each status.
    pub tag: CallTag,
    /// For whom, with their messages.
    pub recipients: Vec<Recipient>,
}

/// What makes a provider's receipt find its recipient: `<store>.<run>.<recipient>.<attempt>` is what a
/// provider with a correlation field of ours carries for each recipient (Devino's `callbackData`).
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

/// An HTTP request, complete but for the secret, whose header `transport` adds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WireRequest {
    /// `POST`.
    pub method: &'static str,
    /// Path and query, beginning with a slash, to be put behind the channel's base address.
    pub path: String,
    /// Headers beside authorisation, `content-length` and `host`.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Bytes,
}

/// An HTTP answer, read to its end.
#[derive(Debug, Clone)]
pub struct WireAnswer {
    /// The status code.
    pub status: u16,
    /// `Retry-After`, as written.
    pub retry_after: Option<String>,
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

/// One provider's wire.
pub trait Provider: fmt::Debug + Send + Sync {
    /// What everyone may know of it.
    fn facts(&self) -> &'static ProviderFacts;

    /// Checks one recipient's message against the provider's documented limits.
    ///
    /// # Errors
    /// The first limit that it breaks.
    fn check(&self, content: &Content) -> Result<(), ContentProblem>;

    /// The exact request for these recipients.
    fn request(&self, outgoing: &Outgoing) -> WireRequest;

    /// What an answer to that request means.
    fn classify(&self, outgoing: &Outgoing, answer: &WireAnswer) -> Reply;
}
