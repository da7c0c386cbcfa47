//! Streams where each recipient stands: what a resume rebuilds its picture from.

use super::format::{ENTRY, Entry};
use super::{Roster, RosterError};
use crate::domain::{RecipientNumber, Standing};

/// Bytes read at once; a multiple of [`ENTRY`].
const SPAN: u64 = 1 << 20;

/// All recipients in ascending order: number, channel (index into the plan's channels), standing.
///
/// Rely on what it gave only when it has ended without an error: the last thing it does is to compare
/// the whole index with its frozen hash.
#[derive(Debug)]
pub struct Standings<'a> {
    roster: &'a Roster,
    /// Entries that have been read.
    buffer: Vec<u8>,
    /// Where the next one begins in the buffer.
    at: usize,
    next: u32,
    /// Gone once the end, or an error, has been told.
    hasher: Option<blake3::Hasher>,
}

impl Roster {
    /// Streams the index in large reads: ten million recipients take a fraction of a second.
    #[must_use]
    pub fn standings(&self) -> Standings<'_> {
        Standings { roster: self, buffer: Vec::new(), at: 0, next: 0, hasher: Some(blake3::Hasher::new()) }
    }
}

impl Standings<'_> {
    fn refill(&mut self, hasher: &mut blake3::Hasher) -> Result<(), RosterError> {
        let left = u64::from(self.roster.len() - self.next) * ENTRY as u64;
        self.buffer.resize(left.min(SPAN) as usize, 0);
        self.at = 0;
        self.roster.read(&self.roster.index, &mut self.buffer, u64::from(self.next) * ENTRY as u64)?;
        hasher.update(&self.buffer);
        Ok(())
    }

    fn end(&self, hasher: &blake3::Hasher) -> Result<(), RosterError> {
        if hasher.finalize().to_hex().as_str() == self.roster.frozen.index {
            return Ok(());
        }
        let path = self.roster.index.path.clone();
        Err(RosterError::Damaged { run: self.roster.run, path, what: "does not match its hash" })
    }
}

impl Iterator for Standings<'_> {
    type Item = Result<(RecipientNumber, u16, Standing), RosterError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at == self.buffer.len() {
            let mut hasher = self.hasher.take()?;
            if self.next == self.roster.len() {
                return self.end(&hasher).err().map(Err);
            }
            if let Err(error) = self.refill(&mut hasher) {
                return Some(Err(error));
            }
            self.hasher = Some(hasher);
        }
        let number = RecipientNumber(self.next);
        let entry = self.buffer.get(self.at..)?.first_chunk().copied().and_then(Entry::decode);
        let Some(entry) = entry else {
            self.hasher = None;
            self.at = self.buffer.len();
            return Some(Err(self.roster.damaged(number, "its index entry cannot be read")));
        };
        self.at += ENTRY;
        self.next += 1;
        Some(Ok((number, entry.channel.into(), entry.standing)))
    }
}
