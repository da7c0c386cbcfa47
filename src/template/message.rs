//! `[message]`: what each recipient gets.

use super::TemplateError;
use super::compiled::Compiled;
use crate::domain::{Content, MessageSpec, Names, Params, ParamsSpec, Row};

/// The message of a campaign, compiled for an audience's columns.
#[derive(Debug)]
pub struct MessageTemplate(Kind);

#[derive(Debug)]
enum Kind {
    Text(Compiled),
    Template { id: String, language: Option<String>, params: CompiledParams, validity: Option<u32> },
    Media { url: Compiled, content_type: Option<Compiled>, name: Option<Compiled>, text: Option<Compiled> },
}

#[derive(Debug)]
enum CompiledParams {
    Positional(Vec<Compiled>),
    Named(Vec<(String, Compiled)>),
}

impl MessageTemplate {
    /// Compiles all sources of a message.
    ///
    /// # Errors
    /// The first source that is no template or uses a name that is no column.
    pub fn compile(spec: &MessageSpec, names: &Names) -> Result<Self, TemplateError> {
        let compile = |field: &str, source: &str| Compiled::new(field, source, names);
        let optional = |field: &str, source: &Option<String>| {
            source.as_deref().map(|source| compile(field, source)).transpose()
        };
        Ok(Self(match spec {
            MessageSpec::Text(text) => Kind::Text(compile("message.text", text)?),
            MessageSpec::Template { id, language, params, validity } => Kind::Template {
                id: id.clone(),
                language: language.clone(),
                params: CompiledParams::compile(params, names)?,
                validity: *validity,
            },
            MessageSpec::Media { url, content_type, name, text } => Kind::Media {
                url: compile("message.media.url", url)?,
                content_type: optional("message.media.type", content_type)?,
                name: optional("message.media.name", name)?,
                text: optional("message.text", text)?,
            },
        }))
    }

    /// What the row's recipient gets. A value may well be empty: what a provider wants of it is the
    /// provider's to check.
    ///
    /// # Errors
    /// The row cannot be rendered; others may.
    pub fn render(&self, row: &Row) -> Result<Content, TemplateError> {
        let optional =
            |source: &Option<Compiled>| source.as_ref().map(|source| source.render(row)).transpose();
        Ok(match &self.0 {
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
        })
    }
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
