//! What an answer repeats of a request that sends messages, and the account keeps of it.

use jiff::Timestamp;

use super::account::{Broadcast, ChatMessage, Delivery};
use super::{Account, Wati, WatiRefusal};
use crate::domain::{Address, Phone};
use crate::provider::wati::wire::Parameter;
use crate::sandbox::accepting::{Message, Outcome};
use crate::sandbox::far_side::Context;
use crate::sandbox::scenario::WatiRules;

/// In which of the ways something is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// v1, a template for one.
    Single,
    /// v1, a template for up to 1,000.
    Bulk,
    /// v3, a template for up to 10,000.
    Broadcast,
    /// v1, free text in an open window.
    Session,
    /// v3, free text in an open window.
    Text,
}

/// What is remembered from request to answer.
#[derive(Debug)]
pub(in crate::sandbox) struct Echo {
    pub(super) way: Way,
    pub(super) template: String,
    pub(super) broadcast: String,
    pub(super) channel: Option<Phone>,
    /// Free text, where that is sent.
    pub(super) text: String,
    /// In the order of the messages.
    pub(super) recipients: Vec<Recipient>,
    /// The call's number, which names the broadcast.
    pub(super) call: u64,
    pub(super) at: Timestamp,
}

/// One recipient as the request names it.
#[derive(Debug, Clone)]
pub(super) struct Recipient {
    /// Without a plus sign.
    pub(super) number: String,
    pub(super) parameters: Vec<Parameter<'static>>,
    pub(super) local_id: Option<String>,
}

impl Echo {
    pub(super) fn new(way: Way, channel: Option<Phone>, recipients: Vec<Recipient>) -> Self {
        let text = String::new;
        let (template, broadcast) = (text(), text());
        Self {
            way,
            template,
            broadcast,
            channel,
            text: text(),
            recipients,
            call: 0,
            at: Timestamp::UNIX_EPOCH,
        }
    }

    pub(super) fn broadcast_id(&self) -> String {
        format!("broadcast_{}", self.call)
    }

    /// Puts what was accepted into the account: contacts are made, conversations go on, a bulk send is a
    /// broadcast.
    pub(super) fn settle(
        &mut self,
        messages: &[Message<WatiRefusal>],
        outcomes: &[Outcome<WatiRefusal>],
        account: &mut Account,
        context: &Context<'_, WatiRefusal>,
    ) {
        self.call = context.arrival.call;
        self.at = context.arrival.wall;
        if !context.keeps {
            return;
        }
        let mut reached = Vec::new();
        for ((message, outcome), recipient) in messages.iter().zip(outcomes).zip(&self.recipients) {
            let delivery = match (outcome, message.to.as_ref().and_then(Address::phone)) {
                (Outcome::Accepted(number), Some(phone)) => {
                    self.keep(*number, phone, recipient, account, &context.scenario.wati);
                    Delivery::Sent(*number)
                }
                (Outcome::Refused(refusals), _) => {
                    Delivery::Failed(refusals.first().map_or("", |refusal| refusal.sentence()).to_owned())
                }
                _ => Delivery::Failed(String::new()),
            };
            reached.push((recipient.clone(), delivery));
        }
        if matches!(self.way, Way::Bulk | Way::Broadcast) {
            let broadcast = Broadcast {
                name: self.broadcast.clone(),
                template: self.template.clone(),
                channel: self.channel,
                at: self.at,
                recipients: reached,
            };
            account.broadcasts.insert(self.call, broadcast);
        }
    }

    fn keep(
        &self,
        number: u64,
        phone: Phone,
        recipient: &Recipient,
        account: &mut Account,
        rules: &WatiRules,
    ) {
        account.contact_mut(phone, self.at);
        account.messages += 1;
        let (kind, text) = match self.way {
            Way::Session | Way::Text => ("text", self.text.clone()),
            Way::Single | Way::Bulk | Way::Broadcast => ("template", self.filled(recipient, rules)),
        };
        let (at, local_id) = (self.at, recipient.local_id.clone());
        let message = ChatMessage { number, call: self.call, is_ours: true, phone, kind, text, at, local_id };
        account.conversation_mut((phone.person(), self.channel)).messages.push(message);
    }

    /// The template's text with its values; its name where the scenario does not know it.
    pub(super) fn filled(&self, recipient: &Recipient, rules: &WatiRules) -> String {
        let Some(template) = rules.templates.get(&self.template) else { return self.template.clone() };
        recipient.parameters.iter().fold(template.body.clone(), |body, parameter| {
            body.replace(&format!("{{{{{}}}}}", parameter.name), &parameter.value)
        })
    }
}

impl Wati {
    /// WhatsApp's identifier of a message.
    pub(super) fn whatsapp_id(number: u64) -> String {
        format!("wamid.{number:032X}")
    }
}
