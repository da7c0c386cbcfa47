//! The table `[action]`: what is done for each row instead of sending a message.

use std::ops::Range;
use std::path::Path;

use super::checks::Checks;
use super::raw_action::{
    RawAction, RawChatStatus, RawContactFields, RawContactKind, RawConversation, RawIcon, RawInvite,
    RawMessageOf, RawOfGroup, RawQuoting, RawSubject, RawToSession,
};
use crate::document::{Placed, Table};
use crate::domain::INVITE_LINK;
use crate::domain::{Action, ActionSpec, ChatStatus, ContactFields, FileSpec, Problem};

/// Checks the table: exactly one action, all that it needs, and the syntax of everything that is filled from
/// rows. Files are seen from `workspace_root`.
pub fn validate(
    raw: Placed<Table<RawAction>>,
    workspace_root: &Path,
    checks: &mut Checks<'_>,
) -> Option<ActionSpec> {
    let Placed { value: Table(raw), span } = raw;
    let mut actions = Vec::new();
    each(raw, workspace_root, checks, &mut |name, span, action| actions.push((name, span, action)));
    let mut actions = actions.into_iter();
    match (actions.next(), actions.next()) {
        (Some((_, _, action)), None) => action,
        (Some((first, _, _)), Some((second, place, _))) => {
            let sentence = format!("a campaign does one thing, not `{first}` and `{second}`");
            let problem = Problem::at(place, format!("action.{second}"), sentence);
            checks.findings.report(problem.with_hint("make two campaigns of them"));
            None
        }
        (None, _) => {
            if !checks.findings.has_spoken_below("action") {
                let problem = Problem::at(span, "action", "`action` names no action");
                checks.findings.report(problem.with_hint(
                    "write one below [action], such as create_group = { subject = \"{{ turma }}\" }",
                ));
            }
            None
        }
    }
}

type Tell<'a> = &'a mut dyn FnMut(&'static str, Range<usize>, Option<ActionSpec>);

/// Tells every action that stands there with its place, checked.
fn each(raw: RawAction, root: &Path, checks: &mut Checks<'_>, tell: Tell<'_>) {
    let mut key = |name: &'static str, span: Range<usize>, action: Option<Action>| {
        tell(name, span, action.map(plain));
    };
    macro_rules! table {
        ($name:ident, |$table:ident, $key:ident, $place:ident| $action:expr) => {
            if let Some(Placed { value: Table($table), span }) = raw.$name {
                let $key = |field: &str| format!(concat!("action.", stringify!($name), ".{}"), field);
                let $place = &span;
                let action: Option<Action> = $action;
                key(stringify!($name), span, action);
            }
        };
    }
    table!(set_group_subject, |table, name, place| {
        subject(table, &name("subject"), place, checks).map(|subject| Action::SetGroupSubject { subject })
    });
    table!(remove_group_icon, |_table, _name, _place| Some(Action::RemoveGroupIcon));
    table!(leave_group, |_table, _name, _place| Some(Action::LeaveGroup));
    table!(revoke_invite, |_table, _name, _place| Some(Action::RevokeInvite));
    table!(send_invite, |table, _name, place| invite(table, place, checks));
    table!(remove_participant, |table, name, place| {
        group(table, &name("group"), place, checks).map(|group| Action::RemoveParticipant { group })
    });
    table!(add_admin, |table, name, place| {
        group(table, &name("group"), place, checks).map(|group| Action::AddAdmin { group })
    });
    table!(remove_admin, |table, name, place| {
        group(table, &name("group"), place, checks).map(|group| Action::RemoveAdmin { group })
    });
    table!(create_contact, |table, name, place| {
        no_contact_id(&table, &name, checks);
        contact_fields(table, &name, place, checks).map(|(_, fields)| Action::CreateContact { fields })
    });
    table!(update_contact, |table, name, place| {
        contact_fields(table, &name, place, checks)
            .map(|(contact, fields)| Action::UpdateContact { contact, fields })
    });
    table!(upsert_contact, |table, name, place| {
        no_contact_id(&table, &name, checks);
        contact_fields(table, &name, place, checks).map(|(_, fields)| Action::UpsertContact { fields })
    });
    table!(remove_platform, |table, name, _place| {
        let contact = checks.optional(table.contact, &name("contact"));
        Some(Action::RemovePlatform { contact })
    });
    table!(start_conversation, |table, name, place| conversation(table, &name, place, checks));
    table!(send_quoting, |table, name, place| quoting(table, &name, place, checks));
    if let Some(tags) = raw.add_tags {
        let span = tags.span.clone();
        let tags = checks.list(tags, "action.add_tags");
        key("add_tags", span, tags.map(|tags| Action::AddTags { contact: None, tags }));
    }
    if let Some(tags) = raw.remove_tags {
        let span = tags.span.clone();
        let tags = checks.list(tags, "action.remove_tags");
        key("remove_tags", span, tags.map(|tags| Action::RemoveTags { contact: None, tags }));
    }
    if let Some(attributes) = raw.set_attributes {
        let span = attributes.span.clone();
        let attributes = checks.table(attributes, "action.set_attributes");
        key("set_attributes", span, attributes.map(|attributes| Action::SetAttributes { attributes }));
    }
    if let Some(Placed { value: status, span }) = raw.set_chat_status {
        key("set_chat_status", span, Some(Action::SetChatStatus { status: chat_status(status) }));
    }
    // These name what they concern, or a file, beside what is done.
    if let Some(Placed { value: Table(table), span }) = raw.create_group {
        let subject = subject(table, "action.create_group.subject", &span, checks);
        let spec =
            subject.map(|subject| addressed(Action::CreateGroup { subject: subject.clone() }, subject));
        tell("create_group", span, spec);
    }
    if let Some(Placed { value: Table(table), span }) = raw.set_group_icon {
        let spec = icon(table, &span, root, checks);
        tell("set_group_icon", span, spec);
    }
    if let Some(Placed { value: Table(table), span }) = raw.send_to_session {
        let spec = to_session(table, &span, checks);
        tell("send_to_session", span, spec);
    }
    if let Some(Placed { value: Table(table), span }) = raw.delete_message {
        let spec = delete_message(table, &span, checks);
        tell("delete_message", span, spec);
    }
}

fn plain(action: Action) -> ActionSpec {
    ActionSpec { action, address: None, file: None }
}

fn addressed(action: Action, address: String) -> ActionSpec {
    ActionSpec { address: Some(address), ..plain(action) }
}

fn subject(raw: RawSubject, key: &str, span: &Range<usize>, checks: &mut Checks<'_>) -> Option<String> {
    checks.needed(raw.subject, key, span, "\"{{ turma }}\"")
}

fn group(raw: RawOfGroup, key: &str, span: &Range<usize>, checks: &mut Checks<'_>) -> Option<String> {
    checks.needed(raw.group, key, span, "\"{{ grupo }}\", the group's id")
}

fn icon(raw: RawIcon, span: &Range<usize>, root: &Path, checks: &mut Checks<'_>) -> Option<ActionSpec> {
    let path = checks.needed(raw.file, "action.set_group_icon.file", span, "\"icons/….png\"");
    let content_type = checks.needed(raw.content_type, "action.set_group_icon.type", span, "\"image/png\"");
    let (path, content_type) = (path?, content_type?);
    let action = Action::SetGroupIcon { content_type, image: Vec::new() };
    Some(ActionSpec { file: Some(FileSpec { path, folder: root.to_owned() }), ..plain(action) })
}

fn invite(raw: RawInvite, span: &Range<usize>, checks: &mut Checks<'_>) -> Option<Action> {
    const TEXT: &str = "action.send_invite.text";
    let group = checks.needed(raw.group, "action.send_invite.group", span, "\"{{ grupo }}\", the group's id");
    let place = raw.text.as_ref().map(|text| text.span.clone());
    let text = checks.needed(raw.text, TEXT, span, "\"Entre no grupo: {link}\"")?;
    // Where Jinja decides what is said, every row is looked at instead.
    let links = text.matches(INVITE_LINK).count();
    if links != 1 && !text.contains("{%") {
        let found =
            if links == 0 { "has no {link}".to_owned() } else { format!("has {{link}} {links} times") };
        let problem = Problem::at(place.unwrap_or_else(|| span.clone()), TEXT, format!("`{TEXT}` {found}"));
        checks.findings.report(problem.with_hint("write {link} once, where the group's link goes"));
    }
    Some(Action::SendInvite { group: group?, text })
}

/// A contact that may be new has no id yet, and no other number than the row's.
fn no_contact_id(raw: &RawContactFields, key: &dyn Fn(&str) -> String, checks: &mut Checks<'_>) {
    for (name, given) in [("contact", &raw.contact), ("identifier", &raw.identifier)] {
        if let Some(given) = given {
            let key = key(name);
            let sentence = format!("`{key}` is no key here: the contact is the one of the row's number");
            let problem = Problem::at(given.span.clone(), key, sentence);
            checks.findings.report(problem.with_hint(format!("only update_contact has `{name}`")));
        }
    }
}

fn contact_fields(
    raw: RawContactFields,
    key: &dyn Fn(&str) -> String,
    span: &Range<usize>,
    checks: &mut Checks<'_>,
) -> Option<(Option<String>, ContactFields)> {
    let contact = checks.optional(raw.contact, &key("contact"));
    let name = checks.optional(raw.name, &key("name"));
    let custom_name = checks.optional(raw.custom_name, &key("custom_name"));
    let identifier = checks.optional(raw.identifier, &key("identifier"));
    let photo = checks.optional(raw.photo, &key("photo"));
    let platform = checks.optional(raw.platform, &key("platform"));
    let tags = raw.tags.and_then(|tags| checks.list(tags, &key("tags"))).unwrap_or_default();
    let attributes = raw.attributes.and_then(|given| checks.table(given, &key("attributes")));
    let fields = ContactFields {
        name,
        custom_name,
        identifier,
        is_group: raw.kind.is_some_and(|kind| kind.value == RawContactKind::Group),
        photo,
        platform,
        tags,
        is_ignored: raw.ignored.map(|ignored| ignored.value),
        attributes: attributes.unwrap_or_default(),
    };
    let says_nothing = fields == ContactFields { is_group: fields.is_group, ..ContactFields::default() };
    let table = key("");
    let table = table.trim_end_matches('.');
    if says_nothing && !checks.findings.has_spoken_below(table) {
        let problem = Problem::at(span.clone(), table, format!("`{table}` says nothing of the contact"));
        checks.findings.report(problem.with_hint("write what is known, such as name = \"{{ nome }}\""));
        return None;
    }
    Some((contact, fields))
}

/// How far a conversation is.
pub fn chat_status(raw: RawChatStatus) -> ChatStatus {
    match raw {
        RawChatStatus::Open => ChatStatus::Open,
        RawChatStatus::Solved => ChatStatus::Solved,
        RawChatStatus::Pending => ChatStatus::Pending,
        RawChatStatus::Block => ChatStatus::Block,
    }
}

fn conversation(
    raw: RawConversation,
    key: &dyn Fn(&str) -> String,
    span: &Range<usize>,
    checks: &mut Checks<'_>,
) -> Option<Action> {
    let platform_config = checks.needed(raw.platform_config, &key("platform_config"), span, "\"…\", its id");
    let user_name = checks.needed(raw.user_name, &key("user_name"), span, "\"{{ nome }}\"");
    let company_name = checks.optional(raw.company_name, &key("company_name"));
    let platform = checks.optional(raw.platform, &key("platform"));
    Some(Action::StartConversation {
        platform_config: platform_config?,
        user_name: user_name?,
        company_name,
        platform,
        priority: raw.priority.map(|priority| priority.value),
    })
}

/// What is said and what is shown; one of them must be there.
fn said(
    text: Option<Placed<String>>,
    media: Option<Placed<String>>,
    key: &dyn Fn(&str) -> String,
    span: &Range<usize>,
    checks: &mut Checks<'_>,
) -> Option<(Option<String>, Option<String>)> {
    if text.is_none() && media.is_none() {
        let (text, media) = (key("text"), key("media"));
        if !checks.findings.has_spoken_of(&text) && !checks.findings.has_spoken_of(&media) {
            let problem =
                Problem::at(span.clone(), text, format!("there is neither `{}` nor a `media`", key("text")));
            checks.findings.report(problem.with_hint("write text = \"…\" or media = \"https://…\""));
        }
        return None;
    }
    Some((checks.optional(text, &key("text")), checks.optional(media, &key("media"))))
}

fn quoting(
    raw: RawQuoting,
    key: &dyn Fn(&str) -> String,
    span: &Range<usize>,
    checks: &mut Checks<'_>,
) -> Option<Action> {
    let quoted = checks.needed(raw.quoted, &key("quoted"), span, "\"{{ mensagem }}\", the message's id");
    let (text, media) = said(raw.text, raw.media, key, span, checks)?;
    Some(Action::SendQuoting { quoted: quoted?, text, media })
}

fn to_session(raw: RawToSession, span: &Range<usize>, checks: &mut Checks<'_>) -> Option<ActionSpec> {
    let key = |field: &str| format!("action.send_to_session.{field}");
    let session =
        checks.needed(raw.session, &key("session"), span, "\"{{ sessao }}\", the conversation's id");
    let agent = checks.needed(raw.agent, &key("agent"), span, "\"Ana\"");
    let quoted = checks.optional(raw.quoted, &key("quoted"));
    let (text, media) = said(raw.text, raw.media, &key, span, checks)?;
    Some(addressed(Action::SendToSession { agent: agent?, text, media, quoted }, session?))
}

fn delete_message(raw: RawMessageOf, span: &Range<usize>, checks: &mut Checks<'_>) -> Option<ActionSpec> {
    let key = |field: &str| format!("action.delete_message.{field}");
    let message = checks.needed(raw.message, &key("message"), span, "\"{{ id }}\", the message's id");
    let sender = checks.needed(raw.sender, &key("sender"), span, "\"…\", who sent it");
    Some(addressed(Action::DeleteMessage { sender: sender? }, message?))
}
