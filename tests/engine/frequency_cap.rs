//! How often people are messaged, over all campaigns of the store.

use std::time::Duration;

use disparo::domain::{
    Channel, Conduct, Failure, FailureClass, FrequencyCap, Mark, Plan, Purpose, Reason, RecipientNumber,
    RunEvent, RunId,
};
use disparo::engine::occurrence::attach;
use disparo::journal::{Applied, Marked};

use super::bench::{World, channel};

const HOUR: Duration = Duration::from_secs(3_600);

fn named(name: &'static str) -> impl FnOnce(&mut Plan) {
    move |plan| name.clone_into(&mut plan.campaign)
}

/// A run over twenty people under this cap, all of whom are rejected: what a retry of it would come to is what
/// the cap says of them.
async fn capped(world: &World, cap: &str) -> RunId {
    world.meet("[[recipients]]\nrefuse = \"invalid\"\n");
    let cap: FrequencyCap = cap.parse().expect("a cap");
    let conduct = Conduct { frequency_cap: Some(cap), ..Conduct::default() };
    let run = world.freeze_with(20, &[channel("one")], conduct).await;
    assert_eq!(world.send(run, &[channel("one")]).await.summary.tally.rejected, 20);
    world.meet("");
    run
}

/// How many of a retry's twenty would be capped; nothing stays of it.
async fn now_capped(world: &World, run: RunId) -> u64 {
    let planned = world.engine.plan_retry(run, &[channel("one")]).await.expect("planned");
    let survey = &planned.survey;
    assert_eq!(survey.capped + survey.all_to_send(), 20);
    let capped = survey.capped;
    world.engine.discard(planned).expect("discarded");
    capped
}

async fn send(world: &World, people: u32, channels: &[Channel], change: impl FnOnce(&mut Plan)) -> RunId {
    let run = world.freeze(people, channels, change).await;
    world.send(run, channels).await;
    run
}

#[tokio::test]
async fn messages_of_all_campaigns_count_for_as_long_as_the_cap_says() {
    let mut world = World::by_hand("");
    world.repeats = true;
    let (one, two) = (capped(&world, "1 per 24h").await, capped(&world, "2 per 48h").await);
    assert_eq!((now_capped(&world, one).await, now_capped(&world, two).await), (0, 0));
    send(&world, 10, &[channel("one")], named("a")).await;
    assert_eq!((now_capped(&world, one).await, now_capped(&world, two).await), (10, 0));
    world.pass(23 * HOUR).await;
    // Over another channel, of a test.
    send(&world, 4, &[channel("two")], |plan| plan.purpose = Purpose::Test).await;
    assert_eq!((now_capped(&world, one).await, now_capped(&world, two).await), (10, 4));
    world.pass(HOUR + Duration::from_secs(1)).await;
    assert_eq!((now_capped(&world, one).await, now_capped(&world, two).await), (4, 4));
    world.pass(23 * HOUR).await;
    assert_eq!((now_capped(&world, one).await, now_capped(&world, two).await), (0, 4));
    world.pass(HOUR).await;
    assert_eq!((now_capped(&world, one).await, now_capped(&world, two).await), (0, 0));
}

#[tokio::test]
async fn a_run_that_lasts_longer_than_the_span_counts_with_its_later_messages() {
    let mut world = World::by_hand("");
    world.repeats = true;
    let one = capped(&world, "1 per 24h").await;
    let channels = [channel("two")];
    let run = world.freeze(15, &channels, |plan| plan.rates = vec![super::bench::rate("10/d")]).await;
    let mut sending = world.start(run, &channels);
    world.pass(HOUR).await;
    // Whoever it still has to send to is going to get it.
    assert_eq!(now_capped(&world, one).await, 15);
    world.until_over(&mut sending).await.expect("sent");
    world.pass(22 * HOUR).await;
    let at_the_end = now_capped(&world, one).await;
    assert!((1..15).contains(&at_the_end), "{at_the_end} of the run's fifteen");
    world.pass(24 * HOUR).await;
    assert_eq!(now_capped(&world, one).await, 0);
}

#[tokio::test]
async fn two_plans_made_one_after_the_other_reach_nobody_twice() {
    let world = World::by_hand("");
    let one = capped(&world, "1 per 7d").await;
    // Planned and not sent yet: its people are going to get it, unless it is given up.
    let run = world.freeze(12, &[channel("one")], named("a")).await;
    assert_eq!(now_capped(&world, one).await, 12);
    world.pass(30 * 24 * HOUR).await;
    assert_eq!(now_capped(&world, one).await, 12);
    world.happen(run, RunEvent::Cancelled).await;
    assert_eq!(now_capped(&world, one).await, 0);
}

#[tokio::test]
async fn doubt_counts_and_what_reached_nobody_does_not() {
    let mut world = World::by_hand("");
    world.repeats = true;
    let one = capped(&world, "1 per 7d").await;
    world.meet("[[faults]]\nthen = \"drop\"\naccepted = true\ncalls = 1\n");
    let doubted = send(&world, 10, &[channel("one")], named("a")).await;
    assert_eq!((world.view(doubted).summary.tally.in_doubt, now_capped(&world, one).await), (10, 10));
    world.meet("[[recipients]]\nrefuse = \"invalid\"\n");
    send(&world, 20, &[channel("one")], named("b")).await;
    assert_eq!(now_capped(&world, one).await, 10);
    world.meet("");
    // Accepted, and not delivered.
    let failed = send(&world, 20, &[channel("one")], named("c")).await;
    assert_eq!(now_capped(&world, one).await, 20);
    let journal = &world.engine.journal;
    attach(journal, failed).expect("attached");
    journal.attach_deliveries(failed).expect("attached");
    let failure = Failure { reason: Reason::new("1", "lost"), class: FailureClass::Final, retry: None };
    let at = world.engine.clock.now().as_millisecond();
    let marked = |number| Marked {
        run: failed,
        recipient: RecipientNumber(number),
        mark: Mark::Failed(0),
        at,
        failure: Some(failure.clone()),
    };
    let marks = (5..15).map(marked).collect();
    journal.apply(Applied { marks, ..Applied::default() }).await.expect("applied");
    assert_eq!(now_capped(&world, one).await, 15);
}

#[tokio::test]
async fn a_real_run_does_not_count_what_was_rehearsed() {
    let mut world = World::by_hand("");
    world.repeats = true;
    let rehearsed = capped(&world, "1 per 7d").await;
    let real = Channel { sandbox: false, ..channel("real") };
    world.freeze(8, std::slice::from_ref(&real), named("a")).await;
    assert_eq!(now_capped(&world, rehearsed).await, 0);
}
