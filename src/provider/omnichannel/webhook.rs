//! What the omnichannel tells of its own accord.
//!
//! Its newer pages have a `callbackUrl` for each platform and no word about what comes there (providers.md §4):
//! the mapping is Disparo's own, as that of its calls is. One event in a body, or an array of them:
//!
//! ```json
//! {"event": "message_status", "messageId": "…", "status": "delivered", "at": "2026-11-22T10:00:00Z",
//!  "sentAt": "…", "contactIdentifier": "5521999999999", "errorCode": "…", "errorMessage": "…"}
//! {"event": "message_received", "messageId": "…", "contactIdentifier": "5521999999999", "name": "João",
//!  "text": "…", "mediaUri": "…", "quotedMessage": {"messageId": "…"}, "groupIdentifier": "…", "at": "…"}
//! ```
//!
//! Other events are about neither a message of ours nor a person who writes: nothing is heard of them.

use super::wire::webhook::{Event, MESSAGE_RECEIVED, MESSAGE_STATUS};
use crate::domain::{Heard, Inbound, MessageId, Milestone, News, ProviderLimits, Receipt};
use crate::provider::Malformed;
use crate::provider::limits::FAILED;
use crate::provider::webhook::{details, first_moment, gather, ids, json, phone, read, said};

/// What a body says.
///
/// # Errors
/// When it is nothing of this mapping.
pub fn hear(limits: &ProviderLimits, body: &[u8]) -> Result<Vec<Heard>, Malformed> {
    gather(read(body)?, |event: Event<'_>, heard| {
        match event.event.as_deref().map(str::trim) {
            Some(MESSAGE_STATUS) => heard.push(Heard::Receipt(receipt(limits, &event)?)),
            Some(MESSAGE_RECEIVED) => {
                heard.extend(inbound(&event)?.map(|inbound| Heard::Inbound(Box::new(inbound))));
            }
            Some(_) => {}
            None => return Err("an event has no `event`"),
        }
        Ok(())
    })
}

fn receipt(limits: &ProviderLimits, event: &Event<'_>) -> Result<Receipt, &'static str> {
    let ids = ids([event.message_id.as_deref()]);
    if ids.is_empty() {
        return Err("a message's status has no `messageId`");
    }
    let status = event.status.as_deref().map(str::trim).unwrap_or_default();
    let news = match status.to_ascii_lowercase().as_str() {
        "queued" => News::Reached(Milestone::Queued),
        "sent" => News::Reached(Milestone::Sent),
        "delivered" => News::Reached(Milestone::Delivered),
        "read" => News::Reached(Milestone::Read),
        "replied" => News::Reached(Milestone::Replied),
        "failed" => {
            let code = event.error_code.as_deref().map(str::trim).filter(|code| !code.is_empty());
            let words = event.error_message.as_deref().unwrap_or_default();
            News::Failed(limits.failure(code.unwrap_or(FAILED), words))
        }
        "" => return Err("a message's status has no `status`"),
        _ => News::Unknown(status.into()),
    };
    Ok(Receipt {
        correlation: None,
        ids,
        to: event.contact_identifier.as_deref().and_then(phone),
        template: None,
        created: first_moment([event.sent_at.as_deref()]),
        news,
        at: first_moment([event.at.as_deref()]),
    })
}

/// `None` where nobody can say who wrote: a contact without a number is nobody whom Disparo could know.
fn inbound(event: &Event<'_>) -> Result<Option<Inbound>, &'static str> {
    let Some(id) = ids([event.message_id.as_deref()]).into_iter().next() else {
        return Err("a person's message has no `messageId`");
    };
    let Some(from) = event.contact_identifier.as_deref().and_then(phone) else { return Ok(None) };
    let quoted = event.quoted_message.as_ref().and_then(|quoted| quoted.message_id.as_deref());
    Ok(Some(Inbound {
        id,
        from,
        to: said(event.channel_id.as_deref()),
        group: said(event.group_identifier.as_deref()),
        kind: event.kind.as_deref().map_or("text".into(), |kind| kind.to_lowercase().into()),
        text: said(event.text.as_deref()),
        payload: None,
        in_reply_to: quoted.map(MessageId::from),
        profile: said(event.name.as_deref()),
        details: details([("mediaUri", json(event.media_uri.as_deref()))]),
        at: first_moment([event.at.as_deref(), event.sent_at.as_deref()]),
    }))
}

#[cfg(test)]
mod tests;
