//! Reading, checking, normalising, removing doubles and rendering, beside the `csv` crate that only reads the file.

use crate::bench::{Bench, per_second};
use crate::process::Stopwatch;
use crate::table::Table;
use crate::workspace::{Sending, Workspace};

/// See the module.
pub fn measure(bench: &Bench, table: &mut Table) {
    let rows = bench.size(10_000_000, 1_000);
    let workspace = Workspace::new(bench, rows, Sending::fast("http://127.0.0.1:9", 100));
    let ours = || rows as f64 / workspace.disparo(&["check", "bench"]).wall.as_secs_f64();
    let reference = || {
        let watch = Stopwatch::start();
        let mut reader = csv::Reader::from_path(workspace.audience()).expect("the audience");
        let mut record = csv::ByteRecord::new();
        let mut read = 0;
        while reader.read_byte_record(&mut record).expect("a row") {
            read += 1;
        }
        assert_eq!(read, rows);
        rows as f64 / watch.elapsed().as_secs_f64()
    };
    let (ours, theirs, ratio) = bench.pairs(ours, reference);
    let what = "check of 10 M rows (CSV)";
    table.ratio(
        what,
        format!("{} rows", per_second(ours)),
        format!("csv {}", per_second(theirs)),
        ratio,
        0.1,
    );
    table.figure(what, format!("{} rows", per_second(ours)), "≥ 1,000,000/s", ours >= 1e6);
}
