//! Which flush groups of a run's log are about which recipients, so that what concerns some of them is read without
//! the rest: whoever goes over a long run in blocks reads its log about twice, not once for each block.

use std::collections::HashMap;
use std::ops::Range;

use crate::domain::{ChunkNumber, ChunkRecipients, RecipientNumber, RunId};

use super::error::JournalError;
use super::gate::Journal;
use super::history::{Histories, RecipientHistory};
use super::load;
use super::record::Record;

/// See the module. What was written after it was made is read in any case.
#[derive(Debug)]
pub struct LogMap {
    run: RunId,
    /// Of each flush group, the least and the greatest recipient that it is about.
    spans: Vec<Span>,
}

/// Nobody where the first is above the last.
#[derive(Debug, Clone, Copy)]
struct Span {
    first: u32,
    last: u32,
}

impl Span {
    const NOBODY: Self = Self { first: u32::MAX, last: 0 };

    fn of(recipients: &ChunkRecipients) -> Self {
        match recipients.as_slice() {
            [first, .., last] => Self { first: first.0, last: last.0 },
            [one] => Self { first: one.0, last: one.0 },
            [] => Self::NOBODY,
        }
    }

    fn and(self, other: Self) -> Self {
        Self { first: self.first.min(other.first), last: self.last.max(other.last) }
    }

    fn meets(self, range: &Range<u32>) -> bool {
        self.first < range.end && self.last >= range.start && self.first <= self.last
    }
}

impl Journal {
    /// Makes the map of a run's log. Reads it once; memory is eight bytes for each flush group.
    ///
    /// # Errors
    /// When the run is unknown or its log cannot be read.
    pub fn map_log(&self, run: RunId) -> Result<LogMap, JournalError> {
        let (_, groups) = self.log_of(run)?;
        let mut open = HashMap::new();
        let mut spans = Vec::new();
        for group in load::records(self.store(), run, groups) {
            let group = group?;
            let about = group.iter().map(|record| span_of(record, &mut open));
            spans.push(about.fold(Span::NOBODY, Span::and));
        }
        Ok(LogMap { run, spans })
    }

    /// As [`Journal::histories`], reading only what is about the range.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub fn histories_by(
        &self,
        map: &LogMap,
        range: Range<u32>,
    ) -> Result<Vec<RecipientHistory>, JournalError> {
        let (_, groups) = self.log_of(map.run)?;
        let mut histories = Histories::new(range.clone());
        let mapped = (0..).zip(&map.spans).filter(|(_, span)| span.meets(&range)).map(|(group, _)| group);
        let newer = map.spans.len() as u64..groups;
        let mut wanted = mapped.chain(newer).peekable();
        while let Some(first) = wanted.next() {
            let mut end = first + 1;
            while wanted.next_if_eq(&end).is_some() {
                end += 1;
            }
            for group in load::records_from(self.store(), map.run, first, end) {
                group?.iter().for_each(|record| histories.take(record));
            }
        }
        Ok(histories.of_recipients)
    }
}

/// Whom a record is about. Of calls that have no outcome yet their recipients are kept in `open`.
fn span_of(record: &Record, open: &mut HashMap<ChunkNumber, Span>) -> Span {
    let one = |recipient: &RecipientNumber| Span { first: recipient.0, last: recipient.0 };
    match record {
        Record::Intent { chunk, recipients, .. } => {
            let span = Span::of(recipients);
            open.insert(*chunk, span);
            span
        }
        Record::Withdrawn { chunk } | Record::Outcome { chunk, .. } => {
            open.remove(chunk).unwrap_or(Span::NOBODY)
        }
        Record::Refused { recipients, .. } | Record::DoubtSettled { recipients, .. } => Span::of(recipients),
        Record::Proved { recipient, .. } | Record::Received { recipient, .. } => one(recipient),
        Record::Skipped { .. } | Record::Happened { .. } => Span::NOBODY,
    }
}
