//! A store that lost something while nobody ran: it is refused, never taken for an older one.

use std::fs;
use std::os::unix::fs::FileExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::domain::{RunEvent, RunState};
use crate::journal::error::OpenError;
use crate::journal::{Journal, Place};

use super::fixtures::{RUN, accepted, all_send, clock, intend, open, start};

const PEOPLE: u32 = 3_000;

/// A run of which everybody was accepted.
async fn whole(path: &Path) {
    let journal = open(path);
    start(&journal, PEOPLE, PEOPLE).await;
    for first in (0..PEOPLE).step_by(100) {
        let permit = intend(&journal, first..first + 100).await;
        journal.settle(permit.spend(), accepted()).await.expect("settled");
    }
    journal.happen(RUN, RunEvent::Finished { in_doubt: 0 }).await.expect("ends");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to.join("journal/blobs")).expect("a folder");
    for file in ["acknowledged", "journal/conf", "journal/db"] {
        fs::copy(from.join(file), to.join(file)).expect("copied");
    }
}

fn assert_damaged(path: &Path) {
    let opened = Journal::open(path, clock());
    assert!(matches!(opened, Err(OpenError::Damaged(_))), "{opened:?}");
}

#[tokio::test]
async fn a_store_that_was_emptied_is_not_a_new_one() {
    let folder = tempfile::tempdir().expect("a folder");
    whole(folder.path()).await;
    fs::write(folder.path().join("journal/db"), b"").expect("written");
    fs::remove_dir_all(folder.path().join("journal/blobs")).expect("removed");
    for entry in fs::read_dir(folder.path().join("journal")).expect("a folder") {
        let entry = entry.expect("an entry");
        if entry.file_name().to_string_lossy().starts_with("snap") {
            fs::remove_file(entry.path()).expect("removed");
        }
    }
    assert_damaged(folder.path());
    fs::remove_dir_all(folder.path().join("journal")).expect("removed");
    assert_damaged(folder.path());
}

#[tokio::test]
async fn an_older_file_under_a_newer_mark_is_damage() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    start(&journal, PEOPLE, PEOPLE).await;
    let older = tempfile::tempdir().expect("a folder");
    copy(folder.path(), older.path());
    drop(intend(&journal, [0]).await);
    fs::copy(folder.path().join("acknowledged"), older.path().join("acknowledged")).expect("copied");
    assert_damaged(older.path());
}

#[tokio::test]
async fn a_mark_that_is_gone_or_behind_is_no_damage() {
    for mark in [None, Some(""), Some("00000000000000000001\n"), Some("\0\0\0\0")] {
        let folder = tempfile::tempdir().expect("a folder");
        whole(folder.path()).await;
        let path = folder.path().join("acknowledged");
        match mark {
            None => fs::remove_file(path).expect("removed"),
            Some(mark) => fs::write(path, mark).expect("written"),
        }
        let state = open(folder.path()).view(RUN).expect("the run").summary.state;
        assert_eq!(state, RunState::Completed, "{mark:?}");
    }
}

#[tokio::test]
async fn a_damaged_file_is_never_taken_for_an_older_one() {
    let folder = tempfile::tempdir().expect("a folder");
    whole(folder.path()).await;
    let length = fs::metadata(folder.path().join("journal/db")).expect("a file").len();
    let mut chance = StdRng::seed_from_u64(1);
    let mut refused = 0;
    for _ in 0..60 {
        let damaged = tempfile::tempdir().expect("a folder");
        copy(folder.path(), damaged.path());
        let file =
            fs::OpenOptions::new().write(true).open(damaged.path().join("journal/db")).expect("a file");
        match chance.random_range(0..3) {
            0 => file.set_len(chance.random_range(0..length)).expect("cut short"),
            1 => file.write_all_at(&[chance.random()], chance.random_range(0..length)).expect("written"),
            _ => file.write_all_at(&[0; 512], chance.random_range(0..length)).expect("written"),
        }
        // sled panics at some damage, which ends the process as well.
        let opened = catch_unwind(AssertUnwindSafe(|| {
            let journal = Journal::open(damaged.path(), clock()).ok()?;
            journal.attach(RUN, all_send(PEOPLE).into_iter()).ok()?;
            journal.with_ledger(RUN, |ledger| ledger.count(Place::Accepted)).ok()
        }));
        match opened.ok().flatten() {
            Some(accepted) => assert_eq!(accepted, u64::from(PEOPLE)),
            None => refused += 1,
        }
    }
    assert!(refused > 0, "no damage was found at all");
}
