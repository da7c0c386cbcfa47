//! A flight plan: when a campaign would be sent, what would hold it up, what would not fit, what it would cost.

mod channel;
mod cost;
mod course;
mod json;
mod plan;
mod quota;
mod simulation;
#[cfg(test)]
mod tests;
mod text;

pub use cost::Cost;
pub use json::json;
pub use plan::{FlightPlan, Terms};
pub use text::{left_out, lines};
