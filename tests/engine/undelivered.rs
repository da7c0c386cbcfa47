//! Messages that were accepted and could not be delivered, sent again.

use std::time::Duration;

use disparo::domain::{
    Conduct, Failure, FailureClass, Mark, Milestone, Purpose, Reason, RecipientNumber, RunEvent, RunId,
    RunState,
};
use disparo::engine::undelivered::{Due, due};
use disparo::journal::{Applied, Marked, Place};
use jiff::SignedDuration;

use super::bench::{World, channel, phone};

/// Something became of a recipient's message now.
async fn becomes(world: &World, run: RunId, people: &[u32], mark: Mark, failure: Option<Failure>) {
    let journal = &world.engine.journal;
    disparo::engine::occurrence::attach(journal, run).expect("attached");
    journal.attach_deliveries(run).expect("attached");
    let at = world.engine.clock.now().as_millisecond();
    let marked = |number: &u32| Marked {
        run,
        recipient: RecipientNumber(*number),
        mark,
        at,
        failure: failure.clone(),
    };
    let marks = people.iter().map(marked).collect();
    journal.apply(Applied { marks, ..Applied::default() }).await.expect("applied");
}

async fn fails(world: &World, run: RunId, people: &[u32], class: FailureClass, retry: Option<u64>) {
    let failure = Failure {
        reason: Reason::new("2301", "too many messages in a short time"),
        class,
        retry: retry.map(Duration::from_secs),
    };
    becomes(world, run, people, Mark::Failed(0), Some(failure)).await;
}

async fn is_delivered(world: &World, run: RunId, people: &[u32]) {
    becomes(world, run, people, Mark::Reached(Milestone::Delivered), None).await;
}

fn is_due(world: &World, run: RunId) -> Due {
    due(&world.engine.journal, run, world.engine.clock.now()).expect("readable")
}

/// Ten people, all accepted, of a campaign that opted in.
async fn sent(world: &World) -> RunId {
    let channels = [channel("one")];
    let conduct = Conduct { retry_failed: true, ..Conduct::default() };
    let run = world.freeze_with(10, &channels, conduct).await;
    assert_eq!(world.send(run, &channels).await.summary.tally.accepted, 10);
    run
}

async fn again(world: &World, run: RunId) -> RunId {
    let planned = world.engine.plan_retry_failed(run, &[channel("one")]).await.expect("planned");
    assert!(planned.conduct.retry_failed);
    world.engine.commit(planned).await.expect("made")
}

async fn send_again(world: &World, run: RunId) -> (RunId, u64) {
    let linked = again(world, run).await;
    let view = world.send(linked, &[channel("one")]).await;
    assert_eq!(view.facts.plan.purpose, Purpose::RetryFailedOf(run));
    (linked, view.summary.tally.accepted)
}

async fn refused(world: &World, run: RunId) -> String {
    world.engine.plan_retry_failed(run, &[channel("one")]).await.expect_err("refused").to_string()
}

#[tokio::test]
async fn what_failed_for_a_reason_that_passes_is_sent_again_when_it_may_be() {
    let mut world = World::by_hand("");
    world.repeats = true;
    let run = sent(&world).await;
    assert_eq!(is_due(&world, run), Due::default());
    assert!(refused(&world, run).await.contains("no message left"));
    fails(&world, run, &[0, 1], FailureClass::Transient, None).await;
    fails(&world, run, &[2], FailureClass::Throttled, Some(3_600)).await;
    fails(&world, run, &[3], FailureClass::Final, None).await;
    fails(&world, run, &[4, 5], FailureClass::Transient, None).await;
    is_delivered(&world, run, &[5, 6]).await;
    let found = is_due(&world, run);
    let in_an_hour = world.engine.clock.now() + SignedDuration::from_hours(1);
    assert_eq!((found.now, found.later, found.next), (3, 1, Some(in_an_hour)));

    let (first, accepted) = send_again(&world, run).await;
    assert_eq!((accepted, is_due(&world, run).now, is_due(&world, run).later), (3, 0, 1));
    assert!(refused(&world, run).await.contains("the first may at"));
    // The original stays accepted, and the campaign itself reaches none of them again.
    assert_eq!(world.view(run).summary.tally.accepted, 10);
    world.pass(Duration::from_secs(3_600)).await;
    let (_, accepted) = send_again(&world, run).await;
    assert_eq!((accepted, is_due(&world, run)), (1, Due::default()));
    // A second time, and no third.
    fails(&world, first, &[1], FailureClass::Transient, None).await;
    let (second, accepted) = send_again(&world, first).await;
    assert_eq!((accepted, is_due(&world, first)), (1, Due::default()));
    fails(&world, second, &[0], FailureClass::Transient, None).await;
    assert_eq!(is_due(&world, second), Due::default());
    assert!(refused(&world, second).await.contains("more than twice"));
}

#[tokio::test]
async fn nobody_is_sent_to_again_while_a_run_of_the_occurrence_is_unfinished() {
    let mut world = World::by_hand("");
    world.repeats = true;
    let run = sent(&world).await;
    fails(&world, run, &[0, 1], FailureClass::Transient, None).await;
    let linked = again(&world, run).await;
    fails(&world, run, &[2], FailureClass::Transient, None).await;
    assert_eq!(is_due(&world, run), Due::default());
    assert!(refused(&world, run).await.contains("unfinished"));
    // Given up: those people are, and others are not.
    world.happen(linked, RunEvent::Cancelled).await;
    assert_eq!(is_due(&world, run).now, 1);
    let (_, accepted) = send_again(&world, run).await;
    assert_eq!(accepted, 1);
}

#[tokio::test]
async fn who_is_delivered_to_after_all_or_suppressed_is_left_out() {
    let mut world = World::by_hand("");
    world.repeats = true;
    let run = sent(&world).await;
    fails(&world, run, &[0, 1, 2, 3], FailureClass::Transient, None).await;
    world
        .engine
        .journal
        .suppress(vec![(phone(3).person(), 1)], "a test".to_owned())
        .await
        .expect("suppressed");
    let linked = again(&world, run).await;
    is_delivered(&world, run, &[1]).await;
    let tally = world.send(linked, &[channel("one")]).await.summary.tally;
    assert_eq!((tally.accepted, tally.already, tally.suppressed), (2, 1, 1));
    // Of a run that sends a third time the first message may be delivered, too.
    fails(&world, linked, &[0, 2], FailureClass::Transient, None).await;
    let second = again(&world, linked).await;
    is_delivered(&world, run, &[0]).await;
    let view = world.send(second, &[channel("one")]).await;
    assert_eq!((view.summary.tally.accepted, view.summary.tally.already), (1, 1));
    assert_eq!(view.summary.state, RunState::Completed);
}

#[tokio::test]
async fn nobody_in_doubt_and_nobody_of_a_test_is_sent_to_again() {
    let mut world = World::by_hand("[[faults]]\nthen = \"drop\"\naccepted = true\ncalls = 1\n");
    world.repeats = true;
    let channels = [channel("one")];
    let run = world.freeze(20, &channels, |_| {}).await;
    assert_eq!(world.send(run, &channels).await.summary.tally.in_doubt, 10);
    let doubted = world.engine.journal.doubts(run).expect("attached")[0].0;
    fails(&world, run, &[doubted.0], FailureClass::Transient, None).await;
    assert_eq!(is_due(&world, run), Due::default());
    let test = world.freeze(1, &channels, |plan| plan.purpose = Purpose::Test).await;
    world.send(test, &channels).await;
    fails(&world, test, &[0], FailureClass::Transient, None).await;
    assert_eq!(is_due(&world, test), Due::default());
    assert!(refused(&world, test).await.contains("no campaign's"));
}

#[tokio::test]
async fn whom_sending_again_was_rejected_a_retry_reaches() {
    let mut world = World::by_hand("");
    world.repeats = true;
    let run = sent(&world).await;
    fails(&world, run, &[0, 5], FailureClass::Transient, None).await;
    let linked = again(&world, run).await;
    world.meet("[[recipients]]\nrefuse = \"invalid\"\nendings = [\"5\"]\n");
    let tally = world.send(linked, &[channel("one")]).await.summary.tally;
    assert_eq!((tally.accepted, tally.rejected), (1, 1));
    world.meet("");
    let planned = world.engine.plan_retry(linked, &[channel("one")]).await.expect("planned");
    assert_eq!((planned.plan.rows.recipients, planned.plan.already), (1, 0));
    let retry = world.engine.commit(planned).await.expect("made");
    assert_eq!(world.send(retry, &[channel("one")]).await.summary.tally.accepted, 1);
    let place = |run, number| {
        world
            .engine
            .journal
            .with_ledger(run, |ledger| ledger.place(RecipientNumber(number)))
            .expect("attached")
    };
    assert_eq!(place(retry, 0), Some(Place::Accepted));
}

#[tokio::test]
async fn what_is_due_is_told_to_whoever_follows_all_runs() {
    let world = World::by_hand("");
    let run = sent(&world).await;
    let mut news = world.engine.journal.follow_news().expect("open");
    assert!(!news.has_changed().expect("open"));
    fails(&world, run, &[0], FailureClass::Transient, None).await;
    assert!(news.has_changed().expect("open"));
    news.mark_unchanged();
    // Heard once more it is no news.
    fails(&world, run, &[0], FailureClass::Transient, None).await;
    assert!(!news.has_changed().expect("open"));
}
