//! The canary: the first of a run go alone, and what becomes of them decides about the others.

use std::ops::Range;
use std::time::Duration;

use disparo::domain::{
    Canary, Channel, Conduct, Failure, FailureClass, HoldKind, Mark, Milestone, Reason, RecipientNumber,
    RunEvent, RunId, RunState,
};
use disparo::engine::Urgency;
use disparo::events::Event;
use disparo::journal::{Applied, Letter, Marked, Place, SettledBy, Settlement};

use super::bench::{World, channel, number, phone};

const WAIT: Duration = Duration::from_secs(900);

/// Ten of a hundred go first; the run is held when more than a fifth of them fail.
fn canary(size: u32) -> Conduct {
    let stop_above = "20%".parse().expect("a share");
    Conduct { canary: Some(Canary { size: number(size), wait: WAIT, stop_above }), ..Conduct::default() }
}

fn channels() -> [Channel; 1] {
    [channel("main")]
}

/// Something becomes of the messages of these people.
pub async fn becomes(world: &World, run: RunId, people: Range<u32>, mark: Mark) {
    let journal = &world.engine.journal;
    journal.attach_deliveries(run).expect("readable");
    let reason = Reason::new("131026", "the number is not on WhatsApp");
    let failure = Failure { reason, class: FailureClass::Final, retry: None };
    let at = world.engine.clock.now().as_millisecond();
    let marks = people.map(RecipientNumber).map(|recipient| Marked {
        run,
        recipient,
        mark,
        at,
        failure: matches!(mark, Mark::Failed(_)).then(|| failure.clone()),
    });
    journal.apply(Applied { marks: marks.collect(), ..Applied::default() }).await.expect("applied");
}

pub const DELIVERED: Mark = Mark::Reached(Milestone::Delivered);
const FAILED: Mark = Mark::Failed(0);

fn accepted(world: &World, run: RunId) -> u64 {
    world.view(run).summary.tally.accepted
}

/// The sentence with which the canary holds the run.
fn held(world: &World, run: RunId) -> String {
    let RunState::Held(reason) = world.view(run).summary.state else {
        panic!("not held: {:?}", world.view(run).summary.state)
    };
    assert_eq!(reason.kind, HoldKind::Canary);
    reason.sentence
}

#[tokio::test]
async fn the_others_follow_when_the_wait_has_passed_and_the_first_arrived() {
    let world = World::by_hand("");
    let run = world.freeze_with(100, &channels(), canary(10)).await;
    let mut heard = world.engine.events.listen();
    let mut sending = world.start(run, &channels());
    world.pass(WAIT / 2).await;
    assert_eq!(accepted(&world, run), 10);
    becomes(&world, run, 0..8, DELIVERED).await;
    becomes(&world, run, 8..10, FAILED).await;
    // Everybody has a final word, and the wait is kept all the same.
    world.pass(WAIT / 2 - Duration::from_secs(1)).await;
    assert_eq!(accepted(&world, run), 10);
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 100));
    let mut told = Vec::new();
    while let Ok(event) = heard.try_recv() {
        if let Event::Canary { sent, delivered, failed, until, .. } = event {
            let wait = until.duration_since(view.facts.plan.created).unsigned_abs();
            assert!(wait >= WAIT && wait < WAIT + Duration::from_secs(5), "{wait:?}");
            told.push((sent, delivered, failed));
        }
    }
    assert_eq!(told, [(10, 0, 0), (10, 8, 2)]);
}

#[tokio::test]
async fn who_is_kept_back_is_nobody_of_the_first_over_all_channels() {
    let world = World::by_hand("");
    let channels = [channel("one"), channel("two")];
    let run = world.freeze_with(100, &channels, canary(15)).await;
    // Whoever is suppressed makes room for the next.
    let spared = phone(3);
    let entry = (spared.person(), spared.digits().parse().expect("a number"));
    world.engine.journal.suppress(vec![entry], "a test".to_owned()).await.expect("suppressed");
    let mut sending = world.start(run, &channels);
    world.pass(WAIT / 2).await;
    let first = world.engine.journal.with_ledger(run, |ledger| {
        ledger.all_in(Place::Accepted).map(|recipient| recipient.0).collect::<Vec<_>>()
    });
    assert_eq!(first.expect("a ledger"), (0..3).chain(4..16).collect::<Vec<_>>());
    becomes(&world, run, 0..3, DELIVERED).await;
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 99));
}

#[tokio::test]
async fn messages_that_fail_hold_the_run_at_once_and_a_person_goes_on() {
    let world = World::by_hand("");
    let run = world.freeze_with(100, &channels(), canary(10)).await;
    let mut sending = world.start(run, &channels());
    world.pass(Duration::from_secs(60)).await;
    becomes(&world, run, 0..3, FAILED).await;
    let began = world.tick();
    let view = world.until_over(&mut sending).await.expect("sent");
    assert!(world.tick().since(began) <= Duration::from_secs(2), "it waits although it is held anyway");
    assert_eq!((view.summary.tally.accepted, view.summary.tally.pending), (10, 90));
    insta::assert_snapshot!(held(&world, run));
    let view = world.send(run, &channels()).await;
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 100));
}

#[tokio::test]
async fn a_delivery_after_all_overtakes_the_failure() {
    let world = World::by_hand("");
    let run = world.freeze_with(100, &channels(), canary(10)).await;
    let mut sending = world.start(run, &channels());
    world.pass(Duration::from_secs(60)).await;
    becomes(&world, run, 0..3, DELIVERED).await;
    becomes(&world, run, 0..3, FAILED).await;
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 100));
}

#[tokio::test]
async fn whom_the_provider_rejects_counts_as_failed() {
    let world = World::by_hand("[[recipients]]\nrefuse = \"invalid\"\nendings = [\"1\", \"4\", \"7\"]\n");
    let run = world.freeze_with(100, &channels(), canary(10)).await;
    let view = world.send(run, &channels()).await;
    assert_eq!((view.summary.tally.accepted, view.summary.tally.rejected), (7, 3));
    insta::assert_snapshot!(held(&world, run));
}

#[tokio::test]
async fn silence_is_never_taken_for_success() {
    let world = World::by_hand("[[recipients]]\nrefuse = \"invalid\"\nendings = [\"1\"]\n");
    let run = world.freeze_with(100, &channels(), canary(10)).await;
    let mut sending = world.start(run, &channels());
    world.pass(Duration::from_secs(60)).await;
    // That WhatsApp has it says nothing of whether it arrives.
    becomes(&world, run, 2..10, Mark::Reached(Milestone::Sent)).await;
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!((view.summary.tally.accepted, view.summary.tally.rejected), (9, 1));
    insta::assert_snapshot!(held(&world, run));
    let view = world.send(run, &channels()).await;
    assert_eq!(view.summary.state, RunState::Completed);
}

#[tokio::test]
async fn the_next_process_waits_for_what_is_left_of_the_wait() {
    let mut world = World::by_hand("");
    let run = world.freeze_with(100, &channels(), canary(10)).await;
    let mut sending = world.start(run, &channels());
    world.pass(Duration::from_secs(600)).await;
    becomes(&world, run, 0..1, DELIVERED).await;
    world.engine.interrupt.press();
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!(view.summary.state, RunState::Interrupted);
    world.reopen();
    let began = world.tick();
    let mut sending = world.start(run, &channels());
    world.pass(Duration::from_secs(298)).await;
    assert_eq!(accepted(&world, run), 10);
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 100));
    assert!(world.tick().since(began) < Duration::from_secs(310), "the wait began anew");
}

#[tokio::test]
async fn a_wait_that_passed_while_nothing_ran_is_over() {
    let mut world = World::by_hand("");
    let run = world.freeze_with(100, &channels(), canary(10)).await;
    let mut sending = world.start(run, &channels());
    world.pass(Duration::from_secs(60)).await;
    becomes(&world, run, 0..1, DELIVERED).await;
    assert_eq!(world.engine.interrupt.press(), Urgency::Drain);
    world.until_over(&mut sending).await.expect("sent");
    world.clock().advance(WAIT);
    world.reopen();
    let began = world.tick();
    let view = world.send(run, &channels()).await;
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 100));
    assert!(world.tick().since(began) < Duration::from_secs(5));
}

#[tokio::test]
async fn a_crash_in_the_middle_of_the_canary_sends_the_rest_of_it_first() {
    let mut world = World::by_hand("");
    let channels = [Channel { chunk: number(2), in_flight: number(2), ..channel("main") }];
    let run = world.freeze_with(100, &channels, canary(10)).await;
    world.sandbox.hold();
    let mut sending = world.start(run, &channels);
    world.sandbox.record().wait(|state| state.held == 2).await;
    world.engine.interrupt.press();
    world.engine.interrupt.press();
    world.until_over(&mut sending).await.expect("sent");
    world.sandbox.release();
    world.sandbox.record().wait(|state| state.accepted == 4).await;
    world.reopen();
    let mut sending = world.start(run, &channels);
    world.pass(Duration::from_secs(60)).await;
    let tally = world.view(run).summary.tally;
    assert_eq!((tally.accepted, tally.in_doubt, tally.pending), (6, 4, 90));
    becomes(&world, run, 4..10, DELIVERED).await;
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Settling, 96));
}

#[tokio::test]
async fn doubt_that_is_settled_as_not_sent_is_sent_before_the_others() {
    let world = World::by_hand("[[faults]]\nthen = \"drop\"\ncalls = 1\n");
    let run = world.freeze_with(100, &channels(), canary(10)).await;
    let mut sending = world.start(run, &channels());
    world.pass(Duration::from_secs(60)).await;
    assert_eq!(world.view(run).summary.tally.in_doubt, 10);
    world.meet("");
    let (settlement, by) = (Settlement::ConfirmedNotSent, SettledBy::Person);
    world.engine.journal.settle_doubt(run, None, settlement, by).await.expect("settled");
    world.pass(Duration::from_secs(60)).await;
    let tally = world.view(run).summary.tally;
    assert_eq!((tally.accepted, tally.pending), (10, 90));
    becomes(&world, run, 0..1, DELIVERED).await;
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 100));
}

#[tokio::test]
async fn orders_are_followed_at_once_while_the_canary_is_waited_for() {
    for event in [RunEvent::Paused, RunEvent::Cancelled] {
        let world = World::by_hand("");
        let run = world.freeze_with(100, &channels(), canary(10)).await;
        let sending = world.start(run, &channels());
        world.pass(Duration::from_secs(60)).await;
        world.happen(run, event).await;
        world.settled().await;
        assert!(sending.is_finished(), "an order waits for the canary");
        if world.view(run).summary.state == RunState::Paused {
            // Whoever goes on with a paused run has not seen what became of the canary.
            let mut sending = world.start(run, &channels());
            world.pass(Duration::from_secs(60)).await;
            assert_eq!(accepted(&world, run), 10);
            becomes(&world, run, 0..1, DELIVERED).await;
            world.until_over(&mut sending).await.expect("sent");
            assert_eq!(accepted(&world, run), 100);
        }
    }
}

#[tokio::test]
async fn a_run_that_is_no_larger_than_its_canary_waits_for_nothing() {
    for size in [100, 500] {
        let world = World::by_hand("");
        let run = world.freeze_with(100, &channels(), canary(size)).await;
        let began = world.tick();
        let view = world.send(run, &channels()).await;
        assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 100));
        assert!(world.tick().since(began) < Duration::from_secs(5));
    }
}

#[tokio::test]
async fn webhooks_that_came_in_time_are_applied_before_the_canary_is_judged() {
    let world = World::by_hand("");
    let run = world.freeze_with(100, &channels(), canary(10)).await;
    let mut sending = world.start(run, &channels());
    world.pass(WAIT - Duration::from_secs(5)).await;
    let received = world.engine.clock.now().as_millisecond();
    let letter = Letter { channel: "main".to_owned(), received, heard: Vec::new() };
    world.engine.journal.keep(vec![letter]).await.expect("kept");
    world.pass(Duration::from_secs(10)).await;
    assert_eq!(world.view(run).summary.state, RunState::Sending);
    becomes(&world, run, 0..10, DELIVERED).await;
    world.engine.journal.apply(Applied { letters: 1, ..Applied::default() }).await.expect("applied");
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 100));
}
