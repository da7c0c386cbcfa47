//! From an answer's status to the reader of its body.

use serde::de::DeserializeOwned;

use super::failures::{Failures, NO_CONVERSATION};
use super::{broadcast, bulk, change, single};
use crate::domain::{DoubtCause, ProviderLimits, Reply, Verdict};
use crate::provider::status::{StatusClass, by_status};
use crate::provider::wati::calls::Call;
use crate::provider::wati::wire::{BroadcastReply, BulkReply, ChangeReply, SendTemplateReply};
use crate::provider::{Outgoing, WireAnswer};

/// The verdicts for a call.
///
/// What the body claims to be is ignored: Wati labels JSON as text now and then.
#[must_use]
pub fn classify(limits: &ProviderLimits, call: Call, outgoing: &Outgoing, answer: &WireAnswer) -> Reply {
    let failures = Failures(limits);
    if let Some(reply) = of_conversation(failures, call, outgoing, answer) {
        return reply;
    }
    let body = answer.body.as_deref();
    match by_status(limits, answer) {
        StatusClass::Settled(reply) => reply,
        StatusClass::Answer => body
            .and_then(|body| answered(failures, call, outgoing, body))
            .unwrap_or_else(|| Reply::in_doubt(DoubtCause::UnreadableReply)),
        StatusClass::Refusal => refused(failures, call, outgoing, answer.status, body.unwrap_or_default()),
    }
}

/// HTTP 200; `None` for what is not the call's answer at all.
fn answered(failures: Failures<'_>, call: Call, outgoing: &Outgoing, body: &[u8]) -> Option<Reply> {
    Some(match call {
        Call::Template => single::answered(failures, &serde_json::from_slice(body).ok()?),
        Call::Templates => bulk::answered(failures, outgoing, &object(body)?),
        Call::Broadcast => broadcast::answered(failures, outgoing, &object(body)?),
        _ => change::answered(failures, outgoing, object(body)?),
    })
}

/// HTTP 400, 413, 422: nothing was done, unless the body shows otherwise. It may be JSON, or only a sentence.
fn refused(failures: Failures<'_>, call: Call, outgoing: &Outgoing, status: u16, body: &[u8]) -> Reply {
    let recipients = outgoing.recipients.len();
    let in_json = match call {
        Call::Template => serde_json::from_slice::<SendTemplateReply<'_>>(body)
            .ok()
            .map(|reply| single::refused(failures, &reply)),
        Call::Templates => {
            object::<BulkReply>(body).map(|reply| bulk::refused(failures, outgoing, &reply, Verdict::Unsent))
        }
        Call::Broadcast => object::<BroadcastReply>(body)
            .map(|reply| broadcast::refused(failures, outgoing, &reply, Verdict::Unsent)),
        _ => object::<ChangeReply>(body).map(|reply| change::refused(failures, recipients, &reply)),
    };
    match in_json {
        Some(reply) => reply.unwrap_or_else(|| failures.silent(status)),
        None => match String::from_utf8_lossy(body).trim() {
            "" => failures.silent(status),
            sentence => failures.said(sentence).reply(recipients),
        },
    }
}

/// v3 answers 404 and 409 about the conversation or contact that a call names (providers.md §3.4); a 404
/// without its JSON is that of another address, and a 409 that does not say so proves nothing.
fn of_conversation(
    failures: Failures<'_>,
    call: Call,
    outgoing: &Outgoing,
    answer: &WireAnswer,
) -> Option<Reply> {
    if !matches!(call, Call::ConversationText | Call::ConversationStatus | Call::UpdateContacts) {
        return None;
    }
    let told: ChangeReply = object(answer.body.as_deref().unwrap_or_default()).unwrap_or_default();
    let words = change::words(&told);
    let failure = match answer.status {
        404 if !words.is_empty() => failures.coded(NO_CONVERSATION, words),
        409 => failures.several_conversations(words)?,
        _ => return None,
    };
    Some(failure.reply(outgoing.recipients.len()))
}

/// A JSON object; anything else is no answer.
fn object<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let is_object = body.trim_ascii_start().starts_with(b"{");
    is_object.then(|| serde_json::from_slice(body).ok())?
}
