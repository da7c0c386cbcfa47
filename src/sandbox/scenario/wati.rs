//! `[wati]`: what the seed leaves open about Wati's account.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::values;
use crate::document::{Findings, Placed, Table};
use crate::domain::{PersonKey, Phone};

/// What the seed leaves open about Wati's account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WatiRules {
    /// The account's own numbers; empty when any is taken.
    pub numbers: BTreeSet<Phone>,
    /// The account's templates by name; empty when any is taken.
    pub templates: BTreeMap<String, WatiTemplate>,
    /// Names of the attributes that contacts may have; empty for any.
    pub attributes: BTreeSet<String>,
    /// Whether status and attributes of somebody who is no contact are refused, instead of making one.
    pub refuses_strangers: bool,
    /// Who wrote in the last 24 hours, so that free text reaches them; `None` for everybody.
    pub open_windows: Option<BTreeSet<PersonKey>>,
}

/// A template of Wati's account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatiTemplate {
    /// Names of its parameters.
    pub params: BTreeSet<String>,
    /// Whether WhatsApp has approved it.
    pub approved: bool,
    /// `pt_BR`.
    pub language: String,
    /// `MARKETING`.
    pub category: String,
    /// The text with its placeholders.
    pub body: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWati {
    numbers: Option<Vec<Placed<String>>>,
    templates: Option<BTreeMap<String, Table<RawTemplate>>>,
    attributes: Option<Vec<String>>,
    open_windows: Option<Vec<Placed<String>>>,
    refuse_strangers: Option<bool>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTemplate {
    params: Option<Vec<String>>,
    approved: Option<bool>,
    language: Option<String>,
    category: Option<String>,
    body: Option<String>,
}

impl RawWati {
    pub(super) fn read(self, findings: &mut Findings) -> WatiRules {
        let template = |(name, Table(raw)): (String, Table<RawTemplate>)| (name, raw.read());
        let open_windows = self.open_windows.map(|numbers| {
            let people = values::phones(Some(numbers), "wati.open_windows", findings);
            people.into_iter().map(Phone::person).collect()
        });
        WatiRules {
            numbers: values::phones(self.numbers, "wati.numbers", findings),
            templates: self.templates.into_iter().flatten().map(template).collect(),
            attributes: self.attributes.into_iter().flatten().collect(),
            refuses_strangers: self.refuse_strangers.unwrap_or(false),
            open_windows,
        }
    }
}

impl RawTemplate {
    fn read(self) -> WatiTemplate {
        let params: BTreeSet<_> = self.params.into_iter().flatten().collect();
        let placeholders =
            || params.iter().map(|name| format!("{{{{{name}}}}}")).collect::<Vec<_>>().join(" ");
        WatiTemplate {
            approved: self.approved.unwrap_or(true),
            language: self.language.unwrap_or_else(|| "pt_BR".to_owned()),
            category: self.category.unwrap_or_else(|| "MARKETING".to_owned()),
            body: self.body.unwrap_or_else(placeholders),
            params,
        }
    }
}
