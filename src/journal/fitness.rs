//! Whether the journal could do its work, for whoever watches the process.

use std::io;
use std::path::Path;

use super::error::JournalError;
use super::gate::Journal;
use super::measures::Measured;

/// Space that intents leave on the disk, so that outcomes and the sled log's housekeeping always
/// find some.
const RESERVE_BYTES: u64 = 32 * 1024 * 1024;

impl Journal {
    /// Whether everything that has to be written could be written now. Waits while a group becomes durable.
    ///
    /// # Errors
    /// When the journal is broken, the store is not adopted, or too little space is left for a run to begin or
    /// go on.
    pub fn is_fit(&self) -> Result<(), JournalError> {
        drop(self.state()?);
        if !self.is_writing() {
            return Err(self.broken());
        }
        self.is_at_home()?;
        let left = self.space_left().map_err(|error| {
            JournalError::Broken(format!("the space left on the store's disk cannot be read ({error})"))
        })?;
        refuse_full(left, self.path())
    }

    /// What was written since the process began, counted.
    #[must_use]
    pub fn measured(&self) -> Measured {
        self.measures().so_far()
    }

    /// Bytes that can still be written on the store's disk.
    ///
    /// # Errors
    /// When the disk cannot be asked.
    pub fn space_left(&self) -> io::Result<u64> {
        self.store().space_left()
    }
}

pub(super) fn refuse_full(space_left: u64, path: &Path) -> Result<(), JournalError> {
    if space_left < RESERVE_BYTES {
        return Err(JournalError::DiskFull { path: path.to_owned(), left: space_left / (1024 * 1024) });
    }
    Ok(())
}
