//! Writes that become durable together, in pieces that sled keeps in one place.

use serde::Serialize;

use super::error::DamageError;

/// Bytes of a key and its value together, at most. A leaf has up to 20 of them: 16, one more before it
/// is split, and three of a neighbour that is merged into it.
const ENTRY_BYTES: usize = 6 * 1024;

/// Bytes of a part of a long value.
const PART_BYTES: usize = ENTRY_BYTES - 64;

/// Writes that become durable together.
#[derive(Debug)]
pub struct Batch {
    pub(super) writes: sled::Batch,
    pub(super) is_empty: bool,
}

impl Default for Batch {
    fn default() -> Self {
        Self { writes: sled::Batch::default(), is_empty: true }
    }
}

impl Batch {
    /// Sets a key.
    pub fn put<T: Serialize>(&mut self, key: Vec<u8>, value: &T) -> Result<(), DamageError> {
        let value = encode(value)?;
        if key.len() + value.len() > ENTRY_BYTES {
            let key = key.escape_ascii();
            return Err(DamageError { what: format!("{} bytes are too many for key {key}", value.len()) });
        }
        self.insert(key, value);
        Ok(())
    }

    /// Sets a key that was not set before to a value of any length, read back by
    /// [`super::store::Store::scan_long`]. No other long value's key may begin with it.
    pub fn put_long<T: Serialize>(&mut self, key: &[u8], value: &T) -> Result<(), DamageError> {
        let value = encode(value)?;
        if value.len().div_ceil(PART_BYTES) > usize::from(u16::MAX) {
            let key = key.escape_ascii();
            return Err(DamageError { what: format!("{} bytes are too many for key {key}", value.len()) });
        }
        for (number, part) in (0..).zip(value.chunks(PART_BYTES)) {
            self.insert(part_key(key, number), part.to_vec());
        }
        Ok(())
    }

    fn insert(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.is_empty = false;
        self.writes.insert(key, value);
    }

    /// Removes a key.
    pub fn remove(&mut self, key: Vec<u8>) {
        self.is_empty = false;
        self.writes.remove(key);
    }
}

pub(super) fn part_key(key: &[u8], number: u16) -> Vec<u8> {
    [key, &number.to_be_bytes()].concat()
}

fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, DamageError> {
    postcard::to_stdvec(value)
        .map_err(|error| DamageError { what: format!("a record cannot be written: {error}") })
}
