//! Judges requests by the seed (003) and providers.md §3.3 and §3.4: on the JSON itself, because the client's
//! own types forgive more than Wati does.

mod changes;
mod questions;
mod reading;
mod session;
mod template;
mod template_rules;

pub(super) use changes::{create_contact, set_chat_status, set_many, set_one, set_third_chat_status};
pub(super) use questions::{broadcast, broadcast_recipients, contacts, messages, templates, third_messages};
pub(super) use reading::Unfit;
pub(super) use session::{session_message, third_text};
pub(super) use template::{bulk, single, third_send};
