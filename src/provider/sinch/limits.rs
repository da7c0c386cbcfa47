//! What Sinch Messaging documents about itself, and the checks that follow from it.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use url::Url;

use super::media;
use crate::domain::{
    Action, Address, ChannelKey, Content, INVITE_LINK, KeyKind, Params, ProviderFacts, ProviderLimits,
    SharedContact,
};
use crate::provider::limits::MediaProblem;
use crate::provider::{ContentProblem, limits};

/// What everyone may know of Sinch.
pub static FACTS: LazyLock<ProviderFacts> =
    LazyLock::new(|| limits::facts("sinch", KEYS, include_str!("limits.toml")));

/// Keys of a channel.
const KEYS: &[ChannelKey] = &[
    ChannelKey {
        name: USER,
        kind: KeyKind::Text,
        required: true,
        help: "the name or e-mail address of the Sinch Messaging user",
    },
    ChannelKey {
        name: "token",
        kind: KeyKind::Secret,
        required: true,
        help: "the user's authentication token",
    },
    ChannelKey {
        name: NAMESPACE,
        kind: KeyKind::Text,
        required: false,
        help: "the namespace of the account's templates; only templates need it",
    },
    ChannelKey {
        name: LANGUAGE_POLICY,
        kind: KeyKind::OneOf(&[DETERMINISTIC, FALLBACK]),
        required: false,
        help: "whether a template must exist in its language or may come in another",
    },
    ChannelKey {
        name: TTL,
        kind: KeyKind::WholeNumber { least: *DAYS.start(), most: *DAYS.end() },
        required: false,
        help: "days for which Sinch tries to deliver a message; 7 without it",
    },
];

/// Key of the user's name.
pub(super) const USER: &str = "user";

/// Key of the templates' namespace.
pub(super) const NAMESPACE: &str = "namespace";

/// Key of what happens to a template that does not exist in its language.
pub(super) const LANGUAGE_POLICY: &str = "language_policy";

/// It fails.
pub(super) const DETERMINISTIC: &str = "deterministic";

/// It comes in another language.
pub(super) const FALLBACK: &str = "fallback";

/// Key of the days for which Sinch tries to deliver.
pub(super) const TTL: &str = "ttl";

/// Days for which Sinch may try to deliver (providers.md §2.3).
pub const DAYS: RangeInclusive<u32> = 1..=30;

/// The kind of media that a group's icon is (seed 001: "image/jpeg or other appropriate type").
const ICON: &str = "image";

type Checked = Result<(), ContentProblem>;

fn problem<T>(field: &'static str, sentence: impl Into<String>) -> Result<T, ContentProblem> {
    Err(ContentProblem::new(field, sentence))
}

/// Checks a message or an action, and that it is for an address of the right kind.
///
/// # Errors
/// The first limit that it breaks.
pub fn check(limits: &ProviderLimits, has_namespace: bool, address: &Address, content: &Content) -> Checked {
    match content {
        Content::Action(action) => return check_action(limits, address, action),
        Content::Text { text } => check_text("message.text", text, &limits.length("text"))?,
        Content::Template { id, language, params, validity } => {
            check_template(id, language.as_deref(), params, *validity, has_namespace)?;
        }
        Content::Media { url, content_type, name, text } => {
            check_media(limits, url, content_type.as_deref(), name.as_deref(), text.as_deref())?;
        }
        Content::Location { latitude, longitude, .. } => {
            check_degrees("message.location.latitude", latitude, 90.0)?;
            check_degrees("message.location.longitude", longitude, 180.0)?;
        }
        Content::Contacts { contacts } => check_contacts(contacts)?,
    }
    match address {
        Address::Phone(_) => Ok(()),
        Address::Group(id) => check_group(id),
        Address::Named(name) => {
            problem("audience", format!("`{name}` is neither a phone number nor a group"))
        }
    }
}

fn check_action(limits: &ProviderLimits, address: &Address, action: &Action) -> Checked {
    match action {
        Action::CreateGroup { subject } => check_text("action.subject", subject, &limits.length("subject")),
        Action::SetGroupSubject { subject } => {
            check_text("action.subject", subject, &limits.length("subject"))?;
            check_is_group(address)
        }
        Action::SetGroupIcon { content_type, image } => {
            check_icon(limits, content_type, image)?;
            check_is_group(address)
        }
        Action::RemoveGroupIcon | Action::LeaveGroup | Action::RevokeInvite => check_is_group(address),
        Action::SendInvite { group, text } => {
            check_text("action.text", text, &limits.length("text"))?;
            if !text.contains(INVITE_LINK) {
                return problem("action.text", format!("the text has no {INVITE_LINK}, where the link goes"));
            }
            check_group(group)?;
            check_is_person(address)
        }
        Action::RemoveParticipant { group } | Action::AddAdmin { group } | Action::RemoveAdmin { group } => {
            check_group(group)?;
            check_is_person(address)
        }
        other => problem("action", format!("Sinch has messages and groups; it has no {}", other.word())),
    }
}

fn check_is_group(address: &Address) -> Checked {
    match address {
        Address::Group(id) => check_group(id),
        Address::Phone(_) | Address::Named(_) => problem(
            "audience",
            "this action is about groups; take the audience from `source = { groups = … }`",
        ),
    }
}

fn check_is_person(address: &Address) -> Checked {
    match address {
        Address::Phone(_) => Ok(()),
        Address::Group(_) | Address::Named(_) => {
            problem("audience", "this action is about people; the audience needs their phone numbers")
        }
    }
}

/// A group's id stands in the path of its calls, so that it can only be made of what needs no escape.
pub fn is_group(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn check_group(id: &str) -> Checked {
    if is_group(id) {
        return Ok(());
    }
    problem("group", format!("`{id}` is not a group's id; write one such as `5519900000000-1513616971`"))
}

fn check_text(field: &'static str, text: &str, bounds: &RangeInclusive<usize>) -> Checked {
    let characters = text.chars().count();
    if text.trim().is_empty() {
        return problem(field, format!("it is blank; Sinch takes 1 to {} characters", bounds.end()));
    }
    if !bounds.contains(&characters) {
        let most = bounds.end();
        return problem(field, format!("it has {characters} characters; Sinch takes at most {most}"));
    }
    Ok(())
}

fn check_template(
    id: &str,
    language: Option<&str>,
    params: &Params,
    validity: Option<u32>,
    has_namespace: bool,
) -> Checked {
    if id.trim().is_empty() {
        return problem("message.template.id", "the template's name is empty");
    }
    if !has_namespace {
        return problem(
            "message.template",
            "templates need the channel's `namespace`; add it to channels.toml",
        );
    }
    let is_code = |code: &str| {
        !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    };
    if let Some(language) = language.filter(|language| !is_code(language)) {
        return problem(
            "message.template.language",
            format!("`{language}` is not a language code; write one such as `pt_BR`"),
        );
    }
    if let Params::Named(_) = params {
        return problem(
            "message.template.params",
            "Sinch knows a template's values by position; write them as a list: params = [\"…\", \"…\"]",
        );
    }
    match validity.filter(|days| !DAYS.contains(days)) {
        Some(days) => problem(
            "message.template.validity",
            format!("the validity is {days}; Sinch takes {} to {} days", DAYS.start(), DAYS.end()),
        ),
        None => Ok(()),
    }
}

fn check_media(
    limits: &ProviderLimits,
    url: &str,
    content_type: Option<&str>,
    name: Option<&str>,
    text: Option<&str>,
) -> Checked {
    let is_web = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    let has_blank = url.contains(|character: char| character.is_whitespace() || character.is_control());
    if has_blank || !Url::parse(url).is_ok_and(|url| is_web(&url)) {
        return problem(
            "message.media.url",
            format!("`{url}` is not an address; write one such as `https://example.com/promo.png`"),
        );
    }
    if name.is_some() {
        return problem("message.media.name", "Sinch shows no file name; leave it out");
    }
    let Some(kind) = media::of(url, content_type) else {
        return match content_type {
            Some(written) => {
                problem("message.media.type", format!("Sinch does not send files of the type `{written}`"))
            }
            None => problem(
                "message.media.type",
                format!(
                    "the address `{url}` does not tell what the file is; write `type`, such as `image/png`"
                ),
            ),
        };
    };
    if let Err(problem) = limits.check_media(kind.mime, None) {
        return Err(ContentProblem::new("message.media.type", problem.to_string()));
    }
    match text {
        Some(_) if kind.kind == media::MediaKind::Audio => {
            problem("message.media.text", "there is no text beside a sound; leave it out")
        }
        Some(text) => check_text("message.media.text", text, &limits.length("caption")),
        None => Ok(()),
    }
}

fn check_degrees(field: &'static str, degrees: &str, most: f64) -> Checked {
    match degrees.parse::<f64>() {
        Ok(number) if (-most..=most).contains(&number) => Ok(()),
        _ => problem(field, format!("`{degrees}` is not a number of degrees between -{most} and {most}")),
    }
}

fn check_contacts(contacts: &[SharedContact]) -> Checked {
    if contacts.is_empty() {
        return problem("message.contacts", "there is nobody in it");
    }
    match contacts.iter().find(|contact| contact.name.trim().is_empty() || contact.phone.trim().is_empty()) {
        Some(_) => problem("message.contacts", "everybody in it needs a name and a phone number"),
        None => Ok(()),
    }
}

fn check_icon(limits: &ProviderLimits, content_type: &str, image: &[u8]) -> Checked {
    let Some(taken) = limits.media.get(ICON) else { return Ok(()) };
    if !taken.types.iter().any(|known| known == content_type) {
        let types = taken.types.join(" or ");
        return problem("action.icon", format!("an icon is {types}, not `{content_type}`"));
    }
    if image.is_empty() {
        return problem("action.icon", "the icon's file is empty");
    }
    let (found, most) = (image.len() as u64, taken.most);
    if found > most {
        let too_large = MediaProblem::TooLarge { kind: ICON.to_owned(), found, most };
        return problem("action.icon", too_large.to_string());
    }
    Ok(())
}

#[cfg(test)]
mod tests;
