//! What one recipient gets or has done, in the words of a definition's `[message]` or `[action]`.

use serde_json::json;
use toml::{Table, Value};

use crate::domain::{Action, Address, ContactFields, Content, Params, SharedContact};

/// The table of a definition that says such a thing.
pub fn table(content: &Content) -> &'static str {
    match content {
        Content::Action(_) => "action",
        _ => "message",
    }
}

/// That table as JSON.
pub fn json(address: &Address, content: &Content) -> serde_json::Value {
    match content {
        Content::Text { text } => json!({ "text": text }),
        Content::Template { id, language, params, validity } => {
            let params = match params {
                Params::Positional(values) => json!(values),
                Params::Named(values) => {
                    values.iter().map(|(name, value)| (name.clone(), json!(value))).collect()
                }
            };
            json!({ "template": { "id": id, "language": language, "params": params, "validity": validity } })
        }
        Content::Media { url, content_type, name, text } => {
            json!({ "media": { "url": url, "type": content_type, "name": name }, "text": text })
        }
        Content::Location { .. } | Content::Contacts { .. } | Content::Action(_) => {
            json!({ content.word(): value(address, content) })
        }
    }
}

/// What people read: a message as it is seen, and what is not seen as a definition would say it.
pub fn text(address: &Address, content: &Content) -> String {
    match content {
        Content::Text { text } => text.clone(),
        Content::Template { id, language, params, validity } => {
            let mut lines = vec![format!("template {id}")];
            lines.extend(language.as_ref().map(|language| format!("language {language}")));
            lines.extend(validity.map(|days| format!("validity {days} day(s)")));
            match params {
                Params::Positional(values) => {
                    lines.extend(values.iter().zip(1..).map(|(value, at)| format!("{{{{{at}}}}} = {value}")));
                }
                Params::Named(values) => {
                    lines.extend(values.iter().map(|(name, value)| format!("{{{{{name}}}}} = {value}")));
                }
            }
            lines.join("\n")
        }
        Content::Media { url, content_type, name, text } => {
            let mut lines = vec![format!("media {url}")];
            lines.extend(content_type.as_ref().map(|kind| format!("type {kind}")));
            lines.extend(name.as_ref().map(|name| format!("name {name}")));
            lines.extend(text.as_ref().map(|text| format!("\n{text}")));
            lines.join("\n")
        }
        Content::Location { .. } | Content::Contacts { .. } | Content::Action(_) => {
            format!("{} = {}", content.word(), value(address, content))
        }
    }
}

/// What stands behind the word in a definition.
fn value(address: &Address, content: &Content) -> Value {
    match content {
        Content::Location { latitude, longitude, name, address } => Words::new()
            .text("latitude", latitude)
            .text("longitude", longitude)
            .option("name", name)
            .option("address", address)
            .value(),
        Content::Contacts { contacts } => Value::Array(contacts.iter().map(shared).collect()),
        Content::Action(action) => action_value(address, action),
        Content::Text { .. } | Content::Template { .. } | Content::Media { .. } => Words::new().value(),
    }
}

fn shared(contact: &SharedContact) -> Value {
    Words::new()
        .text("name", &contact.name)
        .text("phone", &contact.phone)
        .option("company", &contact.company)
        .value()
}

/// The action's value; what it concerns is said where a definition says it.
fn action_value(address: &Address, action: &Action) -> Value {
    let words = Words::new();
    match action {
        Action::CreateGroup { subject } | Action::SetGroupSubject { subject } => {
            words.text("subject", subject)
        }
        // The file's name is not kept, and nobody reads the picture itself.
        Action::SetGroupIcon { content_type, image } => words
            .text("type", content_type)
            .and("bytes", Value::Integer(image.len().try_into().unwrap_or(i64::MAX))),
        Action::SendInvite { group, text } => words.text("group", group).text("text", text),
        Action::RemoveParticipant { group } | Action::AddAdmin { group } | Action::RemoveAdmin { group } => {
            words.text("group", group)
        }
        Action::CreateContact { fields } | Action::UpsertContact { fields } => words.fields(fields),
        Action::UpdateContact { contact, fields } => words.option("contact", contact).fields(fields),
        Action::RemovePlatform { contact } => words.option("contact", contact),
        Action::AddTags { contact: None, tags } | Action::RemoveTags { contact: None, tags } => {
            return texts(tags);
        }
        Action::AddTags { contact, tags } | Action::RemoveTags { contact, tags } => {
            words.option("contact", contact).and("tags", texts(tags))
        }
        Action::SetAttributes { attributes } => return pairs(attributes),
        Action::CreateTag { name, color } => words.text("name", name).text("color", color),
        Action::UpdateTag { name, color } => words.option("name", name).option("color", color),
        Action::SetChatStatus { status } => return Value::String(status.word().to_owned()),
        Action::StartConversation { platform_config, user_name, company_name, platform, priority } => words
            .text("platform_config", platform_config)
            .text("user_name", user_name)
            .option("company_name", company_name)
            .option("platform", platform)
            .flag("priority", *priority),
        Action::SendToSession { agent, text, media, quoted } => words
            .text("session", &address.in_full())
            .text("agent", agent)
            .option("text", text)
            .option("media", media)
            .option("quoted", quoted),
        Action::SendQuoting { quoted, text, media } => {
            words.text("quoted", quoted).option("text", text).option("media", media)
        }
        Action::DeleteMessage { sender } => words.text("message", &address.in_full()).text("sender", sender),
        Action::RemoveGroupIcon | Action::LeaveGroup | Action::RevokeInvite | Action::DeleteTag => words,
    }
    .value()
}

fn texts(texts: &[String]) -> Value {
    Value::Array(texts.iter().cloned().map(Value::String).collect())
}

fn pairs(pairs: &[(String, String)]) -> Value {
    Value::Table(pairs.iter().map(|(name, value)| (name.clone(), Value::String(value.clone()))).collect())
}

/// A table in the order of its words; what is not given is not said.
struct Words(Table);

impl Words {
    fn new() -> Self {
        Self(Table::new())
    }

    fn and(mut self, word: &str, value: Value) -> Self {
        self.0.insert(word.to_owned(), value);
        self
    }

    fn text(self, word: &str, text: &str) -> Self {
        self.and(word, Value::String(text.to_owned()))
    }

    fn option(self, word: &str, text: &Option<String>) -> Self {
        match text {
            Some(text) => self.text(word, text),
            None => self,
        }
    }

    fn flag(self, word: &str, flag: Option<bool>) -> Self {
        match flag {
            Some(flag) => self.and(word, Value::Boolean(flag)),
            None => self,
        }
    }

    fn fields(self, fields: &ContactFields) -> Self {
        let kind = fields.is_group.then(|| "group".to_owned());
        let mut words = self
            .option("name", &fields.name)
            .option("custom_name", &fields.custom_name)
            .option("identifier", &fields.identifier)
            .option("type", &kind)
            .option("photo", &fields.photo)
            .option("platform", &fields.platform);
        if !fields.tags.is_empty() {
            words = words.and("tags", texts(&fields.tags));
        }
        words = words.flag("ignored", fields.is_ignored);
        if fields.attributes.is_empty() { words } else { words.and("attributes", pairs(&fields.attributes)) }
    }

    fn value(self) -> Value {
        Value::Table(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ChatStatus;

    #[test]
    fn messages_are_told_in_the_words_of_a_definition() {
        let named = Params::Named(vec![("nome".to_owned(), "Ana".to_owned())]);
        let template = |params| Content::Template {
            id: "bf_2026".to_owned(),
            language: Some("pt_BR".to_owned()),
            params,
            validity: None,
        };
        let media = Content::Media {
            url: "https://example.com/a.png".to_owned(),
            content_type: Some("image/png".to_owned()),
            name: None,
            text: Some("Oi".to_owned()),
        };
        let contact =
            SharedContact { name: "Loja".to_owned(), phone: "5511987654321".to_owned(), company: None };
        let told = [
            Content::Text { text: "Oi".to_owned() },
            template(named),
            template(Params::Positional(vec!["Ana".to_owned()])),
            media,
            Content::Contacts { contacts: vec![contact] },
        ]
        .map(|content| json(&Address::Named("".into()), &content).to_string())
        .join("\n");
        insta::assert_snapshot!(told, @r#"
        {"text":"Oi"}
        {"template":{"id":"bf_2026","language":"pt_BR","params":{"nome":"Ana"},"validity":null}}
        {"template":{"id":"bf_2026","language":"pt_BR","params":["Ana"],"validity":null}}
        {"media":{"name":null,"type":"image/png","url":"https://example.com/a.png"},"text":"Oi"}
        {"contacts":[{"name":"Loja","phone":"5511987654321"}]}
        "#);
    }

    #[test]
    fn actions_are_told_in_the_words_of_a_definition() {
        let own = |text: &str| text.to_owned();
        let fields = ContactFields {
            name: Some(own("Ana \"Bia\"")),
            tags: vec![own("t1")],
            is_ignored: Some(false),
            attributes: vec![(own("cidade"), own("Recife")), (own("a b"), own(""))],
            ..ContactFields::default()
        };
        let told = [
            Action::CreateGroup { subject: own("Cambuí") },
            Action::SetGroupIcon { content_type: own("image/png"), image: vec![7; 2_000] },
            Action::LeaveGroup,
            Action::SendInvite { group: own("g"), text: own("Entre: {link}") },
            Action::UpsertContact { fields: fields.clone() },
            Action::UpdateContact { contact: Some(own("c1")), fields },
            Action::AddTags { contact: None, tags: vec![own("t1"), own("t2")] },
            Action::SetAttributes { attributes: vec![(own("cidade"), own("Recife"))] },
            Action::SetChatStatus { status: ChatStatus::Solved },
            Action::SendToSession { agent: own("Ana"), text: Some(own("Oi")), media: None, quoted: None },
            Action::DeleteMessage { sender: own("5511900000001") },
        ]
        .map(|action| {
            let content = Content::Action(action);
            let address = Address::Named("a1".into());
            format!("{}\n{}", text(&address, &content), json(&address, &content))
        })
        .join("\n");
        insta::assert_snapshot!(told);
    }
}
