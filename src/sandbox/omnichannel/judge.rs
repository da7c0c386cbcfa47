//! Judges a request by the seed: whether it is fit to be done, and whom it concerns.

use super::account::{Account, address};
use super::answer;
use super::call::Call;
use super::far_side::{Asked, Echo, Omnichannel};
use super::fields::{Fields, is_number};
use super::refusal::OmnichannelRefusal;
use crate::domain::Address;
use crate::sandbox::accepting::Message;
use crate::sandbox::digest;
use crate::sandbox::far_side::Judged;
use crate::sandbox::incoming::Incoming;
use crate::sandbox::scenario::OmnichannelRules;

/// What a request asks for.
pub(super) fn judge(
    call: Call,
    incoming: &Incoming,
    account: &Account,
    rules: &OmnichannelRules,
    unknown: &mut Vec<String>,
) -> Judged<Omnichannel> {
    if call == Call::SendInteractiveMessage {
        return Judged::Unfit(answer::failed(501, "Não implementado"));
    }
    let fields = Fields::read(call, incoming, unknown).and_then(|fields| together(call, fields));
    match call {
        Call::SendMessage | Call::SendProactiveMessage | Call::SendGroupMessage => {
            let platform = fields.as_ref().ok().and_then(|fields| fields.text("platform"));
            let echo = Echo { id: None, platform: platform.map(str::to_owned) };
            Judged::Messages(vec![message(call, fields, account, rules)], echo)
        }
        _ => match fields {
            Ok(fields) => {
                let to = concerned(call, &fields, account, rules);
                Judged::Operation(Asked { call, fields, to })
            }
            Err(sentences) => Judged::Unfit(answer::refused(&OmnichannelRefusal::Invalid(sentences))),
        },
    }
}

/// What the seed says of several fields together.
fn together(call: Call, fields: Fields) -> Result<Fields, Vec<String>> {
    let is_person = fields.text("type") == Some("individual");
    let sentence = match call {
        Call::ContactCreate if is_person && !is_number(fields.required("contactIdentifier")) => {
            "contactIdentifier must be a phone number"
        }
        Call::StartConversation
            if fields.text("service") == Some("whatsappweb")
                && fields.text("companyName").or(fields.text("companyId")).is_none() =>
        {
            "companyName should not be empty"
        }
        Call::SendMessage | Call::SendProactiveMessage | Call::SendGroupMessage
            if fields.text("text").or(fields.text("mediaUri")).is_none() =>
        {
            "text should not be empty where there is no mediaUri"
        }
        _ => return Ok(fields),
    };
    Err(vec![sentence.to_owned()])
}

fn message(
    call: Call,
    fields: Result<Fields, Vec<String>>,
    account: &Account,
    rules: &OmnichannelRules,
) -> Message<OmnichannelRefusal> {
    let refused = |refusal| Message {
        sender: String::new(),
        to: None,
        callback_data: String::new(),
        digest: 0,
        refusals: vec![refusal],
    };
    let fields = match fields {
        Ok(fields) => fields,
        Err(sentences) => return refused(OmnichannelRefusal::Invalid(sentences)),
    };
    let (sender, to) = if call == Call::SendMessage {
        let session = fields.required("sessionId");
        if !account.sessions.contains_key(session) && !rules.sessions.contains_key(session) {
            return refused(OmnichannelRefusal::UnknownSession);
        }
        ("agentName", Address::Named(session.into()))
    } else {
        ("channelId", address(fields.required("recipientNumber"), call == Call::SendGroupMessage))
    };
    let objections = [
        (!rules.takes_channel(fields.text("channelId"))).then_some(OmnichannelRefusal::UnknownChannel),
        (!rules.takes_platform(fields.text("platform"))).then_some(OmnichannelRefusal::UnknownPlatform),
    ];
    Message {
        sender: fields.required(sender).to_owned(),
        to: Some(to),
        callback_data: String::new(),
        digest: digest::of([call.word().into(), fields.value()]),
        refusals: objections.into_iter().flatten().collect(),
    }
}

/// Whom or what an operation concerns: the contact's own number where the contact is known.
fn concerned(call: Call, fields: &Fields, account: &Account, rules: &OmnichannelRules) -> Option<Address> {
    let named = |name: &str| fields.text(name).map(|value| Address::Named(value.into()));
    let of_contact = |id: &str| {
        let known = account.contact(fields.required("clientIdentifier"), id);
        let known = known.map(|contact| address(&contact.identifier, contact.is_group));
        let brought = || rules.contacts.iter().find(|contact| contact.id == id);
        known.or_else(|| brought().map(|contact| address(&contact.identifier, contact.is_group)))
    };
    match call {
        Call::ContactCreate => {
            Some(address(fields.required("contactIdentifier"), fields.text("type") == Some("group")))
        }
        Call::StartConversation => Some(address(fields.required("clientProviderId"), false)),
        Call::TagCreate => named("name"),
        Call::TagUpdate | Call::TagDelete => named("tagId"),
        Call::DeleteMessage => named("messageId"),
        _ => of_contact(fields.text("contactId")?).or_else(|| named("contactId")),
    }
}
