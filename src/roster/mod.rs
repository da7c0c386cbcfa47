//! The roster: a run's frozen recipients on disk, written once and never changed.
//!
//! `<store>/rosters/<run id>/` holds four files:
//!
//! | file | holds |
//! |---|---|
//! | `plan.json` | format, plan hash, and what the hash covers: the plan, the number of recipients, the hashes of `digests` and `index` |
//! | `recipients` | a recipient each: length (u24 little endian), state (u8), salt (16 random bytes), payload (postcard) |
//! | `index` | 8 bytes each: offset in `recipients` (u48 little endian), channel (u8), standing (u8) |
//! | `digests` | 32 bytes each: BLAKE3(salt ‖ payload) |
//!
//! The plan hash covers `recipients` only through the digests. So a person can be forgotten: salt and
//! payload become zeros, the digest stays, and the hash still verifies. Without the salt a digest
//! cannot be matched against guessed numbers.
//!
//! Damage is found where it could do harm: a changed `plan.json` on opening, a changed `index` at the end of
//! [`Roster::standings`], a changed recipient when it is read, and everything by [`Roster::verify`].

mod background;
mod error;
mod find;
mod forget;
mod format;
mod freeze;
mod reader;
mod standings;
mod sweep;
mod verify;
mod writer;

#[cfg(test)]
mod tests;

pub use background::BackgroundWriter;
pub use error::RosterError;
pub use find::Found;
pub use reader::Roster;
pub use standings::Standings;
pub use sweep::{discard, sweep};
pub use writer::RosterWriter;
