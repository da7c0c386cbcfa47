//! What Wati documents about itself, and the checks of a message that follow from it.

use std::sync::LazyLock;

use crate::domain::{ChannelKey, Content, KeyKind, Params, ProviderFacts};
use crate::provider::{ContentProblem, limits};

/// What everyone may know of Wati.
pub static FACTS: LazyLock<ProviderFacts> =
    LazyLock::new(|| limits::facts("wati", KEYS, include_str!("limits.toml")));

/// Keys of a channel.
const KEYS: &[ChannelKey] = &[
    ChannelKey {
        name: TENANT,
        kind: KeyKind::Text,
        required: true,
        help: "the tenant's identifier, as in the address that Wati's page \"API Docs\" shows",
    },
    ChannelKey {
        name: "token",
        kind: KeyKind::Secret,
        required: true,
        help: "the access token of Wati's page \"API Docs\"",
    },
    ChannelKey {
        name: NUMBER,
        kind: KeyKind::PhoneNumber,
        required: true,
        help: "the WhatsApp number of the account that sends",
    },
];

/// Key of the account's identifier.
pub(super) const TENANT: &str = "tenant";

/// Key of the number that sends.
pub(super) const NUMBER: &str = "number";

/// Checks a message: templates only, by name only, no blank values (providers.md §3.3).
///
/// # Errors
/// The first limit that it breaks.
pub fn check(content: &Content) -> Result<(), ContentProblem> {
    match content {
        Content::Template { id, language, params, validity } => {
            if id.trim().is_empty() {
                return Err(ContentProblem::new("message.template.id", "the template's name is empty"));
            }
            if language.is_some() {
                return Err(ContentProblem::new(
                    "message.template.language",
                    "Wati finds the language by the template's name; leave `language` out",
                ));
            }
            if validity.is_some() {
                return Err(ContentProblem::new(
                    "message.template.validity",
                    "Wati has no validity; leave it out",
                ));
            }
            check_params(params)
        }
        Content::Text { .. } => Err(ContentProblem::new(
            "message.text",
            "Wati campaigns send templates only; write message.template instead of message.text",
        )),
        Content::Media { .. } => Err(ContentProblem::new(
            "message.media",
            "Wati campaigns send templates only; a template may hold the file",
        )),
        Content::Location { .. } | Content::Contacts { .. } | Content::Action(_) => {
            Err(ContentProblem::new("message", "Wati campaigns send templates only"))
        }
    }
}

fn check_params(params: &Params) -> Result<(), ContentProblem> {
    let problem = |sentence| Err(ContentProblem::new("message.template.params", sentence));
    match params {
        Params::Positional(values) => match (1..).zip(values).find(|(_, value)| value.trim().is_empty()) {
            Some((position, _)) => {
                problem(format!("the value of {{{{{position}}}}} is blank, which Wati refuses"))
            }
            None => Ok(()),
        },
        Params::Named(values) => {
            if values.iter().any(|(name, _)| name.trim().is_empty()) {
                return problem("a value has no name".to_owned());
            }
            match values.iter().find(|(_, value)| value.trim().is_empty()) {
                Some((name, _)) => {
                    problem(format!("the value of {{{{{name}}}}} is blank, which Wati refuses"))
                }
                None => Ok(()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(id: &str, params: Params) -> Content {
        Content::Template { id: id.to_owned(), language: None, params, validity: None }
    }

    fn named(name: &str, value: &str) -> Params {
        Params::Named(vec![(name.to_owned(), value.to_owned())])
    }

    fn positional(values: &[&str]) -> Params {
        Params::Positional(values.iter().map(|value| (*value).to_owned()).collect())
    }

    #[test]
    fn templates_pass_with_names_or_positions_or_no_values() {
        for params in [named("nome", "Ana"), positional(&["Ana", "R$ 10"]), positional(&[])] {
            assert_eq!(check(&template("welcome", params)), Ok(()));
        }
    }

    #[test]
    fn what_wati_does_not_take_is_said_in_a_sentence() {
        let with = |language: Option<&str>, validity| Content::Template {
            id: "welcome".to_owned(),
            language: language.map(str::to_owned),
            params: positional(&[]),
            validity,
        };
        let media = Content::Media {
            url: "https://example.com/f".to_owned(),
            content_type: None,
            name: None,
            text: None,
        };
        let sentences: Vec<String> = [
            Content::Text { text: "Oi".to_owned() },
            media,
            template("", positional(&[])),
            template("welcome", positional(&["Ana", " "])),
            template("welcome", named("cupom", "\t")),
            template("welcome", named("", "Ana")),
            with(Some("pt_BR"), None),
            with(None, Some(1)),
        ]
        .iter()
        .map(|content| check(content).expect_err("a problem").to_string())
        .collect();
        insta::assert_snapshot!(sentences.join("\n"));
    }
}
