//! A journal that cannot write: everybody who waits is told, and nothing unwritten is ever shown.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

use crate::domain::{Attempt, RunEvent, RunState};
use crate::journal::store::Store;
use crate::journal::{Journal, JournalError, SettledBy, Settlement};

use super::fixtures::{RUN, all_send, clock, intend, open, people, start};

fn assert_broken<T: std::fmt::Debug>(result: Result<T, JournalError>) {
    assert!(matches!(result, Err(JournalError::Broken(_))), "{result:?}");
}

#[tokio::test]
async fn a_disk_that_fails_fails_every_waiter_and_shows_nothing_unwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let fails = Arc::new(AtomicBool::new(false));
    let make_durable = {
        let fails = Arc::clone(&fails);
        Box::new(move |_: &std::fs::File| match fails.load(Ordering::SeqCst) {
            true => Err(io::Error::from(io::ErrorKind::StorageFull)),
            false => Ok(()),
        })
    };
    let store = Store::open_with(folder.path(), make_durable).expect("a store");
    let journal = Journal::over(store, clock()).expect("a journal");
    start(&journal, 10, 10).await;
    let permit = intend(&journal, 0..3).await;

    fails.store(true, Ordering::SeqCst);
    let told = journal.follow(RUN).expect("the run");
    let (paused, intended) = tokio::join!(
        journal.happen(RUN, RunEvent::Paused),
        journal.intend(RUN, 0, Attempt::FIRST, people(3..6)),
    );
    assert_broken(paused);
    assert_broken(intended);
    assert_eq!(*told.borrow(), RunState::Sending, "the pause is not on disk");
    fails.store(false, Ordering::SeqCst);
    assert_broken(journal.withdraw(permit).await);
    assert_broken(journal.settle_doubt(RUN, None, Settlement::Resend, SettledBy::Person).await);
    assert_broken(journal.view(RUN));
    assert_broken(journal.views());
    assert_broken(journal.with_ledger(RUN, crate::journal::Ledger::tally));
    assert_broken(journal.histories(RUN, 0..10));
    assert_broken(journal.attach(RUN, all_send(10).into_iter()));
    drop(journal);

    let journal = open(folder.path());
    journal.attach(RUN, all_send(10).into_iter()).expect("attached");
    let doubted = journal.doubts(RUN).expect("attached");
    assert!(doubted.len() >= 3, "the permit that was granted is in doubt, the refused one may be");
}

#[tokio::test]
async fn a_defect_in_the_writer_fails_every_waiter_and_shows_nothing_unwritten() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    start(&journal, 10, 10).await;
    let (paused, defect, intended) = tokio::join!(
        journal.happen(RUN, RunEvent::Paused),
        journal.write::<(), _>(|_| panic!("a defect, on purpose")),
        journal.intend(RUN, 0, Attempt::FIRST, people(3..6)),
    );
    assert_broken(defect);
    // Which group they were in is chance; one that was written before the defect is true.
    assert!(paused.is_ok() || matches!(paused, Err(JournalError::Broken(_))), "{paused:?}");
    assert!(intended.is_err(), "no intent follows a pause, nor a defect");
    assert_broken(journal.view(RUN));
    assert_broken(journal.happen(RUN, RunEvent::Started).await);
    drop(journal);
    let state = open(folder.path()).view(RUN).expect("the run").summary.state;
    assert_eq!(state == RunState::Paused, paused.is_ok(), "{state}");
}

#[tokio::test]
async fn a_reader_that_panics_breaks_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    start(&journal, 10, 10).await;
    let read = std::panic::AssertUnwindSafe(|| journal.with_ledger(RUN, |_| panic!("a defect, on purpose")));
    assert!(std::panic::catch_unwind(read).is_err());
    drop(intend(&journal, 0..3).await);
    assert_eq!(journal.view(RUN).expect("the run").in_flight, 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_state_is_told_only_when_it_is_on_disk() {
    let folder = tempfile::tempdir().expect("a folder");
    let (reached, at_the_disk) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let slow = Arc::new(AtomicBool::new(false));
    let make_durable = {
        let (slow, released) = (Arc::clone(&slow), std::sync::Mutex::new(released));
        Box::new(move |_: &std::fs::File| {
            if slow.load(Ordering::SeqCst) {
                reached.send(()).map_err(io::Error::other)?;
                released
                    .lock()
                    .map_err(|_| io::Error::other("poisoned"))?
                    .recv()
                    .map_err(io::Error::other)?;
            }
            Ok(())
        })
    };
    let store = Store::open_with(folder.path(), make_durable).expect("a store");
    let journal = Arc::new(Journal::over(store, clock()).expect("a journal"));
    start(&journal, 10, 10).await;
    let told = journal.follow(RUN).expect("the run");

    slow.store(true, Ordering::SeqCst);
    let pause = tokio::spawn({
        let journal = Arc::clone(&journal);
        async move { journal.happen(RUN, RunEvent::Paused).await }
    });
    tokio::task::spawn_blocking(move || at_the_disk.recv())
        .await
        .expect("joins")
        .expect("the group is written");
    assert_eq!(*told.borrow(), RunState::Sending);
    slow.store(false, Ordering::SeqCst);
    release.send(()).expect("the writer waits");
    pause.await.expect("joins").expect("paused");
    assert_eq!(*told.borrow(), RunState::Paused);
}
