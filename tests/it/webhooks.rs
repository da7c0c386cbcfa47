//! Webhooks, from the provider's post to what is known of a message.

mod flood;
mod killed;
mod left_over;
mod refused;
mod samples;
mod serving;
pub mod told;
mod while_sending;
