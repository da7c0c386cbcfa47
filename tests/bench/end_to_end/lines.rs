//! The lines of the table, by the name under which each is asked for.

mod durability;
mod footprint;
mod latency;
mod pace;
mod reading;
mod reports;
mod resume;
mod scaling;
mod throughput;
mod webhooks;

use super::bench::Bench;
use super::table::Table;

/// Measures some lines.
pub type Measure = fn(&Bench, &mut Table);

/// What takes many minutes and is measured when it is named.
pub const SCALING: &str = "scaling";

/// All of them, in the table's order.
pub const ALL: &[(&str, Measure)] = &[
    ("throughput", throughput::measure),
    ("latency", latency::measure),
    ("durability", durability::measure),
    ("reading", reading::measure),
    ("footprint", footprint::measure),
    ("resume", resume::measure),
    ("webhooks", webhooks::measure),
    ("pace", pace::measure),
    ("report", reports::measure),
    (SCALING, scaling::measure),
];
