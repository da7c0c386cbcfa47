//! The key `audience.source`: whom an account knows, instead of a file.

use std::ops::Range;

use super::checks::Checks;
use super::raw_action::RawContactKind;
use super::raw_source::{RawContacts, RawGroups, RawSource};
use crate::document::{Placed, Table, TextList, TextTable};
use crate::domain::{AccountList, AddressSource, AudienceSource, ContactsWanted, Problem};

const KEY: &str = "audience.source";

/// The column of phone numbers in what an account gives.
const PHONE: &str = "phone";

/// The column of groups' ids in what an account gives.
const GROUP: &str = "group_id";

/// Checks the key: exactly one kind of list. Besides the source, it says which of its columns is the address.
pub fn validate(
    raw: Placed<Table<RawSource>>,
    checks: &mut Checks<'_>,
) -> Option<(AudienceSource, AddressSource)> {
    let Placed { value: Table(raw), span } = raw;
    let channel = raw.channel.map(|channel| checks.fixed(channel, "audience.source.channel"));
    let given: Vec<(&str, Range<usize>)> = [
        ("tag", raw.tag.as_ref().map(|tag| tag.span.clone())),
        ("contacts", raw.contacts.as_ref().map(|contacts| contacts.span.clone())),
        ("wati_contacts", raw.wati_contacts.as_ref().map(|contacts| contacts.span.clone())),
        ("groups", raw.groups.as_ref().map(|groups| groups.span.clone())),
    ]
    .into_iter()
    .filter_map(|(name, span)| Some((name, span?)))
    .collect();
    if let [(first, _), (second, place), ..] = given.as_slice() {
        let sentence = format!("`{KEY}` is one list, not `{first}` and `{second}`");
        let problem = Problem::at(place.clone(), format!("{KEY}.{second}"), sentence);
        checks.findings.report(problem.with_hint("keep one of them"));
        return None;
    }
    let list = if let Some(tag) = raw.tag {
        checks.fixed(tag, "audience.source.tag").map(AccountList::Tag)
    } else if let Some(contacts) = raw.contacts {
        Some(AccountList::Contacts(wanted(contacts, "audience.source.contacts", checks)))
    } else if let Some(contacts) = raw.wati_contacts {
        Some(AccountList::Contacts(wanted(contacts, "audience.source.wati_contacts", checks)))
    } else {
        raw.groups.map(|Placed { value: RawGroups::All, .. }| AccountList::Groups)
    };
    if list.is_none() && given.is_empty() && !checks.findings.has_spoken_below(KEY) {
        let problem = Problem::at(span, KEY, format!("`{KEY}` names no list"));
        checks.findings.report(problem.with_hint(
            "write source = { tag = \"…\" }, { contacts = { … } } or { groups = \"all\" } below [audience]",
        ));
    }
    let list = list?;
    let address = match &list {
        AccountList::Groups | AccountList::Contacts(ContactsWanted { is_group: Some(true), .. }) => {
            AddressSource::Group(GROUP.to_owned())
        }
        AccountList::Tag(_) | AccountList::Contacts(_) => AddressSource::Phone(Some(PHONE.to_owned())),
    };
    let channel = match channel {
        None => None,
        Some(channel) => Some(channel?),
    };
    Some((AudienceSource::Account { channel, list }, address))
}

fn wanted(raw: Placed<Table<RawContacts>>, key: &str, checks: &mut Checks<'_>) -> ContactsWanted {
    let Table(raw) = raw.value;
    let mut fixed = |text: Option<Placed<String>>, name: &str| {
        text.and_then(|text| checks.fixed(text, &format!("{key}.{name}")))
    };
    let name = fixed(raw.name, "name");
    let created = fixed(raw.created, "created");
    let tags = raw.tags.map_or_else(Vec::new, |tags| fixed_list(tags.value, &format!("{key}.tags"), checks));
    let attribute = raw.attribute.and_then(|pair| attribute(pair, &format!("{key}.attribute"), checks));
    let is_group = raw.kind.map(|kind| kind.value == RawContactKind::Group);
    ContactsWanted { name, tags, is_group, attribute, created }
}

fn fixed_list(texts: TextList, key: &str, checks: &mut Checks<'_>) -> Vec<String> {
    texts.0.into_iter().filter_map(|text| checks.fixed(text, key)).collect()
}

/// Exactly one name and value: no provider asks for more.
fn attribute(pair: Placed<TextTable>, key: &str, checks: &mut Checks<'_>) -> Option<(String, String)> {
    let Placed { value: TextTable(pairs), span } = pair;
    let count = pairs.len();
    let mut pairs = pairs.into_iter();
    match (pairs.next(), count) {
        (Some((name, value)), 1) => Some((checks.fixed(name, key)?, checks.fixed(value, key)?)),
        _ if checks.findings.has_spoken_of(key) => None,
        _ => {
            let problem = Problem::at(span, key, format!("`{key}` must have one name and its value"));
            checks.findings.report(problem.with_hint(
                "write one attribute, as in { cidade = \"Recife\" }; others are compared in audience.where",
            ));
            None
        }
    }
}
