//! Doubt, settled by the campaign's policy or by a person, while the run is sent and later.

use std::sync::Arc;
use std::time::Duration;

use disparo::domain::{Channel, OnDoubt, RecipientNumber, RetryPolicy, RunState};
use disparo::journal::{JournalError, SettledBy, Settlement};

use super::bench::{World, channel, number};

const DAY: Duration = Duration::from_secs(86_400);

/// The first call is lost on its way, and nobody can tell.
const LOST: &str = "[[faults]]\nthen = \"drop\"\ncalls = 1\n";

#[tokio::test]
async fn who_is_sent_again_while_the_run_is_sent_is_sent_before_it_ends() {
    for settlement in [Settlement::Resend, Settlement::ConfirmedNotSent] {
        let world = World::by_hand(LOST);
        let channels = [Channel { in_flight: number(1), ..channel("main") }];
        let run = world.freeze(30, &channels, |_| {}).await;
        let mut sending = world.start(run, &channels);
        world.sandbox.record().wait(|state| state.calls == 1).await;
        world.sandbox.hold();
        world.sandbox.record().wait(|state| state.held == 1).await;
        let settled = world.engine.journal.settle_doubt(run, None, settlement, SettledBy::Person).await;
        assert_eq!(settled.expect("settled"), 10);
        world.sandbox.release();
        let view = world.until_over(&mut sending).await.expect("sent");
        assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 30));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doubts_may_be_settled_at_any_moment() {
    let world = World::new("latency = \"0ms..2ms\"\n[[faults]]\nthen = \"drop\"\nshare = \"30%\"\n");
    let channels = [Channel { chunk: number(3), ..channel("main") }];
    for _ in 0..5 {
        let run = world.freeze(60, &channels, |_| {}).await;
        let sending = world.start(run, &channels);
        let journal = Arc::clone(&world.engine.journal);
        // A person who knows that what was dropped was never accepted, and says so again and again.
        while !sending.is_finished() {
            match journal.settle_doubt(run, None, Settlement::ConfirmedNotSent, SettledBy::Person).await {
                Ok(_) => {}
                Err(error) => panic!("{error}"),
            }
        }
        let mut view = sending.await.expect("no panic").expect("sent");
        // Doubt that was settled just after the end of the sending opens the run again.
        while view.summary.state == RunState::Settling || world.view(run).summary.state == RunState::Paused {
            journal
                .settle_doubt(run, None, Settlement::ConfirmedNotSent, SettledBy::Person)
                .await
                .expect("settled");
            view = world.send(run, &channels).await;
        }
        assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 60));
    }
}

#[tokio::test]
async fn what_is_assumed_after_its_time_ends_the_run() {
    let world = World::by_hand("[[faults]]\nthen = \"drop\"\naccepted = true\n");
    let channels = [channel("main")];
    let run = world.freeze(20, &channels, |plan| plan.safety.on_doubt = OnDoubt::AssumeSent).await;
    let view = world.send(run, &channels).await;
    assert_eq!((view.summary.state, view.summary.tally.in_doubt), (RunState::Settling, 20));
    let view = world.send(run, &channels).await;
    assert_eq!(view.summary.tally.in_doubt, 20, "too early");
    world.pass(DAY).await;
    let view = world.send(run, &channels).await;
    assert_eq!(
        (view.summary.state, view.summary.tally.accepted, view.summary.assumed),
        (RunState::Completed, 20, 20)
    );
}

#[tokio::test]
async fn who_is_sent_again_by_policy_is_so_only_as_often_as_the_channel_tries() {
    let world = World::by_hand("[[faults]]\nthen = \"drop\"\n");
    let retry = RetryPolicy { attempts: number(3), ..RetryPolicy::default() };
    let channels = [Channel { retry, ..channel("main") }];
    let run = world.freeze(10, &channels, |plan| plan.safety.on_doubt = OnDoubt::Resend).await;
    for calls in [1, 2, 3, 3, 3] {
        let view = world.send(run, &channels).await;
        assert_eq!((view.summary.state, view.summary.tally.in_doubt), (RunState::Settling, 10));
        assert_eq!(world.sandbox.record().state().calls, calls);
        world.pass(DAY).await;
    }
}

#[tokio::test]
async fn doubt_without_a_time_to_wait_is_settled_before_the_run_ends() {
    let world = World::by_hand(LOST);
    let channels = [channel("main")];
    let run = world
        .freeze(100, &channels, |plan| {
            plan.safety.on_doubt = OnDoubt::Resend;
            plan.safety.doubt_ttl = Duration::ZERO;
        })
        .await;
    let view = world.send(run, &channels).await;
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 100));
}

#[tokio::test]
async fn a_call_in_flight_is_not_in_doubt_yet() {
    let world = World::by_hand("");
    let channels = [channel("main")];
    let run = world.freeze(10, &channels, |_| {}).await;
    world.sandbox.hold();
    let mut sending = world.start(run, &channels);
    world.sandbox.record().wait(|state| state.held == 1).await;
    let journal = &world.engine.journal;
    let named = Some(vec![RecipientNumber(0)]);
    let named = journal.settle_doubt(run, named, Settlement::Resend, SettledBy::Person).await;
    assert!(matches!(named, Err(JournalError::NotInDoubt { .. })), "{named:?}");
    let all = journal.settle_doubt(run, None, Settlement::Resend, SettledBy::Person).await;
    assert_eq!(all.expect("nobody"), 0);
    world.sandbox.release();
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!(view.summary.state, RunState::Completed);
}
