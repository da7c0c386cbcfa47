//! One process owns the store and answers the others on `.disparo/control.sock`.
//!
//! A command that finds the store owned sends its own command line there. The owner carries it out with
//! the same code, into a printer whose streams are the socket: a person sees the same words either way.
//!
//! The socket can be reached by its owner alone: the folder is 0700, the socket 0600, and both sides ask
//! the kernel who the other one is.

mod client;
mod error;
mod protocol;
mod server;
mod session;
mod sink;
mod socket;
#[cfg(test)]
mod tests;

pub use client::Client;
pub use error::ControlError;
pub use protocol::{Output, Request};
pub use server::Server;
pub use session::Session;
pub use sink::FrameSink;
