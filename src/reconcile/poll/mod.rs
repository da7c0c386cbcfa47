//! Asking the providers about messages of which nothing is heard any more, and about those in doubt.
//!
//! Only where a provider can be asked (Wati). A webhook that is lost is made good for by this; what nobody
//! tells and nobody can be asked stays as it is.

mod asker;
mod bodies;
mod broadcast;
mod due;
mod evidence;
mod person;
mod poller;
mod wanted;

pub use asker::{Asker, Counts as AskedCounts, Manner, PollError, Told, Trouble};
pub use due::{LONGEST, Patience};
pub use poller::{OnTrouble, Poller};
pub use wanted::can_be_asked;
