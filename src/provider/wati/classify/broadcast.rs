//! Answers to v3's `messageTemplates/send`: recipients may be listed with their errors, or not at all
//! (providers.md §3.4).

use super::failures::{Failure, Failures};
use super::listed::Listed;
use crate::domain::{DoubtCause, MessageId, Reply, Verdict};
use crate::provider::Outgoing;
use crate::provider::wati::wire::BroadcastReply;

/// HTTP 200.
pub fn answered(failures: Failures<'_>, outgoing: &Outgoing, reply: &BroadcastReply) -> Reply {
    const DOUBT: Verdict = Verdict::InDoubt { cause: DoubtCause::IncompleteReply };
    match is_taken(reply) {
        Some(true) => taken(failures, outgoing, reply),
        // Nothing documents that nobody was messaged where only some are listed with errors.
        Some(false) => refused(failures, outgoing, reply, DOUBT)
            .unwrap_or_else(|| failures.said("").reply(outgoing.recipients.len())),
        None => {
            let holding = of_all(failures, reply).map(|failure| failure.holding());
            named(failures, outgoing, reply).in_part(holding)
        }
    }
}

fn taken(failures: Failures<'_>, outgoing: &Outgoing, reply: &BroadcastReply) -> Reply {
    let listed = named(failures, outgoing, reply);
    let complaint = reply.error.get().map(|words| failures.said(words));
    let unexplained = complaint.filter(|_| !listed.refuses_anybody());
    if let Some(failure) = of_all(failures, reply).or(unexplained) {
        return listed.in_part(Some(failure.holding()));
    }
    // Either only those with errors are listed, or everybody is, and then whoever is missing is in doubt.
    if listed.accepts_anybody() || listed.is_held() {
        return listed.in_part(None);
    }
    listed.others(|at| Verdict::Accepted { id: message_id(outgoing, reply, Some(at)) })
}

/// `success: false`, or a status that says the same. Where there is a broadcast all the same, or somebody is
/// listed without errors, nobody can say of those who are not listed. Where there is not, who is listed with
/// errors is rejected and `unnamed` becomes of the others. `None` where nothing is said.
pub fn refused(
    failures: Failures<'_>,
    outgoing: &Outgoing,
    reply: &BroadcastReply,
    unnamed: Verdict,
) -> Option<Reply> {
    let recipients = outgoing.recipients.len();
    let listed = named(failures, outgoing, reply);
    let of_all = of_all(failures, reply);
    let told = sentences(reply).into_iter().flatten().next().map(|words| failures.said(words));
    let is_begun = reply.broadcast_id.get().is_some() || is_taken(reply) == Some(true);
    if is_begun || listed.accepts_anybody() {
        let failure = of_all.or(told.filter(|_| !listed.refuses_anybody()));
        return Some(listed.in_part(failure.map(|failure| failure.holding())));
    }
    if let Some(failure) = of_all {
        return Some(failure.reply(recipients));
    }
    if listed.names_anybody() || (listed.refuses_strangers() && unnamed != Verdict::Unsent) {
        return Some(listed.others(|_| unnamed.clone()));
    }
    told.map(|failure| failure.reply(recipients))
}

fn is_taken(reply: &BroadcastReply) -> Option<bool> {
    reply.success.0.or(reply.result.0)
}

/// What is said that concerns everybody, whoever is listed beside it.
fn of_all<'l>(failures: Failures<'l>, reply: &BroadcastReply) -> Option<Failure<'l>> {
    let told = sentences(reply).into_iter().flatten().map(|words| failures.said(words));
    told.into_iter().find(Failure::concerns_all)
}

fn sentences(reply: &BroadcastReply) -> [Option<&str>; 2] {
    [reply.error.get(), reply.message.get()]
}

fn named(failures: Failures<'_>, outgoing: &Outgoing, reply: &BroadcastReply) -> Listed {
    let mut listed = Listed::of(outgoing);
    let is_begun = reply.broadcast_id.get().is_some() || is_taken(reply) == Some(true);
    for one in reply.recipients.0.iter().flatten() {
        let Some(one) = one else {
            listed.overlook();
            continue;
        };
        let who = listed.find(one.local_message_id.get(), one.phone_number.get());
        if !one.errors.0.is_empty() {
            listed.refuse(who, &failures.said(&one.errors.0.join("; ")));
        } else if is_begun {
            listed.accept(who, message_id(outgoing, reply, who));
        } else {
            listed.doubt(who);
        }
    }
    listed
}

/// `broadcast/correlation`: by the one part the broadcast can be asked for, by the other the message is named
/// in its recipients and in webhooks. The correlation alone where Wati gives no broadcast.
fn message_id(outgoing: &Outgoing, reply: &BroadcastReply, who: Option<usize>) -> Option<MessageId> {
    let recipient = outgoing.recipients.get(who?)?;
    let correlation = outgoing.tag.correlation(recipient.number);
    Some(match reply.broadcast_id.get() {
        Some(broadcast) => MessageId::Text(format!("{broadcast}/{correlation}").into()),
        None => MessageId::from(correlation.as_str()),
    })
}
