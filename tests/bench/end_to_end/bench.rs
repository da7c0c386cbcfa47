//! What all lines share: the binary, a folder, how large everything is.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;

use super::reference::References;

/// See the module.
pub struct Bench {
    /// Whether this is measured; else it is only tried.
    pub is_full: bool,
    /// Programs to compare with.
    pub references: References,
    folder: TempDir,
}

impl Bench {
    /// Makes the folder, beside what cargo built: a disk, where temporary folders may be memory.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn new(is_full: bool) -> std::io::Result<Self> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        Ok(Self { is_full, references: References::find(is_full), folder })
    }

    /// The binary.
    pub fn disparo(&self) -> &Path {
        Path::new(env!("CARGO_BIN_EXE_disparo"))
    }

    /// Where workspaces are made.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// `full`, or as few as a try needs.
    pub fn size(&self, full: u64, tried: u64) -> u64 {
        if self.is_full { full } else { tried }
    }

    /// How often a pair is measured; of several the median counts.
    pub fn rounds(&self) -> usize {
        if self.is_full { 3 } else { 1 }
    }

    /// Measures both sides in turn, so that both meet the same noise. Gives the medians of both and of their ratios.
    pub fn pairs(
        &self,
        mut ours: impl FnMut() -> f64,
        mut reference: impl FnMut() -> f64,
    ) -> (f64, f64, f64) {
        let measured: Vec<_> = (0..self.rounds()).map(|_| (ours(), reference())).collect();
        let of = |part: fn(&(f64, f64)) -> f64| median(measured.iter().map(part).collect());
        (of(|pair| pair.0), of(|pair| pair.1), of(|pair| pair.0 / pair.1))
    }

    /// The median of some rounds.
    pub fn repeated(&self, measure: impl FnMut() -> f64) -> f64 {
        median(std::iter::repeat_with(measure).take(self.rounds()).collect())
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// `12,345/s`.
pub fn per_second(rate: f64) -> String {
    format!("{}/s", grouped(rate.round() as u64))
}

/// `3.21 s`.
pub fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

/// `31.5 MiB`.
pub fn mebibytes(bytes: u64) -> String {
    format!("{:.1} MiB", bytes as f64 / 1024.0 / 1024.0)
}

/// `1,234,567`.
pub fn grouped(number: u64) -> String {
    indicatif::HumanCount(number).to_string()
}
