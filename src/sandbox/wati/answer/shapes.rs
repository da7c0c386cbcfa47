//! Contacts, messages and broadcasts as Wati writes them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::super::Wati;
use super::super::account::{
    Account, Broadcast, ChatMessage, Contact, ConversationKey, Delivery, contact_id, conversation_id,
};
use super::super::echo::Recipient;
use super::standing::{self, Statistics};
use crate::domain::Phone;
use crate::provider::wati::wire::Parameter;
use crate::sandbox::far_side::FarSide;
use crate::sandbox::plausible;
use crate::sandbox::statuses::{Courses, Stand};

/// With seven fractional digits, as v3 has them.
pub(in crate::sandbox::wati) fn instant(at: Timestamp) -> String {
    format!("{at:.7}")
}

fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%b-%d-%Y").to_string()
}

fn named(parameters: &[(String, String)]) -> Vec<Value> {
    parameters.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect()
}

/// A contact of v1, with everything that a captured answer says of one.
pub(in crate::sandbox::wati) fn contact(contact: &Contact) -> Value {
    let number = contact.phone.digits();
    json!({
        "id": contact.id(), "wAid": number, "firstName": contact.name, "fullName": contact.name,
        "phone": number, "source": null, "contactStatus": "VALID", "photo": null,
        "created": day(contact.created), "customParams": named(&contact.attributes), "optedIn": false,
        "isDeleted": false, "lastUpdated": format!("{:.3}", contact.updated), "allowBroadcast": true,
        "allowSMS": true, "teamIds": ["6642fe1c0000000000000001"], "isInFlow": false, "lastFlowId": null,
        "currentFlowNodeId": null, "selectedHubspotId": null,
    })
}

/// A contact of v3.
pub(in crate::sandbox::wati) fn contact_v3(contact: &Contact) -> Value {
    let number = contact.phone.digits();
    json!({
        "id": contact.id(), "wa_id": number, "name": contact.name, "phone": number,
        "created": instant(contact.created), "last_updated": instant(contact.updated),
        "contact_status": "VALID", "opted_in": true, "allow_broadcast": true, "teams": [], "segments": [],
        "custom_params": named(&contact.attributes), "channel_type": "whatsapp",
        "is_broadcast_limit_reached": false,
    })
}

/// A message of v1.
pub(super) fn message(key: ConversationKey, message: &ChatMessage, stand: &Stand) -> Value {
    let id = Wati::message_id(message.number);
    json!({
        "id": id, "created": instant(message.at), "conversationId": conversation_id(key),
        "ticketId": conversation_id(key), "text": message.text, "type": message.kind,
        "timestamp": message.at.as_second().to_string(), "owner": message.is_ours, "eventType": event(message),
        "statusString": standing::word(stand.status).to_ascii_uppercase(),
        "failedDetail": stand.failure.map(|failure| failure.sentence), "whatsappMessageId": Wati::whatsapp_id(message.number),
        "localMessageId": local_id(message), "operatorName": null, "assignedId": null,
    })
}

/// A message of v3.
pub(super) fn message_v3(key: ConversationKey, message: &ChatMessage, stand: &Stand) -> Value {
    json!({
        "text": message.text, "type": message.kind, "timestamp": instant(message.at),
        "owner": message.is_ours, "status": standing::word(stand.status), "assigned_id": null, "operator_name": null, "bot_type": "regular",
        "local_message_id": local_id(message), "id": Wati::message_id(message.number),
        "created": instant(message.at), "conversation_id": conversation_id(key),
        "ticket_id": conversation_id(key), "event_type": event(message),
    })
}

/// A message of a person's, as a conversation shows it.
pub(in crate::sandbox::wati) fn heard(key: ConversationKey, message: &ChatMessage) -> Value {
    self::message(key, message, &Stand::accepted(message.at))
}

fn event(message: &ChatMessage) -> &'static str {
    if message.kind == "template" { "broadcastMessage" } else { "message" }
}

/// Wati makes one up where the sender has none.
fn local_id(message: &ChatMessage) -> String {
    message.local_id.clone().unwrap_or_else(|| format!("local-{}", message.number))
}

/// A broadcast of v3.
pub(in crate::sandbox::wati) fn broadcast(
    id: u64,
    broadcast: &Broadcast,
    account: &Account,
    courses: &Courses,
) -> Value {
    let counts = Statistics::of(id, broadcast, account, courses);
    json!({
        "id": format!("broadcast_{id}"), "channel_id": broadcast.channel.map(Phone::digits),
        "name": broadcast.name, "status": "completed", "template_id": broadcast.template,
        "fallback_templates": [], "created": instant(broadcast.at), "last_updated": instant(broadcast.at),
        "scheduled_at": null,
        "statistics": {
            "total_recipients": broadcast.recipients.len(), "total_pending": 0, "total_queued": 0, "total_sending": 0,
            "total_sent": counts.sent, "total_delivered": counts.delivered, "total_read": counts.read,
            "total_replied": counts.replied, "total_failed": counts.failed, "total_stopped": 0,
        },
    })
}

/// A recipient of a broadcast of v3.
pub(super) fn recipient(
    call: u64,
    at: Timestamp,
    (recipient, delivery): &(Recipient, Delivery),
    courses: &Courses,
) -> Value {
    let phone = plausible::phone(&recipient.number);
    let (status, message, code, detail) = match delivery {
        Delivery::Sent(number) => {
            let Stand { status, failure, .. } = standing::of_recipient(*number, call, recipient, at, courses);
            let (code, detail) = (failure.map(|one| one.code), failure.map(|one| one.sentence));
            (standing::word(status), Some(Wati::message_id(*number)), code, detail)
        }
        Delivery::Failed(why) => ("failed", None, Some("131026"), Some(why.as_str())),
    };
    let parameter = |one: &Parameter<'_>| json!({ "name": one.name, "value": one.value });
    json!({
        "id": format!("recipient-{}", recipient.number), "contact_id": phone.map(contact_id),
        "contact_name": recipient.number, "contact_phone": format!("+{}", recipient.number),
        "status": status, "failed_code": code, "failed_detail": detail,
        "local_message_id": recipient.local_id, "message_id": message,
        "custom_params": recipient.parameters.iter().map(parameter).collect::<Vec<_>>(),
        "created": instant(at),
    })
}

/// A number of the account.
pub(in crate::sandbox::wati) fn channel(number: Phone) -> Value {
    json!({ "id": format!("{:024x}", number.as_u64()), "name": number.digits(), "channel": "Whatsapp" })
}
