//! Devino's far side: `POST /whatsapp/messages`, judged by seed 002 and nothing kinder.

mod account;
mod answer;
mod failure;
mod far_side;
mod judge;
mod media_type;
mod refusal;
mod webhooks;

pub(super) use far_side::Devino;
pub use refusal::{DevinoRefusal, Place};
