//! Templates: what a row becomes. The definition's Jinja sources, compiled once for an audience's
//! columns, then rendered for every row; and the filter that says which rows are sent at all.
//!
//! All columns are strings, exactly as in the file; `total | float` reads a number the way Brazilian
//! and other offices write it. A name that the audience does not have is an error before any row is
//! looked at, unless the template itself asks whether it is there.

mod action;
mod comparisons;
mod compiled;
mod content;
mod environment;
mod error;
mod filter;
mod names;
mod numbers;
mod row_context;
mod segments;
#[cfg(test)]
mod tests;
mod words;

pub use action::RenderedAction;
pub use content::{ContentTemplate, Rendered};
pub use error::TemplateError;
pub use filter::Filter;
