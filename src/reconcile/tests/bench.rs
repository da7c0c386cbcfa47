//! A store with runs over made-up people, and a reconciler over it.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tempfile::TempDir;

use crate::clock::{Clock, ManualClock};
use crate::domain::{
    Address, Attempt, ChunkRecipients, Content, Correlation, Delivery, DeliveryStatus, DoubtCause, Failure,
    FailureClass, FrozenChannel, Heard, Inbound, MessageId, Milestone, News, Occurrence, OnDoubt,
    OptOutWords, Params, Phone, Plan, Purpose, Reason, Receipt, Recipient, RecipientNumber, RowCounts,
    RunEvent, RunId, RunName, Safety, Standing, Tally, Verdict, Verdicts,
};
use crate::journal::{Alias, Journal, Letter, Place};
use crate::reconcile::{Counts, Reconciler, Wire};
use crate::roster::RosterWriter;

pub const ANA: &str = "5511987654321";
/// Ana's number as old accounts have it.
pub const ANA_SHORT: &str = "551187654321";
pub const BIA: &str = "5511987650002";
pub const CAIO: &str = "5511987650003";

/// The channel whose provider names messages by its own identifiers alone.
pub const WATI: &str = "wati";
/// The channel whose provider gives our names back.
pub const DEVINO: &str = "devino";

/// See the module.
pub struct Bench {
    pub folder: TempDir,
    pub clock: ManualClock,
    pub journal: Arc<Journal>,
    pub reconciler: Reconciler,
    /// Channels that were reported as throttled.
    pub throttled: Arc<Mutex<Vec<String>>>,
}

impl Bench {
    pub fn new() -> Self {
        let clock = ManualClock::new(Timestamp::from_second(1_795_000_000).expect("a time"));
        let folder = tempfile::tempdir().expect("a folder");
        let journal = Arc::new(open(&folder, &clock));
        let throttled = Arc::default();
        let reconciler = reconciler_of(&journal, &clock, &throttled);
        Self { folder, clock, journal, reconciler, throttled }
    }

    /// Another process over the same store.
    pub fn reopen(self) -> Self {
        let Self { folder, clock, journal, reconciler, throttled } = self;
        drop(reconciler);
        drop(Arc::into_inner(journal).expect("nobody else has the journal"));
        let journal = Arc::new(open(&folder, &clock));
        let reconciler = reconciler_of(&journal, &clock, &throttled);
        Self { folder, clock, journal, reconciler, throttled }
    }

    pub fn now(&self) -> i64 {
        self.clock.now().as_millisecond()
    }

    /// So many seconds pass.
    pub fn pass(&self, seconds: u64) -> i64 {
        self.clock.advance(Duration::from_secs(seconds));
        self.now()
    }

    /// A run over a channel that sends this content, and is being sent.
    pub async fn run(&self, channel: &str, people: &[&str], content: &Content) -> RunId {
        let run = self.journal.number_run().await.expect("a number");
        let mut roster = RosterWriter::create(self.journal.path(), run).expect("a roster");
        for (number, digits) in (0..).map(RecipientNumber).zip(people) {
            let address = Address::Phone(Phone::from_digits(digits).expect("a number"));
            let (row, standing) = (u64::from(number.0) + 1, Standing::Send);
            roster
                .push(&Recipient { number, row, address, channel: 0, standing, content: content.clone() })
                .expect("it fits");
        }
        let plan = plan(run, channel, people.len() as u64, self.clock.now());
        let hash = roster.finish(plan.clone()).expect("it fits");
        let standings = vec![Standing::Send; people.len()];
        self.journal.create_run(plan, hash, standings, Vec::new()).await.expect("the run is made");
        self.journal.happen(run, RunEvent::Started).await.expect("it starts");
        run
    }

    /// A call for these people with the same end for all.
    pub async fn call(&self, run: RunId, people: &[u32], verdict: Verdict) {
        let permit = self.journal.intend(run, 0, Attempt::FIRST, chunk(people)).await.expect("an intent");
        self.journal.settle(permit.spend(), Verdicts::All(verdict)).await.expect("an outcome");
    }

    /// A call that is accepted, one identifier for each, which the channel's receipts name.
    pub async fn call_named(&self, run: RunId, people: &[(u32, &str)]) {
        let numbers: Vec<_> = people.iter().map(|(number, _)| *number).collect();
        let permit = self.journal.intend(run, 0, Attempt::FIRST, chunk(&numbers)).await.expect("an intent");
        let verdict = |(_, id): &(u32, &str)| Verdict::Accepted { id: Some(MessageId::from(*id)) };
        let alias =
            |(number, id): &(u32, &str)| (Alias::new(WATI, &MessageId::from(*id)), RecipientNumber(*number));
        let verdicts = Verdicts::Each(people.iter().map(verdict).collect());
        let aliases = people.iter().map(alias).collect();
        self.journal.settle_with(permit.spend(), verdicts, Vec::new(), aliases).await.expect("an outcome");
    }

    /// Receipts and answers in one letter that is applied at once.
    pub async fn hear(&self, channel: &str, heard: impl IntoIterator<Item = Heard>) -> Counts {
        self.keep(channel, heard).await;
        self.reconciler.apply_waiting().await.expect("applied")
    }

    /// The same, kept and not applied.
    pub async fn keep(&self, channel: &str, heard: impl IntoIterator<Item = Heard>) {
        let heard = heard.into_iter().collect();
        let letter = Letter { channel: channel.to_owned(), received: self.now(), heard };
        self.journal.keep(vec![letter]).await.expect("kept");
    }

    pub fn delivery(&self, run: RunId, recipient: u32) -> Delivery {
        let of = |deliveries: &crate::journal::Deliveries| deliveries.of(RecipientNumber(recipient));
        self.journal.with_deliveries(run, of).expect("deliveries")
    }

    pub fn status(&self, run: RunId, recipient: u32) -> DeliveryStatus {
        self.delivery(run, recipient).status()
    }

    pub fn statuses(&self, run: RunId, recipients: u32) -> Vec<DeliveryStatus> {
        (0..recipients).map(|recipient| self.status(run, recipient)).collect()
    }

    pub fn place(&self, run: RunId, recipient: u32) -> Option<Place> {
        self.journal.with_ledger(run, |ledger| ledger.place(RecipientNumber(recipient))).expect("a ledger")
    }

    pub fn tally(&self, run: RunId) -> Tally {
        self.journal.view(run).expect("a run").summary.tally
    }

    /// What identifies the message of a recipient in our own words.
    pub fn correlation(&self, run: RunId, recipient: u32) -> Correlation {
        let store = self.journal.identifier().into();
        Correlation { store, run, recipient: RecipientNumber(recipient), attempt: Attempt::FIRST }
    }

    pub fn throttled(&self) -> Vec<String> {
        self.throttled.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn open(folder: &TempDir, clock: &ManualClock) -> Journal {
    Journal::open(folder.path(), Arc::new(clock.clone())).expect("the store opens")
}

fn reconciler_of(
    journal: &Arc<Journal>,
    clock: &ManualClock,
    throttled: &Arc<Mutex<Vec<String>>>,
) -> Reconciler {
    let wire = |provider: &str, is_found_by_id| Wire { provider: provider.to_owned(), is_found_by_id };
    let channels =
        BTreeMap::from([(WATI.to_owned(), wire("wati", true)), (DEVINO.to_owned(), wire("devino", false))]);
    let throttled = Arc::clone(throttled);
    let on_throttled = Arc::new(move |channel: &str| {
        throttled.lock().unwrap_or_else(PoisonError::into_inner).push(channel.to_owned());
    });
    let clock = Arc::new(clock.clone());
    Reconciler::new(Arc::clone(journal), clock, channels, OptOutWords::default(), on_throttled)
}

fn plan(run: RunId, channel: &str, people: u64, created: Timestamp) -> Plan {
    Plan {
        run,
        run_name: RunName::new("proof", run),
        campaign: "proof".to_owned(),
        occurrence: Occurrence(run.0),
        purpose: Purpose::Campaign,
        created,
        channels: vec![FrozenChannel {
            name: channel.to_owned(),
            provider: channel.to_owned(),
            values: BTreeMap::new(),
            base_address: "sandbox".to_owned(),
            sandbox: true,
        }],
        rows: RowCounts { rows: people, recipients: people, ..RowCounts::default() },
        already: 0,
        suppressed: 0,
        safety: Safety {
            stop_above: None,
            on_doubt: OnDoubt::Hold,
            doubt_ttl: Duration::from_secs(86_400),
            max_in_doubt: NonZeroU32::new(500).expect("not zero"),
        },
        rates: Vec::new(),
        ramp: None,
    }
}

fn chunk(people: &[u32]) -> ChunkRecipients {
    ChunkRecipients::new(people.iter().copied().map(RecipientNumber).collect()).expect("somebody")
}

pub fn template(name: &str) -> Content {
    let params = Params::Positional(Vec::new());
    Content::Template { id: name.to_owned(), language: None, params, validity: None }
}

pub fn accepted() -> Verdict {
    Verdict::Accepted { id: None }
}

pub fn in_doubt() -> Verdict {
    Verdict::InDoubt { cause: DoubtCause::Timeout }
}

/// A receipt that says nothing of whose it is.
pub fn receipt(news: News, at: i64) -> Receipt {
    Receipt {
        correlation: None,
        ids: Vec::new(),
        to: None,
        template: None,
        created: None,
        news,
        at: Some(at),
    }
}

/// One of a message with these identifiers.
pub fn of_ids(ids: &[&str], news: News, at: i64) -> Heard {
    let ids = ids.iter().map(|id| MessageId::from(*id)).collect();
    Heard::Receipt(Receipt { ids, ..receipt(news, at) })
}

/// What says to whom which message went.
pub fn sent(to: &str, template: &str, ids: &[&str], at: i64) -> Heard {
    let ids = ids.iter().map(|id| MessageId::from(*id)).collect();
    let to = Phone::from_digits(to);
    let template = Some(template.into());
    Heard::Receipt(Receipt { ids, to, template, created: Some(at), ..receipt(reached(Milestone::Sent), at) })
}

/// One with our own name.
pub fn of(correlation: Correlation, news: News, at: i64) -> Heard {
    Heard::Receipt(Receipt { correlation: Some(correlation), ..receipt(news, at) })
}

pub fn reached(milestone: Milestone) -> News {
    News::Reached(milestone)
}

pub fn failed(code: &str, class: FailureClass) -> News {
    let reason = Reason::new(code.to_owned(), format!("code {code}"));
    News::Failed(Failure { reason, class, retry: None })
}

/// What a person writes.
pub fn written(id: u64, from: &str, text: &str, at: i64) -> Inbound {
    Inbound {
        id: MessageId::Number(id),
        from: Phone::from_digits(from).expect("a number"),
        to: None,
        group: None,
        kind: "text".into(),
        text: Some(text.into()),
        payload: None,
        in_reply_to: None,
        profile: None,
        details: None,
        at: Some(at),
    }
}

pub fn inbound(inbound: Inbound) -> Heard {
    Heard::Inbound(Box::new(inbound))
}
