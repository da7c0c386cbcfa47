//! The rules of a run: who may be intended when, what ends it, and what is told about it.

use crate::domain::{
    Attempt, FrozenChannel, HoldKind, HoldReason, Occurrence, Plan, RunEvent, RunId, RunState, Standing,
    Tally, Verdict, Verdicts,
};
use crate::journal::{JournalError, Place, UsageOf};

use super::fixtures::{HASH, RUN, accepted, all_send, intend, open, people, plan, start};

#[tokio::test]
async fn a_number_is_given_to_one_run_only() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    let (first, second) = tokio::join!(journal.number_run(), journal.number_run());
    let mut numbers = vec![first.expect("a number"), second.expect("a number")];
    drop(journal);
    numbers.push(open(folder.path()).number_run().await.expect("a number"));
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3].map(RunId));
}

#[tokio::test]
async fn a_run_that_does_not_fit_its_store_is_not_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    start(&journal, 3, 10).await;
    let again = journal.create_run(plan(2, 10), HASH, all_send(2), Vec::new()).await;
    assert!(matches!(again, Err(JournalError::NotMade { .. })), "{again:?}");
    assert_eq!(journal.view(RUN).expect("the run").summary.tally.pending, 3);

    let short = Plan { run: RunId(2), occurrence: Occurrence(2), ..plan(3, 10) };
    let short = journal.create_run(short, HASH, all_send(2), Vec::new()).await;
    assert!(matches!(short, Err(JournalError::NotMade { .. })), "{short:?}");
    let other = Plan { run: RunId(2), occurrence: Occurrence(2), ..plan(3, 10) };
    let standings = vec![Standing::Already, Standing::Send, Standing::Send];
    let other = journal.create_run(other, HASH, standings, Vec::new()).await;
    assert!(matches!(other, Err(JournalError::NotMade { .. })), "{other:?}");
}

#[tokio::test]
async fn a_plan_of_many_channels_survives() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut wide = plan(1, 10);
    let channel = wide.channels[0].clone();
    wide.channels = (0..500)
        .map(|number| FrozenChannel { name: format!("number-{number}"), ..channel.clone() })
        .collect();
    let journal = open(folder.path());
    journal.create_run(wide.clone(), HASH, all_send(1), Vec::new()).await.expect("the run is made");
    drop(journal);
    assert_eq!(open(folder.path()).view(RUN).expect("the run").facts.plan, wide);
}

#[tokio::test]
async fn a_run_does_not_end_while_somebody_is_pending_or_in_flight() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    start(&journal, 3, 10).await;
    let finished = RunEvent::Finished { in_doubt: 0 };
    let first = intend(&journal, [0, 1]).await;
    let pending = journal.happen(RUN, finished.clone()).await;
    assert!(matches!(pending, Err(JournalError::Unfinished(RUN))), "{pending:?}");
    let second = intend(&journal, [2]).await;
    let in_flight = journal.happen(RUN, finished.clone()).await;
    assert!(matches!(in_flight, Err(JournalError::Unfinished(RUN))), "{in_flight:?}");
    journal.settle(first.spend(), accepted()).await.expect("settled");
    journal.settle(second.spend(), accepted()).await.expect("settled");
    assert_eq!(journal.happen(RUN, finished).await.expect("ends"), RunState::Completed);
}

#[tokio::test]
async fn a_run_with_doubt_settles_whatever_its_end_was_told() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    start(&journal, 1, 10).await;
    let permit = intend(&journal, [0]).await;
    let timeout = Verdict::InDoubt { cause: crate::domain::DoubtCause::Timeout };
    journal.settle(permit.spend(), Verdicts::All(timeout)).await.expect("settled");
    let state = journal.happen(RUN, RunEvent::Finished { in_doubt: 0 }).await.expect("ends");
    assert_eq!(state, RunState::Settling);
}

#[tokio::test]
async fn no_intent_follows_a_pause_and_what_was_in_flight_still_counts() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    start(&journal, 3, 10).await;
    let permit = intend(&journal, [0]).await;
    journal.happen(RUN, RunEvent::Paused).await.expect("paused");
    let late = journal.intend(RUN, 0, Attempt::FIRST, people([1])).await;
    assert!(matches!(late, Err(JournalError::NotSending { state: "paused", .. })), "{late:?}");
    let balance = journal.settle(permit.spend(), accepted()).await.expect("settled");
    assert_eq!((balance.tally.accepted, balance.tally.pending, balance.in_flight), (1, 2, 0));
}

#[tokio::test]
async fn calls_that_end_after_a_cancellation_leave_nobody_pending() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    start(&journal, 5, 10).await;
    let sent = intend(&journal, [0]).await;
    let unsent = intend(&journal, [1]).await;
    let withdrawn = intend(&journal, [2]).await;
    let lost = intend(&journal, [3]).await;
    journal.happen(RUN, RunEvent::Cancelled).await.expect("cancelled");
    journal.settle(sent.spend(), accepted()).await.expect("settled");
    journal.settle(unsent.spend(), Verdicts::All(Verdict::Unsent)).await.expect("settled");
    journal.withdraw(withdrawn).await.expect("withdrawn");
    let timeout = Verdict::InDoubt { cause: crate::domain::DoubtCause::Timeout };
    journal.settle(lost.spend(), Verdicts::All(timeout)).await.expect("settled");
    drop(journal);

    let journal = open(folder.path());
    let summary = journal.view(RUN).expect("the run").summary;
    assert_eq!(summary.state, RunState::Cancelled);
    let Tally { accepted, in_doubt, cancelled, pending, .. } = summary.tally;
    assert_eq!((accepted, in_doubt, cancelled, pending), (1, 1, 3, 0));
    journal.attach(RUN, all_send(5).into_iter()).expect("the log leads there too");
    let place = journal.with_ledger(RUN, |ledger| ledger.place(crate::domain::RecipientNumber(3)));
    assert_eq!(place.expect("attached"), Some(Place::InDoubt));
}

#[tokio::test]
async fn an_intent_beyond_the_exposure_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    start(&journal, 20, 10).await;
    let permit = intend(&journal, 0..6).await;
    let many = journal.intend(RUN, 0, Attempt::FIRST, people(6..11)).await;
    assert!(matches!(many, Err(JournalError::TooExposed { recipients: 11, most: 10, .. })), "{many:?}");
    journal.settle(permit.spend(), accepted()).await.expect("settled");
    drop(intend(&journal, 6..16).await);
}

#[tokio::test]
async fn what_is_told_of_a_run_after_a_crash_is_what_was_written_last() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    start(&journal, 10, 10).await;
    let settled = intend(&journal, 0..4).await;
    journal.settle(settled.spend(), accepted()).await.expect("settled");
    drop(intend(&journal, 4..7).await);
    drop(journal);

    let view = open(folder.path()).view(RUN).expect("the run");
    let Tally { accepted, in_doubt, pending, .. } = view.summary.tally;
    assert_eq!((accepted, in_doubt, pending), (4, 3, 3), "though nobody has read its log");
    assert_eq!(view.summary.state, RunState::Interrupted);
}

#[tokio::test]
async fn a_roster_that_is_not_the_runs_own_is_damage() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    start(&journal, 2, 10).await;
    drop(journal);
    let journal = open(folder.path());
    let foreign = journal.attach(RUN, vec![Standing::Send, Standing::Suppressed].into_iter());
    assert!(matches!(foreign, Err(JournalError::Damaged(_))), "{foreign:?}");
    journal.attach(RUN, all_send(2).into_iter()).expect("the right one");
}

#[tokio::test]
async fn an_intent_that_was_withdrawn_uses_up_no_limit() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    start(&journal, 10, 10).await;
    let kept = intend(&journal, 0..3).await;
    let given_back = intend(&journal, 3..8).await;
    journal.withdraw(given_back).await.expect("withdrawn");
    drop((kept, journal));
    let journal = open(folder.path());
    for of in [UsageOf::Channel("main".to_owned()), UsageOf::Run(RUN)] {
        let used: Vec<_> =
            journal.usage(&of).into_iter().map(|(_, calls, recipients)| (calls, recipients)).collect();
        assert_eq!(used, [(1, 3)], "{of:?}");
    }
}

#[tokio::test]
async fn a_provider_that_says_too_much_does_not_break_the_journal() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    start(&journal, 1, 10).await;
    let sentence = "não ".repeat(1_000_000);
    let held = RunEvent::Held(HoldReason { kind: HoldKind::CampaignRefused, sentence });
    journal.happen(RUN, held).await.expect("held");
    let source = "ç".repeat(1_000_000);
    let person = crate::domain::PersonKey::from_u64(551_187_654_321);
    assert_eq!(journal.suppress(vec![(person, 1), (person, 2)], source).await.expect("suppressed"), 1);
    drop(journal);
    let journal = open(folder.path());
    assert!(matches!(journal.view(RUN).expect("the run").summary.state, RunState::Held(_)));
    assert_eq!(journal.suppressions().len(), 1);
}
