//! Failures that concern more than their message.

use crate::domain::{DeliveryStatus, FailureClass, Milestone, RunEvent, RunId, RunState};

use super::bench::{
    ANA, ANA_SHORT, BIA, Bench, DEVINO, WATI, accepted, failed, of, of_ids, reached, template,
};

async fn accepted_run(bench: &Bench) -> RunId {
    let run = bench.run(DEVINO, &[ANA, BIA], &template("promo")).await;
    bench.call(run, &[0], accepted()).await;
    run
}

fn state(bench: &Bench, run: RunId) -> RunState {
    bench.journal.view(run).expect("a run").summary.state
}

#[tokio::test]
async fn whom_the_provider_wants_left_alone_is_suppressed_with_the_evidence() {
    let bench = Bench::new();
    let run = accepted_run(&bench).await;
    let at = bench.pass(1);
    let news = || failed("2305", FailureClass::Suppress);
    bench.hear(DEVINO, [of(bench.correlation(run, 0), news(), at)]).await;
    let suppressions = bench.journal.suppressions();
    let [(person, suppression)] = suppressions.as_slice() else { panic!("{suppressions:?}") };
    assert_eq!(*person, crate::domain::Phone::from_digits(ANA_SHORT).expect("a number").person());
    let source = &suppression.source;
    assert!(
        source.contains("2305") && source.contains("channel devino") && source.contains("proof"),
        "{source}"
    );
    assert!(!source.contains("87654321"), "{source}");

    // Taken off the list by a person, who is not overruled by a receipt that comes again.
    bench.journal.unsuppress(*person).await.expect("taken off");
    bench.hear(DEVINO, [of(bench.correlation(run, 0), news(), at)]).await;
    assert!(bench.journal.suppressions().is_empty());
    bench.hear(DEVINO, [of(bench.correlation(run, 0), failed("204", FailureClass::Suppress), at)]).await;
    assert_eq!(bench.journal.suppressions().len(), 1, "another one says something new");
}

#[tokio::test]
async fn what_would_befall_everybody_holds_the_runs_that_are_being_sent_and_only_once() {
    let bench = Bench::new();
    let run = accepted_run(&bench).await;
    let paused = accepted_run(&bench).await;
    bench.journal.happen(paused, RunEvent::Paused).await.expect("paused");
    let elsewhere = bench.run(WATI, &[ANA], &template("promo")).await;
    let at = bench.pass(10);
    let news = || failed("2310", FailureClass::Stop);
    bench.hear(DEVINO, [of(bench.correlation(run, 0), news(), at)]).await;
    let RunState::Held(reason) = state(&bench, run) else { panic!("{:?}", state(&bench, run)) };
    assert!(reason.sentence.contains("2310") && reason.sentence.contains("channel devino"), "{reason}");
    assert_eq!(state(&bench, paused), RunState::Paused);
    assert_eq!(state(&bench, elsewhere), RunState::Sending);

    // It was kept before the run went on, and is applied afterwards.
    bench.keep(DEVINO, [of(bench.correlation(run, 0), news(), at)]).await;
    bench.pass(10);
    bench.journal.happen(run, RunEvent::Started).await.expect("resumed");
    bench.reconciler.apply_waiting().await.expect("applied");
    assert_eq!(state(&bench, run), RunState::Sending);
    bench.pass(10);
    bench.hear(DEVINO, [of(bench.correlation(run, 0), news(), at)]).await;
    assert_eq!(state(&bench, run), RunState::Sending, "what is repeated says nothing of now");
    bench.call(run, &[1], accepted()).await;
    bench.hear(DEVINO, [of(bench.correlation(run, 1), news(), at)]).await;
    assert!(matches!(state(&bench, run), RunState::Held(_)), "of another message, it is still so");
}

#[tokio::test]
async fn a_channel_that_is_sent_over_too_fast_is_told_so_while_that_is_news() {
    let bench = Bench::new();
    let run = accepted_run(&bench).await;
    let news = || failed("2301", FailureClass::Throttled);
    let name = bench.correlation(run, 0);
    bench.hear(DEVINO, [of(name.clone(), news(), bench.now()), of(name.clone(), news(), bench.now())]).await;
    assert_eq!(bench.throttled(), [DEVINO]);
    bench.keep(DEVINO, [of(name, news(), bench.now())]).await;
    bench.pass(120);
    bench.reconciler.apply_waiting().await.expect("applied");
    assert_eq!(bench.throttled(), [DEVINO], "two minutes ago is long ago");
}

#[tokio::test]
async fn of_two_failures_the_first_counts_and_a_delivery_overtakes_both() {
    for reversed in [false, true] {
        let bench = Bench::new();
        let run = bench.run(WATI, &[ANA], &template("promo")).await;
        bench.call_named(run, &[(0, "l1")]).await;
        let at = bench.now();
        bench.pass(100);
        let mut heard = vec![
            of_ids(&["l1"], failed("1", FailureClass::Final), at + 20),
            of_ids(&["l1"], failed("2", FailureClass::Transient), at + 10),
            // By a clock that is ahead of ours.
            of_ids(&["l1"], failed("3", FailureClass::Final), at + 900_000),
        ];
        if reversed {
            heard.reverse();
        }
        bench.hear(WATI, heard).await;
        let first = bench.journal.with_deliveries(run, |deliveries| {
            deliveries
                .failure_of(crate::domain::RecipientNumber(0))
                .map(|failure| failure.reason.code.clone())
        });
        assert_eq!(first.expect("deliveries").as_deref(), Some("2"));
        bench.hear(WATI, [of_ids(&["l1"], reached(Milestone::Delivered), at + 5)]).await;
        assert_eq!(bench.status(run, 0), DeliveryStatus::Delivered);
    }
}
