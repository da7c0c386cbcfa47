//! Progress of runs, from events alone: bars on a terminal, plain lines elsewhere.

mod bars;
mod follow;
mod gauge;
mod plain;
mod speed;
mod view;

pub use follow::Progress;
