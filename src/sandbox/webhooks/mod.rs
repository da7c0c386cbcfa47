//! What is posted to the account's owner: a status event for each step of each message, and what people write.
//!
//! - Where: Devino posts statuses to each message's own `callbackUrl` (seed 002); everything else goes to the
//!   account's address (`POST /sandbox/{provider}/webhook`). A message is followed where there is an address
//!   when it is accepted. Only this computer is posted to, by plain HTTP, because nothing of a rehearsal leaves
//!   it: a post to anywhere else is recorded as `elsewhere`, and not made.
//! - What: each provider's own words, in `<provider>/webhooks.rs`, written as raw JSON by the seeds: a second
//!   opinion on what the client's types read.
//! - When: at the step's moment on the sandbox's clock, or as `[webhooks]` of the scenario says; everything is
//!   drawn from the seed and the message's number, so a run that is repeated is posted alike.
//! - Until: the provider is answered as it wants to be; then the event is forgotten. Until then the post is
//!   repeated with growing waits, for as long as the sandbox runs. A sandbox that is started anew posts
//!   nothing of what a record file brought along.
//!
//! With a record that keeps nothing, an event is kept until it is posted and answered, and no longer.

mod address;
mod client;
mod course;
mod delivery;
mod log;
mod manner;
mod outbox;
mod queue;

pub use address::WebhookAddressError;
pub(super) use course::{Course, Heard, Told};
pub(super) use delivery::{deliver, post_early};
pub(super) use log::PostLog;
pub use log::{PostAnswer, WebhookEntry};
pub(super) use manner::{Batches, Manner};
pub(super) use outbox::Outbox;
pub(super) use queue::Words;
