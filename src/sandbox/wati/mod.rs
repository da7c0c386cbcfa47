//! Wati's far side: API v1 behind a tenant by seed 003, and v3, as far as providers.md §3 knows them.

mod account;
mod answer;
mod call;
mod echo;
mod failure;
mod far_side;
mod fields;
mod hearing;
mod inspection;
mod judge;
mod operation;
mod perform;
mod refusal;
mod webhooks;

use account::Account;
pub(super) use far_side::Wati;
pub use refusal::WatiRefusal;
