//! The table `[audience]`: who gets the message.

use std::path::Path;

use rlibphonenumber::{PHONE_NUMBER_UTIL, Region};

use super::jinja;
use super::raw::{RawAudience, RawOnBadRow};
use crate::document::{Findings, Placed, Table, TextTable, value};
use crate::domain::{AudienceSpec, Country, OnBadRow, Problem};

/// Checks the table. The file's path is seen from `workspace_root`; whether it is there is found out
/// when it is opened.
pub fn validate(
    raw: Placed<Table<RawAudience>>,
    workspace_root: &Path,
    source: &str,
    findings: &mut Findings,
) -> Option<AudienceSpec> {
    let Placed { value: Table(raw), span } = raw;
    let file = findings.require(raw.file, || {
        Problem::at(span, "audience.file", "`audience.file` is missing")
            .with_hint("write file = \"audiences/….csv\" below [audience]")
    });
    let file = file.and_then(|file| findings.keep(value::text(file, "audience.file")));
    let phone = raw.phone.and_then(|phone| findings.keep(value::text(phone, "audience.phone")));
    let country = raw.country.map_or(Some(Country::BRAZIL), |country| findings.keep(valid_country(&country)));
    let filter = raw.filter.and_then(|filter| findings.keep(valid_condition(filter, source)));
    let columns = raw.columns.map_or_else(Vec::new, |columns| valid_columns(columns.value, findings));
    let on_bad_row = match raw.on_bad_row.map(|on_bad_row| on_bad_row.value) {
        None => OnBadRow::default(),
        Some(RawOnBadRow::Skip) => OnBadRow::Skip,
        Some(RawOnBadRow::Abort) => OnBadRow::Abort,
    };
    Some(AudienceSpec {
        file: workspace_root.join(file?.value),
        phone: phone.map(|phone| phone.value),
        country: country?,
        filter,
        on_bad_row,
        columns,
    })
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
