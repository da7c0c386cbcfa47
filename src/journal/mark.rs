//! The mark: how many batches the store has acknowledged, kept beside sled.
//!
//! sled takes a damaged or shortened file for the end of a crash and opens with what comes before it,
//! without a word. People in the lost part would be pending again and messaged twice. So the store
//! counts its batches in each batch, and writes the count here once it is durable: a store that knows
//! of fewer batches than were acknowledged is damaged.
//!
//! Nobody waits for the mark to reach the disk. It is never ahead of the store, and after a power cut
//! it may lie behind, which only means that less is noticed.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// The file's name in the store's folder.
const NAME: &str = "acknowledged";

/// The count's digits; always as many, so that it is overwritten in place.
const DIGITS: usize = 20;

/// See the module.
#[derive(Debug)]
pub struct Mark {
    file: File,
}

impl Mark {
    /// Opens or makes the mark in `folder`, and reads it. A mark that cannot be read counts as none.
    pub fn open(folder: &Path) -> io::Result<(Self, u64)> {
        let mut file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(folder.join(NAME))?;
        let mut text = String::new();
        // Left unreadable by a power cut while it was made.
        let is_text = file.read_to_string(&mut text).is_ok();
        let count = text.trim_end().parse().ok().filter(|_| is_text);
        let mark = Self { file };
        if count.is_none() {
            mark.set(0)?;
            mark.file.sync_all()?;
        }
        Ok((mark, count.unwrap_or(0)))
    }

    /// Overwrites the mark.
    pub fn set(&self, count: u64) -> io::Result<()> {
        self.file.write_all_at(format!("{count:0DIGITS$}\n").as_bytes(), 0)
    }
}
