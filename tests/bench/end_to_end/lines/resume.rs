//! From the start of `disparo resume` to its first call, of a run that was killed while it was sent.

use std::process::Stdio;
use std::thread;
use std::time::Duration;

use crate::bench::{Bench, grouped, seconds};
use crate::far_side::FarSide;
use crate::process::{Running, Stopwatch};
use crate::table::Table;
use crate::workspace::{Sending, Workspace};

/// See the module.
pub fn measure(bench: &Bench, table: &mut Table) {
    let rows = bench.size(10_000_000, 2_000);
    // The few of a try would be sent before they are seen.
    let (latency, in_flight) = if bench.is_full { (0, 32) } else { (50, 2) };
    let mut far_side = FarSide::lean(bench, Duration::from_millis(latency));
    let base_url = far_side.base_url();
    let workspace = Workspace::new(bench, rows, Sending { in_flight, ..Sending::fast(&base_url, 100) });
    let begin = |arguments: &[&str]| {
        let mut command = workspace.command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Running(command.spawn().expect("disparo starts"))
    };
    // Killed in the middle: half of the log is to be folded.
    let killed = begin(&["run", "bench", "--yes"]);
    while far_side.state().accepted < rows / 2 {
        thread::sleep(Duration::from_millis(5));
    }
    drop(killed);
    let took = bench.repeated(|| {
        far_side.restart(bench, Duration::from_secs(5));
        let watch = Stopwatch::start();
        let resumed = begin(&["resume", "1"]);
        let took = loop {
            let state = far_side.state();
            assert!(watch.elapsed() < Duration::from_secs(60), "nothing was gone on with");
            if state.calls > 0 {
                break watch.elapsed() - Duration::from_micros(state.now - state.first);
            }
            thread::sleep(Duration::from_millis(2));
        };
        drop(resumed);
        took.as_secs_f64()
    });
    let what = format!("resume of {} recipients, to the first call", grouped(rows));
    table.figure(&what, seconds(Duration::from_secs_f64(took)), "≤ 1 s", took <= 1.0);
}
