//! Several runs at once over one channel: its limits hold over all of them, and they share it fairly.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use disparo::domain::{Channel, RunEvent, RunId, RunState};
use disparo::engine::{Link, Shared};
use disparo::events::Event;

use super::bench::{World, channel, link, number, phone, rate};

/// Links of one process: those to the same channel share what belongs to it.
struct Process(Arc<Shared>);

impl Process {
    fn new() -> Self {
        Self(Arc::default())
    }

    fn link(&self, world: &World, channel: &Channel) -> Vec<Arc<Link>> {
        let alone = Arc::into_inner(link(channel, &world.sandbox.base_url())).expect("nobody else has it");
        let Link { channel, provider, transport, .. } = alone;
        vec![Arc::new(Link::sharing(channel, provider, transport, Arc::clone(&self.0)))]
    }
}

/// When whom of which run was accepted, in microseconds.
fn arrivals(world: &World) -> Vec<(u64, u32)> {
    let of_run = |text: &str| text.split('.').nth(1).expect("a run").parse().expect("a number");
    let accepted = world.sandbox.record().accepted();
    accepted.iter().map(|entry| (entry.arrival_us, of_run(&entry.callback_data))).collect()
}

fn densest_second(arrivals: &[(u64, u32)]) -> usize {
    let inside = |from: u64| arrivals.iter().filter(|(at, _)| (from..from + 1_000_000).contains(at)).count();
    arrivals.iter().map(|(at, _)| inside(*at)).max().unwrap_or(0)
}

fn count_by_run(arrivals: &[(u64, u32)], range: std::ops::Range<u64>) -> BTreeMap<u32, usize> {
    let mut counts = BTreeMap::new();
    for (_, run) in arrivals.iter().filter(|(at, _)| range.contains(at)) {
        *counts.entry(*run).or_default() += 1;
    }
    counts
}

/// A run whose chunks are no larger than `chunk`.
async fn run_of(world: &World, channel: &Channel, people: u32, chunk: u32, occurrence: u32) -> RunId {
    let channels = [channel.clone()];
    world
        .freeze(people, &channels, |plan| {
            plan.safety.max_in_doubt = number(chunk);
            plan.campaign = format!("campaign {occurrence}");
        })
        .await
}

#[tokio::test]
async fn three_runs_of_very_different_sizes_share_a_channel_equally() {
    let world = World::by_hand("");
    let limited = Channel { rates: vec![rate("200/s")], ..channel("main") };
    let process = Process::new();
    let mut sendings = Vec::new();
    for (occurrence, people) in [(1, 3_000), (2, 300), (3, 30)] {
        let run = run_of(&world, &limited, people, 500, occurrence).await;
        sendings.push((run, world.start_over(run, process.link(&world, &limited))));
    }
    for (_, sending) in &mut sendings {
        let view = world.until_over(sending).await.expect("sent");
        assert_eq!(view.summary.state, RunState::Completed);
    }
    let arrivals = arrivals(&world);
    assert_eq!(arrivals.len(), 3_330);
    assert!(densest_second(&arrivals) <= 200, "{} in a second", densest_second(&arrivals));
    let last =
        |of: RunId| arrivals.iter().filter(|(_, run)| *run == of.0).map(|(at, _)| *at).max().expect("any");
    let begun = arrivals[0].0;
    // A third of 196 a second for thirty people; then a half of it for the rest of the 300.
    let seconds = |of: usize| (last(sendings[of].0) - begun) as f64 / 1e6;
    assert!(seconds(2) <= 0.7, "the smallest took {} s", seconds(2));
    assert!((2.8..=3.3).contains(&seconds(1)), "the middle one took {} s", seconds(1));
    assert!(seconds(0) <= 3_330.0 / 196.0 + 0.6, "the channel stood still: {} s", seconds(0));
    // While two are there, each has its half, within a chunk of each.
    for from in [700_000, 1_400_000, 2_000_000] {
        let counts = count_by_run(&arrivals, begun..begun + from);
        let (large, middle) = (counts[&sendings[0].0.0], counts[&sendings[1].0.0]);
        assert!(large.abs_diff(middle) <= 20, "{large} and {middle} after {from} µs");
    }
}

#[tokio::test]
async fn runs_with_other_chunks_never_pass_the_limit_together() {
    let world = World::by_hand("");
    let limited = Channel { rates: vec![rate("200/s")], chunk: number(100), ..channel("main") };
    let process = Process::new();
    let large = run_of(&world, &limited, 1_500, 100, 1).await;
    let mut sending = world.start_over(large, process.link(&world, &limited));
    world.pass(Duration::from_secs(2)).await;
    let small = run_of(&world, &limited, 400, 7, 2).await;
    let mut beside = world.start_over(small, process.link(&world, &limited));
    world.until_over(&mut beside).await.expect("sent");
    let shared = arrivals(&world);
    let both = shared.iter().filter(|(_, run)| *run == small.0).map(|(at, _)| *at);
    let (from, to) = (both.clone().min().expect("any"), both.max().expect("any"));
    // The large one had one of its large calls last, which counts: the small one has as many people first.
    let counts = count_by_run(&shared, from..to + 1);
    assert!(counts[&large.0].abs_diff(counts[&small.0]) <= 105, "{counts:?}");
    let level = count_by_run(&shared, from + 600_000..to + 1);
    assert!(level[&large.0].abs_diff(level[&small.0]) <= 5, "{level:?}");
    assert!(to - from <= 3_700_000, "100 people at 196 a second and 300 at half of it took {} µs", to - from);
    world.until_over(&mut sending).await.expect("sent");
    let arrivals = arrivals(&world);
    assert!(densest_second(&arrivals) <= 200, "{} in a second", densest_second(&arrivals));
    // Alone again, the large one makes large calls again.
    let after = arrivals.iter().filter(|(at, _)| *at > to + 1_500_000).count();
    let calls = world.sandbox.record().calls();
    let late = calls.iter().filter(|call| call.arrival_us > to + 1_500_000).count();
    assert!(late > 0 && after / late >= 50, "{after} people in {late} calls");
}

#[tokio::test]
async fn a_run_that_cannot_use_its_turn_holds_nobody_up() {
    let world = World::by_hand("");
    let limited = Channel { rates: vec![rate("200/s")], ..channel("main") };
    let process = Process::new();
    let channels = [limited.clone()];
    let slow = world.freeze(100, &channels, |plan| plan.rates = vec![rate("10/s")]).await;
    let paused = run_of(&world, &limited, 1_000, 500, 2).await;
    let fast = run_of(&world, &limited, 1_500, 500, 3).await;
    let mut slow_sending = world.start_over(slow, process.link(&world, &limited));
    let mut paused_sending = world.start_over(paused, process.link(&world, &limited));
    let mut fast_sending = world.start_over(fast, process.link(&world, &limited));
    world.pass(Duration::from_millis(500)).await;
    world.happen(paused, RunEvent::Paused).await;
    let view = world.until_over(&mut paused_sending).await.expect("stopped");
    assert_eq!(view.summary.state, RunState::Paused);
    let from = u64::try_from(world.tick().0.as_micros()).expect("soon");
    world.pass(Duration::from_secs(5)).await;
    let counts = count_by_run(&arrivals(&world), from..from + 5_000_000);
    let (slow_count, fast_count) = (counts[&slow.0], counts[&fast.0]);
    assert!((40..=60).contains(&slow_count), "{slow_count} of the slow one");
    assert!(fast_count + slow_count >= 930, "{fast_count} and {slow_count} of 980");
    world.until_over(&mut fast_sending).await.expect("sent");
    world.until_over(&mut slow_sending).await.expect("sent");
    assert!(densest_second(&arrivals(&world)) <= 200);
}

#[tokio::test]
async fn calls_in_flight_are_bounded_over_all_runs_and_shared() {
    let world = World::by_hand("");
    world.sandbox.hold();
    let open = Channel { in_flight: number(4), ..channel("main") };
    let process = Process::new();
    let first = run_of(&world, &open, 400, 500, 1).await;
    let second = run_of(&world, &open, 40, 500, 2).await;
    let mut first_sending = world.start_over(first, process.link(&world, &open));
    let mut second_sending = world.start_over(second, process.link(&world, &open));
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(world.sandbox.record().state().held, 4, "no more than the channel's in_flight");
    world.sandbox.release();
    world.until_over(&mut second_sending).await.expect("sent");
    world.until_over(&mut first_sending).await.expect("sent");
    // The small run's four calls had every other place: it was done while most of the other was to come.
    let arrivals = arrivals(&world);
    let last = arrivals.iter().rposition(|(_, run)| *run == second.0).expect("any");
    assert!(last < 200, "the small run's last was number {last} of {}", arrivals.len());
}

#[tokio::test]
async fn who_comes_later_gets_every_other_place_as_calls_end() {
    let world = World::by_hand("latency = \"1s\"\n");
    let open = Channel { in_flight: number(4), ..channel("main") };
    let process = Process::new();
    let first = run_of(&world, &open, 400, 500, 1).await;
    let mut first_sending = world.start_over(first, process.link(&world, &open));
    world.pass(Duration::from_millis(500)).await;
    let second = run_of(&world, &open, 400, 500, 2).await;
    let mut second_sending = world.start_over(second, process.link(&world, &open));
    world.pass(Duration::from_secs(6)).await;
    let arrivals = arrivals(&world);
    // Its start takes as long as the disk does, in which the places of a round or two are given away.
    let first_of_second = arrivals.iter().position(|(_, run)| *run == second.0).expect("any");
    assert!(first_of_second <= 120, "{first_of_second} people came before the second run's first");
    let counts = count_by_run(&arrivals[first_of_second..], 0..u64::MAX);
    assert!(counts[&first.0].abs_diff(counts[&second.0]) <= 20, "{counts:?}");
    assert!(arrivals.len() >= 200, "the places are used: {counts:?}");
    world.until_over(&mut second_sending).await.expect("sent");
    world.until_over(&mut first_sending).await.expect("sent");
}

#[tokio::test]
async fn a_days_limit_is_used_to_the_last_person() {
    for is_campaigns in [false, true] {
        let world = World::by_hand("");
        let (own, day) = (Vec::new(), vec![rate("250/d")]);
        let (of_channel, of_campaign) = if is_campaigns { (own, day) } else { (day, own) };
        let channels = [Channel { rates: of_channel, chunk: number(100), ..channel("main") }];
        let run = world.freeze(400, &channels, |plan| plan.rates = of_campaign).await;
        // Who is left out of a call gives back what was counted for them.
        let people = (0..30).map(|number| phone(number * 7));
        let people = people.map(|phone| (phone.person(), phone.as_u64())).collect();
        world.engine.journal.suppress(people, "opted out".to_owned()).await.expect("suppressed");
        let mut sending = world.start(run, &channels);
        world.pass(Duration::from_secs(60)).await;
        assert_eq!(arrivals(&world).len(), 250);
        world.pass(Duration::from_secs(86_000)).await;
        assert_eq!(arrivals(&world).len(), 250, "nothing before the day is over");
        let view = world.until_over(&mut sending).await.expect("sent");
        assert_eq!((view.summary.tally.accepted, view.summary.tally.suppressed), (370, 30));
    }
}

#[tokio::test]
async fn a_throttled_channel_is_slowed_for_all_runs_and_a_restart_begins_empty() {
    let mut world = World::by_hand("[[faults]]\nthen = \"status\"\nstatus = 429\ncalls = \"1..=1\"\n");
    let limited = Channel { rates: vec![rate("200/s")], ..channel("main") };
    let process = Process::new();
    let first = run_of(&world, &limited, 600, 500, 1).await;
    let second = run_of(&world, &limited, 600, 500, 2).await;
    let mut first_sending = world.start_over(first, process.link(&world, &limited));
    let mut second_sending = world.start_over(second, process.link(&world, &limited));
    world.pass(Duration::from_millis(900)).await;
    let early = world.sandbox.record().state().calls;
    assert!(early <= 2, "{early} calls although the provider asked to wait");
    world.pass(Duration::from_secs(3)).await;
    world.engine.interrupt.press();
    for sending in [&mut first_sending, &mut second_sending] {
        let view = world.until_over(sending).await.expect("stopped");
        assert_eq!(view.summary.state, RunState::Interrupted);
    }
    world.reopen();
    let process = Process::new();
    let mut first_sending = world.start_over(first, process.link(&world, &limited));
    let mut second_sending = world.start_over(second, process.link(&world, &limited));
    for sending in [&mut first_sending, &mut second_sending] {
        let view = world.until_over(sending).await.expect("sent");
        assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 600));
    }
    let arrivals = arrivals(&world);
    assert!(densest_second(&arrivals) <= 200, "{} in a second", densest_second(&arrivals));
}

#[tokio::test]
async fn a_days_limit_is_one_for_all_runs() {
    let world = World::by_hand("");
    let limited = Channel { rates: vec![rate("1000/d")], ..channel("main") };
    let process = Process::new();
    let first = run_of(&world, &limited, 900, 500, 1).await;
    let second = run_of(&world, &limited, 900, 500, 2).await;
    let mut heard = world.engine.events.listen();
    let mut first_sending = world.start_over(first, process.link(&world, &limited));
    let mut second_sending = world.start_over(second, process.link(&world, &limited));
    world.pass(Duration::from_secs(60)).await;
    let counts = count_by_run(&arrivals(&world), 0..u64::MAX);
    // Whoever came first had all the calls that may be in flight, before anybody else was there.
    assert!(counts[&first.0].abs_diff(counts[&second.0]) <= 100, "{counts:?}");
    assert_eq!(arrivals(&world).len(), 1_000);
    world.pass(Duration::from_secs(86_000)).await;
    assert_eq!(arrivals(&world).len(), 1_000, "nothing before the day is over");
    let mut told = BTreeMap::new();
    while let Ok(event) = heard.try_recv() {
        if let Event::UsedUp { run, .. } = event {
            *told.entry(run).or_insert(0) += 1;
        }
    }
    assert_eq!(told, BTreeMap::from([(first, 1), (second, 1)]), "each run says once why it waits");
    world.until_over(&mut first_sending).await.expect("sent");
    world.until_over(&mut second_sending).await.expect("sent");
    assert_eq!(arrivals(&world).len(), 1_800);
}
