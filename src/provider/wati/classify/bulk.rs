//! Answers to `sendTemplateMessages`: only who is refused is named (providers.md §3.3).

use super::failures::{Failure, Failures, INVALID_NUMBER, INVALID_PARAMETERS};
use super::listed::Listed;
use crate::domain::{DoubtCause, MessageId, Reply, Signal, Verdict};
use crate::provider::Outgoing;
use crate::provider::wati::wire::{BulkErrors, BulkReply};

/// HTTP 200.
pub fn answered(failures: Failures<'_>, outgoing: &Outgoing, reply: &BulkReply) -> Reply {
    const DOUBT: Verdict = Verdict::InDoubt { cause: DoubtCause::IncompleteReply };
    match reply.result.0 {
        Some(true) => taken(failures, outgoing, reply),
        // Nothing documents that nobody was messaged where only some are named as refused.
        Some(false) => refused(failures, outgoing, reply, DOUBT)
            .unwrap_or_else(|| failures.said("").reply(outgoing.recipients.len())),
        // Without a result only who is named is settled.
        None => {
            let holding = of_all(failures, reply).map(|failure| failure.holding());
            named(failures, outgoing, reply).in_part(holding)
        }
    }
}

/// `result: true`, which may carry errors. What the errors leave open may have been sent.
fn taken(failures: Failures<'_>, outgoing: &Outgoing, reply: &BulkReply) -> Reply {
    let listed = named(failures, outgoing, reply);
    let complaint = complaints(reply).into_iter().flatten().next().map(|words| failures.said(words));
    let unexplained = complaint.filter(|_| !listed.refuses_anybody());
    if let Some(failure) = of_parameters(failures, reply).or(of_all(failures, reply)).or(unexplained) {
        return listed.in_part(Some(failure.holding()));
    }
    // API v2 names everybody, so that whoever is missing there is in doubt.
    let names_all = reply.receivers.0.as_ref().is_some_and(|receivers| !receivers.is_empty());
    if names_all || listed.is_held() {
        return listed.in_part(None);
    }
    listed.others(|_| Verdict::Accepted { id: None })
}

/// `result: false`, or a status that says the same. Whoever the body shows as messaged stays so, and then
/// nobody can say of those whom it does not name. Where it shows nobody, who is named is rejected and
/// `unnamed` becomes of the others. `None` where nothing is said.
pub fn refused(
    failures: Failures<'_>,
    outgoing: &Outgoing,
    reply: &BulkReply,
    unnamed: Verdict,
) -> Option<Reply> {
    let recipients = outgoing.recipients.len();
    let listed = named(failures, outgoing, reply);
    let of_parameters = of_parameters(failures, reply);
    let of_all = of_all(failures, reply);
    let told = sentences(reply).into_iter().flatten().next().map(|words| failures.said(words));
    if reply.result.0 == Some(true) || listed.accepts_anybody() {
        let unexplained = told.filter(|_| !listed.refuses_anybody());
        let failure = of_parameters.or(of_all).or(unexplained);
        return Some(listed.in_part(failure.map(|failure| failure.holding())));
    }
    if let Some(failure) = of_all {
        return Some(failure.reply(recipients));
    }
    if let Some(failure) = of_parameters {
        // Names of parameters are the same for everybody.
        return Some(Reply::unsent(Signal::CampaignRefused { reason: failure.reason() }));
    }
    if listed.names_anybody() {
        return Some(listed.others(|_| unnamed.clone()));
    }
    if listed.refuses_strangers() {
        let reason = failures.coded(INVALID_NUMBER, "").reason();
        return Some(match unnamed {
            Verdict::Unsent => Reply::unsent(Signal::Refused { reason }),
            _ => listed.in_part(None),
        });
    }
    told.map(|failure| failure.reply(recipients))
}

fn of_parameters<'l>(failures: Failures<'l>, reply: &BulkReply) -> Option<Failure<'l>> {
    let invalid = reply.errors.0.as_ref().map(|errors| &errors.invalid_custom_parameters.0)?;
    let are_named = || failures.coded(INVALID_PARAMETERS, &invalid.join(", "));
    (!invalid.is_empty()).then(are_named)
}

/// What is said that concerns everybody, whoever is named beside it.
fn of_all<'l>(failures: Failures<'l>, reply: &BulkReply) -> Option<Failure<'l>> {
    let told = sentences(reply).into_iter().flatten().map(|words| failures.said(words));
    told.into_iter().find(Failure::concerns_all)
}

fn named(failures: Failures<'_>, outgoing: &Outgoing, reply: &BulkReply) -> Listed {
    let mut listed = Listed::of(outgoing);
    let refusal = failures.coded(INVALID_NUMBER, "");
    for number in reply.errors.0.iter().flat_map(|errors| &errors.invalid_whatsapp_numbers.0) {
        let who = listed.find(None, Some(number));
        listed.refuse(who, &refusal);
    }
    let is_taken = reply.result.0 == Some(true);
    for receiver in reply.receivers.0.iter().flatten() {
        let Some(receiver) = receiver else {
            listed.overlook();
            continue;
        };
        let who = listed.find(None, receiver.wa_id.get());
        let id = receiver.local_message_id.get().map(MessageId::from);
        match receiver.errors.0.first() {
            Some(words) => listed.refuse(who, &failures.said(words)),
            None if receiver.is_valid_whats_app_number.0 == Some(false) => listed.refuse(who, &refusal),
            None if is_taken || id.is_some() => listed.accept(who, id),
            // The number is valid, which does not say that a message went to it.
            None => {}
        }
    }
    listed
}

/// Where Wati complains.
fn complaints(reply: &BulkReply) -> [Option<&str>; 2] {
    let details: Option<&BulkErrors> = reply.errors.0.as_ref();
    [reply.error.get(), details.and_then(|errors| errors.error.get())]
}

/// Where Wati complains, and where it may say anything.
fn sentences(reply: &BulkReply) -> [Option<&str>; 4] {
    let [error, details] = complaints(reply);
    [reply.info.get(), reply.message.get(), error, details]
}
