//! A process that is killed at any moment: everything that was acknowledged by then is in its files.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use disparo::domain::{Attempt, RecipientNumber, RunEvent, RunId, Standing, Verdict, Verdicts};
use disparo::journal::{Journal, Place};

use super::plans::{HASH, copy, open, people, plan, wait};

const RUN: RunId = RunId(1);
const PEOPLE: u32 = 6_000;
const CALL: u32 = 5;
const SENDERS: u32 = 4;

/// One of the senders: sends its share, call after call, and says what is acknowledged.
fn send(journal: &Journal, sender: u32, acknowledged: &[AtomicU32], done: &mpsc::Sender<()>) {
    let share = PEOPLE / SENDERS;
    for first in (sender * share..(sender + 1) * share).step_by(CALL as usize) {
        let chunk = people(first..first + CALL).expect("somebody");
        let permit = wait(journal.intend(RUN, 0, Attempt::FIRST, chunk)).expect("intended");
        let accepted = Verdicts::All(Verdict::Accepted { id: None });
        wait(journal.settle(permit.spend(), accepted)).expect("settled");
        acknowledged[sender as usize].store(first + CALL, Ordering::SeqCst);
        // Whoever copies may have seen enough.
        done.send(()).ok();
    }
}

#[test]
fn what_was_acknowledged_before_a_kill_is_there_after_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = Arc::new(open(folder.path()));
    let standings = vec![Standing::Send; PEOPLE as usize];
    wait(journal.create_run(plan(RUN, &standings, 500), HASH, standings.clone(), Vec::new())).expect("made");
    wait(journal.happen(RUN, RunEvent::Started)).expect("started");

    let share = PEOPLE / SENDERS;
    let acknowledged: Arc<Vec<_>> =
        Arc::new((0..SENDERS).map(|sender| AtomicU32::new(sender * share)).collect());
    let (done, calls) = mpsc::channel();
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let (journal, acknowledged, done) =
                (Arc::clone(&journal), Arc::clone(&acknowledged), done.clone());
            thread::spawn(move || send(&journal, sender, &acknowledged, &done))
        })
        .collect();
    drop(done);

    let mut kills = 0;
    // A copy every few calls, while the writer goes on writing.
    while calls.iter().nth(60).is_some() {
        let before: Vec<_> = acknowledged.iter().map(|end| end.load(Ordering::SeqCst)).collect();
        let killed = tempfile::tempdir().expect("a folder");
        copy(folder.path(), killed.path());
        let journal = open(killed.path());
        journal.attach(RUN, standings.iter().copied()).expect("the log is whole");
        let tally = journal.view(RUN).expect("the run").summary.tally;
        assert!(tally.adds_up(), "{tally:?}");
        assert!(tally.in_doubt <= u64::from(SENDERS * CALL), "no more than was in flight: {tally:?}");
        journal
            .with_ledger(RUN, |ledger| {
                for (sender, end) in (0..).zip(before) {
                    for person in sender * share..end {
                        assert_eq!(ledger.place(RecipientNumber(person)), Some(Place::Accepted), "{person}");
                    }
                }
            })
            .expect("attached");
        kills += 1;
    }
    senders.into_iter().for_each(|sender| sender.join().expect("sent"));
    assert!(kills >= 10, "only {kills} copies were made while the writer wrote");
}
