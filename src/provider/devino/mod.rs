//! Devino: `POST /whatsapp/messages`, a whole chunk in a call, one result for each message (seed 002).

mod classify;
pub mod errors;
pub mod limits;
mod request;
mod webhook;
pub mod wire;

pub use classify::classify;
pub use limits::FACTS;
pub use request::{Devino, ENTRY};
