//! The listener over real connections.

mod bounds;
mod client;
mod refusals;
mod taking;
