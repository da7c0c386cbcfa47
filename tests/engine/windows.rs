//! Limits over hours: counted from the journal, whoever sends and however often it is started anew.

use std::time::Duration;

use disparo::domain::{Channel, RunState};

use super::bench::{World, channel, number, rate};

const HOUR: u64 = 3_600_000_000;

fn most_in_an_hour(world: &World) -> usize {
    let times: Vec<u64> = world.sandbox.record().accepted().iter().map(|entry| entry.arrival_us).collect();
    let inside = |from: u64| times.iter().filter(|time| (from..from + HOUR).contains(*time)).count();
    times.iter().map(|from| inside(*from)).max().unwrap_or(0)
}

#[tokio::test]
async fn an_hourly_limit_holds_over_restarts_and_runs() {
    let mut world = World::by_hand("");
    let channels = [Channel { rates: vec![rate("100/h")], ..channel("main") }];
    let first = world.freeze(130, &channels, |_| {}).await;
    let second = world.freeze(80, &channels, |_| {}).await;
    let mut sending = world.start(first, &channels);
    world.pass(Duration::from_secs(60)).await;
    assert_eq!(world.view(first).summary.tally.accepted, 100);
    world.engine.interrupt.press();
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!(view.summary.state, RunState::Interrupted);
    world.reopen();
    assert_eq!(world.send(first, &channels).await.summary.state, RunState::Completed);
    assert_eq!(world.send(second, &channels).await.summary.state, RunState::Completed);
    assert!(most_in_an_hour(&world) <= 100, "{} in an hour", most_in_an_hour(&world));
    assert!(world.tick().0 < Duration::from_secs(3 * 3_600), "it took {:?}", world.tick().0);
}

#[tokio::test]
async fn a_limit_that_has_shrunk_since_is_kept() {
    let world = World::by_hand("");
    let wide = [Channel { rates: vec![rate("100/h")], ..channel("main") }];
    let narrow = [Channel { rates: vec![rate("30/h")], chunk: number(100), ..channel("main") }];
    let run = world.freeze(140, &wide, |_| {}).await;
    let mut sending = world.start(run, &wide);
    world.pass(Duration::from_secs(60)).await;
    world.engine.interrupt.press();
    world.until_over(&mut sending).await.expect("sent");
    let mut world = world;
    world.reopen();
    let at = world.tick();
    assert_eq!(world.send(run, &narrow).await.summary.state, RunState::Completed);
    let later: Vec<u64> = world.sandbox.record().accepted().iter().map(|entry| entry.arrival_us).collect();
    let later: Vec<_> = later.into_iter().filter(|time| u128::from(*time) > at.0.as_micros()).collect();
    assert_eq!(later.len(), 40);
    let inside = |from: u64| later.iter().filter(|time| (from..from + HOUR).contains(*time)).count();
    assert!(later.iter().all(|from| inside(*from) <= 30));
}
