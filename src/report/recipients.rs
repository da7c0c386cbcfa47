//! One line for each recipient: who, where the message stands, and why.

use std::io;
use std::panic;
use std::sync::mpsc::{self, SyncSender};
use std::thread;

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::{ChunkRecipients, DeliveryStatus, Milestone, Moment, Plan, Recipient};
use crate::journal::{Journal, Place, SettledBy, Settlement};
use crate::roster::Roster;

use super::error::ReportError;
use super::traces::{Trace, traces};
use super::words::{Remark, Words};

/// See the module. Its fields are the columns of `recipients.csv`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecipientLine {
    /// The full number, digits only: this is the one report that needs it.
    pub phone: String,
    /// `pending`, `accepted`, `assumed_sent`, `rejected`, `in_doubt`, `already`, `suppressed`, `capped` or
    /// `cancelled`.
    pub status: &'static str,
    /// How far an accepted message got: `accepted`, `sent`, `failed`, `delivered`, `read` or `replied`; empty for
    /// everybody else.
    pub delivery: &'static str,
    /// Why, in a sentence; empty where nothing needs a reason.
    pub reason: String,
    /// The reason's code, in the provider's words.
    pub code: String,
    /// The channel's name.
    pub channel: String,
    /// The provider's identifier of the message.
    pub message_id: String,
    /// When WhatsApp had the message, RFC 3339; empty where nobody said so, as are those that follow.
    pub sent: String,
    /// When the person's telephone had it.
    pub delivered: String,
    /// When the person saw it.
    pub read: String,
    /// When the person answered.
    pub replied: String,
    /// When it failed; it may have been delivered after all.
    pub failed: String,
    /// When the person first followed a link in it.
    pub clicked: String,
    /// When the newest outcome was written, RFC 3339.
    pub updated: String,
    /// Calls made for the recipient.
    pub calls: u32,
    /// Row of the audience: the first after the header is 1.
    pub row: u64,
}

/// Recipients that are read from the roster, and lines that are written, at once.
const TOGETHER: usize = 1_024;

/// Blocks of lines that wait to be written, at most.
const BLOCKS: usize = 2;

/// The columns of a report about nobody.
const COLUMNS: [&str; 16] = [
    "phone",
    "status",
    "delivery",
    "reason",
    "code",
    "channel",
    "message_id",
    "sent",
    "delivered",
    "read",
    "replied",
    "failed",
    "clicked",
    "updated",
    "calls",
    "row",
];

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
        Place::Expired => "expired",
    }
}

/// Gives the lines of all recipients in the roster's order, block by block, to `each`.
///
/// # Errors
/// When the journal or the roster cannot be read, or `each` fails.
pub fn recipients(
    journal: &Journal,
    roster: &Roster,
    words: &Words,
    each: &mut dyn FnMut(RecipientLine) -> Result<(), ReportError>,
) -> Result<(), ReportError> {
    let mut waiting = Vec::with_capacity(TOGETHER);
    let mut flush = |waiting: &mut Vec<Trace>| {
        let numbers = waiting.iter().map(|trace| trace.number).collect();
        let Some(numbers) = ChunkRecipients::new(numbers) else { return Ok(()) };
        let people = roster.recipients(&numbers)?;
        waiting
            .drain(..)
            .zip(people)
            .try_for_each(|(trace, person)| each(line_of(roster.plan(), words, &trace, &person)))
    };
    traces(journal, roster, 0..roster.len(), &mut |trace| {
        waiting.push(trace);
        if waiting.len() < TOGETHER { Ok(()) } else { flush(&mut waiting) }
    })?;
    flush(&mut waiting)
}

/// The line of one recipient.
///
/// # Errors
/// When the roster cannot be read.
pub fn line(roster: &Roster, words: &Words, trace: &Trace) -> Result<RecipientLine, ReportError> {
    let recipient = roster.recipient(trace.number)?;
    Ok(line_of(roster.plan(), words, trace, &recipient))
}

fn line_of(plan: &Plan, words: &Words, trace: &Trace, recipient: &Recipient) -> RecipientLine {
    let channel = plan.channels.get(usize::from(recipient.channel));
    let (code, reason) = why(words, plan, trace);
    // What is heard of anybody else belongs to a call whose outcome is not written yet.
    let delivery = Some(&trace.delivery).filter(|_| trace.is_accepted());
    let reached = |milestone| moment(plan, delivery.and_then(|delivery| delivery.reached(milestone)));
    RecipientLine {
        phone: recipient.address.in_full(),
        status: status_word(trace.place),
        delivery: delivery.map_or("", |delivery| delivery.status().word()),
        reason,
        code,
        channel: channel.map(|channel| channel.name.clone()).unwrap_or_default(),
        message_id: trace.history.message_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        sent: reached(Milestone::Sent),
        delivered: reached(Milestone::Delivered),
        read: reached(Milestone::Read),
        replied: reached(Milestone::Replied),
        failed: moment(plan, delivery.and_then(|delivery| delivery.failed()).map(|(at, _)| at)),
        clicked: moment(plan, delivery.and_then(|delivery| delivery.clicked())),
        updated: trace
            .history
            .at
            .and_then(|at| Timestamp::from_millisecond(at).ok())
            .map(|at| at.to_string())
            .unwrap_or_default(),
        calls: trace.history.calls,
        row: recipient.row,
    }
}

/// A moment of a delivery, which is counted from the plan's making.
#[must_use]
pub fn time_of(plan: &Plan, moment: Moment) -> Option<Timestamp> {
    Timestamp::from_millisecond(plan.created.as_millisecond() + moment.after()).ok()
}

fn moment(plan: &Plan, moment: Option<Moment>) -> String {
    moment.and_then(|moment| time_of(plan, moment)).map(|at| at.to_string()).unwrap_or_default()
}

/// Code and sentence of where a recipient stands; both empty where nothing needs a reason.
#[must_use]
pub fn why(words: &Words, plan: &Plan, trace: &Trace) -> (String, String) {
    let none = || (String::new(), String::new());
    let history = &trace.history;
    if let Some(failure) = trace.final_failure() {
        return (failure.reason.code.to_string(), words.reason(&failure.reason));
    }
    match trace.place {
        Place::Rejected | Place::Pending => match &history.reason {
            Some(reason) => (reason.code.to_string(), words.reason(reason)),
            None => none(),
        },
        Place::InDoubt | Place::Intended => {
            let sentence = match trace.doubt {
                Some(doubt) => words.doubt(doubt.cause),
                None => words.remark(Remark::InFlight),
            };
            ("in_doubt".to_owned(), sentence)
        }
        Place::Assumed => {
            let is_heard_of = trace.delivery.newest().is_some();
            let remark = if is_heard_of { Remark::ConfirmedByReceipt } else { Remark::Assumed };
            ("assumed_sent".to_owned(), words.remark(remark))
        }
        Place::Accepted => match history.settled {
            Some((Settlement::ConfirmedSent, by)) => {
                let remark = match by {
                    SettledBy::Evidence => Remark::ConfirmedByProvider,
                    SettledBy::Receipt => Remark::ConfirmedByReceipt,
                    SettledBy::Person | SettledBy::Policy => Remark::ConfirmedByPerson,
                };
                ("confirmed_sent".to_owned(), words.remark(remark))
            }
            _ => match quiet_since(plan, trace) {
                Some(since) => ("no_news".to_owned(), words.no_news(since)),
                None => none(),
            },
        },
        Place::Already => ("already".to_owned(), words.remark(Remark::Already)),
        Place::Suppressed => ("suppressed".to_owned(), words.remark(Remark::Suppressed)),
        Place::Cancelled => ("cancelled".to_owned(), words.remark(Remark::Cancelled)),
        Place::Capped => ("capped".to_owned(), words.remark(Remark::Capped)),
        Place::Expired => ("expired".to_owned(), words.remark(Remark::Expired)),
    }
}

/// Since when there is no news of a message on its way about which the provider was asked in vain.
fn quiet_since(plan: &Plan, trace: &Trace) -> Option<Timestamp> {
    let delivery = &trace.delivery;
    let is_on_its_way = matches!(delivery.status(), DeliveryStatus::Accepted | DeliveryStatus::Sent);
    let newest = delivery.newest();
    delivery.asked().filter(|asked| is_on_its_way && newest.is_none_or(|newest| newest <= *asked))?;
    let accepted = || trace.history.at.and_then(|at| Timestamp::from_millisecond(at).ok());
    newest.and_then(|newest| time_of(plan, newest)).or_else(accepted)
}

/// Writes the lines of all recipients as CSV: UTF-8 with a byte order mark, so that spreadsheets read
/// the accents.
///
/// # Errors
/// When the journal or the roster cannot be read, or `out` not be written.
pub fn write_csv(
    journal: &Journal,
    roster: &Roster,
    words: &Words,
    mut out: impl io::Write,
) -> Result<(), ReportError> {
    out.write_all("\u{feff}".as_bytes()).map_err(csv::Error::from)?;
    let mut writer = csv::Writer::from_writer(out);
    if roster.is_empty() {
        writer.write_record(COLUMNS)?;
    }
    thread::scope(|scope| {
        let (lines, taken) = mpsc::sync_channel(BLOCKS);
        let reading = move || read_blocks(journal, roster, words, &lines);
        let reading = thread::Builder::new().spawn_scoped(scope, reading).map_err(csv::Error::from)?;
        let written = taken.iter().flatten().try_for_each(|line: RecipientLine| writer.serialize(line));
        // Whoever reads stops where nobody writes.
        drop(taken);
        let read = reading.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked));
        written.map_err(ReportError::from).and(read)
    })?;
    Ok(writer.flush().map_err(csv::Error::from)?)
}

/// Gives the lines of all recipients to whoever writes them, in blocks, as long as somebody does.
fn read_blocks(
    journal: &Journal,
    roster: &Roster,
    words: &Words,
    lines: &SyncSender<Vec<RecipientLine>>,
) -> Result<(), ReportError> {
    let mut block = Vec::with_capacity(TOGETHER);
    let is_gone = |_| ReportError::Csv(io::Error::from(io::ErrorKind::BrokenPipe).into());
    recipients(journal, roster, words, &mut |line| {
        block.push(line);
        if block.len() < TOGETHER {
            return Ok(());
        }
        lines.send(std::mem::replace(&mut block, Vec::with_capacity(TOGETHER))).map_err(is_gone)
    })?;
    lines.send(block).map_err(is_gone)
}
