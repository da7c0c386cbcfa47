//! One recipient of one run, with everything that became of it: what `disparo explain` tells of a person.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::{Recipient, RecipientNumber};
use crate::journal::{Journal, SettledBy, Settlement};
use crate::roster::Roster;

use super::error::ReportError;
use super::recipients::{RecipientLine, line, time_of};
use super::traces::traces;
use super::words::Words;

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What was to be sent.
    pub recipient: Recipient,
    /// Where it stands, and since when.
    pub line: RecipientLine,
    /// What was unknown for a time, or still is.
    pub doubt: Option<PastDoubt>,
    /// Why the message failed; it may have been delivered after all.
    pub failure: Option<PastFailure>,
    /// When the provider was last asked and had no news.
    pub asked: Option<Timestamp>,
}

/// That nobody knew what became of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PastDoubt {
    /// Why, in a sentence.
    pub cause: String,
    /// What was decided; `None` while nobody knows.
    pub settled: Option<Settlement>,
    /// Who said so.
    pub by: Option<SettledBy>,
}

/// That a message failed after the provider had taken it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PastFailure {
    /// The reason's code.
    pub code: String,
    /// The reason in a sentence.
    pub reason: String,
}

/// Everything about one recipient of an attached run; `None` where the run has no such recipient.
///
/// # Errors
/// When the journal or the roster cannot be read, or the recipient was forgotten.
pub fn tell(
    journal: &Journal,
    roster: &Roster,
    words: &Words,
    number: RecipientNumber,
) -> Result<Option<Told>, ReportError> {
    if number.0 >= roster.len() {
        return Ok(None);
    }
    let mut told = None;
    traces(journal, roster, number.0..number.0.saturating_add(1), &mut |trace| {
        let (settled, by) = trace.history.settled.unzip();
        let cause = trace.doubt.map(|doubt| doubt.cause).or(trace.history.doubt);
        told = Some(Told {
            recipient: roster.recipient(number)?,
            line: line(roster, words, &trace)?,
            doubt: cause.map(|cause| PastDoubt { cause: words.doubt(cause), settled, by }),
            failure: trace.failure.as_ref().map(|failure| PastFailure {
                code: failure.reason.code.to_string(),
                reason: words.reason(&failure.reason),
            }),
            asked: trace.delivery.asked().and_then(|asked| time_of(roster.plan(), asked)),
        });
        Ok(())
    })?;
    Ok(told)
}
