//! The durable truth: what was intended, what came of it, and what follows from both.
//!
//! One thread writes (`writer`); what may be written is decided by the [`Ledger`], the fold of a
//! run's log; a [`Permit`] proves that an intent is on disk. What readers see has been on disk before
//! they see it.

mod abandoned;
mod adoption;
mod apply;
mod batch;
mod calls;
mod canary;
mod deliveries;
mod drops;
mod error;
mod evidence;
mod fitness;
mod fold;
mod gate;
mod history;
mod home;
mod keys;
mod ledger;
mod letters;
mod load;
mod log_map;
mod mark;
mod marks;
mod measures;
mod permit;
mod place;
mod record;
mod settling;
mod skips;
mod stage;
mod state;
mod store;
mod suppression_list;
#[cfg(test)]
mod tests;
mod view;
mod waiting;
mod writer;

pub use adoption::Adopted;
pub use canary::CanaryView;
pub use deliveries::{Deliveries, DeliveryCounts, DeliveryRecord};
pub use drops::{Dropped, Stamp};
pub use error::{DamageError, JournalError, OpenError};
pub use gate::Journal;
pub use history::RecipientHistory;
pub use home::Strange;
pub use ledger::Ledger;
pub use letters::{Alias, Applied, HookSecret, KeptInbound, Letter, Marked, Proof, Unmatched};
pub use log_map::LogMap;
pub use measures::{FLUSH_BOUNDS, Measured};
pub use permit::{Permit, Spent};
pub use place::{Doubt, OpenIntent, Place};
pub use record::{Epoch, NewRun, RunFacts, RunSummary, SettledBy, Settlement, SkipCause, Suppression};
pub use state::{Balance, UsageOf};
pub use view::RunView;
pub use waiting::UnmatchedCursor;
