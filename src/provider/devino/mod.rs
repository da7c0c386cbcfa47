//! Devino: `POST /whatsapp/messages`, up to a whole chunk in a call (seed 002).

pub mod wire;
