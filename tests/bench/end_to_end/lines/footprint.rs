//! The most memory that a whole run holds, and what its journal takes on disk.

use std::time::Duration;

use crate::bench::{Bench, grouped, mebibytes};
use crate::disk::bytes_below;
use crate::far_side::FarSide;
use crate::table::Table;
use crate::workspace::{Sending, Workspace, accepted};

const MEBIBYTE: u64 = 1024 * 1024;

/// See the module.
pub fn measure(bench: &Bench, table: &mut Table) {
    let sizes =
        if bench.is_full { &[(10_000, 24), (1_000_000, 40), (10_000_000, 128)][..] } else { &[(1_000, 24)] };
    for &(rows, goal) in sizes {
        let far_side = FarSide::lean(bench, Duration::ZERO);
        let base_url = far_side.base_url();
        let workspace = Workspace::new(bench, rows, Sending::fast(&base_url, 100));
        let ran = workspace.send();
        let people = accepted(&ran);
        let what = format!("memory of a run over {} rows", grouped(rows));
        table.figure(&what, mebibytes(ran.peak), format!("≤ {goal} MiB"), ran.peak <= goal * MEBIBYTE);
        // sled's file grows by segments: of a small run it says nothing.
        if rows >= 1_000_000 || !bench.is_full {
            let each = bytes_below(&workspace.store().join("journal")) as f64 / people as f64;
            let what = format!("journal of {} recipients", grouped(people));
            table.figure(&what, format!("{each:.1} B each"), "≤ 64 B each", each <= 64.0);
        }
    }
    singles(bench, table);
}

/// Calls of one message each leave the longest journal.
fn singles(bench: &Bench, table: &mut Table) {
    let far_side = FarSide::lean(bench, Duration::ZERO);
    let base_url = far_side.base_url();
    let workspace = Workspace::new(bench, bench.size(500_000, 500), Sending::fast(&base_url, 1));
    let people = accepted(&workspace.send());
    let each = bytes_below(&workspace.store().join("journal")) as f64 / people as f64;
    let what = format!("the same of {}, 1 a call", grouped(people));
    table.figure(&what, format!("{each:.1} B each"), "≤ 64 B each", each <= 64.0);
}
