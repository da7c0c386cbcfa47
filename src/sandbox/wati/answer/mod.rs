//! Wati's answers (providers.md §3.3 and §3.4).

mod failure;
mod lists;
mod sent;
mod shapes;
mod standing;

pub(super) use failure::{done, not_done, unfit, usual_body};
pub(super) use lists::{contact_page, message_page, recipient_page, template_page};
pub(super) use sent::of_sending;
pub(super) use shapes::{broadcast, channel, contact, contact_v3, heard, instant};
