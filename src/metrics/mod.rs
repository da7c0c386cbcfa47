//! What is counted for Prometheus: calls as they are told of, and the journal as it is when somebody asks.
//!
//! Counters are of this process and hear every event where it is told, so that none is lost. Everything else is
//! read from the journal at each scrape: it is the truth, and what earlier processes did is in it.

mod counting;
mod labels;
mod scrape;
mod speed;

pub use counting::Metrics;
pub use scrape::{CONTENT_TYPE, MetricsError, Outside};
