//! The hot folder: what lies in it, what a name says of a file, when a file is whole, and how it is read so that
//! nothing outside the workspace is.
//!
//! When a file is whole is decided over what is seen of it and the clock's ticks ([`Stability`]), without a disk.

mod copy;
mod listing;
mod name;
mod notes;
mod stability;
mod watch;

pub use copy::{Refused, copy, open_within};
pub use listing::{Entry, Facts, Kind, holds, list, look};
pub use name::{Role, note_of, owner_of, role};
pub use notes::{put, remove};
pub use stability::{Hint, Stability, has_settled};
pub use watch::Watch;
