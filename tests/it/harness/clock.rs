//! The clock of a rehearsal: every process of a workspace shows the same other time, and jumps when a test says so.

use std::fs;
use std::path::{Path, PathBuf};

use disparo::clock::{Clock, SystemClock};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

/// The file of `DISPARO_CLOCK`. Time goes on by itself, as fast as the machine's.
pub struct Rehearsal {
    folder: TempDir,
}

impl Rehearsal {
    /// A clock that shows `moment` (RFC 3339) now.
    pub fn at(moment: &str) -> Self {
        let clock = Self { folder: tempfile::tempdir().expect("a temporary folder") };
        clock.jump_to(moment);
        clock
    }

    /// Shows `moment` from now on; every process sees it within some 20 ms. It never goes back.
    pub fn jump_to(&self, moment: &str) {
        let moment: Timestamp = moment.parse().unwrap_or_else(|error| panic!("{moment}: {error}"));
        self.write(moment.duration_since(SystemClock::new().now()));
    }

    /// Shows as much later from now on.
    pub fn advance(&self, by: SignedDuration) {
        let shift: i64 = fs::read_to_string(self.file()).expect("written").parse().expect("a number");
        self.write(SignedDuration::from_millis(shift) + by);
    }

    /// What it shows.
    pub fn now(&self) -> Timestamp {
        let shift: i64 = fs::read_to_string(self.file()).expect("written").parse().expect("a number");
        SystemClock::new().now() + SignedDuration::from_millis(shift)
    }

    /// The file, for `DISPARO_CLOCK`.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("clock")
    }

    fn write(&self, shift: SignedDuration) {
        // Renamed into place: nobody reads half a number.
        let new = self.folder.path().join("new");
        fs::write(&new, shift.as_millis().to_string()).expect("a writable folder");
        fs::rename(new, self.file()).expect("a writable folder");
    }
}

/// The environment variable of a clock's file.
pub fn variable(file: &Path) -> (&'static str, String) {
    ("DISPARO_CLOCK", file.to_string_lossy().into_owned())
}
