//! What the tests of the engine stand on: a real journal in a temporary folder, a real sandbox over
//! HTTP, and the guarantees held against both when the world is dropped.

mod choosy;
mod clock;
mod judge;
mod world;

pub use choosy::choosy;
pub use clock::WatchedClock;
pub use world::{World, channel, limits, link, number, phone, rate, recipient};
