//! The audit of a roster: reads everything and proves that it is what was frozen.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::PathBuf;

use super::format::{DIGEST, DIGESTS, ENTRY, Entry, FORMAT, HEADER, Header, OLDEST_FORMAT, OVERHEAD, PLAN};
use super::reader::{Located, missing_or_refused};
use super::{Roster, RosterError};
use crate::domain::RecipientNumber;

impl Roster {
    /// Recomputes every digest and hash from the files, in one pass and little memory. A changed byte
    /// anywhere is an error. Of a forgotten recipient it proves that nothing is left.
    ///
    /// # Errors
    /// The first damage, or what the disk refuses.
    pub fn verify(&self) -> Result<(), RosterError> {
        self.verify_plan()?;
        let mut recipients = Source::open(self, self.recipients.path.clone())?;
        let mut index = Source::open(self, self.index.path.clone())?;
        let mut digests = Source::open(self, self.folder.join(DIGESTS))?;
        let mut record = Vec::new();
        let mut offset = 0;
        for number in (0..self.len()).map(RecipientNumber) {
            let entry = Entry::decode(index.take::<ENTRY>()?)
                .ok_or_else(|| self.damaged(number, "its index entry cannot be read"))?;
            if entry.offset != offset {
                return Err(self.damaged(number, "its index entry points to a wrong place"));
            }
            let digest = digests.take::<DIGEST>()?;
            recipients.take_record(&mut record)?;
            offset += record.len() as u64;
            match self.prove(&Located { number, entry, end: offset }, &record, &digest) {
                Ok(_) => {}
                Err(RosterError::Forgotten { .. }) => self.verify_forgotten(number, &record)?,
                Err(error) => return Err(error),
            }
        }
        recipients.finish()?;
        let frozen = &self.frozen;
        for (source, hash) in [(index, &frozen.index), (digests, &frozen.digests)] {
            let path = source.path.clone();
            if source.finish()? != *hash {
                return Err(RosterError::Damaged { run: self.run, path, what: "does not match its hash" });
            }
        }
        Ok(())
    }

    fn verify_plan(&self) -> Result<(), RosterError> {
        let path = self.folder.join(PLAN);
        let json = fs::read(&path).map_err(|cause| missing_or_refused(self.run, &path, cause))?;
        // Byte for byte: a reader would overlook a change between two tokens.
        let mut formats = OLDEST_FORMAT..=FORMAT;
        if formats.any(|format| self.frozen.to_json(format).is_ok_and(|frozen| frozen == json)) {
            return Ok(());
        }
        Err(RosterError::Damaged { run: self.run, path, what: "is not as it was written" })
    }

    fn verify_forgotten(&self, number: RecipientNumber, record: &[u8]) -> Result<(), RosterError> {
        if record.iter().skip(HEADER).all(|&byte| byte == 0) {
            return Ok(());
        }
        Err(self.damaged(number, "it was forgotten, but something is left"))
    }
}

/// A file read front to back.
struct Source<'a> {
    roster: &'a Roster,
    path: PathBuf,
    file: BufReader<File>,
    hasher: blake3::Hasher,
}

impl<'a> Source<'a> {
    fn open(roster: &'a Roster, path: PathBuf) -> Result<Self, RosterError> {
        let file = File::open(&path).map_err(|cause| missing_or_refused(roster.run, &path, cause))?;
        let file = BufReader::with_capacity(1 << 18, file);
        Ok(Self { roster, path, file, hasher: blake3::Hasher::new() })
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), RosterError> {
        let read = self.file.read_exact(bytes);
        read.map_err(|cause| missing_or_refused(self.roster.run, &self.path, cause))
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], RosterError> {
        let mut bytes = [0; N];
        self.fill(&mut bytes)?;
        self.hasher.update(&bytes);
        Ok(bytes)
    }

    /// Reads header, salt and payload. An impossible header is read alone, for `prove` to refuse.
    fn take_record(&mut self, record: &mut Vec<u8>) -> Result<(), RosterError> {
        let mut header = [0; HEADER];
        self.fill(&mut header)?;
        let length = Header::decode(header).map_or(HEADER, |header| header.length + OVERHEAD);
        record.clear();
        record.extend(header);
        record.resize(length, 0);
        self.fill(record.get_mut(HEADER..).unwrap_or_default())
    }

    /// The hash, in hexadecimal, of all that was taken, which must be all that there is.
    fn finish(mut self) -> Result<String, RosterError> {
        let mut more = [0];
        let read = self.file.read(&mut more).map_err(|cause| RosterError::disk("read", &self.path, cause))?;
        if read > 0 {
            let what = "has more in it than was frozen";
            return Err(RosterError::Damaged { run: self.roster.run, path: self.path, what });
        }
        Ok(self.hasher.finalize().to_hex().to_string())
    }
}
