//! The record: what was accepted, and what every call was answered with.

mod entry;
mod file;
mod ledger;
mod line;
mod stream;
mod view;

pub use entry::{Accepted, Answered, Arrival, CallEntry, State};
pub use file::RecordError;
pub(super) use ledger::Ledger;
pub use ledger::Recording;
pub(super) use stream::Lines;
pub use view::Record;
