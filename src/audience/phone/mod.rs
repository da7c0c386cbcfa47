//! Telephone numbers as people and spreadsheets write them, read into E.164.
//!
//! How an ambiguous number is read, always the same way:
//! 1. `+` or `00` in front: international, whatever the campaign's country is.
//! 2. Otherwise national, when the digits are a possible number of the campaign's country. For Brazil
//!    these are 10 or 11 digits (area code and subscriber), so `55 98765-4321` is area code 55.
//! 3. Otherwise, when the digits begin with the country's own calling code, international with a lost
//!    plus sign. For Brazil these are 12 or 13 digits that begin with 55.
//!
//! The calling code of *another* country is never guessed: a typing error in a national number would
//! reach a stranger abroad.
//!
//! Google's metadata decide what is valid, with one addition: a Brazilian mobile number without its
//! ninth digit (`55 DD [6-9]XXXXXXX`) is accepted and sent as given, because many WhatsApp accounts
//! are registered under it.

mod bad;
mod brazil;
mod clean;
mod read;
#[cfg(test)]
mod tests;

pub use bad::BadPhone;
pub(super) use clean::is_invisible;
pub use read::{country_of, is_supported, read};
