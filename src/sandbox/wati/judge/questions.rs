//! Judges questions: pages and filters (providers.md §3.3 and §3.4).

use serde_json::Value;

use super::super::Account;
use super::super::fields::text;
use super::super::operation::{Comparison, Condition, Filter, Operation, Page, Question};
use super::reading::{Unfit, path_number, target};
use crate::sandbox::incoming::Incoming;
use crate::sandbox::plausible;

/// v1 gives ten where nobody says how many.
const USUAL_SIZE: usize = 10;
/// v3 gives no more at once.
const LARGEST_PAGE: usize = 100;

/// `GET getMessages/{number}`.
pub(in crate::sandbox::wati) fn messages(incoming: &Incoming) -> Result<Operation, Unfit> {
    let phone = path_number(incoming)?;
    let channel = match find(incoming, "channelPhoneNumber") {
        None => None,
        Some(written) => Some(plausible::phone(&written).ok_or("channelPhoneNumber is no number")?),
    };
    Ok(Operation::Question(Question::Messages {
        person: phone.person(),
        channel,
        page: page(incoming, false)?,
    }))
}

/// `GET conversations/{target}/messages`.
pub(in crate::sandbox::wati) fn third_messages(
    incoming: &Incoming,
    account: &Account,
) -> Result<Operation, Unfit> {
    let page = page(incoming, true)?;
    let (phone, channel) = target(incoming.parameter("target"), account)?;
    Ok(Operation::Question(Question::Messages { person: phone.person(), channel, page }))
}

/// `GET getContacts` of v1, `GET contacts` of v3, which filters nothing.
pub(in crate::sandbox::wati) fn contacts(incoming: &Incoming, third: bool) -> Result<Operation, Unfit> {
    let filter = if third { Filter::default() } else { filter(incoming)? };
    Ok(Operation::Question(Question::Contacts { filter, page: page(incoming, third)? }))
}

pub(in crate::sandbox::wati) fn templates(incoming: &Incoming, third: bool) -> Result<Operation, Unfit> {
    Ok(Operation::Question(Question::Templates { page: page(incoming, third)? }))
}

pub(in crate::sandbox::wati) fn broadcast(
    incoming: &Incoming,
    account: &Account,
) -> Result<Operation, Unfit> {
    Ok(Operation::Question(Question::Broadcast { id: broadcast_id(incoming, account)? }))
}

pub(in crate::sandbox::wati) fn broadcast_recipients(
    incoming: &Incoming,
    account: &Account,
) -> Result<Operation, Unfit> {
    let page = page(incoming, true)?;
    Ok(Operation::Question(Question::BroadcastRecipients { id: broadcast_id(incoming, account)?, page }))
}

fn broadcast_id(incoming: &Incoming, account: &Account) -> Result<u64, Unfit> {
    let written = incoming.parameter("id").strip_prefix("broadcast_");
    let id = written.and_then(|digits| digits.parse().ok());
    id.filter(|id| account.broadcasts.contains_key(id)).ok_or(Unfit::Status(404))
}

fn find(incoming: &Incoming, name: &str) -> Option<String> {
    incoming.query().into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

/// v1 has a page of its own choice where nobody asks; v3 must be asked.
fn page(incoming: &Incoming, third: bool) -> Result<Page, Unfit> {
    let names = if third { ["page_number", "page_size"] } else { ["pageNumber", "pageSize"] };
    let read = |name: &str, usual: usize| match find(incoming, name) {
        None if third => Err(Unfit::from(format!("{name} is required"))),
        None => Ok(usual),
        Some(written) => {
            let number = written.parse().ok().filter(|number| *number > 0);
            number.ok_or_else(|| format!("{name} must be a number from 1").into())
        }
    };
    let [number, size] = [read(names[0], 1)?, read(names[1], USUAL_SIZE)?];
    if third && size > LARGEST_PAGE {
        return Err(format!("page_size is {LARGEST_PAGE} at most").into());
    }
    Ok(Page { number, size, third, path: incoming.uri.path().to_owned() })
}

fn filter(incoming: &Incoming) -> Result<Filter, Unfit> {
    let name = find(incoming, "name").filter(|name| !name.is_empty()).map(|name| name.to_lowercase());
    let created = match find(incoming, "createdDate").filter(|date| !date.is_empty()) {
        None => None,
        Some(date) => Some(day(&date).ok_or("createdDate must be YYYY-MM-DD or MM-DD-YYYY")?),
    };
    let attributes = match find(incoming, "attribute").filter(|written| !written.is_empty()) {
        None => Vec::new(),
        Some(written) => {
            conditions(&written).ok_or("attribute must be a list of name, operator and value")?
        }
    };
    Ok(Filter { name, attributes, created })
}

/// `[{"name": "city", "operator": "contain", "value": "Rio"}]`.
fn conditions(written: &str) -> Option<Vec<Condition>> {
    let listed: Vec<Value> = serde_json::from_str(written).ok()?;
    let read = |one: &Value| {
        let fields = one.as_object()?;
        let part = |name| text(fields, name).ok().flatten().map(ToOwned::to_owned);
        let comparison = match part("operator")?.as_str() {
            "==" => Comparison::Equal,
            "!=" => Comparison::NotEqual,
            "contain" => Comparison::Contains,
            "notContain" => Comparison::NotContains,
            "exist" => Comparison::Exists,
            "notExist" => Comparison::NotExists,
            _ => return None,
        };
        Some(Condition { name: part("name")?, comparison, value: part("value").unwrap_or_default() })
    };
    listed.iter().map(read).collect()
}

/// `2026-11-22`, which may be written `11-22-2026` as well.
fn day(written: &str) -> Option<String> {
    let parts: Vec<&str> = written.split('-').collect();
    let [first, second, third] = parts[..] else { return None };
    let is_number =
        |part: &str, length| part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    if is_number(first, 4) && is_number(second, 2) && is_number(third, 2) {
        return Some(written.to_owned());
    }
    let fits = is_number(first, 2) && is_number(second, 2) && is_number(third, 4);
    fits.then(|| format!("{third}-{first}-{second}"))
}
