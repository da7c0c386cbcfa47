//! The inbox: what is dropped into it is launched unasked, once.
//!
//! `look` finds out what lies there and what each file waits for; `attempt` takes one; `notes` tells people beside
//! the files. Only definitions directly in the inbox are taken. An audience is looked for in the inbox first, then
//! in the workspace, by the path that the definition has.

mod attempt;
mod inbox;
mod item;
mod judge;
mod look;
mod notes;
mod problem;
mod scheduled;
mod status;

pub use inbox::Intake;
