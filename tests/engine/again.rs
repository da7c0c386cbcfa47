//! The rejected of a run that stands outside the campaign's occurrences, tried again.

use disparo::domain::{Purpose, RunState};

use super::bench::{World, channel};

#[tokio::test]
async fn whom_a_retry_reached_the_next_one_does_not_reach_again() {
    for purpose in [Purpose::Single, Purpose::Test] {
        let world = World::by_hand("[[recipients]]\nrefuse = \"invalid\"\nendings = [\"0\", \"5\"]\n");
        let channels = [channel("one")];
        let run = world.freeze(20, &channels, |plan| plan.purpose = purpose).await;
        let rejected = world.send(run, &channels).await.summary.tally.rejected;
        assert_eq!(rejected, 4);
        // The second retry loses an answer: whom it carried is in doubt, and is not reached again either.
        world.meet("[[recipients]]\nrefuse = \"invalid\"\nendings = [\"0\"]\n");
        let mut retries = Vec::new();
        for (faults, reached) in [(None, 0), (Some("[[faults]]\nthen = \"drop\"\naccepted = true\n"), 2)] {
            if let Some(faults) = faults {
                world.meet(faults);
            }
            let planned = world.engine.plan_retry(run, &channels).await.expect("planned");
            assert_eq!((planned.plan.rows.recipients, planned.plan.already), (4, reached), "{purpose:?}");
            assert!(!planned.plan.purpose.is_of_occurrence());
            assert_eq!(planned.plan.purpose.is_single(), purpose.is_single());
            let retry = world.engine.commit(planned).await.expect("made");
            world.send(retry, &channels).await;
            retries.push(retry);
        }
        assert_eq!(world.view(retries[0]).summary.tally.accepted, 2);
        assert_eq!(world.view(retries[1]).summary.state, RunState::Settling);
        // A retry of the first retry: its two rejected are those in doubt.
        for earlier in [run, retries[0]] {
            let refused = world.engine.plan_retry(earlier, &channels).await;
            match refused {
                Ok(planned) => {
                    assert_eq!(planned.plan.already, planned.plan.rows.recipients, "{purpose:?}");
                    world.engine.discard(planned).expect("discarded");
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
}
