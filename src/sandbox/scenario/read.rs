//! From a scenario's file to a [`Scenario`], or to everything that is wrong with it.

use std::path::Path;

use super::raw::{RawRateLimit, RawScenario};
use super::{RateLimit, Scenario, read_faults, read_rules, values};
use crate::document::{self, Findings, Homes, Placed, Table, value};
use crate::domain::Problems;

impl Scenario {
    /// Reads the scenario in `file`.
    ///
    /// # Errors
    /// All problems of the file at once, with their places. Syntax errors come alone.
    pub fn load(file: &Path) -> Result<Self, Problems> {
        Self::read(file, &document::read(file)?)
    }

    /// Reads a scenario from `source`; `file` is what problems call it.
    ///
    /// # Errors
    /// As [`Scenario::load`].
    pub fn read(file: &Path, source: &str) -> Result<Self, Problems> {
        let mut findings = Findings::default();
        let table = document::parse(source, &mut findings);
        if let Some(problems) = findings.into_problems(file, source) {
            return Err(problems);
        }
        let mut findings = Findings::default();
        let raw: RawScenario = document::fill(&table, "", &Homes::default(), &mut findings);
        let scenario = scenario(raw, &mut findings);
        findings.into_problems(file, source).map_or(Ok(scenario), Err)
    }
}

fn scenario(raw: RawScenario, findings: &mut Findings) -> Scenario {
    let latency = raw.latency.and_then(|given| findings.keep(values::latency(&given, "latency")));
    Scenario {
        seed: raw.seed.unwrap_or_default().cast_unsigned(),
        latency: latency.unwrap_or_default(),
        rate_limit: raw.rate_limit.map(|Table(raw)| rate_limit(raw, findings)).unwrap_or_default(),
        devino: raw.devino.map(|Table(raw)| raw.read(findings)).unwrap_or_default(),
        omnichannel: raw.omnichannel.map(|Table(raw)| raw.read(findings)).unwrap_or_default(),
        wati: raw.wati.map(|Table(raw)| raw.read(findings)).unwrap_or_default(),
        sinch: raw.sinch.map(|Table(raw)| raw.read(findings)).unwrap_or_default(),
        statuses: raw.statuses.map(|Table(raw)| raw.read(findings)).unwrap_or_default(),
        webhooks: raw.webhooks.map(|Table(raw)| raw.read(findings)).unwrap_or_default(),
        recipients: each(raw.recipients, "recipients", |raw, place| read_rules::rule(raw, place, findings)),
        faults: each(raw.faults, "faults", |raw, place| read_faults::fault(raw, place, findings)),
    }
}

/// Reads a list of tables, each called by its place: `faults[0]`.
fn each<Raw, Valid>(
    list: Option<Vec<Placed<Table<Raw>>>>,
    key: &str,
    mut read: impl FnMut(Placed<Table<Raw>>, &str) -> Option<Valid>,
) -> Vec<Valid> {
    let list = list.into_iter().flatten().enumerate();
    list.filter_map(|(index, raw)| read(raw, &format!("{key}[{index}]"))).collect()
}

fn rate_limit(raw: RawRateLimit, findings: &mut Findings) -> RateLimit {
    const KEY: &str = "rate_limit.status";
    let default = RateLimit::default();
    let rates = raw.rate.map(|rate| value::rates(rate, "rate_limit.rate", findings)).unwrap_or_default();
    let is_slower = |status| matches!(status, 420 | 429 | 503);
    let status =
        raw.status.and_then(|given| findings.keep(values::status(&given, KEY, is_slower, "429, 420 or 503")));
    RateLimit {
        rates: rates.into_iter().map(|rate| rate.value).collect(),
        status: status.unwrap_or(default.status),
        retry_after: raw.retry_after.unwrap_or(default.retry_after),
    }
}
