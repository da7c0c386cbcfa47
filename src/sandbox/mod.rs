//! The built-in simulator: Devino and Wati on one listener, strict to the seeds, with faults by scenario and
//! a record of what was accepted that nobody who sends can touch.
//!
//! | route | what |
//! |---|---|
//! | `POST /whatsapp/messages` | Devino (seed 002) |
//! | `POST /{tenant}/api/v1/sendTemplateMessage` | Wati (seed 003); any tenant |
//! | `GET /sandbox/record` | what was accepted, one JSON object a line, in the order of acceptance |
//! | `GET /sandbox/calls` | every call and what it was answered with, one JSON object a line |
//! | `GET /sandbox/state` | the counts |
//! | `GET /sandbox/wait?calls=N&accepted=N&held=N` | the counts, as soon as they are at least these |
//! | `POST /sandbox/scenario` | replaces the scenario; its counts and limits begin anew, the record stays |
//! | `POST /sandbox/hold`, `POST /sandbox/release` | calls that arrive wait in front of acceptance until released |
//!
//! Any credential of the right form is accepted; `/sandbox/…` needs none and answers this computer alone.
//!
//! Unkind where real providers are: a call that has arrived whole is decided even when its sender is gone
//! by then; a dropped or truncated answer closes the connection; a redirect points back at the same address.
//!
//! How the far side behaves on bad days is said by a [`Scenario`]; see [`scenario`] for the grammar.

mod credentials;
mod desk;
mod devino;
mod digest;
mod far_side;
mod gate;
mod inspection;
mod limiter;
mod plausible;
mod record;
mod reply;
pub mod scenario;
mod server;
mod service;
mod take;
mod wati;

pub use devino::{DevinoRefusal, Place};
pub use record::{Accepted, Answered, CallEntry, Record, RecordError, Recording, State};
pub use scenario::Scenario;
pub use server::{Sandbox, SandboxError};
pub use service::Service;
pub use wati::WatiRefusal;

#[cfg(test)]
mod tests;
