//! Holidays: days on which no window opens, from lists of dates and from calendars in .ics files.
//!
//! `ics` reads a calendar, `key` what a file of settings or a definition says at `holidays`. Nothing here knows
//! what a window is, nor what day it is: a day that comes every year is read for all years of [`YEARS`].

mod error;
mod ics;
mod key;

pub use error::CalendarError;
pub use ics::{YEARS, read};
pub use key::{NONE, days};
