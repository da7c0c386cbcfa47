//! Questions to Wati: contacts, conversations, templates, broadcasts (seed 003 §3 and its table; providers.md
//! §3.3 and §3.4).
//!
//! `ask` writes the request of the channel's API, `read` understands the answers of both, `convert` turns
//! what Wati writes into the words that all providers share, `overhear` makes receipts of it.

mod ask;
mod convert;
mod overhear;
mod place;
mod read;

#[cfg(test)]
mod tests;

pub use ask::ask;
pub use overhear::overhear;
pub use read::read;
