//! Judges free text in the 24 hours after a person wrote: v1's `sendSessionMessage` (seed 003 §4) and v3's.

use jiff::Timestamp;

use super::super::echo::{Echo, Recipient, Way};
use super::super::fields::{foreign, text};
use super::super::{Account, WatiRefusal};
use super::reading::{Unfit, anywhere, body, target};
use super::template_rules::channel_refusal;
use crate::domain::{Address, Phone};
use crate::sandbox::accepting::Message;
use crate::sandbox::incoming::Incoming;
use crate::sandbox::scenario::WatiRules;
use crate::sandbox::{digest, plausible};

/// Wati's page: 0 to 4,096 characters.
const LONGEST_TEXT: usize = 4_096;

/// `POST /{tenant}/api/v1/sendSessionMessage/{number}`: the text and the account's number stand in the
/// query, in a form, or in JSON (providers.md §6).
pub(in crate::sandbox::wati) fn session_message(
    incoming: &Incoming,
    account: &Account,
    rules: &WatiRules,
) -> Result<(Vec<Message<WatiRefusal>>, Echo), Unfit> {
    let words = anywhere(incoming, "messageText")?.ok_or("messageText is required")?;
    let channel = anywhere(incoming, "channelPhoneNumber")?;
    let local_id = anywhere(incoming, "localMessageId")?;
    let written = incoming.parameter("number");
    let refusal = channel_refusal(channel.as_deref(), rules);
    let recipient =
        Recipient { number: written.trim_start_matches('+').to_owned(), parameters: Vec::new(), local_id };
    let channel = channel.as_deref().and_then(plausible::phone);
    let phone = plausible::phone(written);
    let refusal = refusal.or_else(|| expired(phone?, channel, incoming.at, account, rules));
    Ok(sent(Way::Session, phone, channel, words, recipient, refusal))
}

/// `POST /api/ext/v3/conversations/messages/text`.
pub(in crate::sandbox::wati) fn third_text(
    incoming: &Incoming,
    account: &Account,
    rules: &WatiRules,
    unknown: &mut Vec<String>,
) -> Result<(Vec<Message<WatiRefusal>>, Echo), Unfit> {
    let fields = body(incoming)?;
    foreign(fields, &["target", "text"], "", unknown);
    let written = text(fields, "target")?.ok_or("target is required")?;
    let words = text(fields, "text")?.ok_or("text is required")?.to_owned();
    let (phone, channel) = target(written, account)?;
    let refusal = channel.and_then(|own| channel_refusal(Some(&own.digits()), rules));
    let recipient = Recipient { number: phone.digits(), parameters: Vec::new(), local_id: None };
    let refusal = refusal.or_else(|| expired(phone, channel, incoming.at, account, rules));
    Ok(sent(Way::Text, Some(phone), channel, words, recipient, refusal))
}

/// Free text reaches whom the scenario lists, and who has written to that number in the last 24 hours.
fn expired(
    phone: Phone,
    channel: Option<Phone>,
    now: Timestamp,
    account: &Account,
    rules: &WatiRules,
) -> Option<WatiRefusal> {
    let is_listed = rules.open_windows.as_ref().is_none_or(|open| open.contains(&phone.person()));
    let is_open = is_listed || account.has_heard(phone.person(), channel, now);
    (!is_open).then_some(WatiRefusal::TicketExpired)
}

fn sent(
    way: Way,
    phone: Option<Phone>,
    channel: Option<Phone>,
    words: String,
    recipient: Recipient,
    refusal: Option<WatiRefusal>,
) -> (Vec<Message<WatiRefusal>>, Echo) {
    let refusals = [
        phone.is_none().then_some(WatiRefusal::ImplausibleNumber),
        refusal.filter(|refusal| *refusal != WatiRefusal::TicketExpired),
        (words.chars().count() > LONGEST_TEXT).then_some(WatiRefusal::TextTooLong),
        refusal.filter(|refusal| *refusal == WatiRefusal::TicketExpired),
    ];
    let message = Message {
        sender: channel.map(Phone::digits).unwrap_or_default(),
        to: phone.map(Address::Phone),
        callback_data: recipient.local_id.clone().unwrap_or_default(),
        digest: digest::of([words.as_str().into()]),
        refusals: refusals.into_iter().flatten().collect(),
    };
    (vec![message], Echo { text: words, ..Echo::new(way, channel, vec![recipient]) })
}
