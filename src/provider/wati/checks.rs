//! Checks of what is to be sent or done for one person: what Wati takes, and whether it can do it at all.

use super::calls::Call;
use super::mode::Mode;
use crate::domain::{Action, Address, ContactFields, Content, Params, ProviderLimits};
use crate::provider::ContentProblem;

/// Where the problem of an action stands in a definition.
const ACTION: &str = "action";

/// Checks one person's content (providers.md §3.3 and §3.4). A template's language is looked up in the
/// account when the run is planned; on the wire Wati finds it by the template's name.
///
/// # Errors
/// The first limit that it breaks.
pub fn check(
    limits: &ProviderLimits,
    mode: Mode,
    address: &Address,
    content: &Content,
) -> Result<(), ContentProblem> {
    if address.phone().is_none() && Call::of(mode, content, 1).is_some() {
        return Err(ContentProblem::new("audience.phone", "Wati reaches telephone numbers only"));
    }
    match content {
        Content::Template { id, params, validity, .. } => {
            if id.trim().is_empty() {
                return Err(ContentProblem::new("message.template.id", "the template's name is empty"));
            }
            if validity.is_some() {
                let sentence = "Wati has no validity; leave it out";
                return Err(ContentProblem::new("message.template.validity", sentence));
            }
            check_params(params)
        }
        Content::Text { text } => check_text(limits, text),
        Content::Media { .. } => Err(ContentProblem::new(
            "message.media",
            "Wati campaigns send templates and texts; a template may hold the file",
        )),
        Content::Location { .. } => {
            Err(ContentProblem::new("message.location", "Wati campaigns send templates and texts"))
        }
        Content::Contacts { .. } => {
            Err(ContentProblem::new("message.contacts", "Wati campaigns send templates and texts"))
        }
        Content::Action(action) => check_action(mode, action),
    }
}

fn check_text(limits: &ProviderLimits, text: &str) -> Result<(), ContentProblem> {
    let (allowed, length) = (limits.length("text"), text.chars().count());
    if text.trim().is_empty() {
        return Err(ContentProblem::new("message.text", "the text is blank"));
    }
    if !allowed.contains(&length) {
        let (least, most) = (allowed.start(), allowed.end());
        let sentence = format!("the text has {length} characters; Wati takes {least} to {most}");
        return Err(ContentProblem::new("message.text", sentence));
    }
    Ok(())
}

fn check_params(params: &Params) -> Result<(), ContentProblem> {
    let problem = |sentence| Err(ContentProblem::new("message.template.params", sentence));
    let blank =
        |name: &dyn std::fmt::Display| format!("the value of {{{{{name}}}}} is blank, which Wati refuses");
    match params {
        Params::Positional(values) => match (1..).zip(values).find(|(_, value)| value.trim().is_empty()) {
            Some((position, _)) => problem(blank(&position)),
            None => Ok(()),
        },
        Params::Named(values) => {
            if values.iter().any(|(name, _)| name.trim().is_empty()) {
                return problem("a value has no name".to_owned());
            }
            match values.iter().find(|(_, value)| value.trim().is_empty()) {
                Some((name, _)) => problem(blank(name)),
                None => Ok(()),
            }
        }
    }
}

fn check_action(mode: Mode, action: &Action) -> Result<(), ContentProblem> {
    match action {
        Action::SetChatStatus { .. } => Ok(()),
        Action::SetAttributes { attributes } => check_attributes(attributes, 1),
        Action::CreateContact { fields } | Action::UpsertContact { fields } => {
            check_fields(fields)?;
            if fields.name.as_ref().is_none_or(|name| name.trim().is_empty()) {
                return Err(ContentProblem::new(ACTION, "a contact of Wati needs a name"));
            }
            check_attributes(&fields.attributes, 0)
        }
        Action::UpdateContact { contact, fields } => {
            check_fields(fields)?;
            if fields.name.is_some() {
                let sentence =
                    "Wati changes the attributes of a contact only; to change its name, use upsert_contact";
                return Err(ContentProblem::new(ACTION, sentence));
            }
            if contact.is_some() && mode != Mode::V3 {
                let sentence = "Wati finds a contact by its id only where the channel's mode is \"v3\"; leave the id out";
                return Err(ContentProblem::new(ACTION, sentence));
            }
            check_attributes(&fields.attributes, 1)
        }
        other => {
            let sentence = format!(
                "Wati has no `{}`; it has set_chat_status, set_attributes, create_contact, update_contact and upsert_contact",
                other.word()
            );
            Err(ContentProblem::new(ACTION, sentence))
        }
    }
}

/// What Wati knows of a contact is a name and attributes.
fn check_fields(fields: &ContactFields) -> Result<(), ContentProblem> {
    let ContactFields {
        name: _,
        identifier,
        custom_name,
        is_group,
        photo,
        platform,
        tags,
        is_ignored,
        attributes: _,
    } = fields;
    let foreign = [
        ("identifier", identifier.is_some()),
        ("custom_name", custom_name.is_some()),
        ("is_group", *is_group),
        ("photo", photo.is_some()),
        ("platform", platform.is_some()),
        ("tags", !tags.is_empty()),
        ("is_ignored", is_ignored.is_some()),
    ];
    match foreign.into_iter().find(|(_, is_given)| *is_given) {
        Some((field, _)) => {
            let sentence = format!("a contact of Wati has no `{field}`; it has a name and attributes");
            Err(ContentProblem::new(ACTION, sentence))
        }
        None => Ok(()),
    }
}

fn check_attributes(attributes: &[(String, String)], least: usize) -> Result<(), ContentProblem> {
    if attributes.len() < least {
        return Err(ContentProblem::new(ACTION, "there is no attribute to set"));
    }
    match attributes.iter().any(|(name, _)| name.trim().is_empty()) {
        true => Err(ContentProblem::new(ACTION, "an attribute has no name")),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ChatStatus, Phone};
    use crate::provider::testing;

    fn check(content: &Content) -> Result<(), ContentProblem> {
        let phone = Address::Phone(Phone::from_digits("5511987654321").expect("a number"));
        super::check(&testing::limits("wati"), Mode::Single, &phone, content)
    }

    fn template(id: &str, params: Params) -> Content {
        Content::Template { id: id.to_owned(), language: None, params, validity: None }
    }

    fn named(name: &str, value: &str) -> Params {
        Params::Named(vec![(name.to_owned(), value.to_owned())])
    }

    fn positional(values: &[&str]) -> Params {
        Params::Positional(values.iter().map(|value| (*value).to_owned()).collect())
    }

    fn text(text: impl Into<String>) -> Content {
        Content::Text { text: text.into() }
    }

    fn fields(name: Option<&str>) -> ContactFields {
        let attributes = vec![("city".to_owned(), "Recife".to_owned())];
        ContactFields { name: name.map(str::to_owned), attributes, ..ContactFields::default() }
    }

    #[test]
    fn what_wati_takes_passes() {
        let attributes = vec![("city".to_owned(), String::new())];
        let in_portuguese = Content::Template {
            id: "welcome".to_owned(),
            language: Some("pt_BR".to_owned()),
            params: positional(&[]),
            validity: None,
        };
        for content in [
            template("welcome", named("nome", "Ana")),
            template("welcome", positional(&["Ana", "R$ 10"])),
            template("welcome", positional(&[])),
            in_portuguese,
            text("Oi"),
            text("é".repeat(4_096)),
            Content::Action(Action::SetChatStatus { status: ChatStatus::Solved }),
            Content::Action(Action::SetAttributes { attributes }),
            Content::Action(Action::UpsertContact { fields: fields(Some("Ana")) }),
            Content::Action(Action::CreateContact { fields: fields(Some("Ana")) }),
            Content::Action(Action::UpdateContact { contact: None, fields: fields(None) }),
        ] {
            assert_eq!(check(&content), Ok(()), "{content:?}");
        }
    }

    #[test]
    fn what_wati_does_not_take_is_said_in_a_sentence() {
        let with_validity = Content::Template {
            id: "welcome".to_owned(),
            language: None,
            params: positional(&[]),
            validity: Some(1),
        };
        let media = Content::Media {
            url: "https://example.com/f".to_owned(),
            content_type: None,
            name: None,
            text: None,
        };
        let tagged = ContactFields { tags: vec!["vip".to_owned()], ..fields(Some("Ana")) };
        let nothing = ContactFields::default();
        let by_id = Action::UpdateContact { contact: Some("64a".to_owned()), fields: fields(None) };
        let sentences: Vec<String> = [
            text(" "),
            text("é".repeat(4_097)),
            media,
            Content::Contacts { contacts: Vec::new() },
            template("", positional(&[])),
            template("welcome", positional(&["Ana", " "])),
            template("welcome", named("cupom", "\t")),
            template("welcome", named("", "Ana")),
            with_validity,
            Content::Action(Action::LeaveGroup),
            Content::Action(Action::SetAttributes { attributes: Vec::new() }),
            Content::Action(Action::SetAttributes { attributes: vec![(" ".to_owned(), "x".to_owned())] }),
            Content::Action(Action::UpsertContact { fields: fields(None) }),
            Content::Action(Action::UpsertContact { fields: tagged }),
            Content::Action(Action::UpdateContact { contact: None, fields: fields(Some("Ana")) }),
            Content::Action(Action::UpdateContact { contact: None, fields: nothing }),
            Content::Action(by_id),
        ]
        .iter()
        .map(|content| check(content).expect_err("a problem").to_string())
        .collect();
        insta::assert_snapshot!(sentences.join("\n"));
    }

    #[test]
    fn only_numbers_are_reached() {
        let group = Address::Group("5511999990000-1513616971".into());
        let problem = super::check(&testing::limits("wati"), Mode::V3, &group, &text("Oi"));
        assert_eq!(
            problem.expect_err("no number").to_string(),
            "audience.phone: Wati reaches telephone numbers only"
        );
    }
}
