//! Receipts that wait: until their message gets its name, or for 30 days.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::clock::Clock;
use crate::domain::{DeliveryStatus, Heard, Milestone, Receipt};
use crate::journal::{Unmatched, UnmatchedCursor};
use crate::reconcile::{Counts, Reach};

use super::bench::{ANA, BIA, Bench, WATI, accepted, of_ids, reached, receipt, sent, template};

/// Everything that waits.
pub fn all(bench: &Bench) -> Vec<Unmatched> {
    bench.journal.next_unmatched(&mut UnmatchedCursor::default(), 1_000).expect("read")
}

const DAY: u64 = 24 * 3_600;

#[tokio::test]
async fn a_receipt_that_came_before_the_answer_finds_its_message_once_that_is_there() {
    let bench = Bench::new();
    let run = bench.run(WATI, &[ANA, BIA], &template("promo")).await;
    let at = bench.now();
    bench.hear(WATI, [of_ids(&["l1"], reached(Milestone::Delivered), at)]).await;
    assert_eq!(all(&bench).len(), 1);
    bench.call_named(run, &[(0, "l1")]).await;
    let counts = bench.reconciler.try_young().await.expect("tried");
    assert_eq!(counts, Counts { matched: 1, ..Counts::default() });
    assert_eq!(bench.status(run, 0), DeliveryStatus::Delivered);
    assert!(all(&bench).is_empty());
    assert_eq!(bench.reconciler.try_young().await.expect("tried"), Counts::default());
}

#[tokio::test]
async fn a_later_receipt_takes_along_those_that_waited_under_any_of_its_names() {
    let bench = Bench::new();
    let run = bench.run(WATI, &[ANA, BIA], &template("promo")).await;
    let at = bench.now();
    bench.hear(WATI, [of_ids(&["w1"], reached(Milestone::Read), at + 5)]).await;
    bench.hear(WATI, [of_ids(&["w1", "x1"], reached(Milestone::Delivered), at + 4)]).await;
    bench.hear(WATI, [of_ids(&["x1"], reached(Milestone::Replied), at + 6)]).await;
    bench.pass(1);
    bench.call_named(run, &[(0, "l1")]).await;
    let counts = bench.hear(WATI, [of_ids(&["l1", "w1"], reached(Milestone::Sent), at + 3)]).await;
    assert_eq!(counts.matched, 4);
    assert_eq!(bench.status(run, 0), DeliveryStatus::Replied);
    assert!(all(&bench).is_empty(), "what waited under two names is gone under both");
}

#[tokio::test]
async fn a_repeated_receipt_waits_once() {
    let bench = Bench::new();
    let at = bench.now();
    let nameless = || Heard::Receipt(Receipt { created: Some(at), ..receipt(reached(Milestone::Read), at) });
    for _ in 0..3 {
        bench.hear(WATI, [of_ids(&["w1"], reached(Milestone::Read), at), nameless()]).await;
        bench.pass(1);
    }
    let waiting = all(&bench);
    assert_eq!(waiting.len(), 2);
    assert!(waiting.iter().all(|waiting| waiting.received == at), "the first time counts");
}

#[tokio::test]
async fn what_waited_for_thirty_days_is_dropped() {
    let bench = Bench::new();
    let at = bench.now();
    bench.hear(WATI, [of_ids(&["old", "older"], reached(Milestone::Read), at)]).await;
    bench.pass(10 * DAY);
    bench.hear(WATI, [of_ids(&["young"], reached(Milestone::Read), at)]).await;
    bench.pass(20 * DAY);
    assert_eq!(bench.reconciler.sweep().await.expect("swept"), 0);
    bench.pass(1);
    assert!(bench.reconciler.sweep().await.expect("swept") > 0);
    assert_eq!(all(&bench).len(), 1);
    bench.pass(10 * DAY);
    bench.reconciler.sweep().await.expect("swept");
    assert!(all(&bench).is_empty());
}

#[tokio::test]
async fn all_that_waits_is_looked_for_in_runs_of_long_ago_when_somebody_asks_for_it() {
    let bench = Bench::new();
    let run = bench.run(WATI, &[ANA], &template("promo")).await;
    bench.call(run, &[0], accepted()).await;
    let at = bench.pass(1);
    bench.pass(5 * DAY);
    let counts = bench.hear(WATI, [sent(ANA, "promo", &["w1"], at)]).await;
    assert_eq!(counts, Counts { unmatched: 1, ..Counts::default() });
    assert_eq!(bench.reconciler.try_all(Reach::Recent).await.expect("tried"), Counts::default());
    let counts = bench.reconciler.try_all(Reach::All).await.expect("tried");
    assert_eq!(counts, Counts { matched: 1, ..Counts::default() });
    assert_eq!(bench.status(run, 0), DeliveryStatus::Sent);
}

#[tokio::test]
async fn while_it_runs_it_applies_what_comes_and_tries_again_by_itself() {
    let bench = Bench::new();
    let run = bench.run(WATI, &[ANA], &template("promo")).await;
    let at = bench.now();
    bench.keep(WATI, [of_ids(&["l1"], reached(Milestone::Read), at)]).await;
    let (kept, ending) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (reconciler, told, end) = (bench.reconciler.clone(), Arc::clone(&kept), Arc::clone(&ending));
    let running = tokio::spawn(async move { reconciler.run(told, end.notified()).await });
    while all(&bench).is_empty() {
        tokio::task::yield_now().await;
    }
    bench.call_named(run, &[(0, "l1")]).await;
    while bench.status(run, 0) != DeliveryStatus::Read {
        bench.clock.advance(Duration::from_secs(3));
        // Its turn is awaited behind whatever the running one does.
        bench.reconciler.apply_waiting().await.expect("applied");
    }
    // What comes before the end is applied before it ends.
    bench.keep(WATI, [of_ids(&["l1"], reached(Milestone::Replied), at)]).await;
    ending.notify_one();
    running.await.expect("it ended").expect("well");
    assert_eq!(bench.status(run, 0), DeliveryStatus::Replied);
    drop(kept);
}

#[tokio::test]
async fn a_process_tries_again_what_the_one_before_it_kept() {
    let bench = Bench::new();
    let run = bench.run(WATI, &[ANA], &template("promo")).await;
    let at = bench.now();
    bench.hear(WATI, [of_ids(&["l1"], reached(Milestone::Read), at)]).await;
    bench.call_named(run, &[(0, "l1")]).await;
    let bench = bench.reopen();
    let (reconciler, clock) = (bench.reconciler.clone(), bench.clock.clone());
    let running = tokio::spawn(async move { reconciler.run(Arc::new(Notify::new()), pending()).await });
    while bench.status(run, 0) != DeliveryStatus::Read {
        clock.advance(Duration::from_secs(3));
        bench.reconciler.apply_waiting().await.expect("applied");
    }
    running.abort();
    assert!(clock.now().as_millisecond() > at);
}
