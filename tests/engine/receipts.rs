//! Receipts that come while a run is sent, or between two times that it is.

use disparo::domain::{Channel, Mark, Milestone, RecipientNumber, RunId, RunState};
use disparo::events::Event;
use disparo::journal::{Applied, Marked, Proof, SettledBy, Settlement};

use super::bench::{World, channel, link, number};

/// The first call is taken, and its answer is lost.
const TAKEN: &str = "[[faults]]\nthen = \"drop\"\ncalls = 1\naccepted = true\n";

/// What a receipt of each of these people's messages comes to. `proves` as one that is applied does.
async fn delivered(world: &World, run: RunId, people: std::ops::Range<u32>, proves: bool) {
    let journal = &world.engine.journal;
    journal.attach_deliveries(run).expect("attached");
    let at = world.engine.clock.now().as_millisecond();
    let mark = Mark::Reached(Milestone::Delivered);
    let marked = |recipient| Marked { run, recipient, mark, at, failure: None };
    let marks = people.clone().map(RecipientNumber).map(marked).collect();
    let proof = |recipient| Proof { run, recipient, id: None, is_sent: true };
    let proved = if proves { people.map(RecipientNumber).map(proof).collect() } else { Vec::new() };
    journal.apply(Applied { marks, proved, ..Applied::default() }).await.expect("applied");
}

#[tokio::test]
async fn whose_message_exists_after_all_is_not_sent_another_while_the_run_goes_on() {
    let world = World::by_hand(TAKEN);
    let channels = [Channel { in_flight: number(1), ..channel("main") }];
    let run = world.freeze(30, &channels, |_| {}).await;
    let mut sending = world.start(run, &channels);
    world.sandbox.record().wait(|state| state.calls == 1).await;
    world.sandbox.hold();
    world.sandbox.record().wait(|state| state.held == 1).await;
    let wrong = Settlement::ConfirmedNotSent;
    let settled = world.engine.journal.settle_doubt(run, None, wrong, SettledBy::Person).await;
    assert_eq!(settled.expect("settled"), 10);
    delivered(&world, run, 0..10, true).await;
    world.sandbox.release();
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 30));
    // That nobody got two is judged when the world ends.
    assert_eq!(world.sandbox.record().accepted().len(), 30);
}

#[tokio::test]
async fn stored_receipts_settle_a_run_that_is_taken_up_again() {
    let world = World::by_hand(TAKEN);
    let channels = [channel("main")];
    let run = world.freeze(10, &channels, |_| {}).await;
    let view = world.send(run, &channels).await;
    assert_eq!((view.summary.state, view.summary.tally.in_doubt), (RunState::Settling, 10));
    delivered(&world, run, 0..10, false).await;
    let view = world.send(run, &channels).await;
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 10));
}

#[tokio::test]
async fn a_channel_that_is_reported_as_too_fast_slows_down() {
    let world = World::by_hand("");
    let channels = [Channel { in_flight: number(1), ..channel("main") }];
    let run = world.freeze(30, &channels, |_| {}).await;
    let mut heard = world.engine.events.listen();
    let ready = link(&channels[0], &world.sandbox.base_url());
    world.sandbox.hold();
    let mut sending = world.start_over(run, vec![std::sync::Arc::clone(&ready)]);
    world.sandbox.record().wait(|state| state.held == 1).await;
    ready.shared.report_throttled();
    world.sandbox.release();
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!(view.summary.tally.accepted, 30);
    let mut throttled = 0;
    while let Ok(event) = heard.try_recv() {
        throttled += u32::from(matches!(event, Event::Throttled { .. }));
    }
    assert_eq!(throttled, 1, "once for one report");
}
