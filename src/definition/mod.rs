//! Campaign definitions: from the TOML that a marketer writes to a [`crate::domain::Campaign`] that
//! cannot be wrong.
//!
//! `raw` has the serde shapes, which `schema` turns into a JSON Schema, with the larger tables and keys in
//! files of their own (`raw_action`, `raw_channels`, `raw_conduct`, `raw_schedule`, `raw_source`); `validate` and its neighbours
//! (`action`, `audience`, `message`, `pace`, `safety`, `schedule`, one for each table, `conduct` for what goes on
//! beyond the message, and `channels`, `source` and `window` for three keys) make a campaign of them; `jinja` checks the syntax of texts and conditions, `checks` is what they share.
//!
//! What the table `[action]` says is one key, named like [`crate::domain::Action::word`], whose texts are
//! filled from the row as a message's are. Making, changing and deleting tags concerns no audience: these
//! three are left to `disparo tags`.

mod action;
mod audience;
mod channels;
mod checks;
mod conduct;
mod jinja;
mod load;
mod message;
mod pace;
mod raw;
mod raw_action;
mod raw_channels;
mod raw_conduct;
mod raw_schedule;
mod raw_source;
mod safety;
mod schedule;
mod schema;
mod source;
mod validate;
mod window;

pub use load::{Defaults, is_scheduled, load, name_of};
pub use schema::schema;
