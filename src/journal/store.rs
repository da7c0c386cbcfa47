//! sled, opened, locked and made durable. The only file that knows sled's ways.
//!
//! sled 0.34.7's `flush` never calls fsync on Linux (its issues #1077, #1351, #1452). The repair:
//! after creation the files `conf` and `db`, their folder and its parent are synced once; after
//! every flush the file `db` gets an `fdatasync`. `flush_async` is never called: concurrent calls
//! deadlock (#1308). Values stay far below the size (512 KiB) at which sled moves them into files of
//! their own, which the repair does not reach.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::error::{DamageError, OpenError};
use super::keys;

/// The newest format that this version reads and the one that it writes.
const FORMAT: u32 = 1;

/// sled's page cache.
const CACHE_BYTES: u64 = 16 * 1024 * 1024;

/// The key-value files under one lock.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    db: sled::Db,
    data: File,
    // Held as long as the store is open; the kernel lets go of it when the process ends.
    _lock: File,
}

impl Store {
    /// Opens or makes the store in the folder `path`, as its only owner.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let io_error = |path: &Path| {
            let path = path.to_owned();
            move |source| OpenError::Io { path, source }
        };
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io_error(path))?;
        refuse_network(path)?;
        let lock = lock(path)?;
        let folder = path.join("journal");
        remove_unfinished_snapshots(&folder).map_err(io_error(&folder))?;
        let is_new = !folder.join("db").exists();
        let db = sled::Config::new()
            .path(&folder)
            .cache_capacity(CACHE_BYTES)
            .mode(sled::Mode::HighThroughput)
            .flush_every_ms(None)
            .open()
            .map_err(|source| OpenError::Store { path: path.to_owned(), source })?;
        let data = File::open(folder.join("db")).map_err(io_error(&folder))?;
        let store = Self { path: path.to_owned(), db, data, _lock: lock };
        if is_new {
            store.sync_creation(&folder).map_err(io_error(&folder))?;
        }
        store.check_format()?;
        Ok(store)
    }

    fn sync_creation(&self, folder: &Path) -> io::Result<()> {
        self.flush()?;
        for synced in [folder.join("conf"), folder.join("db"), folder.to_owned(), self.path.clone()] {
            File::open(synced)?.sync_all()?;
        }
        match self.path.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => File::open(parent)?.sync_all(),
            _ => Ok(()),
        }
    }

    fn check_format(&self) -> Result<(), OpenError> {
        match self.read::<u32>(keys::FORMAT)? {
            None => {
                let mut batch = Batch::default();
                batch.put(keys::FORMAT.to_vec(), &FORMAT)?;
                let identifier: [u8; 8] = rand::random();
                batch.put(keys::STORE.to_vec(), &identifier)?;
                self.commit(batch).map_err(|source| OpenError::Io { path: self.path.clone(), source })
            }
            Some(found) if found > FORMAT => {
                Err(OpenError::Newer { path: self.path.clone(), found, known: FORMAT })
            }
            Some(_) => Ok(()),
        }
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

    /// All keys from `from` that begin with `prefix`, with their values, in order.
    pub fn scan<T: DeserializeOwned>(
        &self,
        prefix: &[u8],
        from: &[u8],
    ) -> impl Iterator<Item = Result<(sled::IVec, T), DamageError>> + use<T> {
        let prefix = prefix.to_vec();
        self.db
            .range(from.to_vec()..)
            .take_while(move |entry| entry.as_ref().map_or(true, |(key, _)| key.starts_with(&prefix)))
            .map(|entry| {
                let (key, value) = entry.map_err(|error| unreadable(b"", &error))?;
                let value = decode(&key, &value)?;
                Ok((key, value))
            })
    }

    /// The last key that begins with `prefix`.
    pub fn last_key(&self, prefix: &[u8]) -> Result<Option<sled::IVec>, DamageError> {
        let last = self.db.scan_prefix(prefix).next_back().transpose();
        Ok(last.map_err(|error| unreadable(prefix, &error))?.map(|(key, _)| key))
    }

    /// Writes a batch; when this returns it survives a power cut.
    pub fn commit(&self, batch: Batch) -> io::Result<()> {
        self.db.apply_batch(batch.0).map_err(into_io)?;
        self.flush()?;
        self.data.sync_data()
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

/// Writes that become durable together.
#[derive(Debug, Default)]
pub struct Batch(sled::Batch);

impl Batch {
    /// Sets a key.
    pub fn put<T: Serialize>(&mut self, key: Vec<u8>, value: &T) -> Result<(), DamageError> {
        let value = postcard::to_stdvec(value)
            .map_err(|error| DamageError { what: format!("a record cannot be written: {error}") })?;
        self.0.insert(key, value);
        Ok(())
    }

    /// Removes a key.
    pub fn remove(&mut self, key: Vec<u8>) {
        self.0.remove(key);
    }
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
