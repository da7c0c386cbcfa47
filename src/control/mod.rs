//! One process owns the store and answers the others on `.disparo/control.sock`.
//!
//! A command that finds the store owned sends its own command line there. The owner carries it out with
//! the same code, into a printer whose streams are the socket: a person sees the same words either way.
//!
//! The socket can be reached by its owner alone: the folder is 0700, the socket 0600, and both sides ask
//! the kernel who the other one is. Where `workspace.toml` says so, `serve` answers on TCP too (`door`): there both
//! sides prove that they know a token before anything else is said.

mod client;
mod door;
mod error;
mod protocol;
mod server;
mod session;
mod sink;
mod socket;
mod stream;
#[cfg(test)]
mod tests;
mod token;

pub use client::Client;
pub use door::Door;
pub use error::ControlError;
pub use protocol::{Output, Request};
pub use server::Server;
pub use session::Session;
pub use sink::FrameSink;
pub use token::Token;
