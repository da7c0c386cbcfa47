//! Whose a receipt is: by our name, by the provider's, by the number; and what it is when nobody can know.

use crate::domain::{
    Attempt, Content, Correlation, DeliveryStatus, FailureClass, Heard, Milestone, Receipt, RecipientNumber,
    RunId,
};
use crate::journal::{Alias, Place, SettledBy, Settlement};
use crate::reconcile::{Counts, Wire};

use super::bench::{
    ANA, ANA_SHORT, BIA, Bench, CAIO, DEVINO, WATI, accepted, failed, in_doubt, of, of_ids, reached, sent,
    template,
};

use DeliveryStatus::{Accepted, Delivered, Read, Sent};

#[tokio::test]
async fn our_own_name_finds_the_message_whatever_else_is_said() {
    let bench = Bench::new();
    let run = bench.run(DEVINO, &[ANA, BIA], &template("promo")).await;
    bench.call(run, &[0, 1], accepted()).await;
    let at = bench.pass(5);
    let counts = bench.hear(DEVINO, [of(bench.correlation(run, 1), reached(Milestone::Delivered), at)]).await;
    assert_eq!(counts, Counts { matched: 1, ..Counts::default() });
    assert_eq!(bench.statuses(run, 2), [Accepted, Delivered]);
}

#[tokio::test]
async fn another_stores_receipts_are_dropped_and_our_own_of_nobody_are_kept() {
    let bench = Bench::new();
    let run = bench.run(DEVINO, &[ANA], &template("promo")).await;
    bench.call(run, &[0], accepted()).await;
    let at = bench.now();
    let foreign = Correlation { store: "ffffffff".into(), ..bench.correlation(run, 0) };
    let nobody = Correlation { recipient: RecipientNumber(1), ..bench.correlation(run, 0) };
    let no_run = Correlation { run: RunId(99), ..bench.correlation(run, 0) };
    let heard = [foreign, nobody, no_run].map(|name| of(name, reached(Milestone::Read), at));
    let counts = bench.hear(DEVINO, heard).await;
    assert_eq!(counts, Counts { foreign: 1, unmatched: 2, ..Counts::default() });
    assert_eq!(bench.status(run, 0), Accepted);
}

#[tokio::test]
async fn where_messages_carry_our_name_one_without_it_is_somebody_elses() {
    let bench = Bench::new();
    let run = bench.run(DEVINO, &[ANA], &template("promo")).await;
    bench.call(run, &[0], accepted()).await;
    let at = bench.pass(1);
    let counts = bench.hear(DEVINO, [of_ids(&["77"], reached(Milestone::Read), at)]).await;
    assert_eq!(counts, Counts { foreign: 1, ..Counts::default() });
    assert!(bench.journal.unmatched(Alias::new(DEVINO, &"77".into())).expect("read").is_empty());
    assert_eq!(bench.status(run, 0), Accepted);
}

#[tokio::test]
async fn a_failure_of_an_earlier_attempt_is_not_that_of_the_message_that_was_accepted() {
    let bench = Bench::new();
    let run = bench.run(DEVINO, &[ANA], &template("promo")).await;
    bench.call(run, &[0], in_doubt()).await;
    let (settlement, by) = (Settlement::Resend, SettledBy::Person);
    bench.journal.settle_doubt(run, None, settlement, by).await.expect("settled");
    bench.call(run, &[0], accepted()).await;
    let at = bench.pass(5);
    let (first, second) =
        (bench.correlation(run, 0), Correlation { attempt: Attempt(2), ..bench.correlation(run, 0) });
    bench.hear(DEVINO, [of(first, failed("2301", FailureClass::Transient), at)]).await;
    assert_eq!(bench.status(run, 0), Accepted);
    bench.hear(DEVINO, [of(second, failed("2301", FailureClass::Transient), at)]).await;
    assert_eq!(bench.status(run, 0), DeliveryStatus::Failed);
}

#[tokio::test]
async fn a_sent_event_teaches_the_names_by_which_later_ones_come() {
    let bench = Bench::new();
    let run = bench.run(WATI, &[ANA, BIA], &template("promo")).await;
    bench.call(run, &[0, 1], accepted()).await;
    let at = bench.pass(2);
    // The ninth digit is missing, as in old accounts.
    bench.hear(WATI, [sent(ANA_SHORT, "promo", &["w1", "c1"], at)]).await;
    bench.hear(WATI, [of_ids(&["w1"], reached(Milestone::Delivered), at + 10)]).await;
    bench.hear(WATI, [of_ids(&["l1", "w1"], reached(Milestone::Read), at + 20)]).await;
    assert_eq!(bench.statuses(run, 2), [Read, Accepted]);
    let counts = bench.hear(WATI, [of_ids(&["l1"], reached(Milestone::Read), at + 30)]).await;
    assert_eq!(counts.matched, 1, "a name that came with another is known too");
}

#[tokio::test]
async fn every_order_of_the_doubled_events_leads_to_the_same() {
    let orders: [[usize; 6]; 6] = [
        [0, 1, 2, 3, 4, 5],
        [5, 4, 3, 2, 1, 0],
        [2, 4, 0, 5, 3, 1],
        [4, 5, 1, 3, 2, 0],
        [3, 1, 5, 0, 2, 4],
        [1, 0, 4, 2, 5, 3],
    ];
    for order in orders {
        for at_once in [true, false] {
            let bench = Bench::new();
            let run = bench.run(WATI, &[ANA, BIA], &template("promo")).await;
            bench.call(run, &[0, 1], accepted()).await;
            let at = bench.pass(2);
            bench.pass(60);
            // Each event comes twice: in the old words, and in the new ones, with a name more.
            let events = [
                sent(ANA, "promo", &["w1"], at),
                sent(ANA, "promo", &["l1", "w1"], at),
                of_ids(&["w1"], reached(Milestone::Delivered), at + 10),
                of_ids(&["l1", "w1"], reached(Milestone::Delivered), at + 10),
                of_ids(&["w1"], reached(Milestone::Read), at + 20),
                of_ids(&["l1"], reached(Milestone::Read), at + 20),
            ];
            let shuffled = order.map(|position| events[position].clone());
            if at_once {
                bench.hear(WATI, shuffled).await;
            } else {
                for event in shuffled {
                    bench.hear(WATI, [event]).await;
                }
            }
            assert_eq!(bench.statuses(run, 2), [Read, Accepted], "{order:?}, at once: {at_once}");
            let delivery = bench.delivery(run, 0);
            let moments = [Milestone::Sent, Milestone::Delivered, Milestone::Read]
                .map(|milestone| delivery.reached(milestone).map(|moment| moment.after()));
            assert_eq!(moments, [Some(2_000), Some(2_010), Some(2_020)], "{order:?}");
            assert!(super::waiting::all(&bench).is_empty(), "{order:?}, at once: {at_once}");
        }
    }
}

#[tokio::test]
async fn of_two_runs_to_one_person_the_newest_before_the_event_is_meant() {
    let bench = Bench::new();
    let first = bench.run(WATI, &[ANA], &template("promo")).await;
    bench.call(first, &[0], accepted()).await;
    let early = bench.pass(5);
    bench.pass(3_600);
    let second = bench.run(WATI, &[ANA], &template("promo")).await;
    bench.call(second, &[0], accepted()).await;
    let late = bench.pass(5);
    bench.pass(60);
    bench.hear(WATI, [sent(ANA, "promo", &["w2"], late)]).await;
    assert_eq!((bench.status(first, 0), bench.status(second, 0)), (Accepted, Sent));
    bench.hear(WATI, [sent(ANA, "promo", &["w1"], early)]).await;
    assert_eq!((bench.status(first, 0), bench.status(second, 0)), (Sent, Sent));
    // Somebody else's message with the same template: both of ours have names.
    let counts = bench.hear(WATI, [sent(ANA, "promo", &["w3"], late + 30_000)]).await;
    assert_eq!(counts, Counts { unmatched: 1, ..Counts::default() });
}

#[tokio::test]
async fn the_template_tells_calls_apart_that_time_does_not() {
    let bench = Bench::new();
    let promo = bench.run(WATI, &[ANA], &template("promo")).await;
    let news = bench.run(WATI, &[ANA], &template("news")).await;
    bench.call(promo, &[0], accepted()).await;
    bench.call(news, &[0], accepted()).await;
    let at = bench.pass(5);
    bench.hear(WATI, [sent(ANA, "promo", &["w1"], at), sent(ANA, "other", &["w2"], at)]).await;
    assert_eq!((bench.status(promo, 0), bench.status(news, 0)), (Sent, Accepted));
}

#[tokio::test]
async fn what_may_be_two_messages_is_neither_until_one_is_known() {
    let bench = Bench::new();
    let first = bench.run(WATI, &[ANA], &template("promo")).await;
    let second = bench.run(WATI, &[ANA], &template("promo")).await;
    bench.call(first, &[0], accepted()).await;
    bench.pass(3);
    bench.call_named(second, &[(0, "l2")]).await;
    let at = bench.pass(3);
    let counts = bench.hear(WATI, [sent(ANA, "promo", &["w1"], at)]).await;
    assert_eq!(counts, Counts { unmatched: 1, ..Counts::default() });
    assert_eq!((bench.status(first, 0), bench.status(second, 0)), (Accepted, Accepted));
    // The second one's name is known from its call, and that the other is the first's follows.
    bench.hear(WATI, [of_ids(&["l2", "w2"], reached(Milestone::Delivered), at)]).await;
    bench.reconciler.try_young().await.expect("tried");
    assert_eq!((bench.status(first, 0), bench.status(second, 0)), (Sent, Delivered));
}

#[tokio::test]
async fn names_that_are_those_of_two_messages_are_nobodys() {
    let bench = Bench::new();
    let run = bench.run(WATI, &[ANA, BIA], &template("promo")).await;
    bench.call_named(run, &[(0, "a"), (1, "b")]).await;
    let at = bench.now();
    let counts = bench.hear(WATI, [of_ids(&["a", "b"], reached(Milestone::Read), at)]).await;
    assert_eq!(counts, Counts { unmatched: 1, ..Counts::default() });
    assert_eq!(bench.statuses(run, 2), [Accepted, Accepted]);
}

#[tokio::test]
async fn a_number_alone_means_nobody_who_was_not_called_or_not_in_time() {
    let bench = Bench::new();
    let run = bench.run(WATI, &[ANA, BIA, CAIO], &template("promo")).await;
    bench.call(run, &[0, 1], accepted()).await;
    let at = bench.now();
    bench.pass(80 * 3_600);
    let heard = [
        sent(CAIO, "promo", &["w1"], at),
        sent(ANA, "promo", &["w2"], at - 60_000),
        sent(BIA, "promo", &["w3"], at + 73 * 3_600_000),
        sent("5521999990000", "promo", &["w4"], at),
    ];
    let counts = bench.hear(WATI, heard).await;
    assert_eq!(counts, Counts { unmatched: 4, ..Counts::default() });
    assert_eq!(bench.statuses(run, 3), [Accepted; 3]);
}

#[tokio::test]
async fn a_provider_that_gives_our_names_back_is_not_matched_by_number() {
    let bench = Bench::new();
    let run = bench.run(DEVINO, &[ANA], &template("promo")).await;
    bench.call(run, &[0], accepted()).await;
    let at = bench.pass(1);
    let counts = bench.hear(DEVINO, [sent(ANA, "promo", &["1"], at)]).await;
    assert_eq!(counts, Counts { foreign: 1, ..Counts::default() });
    assert_eq!(bench.status(run, 0), Accepted);
}

#[tokio::test]
async fn identifiers_beyond_two_to_the_53rd_are_told_apart() {
    let bench = Bench::new();
    let run = bench.run(WATI, &[ANA, BIA], &template("promo")).await;
    bench.call_named(run, &[(0, "9007199254740993"), (1, "9007199254740992")]).await;
    let at = bench.now();
    bench.hear(WATI, [of_ids(&["9007199254740993"], reached(Milestone::Read), at)]).await;
    assert_eq!(bench.statuses(run, 2), [Read, Accepted]);
}

#[tokio::test]
async fn what_an_operator_writes_to_somebody_is_no_word_of_the_template_they_got() {
    let bench = Bench::new();
    let run = bench.run(WATI, &[ANA], &template("promo")).await;
    bench.call(run, &[0], in_doubt()).await;
    let text = Content::Text { text: "oi".to_owned() };
    let texts = bench.run(WATI, &[BIA], &text).await;
    bench.call(texts, &[0], in_doubt()).await;
    let at = bench.pass(2);
    bench.hear(WATI, [sent(ANA, "", &["w1"], at), sent(BIA, "", &["w2"], at)]).await;
    assert_eq!(bench.place(run, 0), Some(Place::InDoubt), "nobody knows whether the template left");
    assert_eq!(bench.place(texts, 0), Some(Place::Accepted));
}

#[tokio::test]
async fn a_channel_that_is_added_later_is_known_by_its_own_names_too() {
    let bench = Bench::new();
    let run = bench.run("wati-b", &[ANA], &template("promo")).await;
    bench.call_named(run, &[(0, "l1")]).await;
    bench.reconciler.listen_for("wati-b", Wire { provider: WATI.to_owned(), is_found_by_id: true });
    let counts = bench.hear("wati-b", [of_ids(&["l1"], reached(Milestone::Read), bench.now())]).await;
    assert_eq!(counts.matched, 1);
    assert_eq!(bench.status(run, 0), Read);
}

#[tokio::test]
async fn where_no_template_is_told_a_message_with_a_name_of_its_own_or_of_long_ago_is_not_meant() {
    let bench = Bench::new();
    let run = bench.run(WATI, &[ANA, BIA, CAIO], &template("promo")).await;
    bench.call_named(run, &[(0, "l1")]).await;
    bench.call(run, &[1, 2], in_doubt()).await;
    let told = |to, id| {
        let Heard::Receipt(receipt) = sent(to, "", &[id], bench.now()) else { panic!("a receipt") };
        Heard::Receipt(Receipt { template: None, ..receipt })
    };
    bench.pass(60);
    bench.hear(WATI, [told(ANA, "x1"), told(BIA, "x2")]).await;
    bench.pass(3_600);
    bench.hear(WATI, [told(CAIO, "x3")]).await;
    assert_eq!(bench.statuses(run, 3), [Accepted, Sent, Accepted]);
    assert_eq!(bench.place(run, 2), Some(Place::InDoubt));
}
