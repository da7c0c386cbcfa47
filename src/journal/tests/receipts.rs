//! Letters and what is applied of them: whole or not at all, whatever the disk does.

use crate::domain::{
    Failure, FailureClass, Heard, Mark, MessageId, Milestone, News, PersonKey, Reason, Receipt,
    RecipientNumber, RunId,
};
use crate::journal::store::Store;
use crate::journal::{
    Alias, Applied, Deliveries, DeliveryCounts, Journal, Letter, Marked, Suppression, Unmatched,
    UnmatchedCursor,
};

use super::fixtures::{RUN, accepted, all_send, clock, intend, open, start};

fn receipt(id: u64) -> Receipt {
    let ids = vec![MessageId::Number(id)];
    let news = News::Reached(Milestone::Read);
    Receipt { correlation: None, ids, to: None, template: None, created: None, news, at: Some(1) }
}

fn letter(id: u64) -> Letter {
    Letter { channel: "main".to_owned(), received: 5, heard: vec![Heard::Receipt(receipt(id))] }
}

fn marked(recipient: u32, mark: Mark, after: i64) -> Marked {
    let at = 1_795_000_000_000 + after;
    Marked { run: RUN, recipient: RecipientNumber(recipient), mark, at, failure: None }
}

fn failed(recipient: u32, code: &str, after: i64) -> Marked {
    let reason = Reason::new(code.to_owned(), "no");
    let failure = Failure { reason, class: FailureClass::Final, retry: None };
    Marked { failure: Some(failure.clone()), ..marked(recipient, Mark::Failed(failure.number()), after) }
}

/// Three people whose messages were accepted.
async fn three(journal: &Journal) {
    start(journal, 3, 10).await;
    let permit = intend(journal, 0..3).await;
    journal.settle(permit.spend(), accepted()).await.expect("settled");
    journal.attach_deliveries(RUN).expect("attached");
}

fn everything(journal: &Journal) -> Vec<crate::domain::Delivery> {
    let all = |deliveries: &Deliveries| deliveries.all().map(|(_, delivery)| *delivery).collect();
    journal.with_deliveries(RUN, all).expect("attached")
}

#[tokio::test]
async fn what_is_applied_is_on_disk_in_one_piece_with_its_letters_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    three(&journal).await;
    journal.keep((1..=3).map(letter).collect()).await.expect("kept");
    let person = PersonKey::from_u64(5_511_987_654_321);
    let suppression =
        Suppression { number: 5_511_987_654_321, source: "wrote".to_owned(), since: clock().now() };
    let waiting = Unmatched { channel: "main".to_owned(), received: 5, receipt: receipt(9) };
    let (seven, nine) =
        (Alias::new("wati", &MessageId::Number(7)), Alias::new("wati", &MessageId::Number(9)));
    let applied = Applied {
        letters: 2,
        marks: vec![marked(0, Mark::Reached(Milestone::Read), 20), failed(1, "131026", 10)],
        aliases: vec![(seven, RUN, RecipientNumber(0))],
        unmatched: vec![(vec![nine], waiting.clone())],
        suppressed: vec![(person, suppression)],
        ..Applied::default()
    };
    journal.apply(applied).await.expect("applied");
    let before = everything(&journal);
    drop(journal);
    let journal = open(folder.path());
    assert_eq!(journal.letters(10).expect("read"), [letter(3)]);
    assert_eq!(journal.known_as(seven).expect("read"), Some((RUN, RecipientNumber(0))));
    assert_eq!(journal.unmatched(nine).expect("read"), std::slice::from_ref(&waiting));
    assert_eq!(journal.suppressed_among([person].into_iter()), [0]);
    let counts = DeliveryCounts { sent: 1, delivered: 1, read: 1, failed: 1, ..DeliveryCounts::default() };
    assert_eq!(journal.delivery_counts(RUN).expect("read"), counts, "without reading the receipts");
    assert_eq!(everything(&journal), before);
    let applied = Applied { letters: 9, matched: vec![(vec![nine], waiting)], ..Applied::default() };
    journal.apply(applied).await.expect("applied");
    assert_eq!(journal.waiting_letters().expect("counted"), 0, "more than there are are none");
    let mut cursor = UnmatchedCursor::default();
    assert!(journal.next_unmatched(&mut cursor, 10).expect("read").is_empty());
    // The next letter takes its place behind those that are gone.
    journal.keep(vec![letter(4)]).await.expect("kept");
    drop(journal);
    assert_eq!(open(folder.path()).letters(10).expect("read"), [letter(4)]);
}

#[tokio::test]
async fn the_counts_are_those_of_a_recount_whatever_was_repeated() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    three(&journal).await;
    let steps = [
        vec![marked(0, Mark::Reached(Milestone::Delivered), 30), failed(0, "1", 20)],
        vec![marked(0, Mark::Clicked, 40), marked(0, Mark::Clicked, 40), failed(1, "1", 20)],
        vec![failed(1, "2", 20), failed(2, "2", 5), marked(2, Mark::Reached(Milestone::Queued), 1)],
        vec![
            marked(1, Mark::Reached(Milestone::Replied), i64::from(u32::MAX) * 2),
            marked(9, Mark::Clicked, 1),
        ],
        vec![marked(2, Mark::Asked, 50), marked(0, Mark::Reached(Milestone::Sent), -5)],
    ];
    for marks in steps {
        journal.apply(Applied { marks, ..Applied::default() }).await.expect("applied");
        let counts = journal.with_deliveries(RUN, Deliveries::counts).expect("attached");
        assert_eq!(journal.delivery_counts(RUN).expect("read"), counts);
        assert_eq!(recount(&everything(&journal)), counts);
    }
    let before = everything(&journal);
    drop(journal);
    let journal = open(folder.path());
    assert_eq!(everything(&journal), before);
}

fn recount(all: &[crate::domain::Delivery]) -> DeliveryCounts {
    use crate::domain::DeliveryStatus::{Delivered, Failed, Read, Replied};
    let count =
        |is: &dyn Fn(&crate::domain::Delivery) -> bool| all.iter().filter(|one| is(one)).count() as u64;
    DeliveryCounts {
        sent: count(&|one| one.status() >= Delivered || one.reached(Milestone::Sent).is_some()),
        delivered: count(&|one| one.status() >= Delivered),
        read: count(&|one| one.status() >= Read),
        replied: count(&|one| one.status() == Replied),
        failed: count(&|one| one.status() == Failed),
        clicked: count(&|one| one.clicked().is_some()),
    }
}

#[tokio::test]
async fn a_walk_over_what_waits_sees_all_of_it_page_by_page() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    let name = |id: u64| Alias::new("wati", &MessageId::Number(id));
    // Long ones, which the store keeps in several parts.
    let word: Box<str> = "x".repeat(20_000).into();
    let long = |id| Receipt { news: News::Unknown(word.clone()), ..receipt(id) };
    let waiting = |id| Unmatched { channel: "main".to_owned(), received: 5, receipt: long(id) };
    let unmatched: Vec<_> = (0..25).map(|id| (vec![name(id)], waiting(id))).collect();
    journal.apply(Applied { unmatched, ..Applied::default() }).await.expect("applied");
    let (mut cursor, mut seen) = (UnmatchedCursor::default(), Vec::new());
    loop {
        let page = journal.next_unmatched(&mut cursor, 10).expect("read");
        if page.is_empty() {
            break;
        }
        assert!(page.len() <= 10);
        seen.extend(page.into_iter().map(|waiting| waiting.receipt.ids[0].clone()));
        // What is let go on the way changes nothing about the rest.
        let let_go = seen.last().cloned().expect("one");
        let MessageId::Number(id) = let_go else { panic!("a number") };
        let matched = vec![(vec![name(id)], waiting(id))];
        journal.apply(Applied { matched, ..Applied::default() }).await.expect("applied");
        assert!(journal.unmatched(name(id)).expect("read").is_empty(), "with all of its parts");
    }
    seen.sort();
    assert_eq!(seen, (0..25).map(MessageId::Number).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_belongs_to_no_open_run_is_refused_and_its_letters_wait() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    journal.keep(vec![letter(1)]).await.expect("kept");
    let stranger = Marked { run: RunId(77), ..marked(0, Mark::Clicked, 1) };
    let refused = journal.apply(Applied { letters: 1, marks: vec![stranger], ..Applied::default() }).await;
    assert!(refused.is_err());
    assert_eq!(journal.letters(10).expect("read"), [letter(1)]);
}

#[tokio::test]
async fn receipts_that_lack_a_part_are_damage_and_no_guess() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = open(folder.path());
    three(&journal).await;
    for after in [30, 20] {
        let marks = vec![marked(0, Mark::Reached(Milestone::Read), after)];
        journal.apply(Applied { marks, ..Applied::default() }).await.expect("applied");
    }
    drop(journal);
    let store = Store::open(folder.path()).expect("a store");
    let mut batch = crate::journal::batch::Batch::default();
    store.remove_long(&mut batch, &crate::journal::keys::receipts_group(RUN, 0)).expect("there");
    store.commit(batch).expect("removed");
    drop(store);
    let journal = open(folder.path());
    journal.attach(RUN, all_send(3).into_iter()).expect("the log is whole");
    let error = journal.attach_deliveries(RUN).expect_err("damaged").to_string();
    assert!(error.contains("receipts of run 1 lack group 0"), "{error}");
}
