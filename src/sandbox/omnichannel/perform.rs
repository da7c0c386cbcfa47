//! Does what an operation asks for.

use serde_json::Value;

use super::account::{Account, Contact, Tag};
use super::call::Call;
use super::far_side::{Asked, identifier};
use super::fields::Fields;
use super::refusal::OmnichannelRefusal;
use super::{answer, listing};
use crate::domain::Address;
use crate::sandbox::accepting::Change;
use crate::sandbox::digest;
use crate::sandbox::far_side::{Context, Performed};
use crate::sandbox::reply::Answer;

/// A status and what is said with it.
type Refused = (u16, &'static str);

const NO_CONTACT: Refused = (404, "Contact not found");
const NO_TAG: Refused = (404, "Tag not found");
const NO_MESSAGE: Refused = (404, "Message not found");

/// The answer, and what is now otherwise.
pub(super) fn perform(
    asked: Asked,
    account: &mut Account,
    context: &Context<'_, OmnichannelRefusal>,
) -> Performed {
    let rules = &context.scenario.omnichannel;
    account.furnish(rules);
    let Asked { call, fields, to } = asked;
    if let Some(refusal) = to.as_ref().and_then(|to| context.refusal(to)) {
        return Performed::answered(answer::refused(refusal), 1);
    }
    if !rules.takes_channel(fields.text("channelId")) {
        return Performed::answered(answer::refused(&OmnichannelRefusal::UnknownChannel), 1);
    }
    let doing = Doing {
        fields: &fields,
        client: fields.required("clientIdentifier"),
        account,
        id: identifier(context.first),
    };
    match doing.carry_out(call) {
        Ok(answer) if !call.is_change() => Performed::answered(answer, 0),
        Ok(answer) => {
            let changes = to.map(|to| change(call, &fields, to)).into_iter().collect();
            Performed { answer, changes, refused: 0 }
        }
        Err((status, sentence)) => {
            Performed::answered(answer::failed(status, sentence), usize::from(call.is_change()))
        }
    }
}

fn change(call: Call, fields: &Fields, to: Address) -> Change<'static> {
    Change {
        kind: call.word(),
        sender: fields.required("clientIdentifier").to_owned().into(),
        to,
        callback_data: "".into(),
        digest: digest::of([call.word().into(), fields.value()]),
    }
}

struct Doing<'d> {
    fields: &'d Fields,
    client: &'d str,
    account: &'d mut Account,
    /// Of what is made.
    id: String,
}

impl Doing<'_> {
    fn carry_out(mut self, call: Call) -> Result<Answer, Refused> {
        match call {
            Call::ContactCreate => self.create_contact(),
            Call::ContactUpdate => self.update_contact(),
            Call::ContactGetById => self.contact().map(|contact| shown(&answer::contact(contact))),
            Call::ContactGet => Ok(shown(&listing::contacts(self.account, self.fields))),
            Call::ContactDeletePlatform => self.change_contact(|contact| contact.platform = None),
            Call::ContactGetTags => self.tags_of_contact(),
            Call::ContactAddTags => {
                let tags = self.known_tags()?;
                self.change_contact(|contact| {
                    contact.tags.extend(tags);
                    contact.tags = without_twins(&contact.tags);
                })
            }
            Call::ContactRemoveTags => {
                let tags = self.known_tags()?;
                self.change_contact(|contact| contact.tags.retain(|tag| !tags.contains(tag)))
            }
            Call::TagCreate => self.create_tag(),
            Call::TagGet => Ok(shown(&listing::tags(self.account, self.fields))),
            Call::TagGetById => self.tag().map(|tag| shown(&answer::tag(tag))),
            Call::TagUpdate => self.update_tag(),
            Call::TagDelete => self.delete_tag(),
            Call::TagGetContacts => {
                let tag = self.tag()?.id.clone();
                Ok(shown(&listing::contacts_with(self.account, self.client, &tag)))
            }
            Call::StartConversation => Ok(self.start_conversation()),
            Call::DeleteMessage => self.delete_message(),
            Call::SendMessage
            | Call::SendProactiveMessage
            | Call::SendGroupMessage
            | Call::SendInteractiveMessage => Err((501, "Não implementado")),
        }
    }

    fn contact(&self) -> Result<&Contact, Refused> {
        self.account.contact(self.client, self.fields.required("contactId")).ok_or(NO_CONTACT)
    }

    fn tag(&self) -> Result<&Tag, Refused> {
        self.account.tag(self.client, self.fields.required("tagId")).ok_or(NO_TAG)
    }

    /// The tags that are named, each of which must be there.
    fn known_tags(&self) -> Result<Vec<String>, Refused> {
        let tags = self.fields.texts("tagIds").unwrap_or_default();
        let is_known = |tag: &String| self.account.tag(self.client, tag).is_some();
        if tags.iter().all(is_known) { Ok(tags) } else { Err(NO_TAG) }
    }

    fn create_contact(&mut self) -> Result<Answer, Refused> {
        let tags = without_twins(&self.known_tags()?);
        let (fields, channel) = (self.fields, self.fields.required("channelId"));
        let identifier = fields.required("contactIdentifier");
        let is_twin = |other: &Contact| {
            super::account::is_of(other.client.as_ref(), self.client)
                && other.channel.as_deref().is_none_or(|own| own == channel)
        };
        if self.account.identified(identifier).any(is_twin) {
            return Err((409, "Contact already exists"));
        }
        let contact = Contact {
            id: self.id.clone(),
            client: Some(self.client.to_owned()),
            channel: Some(channel.to_owned()),
            identifier: identifier.to_owned(),
            name: fields.required("name").to_owned(),
            is_group: fields.text("type") == Some("group"),
            custom_name: fields.text("customName").map(str::to_owned),
            photo: fields.text("photo").map(str::to_owned),
            tags,
            platform: fields.text("platform").map(str::to_owned),
            is_ignored: fields.flag("isIgnored").unwrap_or(false),
        };
        let shown = answer::contact(&contact);
        self.account.add(contact);
        Ok(answer::object(201, &shown))
    }

    fn update_contact(&mut self) -> Result<Answer, Refused> {
        let tags = self.fields.texts("tagIds").map(|_| self.known_tags()).transpose()?;
        let (id, channel) = {
            let contact = self.contact()?;
            (contact.id.clone(), contact.channel.clone())
        };
        let fields = self.fields;
        if let Some(identifier) = fields.text("contactIdentifier") {
            let is_twin = |other: &Contact| other.id != id && other.channel == channel;
            if self.account.identified(identifier).any(is_twin) {
                return Err((409, "Contact already exists"));
            }
            self.account.rename(&id, identifier);
        }
        self.change_contact(|contact| {
            if let Some(name) = fields.text("customName") {
                contact.custom_name = Some(name.to_owned());
            }
            if let Some(platform) = fields.text("platform") {
                contact.platform = Some(platform.to_owned());
            }
            if let Some(tags) = tags {
                contact.tags = without_twins(&tags);
            }
            if let Some(is_ignored) = fields.flag("isIgnored") {
                contact.is_ignored = is_ignored;
            }
        })
    }

    fn change_contact(&mut self, change: impl FnOnce(&mut Contact)) -> Result<Answer, Refused> {
        let id = self.fields.required("contactId");
        let contact = self.account.contact_mut(self.client, id).ok_or(NO_CONTACT)?;
        change(contact);
        Ok(shown(&answer::contact(contact)))
    }

    fn tags_of_contact(&self) -> Result<Answer, Refused> {
        let tags = self.contact()?.tags.iter().filter_map(|tag| self.account.tag(self.client, tag));
        Ok(shown(&tags.map(answer::tag).collect()))
    }

    fn has_tag_called(&self, name: &str, but: &str) -> bool {
        let mut tags = self.account.tags.values();
        tags.any(|tag| {
            tag.id != but && tag.name == name && super::account::is_of(tag.client.as_ref(), self.client)
        })
    }

    fn create_tag(&mut self) -> Result<Answer, Refused> {
        let name = self.fields.required("name");
        if self.has_tag_called(name, "") {
            return Err((409, "Tag already exists"));
        }
        let tag = Tag {
            id: self.id.clone(),
            client: Some(self.client.to_owned()),
            name: name.to_owned(),
            color: self.fields.required("color").to_owned(),
        };
        let shown = answer::tag(&tag);
        self.account.tags.insert(self.id.clone(), tag);
        Ok(answer::object(201, &shown))
    }

    fn update_tag(&mut self) -> Result<Answer, Refused> {
        let id = self.tag()?.id.clone();
        let (name, color) = (self.fields.text("name"), self.fields.text("color"));
        if name.is_some_and(|name| self.has_tag_called(name, &id)) {
            return Err((409, "Tag already exists"));
        }
        let tag = self.account.tags.get_mut(&id).ok_or(NO_TAG)?;
        if let Some(name) = name {
            name.clone_into(&mut tag.name);
        }
        if let Some(color) = color {
            color.clone_into(&mut tag.color);
        }
        Ok(shown(&answer::tag(tag)))
    }

    fn delete_tag(&mut self) -> Result<Answer, Refused> {
        let id = self.tag()?.id.clone();
        let tag = self.account.tags.remove(&id).ok_or(NO_TAG)?;
        for contact in &mut self.account.contacts {
            contact.tags.retain(|own| *own != id);
        }
        Ok(shown(&answer::tag(&tag)))
    }

    fn start_conversation(&mut self) -> Answer {
        let number = self.fields.required("clientProviderId").to_owned();
        self.account.sessions.insert(self.id.clone(), number);
        answer::object(201, &serde_json::json!({"_id": self.id, "sessionId": self.id}))
    }

    fn delete_message(&mut self) -> Result<Answer, Refused> {
        let (id, slug) = (self.fields.required("messageId"), self.fields.required("channelSlug"));
        match self.account.messages.get(id) {
            Some(platform) if platform.as_ref().is_none_or(|platform| platform == slug) => {
                self.account.messages.remove(id);
                Ok(shown(&serde_json::json!({"_id": id})))
            }
            Some(_) | None => Err(NO_MESSAGE),
        }
    }
}

fn shown(object: &Value) -> Answer {
    answer::object(200, object)
}

/// Tags in their order, each once.
fn without_twins(tags: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(tags.len());
    for tag in tags {
        if !kept.contains(tag) {
            kept.push(tag.clone());
        }
    }
    kept
}
