//! The table `[audience]`: who gets the message.

use std::ops::Range;
use std::path::Path;

use rlibphonenumber::{PHONE_NUMBER_UTIL, Region};

use super::checks::Checks;
use super::raw::{RawAudience, RawOnBadRow};
use super::{jinja, source};
use crate::document::{Findings, Placed, Table, TextTable, value};
use crate::domain::{AddressSource, AudienceSource, AudienceSpec, Country, OnBadRow, Problem};

/// What the action says of addresses: from the kind of content follows which column must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addressing {
    /// A person's number or a group's id, whichever the audience has.
    Row,
    /// A group's id.
    Group,
    /// A person's number.
    Person,
    /// The action names it.
    Action,
}

/// Checks the table. The file's path is seen from `workspace_root`; whether it is there is found out
/// when it is opened.
pub fn validate(
    raw: Placed<Table<RawAudience>>,
    addressing: Addressing,
    workspace_root: &Path,
    checks: &mut Checks<'_>,
) -> Option<AudienceSpec> {
    let Placed { value: Table(raw), span } = raw;
    let named = columns_named(&raw, addressing, &span, checks);
    let (source, address) = match raw.source {
        Some(source) => {
            refuse_beside_source("file", raw.file.as_ref(), checks);
            refuse_beside_source("phone", raw.phone.as_ref(), checks);
            refuse_beside_source("group", raw.group.as_ref(), checks);
            let place = source.span.clone();
            let found = source::validate(source, checks);
            if let Some((_, address)) = &found {
                refuse_other_addresses(address, addressing, place, checks);
            }
            found.map_or((None, None), |(source, address)| (Some(source), Some(address)))
        }
        None => {
            let file = checks.findings.require(raw.file, || {
                Problem::at(span, "audience.file", "`audience.file` is missing").with_hint(
                    "write file = \"audiences/….csv\" below [audience], or a source = { … } that is asked",
                )
            });
            let file = file.and_then(|file| checks.findings.keep(value::text(file, "audience.file")));
            let file = file.map(|file| AudienceSource::File(workspace_root.join(file.value)));
            (file, named)
        }
    };
    let findings = &mut *checks.findings;
    let country = raw.country.map_or(Some(Country::BRAZIL), |country| findings.keep(valid_country(&country)));
    let filter = raw.filter.and_then(|filter| findings.keep(valid_condition(filter, checks.source)));
    let columns = raw.columns.map_or_else(Vec::new, |columns| valid_columns(columns.value, findings));
    let on_bad_row = match raw.on_bad_row.map(|on_bad_row| on_bad_row.value) {
        None => OnBadRow::default(),
        Some(RawOnBadRow::Skip) => OnBadRow::Skip,
        Some(RawOnBadRow::Abort) => OnBadRow::Abort,
    };
    let address = if addressing == Addressing::Action { Some(AddressSource::Action) } else { address };
    Some(AudienceSpec { source: source?, address: address?, country: country?, filter, on_bad_row, columns })
}

/// Which column of a file is the address; `None` when that is reported as wrong.
fn columns_named(
    raw: &RawAudience,
    addressing: Addressing,
    span: &Range<usize>,
    checks: &mut Checks<'_>,
) -> Option<AddressSource> {
    let keep = |key: &Option<Placed<String>>, name: &str, checks: &mut Checks<'_>| {
        let text = key.clone()?;
        checks.findings.keep(value::text(text, name)).map(|text| text.value)
    };
    let phone = keep(&raw.phone, "audience.phone", checks);
    let group = keep(&raw.group, "audience.group", checks);
    let mut refuse = |place: &Placed<String>, key: &str, sentence: &str, hint: &str| {
        checks.findings.report(Problem::at(place.span.clone(), key, sentence).with_hint(hint));
        None
    };
    match (&raw.phone, &raw.group, addressing) {
        (Some(_), Some(place), _) => refuse(
            place,
            "audience.group",
            "an audience has phone numbers or groups, not `phone` and `group`",
            "keep the one that the rows are addressed by",
        ),
        (Some(place), None, Addressing::Action) => refuse(
            place,
            "audience.phone",
            "`audience.phone` has no use here: the action itself names what it concerns",
            "leave the line out",
        ),
        (None, Some(place), Addressing::Action) => refuse(
            place,
            "audience.group",
            "`audience.group` has no use here: the action itself names what it concerns",
            "leave the line out",
        ),
        (Some(place), None, Addressing::Group) => refuse(
            place,
            "audience.phone",
            "this action concerns groups, not people",
            "name the column with their ids instead: group = \"…\"",
        ),
        (None, Some(place), Addressing::Person) => refuse(
            place,
            "audience.group",
            "this action concerns people, not groups",
            "name the column with their numbers instead: phone = \"…\"",
        ),
        (None, None, Addressing::Group) if raw.source.is_none() => checks.findings.require(None, || {
            Problem::at(span.clone(), "audience.group", "`audience.group` is missing: this action concerns groups")
                .with_hint("name the column with their ids: group = \"…\"; or ask for them all: source = { groups = \"all\" }")
        }),
        (_, Some(_), _) => group.map(AddressSource::Group),
        (Some(_), None, _) => phone.map(|phone| AddressSource::Phone(Some(phone))),
        (None, None, _) => Some(AddressSource::Phone(None)),
    }
}

fn refuse_beside_source(name: &str, given: Option<&Placed<String>>, checks: &mut Checks<'_>) {
    if let Some(given) = given {
        let key = format!("audience.{name}");
        let sentence = match name {
            "file" => "an audience is a `file` or a `source`, not both".to_owned(),
            _ => format!("`{key}` has no use beside `source`, whose columns are known"),
        };
        let problem = Problem::at(given.span.clone(), key, sentence);
        checks.findings.report(problem.with_hint("keep one of them"));
    }
}

fn refuse_other_addresses(
    address: &AddressSource,
    addressing: Addressing,
    place: Range<usize>,
    checks: &mut Checks<'_>,
) {
    let (sentence, hint) = match (address, addressing) {
        (AddressSource::Phone(_), Addressing::Group) => (
            "this action concerns groups, and `audience.source` gives people",
            "write source = { groups = \"all\" }, or contacts of type = \"group\"",
        ),
        (AddressSource::Group(_), Addressing::Person) => (
            "this action concerns people, and `audience.source` gives groups",
            "write source = { tag = \"…\" } or { contacts = { … } }",
        ),
        _ => return,
    };
    checks.findings.report(Problem::at(place, "audience.source", sentence).with_hint(hint));
}

fn valid_country(country: &Placed<String>) -> Result<Country, Problem> {
    let is_known = |country: &Country| {
        let region = Region::from_code(country.code());
        region.is_ok_and(|region| PHONE_NUMBER_UTIL.get_country_code_for_region(region).is_some())
    };
    Country::from_code(country.value.trim()).filter(is_known).ok_or_else(|| {
        let sentence = format!("`audience.country` is not the code of a country: \"{}\"", country.value);
        Problem::at(country.span.clone(), "audience.country", sentence)
            .with_hint("write its two letters: \"BR\" for Brazil, \"PT\" for Portugal, \"MX\" for Mexico")
    })
}

fn valid_condition(condition: Placed<String>, source: &str) -> Result<String, Problem> {
    let condition = value::text(condition, "audience.where")?;
    jinja::check_condition(&condition, "audience.where", source)?;
    Ok(condition.value)
}

fn valid_columns(columns: TextTable, findings: &mut Findings) -> Vec<(String, String)> {
    let mut valid = Vec::new();
    for (name, column) in columns.0 {
        let key = format!("audience.columns.{}", name.value);
        if !jinja::is_name(&name.value) {
            let sentence = format!("a message cannot use the name `{}`", name.value);
            let problem = Problem::at(name.span, key, sentence).with_hint(
                "a name is one word of letters, figures and _, and begins with a letter; the name in the file \
                 stands behind the = sign: nome = \"Nome do cliente\"",
            );
            findings.report(problem);
        } else if let Some(column) = findings.keep(value::text(column, &key)) {
            valid.push((name.value, column.value));
        }
    }
    valid
}
