//! The rate limit, by the far side's clock: never above it in any second, and how much of it is used.

use crate::bench::Bench;
use crate::far_side::FarSide;
use crate::table::Table;
use crate::workspace::{Sending, Workspace};

/// Messages a second.
const RATE: u64 = 2_000;

/// A machine that is busy with something else delays calls and never hastens them: of so many tries the one that
/// used most counts, and of all of them the densest second.
const TRIES: usize = 3;

/// See the module.
pub fn measure(bench: &Bench, table: &mut Table) {
    for (seconds, goal) in [(bench.size(10, 1), 95.0), (bench.size(40, 1), 98.0)] {
        let mut tries = vec![send(bench, seconds)];
        while bench.is_full && tries.len() < TRIES && used_most(&tries) < goal {
            tries.push(send(bench, seconds));
        }
        let densest = tries.iter().map(|(densest, _)| *densest).max().unwrap_or(0);
        let used = used_most(&tries);
        let what = format!("pace over {seconds} s: the densest second");
        table.figure(&what, densest, format!("≤ {RATE}"), densest as u64 <= RATE);
        table.figure(
            &format!("pace over {seconds} s: used"),
            format!("{used:.2} %"),
            format!("≥ {goal} %"),
            used >= goal,
        );
    }
}

/// A run of so many seconds: messages in its densest second, and how much of the limit was used, in percent.
fn send(bench: &Bench, seconds: u64) -> (usize, f64) {
    let far_side = FarSide::strict(bench);
    let base_url = far_side.base_url();
    let rate = format!("{RATE}/s");
    // A call is a twentieth of the rate.
    let sending = Sending { rate: &rate, ..Sending::fast(&base_url, RATE / 20) };
    let workspace = Workspace::new(bench, RATE * seconds, sending);
    workspace.send();
    let arrivals = arrivals(&far_side);
    let densest = (0..arrivals.len()).map(|first| within_a_second(&arrivals[first..])).max().unwrap_or(0);
    (densest, used(&arrivals))
}

fn used_most(tries: &[(usize, f64)]) -> f64 {
    tries.iter().map(|(_, used)| *used).fold(0.0, f64::max)
}

/// When each message came, in microseconds.
fn arrivals(far_side: &FarSide) -> Vec<u64> {
    let record = far_side.get("/sandbox/record");
    let lines = record.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).expect("a line"));
    let mut arrivals: Vec<_> = lines.map(|line| line["arrival_us"].as_u64().expect("a time")).collect();
    arrivals.sort_unstable();
    arrivals
}

fn within_a_second(arrivals: &[u64]) -> usize {
    arrivals.partition_point(|at| *at < arrivals[0] + 1_000_000)
}

/// What came from the first arrival to before the last, of what the limit allows in that time.
fn used(arrivals: &[u64]) -> f64 {
    let (first, last) = (arrivals[0], arrivals[arrivals.len() - 1]);
    let before_last = arrivals.partition_point(|at| *at < last);
    let allowed = (last - first).max(1) as f64 / 1e6 * RATE as f64;
    100.0 * before_last as f64 / allowed
}
