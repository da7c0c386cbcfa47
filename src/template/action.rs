//! `[action]`: what is done for each row.

use super::TemplateError;
use super::compiled::Compiled;
use crate::domain::{Action, ActionSpec, ContactFields, Names, Row};

/// An action, compiled for an audience's columns.
#[derive(Debug)]
pub(super) struct ActionTemplate {
    spec: Action,
    /// The action's texts, in the order in which [`fill`] comes to them.
    texts: Vec<Compiled>,
    address: Option<Compiled>,
    file: Option<Compiled>,
}

/// What a row makes of an action, before files are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedAction {
    /// What is done; tags are names or ids as in the definition.
    pub action: Action,
    /// What it concerns, where the action names it.
    pub address: Option<String>,
    /// Path of the file that belongs to it, as seen from the workspace's folder.
    pub file: Option<String>,
}

impl ActionTemplate {
    /// Compiles all sources of an action.
    ///
    /// # Errors
    /// The first source that is no template or uses a name that is no column.
    pub(super) fn compile(spec: &ActionSpec, names: &Names) -> Result<Self, TemplateError> {
        let word = spec.action.word();
        let mut texts = Vec::new();
        let mut compile = |field: &str, source: &str| {
            texts.push(Compiled::new(format!("action.{word}{field}"), source, names)?);
            Ok(String::new())
        };
        fill(&spec.action, &mut compile)?;
        let named = |field: &str, source: &Option<String>| {
            let source = source.as_deref();
            source.map(|source| Compiled::new(format!("action.{word}{field}"), source, names)).transpose()
        };
        let file = spec.file.as_ref().map(|file| file.path.clone());
        Ok(Self {
            spec: spec.action.clone(),
            texts,
            address: named(address_field(&spec.action), &spec.address)?,
            file: named(".file", &file)?,
        })
    }

    /// What the row makes of it.
    ///
    /// # Errors
    /// The row cannot be rendered, or leaves something empty without which the action says nothing.
    pub(super) fn render(&self, row: &Row) -> Result<RenderedAction, TemplateError> {
        let mut texts = self.texts.iter();
        let mut render = |field: &str, _: &str| {
            // As many as there were sources: the action is the same.
            let Some(text) = texts.next() else { return Ok(String::new()) };
            let rendered = text.render(row)?;
            if rendered.trim().is_empty() && is_needed(&self.spec, field) {
                return Err(empty(text.field(), row));
            }
            Ok(rendered)
        };
        let action = fill(&self.spec, &mut render)?;
        let named = |source: &Option<Compiled>| match source {
            None => Ok(None),
            Some(text) => {
                let rendered = text.render(row)?.trim().to_owned();
                if rendered.is_empty() { Err(empty(text.field(), row)) } else { Ok(Some(rendered)) }
            }
        };
        Ok(RenderedAction {
            action: without_empty_options(action),
            address: named(&self.address)?,
            file: named(&self.file)?,
        })
    }
}

fn empty(field: &str, row: &Row) -> TemplateError {
    TemplateError::Row {
        field: field.to_owned(),
        row: row.number,
        sentence: "it is empty in this row".to_owned(),
    }
}

/// Where the definition names what the action concerns.
fn address_field(action: &Action) -> &'static str {
    match action {
        Action::SendToSession { .. } => ".session",
        Action::DeleteMessage { .. } => ".message",
        _ => ".subject",
    }
}

/// Whether the action says nothing without this text. Optional texts that are empty are left out, an
/// attribute is emptied, and what is said is the provider's to judge.
fn is_needed(action: &Action, field: &str) -> bool {
    match field {
        _ if matches!(action, Action::SetAttributes { .. }) => false,
        ".subject" | ".type" | ".group" | ".platform_config" | ".user_name" | ".agent" | ".sender" => true,
        ".quoted" => matches!(action, Action::SendQuoting { .. }),
        "" => true,
        _ => false,
    }
}

/// The action with each of its texts replaced by what `text` makes of it: the field's name with a dot in
/// front (nothing where the action is one list), and the text.
fn fill<E>(action: &Action, text: &mut impl FnMut(&str, &str) -> Result<String, E>) -> Result<Action, E> {
    Ok(match action {
        Action::CreateGroup { subject } => Action::CreateGroup { subject: text(".subject", subject)? },
        Action::SetGroupSubject { subject } => {
            Action::SetGroupSubject { subject: text(".subject", subject)? }
        }
        Action::SetGroupIcon { content_type, image } => {
            Action::SetGroupIcon { content_type: text(".type", content_type)?, image: image.clone() }
        }
        Action::SendInvite { group, text: words } => {
            Action::SendInvite { group: text(".group", group)?, text: text(".text", words)? }
        }
        Action::RemoveParticipant { group } => Action::RemoveParticipant { group: text(".group", group)? },
        Action::AddAdmin { group } => Action::AddAdmin { group: text(".group", group)? },
        Action::RemoveAdmin { group } => Action::RemoveAdmin { group: text(".group", group)? },
        Action::CreateContact { fields } => Action::CreateContact { fields: contact(fields, text)? },
        Action::UpdateContact { contact: id, fields } => {
            Action::UpdateContact { contact: option(".contact", id, text)?, fields: contact(fields, text)? }
        }
        Action::UpsertContact { fields } => Action::UpsertContact { fields: contact(fields, text)? },
        Action::RemovePlatform { contact } => {
            Action::RemovePlatform { contact: option(".contact", contact, text)? }
        }
        Action::AddTags { contact, tags } => {
            Action::AddTags { contact: option(".contact", contact, text)?, tags: list("", tags, text)? }
        }
        Action::RemoveTags { contact, tags } => {
            Action::RemoveTags { contact: option(".contact", contact, text)?, tags: list("", tags, text)? }
        }
        Action::SetAttributes { attributes } => {
            Action::SetAttributes { attributes: named("", attributes, text)? }
        }
        Action::CreateTag { name, color } => {
            Action::CreateTag { name: text(".name", name)?, color: text(".color", color)? }
        }
        Action::UpdateTag { name, color } => {
            Action::UpdateTag { name: option(".name", name, text)?, color: option(".color", color, text)? }
        }
        Action::StartConversation { platform_config, user_name, company_name, platform, priority } => {
            Action::StartConversation {
                platform_config: text(".platform_config", platform_config)?,
                user_name: text(".user_name", user_name)?,
                company_name: option(".company_name", company_name, text)?,
                platform: option(".platform", platform, text)?,
                priority: *priority,
            }
        }
        Action::SendToSession { agent, text: words, media, quoted } => Action::SendToSession {
            agent: text(".agent", agent)?,
            text: option(".text", words, text)?,
            media: option(".media", media, text)?,
            quoted: option(".quoted", quoted, text)?,
        },
        Action::SendQuoting { quoted, text: words, media } => Action::SendQuoting {
            quoted: text(".quoted", quoted)?,
            text: option(".text", words, text)?,
            media: option(".media", media, text)?,
        },
        Action::DeleteMessage { sender } => Action::DeleteMessage { sender: text(".sender", sender)? },
        Action::RemoveGroupIcon
        | Action::LeaveGroup
        | Action::RevokeInvite
        | Action::DeleteTag
        | Action::SetChatStatus { .. } => action.clone(),
    })
}

fn contact<E>(
    fields: &ContactFields,
    text: &mut impl FnMut(&str, &str) -> Result<String, E>,
) -> Result<ContactFields, E> {
    Ok(ContactFields {
        name: option(".name", &fields.name, text)?,
        custom_name: option(".custom_name", &fields.custom_name, text)?,
        identifier: option(".identifier", &fields.identifier, text)?,
        is_group: fields.is_group,
        photo: option(".photo", &fields.photo, text)?,
        platform: option(".platform", &fields.platform, text)?,
        tags: list(".tags", &fields.tags, text)?,
        is_ignored: fields.is_ignored,
        attributes: named(".attributes", &fields.attributes, text)?,
    })
}

fn option<E>(
    field: &str,
    source: &Option<String>,
    text: &mut impl FnMut(&str, &str) -> Result<String, E>,
) -> Result<Option<String>, E> {
    source.as_deref().map(|source| text(field, source)).transpose()
}

fn list<E>(
    field: &str,
    sources: &[String],
    text: &mut impl FnMut(&str, &str) -> Result<String, E>,
) -> Result<Vec<String>, E> {
    sources.iter().map(|source| text(field, source)).collect()
}

fn named<E>(
    field: &str,
    sources: &[(String, String)],
    text: &mut impl FnMut(&str, &str) -> Result<String, E>,
) -> Result<Vec<(String, String)>, E> {
    let each = sources.iter().map(|(name, source)| {
        let value = text(&format!("{field}.{name}"), source)?;
        Ok((name.clone(), value))
    });
    each.collect()
}

/// An optional text that is empty in a row is not said in that row; nor is a tag without a name.
fn without_empty_options(mut action: Action) -> Action {
    let drop_empty = |option: &mut Option<String>| {
        if option.as_deref().is_some_and(|text| text.trim().is_empty()) {
            *option = None;
        }
    };
    match &mut action {
        Action::CreateContact { fields } | Action::UpsertContact { fields } => drop_all(fields, &drop_empty),
        Action::UpdateContact { contact, fields } => {
            drop_empty(contact);
            drop_all(fields, &drop_empty);
        }
        Action::RemovePlatform { contact }
        | Action::AddTags { contact, .. }
        | Action::RemoveTags { contact, .. } => drop_empty(contact),
        Action::StartConversation { company_name, platform, .. } => {
            drop_empty(company_name);
            drop_empty(platform);
        }
        Action::SendToSession { text, media, quoted, .. } => {
            drop_empty(text);
            drop_empty(media);
            drop_empty(quoted);
        }
        Action::SendQuoting { text, media, .. } => {
            drop_empty(text);
            drop_empty(media);
        }
        _ => {}
    }
    action
}

fn drop_all(fields: &mut ContactFields, drop_empty: &impl Fn(&mut Option<String>)) {
    drop_empty(&mut fields.name);
    drop_empty(&mut fields.custom_name);
    drop_empty(&mut fields.identifier);
    drop_empty(&mut fields.photo);
    drop_empty(&mut fields.platform);
    fields.tags.retain(|tag| !tag.trim().is_empty());
}
