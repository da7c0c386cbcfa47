//! What Sinch tells of its own accord (seed 001; providers.md §2.4 and §2.5).
//!
//! A record of a message of ours is no event but all that became of it so far: each of its flags is a receipt
//! of its own, and a repeated record says the same again. Success is told by the flags alone, because the
//! table and the sample have different codes for it; failures are the codes from 100 on, as all codes of the
//! table are that are failures, and they count only while the person does not have the message. 104 is one of
//! them: the message was not delivered.
//!
//! A message with `waGroupId` was written in a group: [`Inbound::group`] says so, and it is neither an answer to
//! us nor an opt-out. The seed warns that each direct answer to one costs a template.

use std::borrow::Cow;

use super::wire::webhook::{Callback, Choice, Record};
use crate::domain::{Heard, Inbound, MessageId, Milestone, News, ProviderLimits, Receipt};
use crate::provider::Malformed;
use crate::provider::lenient::OneOrMany;
use crate::provider::webhook::{correlation, details, first_moment, gather, ids, json, phone, read, said};

/// The first code of a failure.
const FAILURES: u32 = 100;

/// What stands in the seed's samples where something is left out.
const ELLIPSIS: &str = "\"...\"";

/// What a body says: what became of messages, or what people wrote.
///
/// # Errors
/// When it is nothing that Sinch posts.
pub fn hear(limits: &ProviderLimits, body: &[u8]) -> Result<Vec<Heard>, Malformed> {
    let refused = match read(body) {
        Ok(callback) => return of_callback(limits, callback),
        Err(refused) => refused,
    };
    match unabridged(body) {
        Some(body) => of_callback(limits, read(body.as_bytes()).map_err(|_| refused)?),
        None => Err(refused),
    }
}

fn of_callback(limits: &ProviderLimits, callback: Callback<'_>) -> Result<Vec<Heard>, Malformed> {
    let Some(data) = callback.data else {
        return Err(Malformed("the body has no array `data`".to_owned()));
    };
    gather(OneOrMany(data), |record: Record<'_>, heard| {
        if record.message.is_some() {
            heard.extend(inbound(record)?.map(|inbound| Heard::Inbound(Box::new(inbound))));
        } else {
            heard.extend(receipts(limits, &record)?.into_iter().map(Heard::Receipt));
        }
        Ok(())
    })
}

/// A record as receipts, in the order of what they tell.
fn receipts(limits: &ProviderLimits, record: &Record<'_>) -> Result<Vec<Receipt>, &'static str> {
    let known = Receipt {
        correlation: correlation(record.correlation_id.as_deref()),
        ids: ids([record.id.as_deref()]),
        to: record.destination.as_deref().and_then(phone),
        template: None,
        created: None,
        news: News::Reached(Milestone::Queued),
        at: None,
    };
    if known.correlation.is_none() && known.ids.is_empty() {
        return Err("a record names no message: it has neither an `id` nor a `correlationId` of ours");
    }
    let updated = [record.updated_at.as_deref(), record.updated_date.as_deref()];
    let sent = [record.sent_at.as_deref(), record.sent_date.as_deref()];
    let delivered = [record.delivered_at.as_deref(), record.delivered_date.as_deref()];
    let read = [record.read_at.as_deref(), record.read_date.as_deref()];
    let flags = [
        (record.sent, Milestone::Sent, sent),
        (record.delivered, Milestone::Delivered, delivered),
        (record.read, Milestone::Read, read),
    ];
    let reached = flags.into_iter().filter(|(flag, ..)| *flag == Some(true));
    let mut receipts: Vec<Receipt> = reached
        .map(|(_, milestone, at)| Receipt {
            news: News::Reached(milestone),
            at: first_moment(at),
            ..known.clone()
        })
        .collect();
    let is_there = record.delivered == Some(true) || record.read == Some(true);
    let codes = [
        (record.delivered_status_code.as_deref(), record.delivered_status.as_deref(), delivered),
        (record.sent_status_code.as_deref(), record.sent_status.as_deref(), sent),
    ];
    let failed = codes.into_iter().find_map(|(code, words, at)| Some((failure(code?)?, words, at)));
    if let Some((code, words, at)) = failed.filter(|_| !is_there) {
        let news = News::Failed(limits.failure(code, words.unwrap_or_default()));
        receipts.push(Receipt { news, at: first_moment(at.into_iter().chain(updated)), ..known.clone() });
    }
    if receipts.is_empty() {
        // All that it tells is that there is such a message.
        receipts.push(Receipt { at: first_moment(updated), ..known });
    }
    Ok(receipts)
}

fn failure(code: &str) -> Option<&str> {
    let code = code.trim();
    code.parse().is_ok_and(|number: u32| number >= FAILURES).then_some(code)
}

/// `None` where nobody can say who wrote: a sender without a number is nobody whom Disparo could know.
fn inbound(record: Record<'_>) -> Result<Option<Inbound>, &'static str> {
    let Some(message) = record.message else { return Err("an entry is neither a record nor a message") };
    let profile = record.user_profile.unwrap_or_default();
    let senders = [record.source.as_deref(), profile.whats_app_id.as_deref(), record.origin.as_deref()];
    if senders.iter().all(Option::is_none) {
        return Err("a person's message has no `source`");
    }
    let Some(from) = senders.into_iter().flatten().find_map(phone) else { return Ok(None) };
    // The table of fields swaps the types of the two: both are taken in either.
    let at = first_moment([record.received_at.as_deref(), record.received_date.as_deref()]);
    let interactive = message.interactive.unwrap_or_default();
    let choice = interactive.list_reply.or(interactive.button_reply).or(message.button);
    let (title, payload) = choice.map(words_and_payload).unwrap_or_default();
    let text = message.message_text.or(title).or(message.caption.clone());
    let group = said(message.wa_group_id.as_deref());
    let id = ids([record.id.as_deref()]).into_iter().next();
    let id = id.unwrap_or_else(|| stand_in(from.as_u64(), at, group.as_deref(), text.as_deref()));
    let caption = [("caption", json(message.caption.as_deref()))];
    let rest = message.rest.iter().map(|(name, value)| (name.as_str(), Some(value.clone())));
    let of_campaign = [
        ("session", record.session),
        ("correlationId", json(record.correlation_id.as_deref())),
        ("campaignAlias", json(record.campaign_alias.as_deref())),
        ("extraInfo", json(record.extra_info.as_deref())),
    ];
    Ok(Some(Inbound {
        id,
        from,
        to: said(record.destination.as_deref()),
        group,
        kind: message.kind.as_deref().map_or("text".into(), |kind| kind.to_lowercase().into()),
        text: said(text.as_deref()),
        payload: said(payload.as_deref()),
        in_reply_to: None,
        profile: said(profile.name.as_deref()),
        details: details(caption.into_iter().chain(rest).chain(of_campaign)),
        at,
    }))
}

fn words_and_payload(choice: Choice<'_>) -> (Option<Cow<'_, str>>, Option<Cow<'_, str>>) {
    let words = choice.row_title.or(choice.title).or(choice.text);
    (words, choice.row_identifier.or(choice.identifier).or(choice.payload))
}

/// An identifier for a message that comes without one, as in the seed's sample: the same each time that the
/// same message comes.
fn stand_in(from: u64, at: Option<i64>, group: Option<&str>, text: Option<&str>) -> MessageId {
    let mut hasher = blake3::Hasher::new_derive_key("disparo message without identifier");
    let (sender, moment) = (from.to_string(), at.map(|at| at.to_string()));
    for part in [Some(sender.as_str()), moment.as_deref(), group, text] {
        let part = part.unwrap_or_default();
        hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
    }
    let digest = hasher.finalize().to_hex();
    MessageId::Text(format!("unnamed:{}", &digest[..32]).into())
}

/// A body in which the seed's ellipses, members without a value, have one; `None` where there are none. The
/// seed's message of a group is taken as it stands there.
fn unabridged(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(ELLIPSIS) {
        whole.push_str(before);
        whole.push_str(ELLIPSIS);
        let is_member = before.trim_end().ends_with(['{', ',']) && after.trim_start().starts_with([',', '}']);
        if is_member {
            whole.push_str(":null");
        }
        rest = after;
    }
    whole.push_str(rest);
    (whole.len() > text.len()).then_some(whole)
}

#[cfg(test)]
mod tests;
