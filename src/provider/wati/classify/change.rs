//! Answers to what is done for one person, or for many without a message: texts, chat status, contacts.

use serde_json::Value;

use super::failures::Failures;
use super::listed::Listed;
use crate::domain::{DoubtCause, MessageId, Reply, Verdict, Verdicts};
use crate::provider::Outgoing;
use crate::provider::wati::wire::ChangeReply;

/// HTTP 200.
pub fn answered(failures: Failures<'_>, outgoing: &Outgoing, reply: ChangeReply) -> Reply {
    let recipients = outgoing.recipients.len();
    let failure = failures.said(words(&reply));
    match reply.result.0.or(reply.ok.0).or(reply.success.0) {
        Some(false) => failure.reply(recipients),
        Some(true) => done(outgoing, reply),
        // v3 answers with the message or the contact itself.
        None if id(&reply).is_some() || reply.contact_list.0.is_some() => done(outgoing, reply),
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

fn done(outgoing: &Outgoing, reply: ChangeReply) -> Reply {
    if let [_] = outgoing.recipients.as_slice() {
        return Reply::answered(vec![Verdict::Accepted { id: id(&reply) }]);
    }
    if reply.contact_list.0.is_none() {
        let verdicts = Verdicts::All(Verdict::Accepted { id: None });
        return Reply { verdicts, ..Reply::answered(Vec::new()) };
    }
    // Who is missing among the contacts that were changed may not have been changed.
    let mut listed = Listed::of(outgoing);
    for contact in reply.contact_list.items() {
        let number = contact.whatsapp_id.get().or(contact.wa_id.get()).or(contact.phone.get());
        let who = listed.find(None, number);
        listed.accept(who, contact.id.get().map(MessageId::from));
    }
    listed.others(|_| Verdict::InDoubt { cause: DoubtCause::IncompleteReply })
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
