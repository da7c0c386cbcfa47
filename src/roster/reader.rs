//! Opens a frozen roster and reads recipients from any place in it.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::RosterError;
use super::format::{self, DIGEST, DIGESTS, ENTRY, Entry, HEADER, Header, INDEX, OVERHEAD, PLAN, RECIPIENTS};
use super::freeze::Frozen;
use crate::domain::{ChunkRecipients, Plan, PlanHash, Recipient, RecipientNumber, RunId};

/// Recipients this near to each other are read together with those between them.
const NEAR: u32 = 16;
/// Bytes read at once, unless one recipient is larger.
const SPAN: u64 = 1 << 20;

/// A frozen roster, open for reading. Reads take `&self` and may happen in many threads at once.
#[derive(Debug)]
pub struct Roster {
    pub(super) run: RunId,
    pub(super) folder: PathBuf,
    pub(super) frozen: Frozen,
    pub(super) hash: PlanHash,
    pub(super) recipients: Part,
    pub(super) index: Part,
    digests: Part,
}

/// One of the roster's files.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) path: PathBuf,
    pub(super) file: File,
}

/// Where a recipient lies in `recipients`, and what the index says of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Located {
    pub(super) number: RecipientNumber,
    pub(super) entry: Entry,
    /// Where the next one begins.
    pub(super) end: u64,
}

impl Roster {
    /// Opens the roster of a run, proving that the plan is unchanged and the files are complete.
    ///
    /// # Errors
    /// When there is none, a later version wrote it, it is damaged, or the disk refuses.
    pub fn open(store_dir: &Path, run: RunId) -> Result<Self, RosterError> {
        let folder = format::folder(store_dir, run);
        if !folder.exists() {
            return Err(RosterError::Missing { run, path: folder });
        }
        let path = folder.join(PLAN);
        let json = std::fs::read(&path).map_err(|cause| missing_or_refused(run, &path, cause))?;
        let (frozen, hash) = Frozen::from_json(&json, run, &path)?;
        let len = u64::from(frozen.recipients);
        Ok(Self {
            recipients: Part::open(run, folder.join(RECIPIENTS), frozen.bytes)?,
            index: Part::open(run, folder.join(INDEX), len * ENTRY as u64)?,
            digests: Part::open(run, folder.join(DIGESTS), len * DIGEST as u64)?,
            run,
            folder,
            frozen,
            hash,
        })
    }

    /// The frozen plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.frozen.plan
    }

    /// The hash over plan and recipients; compare it with what the journal remembers of the run.
    #[must_use]
    pub fn plan_hash(&self) -> PlanHash {
        self.hash
    }

    /// How many recipients there are; their numbers are `0..len`.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.frozen.recipients
    }

    /// Whether the plan reaches nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One recipient.
    ///
    /// # Errors
    /// When there is no such recipient, it was forgotten or is damaged, or the disk refuses.
    pub fn recipient(&self, number: RecipientNumber) -> Result<Recipient, RosterError> {
        let mut found = Vec::with_capacity(1);
        self.read_near(&[number], &mut found)?;
        found.pop().ok_or(RosterError::Unknown { run: self.run, number, len: self.len() })
    }

    /// The recipients of a chunk, in its order. Neighbours are read together.
    ///
    /// # Errors
    /// When one of them does not exist, was forgotten or is damaged, or the disk refuses.
    pub fn recipients(&self, chunk: &ChunkRecipients) -> Result<Vec<Recipient>, RosterError> {
        let mut found = Vec::with_capacity(chunk.len());
        for near in chunk.as_slice().chunk_by(|one, next| next.0 - one.0 <= NEAR) {
            self.read_near(near, &mut found)?;
        }
        Ok(found)
    }

    /// Reads recipients of ascending numbers that are near to each other.
    fn read_near(&self, numbers: &[RecipientNumber], found: &mut Vec<Recipient>) -> Result<(), RosterError> {
        let (Some(&first), Some(&last)) = (numbers.first(), numbers.last()) else {
            return Ok(());
        };
        let located = self.locate(first, last)?;
        let mut digests = vec![0; located.len() * DIGEST];
        self.read(&self.digests, &mut digests, u64::from(first.0) * DIGEST as u64)?;
        let wanted: Vec<_> =
            numbers.iter().filter_map(|number| located.get((number.0 - first.0) as usize)).collect();
        let mut rest = wanted.as_slice();
        while let Some(start) = rest.first().map(|located| located.entry.offset) {
            let fits = |located: &&&Located| located.entry.offset >= start && located.end - start <= SPAN;
            let together = rest.iter().take_while(fits).count().max(1);
            let (span, after) = rest.split_at(together);
            rest = after;
            let end = span.iter().map(|located| located.end).max().unwrap_or(start);
            let mut bytes = vec![0; (end - start) as usize];
            self.read(&self.recipients, &mut bytes, start)?;
            for located in span {
                let record =
                    bytes.get((located.entry.offset - start) as usize..(located.end - start) as usize);
                let at = (located.number.0 - first.0) as usize * DIGEST;
                let digest = digests.get(at..at + DIGEST);
                found.push(self.prove(located, record.unwrap_or_default(), digest.unwrap_or_default())?);
            }
        }
        Ok(())
    }

    /// Where the recipients `first..=last` lie. Every length has been checked to be a possible one, so
    /// that damage cannot ask for a huge buffer.
    pub(super) fn locate(
        &self,
        first: RecipientNumber,
        last: RecipientNumber,
    ) -> Result<Vec<Located>, RosterError> {
        if last.0 >= self.len() {
            return Err(RosterError::Unknown { run: self.run, number: last, len: self.len() });
        }
        // One entry more, where there is one: it says where the last recipient ends.
        let until = last.0.saturating_add(2).min(self.len());
        let mut bytes = vec![0; (until - first.0) as usize * ENTRY];
        self.read(&self.index, &mut bytes, u64::from(first.0) * ENTRY as u64)?;
        let (entries, _) = bytes.as_chunks::<ENTRY>();
        let mut located = Vec::with_capacity(entries.len());
        for (number, bytes) in (first.0..=last.0).map(RecipientNumber).zip(entries) {
            let damaged = |what| self.damaged(number, what);
            let entry = Entry::decode(*bytes).ok_or_else(|| damaged("its index entry cannot be read"))?;
            let next = entries.get((number.0 - first.0) as usize + 1).copied().map(Entry::decode);
            let end = match next {
                Some(next) => next.ok_or_else(|| damaged("the index entry after it cannot be read"))?.offset,
                None => self.frozen.bytes,
            };
            let length = end.checked_sub(entry.offset);
            if end > self.frozen.bytes || !length.is_some_and(format::is_record_length) {
                return Err(damaged("its index entry points to a wrong place"));
            }
            located.push(Located { number, entry, end });
        }
        Ok(located)
    }

    /// The recipient, once it is proved to be the one that was frozen.
    pub(super) fn prove(
        &self,
        located: &Located,
        record: &[u8],
        digest: &[u8],
    ) -> Result<Recipient, RosterError> {
        let Located { number, entry, .. } = *located;
        let damaged = |what| self.damaged(number, what);
        let (header, salted) =
            record.split_first_chunk().ok_or_else(|| damaged("its record is cut short"))?;
        let header = Header::decode(*header).ok_or_else(|| damaged("its header cannot be read"))?;
        if header.length + OVERHEAD != record.len() {
            return Err(damaged("its length is not that of the index"));
        }
        if header.forgotten {
            return Err(RosterError::Forgotten { run: self.run, number });
        }
        if blake3::hash(salted).as_bytes() != digest {
            return Err(damaged("it does not match its digest"));
        }
        let payload = salted.get(OVERHEAD - HEADER..).unwrap_or_default();
        let recipient =
            format::decode(number, payload).ok_or_else(|| damaged("its payload cannot be read"))?;
        if recipient.channel != u16::from(entry.channel) || recipient.standing != entry.standing {
            return Err(damaged("its index entry says something else than its record"));
        }
        Ok(recipient)
    }

    pub(super) fn read(&self, part: &Part, bytes: &mut [u8], offset: u64) -> Result<(), RosterError> {
        part.file
            .read_exact_at(bytes, offset)
            .map_err(|cause| missing_or_refused(self.run, &part.path, cause))
    }

    pub(super) fn damaged(&self, number: RecipientNumber, what: &'static str) -> RosterError {
        RosterError::DamagedRecipient { run: self.run, number, folder: self.folder.clone(), what }
    }
}

impl Part {
    fn open(run: RunId, path: PathBuf, length: u64) -> Result<Self, RosterError> {
        let file = File::open(&path).map_err(|cause| missing_or_refused(run, &path, cause))?;
        let metadata = file.metadata().map_err(|cause| RosterError::disk("read", &path, cause))?;
        if metadata.len() != length {
            return Err(RosterError::Damaged { run, path, what: "has not the length that was frozen" });
        }
        Ok(Self { path, file })
    }
}

/// A file that is not there or ends early is damage; the rest is the disk's doing.
pub(super) fn missing_or_refused(run: RunId, path: &Path, cause: io::Error) -> RosterError {
    match cause.kind() {
        io::ErrorKind::NotFound => RosterError::Damaged { run, path: path.to_owned(), what: "is missing" },
        io::ErrorKind::UnexpectedEof => {
            RosterError::Damaged { run, path: path.to_owned(), what: "is cut short" }
        }
        _ => RosterError::disk("read", path, cause),
    }
}
