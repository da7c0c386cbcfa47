//! Does what is asked about groups (seed 001).

use serde_json::{Value, json};

use super::SinchRefusal;
use super::account::{Account, Group, Icon, OWN_NUMBER};
use super::answer::{json_answer, refused, success, unreadable};
use super::operation::{GroupCall, What};
use crate::domain::Phone;
use crate::sandbox::accepting::Change;
use crate::sandbox::digest;
use crate::sandbox::far_side::{Context, Operation, Performed};
use crate::sandbox::reply::Answer;

/// What an operation comes to for the sender of that name.
pub(super) fn perform(
    call: &GroupCall,
    account: &mut Account,
    context: &Context<'_, SinchRefusal>,
) -> Performed {
    if let Some((_, refusal)) = context.refusals.first() {
        return Performed::answered(refused(400, &json!(refusal.code), refusal.message), 1);
    }
    match done(call, account, context) {
        Ok(answer) if call.is_change() => Performed { answer, changes: changes(call), refused: 0 },
        Ok(answer) => Performed::answered(answer, 0),
        Err(answer) => Performed::answered(answer, usize::from(call.is_change())),
    }
}

fn done(
    call: &GroupCall,
    account: &mut Account,
    context: &Context<'_, SinchRefusal>,
) -> Result<Answer, Answer> {
    match &call.what {
        What::List => {
            let groups: Vec<_> = account.own_groups().map(|id| json!({ "id": id })).collect();
            return Ok(json_answer(&json!({ "groups": groups })));
        }
        What::Create { subject } => return create(subject, account, context),
        What::Invite => {
            let link = account.link(&call.group).filter(|_| is_inside(call, account));
            let link = link.ok_or_else(not_found)?;
            return Ok(json_answer(&json!({ "groups": [{ "link": link }] })));
        }
        _ => {}
    }
    let inside = is_inside(call, account);
    let group = account.group_mut(&call.group).ok_or_else(not_found)?;
    if !inside {
        // Of the other calls the seed says nothing; to an account outside, the group is as good as gone.
        return Err(if matches!(call.what, What::Leave) { nobody(OWN_NUMBER) } else { not_found() });
    }
    change(&call.what, &call.group, group)?;
    Ok(match &call.what {
        What::Tell => json_answer(&json!({ "groups": [tell(&call.group, group)] })),
        What::Icon => json_answer(&tell_icon(group.icon.as_ref().ok_or_else(not_found)?)),
        _ => success(context.scenario.sinch.success),
    })
}

fn is_inside(call: &GroupCall, account: &Account) -> bool {
    account.group(&call.group).is_some_and(Group::has_account)
}

/// The seed, "Grupos Não Utilizados": an error whose shape it does not show; this one is ours.
fn create(
    subject: &str,
    account: &mut Account,
    context: &Context<'_, SinchRefusal>,
) -> Result<Answer, Answer> {
    let most = context.scenario.sinch.most_unused_groups.map(std::num::NonZeroU32::get);
    if most.is_some_and(|most| account.unused_groups() >= most as usize) {
        return Err(unreadable("Too many unused groups: leave the groups that you do not use"));
    }
    let (id, creation_time) = account.create(subject.to_owned(), context.arrival.wall.as_second());
    Ok(json_answer(&json!({ "groups": [{ "creation_time": creation_time, "id": id }] })))
}

fn change(what: &What, id: &str, group: &mut Group) -> Result<(), Answer> {
    match what {
        What::SetSubject { subject } => group.subject.clone_from(subject),
        What::RevokeInvite => group.revoke_invite(),
        What::Leave => group.leave(),
        What::Remove(people) => {
            for number in all_among(people, &group.participants)? {
                group.remove(&number);
            }
        }
        What::AddAdmins(people) => {
            for number in all_among(people, &group.participants)? {
                if !group.admins.contains(&number) {
                    group.admins.push(number);
                }
            }
        }
        What::RemoveAdmins(people) => {
            let numbers = all_among(people, &group.admins)?;
            group.admins.retain(|admin| !numbers.contains(admin));
        }
        What::SetIcon { content_type, length, digest } => {
            let digest = digest::of([id.into(), (*digest).into()]);
            group.icon = Some(Icon { content_type: content_type.clone(), length: *length, digest });
        }
        What::RemoveIcon => drop(group.icon.take().ok_or_else(not_found)?),
        What::List | What::Tell | What::Create { .. } | What::Invite | What::Icon => {}
    }
    Ok(())
}

/// Everybody's number, when all are there: "Caso o número de telefone não seja encontrado, 400".
fn all_among(people: &[Phone], among: &[String]) -> Result<Vec<String>, Answer> {
    let person = |number: &String| Phone::from_digits(number).map(Phone::person);
    let find = |phone: &Phone| among.iter().find(|number| person(number) == Some(phone.person())).cloned();
    people.iter().map(|phone| find(phone).ok_or_else(|| nobody(&phone.digits()))).collect()
}

fn nobody(number: &str) -> Answer {
    unreadable(&format!("Phone number not found: {number}"))
}

fn not_found() -> Answer {
    refused(404, &json!(404), "Not Found")
}

fn tell(id: &str, group: &Group) -> Value {
    json!({
        "admins": group.admins,
        "creation_time": group.creation_time,
        "creator": OWN_NUMBER,
        "id": id,
        "participants": group.participants,
        "subject": group.subject,
    })
}

fn tell_icon(icon: &Icon) -> Value {
    let extension = icon.content_type.rsplit('/').next().unwrap_or_default();
    let name = format!("groupIcon.{extension}");
    let data = format!("https://chatclub-cdn.wavy.global/2019/03/25/{:016x}/{name}", icon.digest);
    json!({
        "type": "URL",
        "mimeType": icon.content_type,
        "fileName": name,
        "extraData": {
            "public": true,
            "Content-Type": icon.content_type,
            "Content-Length": icon.length.to_string(),
        },
        "data": data,
    })
}

/// A line for each thing that is now otherwise.
fn changes(call: &GroupCall) -> Vec<Change<'static>> {
    let value: Value = match &call.what {
        What::SetSubject { subject } => subject.as_str().into(),
        What::SetIcon { digest, .. } => (*digest).into(),
        _ => Value::Null,
    };
    let kind = call.word();
    let digest = digest::of([kind.into(), call.group.as_str().into(), value]);
    let change = |to| Change { kind, sender: OWN_NUMBER.into(), to, callback_data: "".into(), digest };
    call.concerns().into_iter().map(change).collect()
}
