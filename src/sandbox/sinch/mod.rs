//! Sinch's far side: `POST /v1/whatsapp/send` and the groups of an account, by seed 001 and what is known of
//! Sinch's own pages (providers.md §2).

mod account;
mod answer;
mod content;
mod failure;
mod far_side;
mod groups;
mod judge;
mod operation;
mod refusal;
mod webhooks;

pub(super) use far_side::Sinch;
pub use refusal::SinchRefusal;
