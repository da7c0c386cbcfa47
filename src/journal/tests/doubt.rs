//! Doubt: who is in it, and what settling it does in each state of a run.

use crate::domain::{Attempt, DoubtCause, RecipientNumber, RunEvent, RunState, Verdict, Verdicts};
use crate::journal::{Journal, JournalError, Place, SettledBy, Settlement};

use super::fixtures::{RUN, accepted, all_send, intend, open, people, start};

async fn settle(
    journal: &Journal,
    named: Option<&[u32]>,
    settlement: Settlement,
) -> Result<u64, JournalError> {
    let named = named.map(|numbers| numbers.iter().map(|number| RecipientNumber(*number)).collect());
    journal.settle_doubt(RUN, named, settlement, SettledBy::Person).await
}

fn doubted(journal: &Journal) -> Vec<u32> {
    journal.doubts(RUN).expect("attached").into_iter().map(|(recipient, _)| recipient.0).collect()
}

/// A run of ten whose process died with 0 to 3 in one call and 4 in doubt by an outcome.
async fn after_a_crash(path: &std::path::Path) -> Journal {
    let journal = open(path);
    start(&journal, 10, 10).await;
    drop(intend(&journal, 0..4).await);
    let timeout = intend(&journal, [4]).await;
    let verdict = Verdict::InDoubt { cause: DoubtCause::Timeout };
    journal.settle(timeout.spend(), Verdicts::All(verdict)).await.expect("settled");
    drop(journal);
    let journal = open(path);
    journal.attach(RUN, all_send(10).into_iter()).expect("attached");
    journal
}

#[tokio::test]
async fn calls_of_a_dead_process_are_in_doubt_and_those_in_flight_are_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = after_a_crash(folder.path()).await;
    journal.happen(RUN, RunEvent::Started).await.expect("started");
    let permit = intend(&journal, [5]).await;
    assert_eq!(doubted(&journal), [0, 1, 2, 3, 4]);
    let in_flight = settle(&journal, Some(&[0, 5]), Settlement::ConfirmedNotSent).await;
    assert!(matches!(in_flight, Err(JournalError::NotInDoubt { recipient: RecipientNumber(5), .. })));
    assert_eq!(doubted(&journal), [0, 1, 2, 3, 4], "nothing of a refused settlement is written");
    assert_eq!(settle(&journal, None, Settlement::ConfirmedSent).await.expect("settled"), 5);
    journal.settle(permit.spend(), accepted()).await.expect("its outcome still fits");
    assert_eq!(journal.view(RUN).expect("the run").summary.tally.accepted, 6);
}

#[tokio::test]
async fn calls_that_were_given_up_are_in_doubt_at_once_also_those_that_are_only_queued() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    start(&journal, 30, 10).await;
    drop(intend(&journal, 0..4).await);
    {
        // Queued, and nobody waits for it.
        let mut queued = std::pin::pin!(journal.intend(RUN, 0, Attempt::FIRST, people([4, 5])));
        let waits = std::future::poll_fn(|context| {
            std::task::Poll::Ready(queued.as_mut().poll(context).is_pending())
        });
        assert!(waits.await);
    }
    assert_eq!(journal.leave_in_doubt(RUN).await.expect("written"), 6);
    assert_eq!(
        (doubted(&journal), journal.view(RUN).expect("the run").in_flight),
        (vec![0, 1, 2, 3, 4, 5], 0)
    );
    assert_eq!(journal.leave_in_doubt(RUN).await.expect("nothing to write"), 0);
    journal.happen(RUN, RunEvent::Interrupted).await.expect("interrupted");
    journal.happen(RUN, RunEvent::Started).await.expect("started");
    drop(intend(&journal, 6..16).await);
    drop(journal);
    let journal = open(folder.path());
    journal.attach(RUN, all_send(30).into_iter()).expect("the log leads there too");
    assert_eq!(doubted(&journal).len(), 16);
}

#[tokio::test]
async fn earlier_doubt_does_not_count_against_the_exposure() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    start(&journal, 30, 10).await;
    drop(intend(&journal, 0..10).await);
    drop(journal);
    let journal = open(folder.path());
    journal.attach(RUN, all_send(30).into_iter()).expect("attached");
    journal.happen(RUN, RunEvent::Started).await.expect("started");
    drop(intend(&journal, 10..20).await);
    let many = journal.intend(RUN, 0, Attempt::FIRST, people([20])).await;
    assert!(matches!(many, Err(JournalError::TooExposed { .. })), "{many:?}");
}

#[tokio::test]
async fn part_of_a_dead_call_can_be_settled_and_the_rest_stays_in_doubt() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = after_a_crash(folder.path()).await;
    assert_eq!(settle(&journal, Some(&[2, 2]), Settlement::Resend).await.expect("settled"), 1);
    assert_eq!(doubted(&journal), [0, 1, 3, 4]);
    let (place, attempts) = journal
        .with_ledger(RUN, |ledger| (ledger.place(RecipientNumber(2)), ledger.attempts(RecipientNumber(2))))
        .expect("attached");
    assert_eq!((place, attempts), (Some(Place::Pending), 1), "the attempt whose end nobody knows counts");
    let twice = settle(&journal, Some(&[2]), Settlement::Resend).await;
    assert!(matches!(twice, Err(JournalError::NotInDoubt { .. })), "{twice:?}");
    drop(journal);
    let journal = open(folder.path());
    journal.attach(RUN, all_send(10).into_iter()).expect("the log leads there too");
    assert_eq!(doubted(&journal), [0, 1, 3, 4]);
}

#[tokio::test]
async fn a_settling_run_ends_with_its_last_doubt_or_opens_again() {
    for (settlement, state) in [
        (Settlement::ConfirmedSent, RunState::Completed),
        (Settlement::AssumedSent, RunState::Completed),
        (Settlement::ConfirmedNotSent, RunState::Paused),
        (Settlement::Resend, RunState::Paused),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let journal = after_a_crash(folder.path()).await;
        journal.happen(RUN, RunEvent::Started).await.expect("started");
        let rest = intend(&journal, 5..10).await;
        journal.settle(rest.spend(), accepted()).await.expect("settled");
        journal.happen(RUN, RunEvent::Finished { in_doubt: 5 }).await.expect("ends");
        settle(&journal, Some(&[0, 1, 2]), Settlement::ConfirmedSent).await.expect("settled");
        assert_eq!(journal.view(RUN).expect("the run").summary.state, RunState::Settling);
        settle(&journal, None, settlement).await.expect("settled");
        assert_eq!(journal.view(RUN).expect("the run").summary.state, state, "{settlement:?}");
    }
}

#[tokio::test]
async fn doubt_of_a_cancelled_run_never_makes_anyone_pending() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = after_a_crash(folder.path()).await;
    journal.happen(RUN, RunEvent::Cancelled).await.expect("cancelled");
    settle(&journal, Some(&[0]), Settlement::ConfirmedSent).await.expect("settled");
    settle(&journal, Some(&[1]), Settlement::ConfirmedNotSent).await.expect("settled");
    settle(&journal, None, Settlement::Resend).await.expect("settled");
    let summary = journal.view(RUN).expect("the run").summary;
    assert_eq!(summary.state, RunState::Cancelled);
    let tally = summary.tally;
    assert_eq!((tally.accepted, tally.cancelled, tally.pending, tally.in_doubt), (1, 9, 0, 0));
}

#[tokio::test]
async fn nobody_in_doubt_is_no_error_and_writes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    start(&journal, 1, 10).await;
    assert_eq!(settle(&journal, None, Settlement::Resend).await.expect("nothing to do"), 0);
    assert_eq!(settle(&journal, Some(&[]), Settlement::Resend).await.expect("nothing to do"), 0);
    let stranger = settle(&journal, Some(&[99]), Settlement::Resend).await;
    assert!(matches!(stranger, Err(JournalError::NotInDoubt { .. })), "{stranger:?}");
}
