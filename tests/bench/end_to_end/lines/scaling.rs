//! How cost grows: with the rows, with the calls at once, and with the channels.

use std::time::Duration;

use crate::bench::{Bench, grouped, mebibytes, per_second, seconds};
use crate::disk::bytes_below;
use crate::far_side::FarSide;
use crate::table::Table;
use crate::workspace::{Sending, Workspace, accepted};

/// See the module.
pub fn measure(bench: &Bench, table: &mut Table) {
    let rows = if bench.is_full { &[10_000, 100_000, 1_000_000, 10_000_000][..] } else { &[500, 1_000] };
    for &rows in rows {
        let far_side = FarSide::lean(bench, Duration::ZERO);
        let base_url = far_side.base_url();
        let workspace = Workspace::new(bench, rows, Sending::fast(&base_url, 100));
        let ran = workspace.send();
        let people = accepted(&ran) as f64;
        let each = |amount: f64, unit: &str| format!("{:.2} {unit} each", amount / people);
        let disk = bytes_below(&workspace.store()) as f64;
        let what = format!("run over {} rows", grouped(rows));
        table.note(&what, seconds(ran.wall), each(ran.wall.as_secs_f64() * 1e6, "µs"));
        table.note(&format!("{what}: memory"), mebibytes(ran.peak), "");
        table.note(&format!("{what}: disk, roster and journal"), mebibytes(disk as u64), each(disk, "B"));
    }
    for in_flight in [1, 2, 4, 8, 16, 32, 64] {
        let rate = at_once(bench, in_flight, 1);
        let each = format!("{} for each", per_second(rate / in_flight as f64));
        table.note(&format!("10 ms of latency, {in_flight} at once, 1 a call"), per_second(rate), each);
    }
    for channels in [1, 2, 4, 8] {
        let rate = at_once(bench, 8, channels);
        let each = format!("{} for each", per_second(rate / channels as f64));
        table.note(&format!("10 ms of latency, {channels} channels of 8 at once"), per_second(rate), each);
    }
}

/// Messages a second over channels of so many calls at once, each of which takes 10 ms, for some seconds.
fn at_once(bench: &Bench, in_flight: u64, channels: u64) -> f64 {
    let far_side = FarSide::lean(bench, Duration::from_millis(10));
    let base_url = far_side.base_url();
    let people = bench.size(500, 10) * in_flight * channels;
    let sending = Sending { in_flight, channels, ..Sending::fast(&base_url, 1) };
    Workspace::new(bench, people, sending).send();
    far_side.state().rate()
}
