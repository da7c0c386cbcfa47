//! Judges free text in the 24 hours after a person wrote: v1's `sendSessionMessage` (seed 003 §4) and v3's.

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
    Ok(sent(Way::Session, plausible::phone(written), channel, words, recipient, refusal, rules))
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
    Ok(sent(Way::Text, Some(phone), channel, words, recipient, refusal, rules))
}

fn sent(
    way: Way,
    phone: Option<Phone>,
    channel: Option<Phone>,
    words: String,
    recipient: Recipient,
    channel_refusal: Option<WatiRefusal>,
    rules: &WatiRules,
) -> (Vec<Message<WatiRefusal>>, Echo) {
    let is_open =
        |phone: Phone| rules.open_windows.as_ref().is_none_or(|open| open.contains(&phone.person()));
    let refusals = [
        phone.is_none().then_some(WatiRefusal::ImplausibleNumber),
        channel_refusal,
        (words.chars().count() > LONGEST_TEXT).then_some(WatiRefusal::TextTooLong),
        phone.filter(|phone| !is_open(*phone)).map(|_| WatiRefusal::TicketExpired),
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
