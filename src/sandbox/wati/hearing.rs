//! What people write to the account: it opens the 24 hours in which free text reaches them.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::account::{ChatMessage, ConversationKey, conversation_id};
use super::{Account, answer};
use crate::domain::{PersonKey, Phone};
use crate::sandbox::inbound::{Happening, Inbound};
use crate::sandbox::plausible;
use crate::sandbox::scenario::WatiRules;

/// How long after a message of the person's free text is taken.
const WINDOW: SignedDuration = SignedDuration::from_hours(24);

impl Account {
    /// Puts a message into the person's conversation, which is opened where there is none.
    pub(super) fn hear(&mut self, body: &Value, happening: &Happening) -> Result<Value, String> {
        let Inbound { from, text, to, is_button, .. } = Inbound::of_person(body)?;
        let channel = match to {
            Some(written) => Some(plausible::phone(&written).ok_or("`to` is not a phone number")?),
            None => self.channel_for(from.person(), &happening.scenario.wati),
        };
        let key = (from.person(), channel);
        let message = ChatMessage {
            number: happening.number,
            call: 0,
            is_ours: false,
            phone: from,
            kind: if is_button { "button" } else { "text" },
            text,
            at: happening.at,
            local_id: None,
        };
        let told = json!({
            "message": answer::heard(key, &message), "conversationId": conversation_id(key),
            "waId": from.digits(), "channelPhoneNumber": channel.map(Phone::digits),
        });
        if !happening.keeps {
            return Ok(told);
        }
        self.contact_mut(from, happening.at);
        self.inbound += 1;
        let conversation = self.conversation_mut(key);
        if conversation.status == "SOLVED" {
            conversation.status = "OPEN";
        }
        conversation.messages.push(message);
        Ok(told)
    }

    /// To which of the account's numbers somebody writes who does not say so: where the conversation was last, or
    /// to the only one.
    fn channel_for(&self, person: PersonKey, rules: &WatiRules) -> Option<Phone> {
        let last = |(_, one): &(&ConversationKey, &super::account::Conversation)| {
            one.messages.last().map(|message| message.number)
        };
        let latest = self.conversations_with(person).max_by_key(last);
        let only = || rules.numbers.first().copied().filter(|_| rules.numbers.len() == 1);
        latest.and_then(|((_, channel), _)| *channel).or_else(only)
    }

    /// Whether somebody has written in the last 24 hours, to that number where one is given.
    pub(super) fn has_heard(&self, person: PersonKey, channel: Option<Phone>, now: Timestamp) -> bool {
        let is_recent = |message: &ChatMessage| !message.is_ours && now.duration_since(message.at) < WINDOW;
        self.conversations_with(person)
            .filter(|((_, own), _)| channel.is_none() || own.is_none() || *own == channel)
            .any(|(_, one)| one.messages.iter().rev().any(is_recent))
    }

    /// Whether somebody has written to that number since.
    pub(super) fn has_replied(&self, person: PersonKey, channel: Option<Phone>, since: Timestamp) -> bool {
        let is_reply = |message: &ChatMessage| !message.is_ours && message.at >= since;
        self.conversations_with(person)
            .filter(|((_, own), _)| channel.is_none() || *own == channel)
            .any(|(_, one)| one.messages.iter().rev().any(is_reply))
    }
}
