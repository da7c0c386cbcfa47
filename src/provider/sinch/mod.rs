//! Sinch Messaging: `POST /v1/whatsapp/send`, one message for all recipients of a call, and the groups of
//! an account (seed 001, providers.md §2).

mod classify;
pub mod errors;
mod groups;
pub mod limits;
mod media;
mod message;
mod questions;
mod request;
mod webhook;
pub mod wire;

pub use classify::classify;
pub use limits::FACTS;
pub use request::{ENTRY, Sinch};
