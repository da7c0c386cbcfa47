//! Answers to what is done for one person, or for many without a message: texts, chat status, contacts.

use serde_json::Value;

use super::failures::{Failures, INVALID_NUMBER};
use super::listed::Listed;
use crate::domain::{DoubtCause, MessageId, Reply, Verdict};
use crate::provider::Outgoing;
use crate::provider::wati::wire::ChangeReply;

/// HTTP 200.
pub fn answered(failures: Failures<'_>, outgoing: &Outgoing, reply: ChangeReply) -> Reply {
    let recipients = outgoing.recipients.len();
    let failure = failures.said(words(&reply));
    match reply.result.0.or(reply.ok.0).or(reply.success.0) {
        Some(false) => failure.reply(recipients),
        Some(true) => done(failures, outgoing, &reply),
        // v3 answers with the message or the contact itself.
        None if id(&reply).is_some() || reply.contact_list.0.is_some() => done(failures, outgoing, &reply),
        // Without a result only an explicit failure proves that nothing was done.
        None if failure.is_explained() => failure.reply(recipients),
        None => Reply::in_doubt(DoubtCause::IncompleteReply),
    }
}

/// A status that says that nothing was done. `None` where nothing else is said.
pub fn refused(failures: Failures<'_>, recipients: usize, reply: &ChangeReply) -> Option<Reply> {
    let words = words(reply);
    (!words.is_empty()).then(|| failures.said(words).reply(recipients))
}

/// What Wati says went wrong; empty where it says nothing.
pub fn words(reply: &ChangeReply) -> &str {
    let message = reply.message.as_str().filter(|words| !words.trim().is_empty());
    reply.info.get().or(message).or(reply.error.get()).unwrap_or_default()
}

fn done(failures: Failures<'_>, outgoing: &Outgoing, reply: &ChangeReply) -> Reply {
    match outgoing.recipients.as_slice() {
        [_] => Reply::answered(vec![Verdict::Accepted { id: id(reply) }]),
        _ => of_many(failures, outgoing, reply),
    }
}

/// Contacts that are listed as changed, or numbers as not. Who is missing among the changed was not, for the
/// reason that is given; without one nobody can say. Where nobody is listed, a reason is about somebody whom
/// nobody can name.
fn of_many(failures: Failures<'_>, outgoing: &Outgoing, reply: &ChangeReply) -> Reply {
    let errors = reply.errors.0.as_ref();
    let lists = [Some(&reply.contact_list), errors.map(|errors| &errors.contact_list)];
    let changed = lists.into_iter().flatten().find_map(|list| list.0.as_ref());
    let refused = errors.map(|errors| errors.invalid_whatsapp_numbers.0.as_slice()).unwrap_or_default();
    let words = errors.and_then(|errors| errors.error.get()).unwrap_or_else(|| words(reply));
    let failure = (!words.is_empty()).then(|| failures.said(words));

    let mut listed = Listed::of(outgoing);
    for number in refused {
        let who = listed.find(None, Some(number));
        match &failure {
            Some(failure) => listed.refuse(who, failure),
            None => listed.refuse(who, &failures.coded(INVALID_NUMBER, "")),
        }
    }
    for contact in changed.into_iter().flatten().flatten() {
        let number = contact.whatsapp_id.get().or(contact.wa_id.get()).or(contact.phone.get());
        let who = listed.find(None, number);
        listed.accept(who, contact.id.get().map(MessageId::from));
    }
    let missing = match (changed, &failure) {
        (Some(_), Some(failure)) => {
            listed.hold(failure.signal());
            failure.verdict()
        }
        (None, None) => Verdict::Accepted { id: None },
        (None, Some(_)) if !refused.is_empty() => Verdict::Accepted { id: None },
        (Some(_), None) | (None, Some(_)) => Verdict::InDoubt { cause: DoubtCause::IncompleteReply },
    };
    listed.others(|_| missing.clone())
}

/// The identifier of the message that was sent or of the contact that was changed.
fn id(reply: &ChangeReply) -> Option<MessageId> {
    let of_message = ["id", "localMessageId", "local_message_id", "whatsappMessageId"]
        .into_iter()
        .find_map(|name| reply.message.get(name).and_then(Value::as_str))
        .filter(|id| !id.trim().is_empty());
    let contact = reply.contact.0.as_ref().and_then(|contact| contact.id.get());
    of_message.or(contact).or(reply.id.get()).map(MessageId::from)
}
