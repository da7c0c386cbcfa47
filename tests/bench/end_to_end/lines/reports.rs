//! Reports of a large run: as text, and everybody in a CSV.

use std::time::Duration;

use crate::bench::{Bench, grouped, mebibytes, seconds};
use crate::far_side::FarSide;
use crate::table::Table;
use crate::workspace::{Sending, Workspace};

/// See the module.
pub fn measure(bench: &Bench, table: &mut Table) {
    let rows = bench.size(1_000_000, 1_000);
    let far_side = FarSide::lean(bench, Duration::ZERO);
    let base_url = far_side.base_url();
    let workspace = Workspace::new(bench, rows, Sending::fast(&base_url, 100));
    workspace.send();
    for (name, arguments) in [
        ("text", &["report", "1"][..]),
        ("CSV, a line for each", &["report", "1", "--format", "csv", "-o", "everybody.csv"]),
    ] {
        let ran = workspace.disparo(arguments);
        let what = format!("report of {} recipients ({name})", grouped(rows));
        let ours = format!("{}, {}", seconds(ran.wall), mebibytes(ran.peak));
        let is_reached = ran.wall <= Duration::from_secs(2) && ran.peak <= 40 * 1024 * 1024;
        table.figure(&what, ours, "≤ 2 s, ≤ 40 MiB", is_reached);
    }
}
