//! What Devino documents about itself, and the checks of a message that follow from it.

use std::sync::LazyLock;

use url::Url;

use crate::domain::{ChannelKey, Content, KeyKind, Params, ProviderFacts, ProviderLimits};
use crate::provider::limits::MediaProblem;
use crate::provider::{ContentProblem, limits};

/// What everyone may know of Devino.
pub static FACTS: LazyLock<ProviderFacts> =
    LazyLock::new(|| limits::facts("devino", KEYS, include_str!("limits.toml")));

/// Keys of a channel.
const KEYS: &[ChannelKey] = &[
    ChannelKey {
        name: FROM,
        kind: KeyKind::Text,
        required: true,
        help: "the sender's name, one of those that Devino has given to the account",
    },
    ChannelKey {
        name: "key",
        kind: KeyKind::Secret,
        required: true,
        help: "the API key of the Devino account, or the password of `login`",
    },
    ChannelKey {
        name: AUTH,
        kind: KeyKind::OneOf(&["key", BASIC]),
        required: false,
        help: "how the secret is shown: as an API key, or with `login` as its password",
    },
    ChannelKey {
        name: LOGIN,
        kind: KeyKind::Text,
        required: false,
        help: "the account's login, where auth = \"basic\"",
    },
];

/// Key of the sender's name.
pub(super) const FROM: &str = "from";

/// Key of the way in which the secret is shown.
pub(super) const AUTH: &str = "auth";

/// Its word for a login and a password.
pub(super) const BASIC: &str = "basic";

/// Key of the login.
pub(super) const LOGIN: &str = "login";

/// The one validity, in days (seed 002: "o valor possível é um dia").
pub const VALIDITY: u32 = 1;

/// Checks a message against the limits of seed 002, "Parâmetros de solicitação" and "MIMEType".
///
/// # Errors
/// The first limit that it breaks.
pub fn check(limits: &ProviderLimits, content: &Content) -> Result<(), ContentProblem> {
    match content {
        Content::Text { text } => check_text(limits, text),
        Content::Template { id, language, params, validity } => {
            check_template(limits, id, language.as_deref(), params, *validity)
        }
        Content::Media { url, content_type, name, text } => {
            check_url(url)?;
            content_type.as_deref().map_or(Ok(()), |given| check_type(limits, given))?;
            name.as_deref().map_or(Ok(()), |given| check_name(limits, given))?;
            text.as_deref().map_or(Ok(()), |given| check_text(limits, given))
        }
        Content::Location { .. } | Content::Contacts { .. } => {
            Err(ContentProblem::new("message", "Devino sends texts, templates and media only"))
        }
        Content::Action(action) => Err(ContentProblem::new(
            "action",
            format!("Devino only takes messages; it has no {}", action.word()),
        )),
    }
}

fn check_text(limits: &ProviderLimits, text: &str) -> Result<(), ContentProblem> {
    let problem = |sentence| Err(ContentProblem::new("message.text", sentence));
    let bounds = limits.length("text");
    let (least, most) = (bounds.start(), bounds.end());
    if text.trim().is_empty() {
        return problem(format!("the text is blank; Devino takes {least} to {most} characters"));
    }
    let characters = text.chars().count();
    if !bounds.contains(&characters) {
        return problem(format!("the text has {characters} characters; Devino takes at most {most}"));
    }
    Ok(())
}

fn check_template(
    limits: &ProviderLimits,
    id: &str,
    language: Option<&str>,
    params: &Params,
    validity: Option<u32>,
) -> Result<(), ContentProblem> {
    if id.trim().is_empty() {
        return Err(ContentProblem::new("message.template.id", "the template's id is empty"));
    }
    if let Params::Named(_) = params {
        return Err(ContentProblem::new(
            "message.template.params",
            "Devino knows a template's values by position; write them as a list: params = [\"…\", \"…\"]",
        ));
    }
    if let Some(language) = language {
        check_language(limits, language)?;
    }
    if let Some(days) = validity.filter(|days| *days != VALIDITY) {
        return Err(ContentProblem::new(
            "message.template.validity",
            format!("the validity is {days}; the only one that Devino takes is {VALIDITY}, one day"),
        ));
    }
    Ok(())
}

fn check_language(limits: &ProviderLimits, language: &str) -> Result<(), ContentProblem> {
    let problem = |sentence| Err(ContentProblem::new("message.template.language", sentence));
    let characters = language.chars().count();
    let bounds = limits.length("language_code");
    if !bounds.contains(&characters) {
        let fault = if characters < *bounds.start() { "short" } else { "long" };
        return problem(format!("the language code `{language}` is too {fault}; write one such as `pt_BR`"));
    }
    if !language.chars().all(|character| character.is_ascii_alphanumeric() || "_-".contains(character)) {
        return problem(format!("`{language}` is not a language code; write one such as `pt_BR`"));
    }
    Ok(())
}

fn check_url(url: &str) -> Result<(), ContentProblem> {
    let problem = |sentence| Err(ContentProblem::new("message.media.url", sentence));
    // The parser would mend these silently, and the provider would then be given another text.
    if url.contains(|character: char| character.is_whitespace() || character.is_control()) {
        return problem(format!("the address `{url}` has a blank in it; write it as %20"));
    }
    match Url::parse(url) {
        Ok(parsed) if matches!(parsed.scheme(), "http" | "https") && parsed.has_host() => Ok(()),
        Ok(_) => problem(format!("the address `{url}` does not begin with http:// or https://")),
        Err(_) => {
            problem(format!("`{url}` is not an address; write one such as `https://example.com/promo.png`"))
        }
    }
}

fn check_type(limits: &ProviderLimits, content_type: &str) -> Result<(), ContentProblem> {
    let problem = |problem: MediaProblem| ContentProblem::new("message.media.type", problem.to_string());
    limits.check_media(content_type, None).map_err(problem)
}

fn check_name(limits: &ProviderLimits, name: &str) -> Result<(), ContentProblem> {
    let characters = name.chars().count();
    let bounds = limits.length("content_name");
    if name.trim().is_empty() || !bounds.contains(&characters) {
        return Err(ContentProblem::new(
            "message.media.name",
            format!("the file's name has {characters} characters; Devino takes 1 to {}", bounds.end()),
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::testing;

    fn text(text: &str) -> Content {
        Content::Text { text: text.to_owned() }
    }

    fn media(url: &str, content_type: &str, name: &str) -> Content {
        let text = None;
        let (content_type, name) = (Some(content_type.to_owned()), Some(name.to_owned()));
        Content::Media { url: url.to_owned(), content_type, name, text }
    }

    fn template(language: &str, validity: u32) -> Content {
        Content::Template {
            id: "welcome".to_owned(),
            language: Some(language.to_owned()),
            params: Params::Positional(vec!["Ana".to_owned()]),
            validity: Some(validity),
        }
    }

    #[test]
    fn what_the_seed_allows_passes() {
        for content in [
            text("a"),
            text(&"ã".repeat(1_000)),
            template("pt_BR", 1),
            template("en", 1),
            media("https://example.com/promoção.png?a=1", "image/png", "a"),
            media("http://127.0.0.1:8080/f", "audio/ogg; codecs=opus", &"n".repeat(100)),
            media("https://example.com/f", "application/vnd.ms-excel", "preços.xls"),
            media("https://example.com/f", "IMAGE/JPEG", "foto.jpg"),
        ] {
            assert_eq!(check(&testing::limits("devino"), &content), Ok(()), "{content:?}");
        }
    }

    #[test]
    fn what_the_seed_forbids_is_said_in_a_sentence() {
        let named = Content::Template {
            id: "welcome".to_owned(),
            language: None,
            params: Params::Named(vec![("nome".to_owned(), "Ana".to_owned())]),
            validity: None,
        };
        let nameless = Content::Template {
            id: " ".to_owned(),
            language: None,
            params: Params::Positional(Vec::new()),
            validity: None,
        };
        let blank_beside_media = Content::Media {
            url: "https://example.com/f".to_owned(),
            content_type: None,
            name: None,
            text: Some(String::new()),
        };
        let sentences: Vec<String> = [
            text(""),
            text(" \n"),
            text(&"ã".repeat(1_001)),
            named,
            nameless,
            blank_beside_media,
            template("p", 1),
            template("português do Brasil", 1),
            template(&"p".repeat(36), 1),
            template("pt_BR", 2),
            template("pt_BR", 86_400),
            media("ftp://example.com/f", "image/png", "a"),
            media("https://example.com/a b", "image/png", "a"),
            media("example.com/f", "image/png", "a"),
            media("https://", "image/png", "a"),
            media("", "image/png", "a"),
            media("https://example.com/f", "png", "a"),
            media("https://example.com/f", "image/webp", "a"),
            media("https://example.com/f", "video/webm", "a"),
            media("https://example.com/f", "image/png", ""),
            media("https://example.com/f", "image/png", &"n".repeat(101)),
        ]
        .iter()
        .map(|content| check(&testing::limits("devino"), content).expect_err("a problem").to_string())
        .collect();
        insta::assert_snapshot!(sentences.join("\n"));
    }
}
