//! Wati: `POST /{tenant}/api/v1/sendTemplateMessage`, one recipient in a call, business failures in
//! HTTP 200 (seed 003, providers.md §3).

mod classify;
pub mod errors;
pub mod limits;
mod request;
pub mod wire;

pub use classify::classify;
pub use limits::FACTS;
pub use request::{ENTRY, Wati};
