//! TOML files that people write, read such that every mistake in them is found at once and has a place.
//!
//! A file becomes text (`source`), the text a table (`syntax`), the table a serde shape (`fill`), and what
//! more than one kind of file has in common becomes values (`value`). What is wrong goes into
//! [`Findings`]. Nothing here knows what a campaign or a channel is.

mod fill;
mod findings;
mod mistake;
mod moment;
mod placed;
mod source;
mod syntax;
mod text;
pub mod value;

pub use fill::fill;
pub use findings::Findings;
pub use mistake::Homes;
pub use moment::{DatesOrText, Written};
pub use placed::{Placed, Table};
pub use source::read;
pub use syntax::parse;
pub use text::{
    Kind, OfFrequency, OfRate, OfShare, OfTime, Plain, Text, TextList, TextOrTexts, TextTable, Texts,
};
