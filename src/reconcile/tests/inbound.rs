//! What people write: kept once, an answer, a wish to be left alone.

use crate::domain::{DeliveryStatus, Inbound, MessageId, Milestone, Phone};
use crate::journal::KeptInbound;

use super::bench::{
    ANA, ANA_SHORT, Bench, DEVINO, WATI, accepted, in_doubt, inbound, of, of_ids, reached, sent, template,
    written,
};

fn kept(bench: &Bench) -> Vec<KeptInbound> {
    let person = Phone::from_digits(ANA).expect("a number").person();
    bench.journal.inbound_of(person).expect("read")
}

#[tokio::test]
async fn a_message_is_kept_once_whatever_comes_again() {
    let bench = Bench::new();
    let at = bench.now();
    let oi = || inbound(written(1, ANA, "oi", at));
    let counts = bench.hear(DEVINO, [oi(), oi()]).await;
    assert_eq!(counts.inbound, 1);
    bench.pass(5);
    let counts = bench.hear(DEVINO, [oi(), inbound(written(2, ANA_SHORT, "tudo bem?", at + 1))]).await;
    assert_eq!(counts.inbound, 1);
    let texts: Vec<_> = kept(&bench).into_iter().map(|kept| (kept.inbound.text, kept.received)).collect();
    assert_eq!(texts, [(Some("oi".into()), at), (Some("tudo bem?".into()), at + 5_000)]);
}

#[tokio::test]
async fn who_asks_to_be_left_alone_is_and_not_a_second_time_by_the_same_words() {
    let bench = Bench::new();
    let at = bench.now();
    let sair = |id| inbound(written(id, ANA_SHORT, " Sair!", at));
    bench.hear(DEVINO, [sair(1)]).await;
    let suppressions = bench.journal.suppressions();
    let [(person, suppression)] = suppressions.as_slice() else { panic!("{suppressions:?}") };
    assert_eq!(*person, Phone::from_digits(ANA).expect("a number").person());
    assert!(suppression.source.contains("\"Sair!\" to channel devino"), "{}", suppression.source);
    bench.journal.unsuppress(*person).await.expect("taken off");
    bench.hear(DEVINO, [sair(1)]).await;
    assert!(bench.journal.suppressions().is_empty(), "it was heard already");
    bench.hear(DEVINO, [sair(2)]).await;
    assert_eq!(bench.journal.suppressions().len(), 1, "she wrote it again");
}

#[tokio::test]
async fn what_is_written_in_a_group_neither_answers_nor_opts_out() {
    let bench = Bench::new();
    let run = bench.run(DEVINO, &[ANA], &template("promo")).await;
    bench.call(run, &[0], accepted()).await;
    let at = bench.pass(60);
    let in_group = Inbound { group: Some("5519900000000-1".into()), ..written(1, ANA, "SAIR", at) };
    bench.hear(DEVINO, [inbound(in_group)]).await;
    assert!(bench.journal.suppressions().is_empty());
    assert_eq!(bench.status(run, 0), DeliveryStatus::Accepted);
    assert_eq!(kept(&bench).len(), 1);
}

#[tokio::test]
async fn an_answer_is_to_the_newest_message_within_three_days() {
    let bench = Bench::new();
    let old = bench.run(DEVINO, &[ANA], &template("promo")).await;
    bench.call(old, &[0], accepted()).await;
    bench.pass(3_600);
    let newest = bench.run(DEVINO, &[ANA], &template("news")).await;
    bench.call(newest, &[0], accepted()).await;
    let doubtful = bench.run(DEVINO, &[ANA], &template("promo")).await;
    bench.call(doubtful, &[0], in_doubt()).await;
    let other = bench.run(WATI, &[ANA], &template("promo")).await;
    bench.call(other, &[0], accepted()).await;
    let at = bench.pass(60);
    bench.hear(DEVINO, [inbound(written(1, ANA_SHORT, "quero!", at))]).await;
    let statuses = [old, newest, doubtful, other].map(|run| bench.status(run, 0));
    use DeliveryStatus::{Accepted, Replied};
    assert_eq!(statuses, [Accepted, Replied, Accepted, Accepted]);
    assert_eq!(kept(&bench)[0].answers.map(|(run, _)| run), Some(newest));
    let at = bench.pass(4 * 24 * 3_600);
    bench.hear(DEVINO, [inbound(written(2, ANA, "ainda vale?", at))]).await;
    assert_eq!(kept(&bench)[1].answers, None);
}

#[tokio::test]
async fn an_answer_that_names_its_message_is_to_that_one_even_when_the_name_becomes_known_later() {
    for early in [true, false] {
        let bench = Bench::new();
        let first = bench.run(WATI, &[ANA], &template("promo")).await;
        bench.call(first, &[0], accepted()).await;
        let sent_at = bench.pass(1);
        bench.pass(3_600);
        let second = bench.run(WATI, &[ANA], &template("promo")).await;
        bench.call(second, &[0], accepted()).await;
        let at = bench.pass(60);
        let answer = || {
            let in_reply_to = Some(MessageId::from("w1"));
            inbound(Inbound { in_reply_to, ..written(1, ANA, "quero!", at) })
        };
        let taught = || sent(ANA, "promo", &["w1"], sent_at);
        let heard = if early { [answer(), taught()] } else { [taught(), answer()] };
        bench.hear(WATI, heard).await;
        let statuses = [first, second].map(|run| bench.status(run, 0));
        assert_eq!(statuses, [DeliveryStatus::Replied, DeliveryStatus::Accepted], "early: {early}");
    }
}

#[tokio::test]
async fn an_answer_by_number_gives_its_message_no_name() {
    let bench = Bench::new();
    let run = bench.run(WATI, &[ANA], &template("promo")).await;
    bench.call(run, &[0], accepted()).await;
    let at = bench.pass(1);
    bench.pass(60);
    bench.hear(WATI, [inbound(written(1, ANA, "oi", at + 30_000))]).await;
    assert_eq!(bench.status(run, 0), DeliveryStatus::Replied);
    // What tells the name comes late, and finds it all the same.
    bench
        .hear(WATI, [sent(ANA, "promo", &["w1"], at), of_ids(&["w1"], reached(Milestone::Read), at + 9)])
        .await;
    assert_eq!(bench.delivery(run, 0).reached(Milestone::Read).map(|moment| moment.after()), Some(1_009));
}

#[tokio::test]
async fn an_answer_alone_proves_no_message() {
    let bench = Bench::new();
    let run = bench.run(DEVINO, &[ANA], &template("promo")).await;
    bench.call(run, &[0], in_doubt()).await;
    let at = bench.pass(60);
    bench.hear(DEVINO, [inbound(written(1, ANA, "oi", at))]).await;
    assert_eq!(bench.journal.settle_by_receipts(run).await.expect("settled"), 0);
    bench.hear(DEVINO, [of(bench.correlation(run, 0), reached(Milestone::Replied), at)]).await;
    assert_eq!(bench.tally(run).accepted, 1, "the provider's own word does");
}
