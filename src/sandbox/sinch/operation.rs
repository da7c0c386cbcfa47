//! Everything about groups that Sinch can be asked for, as it is read from a request (seed 001).

use serde_json::Value;

use super::answer;
use super::far_side::Call;
use crate::domain::{Address, Phone};
use crate::sandbox::far_side::Operation;
use crate::sandbox::incoming::Incoming;
use crate::sandbox::reply::Answer;
use crate::sandbox::{digest, plausible};

/// The seed: "limitado a 25 caracteres".
const LONGEST_SUBJECT: usize = 25;

/// What a call about groups asks for.
#[derive(Debug)]
pub(in crate::sandbox) struct GroupCall {
    pub(super) group: String,
    pub(super) what: What,
}

#[derive(Debug)]
pub(super) enum What {
    List,
    Tell,
    Create { subject: String },
    SetSubject { subject: String },
    Invite,
    RevokeInvite,
    Remove(Vec<Phone>),
    Leave,
    SetIcon { content_type: String, length: usize, digest: u64 },
    Icon,
    RemoveIcon,
    AddAdmins(Vec<Phone>),
    RemoveAdmins(Vec<Phone>),
}

impl GroupCall {
    /// Words of all operations.
    pub(super) const WORDS: &'static [&'static str] = &[
        crate::sandbox::accepting::MESSAGE,
        "groups",
        "group",
        "create_group",
        "set_group_subject",
        "group_invite",
        "revoke_invite",
        "remove_participant",
        "leave_group",
        "set_group_icon",
        "group_icon",
        "remove_group_icon",
        "add_admin",
        "remove_admin",
    ];

    /// Reads a request; the error is how it is answered when that is not possible.
    pub(super) fn read(call: Call, incoming: &Incoming, unknown: &mut Vec<String>) -> Result<Self, Answer> {
        let unreadable = |why: String| answer::unreadable(&why);
        let what = match call {
            Call::Groups => What::List,
            Call::Group => What::Tell,
            Call::Create => What::Create { subject: subject(incoming, unknown).map_err(unreadable)? },
            Call::SetSubject => What::SetSubject { subject: subject(incoming, unknown).map_err(unreadable)? },
            Call::Invite => What::Invite,
            Call::RevokeInvite => What::RevokeInvite,
            Call::RemoveParticipants => What::Remove(people(incoming, unknown).map_err(unreadable)?),
            Call::Leave => What::Leave,
            Call::SetIcon => icon(incoming).map_err(unreadable)?,
            Call::Icon => What::Icon,
            Call::RemoveIcon => What::RemoveIcon,
            Call::AddAdmins => What::AddAdmins(people(incoming, unknown).map_err(unreadable)?),
            Call::RemoveAdmins => What::RemoveAdmins(people(incoming, unknown).map_err(unreadable)?),
            Call::Send => return Err(answer::unreadable("that is no call about groups")),
        };
        Ok(Self { group: incoming.parameter("group").to_owned(), what })
    }
}

impl Operation for GroupCall {
    fn word(&self) -> &'static str {
        match self.what {
            What::List => "groups",
            What::Tell => "group",
            What::Create { .. } => "create_group",
            What::SetSubject { .. } => "set_group_subject",
            What::Invite => "group_invite",
            What::RevokeInvite => "revoke_invite",
            What::Remove(_) => "remove_participant",
            What::Leave => "leave_group",
            What::SetIcon { .. } => "set_group_icon",
            What::Icon => "group_icon",
            What::RemoveIcon => "remove_group_icon",
            What::AddAdmins(_) => "add_admin",
            What::RemoveAdmins(_) => "remove_admin",
        }
    }

    fn is_change(&self) -> bool {
        !matches!(self.what, What::List | What::Tell | What::Invite | What::Icon)
    }

    fn concerns(&self) -> Vec<Address> {
        match &self.what {
            What::List => Vec::new(),
            What::Create { subject } => vec![Address::Named(subject.as_str().into())],
            What::Remove(people) | What::AddAdmins(people) | What::RemoveAdmins(people) => {
                people.iter().copied().map(Address::Phone).collect()
            }
            _ => vec![Address::Group(self.group.as_str().into())],
        }
    }
}

fn fields<'a>(
    incoming: &'a Incoming,
    known: &str,
    unknown: &mut Vec<String>,
) -> Result<Option<&'a Value>, String> {
    if incoming.media_type() != "application/json" {
        return Err("the body is not labelled as JSON".to_owned());
    }
    let body = incoming.json.as_ref().and_then(Value::as_object).ok_or("the body is not an object")?;
    unknown.extend(body.keys().filter(|key| *key != known).cloned());
    Ok(body.get(known))
}

fn subject(incoming: &Incoming, unknown: &mut Vec<String>) -> Result<String, String> {
    let given = fields(incoming, "subject", unknown)?;
    let subject = given.and_then(Value::as_str).ok_or("subject is not a string, or missing")?;
    if subject.trim().is_empty() {
        return Err("subject is blank".to_owned());
    }
    if subject.chars().count() > LONGEST_SUBJECT {
        return Err(format!("subject has more than {LONGEST_SUBJECT} characters"));
    }
    Ok(subject.to_owned())
}

/// Everybody once; the seed's own sample names somebody twice.
fn people(incoming: &Incoming, unknown: &mut Vec<String>) -> Result<Vec<Phone>, String> {
    let given = fields(incoming, "waIds", unknown)?.and_then(Value::as_array);
    let given = given.filter(|list| !list.is_empty()).ok_or("waIds is not an array with somebody in it")?;
    let mut people = Vec::with_capacity(given.len());
    for one in given {
        let phone = one.as_str().and_then(plausible::phone).ok_or("an element of waIds is not a number")?;
        if !people.contains(&phone) {
            people.push(phone);
        }
    }
    Ok(people)
}

/// The seed: "O header Content-Type deve corresponder ao tipo MIME da imagem".
fn icon(incoming: &Incoming) -> Result<What, String> {
    let content_type = incoming.media_type();
    let body = &incoming.body;
    let begins: &[&[u8]] = match content_type.as_str() {
        "image/jpeg" => &[&[0xFF, 0xD8, 0xFF]],
        "image/png" => &[b"\x89PNG\r\n\x1a\n"],
        "image/gif" => &[b"GIF87a", b"GIF89a"],
        "image/webp" => &[b"RIFF"],
        _ => return Err("Content-Type is not that of an image".to_owned()),
    };
    if !begins.iter().any(|begin| body.starts_with(begin)) {
        return Err("Content-Type is not that of the image in the body".to_owned());
    }
    let digest = digest::of_text(&String::from_utf8_lossy(body));
    Ok(What::SetIcon { content_type, length: body.len(), digest })
}
