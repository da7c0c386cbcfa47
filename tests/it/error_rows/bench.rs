//! A case, and the real client that makes it: a real journal's permit, the real transport, a far side that
//! says what the case has it say.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use disparo::clock::SystemClock;
use disparo::domain::{
    Action, Address, Attempt, Channel, ChunkRecipients, Content, ErrorClass, ErrorRow, FrozenChannel,
    Occurrence, OnDoubt, Phone, Plan, PlanHash, Purpose, Reason, Recipient, RecipientNumber, Reply,
    RowCounts, RunEvent, RunId, RunName, Safety, Signal, Standing, Verdict, Verdicts,
};
use disparo::journal::Journal;
use disparo::provider::transport::Transport;
use disparo::provider::{CallTag, Outgoing, all_facts, entry, open};
use disparo::settings::{Channels, Workspace};
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::harness::Recorder;

const RUN: RunId = RunId(1);

/// Code, field and words of a row; the latter two empty where it has none.
pub type Key = (String, String, String);

/// What is done, and for whom.
pub type Done = fn() -> (Address, Content);

/// A row, what is done over which channel, what the far side answers, and what that comes to.
pub struct Case {
    pub row: Key,
    client: &'static str,
    done: (Address, Content),
    answers: Vec<(u16, String)>,
    class: ErrorClass,
}

/// A case; where two answers are given, the first is to the look-up.
pub fn case<const N: usize>(
    (code, field, words): (&str, &str, &str),
    client: &'static str,
    done: (Address, Content),
    answers: [(u16, &str); N],
    class: ErrorClass,
) -> Case {
    let row = (code.to_owned(), field.to_owned(), words.to_owned());
    let answers = answers.map(|(status, body)| (status, body.to_owned())).to_vec();
    Case { row, client, done, answers, class }
}

/// What tells a row from the others.
pub fn key(row: &ErrorRow) -> Key {
    (row.code.clone(), row.field.clone().unwrap_or_default(), row.words.join(" "))
}

/// A text to a person.
pub fn text() -> (Address, Content) {
    (phone(), Content::Text { text: "Oi".to_owned() })
}

/// A person's number.
pub fn phone() -> Address {
    Address::Phone(Phone::from_digits("5511987654321").expect("a number"))
}

/// Something is done to a person.
pub fn to_person(action: Action) -> (Address, Content) {
    (phone(), Content::Action(action))
}

/// Something is done to what has this name or id.
pub fn to_named(action: Action) -> (Address, Content) {
    (Address::Named("68e54649a3744412be5cc107".into()), Content::Action(action))
}

/// Something is done to a group.
pub fn to_group(action: Action) -> (Address, Content) {
    (Address::Group("5519900000000-1513616971".into()), Content::Action(action))
}

/// A channel of each provider, and one of each of its modes that is tested.
const CHANNELS: &str = r#"
[devino]
provider = "devino"
from = "MyCompany"
key = { env = "TEST_KEY" }
[wati]
provider = "wati"
tenant = "1234"
number = "5511900000001"
token = { env = "TEST_KEY" }
[wati-v3]
provider = "wati"
mode = "v3"
tenant = "1234"
number = "5511900000001"
token = { env = "TEST_KEY" }
[sinch]
provider = "sinch"
user = "maria"
token = { env = "TEST_KEY" }
[omnichannel]
provider = "omnichannel"
account = "9a92ea44-244c-4cda-86be-6a9e32ba8f34"
channel = "689a05215b711247e8f54022"
platform = "karoochat"
agent = "Ana"
token = { env = "TEST_KEY" }
base_url = "http://127.0.0.1:9"
"#;

/// A journal with a run of so many recipients, and the channels.
pub struct Bench {
    channels: Channels,
    journal: Journal,
    runtime: Runtime,
    cases: u32,
    _folder: TempDir,
}

impl Bench {
    pub fn new(cases: usize) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("channels.toml"), CHANNELS).expect("a writable folder");
        let workspace = Workspace::find(folder.path()).expect("a workspace");
        let channels =
            Channels::load(&workspace, &all_facts()).unwrap_or_else(|problems| panic!("{problems}"));
        let clock = Arc::new(SystemClock::new());
        let journal = Journal::open(&folder.path().join("store"), clock).expect("a journal");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let standings = vec![Standing::Send; cases];
        let made = journal.create_run(plan(cases), PlanHash([1; 32]), standings, Vec::new());
        runtime.block_on(made).expect("made");
        runtime.block_on(journal.happen(RUN, RunEvent::Started)).expect("started");
        Self { channels, journal, runtime, cases: 0, _folder: folder }
    }

    /// Does what a case does.
    ///
    /// # Errors
    /// What came instead of what it says.
    pub fn judge(&mut self, case: &Case) -> Result<(), String> {
        let mut channel = self.channels.get(case.client).expect("a channel").clone();
        let number = numbered(&mut channel, &case.row);
        let row = channel.limits.errors[number].clone();
        let far_side = Recorder::answering(case.answers.clone());
        let reply = self.sent(&channel, &far_side, &case.done);
        let asked = far_side.received().len();
        if asked != case.answers.len() {
            return Err(format!("{:?}: {asked} requests instead of {}", case.row, case.answers.len()));
        }
        let expected = expected(case.class, &row);
        let came = came(&reply);
        if came == expected {
            Ok(())
        } else {
            Err(format!("{:?}: {came:?} instead of {expected:?}", case.row))
        }
    }

    fn sent(&mut self, channel: &Channel, far_side: &Recorder, done: &(Address, Content)) -> Reply {
        let number = RecipientNumber(self.cases);
        self.cases += 1;
        let secret = SecretString::from("secret".to_owned());
        let transport = Transport::new(entry(channel).expect("known"), channel, &far_side.base_url(), secret);
        let (transport, provider) = (transport.expect("a transport"), open(channel).expect("a client"));
        let (address, content) = done.clone();
        provider.check(&address, &content).unwrap_or_else(|problem| panic!("{problem}"));
        let recipient = Recipient { number, row: 1, address, channel: 0, standing: Standing::Send, content };
        let tag = CallTag {
            store: "a1b2".to_owned(),
            run: RUN,
            attempt: Attempt::FIRST,
            campaign: "rows".to_owned(),
        };
        let outgoing = Outgoing { tag, recipients: vec![recipient] };
        let chunk = ChunkRecipients::new(vec![number]).expect("one");
        self.runtime.block_on(async {
            let permit = self.journal.intend(RUN, 0, Attempt::FIRST, chunk).await.expect("intended");
            let looked_up = transport.look_up(provider.as_ref(), &outgoing).await;
            let sent = transport.send(permit, provider.as_ref(), &outgoing, looked_up);
            let (spent, reply) = sent.await;
            self.journal.settle(spent, reply.verdicts.clone()).await.expect("settled");
            reply
        })
    }
}

/// Gives each row of a channel its number for a sentence, or for a wait where that is all it tells; gives
/// this row's.
fn numbered(channel: &mut Channel, wanted: &Key) -> usize {
    let mut limits = (*channel.limits).clone();
    for (number, row) in limits.errors.iter_mut().enumerate() {
        row.sentences.en = format!("row {number}");
        if row.class == ErrorClass::Throttled {
            row.retry = Some(Duration::from_secs(number as u64));
        }
    }
    let number = limits.errors.iter().position(|row| key(row) == *wanted).expect("a row");
    channel.limits = Arc::new(limits);
    number
}

/// Code, sentence, whether it says when it may be tried again, whether it suppresses.
type Told = (String, String, bool, bool);

/// Verdict and signal in a word each, their reason, and how long the channel waits.
type Came = (&'static str, &'static str, Option<Told>, Option<Duration>);

fn expected(class: ErrorClass, row: &ErrorRow) -> Came {
    let code = match row.field.as_deref() {
        Some(field) => format!("{}:{field}", row.code),
        None => row.code.clone(),
    };
    let reason = Some((code, row.sentences.en.clone(), row.retry.is_some(), row.suppress));
    match class {
        ErrorClass::Recipient => ("rejected", "answered", reason, None),
        ErrorClass::Transient => ("transient", "answered", reason, None),
        ErrorClass::Campaign => ("unsent", "campaign refused", reason, None),
        ErrorClass::Channel => ("unsent", "channel refused", reason, None),
        ErrorClass::Either => ("unsent", "refused", reason, None),
        ErrorClass::Throttled => ("unsent", "throttled", None, row.retry),
        ErrorClass::TooMany => ("unsent", "too many", None, None),
        ErrorClass::Doubt => ("in doubt", "in doubt", None, None),
    }
}

fn came(reply: &Reply) -> Came {
    let verdict = match &reply.verdicts {
        Verdicts::All(verdict) => verdict,
        Verdicts::Each(verdicts) => verdicts.first().expect("one recipient"),
    };
    let (verdict, of_verdict) = match verdict {
        Verdict::Accepted { .. } => ("accepted", None),
        Verdict::Rejected { reason } => ("rejected", Some(reason)),
        Verdict::Transient { reason } => ("transient", Some(reason)),
        Verdict::Unsent => ("unsent", None),
        Verdict::InDoubt { .. } => ("in doubt", None),
    };
    let mut wait = None;
    let (signal, of_signal) = match &reply.signal {
        Signal::Answered => ("answered", None),
        Signal::Throttled { retry_after } => {
            wait = *retry_after;
            ("throttled", None)
        }
        Signal::TooMany => ("too many", None),
        Signal::Refused { reason } => ("refused", Some(reason)),
        Signal::SomebodyRefused { reason } => ("somebody refused", Some(reason)),
        Signal::CampaignRefused { reason } => ("campaign refused", Some(reason)),
        Signal::ChannelRefused { reason } => ("channel refused", Some(reason)),
        Signal::InDoubt { .. } => ("in doubt", None),
        Signal::NotSent { .. } => ("not sent", None),
    };
    let told = |reason: &Reason| {
        let (sentence, _) = reason.parts();
        let (row, when) = sentence.split_once("; ").unwrap_or((sentence, ""));
        (reason.code.to_string(), row.to_owned(), when.contains("tried again"), reason.suppress)
    };
    (verdict, signal, of_verdict.or(of_signal).map(told), wait)
}

fn plan(recipients: usize) -> Plan {
    let recipients = recipients as u64;
    Plan {
        run: RUN,
        run_name: RunName::new("rows", RUN),
        campaign: "rows".to_owned(),
        occurrence: Occurrence(1),
        purpose: Purpose::Campaign,
        created: jiff::Timestamp::UNIX_EPOCH,
        channels: vec![FrozenChannel {
            name: "main".to_owned(),
            provider: "devino".to_owned(),
            values: BTreeMap::new(),
            base_address: "sandbox".to_owned(),
            sandbox: true,
        }],
        rows: RowCounts { rows: recipients, recipients, ..RowCounts::default() },
        already: 0,
        suppressed: 0,
        safety: Safety {
            stop_above: None,
            on_doubt: OnDoubt::Hold,
            doubt_ttl: Duration::from_secs(86_400),
            max_in_doubt: NonZeroU32::new(1_000).expect("not zero"),
        },
        rates: Vec::new(),
        ramp: None,
    }
}
