//! The table `[message]`: what is sent.

use std::ops::Range;

use super::jinja;
use super::raw::{RawMedia, RawMessage, RawTemplate};
use crate::document::{Findings, Placed, Table, Texts, value};
use crate::domain::{MessageSpec, ParamsSpec, Problem};

/// Checks the table: exactly one kind of message, and the syntax of everything that is filled from rows.
pub fn validate(
    raw: Placed<Table<RawMessage>>,
    source: &str,
    findings: &mut Findings,
) -> Option<MessageSpec> {
    let Placed { value: Table(raw), span } = raw;
    let mut checks = Checks { source, findings };
    let beside_template = match (&raw.text, &raw.media) {
        (Some(text), _) => Some(("text", text.span.clone())),
        (None, Some(media)) => Some(("media", media.span.clone())),
        (None, None) => None,
    };
    if let (Some(_), Some((other, place))) = (&raw.template, beside_template) {
        let sentence = format!("a message is a template or has a `{other}`, not both");
        let problem = Problem::at(place, format!("message.{other}"), sentence);
        checks.findings.report(problem.with_hint("keep one of them"));
    }
    let text = raw.text.map(|text| checks.text(text, "message.text"));
    let template = raw.template.map(|template| checks.template(template));
    let media = raw.media.map(|media| checks.media(media));
    match (text, template, media) {
        (None, None, None) => checks.nothing(span),
        (_, Some(template), _) => template,
        (Some(text), None, None) => text.map(MessageSpec::Text),
        (None, None, Some(media)) => media,
        (Some(beside), None, Some(media)) => media.map(|media| with_text(media, beside)),
    }
}

fn with_text(media: MessageSpec, beside: Option<String>) -> MessageSpec {
    match media {
        MessageSpec::Media { url, content_type, name, .. } => {
            MessageSpec::Media { url, content_type, name, text: beside }
        }
        other => other,
    }
}

/// The message's checks, with what they all need.
struct Checks<'c> {
    source: &'c str,
    findings: &'c mut Findings,
}

impl Checks<'_> {
    fn nothing(&mut self, span: Range<usize>) -> Option<MessageSpec> {
        let kinds = ["message.text", "message.template", "message.media"];
        // A kind that was there but could not be read has been spoken of.
        if !kinds.iter().any(|kind| self.findings.has_spoken_of(kind)) {
            let problem = Problem::at(span, "message", "`message` says nothing")
                .with_hint("write a `text`, a `template` or a `media` below [message]");
            self.findings.report(problem);
        }
        None
    }

    /// A text that is filled from each row.
    fn text(&mut self, text: Placed<String>, key: &str) -> Option<String> {
        let text = self.findings.keep(value::text(text, key))?;
        self.findings.keep(jinja::check_text(&text, key, self.source))?;
        Some(text.value)
    }

    /// A text that is the same for everybody.
    fn fixed(&mut self, text: Placed<String>, key: &str) -> Option<String> {
        let text = self.findings.keep(value::text(text, key))?;
        if jinja::has_placeholders(&text.value) {
            let sentence = format!("`{key}` is the same for everybody and cannot have placeholders");
            self.findings.report(Problem::at(text.span, key, sentence));
            return None;
        }
        Some(text.value)
    }

    fn template(&mut self, raw: Placed<Table<RawTemplate>>) -> Option<MessageSpec> {
        let Placed { value: Table(raw), span } = raw;
        let id = self.findings.require(raw.id, || {
            Problem::at(span, "message.template.id", "`message.template.id` is missing")
                .with_hint("write the template's name at the provider: id = \"…\"")
        });
        let id = id.and_then(|id| self.fixed(id, "message.template.id"));
        let language = raw.language.and_then(|language| self.fixed(language, "message.template.language"));
        let params =
            raw.params.map_or(ParamsSpec::Positional(Vec::new()), |params| self.params(params.value));
        let validity = raw
            .validity
            .and_then(|days| self.findings.keep(value::count(&days, "message.template.validity")))
            .map(std::num::NonZeroU32::get);
        Some(MessageSpec::Template { id: id?, language, params, validity })
    }

    fn params(&mut self, params: Texts) -> ParamsSpec {
        const KEY: &str = "message.template.params";
        match params {
            Texts::Listed(values) => {
                let values = values.into_iter().filter_map(|value| self.text(value, KEY));
                ParamsSpec::Positional(values.collect())
            }
            Texts::Named(values) => {
                let values = values.0.into_iter().filter_map(|(name, value)| {
                    let name = self.fixed(name, KEY)?;
                    let value = self.text(value, &format!("{KEY}.{name}"))?;
                    Some((name, value))
                });
                ParamsSpec::Named(values.collect())
            }
        }
    }

    fn media(&mut self, raw: Placed<Table<RawMedia>>) -> Option<MessageSpec> {
        let Placed { value: Table(raw), span } = raw;
        let url = self.findings.require(raw.url, || {
            Problem::at(span, "message.media.url", "`message.media.url` is missing")
                .with_hint("write the file's address: url = \"https://…\"")
        });
        let url = url.and_then(|url| self.text(url, "message.media.url"));
        let content_type = raw.content_type.and_then(|kind| self.text(kind, "message.media.type"));
        let name = raw.name.and_then(|name| self.text(name, "message.media.name"));
        Some(MessageSpec::Media { url: url?, content_type, name, text: None })
    }
}
