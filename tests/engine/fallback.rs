//! The rejected of a run, tried over another channel.

use disparo::domain::{Channel, Purpose, RunState};
use disparo::engine::planning::{Due, carried, due};
use disparo::journal::{SettledBy, Settlement};
use disparo::provider;

use super::bench::{World, channel, number};

const REJECTS: &str = "[[recipients]]\nrefuse = \"invalid\"\nendings = [\"0\", \"5\"]\n";

fn is_due(world: &World, run: disparo::domain::RunId) -> Due {
    due(&world.engine.journal.views().expect("views"), run)
}

/// Carries no media of a campaign.
fn wati() -> Channel {
    let values = [("tenant", "1234".to_owned()), ("number", "5511900000001".to_owned())];
    Channel { provider: "wati", values: values.into_iter().collect(), chunk: number(1), ..channel("wati") }
}

#[tokio::test]
async fn only_the_rejected_go_over_the_fallback_and_each_tally_stays_its_own() {
    // The tenth call is lost: whom it carried is in doubt, and stays so.
    let mut world =
        World::by_hand(&format!("[[faults]]\nthen = \"drop\"\naccepted = true\ncalls = 3\n{REJECTS}"));
    let (first, second) = ([channel("one")], channel("two"));
    let text = |number| disparo::domain::Content::Text { text: format!("Oi {number}") };
    let run = world.freeze_for(100, &first, text, Some(&second), |_| {}).await;
    assert_eq!(is_due(&world, run), Due::Nothing);
    let view = world.send(run, &first).await;
    assert_eq!((view.summary.state.clone(), view.summary.tally.in_doubt), (RunState::Settling, 10));
    let rejected = view.summary.tally.rejected;
    assert_eq!((rejected, is_due(&world, run)), (18, Due::Plan));
    world.meet("");
    let wire = provider::open(&second).expect("a provider");
    // A process that dies now plans it again.
    world.reopen();
    assert_eq!(is_due(&world, run), Due::Plan);
    let planned = world.engine.plan_fallback(run, &second, wire.as_ref()).await.expect("planned");
    let linked = world.engine.commit(planned).await.expect("made");
    assert_eq!(is_due(&world, run), Due::Resume(linked));
    let after = world.send(linked, &[second]).await;
    assert_eq!(after.facts.plan.purpose, Purpose::FallbackOf(run));
    assert_eq!((after.summary.state, after.summary.tally.accepted), (RunState::Completed, rejected));
    assert_eq!(world.view(run).summary.tally, view.summary.tally);
    assert_eq!(is_due(&world, run), Due::Nothing);
}

#[tokio::test]
async fn whom_the_fallback_cannot_carry_is_counted_with_the_reason() {
    let world = World::by_hand(REJECTS);
    let first = [channel("one")];
    let media = |_| disparo::domain::Content::Media {
        url: "https://example.com/f.png".to_owned(),
        content_type: Some("image/png".to_owned()),
        name: None,
        text: None,
    };
    let run = world.freeze_for(20, &first, media, None, |_| {}).await;
    let view = world.send(run, &first).await;
    let second = wati();
    let wire = provider::open(&second).expect("a provider");
    let planned = world.engine.plan_fallback(run, &second, wire.as_ref()).await.expect("planned");
    let rows = planned.survey.rows;
    assert_eq!((rows.rows, rows.invalid, rows.recipients), (view.summary.tally.rejected, 4, 0));
    assert_eq!(planned.survey.faults.len(), 1);
}

#[tokio::test]
async fn a_fallback_that_points_elsewhere_is_refused() {
    let world = World::by_hand(REJECTS);
    let (first, second) = ([channel("one")], channel("two"));
    let text = |number| disparo::domain::Content::Text { text: format!("Oi {number}") };
    let run = world.freeze_for(20, &first, text, Some(&second), |_| {}).await;
    world.send(run, &first).await;
    let moved = Channel { base_url: "http://127.0.0.1:8".to_owned(), sandbox: false, ..second };
    let wire = provider::open(&moved).expect("a provider");
    let refused = world.engine.plan_fallback(run, &moved, wire.as_ref()).await.expect_err("moved");
    assert!(refused.to_string().contains("base_url"), "{refused}");
}

#[tokio::test]
async fn whom_doubt_leaves_rejected_later_has_a_fallback_of_its_own() {
    // The third call is lost and reached nobody.
    let world = World::by_hand(&format!("[[faults]]\nthen = \"drop\"\ncalls = 3\n{REJECTS}"));
    let (first, second) = ([channel("one")], channel("two"));
    let text = |number| disparo::domain::Content::Text { text: format!("Oi {number}") };
    let run = world.freeze_for(100, &first, text, Some(&second), |_| {}).await;
    let wire = provider::open(&second).expect("a provider");
    assert_eq!(world.send(run, &first).await.summary.state, RunState::Settling);
    let mut taken = Vec::new();
    for settles in [false, true] {
        if settles {
            assert_eq!(is_due(&world, run), Due::Nothing);
            let (settlement, by) = (Settlement::ConfirmedNotSent, SettledBy::Person);
            let settled = world.engine.journal.settle_doubt(run, None, settlement, by).await;
            assert_eq!(settled.expect("settled"), 10);
            world.meet(REJECTS);
            assert_eq!(world.send(run, &first).await.summary.state, RunState::Completed);
        }
        assert_eq!(is_due(&world, run), Due::Plan);
        world.meet("");
        let planned = world.engine.plan_fallback(run, &second, wire.as_ref()).await.expect("planned");
        taken.push((planned.plan.rows.recipients, planned.plan.already));
        let linked = world.engine.commit(planned).await.expect("made");
        assert_eq!(is_due(&world, run), Due::Resume(linked));
        world.send(linked, std::slice::from_ref(&second)).await;
        assert_eq!(is_due(&world, run), Due::Nothing);
    }
    // Each of the rejected once.
    assert_eq!((taken, world.view(run).summary.tally.rejected), (vec![(18, 0), (2, 0)], 20));
    assert_eq!(carried(&world.engine.journal.views().expect("views"), run), 20);
}
