//! Runs of one occurrence: made over those that their plan knows, and given up even without a roster.

use crate::domain::{Occurrence, Plan, Purpose, RunEvent, RunId, RunName, RunState};
use crate::journal::{Journal, JournalError, Place};

use super::fixtures::{HASH, RUN, all_send, intend, open, plan, start};

/// Another run over two people, planned when only the runs of `earlier` were there.
async fn another(
    journal: &Journal,
    number: u32,
    earlier: &[RunId],
    change: impl FnOnce(&mut Plan),
) -> Result<(), JournalError> {
    let run = RunId(number);
    let mut plan = Plan { run, run_name: RunName::new("proof", run), ..plan(2, 10) };
    change(&mut plan);
    journal.create_run(plan, HASH, all_send(2), earlier.to_vec()).await
}

#[tokio::test]
async fn a_plan_that_does_not_know_a_run_of_its_occurrence_is_not_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    start(&journal, 2, 10).await;
    // Unfinished, whether the plan knew it or not.
    for earlier in [&[][..], &[RUN]] {
        let refused = another(&journal, 2, earlier, |_| {}).await;
        assert!(matches!(&refused, Err(JournalError::Overtaken { run }) if run.as_str() == "proof-1"));
    }
    // What stands outside the occurrence may be made beside it.
    another(&journal, 2, &[], |plan| plan.purpose = Purpose::Test).await.expect("a test");
    another(&journal, 3, &[], |plan| plan.occurrence = Occurrence(2)).await.expect("another occurrence");
    another(&journal, 4, &[], |plan| plan.campaign = "other".to_owned()).await.expect("another campaign");

    journal.happen(RUN, RunEvent::Cancelled).await.expect("cancelled");
    let refused = another(&journal, 5, &[], |_| {}).await;
    assert!(matches!(refused, Err(JournalError::Overtaken { .. })), "made without the cancelled one");
    another(&journal, 5, &[RUN], |_| {}).await.expect("made with it in mind");
}

#[tokio::test]
async fn of_two_plans_made_at_once_one_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    let (first, second) = tokio::join!(another(&journal, 1, &[], |_| {}), another(&journal, 2, &[], |_| {}));
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
}

#[tokio::test]
async fn a_run_whose_roster_is_lost_can_be_given_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    start(&journal, 5, 10).await;
    // Its process dies with a call in flight; the next one does not find the roster.
    let _permit = intend(&journal, 0..2).await;
    drop(journal);
    let journal = open(folder.path());
    assert_eq!(journal.give_up(RUN).await.expect("given up"), RunState::Cancelled);
    let view = journal.view(RUN).expect("the run");
    assert_eq!(view.summary.state, RunState::Cancelled);
    assert_eq!((view.summary.tally.cancelled, view.summary.tally.in_doubt), (3, 2));
    assert!(view.summary.tally.adds_up());
    assert!(journal.give_up(RUN).await.is_err(), "twice");
    drop(journal);
    // A roster that is found again leads to the same balance.
    let journal = open(folder.path());
    journal.attach(RUN, all_send(5).into_iter()).expect("the log leads to the summary");
    let cancelled = journal.with_ledger(RUN, |ledger| ledger.count(Place::Cancelled));
    assert_eq!(cancelled.expect("open"), 3);
}
