//! What became of messages: receipts find their recipients, doubt is settled by them, and whoever asks to be
//! left alone is.

mod consequences;
mod find;
mod inbound;
mod index;
mod matching;
mod pass;
pub mod poll;
mod receive;
mod reconciler;
mod run;
#[cfg(test)]
mod tests;

pub use matching::Reach;
pub use receive::{Hearing, Kept, Receiver, Refused};
pub use reconciler::{Counts, OnThrottled, ReconcileError, Reconciler, Wire};
