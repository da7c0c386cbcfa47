//! Whose message a receipt is about.

use std::collections::HashMap;

use crate::domain::{RecipientNumber, RunId};
use crate::journal::{Journal, JournalError};

/// A recipient of a run.
pub type Whose = (RunId, RecipientNumber);

/// What is remembered of runs from one pass to the next.
#[derive(Debug, Default)]
pub struct Matching {
    recipients: HashMap<RunId, u64>,
}

impl Matching {
    /// Whether there is such a recipient.
    pub fn has(&mut self, journal: &Journal, (run, recipient): Whose) -> Result<bool, JournalError> {
        let recipients = match self.recipients.get(&run) {
            Some(recipients) => *recipients,
            None => match journal.view(run) {
                Ok(view) => *self.recipients.entry(run).or_insert(view.facts.plan.rows.recipients),
                Err(JournalError::NoRun(_)) => return Ok(false),
                Err(error) => return Err(error),
            },
        };
        Ok(u64::from(recipient.0) < recipients)
    }
}
