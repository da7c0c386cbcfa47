//! Campaign definitions: from the TOML that a marketer writes to a [`crate::domain::Campaign`] that
//! cannot be wrong.
//!
//! `raw` has the serde shapes, which `schema` turns into a JSON Schema; `validate` and its neighbours
//! (`audience`, `message`, `pace`, `safety`, one for each table) make a campaign of them; `jinja` checks
//! the syntax of texts and conditions.

mod audience;
mod jinja;
mod load;
mod message;
mod pace;
mod raw;
mod safety;
mod schema;
mod validate;

pub use load::{load, name_of};
pub use schema::schema;
