//! Webhooks, from the provider's post to what is known of a message.

mod serving;
mod while_sending;
