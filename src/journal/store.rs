//! sled, opened, locked and made durable. With `batch` the only file that knows sled's ways.
//!
//! sled 0.34.7's `flush` never calls fsync on Linux (its issues #1077, #1351, #1452). The repair:
//! after creation the files `conf` and `db`, their folder and its parent are synced once; after
//! every flush the file `db` gets an `fdatasync`. `flush_async` is never called: concurrent calls
//! deadlock (#1308).
//!
//! sled writes a leaf of its tree as one piece, and a piece of 128 KiB or more into a file of its own,
//! which the repair does not reach. So values are small, and long ones are kept in parts.

use std::fmt;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::iter;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use serde::de::DeserializeOwned;

use super::batch::{Batch, part_key};
use super::error::{DamageError, OpenError};
use super::keys;
use super::mark::Mark;

/// The newest format that this version reads and the one that it writes. Each has more variants and keys than
/// the one before, and is read alike; what an older version knows of them it takes for damage.
const FORMAT: u32 = 4;

/// sled's page cache.
const CACHE_BYTES: u64 = 16 * 1024 * 1024;

/// Bytes at the end of a part's key.
const PART_NUMBER_BYTES: usize = 2;

/// Makes what was written to a file survive a power cut.
pub type MakeDurable = Box<dyn Fn(&File) -> io::Result<()> + Send + Sync>;

/// The key-value files under one lock.
pub struct Store {
    path: PathBuf,
    db: sled::Db,
    data: File,
    make_durable: MakeDurable,
    mark: Mark,
    batches: AtomicU64,
    forgets: bool,
    // Held as long as the store is open; the kernel lets go of it when the process ends.
    _lock: File,
}

impl fmt::Debug for Store {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Store").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens or makes the store in the folder `path`, as its only owner.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        Self::open_with(path, Box::new(File::sync_data))
    }

    /// The same, with another way of making writes durable: how tests cut the power.
    pub fn open_with(path: &Path, make_durable: MakeDurable) -> Result<Self, OpenError> {
        let io_error = |path: &Path| {
            let path = path.to_owned();
            move |source| OpenError::Io { path, source }
        };
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io_error(path))?;
        refuse_network(path)?;
        let lock = lock(path)?;
        let folder = path.join("journal");
        remove_unfinished_snapshots(&folder).map_err(io_error(&folder))?;
        let db = open(&folder).map_err(|source| OpenError::Store { path: path.to_owned(), source })?;
        let data = File::open(folder.join("db")).map_err(io_error(&folder))?;
        let (mark, acknowledged) = Mark::open(path).map_err(io_error(path))?;
        let batches = AtomicU64::new(0);
        let store = Self {
            path: path.to_owned(),
            db,
            data,
            make_durable,
            mark,
            batches,
            forgets: false,
            _lock: lock,
        };
        let written = store.read(keys::BATCHES)?.unwrap_or(0);
        if written < acknowledged {
            let lost = acknowledged - written;
            let what = format!("the newest {lost} of {acknowledged} entries of its journal are lost");
            return Err(DamageError { what }.into());
        }
        store.batches.store(written, Ordering::Relaxed);
        store.check_format(&folder)?;
        Ok(store)
    }

    /// The same, which keeps nothing from here on.
    pub fn forgetting(self) -> Self {
        Self { forgets: true, ..self }
    }

    fn sync_creation(&self, folder: &Path) -> io::Result<()> {
        self.flush()?;
        for synced in [folder.join("conf"), folder.join("db"), folder.to_owned(), self.path.clone()] {
            File::open(synced)?.sync_all()?;
        }
        let parent = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
    }

    fn check_format(&self, folder: &Path) -> Result<(), OpenError> {
        match self.read::<u32>(keys::FORMAT)? {
            // The format is written last, so a process that dies while it makes the store leaves the
            // syncing to the next one.
            None => {
                self.sync_creation(folder)
                    .map_err(|source| OpenError::Io { path: folder.to_owned(), source })?;
                let mut batch = Batch::default();
                batch.put(keys::FORMAT.to_vec(), &FORMAT)?;
                let identifier: [u8; 8] = rand::random();
                batch.put(keys::STORE.to_vec(), &identifier)?;
                self.commit(batch).map_err(|source| OpenError::Io { path: self.path.clone(), source })
            }
            Some(found) if found > FORMAT => {
                Err(OpenError::Newer { path: self.path.clone(), found, known: FORMAT })
            }
            Some(FORMAT) => Ok(()),
            // Before anything is written that the older version does not know.
            Some(_) => self.write_format(),
        }
    }

    fn write_format(&self) -> Result<(), OpenError> {
        let mut batch = Batch::default();
        batch.put(keys::FORMAT.to_vec(), &FORMAT)?;
        self.commit(batch).map_err(|source| OpenError::Io { path: self.path.clone(), source })
    }

    /// The store's folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The value of a key.
    pub fn read<T: DeserializeOwned>(&self, key: &[u8]) -> Result<Option<T>, DamageError> {
        self.db
            .get(key)
            .map_err(|error| unreadable(key, &error))?
            .map(|value| decode(key, &value))
            .transpose()
    }

    /// All keys that begin with `prefix`, with their values, in order.
    pub fn scan<T: DeserializeOwned>(
        &self,
        prefix: &[u8],
    ) -> impl Iterator<Item = Result<(sled::IVec, T), DamageError>> + use<T> {
        self.db.scan_prefix(prefix).map(|entry| {
            let (key, value) = entry.map_err(|error| unreadable(b"", &error))?;
            let value = decode(&key, &value)?;
            Ok((key, value))
        })
    }

    /// All long values whose keys begin with `prefix`, with those keys, in order.
    pub fn scan_long<T: DeserializeOwned>(
        &self,
        prefix: &[u8],
    ) -> impl Iterator<Item = Result<(Vec<u8>, T), DamageError>> + use<T> {
        self.scan_long_after(prefix, &[])
    }

    /// The same, of those behind `key` alone.
    pub fn scan_long_after<T: DeserializeOwned>(
        &self,
        prefix: &[u8],
        key: &[u8],
    ) -> impl Iterator<Item = Result<(Vec<u8>, T), DamageError>> + use<T> {
        let (db, prefix) = (self.db.clone(), prefix.to_vec());
        let mut last = prefix.clone().max(key.to_vec());
        iter::from_fn(move || next_long(&db, &prefix, &mut last).transpose())
    }

    /// Adds to `batch` that the long value of `key` goes.
    pub fn remove_long(&self, batch: &mut Batch, key: &[u8]) -> Result<(), DamageError> {
        for part in self.db.scan_prefix(key).keys() {
            batch.remove(part.map_err(|error| unreadable(key, &error))?.to_vec());
        }
        Ok(())
    }

    /// The first key that begins with `prefix`.
    pub fn first_key(&self, prefix: &[u8]) -> Result<Option<sled::IVec>, DamageError> {
        let first = self.db.scan_prefix(prefix).next().transpose();
        Ok(first.map_err(|error| unreadable(prefix, &error))?.map(|(key, _)| key))
    }

    /// The last key that begins with `prefix`.
    pub fn last_key(&self, prefix: &[u8]) -> Result<Option<sled::IVec>, DamageError> {
        let last = self.db.scan_prefix(prefix).next_back().transpose();
        Ok(last.map_err(|error| unreadable(prefix, &error))?.map(|(key, _)| key))
    }

    /// Writes a batch; when this returns it survives a power cut.
    pub fn commit(&self, mut batch: Batch) -> io::Result<()> {
        if batch.is_empty || self.forgets {
            return Ok(());
        }
        let written = self.batches.fetch_add(1, Ordering::Relaxed) + 1;
        batch.put(keys::BATCHES.to_vec(), &written).map_err(io::Error::other)?;
        self.db.apply_batch(batch.writes).map_err(into_io)?;
        self.flush()?;
        (self.make_durable)(&self.data)?;
        self.mark.set(written)
    }

    fn flush(&self) -> io::Result<()> {
        self.db.flush().map(drop).map_err(into_io)
    }

    /// Bytes that an ordinary user can still write on the store's disk.
    pub fn space_left(&self) -> io::Result<u64> {
        let disk = rustix::fs::statvfs(&self.path)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
}

/// Opens sled's files. The workspace's own lock is held, so that whoever still holds sled's is a store
/// that was just closed, whose last thread in the background has not ended yet: it is waited for.
fn open(folder: &Path) -> sled::Result<sled::Db> {
    let mut tries_left = 500_u32;
    loop {
        let opened = sled::Config::new()
            .path(folder)
            .cache_capacity(CACHE_BYTES)
            .mode(sled::Mode::HighThroughput)
            .flush_every_ms(None)
            .open();
        match opened {
            Err(sled::Error::Io(error)) if is_lock(&error) && tries_left > 0 => {
                tries_left -= 1;
                thread::sleep(Duration::from_millis(10));
            }
            opened => return opened,
        }
    }
}

/// Whether sled could not get its lock: it tells this apart by its words alone.
fn is_lock(error: &io::Error) -> bool {
    error.to_string().starts_with("could not acquire lock")
}

/// The first long value after the key `last`, which moves on to the value's last part.
///
/// sled lets go of pages only as it looks for others, and one range over a long log would end with all
/// of it in memory: so every part is looked for anew.
fn next_long<T: DeserializeOwned>(
    db: &sled::Db,
    prefix: &[u8],
    last: &mut Vec<u8>,
) -> Result<Option<(Vec<u8>, T)>, DamageError> {
    let mut next = |prefix: &[u8]| {
        let found = db.get_gt(&*last).map_err(|error| unreadable(last, &error))?;
        let found = found.filter(|(key, _)| key.starts_with(prefix));
        if let Some((key, _)) = &found {
            *last = key.to_vec();
        }
        Ok(found)
    };
    let Some((first, part)) = next(prefix)? else { return Ok(None) };
    let key = first[..first.len().saturating_sub(PART_NUMBER_BYTES)].to_vec();
    let mut found = Some((first, part));
    let mut value = Vec::new();
    let mut number = 0;
    while let Some((part, bytes)) = found {
        if part != part_key(&key, number) {
            let key = part.escape_ascii();
            return Err(DamageError { what: format!("a part before key {key} is missing") });
        }
        value.extend_from_slice(&bytes);
        number += 1;
        found = next(&key)?;
    }
    let value = decode(&key, &value)?;
    Ok(Some((key, value)))
}

fn decode<T: DeserializeOwned>(key: &[u8], value: &[u8]) -> Result<T, DamageError> {
    postcard::from_bytes(value).map_err(|error| {
        let key = key.escape_ascii();
        DamageError { what: format!("the record at key {key} cannot be read ({error})") }
    })
}

fn unreadable(key: &[u8], error: &sled::Error) -> DamageError {
    DamageError { what: format!("key {} cannot be read ({error})", key.escape_ascii()) }
}

fn into_io(error: sled::Error) -> io::Error {
    match error {
        // sled hands on copies of an error, whose text is that of its Debug.
        sled::Error::Io(error) if error.raw_os_error().is_none() => error.kind().into(),
        sled::Error::Io(error) => error,
        other => io::Error::other(other),
    }
}

fn lock(path: &Path) -> Result<File, OpenError> {
    let file = path.join("lock");
    let io_error = |source| OpenError::Io { path: file.clone(), source };
    let mut lock = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&file)
        .map_err(io_error)?;
    match lock.try_lock() {
        Ok(()) => {
            lock.set_len(0).map_err(io_error)?;
            write!(lock, "{}", std::process::id()).map_err(io_error)?;
            Ok(lock)
        }
        Err(fs::TryLockError::WouldBlock) => {
            let mut owner = String::new();
            // The owner's number only serves the message; the lock itself has already been decided.
            let known =
                lock.rewind().and_then(|()| lock.read_to_string(&mut owner)).is_ok() && !owner.is_empty();
            let owner = if known { owner } else { "unknown".to_owned() };
            Err(OpenError::InUse { path: path.to_owned(), owner })
        }
        Err(fs::TryLockError::Error(source)) => Err(io_error(source)),
    }
}

/// A snapshot that was being written when the process died blocks sled (its issues #1527, #1533);
/// sled rebuilds from the log without it.
fn remove_unfinished_snapshots(folder: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("snap.") && name.ends_with(".generating") {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn refuse_network(path: &Path) -> Result<(), OpenError> {
    // Magic numbers of statfs(2).
    const NETWORK: [(i64, &str); 5] =
        [(0x6969, "nfs"), (0xFF53_4D42, "cifs"), (0xFE53_4D42, "smb"), (0x517B, "smb"), (0x0102_1997, "9p")];
    let disk = rustix::fs::statfs(path)
        .map_err(|error| OpenError::Io { path: path.to_owned(), source: error.into() })?;
    let found = NETWORK.iter().find(|(magic, _)| *magic == disk.f_type);
    match found {
        Some(&(_, kind)) => Err(OpenError::Network { path: path.to_owned(), kind }),
        None => Ok(()),
    }
}
