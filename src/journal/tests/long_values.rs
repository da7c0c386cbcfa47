//! Values of any length, and that none of them ever reaches the files that are not synced.

use proptest::prelude::*;

use crate::domain::{Attempt, MessageId, Reason, Verdict, Verdicts};
use crate::journal::batch::Batch;
use crate::journal::store::Store;

use super::fixtures::{HASH, RUN, all_send, intend, open, people, plan, start};

#[tokio::test]
async fn nothing_grows_into_files_that_are_not_synced() {
    const PEOPLE: u32 = 12_000;
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    start(&journal, PEOPLE, PEOPLE).await;
    // Outcomes of every size up to 1 MB, so that leaves of the store's tree are as heavy as they get.
    let mut next = 0;
    let mut size = 1;
    while next < PEOPLE {
        let end = PEOPLE.min(next + size);
        let permit = intend(&journal, next..end).await;
        let verdicts = (next..end).map(|number| match number % 3 {
            0 => Verdict::Rejected { reason: Reason::new("invalid:to", "x".repeat(number as usize % 1_000)) },
            _ => Verdict::Accepted { id: Some(MessageId::Number(u64::MAX - u64::from(number))) },
        });
        let verdicts = Verdicts::Each(verdicts.collect());
        journal.settle(permit.spend(), verdicts).await.expect("settled");
        next = end;
        size = if size > 3_000 { 7 } else { size * 2 };
    }
    let before = journal.with_ledger(RUN, Clone::clone).expect("attached");
    let histories = journal.histories(RUN, 0..PEOPLE).expect("read");
    assert_eq!(histories[1].message_id, Some(MessageId::Number(u64::MAX - 1)));
    assert_eq!(histories[999].reason.as_ref().map(|reason| reason.sentence.len()), Some(999));
    drop(journal);

    let unsynced = std::fs::read_dir(folder.path().join("journal/blobs")).expect("sled makes it").count();
    assert_eq!(unsynced, 0);
    let journal = open(folder.path());
    journal.attach(RUN, all_send(PEOPLE).into_iter()).expect("attached");
    assert_eq!(journal.histories(RUN, 0..PEOPLE).expect("read"), histories);
    let after = journal.with_ledger(RUN, |ledger| ledger.tally()).expect("attached");
    assert_eq!(after, before.tally());
}

#[tokio::test]
async fn a_call_for_very_many_people_is_one_intent() {
    const PEOPLE: u32 = 200_000;
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    journal.create_run(plan(PEOPLE, PEOPLE), HASH, all_send(PEOPLE), Vec::new()).await.expect("made");
    journal.happen(RUN, crate::domain::RunEvent::Started).await.expect("started");
    let scattered = people((0..PEOPLE).step_by(3));
    drop(journal.intend(RUN, 0, Attempt::FIRST, scattered.clone()).await.expect("intended"));
    drop(journal);
    let journal = open(folder.path());
    journal.attach(RUN, all_send(PEOPLE).into_iter()).expect("attached");
    assert_eq!(journal.doubts(RUN).expect("attached").len(), scattered.len());
}

#[test]
fn a_short_value_that_is_not_short_is_refused() {
    let mut batch = Batch::default();
    assert!(batch.put(b"key".to_vec(), &vec![0_u8; 5_000]).is_ok());
    assert!(batch.put(b"key".to_vec(), &vec![0_u8; 10_000]).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn long_values_come_back_as_they_were(lengths in prop::collection::vec(0_usize..40_000, 1..6)) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let values: Vec<Vec<u8>> =
            lengths.iter().map(|length| (0..*length).map(|byte| (byte % 251) as u8).collect()).collect();
        let mut batch = Batch::default();
        for (number, value) in (0_u8..).zip(&values) {
            batch.put_long(&[b'z', number], value).expect("fits");
        }
        store.commit(batch).expect("written");
        let read: Result<Vec<(Vec<u8>, Vec<u8>)>, _> = store.scan_long(b"z").collect();
        let expected: Vec<_> =
            (0_u8..).zip(values).map(|(number, value)| (vec![b'z', number], value)).collect();
        prop_assert_eq!(read.expect("read"), expected);
    }

    #[test]
    fn a_lost_part_is_damage(length in 12_200_usize..40_000, lost in 0_u16..2) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(folder.path()).expect("a store");
        let mut batch = Batch::default();
        batch.put_long(b"z", &vec![1_u8; length]).expect("fits");
        store.commit(batch).expect("written");
        let mut batch = Batch::default();
        batch.remove([&b"z"[..], &lost.to_be_bytes()].concat());
        store.commit(batch).expect("written");
        let read: Result<Vec<(Vec<u8>, Vec<u8>)>, _> = store.scan_long(b"z").collect();
        prop_assert!(read.is_err());
    }
}
