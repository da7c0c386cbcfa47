//! The built-in simulator: the providers on one listener, strict to the seeds, with faults by scenario and
//! a record of what was accepted that nobody who sends can touch.
//!
//! | route | what |
//! |---|---|
//! | `POST /whatsapp/messages` | Devino (seed 002) |
//! | `/{tenant}/api/v1/…` | Wati (seed 003); any tenant |
//! | `/v1/whatsapp/…` | Sinch (seed 001) |
//! | `POST /sandbox/{provider}/webhook` | where the account's webhooks go from now on: `{"url": "http://…"}`; `null` for nowhere |
//! | `POST /sandbox/{provider}/inbound` | somebody writes to the account: `{"from": "…", "text": "…"}` (`inbound`) |
//! | `POST /sandbox/sinch/join` | somebody follows an invite link: `{"link": "…", "waId": "…"}` |
//! | `/contacts…`, `/tags…`, `/conversations…`, `/messages…` | the omnichannel (seed 000), by our own mapping |
//! | `GET /sandbox/record` | what was accepted, one JSON object a line, in the order of acceptance |
//! | `GET /sandbox/calls` | every call and what it was answered with, one JSON object a line |
//! | `GET /sandbox/state` | the counts, and how much each provider's account holds |
//! | `GET /sandbox/account/{provider}` | everything that the account holds, and where each message stands |
//! | `GET /sandbox/statuses/{provider}` | where each message stands |
//! | `GET /sandbox/webhooks` | every post that was made and what it came to, one JSON object a line |
//! | `GET /sandbox/wait?calls=N&accepted=N&held=N` | the counts, as soon as they are at least these; also `webhooks_answered`, and `webhooks_waiting`, which is at most |
//! | `POST /sandbox/scenario` | replaces the scenario; its counts and limits begin anew, record and accounts stay |
//! | `POST /sandbox/hold`, `POST /sandbox/release` | calls that arrive wait in front of acceptance until released |
//!
//! Any credential of the right form is accepted; `/sandbox/…` needs none and answers this computer alone.
//! Accounts last as long as the process.
//!
//! What becomes of messages, and what people write, is posted as the provider does; see `webhooks`. A sandbox that
//! is started anew posts nothing of what a record file brought along.
//!
//! Unkind where real providers are: a call that has arrived whole is decided even when its sender is gone
//! by then; a dropped or truncated answer closes the connection; a redirect points back at the same address.
//!
//! How the far side behaves on bad days is said by a [`Scenario`]; see [`scenario`] for the grammar. Without
//! one, magic numbers are refused (`magic`).
//!
//! # Adding a provider
//!
//! A folder with a type that implements `far_side::FarSide`, its `mod` line here, and a line in
//! `registry::PROVIDERS`. The folder says its routes, judges requests on the raw JSON, and says what they
//! come to:
//! - messages (`Judged::Messages`) are accepted one by one by the desk; `settle` puts them into the account;
//! - everything else (`Judged::Operation`) is done by `perform`, which gives the answer and a `Change` for each
//!   thing that is now otherwise; the desk records them;
//! - what cannot be done at all (`Judged::Unfit`) is answered at once;
//! - `MANNER`, `tell` and `tell_heard` say how its webhooks are posted, and in what words.
//!
//! All of it happens under the desk's lock, so limits, faults, the gate, the record and the counts hold for
//! every call alike. What a scenario can say about its account alone is a file of its own in [`scenario`].

mod accepting;
mod audience;
mod counter;
mod credentials;
mod desk;
mod devino;
mod digest;
mod far_side;
mod gate;
mod inbound;
mod incoming;
mod inspection;
mod lean;
mod limiter;
mod magic;
mod omnichannel;
mod plausible;
mod progress;
mod record;
mod registry;
mod reply;
pub mod scenario;
mod server;
mod service;
mod sinch;
mod statuses;
mod take;
mod wati;
mod webhooks;

pub use audience::{Audience, MOST as MOST_PEOPLE};
pub use devino::{DevinoRefusal, Place};
pub use lean::LeanSandbox;
pub use omnichannel::OmnichannelRefusal;
pub use record::{Accepted, Answered, CallEntry, Record, RecordError, Recording, State};
pub use scenario::Scenario;
pub use server::{Sandbox, SandboxError};
pub use service::Service;
pub use sinch::SinchRefusal;
pub use wati::WatiRefusal;
pub use webhooks::{PostAnswer, WebhookAddressError, WebhookEntry};

#[cfg(test)]
mod tests;
