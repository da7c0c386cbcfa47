//! What Wati tells of its own accord (providers.md §3.6).
//!
//! Most events come twice, under an old name and with `_v2` behind it, and nobody promises an order: whoever
//! keeps them takes the same thing twice without harm. What is read and delivered is told without a number,
//! and old names come without `localMessageId`; so every identifier that an event has goes along, and the
//! event of the sending, which has them all and the number besides, joins them.
//!
//! Events `message` of the account's own messages (`owner: true`) are left alone: what Disparo sent is told by
//! events of its own, and the rest was written by people at Wati.

use super::wire::webhook::{
    Choice, DELIVERED, Event, MESSAGE, READ, REPLIED, SESSION_FAILED, SESSION_SENT, TEMPLATE_FAILED,
    TEMPLATE_SENT, VARIANTS,
};
use crate::domain::{Failure, Heard, Inbound, MessageId, Milestone, News, ProviderLimits, Receipt};
use crate::provider::Malformed;
use crate::provider::limits::FAILED;
use crate::provider::webhook::{correlation, details, first_moment, gather, ids, json, phone, read, said};

/// What a body says: one event, or an array of them.
///
/// # Errors
/// When it is nothing that Wati posts.
pub fn hear(limits: &ProviderLimits, body: &[u8]) -> Result<Vec<Heard>, Malformed> {
    gather(read(body)?, |event: Event<'_>, heard| {
        let Some(kind) = event.event_type.as_deref().map(plain) else {
            return Err("an event has no `eventType`");
        };
        let is = |name: &str| kind.eq_ignore_ascii_case(name);
        if is(MESSAGE) {
            if event.owner != Some(true) {
                heard.extend(inbound(event)?.map(|inbound| Heard::Inbound(Box::new(inbound))));
            }
            return Ok(());
        }
        let news = if is(TEMPLATE_SENT) || is(SESSION_SENT) {
            News::Reached(Milestone::Sent)
        } else if is(DELIVERED) {
            News::Reached(Milestone::Delivered)
        } else if is(READ) {
            News::Reached(Milestone::Read)
        } else if is(REPLIED) {
            News::Reached(Milestone::Replied)
        } else if is(TEMPLATE_FAILED) || is(SESSION_FAILED) {
            News::Failed(failure(limits, event.failed_code.as_deref(), event.failed_detail.as_deref()))
        } else {
            // A new contact, a chat's status, whatever Wati may add: no message of ours.
            return Ok(());
        };
        let receipt = receipt(&event, news)?;
        // By its number alone, what an operator writes to somebody would pass for the template they got.
        let is_of_a_conversation = is(SESSION_SENT) || is(SESSION_FAILED);
        let template = if is_of_a_conversation { Some("".into()) } else { receipt.template };
        heard.push(Heard::Receipt(Receipt { template, ..receipt }));
        Ok(())
    })
}

/// The event without what its variants have behind it.
fn plain(kind: &str) -> &str {
    let mut plain = kind.trim();
    while let Some(shorter) = VARIANTS.iter().find_map(|variant| strip_end(plain, variant)) {
        plain = shorter;
    }
    plain
}

fn strip_end<'a>(text: &'a str, end: &str) -> Option<&'a str> {
    let (start, written) = text.split_at_checked(text.len().checked_sub(end.len())?)?;
    written.eq_ignore_ascii_case(end).then_some(start)
}

/// Why a message failed: by WhatsApp's code, which some answers have where the words belong.
pub(super) fn failure(limits: &ProviderLimits, code: Option<&str>, words: Option<&str>) -> Failure {
    let is_code = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let given = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    match (given(code), given(words)) {
        (Some(code), words) => limits.failure(&code, &words.unwrap_or_default()),
        (None, Some(words)) if is_code(&words.as_str()) => limits.failure(&words, ""),
        (None, words) => limits.failure(FAILED, &words.unwrap_or_default()),
    }
}

fn receipt(event: &Event<'_>, news: News) -> Result<Receipt, &'static str> {
    let local = event.local_message_id.as_deref();
    let ids = ids([event.id.as_deref(), local, event.whatsapp_message_id.as_deref()]);
    let to = event.wa_id.as_deref().and_then(phone);
    if ids.is_empty() && to.is_none() {
        return Err("an event names no message: it has no identifier and no `waId`");
    }
    let at = first_moment([event.timestamp.as_deref(), event.created.as_deref()]);
    // What left was made in the same moment, which is told only of what left.
    let is_sent = news == News::Reached(Milestone::Sent);
    let created = first_moment([event.created.as_deref()]).or(at.filter(|_| is_sent));
    Ok(Receipt {
        correlation: correlation(local),
        ids,
        to,
        template: said(event.template_name.as_deref()),
        created,
        news,
        at,
    })
}

/// `None` where nobody can say who wrote: a sender without a number is nobody whom Disparo could know.
fn inbound(event: Event<'_>) -> Result<Option<Inbound>, &'static str> {
    let Some(id) = ids([event.id.as_deref(), event.whatsapp_message_id.as_deref()]).into_iter().next() else {
        return Err("a person's message has no `id`");
    };
    let Some(from) = event.wa_id.as_deref().and_then(phone) else { return Ok(None) };
    let choice = event.button_reply.or(event.interactive_button_reply).or(event.list_reply);
    let Choice { title, text: words, id: chosen, payload, description } = choice.unwrap_or_default();
    let written = said(event.text.as_deref());
    Ok(Some(Inbound {
        id,
        from,
        to: said(event.channel_phone_number.as_deref()),
        group: None,
        kind: event.kind.as_deref().map_or("text".into(), |kind| kind.to_lowercase().into()),
        text: written.or_else(|| said(title.or(words).as_deref())),
        payload: said(payload.or(chosen).as_deref()),
        in_reply_to: event.reply_context_id.as_deref().filter(|id| !id.is_empty()).map(MessageId::from),
        profile: said(event.sender_name.as_deref()),
        details: details([("data", event.data), ("description", json(description.as_deref()))]),
        at: first_moment([event.timestamp.as_deref(), event.created.as_deref()]),
    }))
}

#[cfg(test)]
mod tests;
