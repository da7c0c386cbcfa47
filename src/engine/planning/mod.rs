//! From a definition and its audience to a frozen plan: every row is judged, every message rendered
//! and checked against its provider's limits, before anything is sent.

mod again;
mod error;
mod fallback;
mod freeze;
mod judge;
mod rejects;
mod single;
mod spread;
mod survey;

pub use error::PlanError;
pub use fallback::{Due, due};
pub use freeze::{Checked, Planned, Source};
pub use judge::{Fate, Fault, Judge};
pub use rejects::sweep;
pub use survey::{Sample, Survey};
