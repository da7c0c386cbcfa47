//! Receipts that wait until it is known whose they are.

use super::error::{DamageError, JournalError};
use super::gate::Journal;
use super::keys;
use super::letters::{Alias, Unmatched};

/// Where a walk over all waiting receipts has come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnmatchedCursor(Vec<u8>);

impl Unmatched {
    /// What tells it from others: a repeated one has the same.
    ///
    /// # Errors
    /// When it cannot be written, which would be a fault of Disparo's.
    pub fn digest(&self) -> Result<u64, DamageError> {
        let receipt = postcard::to_stdvec(&self.receipt)
            .map_err(|error| DamageError { what: format!("a receipt cannot be written: {error}") })?;
        let mut hasher = blake3::Hasher::new_derive_key("disparo unmatched receipt");
        hasher.update(self.channel.as_bytes()).update(&[0]).update(&receipt);
        let [a, b, c, d, e, f, g, h, ..] = *hasher.finalize().as_bytes();
        Ok(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
    }
}

impl Journal {
    /// Receipts that wait for one of their names to be known, which is this. As with [`Journal::known_as`]
    /// nobody waits for the disk.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn unmatched(&self, alias: Alias) -> Result<Vec<Unmatched>, JournalError> {
        let found = self.store().scan_long::<Unmatched>(&keys::unmatched_of(alias.0));
        Ok(found.map(|entry| entry.map(|(_, unmatched)| unmatched)).collect::<Result<_, _>>()?)
    }

    /// The next receipts that wait, at most so many, in no order that means anything: one that waits under
    /// several names comes several times. Empty at the end.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn next_unmatched(
        &self,
        cursor: &mut UnmatchedCursor,
        at_most: usize,
    ) -> Result<Vec<Unmatched>, JournalError> {
        let _state = self.state()?;
        let mut page = Vec::new();
        for entry in self.store().scan_long_after::<Unmatched>(keys::ALL_UNMATCHED, &cursor.0).take(at_most) {
            let (key, unmatched) = entry?;
            // Behind all parts of this one.
            cursor.0 = [&key[..], &[u8::MAX; 2]].concat();
            page.push(unmatched);
        }
        Ok(page)
    }
}
