//! The table `[message]`: what is sent.

use std::ops::Range;

use super::checks::Checks;
use super::raw::{RawLocation, RawMedia, RawMessage, RawSharedContact, RawTemplate};
use crate::document::{Placed, Table, Texts, value};
use crate::domain::{ContactSpec, ContentSpec, ParamsSpec, Problem};

/// Checks the table: exactly one kind of message, and the syntax of everything that is filled from rows.
pub fn validate(raw: Placed<Table<RawMessage>>, checks: &mut Checks<'_>) -> Option<ContentSpec> {
    let Placed { value: Table(raw), span } = raw;
    one_kind(&raw, checks);
    let text = raw.text.map(|text| checks.text(text, "message.text"));
    let template = raw.template.map(|given| template(given, checks));
    let media = raw.media.map(|given| media(given, checks));
    let location = raw.location.map(|given| location(given, checks));
    let contacts = raw.contacts.map(|given| contacts(given, checks));
    match (template.or(location).or(contacts), text, media) {
        (Some(only), _, _) => only,
        (None, None, None) => nothing(span, checks),
        (None, Some(text), None) => text.map(ContentSpec::Text),
        (None, None, Some(media)) => media,
        (None, Some(beside), Some(media)) => media.map(|media| with_text(media, beside)),
    }
}

/// Reports two kinds beside each other; only media may have a text.
fn one_kind(raw: &RawMessage, checks: &mut Checks<'_>) {
    let alone = [
        ("template", raw.template.is_some()),
        ("location", raw.location.is_some()),
        ("contacts", raw.contacts.is_some()),
    ];
    let beside = [
        ("text", raw.text.as_ref().map(|text| text.span.clone())),
        ("media", raw.media.as_ref().map(|media| media.span.clone())),
        ("location", raw.location.as_ref().map(|location| location.span.clone())),
        ("contacts", raw.contacts.as_ref().map(|contacts| contacts.span.clone())),
    ];
    let Some((kind, _)) = alone.into_iter().find(|(_, is_there)| *is_there) else { return };
    let other = beside.into_iter().find(|(name, place)| *name != kind && place.is_some());
    let Some((other, Some(place))) = other else { return };
    let article = if kind == "contacts" { "shares" } else { "is a" };
    let sentence = format!("a message {article} {kind} or has a `{other}`, not both");
    let problem = Problem::at(place, format!("message.{other}"), sentence);
    checks.findings.report(problem.with_hint("keep one of them"));
}

fn with_text(media: ContentSpec, beside: Option<String>) -> ContentSpec {
    match media {
        ContentSpec::Media { url, content_type, name, .. } => {
            ContentSpec::Media { url, content_type, name, text: beside }
        }
        other => other,
    }
}

fn nothing(span: Range<usize>, checks: &mut Checks<'_>) -> Option<ContentSpec> {
    let kinds = ["message.text", "message.template", "message.media", "message.location", "message.contacts"];
    // A kind that was there but could not be read has been spoken of.
    if !kinds.iter().any(|kind| checks.findings.has_spoken_of(kind)) {
        let problem = Problem::at(span, "message", "`message` says nothing")
            .with_hint("write a `text`, a `template` or a `media` below [message]");
        checks.findings.report(problem);
    }
    None
}

fn template(raw: Placed<Table<RawTemplate>>, checks: &mut Checks<'_>) -> Option<ContentSpec> {
    let Placed { value: Table(raw), span } = raw;
    let id = checks.findings.require(raw.id, || {
        Problem::at(span, "message.template.id", "`message.template.id` is missing")
            .with_hint("write the template's name at the provider: id = \"…\"")
    });
    let id = id.and_then(|id| checks.fixed(id, "message.template.id"));
    let language = raw.language.and_then(|language| checks.fixed(language, "message.template.language"));
    let params = raw.params.map_or(ParamsSpec::Positional(Vec::new()), |given| params(given.value, checks));
    let validity = raw
        .validity
        .and_then(|days| checks.findings.keep(value::count(&days, "message.template.validity")))
        .map(std::num::NonZeroU32::get);
    Some(ContentSpec::Template { id: id?, language, params, validity })
}

fn params(params: Texts, checks: &mut Checks<'_>) -> ParamsSpec {
    const KEY: &str = "message.template.params";
    match params {
        Texts::Listed(values) => {
            let values = values.into_iter().filter_map(|value| checks.text(value, KEY));
            ParamsSpec::Positional(values.collect())
        }
        Texts::Named(values) => {
            let values = values.0.into_iter().filter_map(|(name, value)| {
                let name = checks.fixed(name, KEY)?;
                let value = checks.text(value, &format!("{KEY}.{name}"))?;
                Some((name, value))
            });
            ParamsSpec::Named(values.collect())
        }
    }
}

fn media(raw: Placed<Table<RawMedia>>, checks: &mut Checks<'_>) -> Option<ContentSpec> {
    let Placed { value: Table(raw), span } = raw;
    let url = checks.findings.require(raw.url, || {
        Problem::at(span, "message.media.url", "`message.media.url` is missing")
            .with_hint("write the file's address: url = \"https://…\"")
    });
    let url = url.and_then(|url| checks.text(url, "message.media.url"));
    let content_type = checks.optional(raw.content_type, "message.media.type");
    let name = checks.optional(raw.name, "message.media.name");
    Some(ContentSpec::Media { url: url?, content_type, name, text: None })
}

fn location(raw: Placed<Table<RawLocation>>, checks: &mut Checks<'_>) -> Option<ContentSpec> {
    let Placed { value: Table(raw), span } = raw;
    let latitude = checks.needed(raw.latitude, "message.location.latitude", &span, "\"-23.5613\"");
    let longitude = checks.needed(raw.longitude, "message.location.longitude", &span, "\"-46.6565\"");
    let name = checks.optional(raw.name, "message.location.name");
    let address = checks.optional(raw.address, "message.location.address");
    Some(ContentSpec::Location { latitude: latitude?, longitude: longitude?, name, address })
}

fn contacts(raw: Placed<Vec<Table<RawSharedContact>>>, checks: &mut Checks<'_>) -> Option<ContentSpec> {
    let Placed { value: raw, span } = raw;
    if raw.is_empty() {
        let problem = Problem::at(span, "message.contacts", "`message.contacts` is an empty list");
        checks.findings.report(
            problem.with_hint("write contacts = [{ name = \"…\", phone = \"…\" }], with at least one person"),
        );
        return None;
    }
    let each = raw.into_iter().enumerate().map(|(index, Table(contact))| {
        let key = |name: &str| format!("message.contacts[{index}].{name}");
        let name = checks.needed(contact.name, &key("name"), &span, "\"…\"");
        let phone = checks.needed(contact.phone, &key("phone"), &span, "\"+55 11 98765-4321\"");
        let company = checks.optional(contact.company, &key("company"));
        Some(ContactSpec { name: name?, phone: phone?, company })
    });
    // Each is checked, though the first mistake would be enough.
    let checked: Vec<Option<ContactSpec>> = each.collect();
    checked.into_iter().collect::<Option<Vec<_>>>().map(ContentSpec::Contacts)
}
