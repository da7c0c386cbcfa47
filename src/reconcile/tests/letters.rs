//! Letters: kept first, applied once in effect, however often the process dies between.

use crate::domain::{DeliveryStatus, Milestone};

use super::bench::{ANA, BIA, Bench, DEVINO, accepted, inbound, of, reached, template, written};

#[tokio::test]
async fn letters_of_a_dead_process_are_applied_by_the_next() {
    let bench = Bench::new();
    let run = bench.run(DEVINO, &[ANA, BIA], &template("promo")).await;
    bench.call(run, &[0, 1], accepted()).await;
    let at = bench.now();
    for number in [0, 1] {
        bench.keep(DEVINO, [of(bench.correlation(run, number), reached(Milestone::Read), at)]).await;
    }
    bench.keep(DEVINO, [inbound(written(1, ANA, "SAIR", at))]).await;
    assert_eq!(bench.journal.waiting_letters().expect("counted"), 3);
    let bench = bench.reopen();
    assert_eq!(bench.journal.waiting_letters().expect("counted"), 3);
    let counts = bench.reconciler.apply_waiting().await.expect("applied");
    assert_eq!((counts.matched, counts.inbound), (2, 1));
    let bench = bench.reopen();
    assert_eq!(bench.journal.waiting_letters().expect("counted"), 0);
    assert_eq!(bench.statuses(run, 2)[1], DeliveryStatus::Read);
    assert_eq!(bench.journal.suppressions().len(), 1);
    assert_eq!(bench.reconciler.apply_waiting().await.expect("applied"), Default::default());
}

#[tokio::test]
async fn many_letters_are_applied_in_several_writes_and_all_of_them() {
    let bench = Bench::new();
    let run = bench.run(DEVINO, &[ANA, BIA], &template("promo")).await;
    bench.call(run, &[0, 1], accepted()).await;
    let at = bench.now();
    let receipt = |number: u32| of(bench.correlation(run, number % 2), reached(Milestone::Sent), at);
    for _ in 0..5 {
        bench.keep(DEVINO, (0..2_400).map(receipt)).await;
    }
    // One letter alone says more than is applied at once.
    bench.keep(DEVINO, (0..7_000).map(receipt)).await;
    let counts = bench.reconciler.apply_waiting().await.expect("applied");
    assert_eq!(counts.matched, 5 * 2_400 + 7_000);
    assert_eq!(bench.journal.waiting_letters().expect("counted"), 0);
}

#[tokio::test]
async fn what_the_poller_hears_is_applied_without_a_letter() {
    let bench = Bench::new();
    let run = bench.run(DEVINO, &[ANA], &template("promo")).await;
    bench.call(run, &[0], accepted()).await;
    bench.keep(DEVINO, [of(bench.correlation(run, 0), reached(Milestone::Sent), bench.now())]).await;
    let heard = vec![of(bench.correlation(run, 0), reached(Milestone::Read), bench.now())];
    let counts = bench.reconciler.apply_heard(DEVINO, bench.now(), heard).await.expect("applied");
    assert_eq!(counts.matched, 1);
    assert_eq!(bench.status(run, 0), DeliveryStatus::Read);
    assert_eq!(bench.journal.waiting_letters().expect("counted"), 1, "letters have their own turn");
}
