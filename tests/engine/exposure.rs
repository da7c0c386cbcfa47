//! How many people are at risk at once, and who gets the room that there is.

use disparo::domain::{Channel, RunState};
use disparo::events::Event;
use tokio::sync::broadcast::error::RecvError;

use super::bench::{World, channel, number};

#[tokio::test]
async fn no_more_people_are_at_risk_than_the_campaign_allows() {
    let world = World::by_hand("latency = \"3ms..40ms\"");
    let channels = [channel("one"), channel("two")];
    let run = world.freeze(600, &channels, |plan| plan.safety.max_in_doubt = number(47)).await;
    let mut heard = world.engine.events.listen();
    let most = tokio::spawn(async move {
        let mut most = 0;
        loop {
            match heard.recv().await {
                Ok(Event::Settled { in_flight, .. }) => most = most.max(in_flight),
                Ok(Event::State { .. }) | Err(RecvError::Closed) => return most,
                Ok(_) | Err(RecvError::Lagged(_)) => {}
            }
        }
    });
    world.sandbox.hold();
    let mut sending = world.start(run, &channels);
    // Four calls of ten fit, a fifth does not.
    world.sandbox.record().wait(|state| state.held == 4).await;
    world.settled().await;
    assert_eq!((world.view(run).in_flight, world.sandbox.record().state().held), (40, 4));
    world.sandbox.release();
    let view = world.until_over(&mut sending).await.expect("sent");
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 600));
    let most = most.await.expect("heard");
    assert!((1..=47).contains(&most), "{most} people at risk");
}

#[tokio::test]
async fn a_channel_with_large_calls_is_not_kept_out_by_one_with_small_ones() {
    let world = World::by_hand("latency = \"5ms..40ms\"");
    let large = Channel { chunk: number(100), ..channel("large") };
    let channels = [channel("small"), large];
    let run = world.freeze(2_000, &channels, |plan| plan.safety.max_in_doubt = number(100)).await;
    let view = world.send(run, &channels).await;
    assert_eq!(view.summary.tally.accepted, 2_000);
    let accepted = world.sandbox.record().accepted();
    let first = accepted.iter().position(|entry| &*entry.sender == "large").expect("some");
    assert!(first <= 300, "{first} people came before the first of the channel with large calls");
    let halfway = accepted.iter().take(1_000).filter(|entry| &*entry.sender == "small").count();
    assert!((300..=700).contains(&halfway), "{halfway} of the first thousand are the small channel's");
}
