//! What Devino tells of its own accord (seed 002, "Status de webhook" and "Webhook de entrada").
//!
//! The seed shows one status, `DELIVERED`, and publishes no list: the other words are those of Devino's other
//! and older APIs (providers.md §1.4), in any case, and one that nobody knows is kept as it is.
//!
//! A status has a word and a code, and the seed does not say which of them holds. What proves that the person
//! has the message (delivered, read, a link followed) outweighs any code: nothing may follow from a failure
//! that did not happen, least of all that somebody is never messaged again. Beside any other word a code is a
//! failure, as the seed's table has nothing but failures; if the message arrives all the same, that overtakes
//! it.

use super::wire::webhook::Told;
use crate::domain::{Click, Heard, Inbound, MessageId, Milestone, News, ProviderLimits, Receipt};
use crate::provider::Malformed;
use crate::provider::limits::FAILED;
use crate::provider::webhook::{self, correlation, details, gather, json, phone, said};

/// What a body says: statuses, or messages of people, or both.
///
/// # Errors
/// When it is nothing that Devino posts.
pub fn hear(limits: &ProviderLimits, body: &[u8]) -> Result<Vec<Heard>, Malformed> {
    gather(webhook::read(body)?, |told: Told<'_>, heard| {
        if is_inbound(&told) {
            heard.extend(inbound(told)?.map(|inbound| Heard::Inbound(Box::new(inbound))));
        } else {
            heard.push(Heard::Receipt(receipt(limits, &told)?));
        }
        Ok(())
    })
}

/// Both kinds may come to one address; the older API's messages are known by their sender.
fn is_inbound(told: &Told<'_>) -> bool {
    told.incoming_message_id.is_some() || (told.status.is_none() && told.address.is_some())
}

/// What a word of a status says.
#[derive(Debug, Clone, Copy)]
enum Word {
    Reached(Milestone),
    Clicked,
    /// The code of what is said where the status has none.
    Failed(&'static str),
    Unknown,
}

fn word(status: &str) -> Word {
    match status.to_ascii_lowercase().as_str() {
        "enqueued" | "queued" => Word::Reached(Milestone::Queued),
        "sent" => Word::Reached(Milestone::Sent),
        "delivered" => Word::Reached(Milestone::Delivered),
        "read" | "seen" => Word::Reached(Milestone::Read),
        "visited" | "clicked" => Word::Clicked,
        // The misspelling is that of Devino's own sample.
        "undelivered" | "undelived" | "failed" => Word::Failed(FAILED),
        "rejected" => Word::Failed("delivery.rejected"),
        "cancelled" | "canceled" => Word::Failed("delivery.cancelled"),
        "expired" | "vp_expired" => Word::Failed("delivery.expired"),
        _ => Word::Unknown,
    }
}

fn receipt(limits: &ProviderLimits, told: &Told<'_>) -> Result<Receipt, &'static str> {
    let correlation = correlation(told.options.as_deref());
    let ids: Vec<MessageId> = told.message_id.iter().chain(&told.id).cloned().collect();
    if correlation.is_none() && ids.is_empty() {
        return Err(
            "a status names no message: its `messageId` is missing, or neither a whole number from 0 on \
                    nor text",
        );
    }
    let status = told.status.as_deref().map(str::trim).unwrap_or_default();
    let code = told.error_code.as_deref().map(str::trim).filter(|code| !matches!(*code, "" | "0"));
    let news = match (word(status), code) {
        (Word::Clicked, _) => News::Clicked(Click {
            browser: said(told.browser.as_deref()),
            os: said(told.os.as_deref()),
            user_agent: said(told.user_agent.as_deref()),
            ip: said(told.ip.as_deref()),
        }),
        (Word::Reached(milestone), None) => News::Reached(milestone),
        (Word::Reached(milestone), Some(_)) if milestone >= Milestone::Delivered => News::Reached(milestone),
        (_, Some(code)) => News::Failed(limits.failure(code, "")),
        (Word::Failed(code), None) => News::Failed(limits.failure(code, "")),
        (Word::Unknown, None) if status.is_empty() => {
            return Err("an entry is neither a status nor a message");
        }
        (Word::Unknown, None) => News::Unknown(status.into()),
    };
    let at = told.ts.or(told.received_at);
    Ok(Receipt { correlation, ids, to: None, template: None, created: None, news, at })
}

/// `None` where nobody can say who wrote: a sender without a number is nobody whom Disparo could know.
fn inbound(told: Told<'_>) -> Result<Option<Inbound>, &'static str> {
    let Some(id) = told.incoming_message_id.or(told.id) else {
        return Err("a person's message has no identifier that is a whole number from 0 on, or text");
    };
    let sender = told.from.as_deref().or(told.address.as_deref());
    let Some(from) = sender.and_then(phone) else { return Ok(None) };
    let content_type = told.content_type.as_deref().map(str::to_ascii_lowercase);
    // The older API has text and files in one field, and `text` for a type.
    let is_text = content_type.as_deref() == Some("text");
    let (older_text, older_file) =
        if is_text { (told.content.as_deref(), None) } else { (None, told.content.as_deref()) };
    let kind = match content_type.as_deref() {
        _ if told.geo_location.is_some() => "location",
        _ if told.contacts.is_some() => "contacts",
        Some(kind) if told.content_url.is_some() || older_file.is_some() => {
            let major = kind.split_once('/').map_or(kind, |(major, _)| major);
            if matches!(major, "application" | "text" | "") { "document" } else { major }
        }
        None if told.content_url.is_some() || older_file.is_some() => "document",
        Some(_) | None => "text",
    };
    Ok(Some(Inbound {
        id,
        from,
        to: said(told.to.as_deref().or(told.subject.as_deref())),
        group: None,
        kind: kind.into(),
        text: said(told.text.as_deref().or(older_text)),
        payload: None,
        in_reply_to: told.parent_id,
        profile: said(told.profile_name.as_deref()),
        at: told.ts.or(told.received_at),
        details: details([
            ("contentUrl", json(told.content_url.as_deref())),
            ("contentType", json(told.content_type.as_deref().filter(|_| !is_text))),
            ("contentName", json(told.content_name.as_deref())),
            ("content", json(older_file)),
            ("whatsAppGeoLocation", told.geo_location),
            ("whatsAppContacts", told.contacts),
        ]),
    }))
}

#[cfg(test)]
mod tests;
