//! Answers to v3's `messageTemplates/send`: recipients may be listed with their errors, or not at all
//! (providers.md §3.4).

use super::failures::Failures;
use super::listed::Listed;
use crate::domain::{DoubtCause, MessageId, Reply, Verdict};
use crate::provider::Outgoing;
use crate::provider::wati::wire::BroadcastReply;

/// HTTP 200.
pub fn answered(failures: Failures<'_>, outgoing: &Outgoing, reply: BroadcastReply) -> Reply {
    match reply.success.0.or(reply.result.0) {
        Some(true) => taken(failures, outgoing, &reply),
        Some(false) => refused(failures, outgoing, reply)
            .unwrap_or_else(|| failures.said("").reply(outgoing.recipients.len())),
        None => named(failures, outgoing, &reply)
            .others(|_| Verdict::InDoubt { cause: DoubtCause::IncompleteReply }),
    }
}

fn taken(failures: Failures<'_>, outgoing: &Outgoing, reply: &BroadcastReply) -> Reply {
    let listed = named(failures, outgoing, reply);
    let broadcast = reply.broadcast_id.get();
    if let Some(words) = reply.error.get()
        && !listed.refuses_anybody()
    {
        return failures.said(words).doubtful();
    }
    let correlations: Vec<String> =
        outgoing.recipients.iter().map(|one| outgoing.tag.correlation(one.number)).collect();
    listed.others(|at| {
        let correlation = correlations.get(at).map(String::as_str).unwrap_or_default();
        Verdict::Accepted { id: Some(message_id(broadcast, correlation)) }
    })
}

/// `success: false`, or a status that says the same: nobody was messaged. Who is named is rejected, the others
/// go again. `None` where nothing is said.
pub fn refused(failures: Failures<'_>, outgoing: &Outgoing, reply: BroadcastReply) -> Option<Reply> {
    let recipients = outgoing.recipients.len();
    let said = reply.error.get().or(reply.message.get()).map(|words| failures.said(words));
    if let Some(failure) = said.as_ref().filter(|failure| failure.concerns_all()) {
        return Some(failure.reply(recipients));
    }
    let mut listed = named(failures, outgoing, &reply);
    listed.forget_accepted();
    if listed.names_anybody() {
        return Some(listed.others(|_| Verdict::Unsent));
    }
    said.map(|failure| failure.reply(recipients))
}

fn named(failures: Failures<'_>, outgoing: &Outgoing, reply: &BroadcastReply) -> Listed {
    let mut listed = Listed::of(outgoing);
    for one in reply.recipients.0.iter().flatten().flatten() {
        let who = listed.find(one.local_message_id.get(), one.phone_number.get());
        // Who is listed without errors is like everybody who is not listed.
        if !one.errors.0.is_empty() {
            listed.refuse(who, &failures.said(&one.errors.0.join("; ")));
        }
    }
    listed
}

/// `broadcast/correlation`: by the one part the broadcast can be asked for, by the other the message is named
/// in its recipients and in webhooks. The correlation alone where Wati gives no broadcast.
fn message_id(broadcast: Option<&str>, correlation: &str) -> MessageId {
    match broadcast {
        Some(broadcast) => MessageId::Text(format!("{broadcast}/{correlation}").into()),
        None => MessageId::from(correlation),
    }
}
