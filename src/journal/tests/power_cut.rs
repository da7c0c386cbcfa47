//! A power cut, simulated: what was synced is on the disk, and of what was written since then any
//! pages or none.
//!
//! The files `conf` and `db` are synced when the store is made; afterwards only `db` is, through the
//! one operation that these tests put their own in place of. sled's snapshots, which nobody syncs,
//! are lost.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::domain::{DoubtCause, MessageId, RecipientNumber, RunEvent, Verdict, Verdicts};
use crate::journal::store::{MakeDurable, Store};
use crate::journal::{Journal, Place};

use super::fixtures::{RUN, all_send, clock, intend, open, start};

const PAGE: usize = 4_096;
const PEOPLE: u32 = 4_000;

/// The file `db` as it was at the newest sync, and at the one before.
#[derive(Debug, Clone, Default)]
struct Synced {
    before: Vec<u8>,
    newest: Vec<u8>,
    /// The mark during the newest sync.
    mark: Vec<u8>,
}

#[derive(Debug, Clone)]
struct Disk {
    folder: PathBuf,
    synced: Arc<Mutex<Synced>>,
}

impl Disk {
    fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), synced: Arc::default() }
    }

    fn synced(&self) -> MutexGuard<'_, Synced> {
        self.synced.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn make_durable(&self) -> MakeDurable {
        let disk = self.clone();
        Box::new(move |file: &File| {
            let mut content = vec![0; usize::try_from(file.metadata()?.len()).expect("fits")];
            file.read_exact_at(&mut content, 0)?;
            let mut synced = disk.synced();
            synced.before = std::mem::replace(&mut synced.newest, content);
            synced.mark = disk.mark();
            Ok(())
        })
    }

    fn mark(&self) -> Vec<u8> {
        fs::read(self.folder.join("acknowledged")).expect("the mark")
    }

    /// A store in `to` as a power cut leaves this one, with these contents of its files.
    fn cut(&self, to: &Path, content: &[u8], mark: &[u8]) {
        fs::create_dir_all(to.join("journal")).expect("a folder");
        fs::copy(self.folder.join("journal/conf"), to.join("journal/conf")).expect("copied");
        fs::write(to.join("journal/db"), content).expect("written");
        fs::write(to.join("acknowledged"), mark).expect("written");
    }
}

/// Some of the pages that were written since the sync before the newest made it to the disk.
fn torn(synced: &Synced, chance: &mut StdRng) -> Vec<u8> {
    let mut content = synced.before.clone();
    // A file's new length and its new pages reach the disk independently of each other.
    content.resize(synced.newest.len(), 0);
    for (old, new) in content.chunks_mut(PAGE).zip(synced.newest.chunks(PAGE)) {
        if chance.random() {
            old.copy_from_slice(new);
        }
    }
    content
}

fn places(journal: &Journal) -> Vec<Option<Place>> {
    let place = |ledger: &crate::journal::Ledger| {
        (0..PEOPLE).map(|number| ledger.place(RecipientNumber(number))).collect()
    };
    journal.with_ledger(RUN, place).expect("attached")
}

fn places_after(path: &Path) -> Vec<Option<Place>> {
    let journal = open(path);
    journal.attach(RUN, all_send(PEOPLE).into_iter()).expect("the log is whole");
    places(&journal)
}

fn pending(journal: &Journal, most: usize) -> Vec<u32> {
    let pending = |ledger: &crate::journal::Ledger| {
        ledger.all_in(Place::Pending).map(|recipient| recipient.0).take(most).collect()
    };
    journal.with_ledger(RUN, pending).expect("attached")
}

async fn step(journal: &Journal, chance: &mut StdRng) {
    let pending = pending(journal, chance.random_range(1..200));
    let permit = intend(journal, pending.iter().copied()).await;
    let verdict = |number: u32| match number % 5 {
        0 => Verdict::InDoubt { cause: DoubtCause::Timeout },
        1 => Verdict::Unsent,
        _ => Verdict::Accepted { id: Some(MessageId::Number(u64::from(number) << 40)) },
    };
    match chance.random_range(0..3) {
        0 => journal.withdraw(permit).await.expect("withdrawn"),
        _ => {
            let verdicts = Verdicts::Each(pending.into_iter().map(verdict).collect());
            journal.settle(permit.spend(), verdicts).await.expect("settled");
        }
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_and_a_group_survives_whole_or_not_at_all() {
    for seed in 0..4 {
        let mut chance = StdRng::seed_from_u64(seed);
        let folder = tempfile::tempdir().expect("a folder");
        let disk = Disk::new(folder.path());
        let store = Store::open_with(folder.path(), disk.make_durable()).expect("a store");
        let journal = Journal::over(store, clock()).expect("a journal");
        start(&journal, PEOPLE, PEOPLE).await;
        for number in 0..10 {
            step(&journal, &mut chance).await;
            let before = places(&journal);
            let acknowledged = tempfile::tempdir().expect("a folder");
            let newest = disk.synced().newest.clone();
            disk.cut(acknowledged.path(), &newest, &disk.mark());
            assert_eq!(places_after(acknowledged.path()), before, "seed {seed}, step {number}");

            // One group more, of which the power cut leaves some pages.
            let next = pending(&journal, 150);
            drop(intend(&journal, next).await);
            let after = places(&journal);
            for _ in 0..3 {
                let broken_off = tempfile::tempdir().expect("a folder");
                let synced = disk.synced().clone();
                disk.cut(broken_off.path(), &torn(&synced, &mut chance), &synced.mark);
                let found = places_after(broken_off.path());
                assert!(found == before || found == after, "seed {seed}, step {number}");
            }
        }
    }
}

#[tokio::test]
async fn a_store_that_is_never_synced_loses_what_it_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = Disk::new(folder.path());
    let synced_once = disk.make_durable();
    let done = Mutex::new(false);
    let forgetful: MakeDurable = Box::new(move |file| {
        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut *done, true) { Ok(()) } else { synced_once(file) }
    });
    let journal = Journal::over(Store::open_with(folder.path(), forgetful).expect("a store"), clock())
        .expect("a journal");
    start(&journal, PEOPLE, PEOPLE).await;
    journal.happen(RUN, RunEvent::Paused).await.expect("acknowledged");
    let lost = tempfile::tempdir().expect("a folder");
    let synced = disk.synced().clone();
    disk.cut(lost.path(), &synced.newest, &synced.mark);
    assert!(open(lost.path()).view(RUN).is_err(), "this is how the proof above fails");
}
