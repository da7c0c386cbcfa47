//! What Wati's answers mean (providers.md §3.3; guarantees, "What a failed call means").

use super::errors::{self, FailureClass, INVALID_NUMBER, INVALID_PARAMETERS, ReadFailure};
use super::wire::SendTemplateReply;
use crate::domain::{DoubtCause, MessageId, ProviderLimits, Reply, Signal, Verdict};
use crate::provider::WireAnswer;
use crate::provider::status::{StatusClass, by_status, refusal_without_words};

/// The verdict for a call, which has one recipient.
///
/// What the body claims to be is ignored: Wati labels JSON as text now and then.
#[must_use]
pub fn classify(limits: &ProviderLimits, answer: &WireAnswer) -> Reply {
    let body = answer.body.as_deref();
    match by_status(limits, answer) {
        StatusClass::Settled(reply) => reply,
        StatusClass::Answer => match body.and_then(|body| serde_json::from_slice(body).ok()) {
            Some(reply) => answered(&reply),
            None => Reply::in_doubt(DoubtCause::UnreadableReply),
        },
        StatusClass::Refusal => refused(limits, answer.status, body.unwrap_or_default()),
    }
}

/// HTTP 200.
fn answered(reply: &SendTemplateReply<'_>) -> Reply {
    match (reply.result, reply.valid_whatsapp_number) {
        (Some(true), Some(true) | None) => Reply::answered(vec![Verdict::Accepted { id: id(reply) }]),
        (Some(true), Some(false)) => of(errors::of_code(INVALID_NUMBER, "")),
        (Some(false), _) => of(failure(reply)),
        // Without a result only an explicit failure proves that nothing was sent.
        (None, valid) => match failure(reply) {
            known if valid == Some(false) || known.class != FailureClass::Either => of(known),
            _ => Reply::in_doubt(DoubtCause::IncompleteReply),
        },
    }
}

/// HTTP 400, 413, 422. The body may be JSON, or only a sentence.
fn refused(limits: &ProviderLimits, status: u16, body: &[u8]) -> Reply {
    if let Ok(reply) = serde_json::from_slice::<SendTemplateReply<'_>>(body) {
        return match words(&reply) {
            "" if !names_a_fault(&reply) => {
                Reply::unsent(Signal::Refused { reason: refusal_without_words(limits, status) })
            }
            _ => of(failure(&reply)),
        };
    }
    match String::from_utf8_lossy(body).trim() {
        "" => Reply::unsent(Signal::Refused { reason: refusal_without_words(limits, status) }),
        sentence => of(errors::read(sentence)),
    }
}

/// The identifier by which webhooks may know the message (providers.md §3.3: not established which).
fn id(reply: &SendTemplateReply<'_>) -> Option<MessageId> {
    let in_model = reply.model.as_ref().and_then(|model| model.ids.first());
    let id = in_model.or(reply.local_message_id.as_ref()).filter(|id| !id.is_empty())?;
    Some(MessageId::from(id.as_ref()))
}

/// Words come first: a template that is not approved is answered with `validWhatsAppNumber: false` too.
fn failure(reply: &SendTemplateReply<'_>) -> ReadFailure {
    let said = errors::read(words(reply));
    if said.class != FailureClass::Either {
        return said;
    }
    let details = reply.errors.as_ref();
    if let Some(details) = details.filter(|details| !details.invalid_custom_parameters.is_empty()) {
        return errors::of_code(INVALID_PARAMETERS, &details.invalid_custom_parameters.join(", "));
    }
    let refuses_number = details.is_some_and(|details| !details.invalid_whatsapp_numbers.is_empty());
    if refuses_number || reply.valid_whatsapp_number == Some(false) {
        return errors::of_code(INVALID_NUMBER, words(reply));
    }
    said
}

fn words<'a>(reply: &'a SendTemplateReply<'_>) -> &'a str {
    let details = reply.errors.as_ref().and_then(|details| details.error.as_deref());
    let places = [reply.info.as_deref(), reply.message.as_deref(), reply.error.as_deref(), details];
    places.into_iter().flatten().find(|words| !words.trim().is_empty()).unwrap_or_default()
}

fn names_a_fault(reply: &SendTemplateReply<'_>) -> bool {
    reply.valid_whatsapp_number == Some(false) || reply.errors.is_some()
}

fn of(failure: ReadFailure) -> Reply {
    let reason = failure.reason;
    match failure.class {
        FailureClass::Recipient => Reply::answered(vec![Verdict::Rejected { reason }]),
        FailureClass::Campaign => Reply::unsent(Signal::CampaignRefused { reason }),
        FailureClass::Either => Reply::unsent(Signal::Refused { reason }),
    }
}

#[cfg(test)]
mod tests;
