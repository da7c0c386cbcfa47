//! From a definition and its audience to a frozen plan: every row is judged, every message rendered
//! and checked against its provider's limits, before anything is sent.

mod after;
mod again;
mod asking;
mod calls;
mod complete;
mod error;
mod fallback;
mod fetch;
mod freeze;
mod frequency;
mod judge;
mod media;
mod prepare;
mod rejects;
mod rows_file;
mod single;
mod spread;
mod standing;
mod survey;
mod tags;
mod templates;
mod validity;

pub use after::due_after;
pub use asking::Unanswered;
pub use calls::{Calls, chunks_of};
pub use error::PlanError;
pub use fallback::{Due, carried, due};
pub use freeze::{Checked, Planned, Source};
pub use judge::{Fate, Fault, Judge};
pub use prepare::{Asking, Prepared, must_ask};
pub use rejects::sweep;
pub use rows_file::sweep_fetched;
pub use standing::StandingRule;
pub use survey::{People, Sample, Survey};
pub use tags::UnknownTag;
