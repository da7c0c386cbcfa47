//! One line for each recipient: who, where the message stands, and why.

use std::io;
use std::ops::Range;

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::{Plan, RecipientNumber, Standing};
use crate::journal::{Journal, Ledger, Place, RecipientHistory, SettledBy, Settlement};
use crate::roster::Roster;

use super::error::ReportError;
use super::words::{Remark, Words};

/// Recipients whose histories are held in memory at once.
const BLOCK: u32 = 100_000;

/// See the module. Its fields are the columns of `recipients.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecipientLine {
    /// The full number, digits only: this is the one report that needs it.
    pub phone: String,
    /// `pending`, `accepted`, `assumed_sent`, `rejected`, `in_doubt`, `already`, `suppressed`, `capped` or
    /// `cancelled`.
    pub status: &'static str,
    /// Why, in a sentence; empty where nothing needs a reason.
    pub reason: String,
    /// The reason's code, in the provider's words.
    pub code: String,
    /// The channel's name.
    pub channel: String,
    /// The provider's identifier of the message.
    pub message_id: String,
    /// When the newest outcome was written, RFC 3339.
    pub updated: String,
    /// Calls made for the recipient.
    pub calls: u32,
    /// Row of the audience: the first after the header is 1.
    pub row: u64,
}

/// The status word of a recipient's place.
#[must_use]
pub fn status_word(place: Place) -> &'static str {
    match place {
        Place::Pending => "pending",
        Place::Intended | Place::InDoubt => "in_doubt",
        Place::Accepted => "accepted",
        Place::Assumed => "assumed_sent",
        Place::Rejected => "rejected",
        Place::Already => "already",
        Place::Suppressed => "suppressed",
        Place::Cancelled => "cancelled",
        Place::Capped => "capped",
    }
}

/// Gives the lines of all recipients in the roster's order, block by block, to `each`.
///
/// # Errors
/// When the journal or the roster cannot be read, or `each` fails.
pub fn recipients(
    journal: &Journal,
    roster: &Roster,
    plan: &Plan,
    words: &Words,
    each: &mut dyn FnMut(RecipientLine) -> Result<(), ReportError>,
) -> Result<(), ReportError> {
    let mut start = 0;
    while start < roster.len() {
        let range = start..roster.len().min(start + BLOCK);
        block(journal, roster, plan, words, range.clone(), each)?;
        start = range.end;
    }
    Ok(())
}

fn block(
    journal: &Journal,
    roster: &Roster,
    plan: &Plan,
    words: &Words,
    range: Range<u32>,
    each: &mut dyn FnMut(RecipientLine) -> Result<(), ReportError>,
) -> Result<(), ReportError> {
    let histories = journal.histories(plan.run, range.clone())?;
    let epoch = journal.epoch();
    let (places, doubts) = journal.with_ledger(plan.run, |ledger: &Ledger| {
        let places: Vec<_> = range.clone().map(|number| ledger.place(RecipientNumber(number))).collect();
        (places, ledger.doubts(epoch))
    })?;
    for ((number, history), place) in range.zip(histories).zip(places) {
        let recipient = roster.recipient(RecipientNumber(number))?;
        let place = place.unwrap_or(match recipient.standing {
            Standing::Send => Place::Pending,
            Standing::Already => Place::Already,
            Standing::Suppressed => Place::Suppressed,
            Standing::Capped => Place::Capped,
        });
        let doubt = doubts.binary_search_by_key(&recipient.number, |(number, _)| *number).ok();
        let cause = doubt.map(|at| words.doubt(doubts[at].1.cause));
        let (code, reason) = why(words, place, &history, cause);
        let channel = plan.channels.get(usize::from(recipient.channel));
        each(RecipientLine {
            phone: recipient.address.in_full(),
            status: status_word(place),
            reason,
            code,
            channel: channel.map(|channel| channel.name.clone()).unwrap_or_default(),
            message_id: history.message_id.as_ref().map(ToString::to_string).unwrap_or_default(),
            updated: history
                .at
                .and_then(|at| Timestamp::from_millisecond(at).ok())
                .map(|at| at.to_string())
                .unwrap_or_default(),
            calls: history.calls,
            row: recipient.row,
        })?;
    }
    Ok(())
}

fn why(words: &Words, place: Place, history: &RecipientHistory, doubt: Option<String>) -> (String, String) {
    let none = || (String::new(), String::new());
    match place {
        Place::Rejected | Place::Pending => match &history.reason {
            Some(reason) => (reason.code.to_string(), words.reason(reason)),
            None => none(),
        },
        Place::InDoubt | Place::Intended => {
            let sentence = doubt.unwrap_or_else(|| words.remark(Remark::InFlight));
            ("in_doubt".to_owned(), sentence)
        }
        Place::Assumed => ("assumed_sent".to_owned(), words.remark(Remark::Assumed)),
        Place::Accepted => match history.settled {
            Some((Settlement::ConfirmedSent, SettledBy::Evidence)) => {
                ("confirmed_sent".to_owned(), words.remark(Remark::ConfirmedByProvider))
            }
            Some((Settlement::ConfirmedSent, _)) => {
                ("confirmed_sent".to_owned(), words.remark(Remark::ConfirmedByPerson))
            }
            _ => none(),
        },
        Place::Already => ("already".to_owned(), words.remark(Remark::Already)),
        Place::Suppressed => ("suppressed".to_owned(), words.remark(Remark::Suppressed)),
        Place::Cancelled => ("cancelled".to_owned(), words.remark(Remark::Cancelled)),
        Place::Capped => ("capped".to_owned(), words.remark(Remark::Capped)),
    }
}

/// Writes the lines of all recipients as CSV: UTF-8 with a byte order mark, so that spreadsheets read
/// the accents.
///
/// # Errors
/// When the journal or the roster cannot be read, or `out` not be written.
pub fn write_csv(
    journal: &Journal,
    roster: &Roster,
    plan: &Plan,
    words: &Words,
    mut out: impl io::Write,
) -> Result<(), ReportError> {
    out.write_all("\u{feff}".as_bytes()).map_err(csv::Error::from)?;
    let mut writer = csv::Writer::from_writer(out);
    if roster.is_empty() {
        let header =
            ["phone", "status", "reason", "code", "channel", "message_id", "updated", "calls", "row"];
        writer.write_record(header)?;
    }
    recipients(journal, roster, plan, words, &mut |line| Ok(writer.serialize(line)?))?;
    Ok(writer.flush().map_err(csv::Error::from)?)
}
