//! Pace, by the far side's clock.

use crate::harness::{People, Workspace};

/// Most recipients in any second that begins with a call.
fn most_in_a_second(arrivals: &[u64]) -> usize {
    let from = |start: &u64| arrivals.iter().filter(|at| (*start..*start + 1_000_000).contains(*at)).count();
    arrivals.iter().map(from).max().unwrap_or_default()
}

#[test]
fn ten_seconds_at_200_a_second_are_never_above_and_nearly_at_it() {
    let workspace = Workspace::alone_with_scenario("");
    // The first channel's alone.
    let channels = workspace.channels().replacen("rate = \"none\"", "rate = \"200/s\"\nchunk = 10", 1);
    workspace.write("channels.toml", channels);
    workspace.text_campaign("welcome", &People::seeded(1, 2_000), "");
    assert_eq!(workspace.run("welcome").expect(0).tally().accepted, 2_000);
    let mut arrivals: Vec<_> = workspace.sandbox().accepted().iter().map(|one| one.arrival_us).collect();
    arrivals.sort_unstable();
    let most = most_in_a_second(&arrivals);
    assert!(most <= 204, "{most} recipients in one second");
    let seconds = (arrivals[1_999] - arrivals[0]) as f64 / 1e6;
    let share = 1_990.0 / seconds / 200.0;
    assert!(share >= 0.95, "only {share:.3} of the limit was used");
}
