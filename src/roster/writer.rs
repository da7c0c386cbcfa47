//! Writes a roster once: into a folder beside its place, synced, then renamed.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rand::Rng;

use super::RosterError;
use super::format::{
    self, DIGESTS, Entry, FORMAT, HEADER, INDEX, LARGEST_OFFSET, LARGEST_PAYLOAD, PARTIAL, PLAN, RECIPIENTS,
    ROSTERS, SALT,
};
use super::freeze::Frozen;
use crate::domain::{Plan, PlanHash, Recipient, RunId, Standing};

/// A roster being written. Dropped without [`RosterWriter::finish`], it leaves nothing behind.
#[derive(Debug)]
pub struct RosterWriter {
    run: RunId,
    folder: Partial,
    recipients: Sink,
    index: Sink,
    digests: Sink,
    /// How many were pushed.
    pushed: u32,
    already: u64,
    suppressed: u64,
    /// Where the next recipient begins.
    offset: u64,
    highest_channel: u8,
    /// Reused from one recipient to the next.
    record: Vec<u8>,
}

impl RosterWriter {
    /// Begins the roster of a run. What an interrupted writer of the same run left is removed.
    ///
    /// # Errors
    /// When the run has a roster already, or the disk refuses.
    pub fn create(store_dir: &Path, run: RunId) -> Result<Self, RosterError> {
        let rosters = store_dir.join(ROSTERS);
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&rosters)
            .map_err(|cause| RosterError::disk("create", &rosters, cause))?;
        sync_folder(store_dir)?;
        let place = format::folder(store_dir, run);
        if place.exists() {
            return Err(RosterError::Frozen { run, path: place });
        }
        let folder = Partial::create(rosters, run)?;
        Ok(Self {
            run,
            recipients: Sink::create(folder.path.join(RECIPIENTS))?,
            index: Sink::create(folder.path.join(INDEX))?,
            digests: Sink::create(folder.path.join(DIGESTS))?,
            folder,
            pushed: 0,
            already: 0,
            suppressed: 0,
            offset: 0,
            highest_channel: 0,
            record: Vec::new(),
        })
    }

    pub(super) fn run(&self) -> RunId {
        self.run
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder.path
    }

    /// Adds the next recipient.
    ///
    /// # Errors
    /// When its number is not the next one, its channel is above 255, its message is larger than a
    /// mebibyte, or the disk refuses. The writer is of no use after that.
    pub fn push(&mut self, recipient: &Recipient) -> Result<(), RosterError> {
        let number = recipient.number;
        if number.0 != self.pushed {
            return Err(self.unfit(format!("recipient {number} was given where {} is next", self.pushed)));
        }
        let Some(next) = self.pushed.checked_add(1) else {
            return Err(self.unfit(format!("a roster has at most {} recipients", u32::MAX)));
        };
        let Ok(channel) = u8::try_from(recipient.channel) else {
            return Err(self.unfit(format!("recipient {number} is on channel {}, of 256", recipient.channel)));
        };
        let mut salt = [0; SALT];
        rand::rng().fill_bytes(&mut salt);
        if format::encode(recipient, salt, &mut self.record).is_none() {
            let what = format!("the message of recipient {number} is larger than {LARGEST_PAYLOAD} bytes");
            return Err(self.unfit(what));
        }
        if self.offset > LARGEST_OFFSET {
            return Err(self.unfit(format!("recipients take at most {LARGEST_OFFSET} bytes")));
        }
        let entry = Entry { offset: self.offset, channel, standing: recipient.standing };
        let digest = blake3::hash(self.record.get(HEADER..).unwrap_or_default());
        self.recipients.put(&self.record)?;
        self.index.put_hashed(&entry.encode())?;
        self.digests.put_hashed(digest.as_bytes())?;
        match recipient.standing {
            Standing::Send | Standing::Capped => {}
            Standing::Already => self.already += 1,
            Standing::Suppressed => self.suppressed += 1,
        }
        self.pushed = next;
        self.offset += self.record.len() as u64;
        self.highest_channel = self.highest_channel.max(channel);
        Ok(())
    }

    /// Freezes the roster with its plan. When this returns, both are on disk and in their place.
    ///
    /// # Errors
    /// When the plan does not describe what was pushed, or the disk refuses; then nothing is left.
    pub fn finish(self, plan: Plan) -> Result<PlanHash, RosterError> {
        self.check(&plan)?;
        let Self { run, folder, recipients, index, digests, pushed, offset, .. } = self;
        recipients.finish()?;
        let frozen = Frozen {
            recipients: pushed,
            bytes: offset,
            digests: digests.finish()?,
            index: index.finish()?,
            plan,
        };
        let unfit = |error: serde_json::Error| RosterError::Unfit { run, what: error.to_string() };
        let hash = frozen.hash().map_err(unfit)?;
        let mut plan_file = Sink::create(folder.path.join(PLAN))?;
        plan_file.put(&frozen.to_json(FORMAT).map_err(unfit)?)?;
        plan_file.finish()?;
        folder.move_into_place(run)?;
        Ok(hash)
    }

    fn check(&self, plan: &Plan) -> Result<(), RosterError> {
        if plan.run != self.run {
            return Err(self.unfit(format!("the plan is that of run {}", plan.run)));
        }
        for (what, given, planned) in [
            ("recipients", u64::from(self.pushed), plan.rows.recipients),
            ("recipients reached before", self.already, plan.already),
            ("suppressed recipients", self.suppressed, plan.suppressed),
        ] {
            if given != planned {
                return Err(self.unfit(format!("{given} {what} were given and {planned} planned")));
            }
        }
        if self.pushed > 0 && usize::from(self.highest_channel) >= plan.channels.len() {
            let what = format!("channel {} is used, of {}", self.highest_channel, plan.channels.len());
            return Err(self.unfit(what));
        }
        Ok(())
    }

    fn unfit(&self, what: String) -> RosterError {
        RosterError::Unfit { run: self.run, what }
    }
}

/// The folder until it is complete; removed when dropped before that.
#[derive(Debug)]
struct Partial {
    rosters: PathBuf,
    path: PathBuf,
    in_place: bool,
}

impl Partial {
    fn create(rosters: PathBuf, run: RunId) -> Result<Self, RosterError> {
        let path = rosters.join(format!("{run}{PARTIAL}"));
        if path.exists() {
            fs::remove_dir_all(&path).map_err(|cause| RosterError::disk("remove", &path, cause))?;
        }
        DirBuilder::new()
            .mode(0o700)
            .create(&path)
            .map_err(|cause| RosterError::disk("create", &path, cause))?;
        Ok(Self { rosters, path, in_place: false })
    }

    /// The rename must not overtake the files' names, nor the caller the rename: hence both syncs.
    fn move_into_place(mut self, run: RunId) -> Result<(), RosterError> {
        sync_folder(&self.path)?;
        let place = self.rosters.join(run.to_string());
        fs::rename(&self.path, &place).map_err(|cause| RosterError::disk("create", &place, cause))?;
        self.in_place = true;
        sync_folder(&self.rosters)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.in_place {
            // What cannot be removed now is removed by `sweep`.
            drop(fs::remove_dir_all(&self.path));
        }
    }
}

/// A file that is written front to back.
#[derive(Debug)]
struct Sink {
    path: PathBuf,
    file: BufWriter<File>,
    hasher: blake3::Hasher,
}

impl Sink {
    fn create(path: PathBuf) -> Result<Self, RosterError> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .map_err(|cause| RosterError::disk("create", &path, cause))?;
        Ok(Self { path, file: BufWriter::with_capacity(1 << 18, file), hasher: blake3::Hasher::new() })
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), RosterError> {
        self.file.write_all(bytes).map_err(|cause| RosterError::disk("write", &self.path, cause))
    }

    fn put_hashed(&mut self, bytes: &[u8]) -> Result<(), RosterError> {
        self.hasher.update(bytes);
        self.put(bytes)
    }

    /// Everything is on disk when this returns the hash, in hexadecimal, of what was put hashed.
    fn finish(self) -> Result<String, RosterError> {
        let Self { path, file, hasher } = self;
        let failed = |cause| RosterError::disk("write", &path, cause);
        let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
        file.sync_all().map_err(failed)?;
        Ok(hasher.finalize().to_hex().to_string())
    }
}

fn sync_folder(path: &Path) -> Result<(), RosterError> {
    let synced = File::open(path).and_then(|folder| folder.sync_all());
    synced.map_err(|cause| RosterError::disk("write", path, cause))
}
