//! The audit: derives a run's balance anew, from the roster and the log on disk alone, and holds it
//! against everything else that is told about the run.

use serde::Serialize;

use crate::domain::Tally;
use crate::journal::{Journal, Place};
use crate::roster::Roster;

use super::error::ReportError;

/// What an audit finds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Audit {
    /// The balance, derived anew.
    pub tally: Tally,
    /// Everything that does not agree, in sentences; empty when all is well.
    pub findings: Vec<String>,
}

impl Audit {
    /// Whether everything agrees.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Audits a run whose ledger the journal has open.
///
/// # Errors
/// When the journal or the roster cannot be read at all; what can be read and does not agree is a
/// finding.
pub fn audit(journal: &Journal, roster: &Roster) -> Result<Audit, ReportError> {
    let run = roster.plan().run;
    let mut findings = Vec::new();
    if let Err(error) = roster.verify() {
        findings.push(error.to_string());
    }
    let view = journal.view(run)?;
    let plan = &view.facts.plan;
    if roster.plan() != plan {
        findings.push("the plan beside the roster is not the one in the journal".to_owned());
    }
    let standings = roster.standings().collect::<Result<Vec<_>, _>>()?;
    let ledger = journal.refold(run, standings.into_iter().map(|(_, _, standing)| standing))?;
    let tally = ledger.tally();
    if !tally.adds_up() {
        findings.push(format!("the balance does not add up: {tally:?}"));
    }
    if tally.already < plan.already {
        findings.push(format!(
            "{} recipients are had by earlier runs, the plan says {}",
            tally.already, plan.already
        ));
    }
    if tally.suppressed < plan.suppressed {
        findings.push(format!(
            "{} recipients are suppressed, the plan says {}",
            tally.suppressed, plan.suppressed
        ));
    }
    // A run that is being sent moves between the two readings.
    let is_still = view.in_flight == 0 && journal.view(run)?.summary == view.summary;
    if is_still && tally != view.summary.tally {
        findings.push(format!(
            "the log on disk says {tally:?}, and the process that has the store says {:?}",
            view.summary.tally
        ));
    }
    if ledger.count(Place::Intended) == 0 && ledger.open_intents().next().is_some() {
        findings.push("an intent without outcome has no recipients in doubt".to_owned());
    }
    Ok(Audit { tally, findings })
}
