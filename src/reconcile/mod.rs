//! What became of messages: receipts find their recipients, doubt is settled by them, and whoever asks to be
//! left alone is.

mod receive;

pub use receive::{Hearing, Receiver, Refused};
