//! `[message]` and `[action]`: what each recipient gets, or what is done for it.

use super::TemplateError;
use super::action::{ActionTemplate, RenderedAction};
use super::compiled::Compiled;
use crate::domain::{Content, ContentSpec, Names, Params, ParamsSpec, Row, SharedContact};

/// What a row makes of the definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rendered {
    /// All of it. The numbers of shared contacts are as people write them.
    Content(Content),
    /// An action, whose tags and file are still to be looked up.
    Action(RenderedAction),
}

/// A campaign's message or action, compiled for an audience's columns.
#[derive(Debug)]
pub struct ContentTemplate(Kind);

#[derive(Debug)]
enum Kind {
    Text(Compiled),
    Template { id: String, language: Option<String>, params: CompiledParams, validity: Option<u32> },
    Media { url: Compiled, content_type: Option<Compiled>, name: Option<Compiled>, text: Option<Compiled> },
    Location { latitude: Compiled, longitude: Compiled, name: Option<Compiled>, address: Option<Compiled> },
    Contacts(Vec<CompiledContact>),
    Action(Box<ActionTemplate>),
}

#[derive(Debug)]
struct CompiledContact {
    name: Compiled,
    phone: Compiled,
    company: Option<Compiled>,
}

#[derive(Debug)]
enum CompiledParams {
    Positional(Vec<Compiled>),
    Named(Vec<(String, Compiled)>),
}

impl ContentTemplate {
    /// Compiles all sources of a message.
    ///
    /// # Errors
    /// The first source that is no template or uses a name that is no column.
    pub fn compile(spec: &ContentSpec, names: &Names) -> Result<Self, TemplateError> {
        let compile = |field: &str, source: &str| Compiled::new(field, source, names);
        let optional = |field: &str, source: &Option<String>| {
            source.as_deref().map(|source| compile(field, source)).transpose()
        };
        Ok(Self(match spec {
            ContentSpec::Text(text) => Kind::Text(compile("message.text", text)?),
            ContentSpec::Template { id, language, params, validity } => Kind::Template {
                id: id.clone(),
                language: language.clone(),
                params: CompiledParams::compile(params, names)?,
                validity: *validity,
            },
            ContentSpec::Media { url, content_type, name, text } => Kind::Media {
                url: compile("message.media.url", url)?,
                content_type: optional("message.media.type", content_type)?,
                name: optional("message.media.name", name)?,
                text: optional("message.text", text)?,
            },
            ContentSpec::Location { latitude, longitude, name, address } => Kind::Location {
                latitude: compile("message.location.latitude", latitude)?,
                longitude: compile("message.location.longitude", longitude)?,
                name: optional("message.location.name", name)?,
                address: optional("message.location.address", address)?,
            },
            ContentSpec::Contacts(contacts) => {
                let each = contacts.iter().enumerate().map(|(index, contact)| {
                    let field = |name: &str| format!("message.contacts[{index}].{name}");
                    Ok(CompiledContact {
                        name: compile(&field("name"), &contact.name)?,
                        phone: compile(&field("phone"), &contact.phone)?,
                        company: optional(&field("company"), &contact.company)?,
                    })
                });
                Kind::Contacts(each.collect::<Result<_, _>>()?)
            }
            ContentSpec::Action(action) => Kind::Action(Box::new(ActionTemplate::compile(action, names)?)),
        }))
    }

    /// What the row's recipient gets. A value may well be empty: what a provider wants of it is the
    /// provider's to check.
    ///
    /// # Errors
    /// The row cannot be rendered; others may.
    pub fn render(&self, row: &Row) -> Result<Rendered, TemplateError> {
        let optional =
            |source: &Option<Compiled>| source.as_ref().map(|source| source.render(row)).transpose();
        Ok(Rendered::Content(match &self.0 {
            Kind::Text(text) => Content::Text { text: text.render(row)? },
            Kind::Template { id, language, params, validity } => Content::Template {
                id: id.clone(),
                language: language.clone(),
                params: params.render(row)?,
                validity: *validity,
            },
            Kind::Media { url, content_type, name, text } => Content::Media {
                url: url.render(row)?,
                content_type: optional(content_type)?,
                name: optional(name)?,
                text: optional(text)?,
            },
            Kind::Location { latitude, longitude, name, address } => Content::Location {
                latitude: latitude.render(row)?,
                longitude: longitude.render(row)?,
                name: filled(optional(name)?),
                address: filled(optional(address)?),
            },
            Kind::Contacts(contacts) => {
                let each = contacts.iter().map(|contact| {
                    Ok(SharedContact {
                        name: contact.name.render(row)?,
                        phone: contact.phone.render(row)?,
                        company: filled(optional(&contact.company)?),
                    })
                });
                Content::Contacts { contacts: each.collect::<Result<_, TemplateError>>()? }
            }
            Kind::Action(action) => return action.render(row).map(Rendered::Action),
        }))
    }
}

/// What is optional and empty in a row is not said in that row.
fn filled(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty())
}

impl CompiledParams {
    fn compile(spec: &ParamsSpec, names: &Names) -> Result<Self, TemplateError> {
        Ok(match spec {
            ParamsSpec::Positional(sources) => Self::Positional(
                sources
                    .iter()
                    .enumerate()
                    .map(|(index, source)| {
                        Compiled::new(format!("message.template.params[{index}]"), source, names)
                    })
                    .collect::<Result<_, _>>()?,
            ),
            ParamsSpec::Named(sources) => Self::Named(
                sources
                    .iter()
                    .map(|(name, source)| {
                        let field = format!("message.template.params.{name}");
                        Ok((name.clone(), Compiled::new(field, source, names)?))
                    })
                    .collect::<Result<_, _>>()?,
            ),
        })
    }

    fn render(&self, row: &Row) -> Result<Params, TemplateError> {
        Ok(match self {
            Self::Positional(sources) => {
                Params::Positional(sources.iter().map(|source| source.render(row)).collect::<Result<_, _>>()?)
            }
            Self::Named(sources) => Params::Named(
                sources
                    .iter()
                    .map(|(name, source)| Ok((name.clone(), source.render(row)?)))
                    .collect::<Result<_, _>>()?,
            ),
        })
    }
}
