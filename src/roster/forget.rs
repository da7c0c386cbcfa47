//! Forgets a person: salt and payload become zeros, the digest and the plan hash stay.

use std::fs::OpenOptions;
use std::os::unix::fs::FileExt;

use super::format::{HEADER, Header, OVERHEAD};
use super::{Roster, RosterError};
use crate::domain::RecipientNumber;

impl Roster {
    /// Deletes what the roster knows of a recipient; its number, channel and standing stay, for the
    /// tally. Repeating it is harmless. It is on disk when this returns, as far as the disk
    /// overwrites in place; copies and backups are for whoever made them.
    ///
    /// # Errors
    /// When there is no such recipient, its place cannot be found, or the disk refuses.
    pub fn forget(&self, number: RecipientNumber) -> Result<(), RosterError> {
        for located in self.locate(number, number)? {
            let start = located.entry.offset;
            let length = (located.end - start) as usize;
            let mut header = [0; HEADER];
            self.read(&self.recipients, &mut header, start)?;
            let read = Header::decode(header).filter(|header| header.length + OVERHEAD == length);
            let header = read.ok_or_else(|| self.damaged(number, "its length is not that of the index"))?;
            let mut zeros = vec![0; length];
            // The header first: whatever of the rest is overwritten before a crash, the record is
            // known to be forgotten and can be forgotten again.
            zeros.splice(..HEADER, Header { forgotten: true, ..header }.encode());
            let path = &self.recipients.path;
            let written = OpenOptions::new().write(true).open(path).and_then(|file| {
                file.write_all_at(&zeros, start)?;
                file.sync_data()
            });
            written.map_err(|cause| RosterError::disk("write", path, cause))?;
        }
        Ok(())
    }
}
