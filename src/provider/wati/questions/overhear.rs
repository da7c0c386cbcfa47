//! What an answer says of messages of ours: the conversation with a person, and the people of a broadcast
//! (providers.md §3.3 and §3.4). Wati's own events may be lost; these answers say the same later.

use crate::domain::account::{BroadcastRecipient, ChatMessage};
use crate::domain::{Found, Heard, Milestone, News, Phone, ProviderLimits, Query, Receipt};
use crate::provider::wati::webhook::failure;
use crate::provider::webhook::{correlation, ids, phone};

/// The receipts of an answer, in its order.
#[must_use]
pub fn overhear(limits: &ProviderLimits, query: &Query, found: &Found) -> Vec<Heard> {
    let receipts: Vec<Receipt> = match (query, found) {
        (Query::Messages { phone, .. }, Found::Messages(page)) => {
            let ours = page.items.iter().filter(|message| is_ours(message));
            ours.map(|message| of_conversation(limits, *phone, message)).collect()
        }
        (Query::BroadcastRecipients { .. }, Found::BroadcastRecipients(page)) => {
            page.items.iter().map(|person| of_broadcast(limits, person)).collect()
        }
        _ => Vec::new(),
    };
    receipts.into_iter().map(Heard::Receipt).collect()
}

/// A conversation has tickets too, which are opened and closed by the account and are no messages.
fn is_ours(message: &ChatMessage) -> bool {
    let is_ticket = message.event.as_deref().is_some_and(|event| event.eq_ignore_ascii_case("ticket"));
    message.is_ours && !is_ticket
}

fn of_conversation(limits: &ProviderLimits, to: Phone, message: &ChatMessage) -> Receipt {
    let local = message.local_id.as_deref();
    let id = message.id.to_string();
    let codes = (message.failure_code.as_deref(), message.failure.as_deref());
    let created = message.at.map(jiff::Timestamp::as_millisecond);
    let news = news(limits, message.status.as_deref().unwrap_or_default(), codes);
    // Only of the sending is the message's own time the time of the news.
    let at = created.filter(|_| news == News::Reached(Milestone::Sent));
    Receipt {
        correlation: correlation(local),
        ids: ids([Some(id.as_str()), local, message.whatsapp_id.as_deref()]),
        to: Some(to),
        template: message.template.as_deref().map(Into::into),
        created,
        news,
        at,
    }
}

fn of_broadcast(limits: &ProviderLimits, person: &BroadcastRecipient) -> Receipt {
    let local = person.local_id.as_deref();
    let codes = (person.failure_code.as_deref(), person.failure.as_deref());
    Receipt {
        correlation: correlation(local),
        ids: ids([person.message_id.as_deref(), local]),
        to: phone(&person.phone),
        template: None,
        created: person.created.map(jiff::Timestamp::as_millisecond),
        news: news(limits, &person.status, codes),
        at: None,
    }
}

/// A status in any case: those of v1's conversations, and those that v3 counts in a broadcast's statistics. No
/// status at all says that the message exists.
fn news(limits: &ProviderLimits, status: &str, (code, words): (Option<&str>, Option<&str>)) -> News {
    let status = status.trim();
    match status.to_ascii_lowercase().as_str() {
        "" | "pending" | "queued" | "processing" | "sending" => News::Reached(Milestone::Queued),
        "sent" => News::Reached(Milestone::Sent),
        "delivered" => News::Reached(Milestone::Delivered),
        "read" => News::Reached(Milestone::Read),
        "replied" => News::Reached(Milestone::Replied),
        "failed" => News::Failed(failure(limits, code, words)),
        "stopped" => News::Failed(limits.failure("delivery.cancelled", "")),
        _ => News::Unknown(status.into()),
    }
}

#[cfg(test)]
mod tests;
