//! The omnichannel's far side: contacts, tags and messages by seed 000, over the HTTP mapping that is
//! Disparo's own.
//!
//! Payloads are held against the seed field by field (`fields`): what is missing or of another type is a 400
//! that names the field, what the seed does not know is noted. Contacts and tags stay for as long as the
//! process runs; identifiers are 24 hexadecimal digits.

mod account;
mod answer;
mod call;
mod far_side;
mod fields;
mod judge;
mod listing;
mod perform;
mod refusal;
mod schema;
mod webhooks;

pub(super) use far_side::Omnichannel;
pub use refusal::OmnichannelRefusal;
