//! Answers to `sendTemplateMessages`: only who is refused is named (providers.md §3.3).

use super::failures::{Failure, Failures, INVALID_NUMBER, INVALID_PARAMETERS};
use super::listed::Listed;
use crate::domain::{DoubtCause, MessageId, Reply, Signal, Verdict};
use crate::provider::Outgoing;
use crate::provider::wati::wire::{BulkErrors, BulkReply};

/// HTTP 200.
pub fn answered(failures: Failures<'_>, outgoing: &Outgoing, reply: BulkReply) -> Reply {
    match reply.result.0 {
        Some(true) => taken(failures, outgoing, reply),
        Some(false) => refused(failures, outgoing, reply)
            .unwrap_or_else(|| failures.said("").reply(outgoing.recipients.len())),
        // Without a result only who is named is settled.
        None => named(failures, outgoing, &reply)
            .others(|_| Verdict::InDoubt { cause: DoubtCause::IncompleteReply }),
    }
}

/// `result: true`, which may carry errors. What the errors leave open may have been sent.
fn taken(failures: Failures<'_>, outgoing: &Outgoing, reply: BulkReply) -> Reply {
    let mut listed = named(failures, outgoing, &reply);
    let errors = reply.errors.0.as_ref();
    if let Some(failure) = errors.and_then(|errors| of_parameters(failures, errors)) {
        listed.hold(Some(Signal::CampaignRefused { reason: failure.reason() }));
        return listed.others(|_| Verdict::InDoubt { cause: DoubtCause::IncompleteReply });
    }
    let words = errors.and_then(|errors| errors.error.get()).unwrap_or_default();
    let is_explained = words.is_empty() || listed.names_anybody() || listed.refuses_strangers();
    if !is_explained {
        return failures.said(words).doubtful();
    }
    // API v2 names everybody, so that whoever is missing there is in doubt.
    let names_all = reply.receivers.0.is_some_and(|receivers| !receivers.is_empty());
    listed.others(|_| match names_all {
        true => Verdict::InDoubt { cause: DoubtCause::IncompleteReply },
        false => Verdict::Accepted { id: None },
    })
}

/// `result: false`, or a status that says the same: nobody was messaged. Who is named is rejected, the others
/// go again. `None` where nothing is said.
pub fn refused(failures: Failures<'_>, outgoing: &Outgoing, reply: BulkReply) -> Option<Reply> {
    let recipients = outgoing.recipients.len();
    let said = words(&reply).map(|words| failures.said(words));
    if let Some(failure) = said.as_ref().filter(|failure| failure.concerns_all()) {
        return Some(failure.reply(recipients));
    }
    if let Some(failure) = reply.errors.0.as_ref().and_then(|errors| of_parameters(failures, errors)) {
        // Names of parameters are the same for everybody.
        return Some(Reply::unsent(Signal::CampaignRefused { reason: failure.reason() }));
    }
    let mut listed = named(failures, outgoing, &reply);
    listed.forget_accepted();
    if listed.names_anybody() {
        return Some(listed.others(|_| Verdict::Unsent));
    }
    if listed.refuses_strangers() {
        let reason = failures.coded(INVALID_NUMBER, "").reason();
        return Some(Reply::unsent(Signal::Refused { reason }));
    }
    said.map(|failure| failure.reply(recipients))
}

fn of_parameters<'l>(failures: Failures<'l>, errors: &BulkErrors) -> Option<Failure<'l>> {
    let invalid = &errors.invalid_custom_parameters.0;
    let are_named = || failures.coded(INVALID_PARAMETERS, &invalid.join(", "));
    (!invalid.is_empty()).then(are_named)
}

fn named(failures: Failures<'_>, outgoing: &Outgoing, reply: &BulkReply) -> Listed {
    let mut listed = Listed::of(outgoing);
    let refusal = failures.coded(INVALID_NUMBER, "");
    for number in reply.errors.0.iter().flat_map(|errors| &errors.invalid_whatsapp_numbers.0) {
        let who = listed.find(None, Some(number));
        listed.refuse(who, &refusal);
    }
    for receiver in reply.receivers.0.iter().flatten().flatten() {
        let who = listed.find(None, receiver.wa_id.get());
        match receiver.errors.0.first() {
            Some(words) => listed.refuse(who, &failures.said(words)),
            None if receiver.is_valid_whats_app_number.0 == Some(false) => listed.refuse(who, &refusal),
            None => listed.accept(who, receiver.local_message_id.get().map(MessageId::from)),
        }
    }
    listed
}

fn words(reply: &BulkReply) -> Option<&str> {
    let details = reply.errors.0.as_ref().and_then(|errors| errors.error.get());
    reply.info.get().or(reply.message.get()).or(reply.error.get()).or(details)
}
