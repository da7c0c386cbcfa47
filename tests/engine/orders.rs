//! Orders to a run that is being sent: pause, cancel, Ctrl-C.

use std::collections::BTreeSet;
use std::time::Duration;

use disparo::domain::{Channel, HoldKind, RecipientNumber, RunEvent, RunId, RunState};
use disparo::engine::Urgency;
use disparo::journal::Place;

use super::bench::{World, channel, number, phone, rate};

/// The number of the next intent, and everyone who was accepted or is in a call.
fn under_way(world: &World, run: RunId) -> (u64, BTreeSet<RecipientNumber>) {
    let read = world.engine.journal.with_ledger(run, |ledger| {
        let places = [Place::Accepted, Place::Intended];
        (ledger.next_chunk().0, places.into_iter().flat_map(|place| ledger.all_in(place)).collect())
    });
    read.expect("a ledger")
}

fn taken(world: &World, run: RunId) -> BTreeSet<RecipientNumber> {
    world.accepted().get(&run).map(|people| people.keys().copied().collect()).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_at_full_speed_is_exact() {
    let world = World::new("latency = \"0ms..4ms\"");
    let channels = [Channel { in_flight: number(16), ..channel("main") }];
    let run = world.freeze(12_000, &channels, |_| {}).await;
    for mark in [1_000, 3_000, 6_000, 9_000] {
        let sending = world.start(run, &channels);
        world.sandbox.record().wait(|state| state.accepted >= mark).await;
        world.happen(run, RunEvent::Paused).await;
        let (intents, people) = under_way(&world, run);
        let view = sending.await.expect("no panic").expect("sent");
        assert_eq!(view.summary.state, RunState::Paused);
        assert_eq!(view.in_flight, 0);
        assert_eq!(under_way(&world, run).0, intents, "an intent after the pause was confirmed");
        let late: Vec<_> = taken(&world, run).difference(&people).copied().collect();
        assert!(late.is_empty(), "accepted after the pause, and not in flight then: {late:?}");
    }
    let view = world.send(run, &channels).await;
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 12_000));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancellation_at_full_speed_accounts_for_everybody() {
    let world = World::new("latency = \"0ms..4ms\"");
    let channels = [channel("one"), channel("two")];
    let run = world.freeze(4_000, &channels, |_| {}).await;
    let sending = world.start(run, &channels);
    world.sandbox.record().wait(|state| state.accepted >= 1_000).await;
    world.happen(run, RunEvent::Cancelled).await;
    let (intents, _) = under_way(&world, run);
    let view = sending.await.expect("no panic").expect("sent");
    let tally = view.summary.tally;
    assert_eq!(view.summary.state, RunState::Cancelled);
    assert_eq!(under_way(&world, run).0, intents);
    assert_eq!((tally.accepted + tally.cancelled, tally.pending, tally.in_doubt), (4_000, 0, 0));
}

/// A channel whose second call waits for its slot while the first one is answered.
fn spaced(name: &str) -> Channel {
    Channel { rates: vec![rate("200/s")], ..channel(name) }
}

/// Another call waits for its slot when this one is answered: come back in an hour.
fn throttled_for_an_hour(person: u32) -> String {
    format!(
        "latency = \"35ms\"\n[[faults]]\nthen = \"status\"\nstatus = 429\nretry_after = \"3600s\"\ncontaining = [\"+{}\"]\n",
        phone(person).digits()
    )
}

#[tokio::test]
async fn an_order_is_followed_at_once_while_a_channel_is_told_to_wait() {
    for event in [RunEvent::Paused, RunEvent::Cancelled] {
        let world = World::by_hand(&throttled_for_an_hour(0));
        let channels = [spaced("main")];
        let run = world.freeze(100, &channels, |_| {}).await;
        let sending = world.start(run, &channels);
        world.pass(Duration::from_millis(95)).await;
        world.happen(run, event).await;
        world.settled().await;
        assert!(sending.is_finished(), "a call that waits for its slot holds up the run's end");
    }
}

#[tokio::test]
async fn a_hold_does_not_wait_for_a_channel_that_is_told_to_wait() {
    let refused = format!(
        "{}[[faults]]\nthen = \"status\"\nstatus = 401\ncontaining = [\"+{}\"]\n",
        throttled_for_an_hour(0),
        phone(1).digits()
    );
    let world = World::by_hand(&refused);
    // The second channel's first call is made, and refused, after the first channel is told to wait.
    let slow = Channel { rates: vec![rate("100/s")], ..channel("two") };
    let channels = [spaced("one"), slow];
    let run = world.freeze(200, &channels, |_| {}).await;
    let sending = world.start(run, &channels);
    world.pass(Duration::from_millis(500)).await;
    assert!(sending.is_finished(), "a call that waits for its slot holds up the run's end");
    let RunState::Held(reason) = world.view(run).summary.state else { panic!("not held") };
    assert_eq!(reason.kind, HoldKind::ChannelRefused);
}

#[tokio::test]
async fn an_intent_is_not_kept_through_a_pause_that_the_provider_asks_for() {
    let world = World::by_hand(&throttled_for_an_hour(0));
    let channels = [spaced("main")];
    let run = world.freeze(100, &channels, |_| {}).await;
    let mut sending = world.start(run, &channels);
    world.pass(Duration::from_secs(60)).await;
    assert_eq!(world.view(run).in_flight, 0);
    assert_eq!(world.sandbox.record().state().calls, 1, "a call in the hour that the provider asked for");
    world.meet("");
    world.pass(Duration::from_secs(3_700)).await;
    assert_eq!(world.until_over(&mut sending).await.expect("sent").summary.tally.accepted, 100);
}

#[tokio::test]
async fn ctrl_c_lets_calls_in_flight_end() {
    let world = World::by_hand("");
    let channels = [channel("main")];
    let run = world.freeze(200, &channels, |_| {}).await;
    world.sandbox.hold();
    let mut sending = world.start(run, &channels);
    world.sandbox.record().wait(|state| state.held == 8).await;
    assert_eq!(world.engine.interrupt.press(), Urgency::Drain);
    world.settled().await;
    assert!(!sending.is_finished());
    world.sandbox.release();
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Interrupted, 80));
}

#[tokio::test]
async fn ctrl_c_on_the_last_calls_leaves_nothing_to_resume() {
    let world = World::by_hand("");
    let channels = [channel("main")];
    let run = world.freeze(30, &channels, |_| {}).await;
    world.sandbox.hold();
    let mut sending = world.start(run, &channels);
    world.sandbox.record().wait(|state| state.held == 3).await;
    world.engine.interrupt.press();
    world.sandbox.release();
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 30));
}

#[tokio::test]
async fn a_second_ctrl_c_leaves_calls_in_doubt_that_the_next_process_finds() {
    let mut world = World::by_hand("");
    let channels = [channel("main")];
    let run = world.freeze(200, &channels, |_| {}).await;
    world.sandbox.hold();
    let mut sending = world.start(run, &channels);
    world.sandbox.record().wait(|state| state.held == 8).await;
    world.engine.interrupt.press();
    world.engine.interrupt.press();
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!((view.summary.state, view.summary.tally.in_doubt), (RunState::Interrupted, 80));
    assert_eq!(view.in_flight, 0, "nobody waits for them any more");
    // The sandbox accepts them all the same: nobody may be sent again.
    world.sandbox.release();
    world.sandbox.record().wait(|state| state.accepted == 80).await;
    world.reopen();
    let view = world.send(run, &channels).await;
    let tally = view.summary.tally;
    assert_eq!((view.summary.state, tally.accepted, tally.in_doubt), (RunState::Settling, 120, 80));
}
