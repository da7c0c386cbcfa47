//! What differs between the simulated providers.

use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, Uri};
use bytes::Bytes;

use super::desk::{Message, Outcome};
use super::reply::Answer;
use super::scenario::{Refusal, Scenario};
use super::{Service, digest};

/// A request that has arrived whole.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) headers: HeaderMap,
    pub(super) uri: Uri,
    pub(super) body: Bytes,
}

impl Incoming {
    /// The account that the request is made for, as far as limits are concerned.
    pub(super) fn account(&self, service: Service) -> (Service, u64) {
        (service, digest::of_text(self.authorization().unwrap_or_default()))
    }

    pub(super) fn authorization(&self) -> Option<&str> {
        self.headers.get(AUTHORIZATION)?.to_str().ok()
    }

    /// The body's media type in lower case, without parameters.
    pub(super) fn media_type(&self) -> String {
        let written = self.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        written.and_then(|value| value.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase()
    }
}

/// What a request asks for.
#[derive(Debug)]
pub(super) enum Judged<Refusal, Echo> {
    /// Messages, each with the provider's objections, and what the answer repeats of the request.
    Messages(Vec<Message<Refusal>>, Echo),
    /// Nothing that could be sent to anybody: answered so.
    Unfit(Answer),
}

/// How an otherwise ordinary answer is spoilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    None,
    /// The last message has no result.
    Missing,
    /// One result too many.
    Extra,
}

/// One provider's behaviour.
pub(super) trait FarSide: Send + Sync + 'static {
    /// How it refuses a message.
    type Refusal: Copy + Send + Sync + 'static;
    /// What its answer repeats of the request.
    type Echo: Send + 'static;

    /// Which provider.
    const SERVICE: Service;

    /// A scenario's refusal, where it is in this provider's words.
    fn own(refusal: Refusal) -> Option<Self::Refusal>;

    /// Whether the `Authorization` header has the right form.
    fn is_credential(authorization: &str) -> bool;

    /// Judges a request. `unknown` takes the names of fields that nobody documents.
    fn judge(
        incoming: &Incoming,
        scenario: &Scenario,
        unknown: &mut Vec<String>,
    ) -> Judged<Self::Refusal, Self::Echo>;

    /// Whether one refused message refuses the whole call.
    fn is_all_or_nothing(scenario: &Scenario) -> bool;

    /// The answer to messages that were decided.
    fn answer(
        echo: &Self::Echo,
        outcomes: &[Outcome<Self::Refusal>],
        flaw: Flaw,
        scenario: &Scenario,
    ) -> Answer;

    /// The body that usually comes with a status, and its type.
    fn usual_body(status: u16) -> (&'static str, Bytes);
}
