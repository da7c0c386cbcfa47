//! Answers to `sendTemplateMessage`, which has one recipient (providers.md §3.3).

use super::failures::{Failure, Failures, INVALID_NUMBER, INVALID_PARAMETERS};
use crate::domain::{DoubtCause, MessageId, Reply, Verdict};
use crate::provider::wati::wire::SendTemplateReply;

/// HTTP 200.
pub fn answered(failures: Failures<'_>, reply: &SendTemplateReply<'_>) -> Reply {
    match (reply.result, reply.valid_whatsapp_number) {
        (Some(true), Some(true) | None) => Reply::answered(vec![Verdict::Accepted { id: id(reply) }]),
        (Some(true), Some(false)) => failures.coded(INVALID_NUMBER, "").reply(1),
        // A refusal that has a message's identifier contradicts itself.
        (Some(false), _) if id(reply).is_some() => Reply::in_doubt(DoubtCause::IncompleteReply),
        (Some(false), _) => failure(failures, reply).reply(1),
        // Without a result only an explicit failure proves that nothing was sent.
        (None, valid) => match failure(failures, reply) {
            known if valid == Some(false) || known.is_explained() => known.reply(1),
            _ => Reply::in_doubt(DoubtCause::IncompleteReply),
        },
    }
}

/// A status that says that nothing was sent, which a body that shows otherwise outweighs. `None` where nothing
/// else is said.
pub fn refused(failures: Failures<'_>, reply: &SendTemplateReply<'_>) -> Option<Reply> {
    if reply.result == Some(true) || id(reply).is_some() {
        return Some(match (reply.result, id(reply)) {
            (Some(true), id @ Some(_)) => Reply::answered(vec![Verdict::Accepted { id }]),
            _ => Reply::in_doubt(DoubtCause::IncompleteReply),
        });
    }
    let is_told = !words(reply).is_empty() || names_a_fault(reply);
    is_told.then(|| failure(failures, reply).reply(1))
}

/// The identifier by which webhooks may know the message (providers.md §3.3: not established which).
fn id(reply: &SendTemplateReply<'_>) -> Option<MessageId> {
    let in_model = reply.model.as_ref().and_then(|model| model.ids.first());
    let id = in_model.or(reply.local_message_id.as_ref()).filter(|id| !id.is_empty())?;
    Some(MessageId::from(id.as_ref()))
}

/// Words come first: a template that is not approved is answered with `validWhatsAppNumber: false` too.
fn failure<'l>(failures: Failures<'l>, reply: &SendTemplateReply<'_>) -> Failure<'l> {
    let said = failures.said(words(reply));
    if said.is_explained() {
        return said;
    }
    let details = reply.errors.as_ref();
    if let Some(details) = details.filter(|details| !details.invalid_custom_parameters.is_empty()) {
        return failures.coded(INVALID_PARAMETERS, &details.invalid_custom_parameters.join(", "));
    }
    let refuses_number = details.is_some_and(|details| !details.invalid_whatsapp_numbers.is_empty());
    if refuses_number || reply.valid_whatsapp_number == Some(false) {
        return failures.coded(INVALID_NUMBER, words(reply));
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
