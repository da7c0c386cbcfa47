//! Limits as data: the embedded `limits.toml` of each provider, the file of a channel that replaces
//! parts of one, and what a row of the table of failures comes to in a call.
//!
//! A file is read as serde shapes (`raw`), whose values are laid over the limits that are there already
//! (`read`, `rows`, `failures`), so that an embedded file and one that replaces a single number are read by the same
//! code. `meaning` is the one place where a class becomes verdicts and signals; `media` judges files.

mod embedded;
mod failures;
mod meaning;
mod media;
mod raw;
mod read;
mod reading;
mod rows;

pub use embedded::facts;
pub use meaning::FAILED;
pub use media::MediaProblem;

#[cfg(test)]
mod tests;
