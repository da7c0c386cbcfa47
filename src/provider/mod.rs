//! The providers: what each one's wire looks like, and what its answers mean.
//!
//! A provider is pure: it turns recipients into an HTTP request and an HTTP answer into verdicts. The
//! one that touches the network is [`transport`], the same for all, and it sends only for a
//! [`crate::journal::Permit`]. Sibling folders have the same files: `wire` (JSON, shared with the
//! sandbox), `limits` (facts and checks), `request`, `errors` (the table of failures), `classify`,
//! and `webhook` (what is told unasked).

mod account_template;
mod call;
pub mod devino;
mod lenient;
pub mod limits;
pub mod omnichannel;
mod preview;
mod registry;
mod retry_after;
pub mod sinch;
pub mod status;
#[cfg(test)]
pub(crate) mod testing;
pub mod transport;
pub mod wati;
mod webhook;
mod words;

pub use account_template::check_template;
pub use call::{
    CallTag, Company, ContentProblem, Malformed, NotOffered, Outgoing, Provider, WireAnswer, WireRequest,
    impossible, unproven,
};
pub use preview::preview;
pub use registry::{Entry, OpenError, PROVIDERS, all_facts, authorization, entry, open, required};
