//! A fifth provider, as small as one can be that keeps every promise: `POST /letters`, a list in, a list out.

use std::sync::{Arc, LazyLock};

use disparo::domain::{
    Address, Channel, ChannelKey, Content, DoubtCause, Found, Heard, KeyKind, ProviderFacts, ProviderLimits,
    Query, QueryFailure, Reply, Verdict,
};
use disparo::provider::status::{StatusClass, by_status, refusal_without_words};
use disparo::provider::{
    Company, ContentProblem, Entry, Malformed, NotOffered, Outgoing, Provider, WireAnswer, WireRequest,
    authorization, limits,
};
use http::Method;
use serde_json::{Value, json};

/// What everyone may know of the pigeons.
static FACTS: LazyLock<ProviderFacts> =
    LazyLock::new(|| limits::facts("pigeon", KEYS, include_str!("limits.toml")));

const KEYS: &[ChannelKey] =
    &[ChannelKey { name: "key", kind: KeyKind::Secret, required: true, help: "the key of the dovecote" }];

/// The pigeons in the registry.
pub static ENTRY: Entry = Entry {
    facts: || &*FACTS,
    authorize: |_, secret| authorization("Seed", secret),
    open: |channel: &Channel| Ok(Box::new(Pigeon { limits: Arc::clone(&channel.limits) })),
};

/// The pigeons as one channel uses them.
#[derive(Debug)]
struct Pigeon {
    limits: Arc<ProviderLimits>,
}

impl Provider for Pigeon {
    fn facts(&self) -> &'static ProviderFacts {
        &FACTS
    }

    fn check(&self, _: &Address, content: &Content) -> Result<(), ContentProblem> {
        let Content::Text { text } = content else {
            return Err(ContentProblem::new("message", "pigeons carry texts only"));
        };
        let (length, limits) = (text.chars().count(), self.limits.length("text"));
        if limits.contains(&length) {
            return Ok(());
        }
        let sentence = format!("the text has {length} characters; a pigeon carries {}", limits.end());
        Err(ContentProblem::new("message.text", sentence))
    }

    fn company(&self, _: &Content) -> Company {
        Company::Any
    }

    fn request(&self, outgoing: &Outgoing, _: Option<&WireAnswer>) -> Result<WireRequest, Reply> {
        let letters: Vec<Value> = outgoing
            .recipients
            .iter()
            .map(|recipient| match &recipient.content {
                Content::Text { text } => json!({ "to": recipient.address.in_full(), "text": text }),
                _ => Value::Null,
            })
            .collect();
        WireRequest::json(Method::POST, "/letters", &letters)
    }

    fn classify(&self, outgoing: &Outgoing, answer: &WireAnswer) -> Reply {
        match by_status(&self.limits, answer) {
            StatusClass::Settled(reply) => reply,
            StatusClass::Refusal => {
                let reason = refusal_without_words(&self.limits, answer.status);
                Reply::unsent(disparo::domain::Signal::Refused { reason })
            }
            StatusClass::Answer => self.answered(outgoing, answer),
        }
    }

    fn ask(&self, _: &Query) -> Result<WireRequest, NotOffered> {
        Err(NotOffered("pigeons answer no questions".to_owned()))
    }

    fn read(&self, _: &Query, _: &WireAnswer) -> Result<Found, QueryFailure> {
        Err(QueryFailure::Unanswered("pigeons answer no questions".to_owned()))
    }

    fn hear(&self, _: &[u8]) -> Result<Vec<Heard>, Malformed> {
        Err(Malformed("pigeons tell nothing of their own accord".to_owned()))
    }
}

impl Pigeon {
    fn answered(&self, outgoing: &Outgoing, answer: &WireAnswer) -> Reply {
        let flown = answer.body.as_deref().and_then(|body| serde_json::from_slice::<Vec<Value>>(body).ok());
        let Some(flown) = flown.filter(|flown| flown.len() == outgoing.recipients.len()) else {
            return Reply::in_doubt(DoubtCause::UnreadableReply);
        };
        let verdict = |letter: &Value| match (letter["ring"].as_str(), letter["lost"].as_str()) {
            (Some(ring), _) => Verdict::Accepted { id: Some(ring.into()) },
            (None, Some(code)) => match self.limits.row(code, None) {
                Some(row) => row.verdict(""),
                None => Verdict::Rejected { reason: self.limits.rejection(code) },
            },
            (None, None) => Verdict::InDoubt { cause: DoubtCause::IncompleteReply },
        };
        Reply::answered(flown.iter().map(verdict).collect())
    }
}
