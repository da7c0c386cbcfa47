//! Work that is no message: what may be repeated is, and groups in doubt are found by their subject.

use std::time::Duration;

use disparo::domain::{Action, Channel, ChatStatus, Content, RecipientNumber, RetryPolicy, RunState};
use disparo::provider::Company;

use super::bench::{World, channel, choosy, number, phone};

fn alone(_: &Content) -> Company {
    Company::Alone
}

fn solved(_: u32) -> Content {
    Content::Action(Action::SetChatStatus { status: ChatStatus::Solved })
}

fn group(number: u32) -> Content {
    Content::Action(Action::CreateGroup { subject: format!("Group {number}") })
}

/// Questions about groups are asked on the system's clock, whose time has to pass before they are.
fn patient() -> Channel {
    Channel { timeout: Duration::from_secs(2), ..channel("main") }
}

#[tokio::test]
async fn what_may_be_repeated_is_repeated_before_the_run_ends() {
    let mut world = World::by_hand("[[faults]]\nthen = \"drop\"\naccepted = true\ncalls = \"2..=3\"\n");
    world.repeats = true;
    let channels = [channel("main")];
    let run = world.freeze_for(30, &channels, solved, None, |_| {}).await;
    let (link, _) = choosy(&channels[0], &world.sandbox.base_url(), alone);
    let view = world.until_over(&mut world.start_over(run, vec![link])).await.expect("done");
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 30));
}

#[tokio::test]
async fn what_never_answers_is_repeated_only_as_often_as_the_channel_tries() {
    let mut world = World::by_hand("[[faults]]\nthen = \"drop\"\n");
    world.repeats = true;
    let retry = RetryPolicy { attempts: number(3), ..RetryPolicy::default() };
    let channels = [Channel { retry, ..channel("main") }];
    let run = world.freeze_for(4, &channels, solved, None, |_| {}).await;
    let (link, calls) = choosy(&channels[0], &world.sandbox.base_url(), alone);
    let view = world.until_over(&mut world.start_over(run, vec![link])).await.expect("ended");
    assert_eq!((view.summary.state, view.summary.tally.in_doubt), (RunState::Settling, 4));
    assert_eq!(calls.lock().expect("nobody panics with it").len(), 12);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn groups_in_doubt_are_found_by_their_subject_and_the_others_are_made() {
    // Half of those whose answer is lost were made.
    let lost = "[[faults]]\nthen = \"drop\"\naccepted = true\nshare = \"10%\"\n\
                [[faults]]\nthen = \"drop\"\nshare = \"10%\"\n";
    let world = World::new(lost);
    let channels = [patient()];
    let run = world.freeze_for(100, &channels, group, None, |_| {}).await;
    let (link, calls) = choosy(&channels[0], &world.sandbox.base_url(), alone);
    let view = world.start_over(run, vec![link]).await.expect("no panic").expect("done");
    // Dropped, the world holds that no group was made twice.
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 100));
    assert!(calls.lock().expect("nobody panics with it").len() > 100, "no answer was lost");
    let histories = world.engine.journal.histories(run, 0..100).expect("histories");
    let mut ids: Vec<_> =
        histories.iter().map(|history| history.message_id.clone().expect("an id")).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 100, "two recipients have the same group");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn groups_that_a_dead_process_left_in_doubt_are_settled_by_the_next() {
    let mut world = World::new("");
    let channels = [patient()];
    let run = world.freeze_for(20, &channels, group, None, |_| {}).await;
    world.sandbox.hold();
    let base_url = world.sandbox.base_url();
    let link = || choosy(&channels[0], &base_url, alone).0;
    let sending = world.start_over(run, vec![link()]);
    world.sandbox.record().wait(|state| state.held == 8).await;
    world.engine.interrupt.press();
    world.engine.interrupt.press();
    let view = sending.await.expect("no panic").expect("stopped");
    assert_eq!(view.summary.tally.in_doubt, 8);
    world.sandbox.release();
    world.sandbox.record().wait(|state| state.accepted == 8).await;
    world.reopen();
    let view = world.start_over(run, vec![link()]).await.expect("no panic").expect("done");
    assert_eq!((view.summary.state, view.summary.tally.accepted), (RunState::Completed, 20));
}

#[tokio::test]
async fn whom_a_reason_suppresses_is_on_the_list_with_it() {
    let world = World::by_hand("[[recipients]]\nrefuse = \"invalid\"\nendings = [\"7\"]\n");
    let channels = [channel("main")];
    let run = world.freeze(30, &channels, |_| {}).await;
    let (link, _) = choosy(&channels[0], &world.sandbox.base_url(), |_| Company::Any);
    let view = world.until_over(&mut world.start_over(run, vec![link])).await.expect("sent");
    assert_eq!(view.summary.tally.rejected, 3);
    let suppressions = world.engine.journal.suppressions();
    assert_eq!(suppressions.len(), 3);
    let (person, suppression) = &suppressions[0];
    let seven = super::bench::recipient(7, 0);
    assert_eq!((*person, RecipientNumber(7)), (seven.address.person(), seven.number));
    assert!(
        suppression.source.contains("channel main") && suppression.source.contains("invalid"),
        "{suppression:?}"
    );
}

#[tokio::test]
async fn whom_a_refusal_without_names_is_traced_to_is_on_the_list_too() {
    // Bisected out of chunks of sixteen, and suspected where every call is for one person.
    for chunk in [16, 1] {
        let bad = format!("\"+{}\", \"+{}\"", phone(7).digits(), phone(21).digits());
        let world = World::by_hand(&format!(
            "[[faults]]\nthen = \"status\"\nstatus = 400\nbody = '{{}}'\ncontaining = [{bad}]\n"
        ));
        let channels = [Channel { chunk: number(chunk), ..channel("main") }];
        let run = world.freeze(32, &channels, |_| {}).await;
        let (link, _) = choosy(&channels[0], &world.sandbox.base_url(), |_| Company::Any);
        let view = world.until_over(&mut world.start_over(run, vec![link])).await.expect("sent");
        assert_eq!((view.summary.tally.accepted, view.summary.tally.rejected), (30, 2));
        let suppressed: Vec<_> =
            world.engine.journal.suppressions().into_iter().map(|(person, _)| person).collect();
        assert_eq!(suppressed, [phone(7).person(), phone(21).person()], "in calls for {chunk}");
    }
}
