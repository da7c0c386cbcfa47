//! Wati's whole account, for people and tests.

use serde_json::{Value, json};

use super::account::{Broadcast, Conversation, ConversationKey, conversation_id};
use super::{Account, Wati, answer};
use crate::domain::Phone;
use crate::sandbox::far_side::FarSide;
use crate::sandbox::statuses::Courses;

/// Contacts, conversations with their messages, and broadcasts.
pub(super) fn inspect(account: &Account, courses: &Courses) -> Value {
    let conversation = |(key, one): (&ConversationKey, &Conversation)| {
        let texts: Vec<_> = one
            .messages
            .iter()
            .map(|message| {
                json!({
                    "id": Wati::message_id(message.number),
                    "type": message.kind, "text": message.text, "local_message_id": message.local_id,
                    "owner": message.is_ours, "status": message.stand(courses).status,
                })
            })
            .collect();
        let phone = account.contact(key.0).map(|contact| contact.phone.digits());
        json!({
            "id": conversation_id(*key), "phone": phone, "channel": key.1.map(Phone::digits),
            "status": one.status, "messages": texts,
        })
    };
    let broadcast = |(id, one): (&u64, &Broadcast)| answer::broadcast(*id, one, account, courses);
    json!({
        "contacts": account.contacts().iter().map(answer::contact).collect::<Vec<_>>(),
        "conversations": account.conversations.iter().map(conversation).collect::<Vec<_>>(),
        "broadcasts": account.broadcasts.iter().map(broadcast).collect::<Vec<_>>(),
    })
}
