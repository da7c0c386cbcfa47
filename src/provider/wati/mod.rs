//! Wati (seed 003, providers.md §3): templates to one person or to many in three modes, texts in open
//! conversations, chat status, contacts and their attributes; and what can be asked of an account.
//!
//! Business failures come with HTTP 200. `mode` is how a channel sends templates, `calls` chooses the call,
//! `requests` writes it and `classify` reads its answer; `questions` asks, and `webhook` reads what is told
//! unasked; `checks` and `facts` say before
//! all that what Wati takes, by `limits.toml`; `client` puts them together.

mod calls;
mod checks;
mod classify;
mod client;
mod facts;
mod mode;
mod questions;
mod requests;
mod webhook;
pub mod wire;

pub use calls::Call;
pub use client::{ENTRY, Wati};
pub use facts::FACTS;
pub use mode::Mode;
