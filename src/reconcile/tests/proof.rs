//! Receipts prove that messages exist: doubt is settled by them, and nobody is messaged a second time.

use crate::domain::{
    Attempt, ChunkRecipients, DeliveryStatus, FailureClass, Milestone, News, RecipientNumber, RunEvent,
    RunId, RunState, Verdict, Verdicts,
};
use crate::journal::{Place, SettledBy, Settlement};

use super::bench::{
    ANA, BIA, Bench, CAIO, DEVINO, WATI, accepted, failed, in_doubt, of, reached, sent, template,
};

fn chunk(numbers: &[u32]) -> ChunkRecipients {
    ChunkRecipients::new(numbers.iter().copied().map(RecipientNumber).collect()).expect("somebody")
}

#[tokio::test]
async fn whatever_a_receipt_says_it_ends_doubt() {
    let words = [
        reached(Milestone::Queued),
        reached(Milestone::Delivered),
        failed("2300", FailureClass::Final),
        News::Unknown("limbo".into()),
    ];
    for news in words {
        let bench = Bench::new();
        let run = bench.run(DEVINO, &[ANA, BIA], &template("promo")).await;
        bench.call(run, &[0, 1], in_doubt()).await;
        bench.journal.happen(run, RunEvent::Finished { in_doubt: 2 }).await.expect("it settles");
        bench.hear(DEVINO, [of(bench.correlation(run, 0), news.clone(), bench.now())]).await;
        assert_eq!((bench.place(run, 0), bench.place(run, 1)), (Some(Place::Accepted), Some(Place::InDoubt)));
        let histories = bench.journal.histories(run, 0..1).expect("histories");
        assert_eq!(histories[0].settled, Some((Settlement::ConfirmedSent, SettledBy::Receipt)), "{news:?}");
        bench.hear(DEVINO, [of(bench.correlation(run, 1), news, bench.now())]).await;
        let view = bench.journal.view(run).expect("a run");
        assert_eq!(view.summary.state, RunState::Completed, "with the last doubt");
        assert_eq!(view.summary.tally.accepted, 2);
    }
}

#[tokio::test]
async fn a_call_of_a_dead_process_is_proved_by_number_too() {
    let bench = Bench::new();
    let run = bench.run(WATI, &[ANA, BIA, CAIO], &template("promo")).await;
    drop(bench.journal.intend(run, 0, Attempt::FIRST, chunk(&[0, 1])).await.expect("an intent"));
    let at = bench.pass(1);
    let bench = bench.reopen();
    bench.hear(WATI, [sent(BIA, "promo", &["w2"], at)]).await;
    let places = [0, 1, 2].map(|number| bench.place(run, number));
    assert_eq!(places, [Some(Place::InDoubt), Some(Place::Accepted), Some(Place::Pending)]);
}

#[tokio::test]
async fn a_receipt_that_is_faster_than_the_answer_settles_the_doubt_that_follows() {
    let bench = Bench::new();
    let run = bench.run(DEVINO, &[ANA, BIA], &template("promo")).await;
    let permit = bench.journal.intend(run, 0, Attempt::FIRST, chunk(&[0, 1])).await.expect("an intent");
    bench.hear(DEVINO, [of(bench.correlation(run, 1), reached(Milestone::Queued), bench.now())]).await;
    assert_eq!(bench.place(run, 1), Some(Place::Intended), "the call is in flight");
    let lost = crate::domain::Verdicts::All(in_doubt());
    bench.journal.settle(permit.spend(), lost).await.expect("an outcome");
    assert_eq!(bench.journal.settle_by_receipts(run).await.expect("settled"), 1);
    assert_eq!((bench.place(run, 0), bench.place(run, 1)), (Some(Place::InDoubt), Some(Place::Accepted)));
}

#[tokio::test]
async fn a_receipt_stored_by_one_process_settles_the_doubt_in_the_next() {
    let bench = Bench::new();
    let run = bench.run(DEVINO, &[ANA, BIA], &template("promo")).await;
    drop(bench.journal.intend(run, 0, Attempt::FIRST, chunk(&[0, 1])).await.expect("an intent"));
    let known = News::Unknown("limbo".into());
    bench.hear(DEVINO, [of(bench.correlation(run, 0), known, bench.now())]).await;
    let bench = bench.reopen();
    crate::engine::occurrence::attach(&bench.journal, run).expect("attached");
    assert_eq!(bench.journal.settle_by_receipts(run).await.expect("settled"), 1);
    assert_eq!((bench.place(run, 0), bench.place(run, 1)), (Some(Place::Accepted), Some(Place::InDoubt)));
}

/// A run in which somebody wrongly said of Ana that her message does not exist.
async fn wrongly_not_sent(bench: &Bench) -> RunId {
    let run = bench.run(DEVINO, &[ANA, BIA], &template("promo")).await;
    bench.call(run, &[0], in_doubt()).await;
    let named = Some(vec![RecipientNumber(0)]);
    let wrong = Settlement::ConfirmedNotSent;
    bench.journal.settle_doubt(run, named, wrong, SettledBy::Person).await.expect("settled");
    assert_eq!(bench.place(run, 0), Some(Place::Pending));
    run
}

#[tokio::test]
async fn who_is_pending_by_mistake_is_accepted_while_nobody_sends() {
    for end in [RunEvent::Paused, RunEvent::Cancelled] {
        let bench = Bench::new();
        let run = wrongly_not_sent(&bench).await;
        bench.journal.happen(run, end).await.expect("it stops");
        let heard = |news| [of(bench.correlation(run, 0), news, bench.now())];
        bench.hear(DEVINO, heard(failed("2300", FailureClass::Final))).await;
        assert_ne!(bench.place(run, 0), Some(Place::Accepted), "a message that failed may be sent again");
        bench.hear(DEVINO, heard(reached(Milestone::Delivered))).await;
        assert_eq!(bench.place(run, 0), Some(Place::Accepted));
        assert!(bench.tally(run).adds_up());
    }
}

#[tokio::test]
async fn who_is_pending_by_mistake_is_left_out_while_the_run_is_being_sent() {
    let bench = Bench::new();
    let run = wrongly_not_sent(&bench).await;
    bench.hear(DEVINO, [of(bench.correlation(run, 0), reached(Milestone::Read), bench.now())]).await;
    assert_eq!(bench.place(run, 0), Some(Place::Pending), "its dispatcher has them");
    let numbers = [RecipientNumber(0), RecipientNumber(1)];
    assert_eq!(bench.journal.spared_among(run, &numbers), [RecipientNumber(0)]);
    bench.journal.accept_spared(run, chunk(&[0])).await.expect("accepted");
    assert_eq!(bench.place(run, 0), Some(Place::Accepted));
    assert!(bench.journal.spared_among(run, &numbers).is_empty());
}

#[tokio::test]
async fn a_receipt_that_comes_during_the_second_call_keeps_the_person_out_of_a_third() {
    for is_withdrawn in [false, true] {
        let bench = Bench::new();
        let run = wrongly_not_sent(&bench).await;
        let second = bench.journal.intend(run, 0, Attempt::FIRST, chunk(&[0])).await.expect("an intent");
        bench.hear(DEVINO, [of(bench.correlation(run, 0), reached(Milestone::Sent), bench.now())]).await;
        if is_withdrawn {
            bench.journal.withdraw(second).await.expect("withdrawn");
        } else {
            bench.journal.settle(second.spend(), Verdicts::All(Verdict::Unsent)).await.expect("an outcome");
        }
        assert_eq!(bench.place(run, 0), Some(Place::Pending));
        assert_eq!(bench.journal.spared_among(run, &[RecipientNumber(0)]), [RecipientNumber(0)]);
    }
}

#[tokio::test]
async fn a_process_that_died_before_it_left_them_out_leaves_that_to_the_next() {
    let bench = Bench::new();
    let run = wrongly_not_sent(&bench).await;
    bench.hear(DEVINO, [of(bench.correlation(run, 0), reached(Milestone::Read), bench.now())]).await;
    let bench = bench.reopen();
    crate::engine::occurrence::attach(&bench.journal, run).expect("attached");
    assert_eq!(bench.journal.settle_by_receipts(run).await.expect("settled"), 1);
    assert_eq!(bench.place(run, 0), Some(Place::Accepted));
}

#[tokio::test]
async fn a_run_that_made_no_call_has_no_message() {
    let bench = Bench::new();
    let run = bench.run(DEVINO, &[ANA], &template("promo")).await;
    bench.journal.happen(run, RunEvent::Paused).await.expect("paused");
    bench.hear(DEVINO, [of(bench.correlation(run, 0), reached(Milestone::Read), bench.now())]).await;
    assert_eq!(
        bench.place(run, 0),
        Some(Place::Pending),
        "the store was put back, and the number given anew"
    );
}

#[tokio::test]
async fn the_tally_is_the_same_when_what_was_accepted_fails() {
    let bench = Bench::new();
    let run = bench.run(DEVINO, &[ANA, BIA], &template("promo")).await;
    bench.call(run, &[0], accepted()).await;
    let refused = Verdict::Rejected { reason: crate::domain::Reason::new("1", "no") };
    bench.call(run, &[1], refused).await;
    let before = bench.tally(run);
    for number in [0, 1] {
        let name = bench.correlation(run, number);
        bench.hear(DEVINO, [of(name, failed("2300", FailureClass::Transient), bench.now())]).await;
    }
    assert_eq!(bench.tally(run), before);
    assert_eq!(bench.status(run, 0), DeliveryStatus::Failed);
}

#[tokio::test]
async fn whoever_was_rejected_and_got_the_message_all_the_same_is_not_tried_again() {
    use crate::engine::occurrence::{self, Undelivered};
    let bench = Bench::new();
    let run = bench.run(DEVINO, &[ANA, BIA, CAIO], &template("promo")).await;
    let refused = Verdict::Rejected { reason: crate::domain::Reason::new("1", "no") };
    bench.call(run, &[0, 1, 2], refused).await;
    let heard = |number, news| of(bench.correlation(run, number), news, bench.now());
    let news = [
        heard(0, reached(Milestone::Delivered)),
        heard(1, reached(Milestone::Sent)),
        heard(1, failed("2300", FailureClass::Final)),
    ];
    bench.hear(DEVINO, news).await;
    let views = bench.journal.views().expect("readable");
    let got = occurrence::reached(&bench.journal, views.iter(), Undelivered::Reached).expect("readable");
    let roster = occurrence::attach(&bench.journal, run).expect("a roster");
    let is_reached = |number| {
        let recipient = roster.recipient(RecipientNumber(number)).expect("a recipient");
        got.contains(recipient.key().as_u64())
    };
    assert_eq!([0, 1, 2].map(is_reached), [true, false, false]);
}
