//! The durable truth: what was intended, what came of it, and what follows from both.

mod permit;

pub use permit::{Permit, Spent};
