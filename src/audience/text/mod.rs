//! Text files as a stream: any encoding becomes UTF-8, any delimiter is found, and records come out
//! one by one in memory that does not grow with the file.

mod delimiter;
mod records;
mod utf8;

pub(super) use records::{Found, Records};
pub(super) use utf8::Utf8Stream;
