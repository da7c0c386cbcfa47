//! `[action]`: every kind is filled from a row, what may be left out is, and what may not be empty is told.

use super::*;
use crate::domain::{Action, ActionSpec, ChatStatus, ContactFields, ContentSpec, FileSpec};

fn own(text: &str) -> String {
    text.to_owned()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn plain(action: Action) -> ActionSpec {
    ActionSpec { action, address: None, file: None }
}

fn rendered(spec: ActionSpec, row: &Row) -> Result<RenderedAction, TemplateError> {
    match ContentTemplate::compile(&ContentSpec::Action(spec), &names())?.render(row)? {
        Rendered::Action(action) => Ok(action),
        Rendered::Content(content) => panic!("{content:?}"),
    }
}

/// Everything that is known of a contact, each text being `text`.
fn contact(text: &str) -> ContactFields {
    ContactFields {
        name: some(text),
        custom_name: some(text),
        identifier: some(text),
        is_group: false,
        photo: some(text),
        platform: some(text),
        tags: vec![own(text), own("vip")],
        is_ignored: Some(true),
        attributes: vec![(own("cupom"), own(text))],
    }
}

/// Every action of a definition, each text of which is `text`.
fn every(text: &str) -> Vec<Action> {
    let (given, option) = (|| own(text), || some(text));
    vec![
        Action::CreateGroup { subject: given() },
        Action::SetGroupSubject { subject: given() },
        Action::SetGroupIcon { content_type: given(), image: Vec::new() },
        Action::RemoveGroupIcon,
        Action::LeaveGroup,
        Action::RevokeInvite,
        Action::SendInvite { group: given(), text: given() },
        Action::RemoveParticipant { group: given() },
        Action::AddAdmin { group: given() },
        Action::RemoveAdmin { group: given() },
        Action::CreateContact { fields: contact(text) },
        Action::UpdateContact { contact: option(), fields: contact(text) },
        Action::UpsertContact { fields: contact(text) },
        Action::RemovePlatform { contact: option() },
        Action::AddTags { contact: option(), tags: vec![given()] },
        Action::RemoveTags { contact: option(), tags: vec![given()] },
        Action::SetAttributes { attributes: vec![(own("cupom"), given())] },
        Action::SetChatStatus { status: ChatStatus::Solved },
        Action::StartConversation {
            platform_config: given(),
            user_name: given(),
            company_name: option(),
            platform: option(),
            priority: Some(true),
        },
        Action::SendToSession { agent: given(), text: option(), media: option(), quoted: option() },
        Action::SendQuoting { quoted: given(), text: option(), media: option() },
        Action::DeleteMessage { sender: given() },
    ]
}

#[test]
fn every_text_of_every_action_is_filled_from_the_row() {
    let ana = row(["ana", "A1", "", ""]);
    let expected = every("Ana/A1");
    assert_eq!(expected.len(), 22);
    for (action, expected) in every("{{ nome | title }}/{{ cupom }}").into_iter().zip(expected) {
        let word = action.word();
        let found = rendered(plain(action), &ana).unwrap_or_else(|error| panic!("{word}: {error}"));
        assert_eq!(found, RenderedAction { action: expected, address: None, file: None }, "{word}");
    }
}

#[test]
fn what_an_action_concerns_and_its_file_are_filled_too() {
    let ana = row(["Ana", "A1", "", ""]);
    let spec = ActionSpec {
        action: Action::SetGroupIcon { content_type: own("image/png"), image: Vec::new() },
        address: some(" {{ cupom }} "),
        file: Some(FileSpec { path: own("icons/{{ nome }}.png"), folder: "/workspace".into() }),
    };
    let found = rendered(spec, &ana).expect("renders");
    assert_eq!((found.address, found.file), (some("A1"), some("icons/Ana.png")));
}

/// What is left of an action whose texts are all empty, or what is said about it.
#[test]
fn an_empty_text_is_left_out_where_it_may_be_and_told_where_it_may_not() {
    let nobody = row(["", "", "", ""]);
    let told: Vec<String> = every("{{ nome }}")
        .into_iter()
        .map(|action| {
            let word = action.word();
            match rendered(plain(action), &nobody) {
                Ok(left) => format!("{word}: {:?}", left.action),
                Err(error) => format!("{word}: {error}"),
            }
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_name_that_is_no_column_is_found_in_every_action_that_has_texts() {
    let without_texts = ["remove_group_icon", "leave_group", "revoke_invite", "set_chat_status"];
    for action in every("{{ nomee }}") {
        let (word, spec) = (action.word(), ContentSpec::Action(plain(action)));
        let compiled = ContentTemplate::compile(&spec, &names());
        assert_eq!(compiled.is_ok(), without_texts.contains(&word), "{word}");
        if let Err(error) = compiled {
            assert!(error.field().starts_with(&format!("action.{word}")), "{word}: {error}");
            assert!(told(&error).contains("nome"), "{word}: {error}");
        }
    }
}
