//! Any order and any repetition of receipts, in letters of any size, with the process dying at any moment:
//! the same deliveries, the same balance, the same people left alone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use disparo::clock::{Clock, ManualClock};
use disparo::domain::{
    Address, Attempt, Content, Correlation, Delivery, DoubtCause, Failure, FailureClass, Heard, Inbound,
    MessageId, Milestone, News, OptOutWords, Params, Phone, Reason, Receipt, Recipient, RecipientNumber,
    RunEvent, RunId, Standing, Tally, Verdict, Verdicts,
};
use disparo::journal::{Alias, Deliveries, DeliveryCounts, Journal, Letter};
use disparo::reconcile::{Reconciler, Wire};
use disparo::roster::RosterWriter;
use jiff::Timestamp;
use proptest::prelude::*;
use tempfile::TempDir;

use super::plans::{people, plan, wait};

const RUN: RunId = RunId(1);
const PEOPLE: u32 = 4;
const SECOND: i64 = 1_795_000_000;

/// What the end of a schedule is judged by.
#[derive(Debug, PartialEq, Eq)]
struct End {
    deliveries: Vec<Delivery>,
    counts: DeliveryCounts,
    tally: Tally,
    suppressed: Vec<u64>,
    inbound: Vec<usize>,
}

struct World {
    folder: TempDir,
    clock: ManualClock,
    is_found_by_id: bool,
    journal: Option<Arc<Journal>>,
}

fn phone(number: u32) -> Phone {
    Phone::from_digits(&format!("55119876500{:02}", number + 10)).expect("a number")
}

fn name(number: u32, which: u32) -> MessageId {
    // Beyond 2^53, where neighbours are told apart by whole numbers alone.
    MessageId::Number((1 << 60) + u64::from(number * 10 + which))
}

impl World {
    /// Four people over one channel: two accepted, one in doubt, one in a call whose process died.
    fn new(is_found_by_id: bool) -> Self {
        let now = Timestamp::from_second(SECOND).expect("a time");
        let folder = tempfile::tempdir().expect("a folder");
        let mut world = Self { folder, clock: ManualClock::new(now), is_found_by_id, journal: None };
        world.open();
        let journal = world.journal();
        let mut roster = RosterWriter::create(journal.path(), RUN).expect("a roster");
        let params = Params::Positional(Vec::new());
        let content = Content::Template { id: "promo".to_owned(), language: None, params, validity: None };
        for number in 0..PEOPLE {
            let (address, content) = (Address::Phone(phone(number)), content.clone());
            let number = RecipientNumber(number);
            let standing = Standing::Send;
            roster
                .push(&Recipient { number, row: 1, address, channel: 0, standing, content })
                .expect("it fits");
        }
        let standings = vec![Standing::Send; PEOPLE as usize];
        let plan = plan(RUN, &standings, 100);
        let hash = roster.finish(plan.clone()).expect("it fits");
        wait(async {
            journal.create_run(plan, hash, standings, Vec::new()).await.expect("made");
            journal.happen(RUN, RunEvent::Started).await.expect("started");
            let call = |numbers: std::ops::Range<u32>| {
                journal.intend(RUN, 0, Attempt::FIRST, people(numbers).expect("somebody"))
            };
            let permit = call(0..3).await.expect("an intent");
            let known = |number| Verdict::Accepted { id: Some(name(number, 0)) };
            let lost = Verdict::InDoubt { cause: DoubtCause::Timeout };
            let aliases =
                (0..2).map(|number| (Alias::new("devino", &name(number, 0)), RecipientNumber(number)));
            let verdicts = Verdicts::Each(vec![known(0), known(1), lost]);
            journal
                .settle_with(permit.spend(), verdicts, Vec::new(), aliases.collect())
                .await
                .expect("settled");
            drop(call(3..4).await.expect("an intent"));
        });
        drop(journal);
        world.open();
        world.clock.advance(Duration::from_secs(100));
        world
    }

    /// Another process.
    fn open(&mut self) {
        drop(self.journal.take());
        let clock = Arc::new(self.clock.clone());
        self.journal = Some(Arc::new(Journal::open(self.folder.path(), clock).expect("the store opens")));
    }

    fn journal(&self) -> Arc<Journal> {
        Arc::clone(self.journal.as_ref().expect("open"))
    }

    fn apply(&self) {
        let wire = Wire { provider: "devino".to_owned(), is_found_by_id: self.is_found_by_id };
        let channels = BTreeMap::from([("main".to_owned(), wire)]);
        let clock = Arc::new(self.clock.clone());
        let nobody = Arc::new(|_: &str| {});
        let reconciler = Reconciler::new(self.journal(), clock, channels, OptOutWords::default(), nobody);
        wait(reconciler.apply_waiting()).expect("applied");
    }

    fn keep(&self, heard: Vec<Heard>) {
        let received = self.clock.now().as_millisecond();
        let letter = Letter { channel: "main".to_owned(), received, heard };
        wait(self.journal().keep(vec![letter])).expect("kept");
    }

    fn end(&self) -> End {
        let journal = self.journal();
        disparo::engine::occurrence::attach(&journal, RUN).expect("attached");
        let all = |deliveries: &Deliveries| deliveries.all().map(|(_, delivery)| *delivery).collect();
        let mut suppressed: Vec<_> =
            journal.suppressions().into_iter().map(|(person, _)| person.as_u64()).collect();
        suppressed.sort_unstable();
        let inbound = |number| journal.inbound_of(phone(number).person()).expect("read").len();
        End {
            deliveries: journal.with_deliveries(RUN, all).expect("read"),
            counts: journal.delivery_counts(RUN).expect("read"),
            tally: journal.view(RUN).expect("a run").summary.tally,
            suppressed,
            inbound: (0..PEOPLE).map(inbound).collect(),
        }
    }
}

fn news() -> impl Strategy<Value = News> {
    let failure = (0_u32..3, 0_usize..3).prop_map(|(code, class)| {
        let class = [FailureClass::Final, FailureClass::Transient, FailureClass::Suppress][class];
        News::Failed(Failure { reason: Reason::new(code.to_string(), "no"), class, retry: None })
    });
    prop_oneof![
        prop::sample::select(vec![
            Milestone::Queued,
            Milestone::Sent,
            Milestone::Delivered,
            Milestone::Read,
            Milestone::Replied
        ])
        .prop_map(News::Reached),
        failure,
        Just(News::Clicked(Default::default())),
        Just(News::Unknown("limbo".into())),
    ]
}

/// Something heard of one of the four, at a moment of which many are equal and some are yet to come.
fn heard() -> impl Strategy<Value = (u32, u32, News, i64)> {
    (0..PEOPLE, 0_u32..3, news(), prop::sample::select(vec![-5_i64, 10, 20, 20, 30, 90, 5_000]))
}

fn written(number: u32, which: u64, text: &str) -> Heard {
    Heard::Inbound(Box::new(Inbound {
        id: MessageId::Number(which),
        from: phone(number),
        to: None,
        group: None,
        kind: "text".into(),
        text: Some(text.into()),
        payload: None,
        in_reply_to: None,
        profile: None,
        details: None,
        at: Some((SECOND + 50) * 1_000),
    }))
}

fn told(journal: &Journal, is_found_by_id: bool, what: &(u32, u32, News, i64)) -> Heard {
    let (number, which, news, seconds) = what.clone();
    let store = journal.identifier().into();
    let recipient = RecipientNumber(number);
    let ours = Correlation { store, run: RUN, recipient, attempt: Attempt::FIRST };
    Heard::Receipt(Receipt {
        correlation: (!is_found_by_id).then_some(ours),
        ids: vec![name(number, which)],
        to: None,
        template: None,
        created: None,
        news,
        at: Some((SECOND + seconds) * 1_000),
    })
}

/// What teaches every name of a message, with the number where the provider says it.
fn taught(number: u32) -> Heard {
    Heard::Receipt(Receipt {
        correlation: None,
        ids: (0..3).map(|which| name(number, which)).collect(),
        to: Some(phone(number)),
        template: Some("promo".into()),
        created: Some((SECOND + 1) * 1_000),
        news: News::Reached(Milestone::Sent),
        at: Some((SECOND + 2) * 1_000),
    })
}

/// Applies everything in this order, in letters of these sizes; the process dies where it is said.
fn play(is_found_by_id: bool, heard: &[Heard], sizes: &[(usize, bool, bool)]) -> End {
    let mut world = World::new(is_found_by_id);
    let mut rest = heard.to_vec();
    // Correlations name the store.
    let identifier: Box<str> = world.journal().identifier().into();
    for heard in &mut rest {
        if let Heard::Receipt(Receipt { correlation: Some(correlation), .. }) = heard {
            correlation.store.clone_from(&identifier);
        }
    }
    let mut sizes = sizes.iter().cycle();
    while !rest.is_empty() {
        let (size, applies, dies) = *sizes.next().expect("for ever");
        let letter: Vec<_> = rest.drain(..size.min(rest.len())).collect();
        world.keep(letter);
        if dies {
            world.open();
        }
        if applies {
            world.apply();
        }
    }
    world.apply();
    world.apply();
    world.open();
    world.end()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_and_any_repetition_leads_to_the_same(
        is_found_by_id in any::<bool>(),
        seed in prop::collection::vec(heard(), 1..14),
        doubled in prop::collection::vec(any::<prop::sample::Index>(), 0..10),
        order in any::<prop::sample::Index>(),
        shuffle in any::<u64>(),
        sizes in prop::collection::vec((1_usize..5, any::<bool>(), prop::bool::weighted(0.2)), 1..6),
    ) {
        let any_store = tempfile::tempdir().expect("a folder");
        let journal = super::plans::open(any_store.path());
        let mut all: Vec<Heard> = seed.iter().map(|what| told(&journal, is_found_by_id, what)).collect();
        if is_found_by_id {
            all.extend((0..PEOPLE).map(taught));
        }
        all.push(written(0, 1, "oi"));
        all.push(written(1, 2, "SAIR"));
        let plain = play(is_found_by_id, &all, &[(1_000, true, false)]);
        let again: Vec<_> = doubled.iter().map(|index| index.get(&all).clone()).collect();
        all.extend(again);
        let by = order.index(all.len());
        all.rotate_left(by);
        shuffled(&mut all, shuffle);
        let other = play(is_found_by_id, &all, &sizes);
        prop_assert_eq!(plain, other);
    }
}

fn shuffled(all: &mut [Heard], mut seed: u64) {
    for last in (1..all.len()).rev() {
        // An ordinary linear congruence: the order has to be any, not unpredictable.
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let chosen = usize::try_from(seed >> 33).unwrap_or(0) % (last + 1);
        all.swap(last, chosen);
    }
}
