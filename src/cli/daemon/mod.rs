//! What a process does unasked: launches what is due, and goes on with what was being sent.

mod alarm;
mod definitions;
mod keeper;
mod pass;
mod scheduled;
mod supervisor;
mod systemd;

pub use definitions::Definitions;
pub use keeper::Keeper;
pub use scheduled::scheduled;
pub use systemd::Systemd;
