//! How a run ends: by itself, held only while there is something to hold, and never half-way.

use std::fs;

use disparo::domain::{Channel, HoldKind, RunState};
use disparo::engine::EngineError;

use super::bench::{World, channel, number, phone};

#[tokio::test]
async fn nothing_is_held_once_everybody_is_sent() {
    let bad: Vec<_> = (95..110).map(|person| format!("\"+{}\"", phone(person).digits())).collect();
    let world =
        World::by_hand(&format!("[[recipients]]\nrefuse = \"invalid\"\nnumbers = [{}]\n", bad.join(", ")));
    let channels = [Channel { in_flight: number(1), ..channel("main") }];
    let run = world.freeze(110, &channels, |plan| plan.safety.stop_above = "10%".parse().ok()).await;
    let view = world.send(run, &channels).await;
    assert_eq!(view.summary.state, RunState::Completed);
    assert_eq!((view.summary.tally.accepted, view.summary.tally.rejected), (95, 15));
}

#[tokio::test]
async fn too_many_rejections_hold_the_run_while_somebody_is_left() {
    let world = World::by_hand("[[recipients]]\nrefuse = \"invalid\"\nendings = [\"0\", \"5\"]\n");
    let channels = [Channel { in_flight: number(1), ..channel("main") }];
    let run = world.freeze(300, &channels, |plan| plan.safety.stop_above = "10%".parse().ok()).await;
    let view = world.send(run, &channels).await;
    let RunState::Held(reason) = view.summary.state else { panic!("not held") };
    assert_eq!((reason.kind, view.summary.tally.pending), (HoldKind::StopAbove, 200));
}

#[tokio::test]
async fn a_run_whose_sending_fails_is_interrupted_and_can_be_resumed() {
    let world = World::by_hand("");
    let channels = [Channel { in_flight: number(1), ..channel("main") }];
    let run = world.freeze(100, &channels, |_| {}).await;
    let file = world.folder.path().join(format!("store/rosters/{run}/recipients"));
    let whole = fs::read(&file).expect("a roster");
    let mut damaged = whole.clone();
    let at = damaged.len() - 20;
    damaged[at] ^= 1;
    fs::write(&file, &damaged).expect("damaged");
    let mut sending = world.start(run, &channels);
    let error = world.until_over(&mut sending).await.expect_err("the last chunk cannot be read");
    assert!(matches!(error, EngineError::Roster(_)), "{error}");
    let view = world.view(run);
    assert_eq!(view.summary.state, RunState::Interrupted);
    assert!(view.summary.tally.accepted <= 90 && view.in_flight == 0, "{view:?}");
    fs::write(&file, &whole).expect("mended");
    assert_eq!(world.send(run, &channels).await.summary.state, RunState::Completed);
}

#[tokio::test]
async fn a_run_without_one_of_its_channels_is_refused_before_it_starts() {
    let world = World::by_hand("");
    let channels = [channel("one"), channel("two")];
    let run = world.freeze(10, &channels, |_| {}).await;
    let mut sending = world.start(run, &channels[..1]);
    let refused = world.until_over(&mut sending).await.expect_err("half of the people have no way");
    assert!(matches!(refused, EngineError::Links { planned: 2, ready: 1 }), "{refused}");
    assert_eq!(world.view(run).summary.state, RunState::Planned);
    assert_eq!(world.send(run, &channels).await.summary.state, RunState::Completed);
}

#[tokio::test]
async fn a_run_over_nobody_completes() {
    let world = World::by_hand("");
    let channels = [channel("main")];
    let run = world.freeze(0, &channels, |_| {}).await;
    assert_eq!(world.send(run, &channels).await.summary.state, RunState::Completed);
}

#[tokio::test]
async fn the_one_who_is_refused_without_being_named_is_the_only_one() {
    let bad = format!("\"+{}\", \"+{}\"", phone(7).digits(), phone(61).digits());
    let world = World::by_hand(&format!(
        "[[faults]]\nthen = \"status\"\nstatus = 400\nbody = '{{}}'\ncontaining = [{bad}]\n"
    ));
    let channels = [Channel { chunk: number(32), ..channel("main") }];
    let run = world.freeze(100, &channels, |_| {}).await;
    let view = world.send(run, &channels).await;
    assert_eq!(view.summary.state, RunState::Completed);
    assert_eq!((view.summary.tally.accepted, view.summary.tally.rejected), (98, 2));
}
