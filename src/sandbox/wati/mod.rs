//! Wati's far side: `POST /{tenant}/api/v1/sendTemplateMessage`, by seed 003 and what is known of API v1.

mod answer;
mod far_side;
mod judge;
mod refusal;

pub(super) use far_side::Wati;
pub use refusal::WatiRefusal;
