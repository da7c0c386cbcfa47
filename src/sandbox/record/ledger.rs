//! The record in memory, and its copy in a file.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use super::entry::micros;
use super::file::RecordFile;
use super::{Accepted, Arrival, CallEntry, RecordError, State};
use crate::domain::PersonKey;
use crate::sandbox::Service;
use crate::sandbox::accepting::Change;

/// The first message's number: the one of the seed's sample (002, "Resposta exemplo"), beyond 2^53.
const FIRST_MESSAGE: u64 = 3_482_512_350_952_730_368;
/// Names of unknown fields that are kept; a client that makes up names must not fill the memory.
const MOST_UNKNOWN: usize = 64;

/// What is kept of what was accepted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Recording {
    /// Everything, in memory: about 170 bytes for each recipient.
    #[default]
    Memory,
    /// Everything, in memory and in a file, which is continued when it exists: message identifiers and
    /// the numbers of calls go on where it ends.
    File(PathBuf),
    /// Counts alone, for rehearsals of any size.
    Counts,
}

#[derive(Debug)]
pub(in crate::sandbox) struct Ledger {
    keeps: bool,
    file: Option<RecordFile>,
    accepted: Vec<Accepted>,
    calls: Vec<CallEntry>,
    /// What has come at least once.
    seen: HashSet<(PersonKey, u64)>,
    /// One copy of each sender and kind.
    words: HashSet<Arc<str>>,
    last_call: u64,
    next_message: u64,
    duplicates: u64,
    counts: State,
}

impl Ledger {
    pub(in crate::sandbox) fn open(recording: &Recording) -> Result<Self, RecordError> {
        let (file, earlier) = match recording {
            Recording::File(path) => RecordFile::open(path).map(|(file, earlier)| (Some(file), earlier))?,
            Recording::Memory | Recording::Counts => (None, Vec::new()),
        };
        let mut ledger = Self {
            keeps: *recording != Recording::Counts,
            file,
            accepted: Vec::new(),
            calls: Vec::new(),
            seen: HashSet::new(),
            words: HashSet::new(),
            last_call: earlier.iter().map(|entry| entry.call).max().unwrap_or(0),
            next_message: earlier.iter().map(|entry| entry.number + 1).max().unwrap_or(FIRST_MESSAGE),
            duplicates: 0,
            counts: State::default(),
        };
        ledger.keep(earlier);
        Ok(ledger)
    }

    pub(in crate::sandbox) fn next_call(&mut self) -> u64 {
        self.last_call += 1;
        self.last_call
    }

    /// Whether more than counts is kept.
    pub(in crate::sandbox) fn keeps(&self) -> bool {
        self.keeps
    }

    /// The number that the next entry gets.
    pub(in crate::sandbox) fn next_number(&self) -> u64 {
        self.next_message
    }

    /// Whether recording can fail.
    pub(in crate::sandbox) fn may_fail(&self) -> bool {
        self.file.is_some()
    }

    /// A number that no entry gets.
    pub(in crate::sandbox) fn skip_number(&mut self) -> u64 {
        let number = self.next_message;
        self.next_message += 1;
        number
    }

    /// An entry that is not recorded yet: the `ahead`-th of its call, from 0.
    pub(in crate::sandbox) fn entry(
        &mut self,
        provider: Service,
        arrival: Arrival,
        change: Change<'_>,
        ahead: usize,
    ) -> Accepted {
        Accepted {
            provider,
            kind: self.word(change.kind),
            sender: self.word(&change.sender),
            to: change.to,
            callback_data: change.callback_data.into(),
            call: arrival.call,
            wall_ms: arrival.wall.as_millisecond(),
            arrival_us: micros(arrival.tick),
            digest: change.digest,
            number: self.next_message + ahead as u64,
        }
    }

    /// Records a call's entries, in the file first.
    pub(in crate::sandbox) fn take(
        &mut self,
        entries: Vec<Accepted>,
        refused: usize,
    ) -> Result<(), RecordError> {
        if let Some(file) = &mut self.file {
            file.append(&entries)?;
        }
        self.next_message += entries.len() as u64;
        self.counts.refused += refused as u64;
        self.keep(entries);
        Ok(())
    }

    fn keep(&mut self, entries: Vec<Accepted>) {
        self.counts.accepted += entries.len() as u64;
        if self.keeps {
            let repeated = |entry: &&Accepted| !self.seen.insert(entry.destination_and_content());
            self.duplicates += entries.iter().filter(repeated).count() as u64;
            self.accepted.extend(entries);
        }
    }

    pub(in crate::sandbox) fn note(&mut self, call: CallEntry, unknown: &[String]) {
        self.counts.calls += 1;
        self.counts.recipients += u64::from(call.recipients);
        *self.counts.answered.entry(call.answered).or_default() += 1;
        for name in unknown {
            count(&mut self.counts.unknown_fields, name);
        }
        if self.keeps {
            self.calls.push(call);
        }
    }

    pub(in crate::sandbox) fn state(&self) -> State {
        State { duplicates: self.keeps.then_some(self.duplicates), ..self.counts.clone() }
    }

    pub(in crate::sandbox) fn accepted(&self, from: usize, at_most: usize) -> &[Accepted] {
        slice(&self.accepted, from, at_most)
    }

    pub(in crate::sandbox) fn calls(&self, from: usize, at_most: usize) -> &[CallEntry] {
        slice(&self.calls, from, at_most)
    }

    /// One copy of each, however many messages it sends.
    fn word(&mut self, word: &str) -> Arc<str> {
        if let Some(known) = self.words.get(word) {
            return known.clone();
        }
        let new: Arc<str> = word.into();
        self.words.insert(new.clone());
        new
    }
}

fn count(names: &mut BTreeMap<String, u64>, name: &str) {
    if let Some(times) = names.get_mut(name) {
        *times += 1;
    } else if names.len() < MOST_UNKNOWN {
        names.insert(name.to_owned(), 1);
    }
}

fn slice<T>(all: &[T], from: usize, at_most: usize) -> &[T] {
    let rest = all.get(from..).unwrap_or_default();
    &rest[..rest.len().min(at_most)]
}
