//! What provably was not sent is tried again, as often and as slowly as it takes.

use disparo::domain::{Channel, HoldKind, RetryPolicy, RunState};
use disparo::events::Event;

use super::bench::{World, channel, number};

#[tokio::test]
async fn a_channel_that_is_asked_to_slow_down_recovers_by_itself() {
    let world = World::by_hand("[rate_limit]\nrate = \"20/60s\"\n");
    let channels = [channel("main")];
    let run = world.freeze(70, &channels, |_| {}).await;
    let view = world.send(run, &channels).await;
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 70));
}

#[tokio::test]
async fn a_provider_that_only_ever_asks_to_wait_holds_the_run() {
    let world = World::by_hand("[[faults]]\nthen = \"status\"\nstatus = 429\n");
    let channels = [channel("main")];
    let run = world.freeze(20, &channels, |_| {}).await;
    let view = world.send(run, &channels).await;
    let RunState::Held(reason) = view.summary.state else { panic!("not held") };
    assert_eq!((reason.kind, view.summary.tally.pending), (HoldKind::Unreachable, 20));
    assert!(reason.sentence.contains("slow down"), "{reason}");
}

#[tokio::test]
async fn a_provider_that_cannot_be_reached_is_tried_as_often_as_the_policy_says() {
    let world = World::by_hand("");
    let retry = RetryPolicy { attempts: number(3), ..RetryPolicy::default() };
    let channels = [Channel { in_flight: number(1), retry, ..channel("main") }];
    let run = world.freeze(20, &channels, |_| {}).await;
    let mut heard = world.engine.events.listen();
    // Nobody listens on port 9 of this computer.
    let mut sending = world.start_at(run, &channels, "http://127.0.0.1:9");
    let view = world.until_over(&mut sending).await.expect("sent");
    let RunState::Held(reason) = view.summary.state else { panic!("not held") };
    assert_eq!(reason.kind, HoldKind::Unreachable);
    assert!(reason.sentence.contains("3 times in a row"), "{reason}");
    let mut waits = 0;
    while let Ok(event) = heard.try_recv() {
        waits += u32::from(matches!(event, Event::NotSent { .. }));
    }
    assert_eq!(waits, 2, "two waits lie between three tries");
    let view = world.send(run, &channels).await;
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 20));
}

#[tokio::test]
async fn a_refusal_that_may_pass_is_tried_once_more() {
    let world = World::by_hand("[[recipients]]\nrefuse = \"unknown\"\nendings = [\"3\"]\nonce = true\n");
    let channels = [channel("main")];
    let run = world.freeze(100, &channels, |_| {}).await;
    let view = world.send(run, &channels).await;
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 100));

    world.meet("[[recipients]]\nrefuse = \"unknown\"\nendings = [\"3\"]\n");
    let run = world.freeze(100, &channels, |_| {}).await;
    let view = world.send(run, &channels).await;
    assert_eq!((view.summary.state, view.summary.tally.rejected), (RunState::Completed, 10));
}

#[tokio::test]
async fn a_channel_that_takes_fewer_at_once_gets_fewer() {
    let world = World::by_hand("[devino]\nbatch = 7\n");
    let channels = [Channel { chunk: number(100), ..channel("main") }];
    let run = world.freeze(500, &channels, |_| {}).await;
    let view = world.send(run, &channels).await;
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 500));
}
