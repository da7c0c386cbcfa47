//! A workspace in small: journal, sandbox, engine, and runs over made-up people.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use disparo::clock::{Clock, SystemClock, Tick};
use disparo::domain::{
    Address, Channel, Conduct, Content, Occurrence, OnDoubt, Phone, Plan, ProviderLimits, Purpose, Rate,
    Recipient, RecipientNumber, RetryPolicy, RowCounts, RunEvent, RunId, RunName, Safety, Standing, Timing,
};
use disparo::engine::{Engine, EngineError, Interrupt, Link, Patience, freeze};
use disparo::events::Events;
use disparo::journal::{Journal, NewRun, RunView};
use disparo::provider::transport::Transport;
use disparo::provider::{self, all_facts};
use disparo::roster::RosterWriter;
use disparo::sandbox::{Sandbox, Scenario};
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

use super::WatchedClock;

/// See the module. Judged when it is dropped.
pub struct World {
    pub engine: Engine,
    pub sandbox: Sandbox,
    pub folder: TempDir,
    /// Whether somebody was told that people may be messaged twice.
    pub repeats: bool,
    /// Whether somebody else than the sandbox took people, who keeps no record.
    pub without_record: bool,
    watched: Option<WatchedClock>,
}

pub fn limits(provider: &str) -> Arc<ProviderLimits> {
    let facts = all_facts().into_iter().find(|facts| facts.name == provider).expect("a provider");
    facts.limits.clone().expect("readable limits")
}

/// A Devino channel without a limit of its own: ten recipients a call, eight calls at once.
pub fn channel(name: &str) -> Channel {
    Channel {
        name: name.to_owned(),
        provider: "devino",
        values: BTreeMap::from([("from", name.to_owned())]),
        secret: None,
        rates: Vec::new(),
        monthly_calls: None,
        portfolio: None,
        chunk: number(10),
        most_recipients: number(32_000),
        in_flight: number(8),
        timeout: Duration::from_secs(30),
        retry: RetryPolicy::default(),
        base_url: "http://127.0.0.1:9".to_owned(),
        callback_url: None,
        webhook: None,
        sandbox: true,
        limits: limits("devino"),
    }
}

pub fn rate(text: &str) -> Rate {
    text.parse().expect(text)
}

pub fn number(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).expect("not zero")
}

impl World {
    /// On the system's clock.
    pub fn new(scenario: &str) -> Self {
        Self::on(Arc::new(SystemClock::new()), scenario, None)
    }

    /// On a clock that stands still until [`World::pass`] moves it.
    pub fn by_hand(scenario: &str) -> Self {
        let clock = WatchedClock::new();
        Self::on(Arc::new(clock.clone()), scenario, Some(clock))
    }

    fn on(clock: Arc<dyn Clock>, scenario: &str, watched: Option<WatchedClock>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let scenario = read(scenario);
        let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let sandbox = Sandbox::start(listen, scenario, Arc::clone(&clock)).expect("a sandbox");
        let journal = Journal::open(&folder.path().join("store"), Arc::clone(&clock)).expect("a journal");
        let engine =
            Engine { journal: Arc::new(journal), clock, events: Events::new(), interrupt: Interrupt::new() };
        Self { engine, sandbox, folder, repeats: false, without_record: false, watched }
    }

    /// Another scenario from now on.
    pub fn meet(&self, scenario: &str) {
        self.sandbox.set_scenario(read(scenario));
    }

    pub fn view(&self, run: RunId) -> RunView {
        self.engine.journal.view(run).expect("a run")
    }

    /// Something happens to a run.
    pub async fn happen(&self, run: RunId, event: RunEvent) {
        self.engine.journal.happen(run, event).await.expect("it can happen");
    }

    pub fn clock(&self) -> &WatchedClock {
        self.watched.as_ref().expect("a world by hand")
    }

    pub fn tick(&self) -> Tick {
        self.engine.clock.tick()
    }

    /// Ends this world's process and begins another over the same store, as after a crash or an exit.
    pub fn reopen(&mut self) {
        let clock = Arc::clone(&self.engine.clock);
        let path = self.engine.journal.path().to_owned();
        let elsewhere = self.folder.path().join("elsewhere");
        // The store is locked until its journal is gone.
        self.engine.journal =
            Arc::new(Journal::open(&elsewhere, Arc::clone(&clock)).expect("a journal elsewhere"));
        self.engine.journal = Arc::new(Journal::open(&path, clock).expect("the journal opens again"));
        self.engine.interrupt = Interrupt::new();
    }

    /// A run over so many people, spread over the channels in turn. `change` edits its plan.
    pub async fn freeze(&self, people: u32, channels: &[Channel], change: impl FnOnce(&mut Plan)) -> RunId {
        let text = |number| Content::Text { text: format!("Oi {number}") };
        self.freeze_for(people, channels, text, None, change).await
    }

    /// A run that goes on as `conduct` says.
    pub async fn freeze_with(&self, people: u32, channels: &[Channel], conduct: Conduct) -> RunId {
        let text = |number| Content::Text { text: format!("Oi {number}") };
        self.freeze_all(people, channels, text, None, conduct, |_| {}, Timing::default(), phone).await
    }

    /// A run over these numbers in the channels' order, which may send as `timing` says.
    pub async fn freeze_timed(
        &self,
        phones: &[Phone],
        channels: &[Channel],
        timing: Timing,
        conduct: Conduct,
    ) -> RunId {
        let text = |number| Content::Text { text: format!("Oi {number}") };
        let phone = |number| phones[usize::try_from(number).expect("few")];
        let people = u32::try_from(phones.len()).expect("few");
        self.freeze_all(people, channels, text, None, conduct, |_| {}, timing, phone).await
    }

    /// The same with other contents, and a channel for the rejected.
    pub async fn freeze_for(
        &self,
        people: u32,
        channels: &[Channel],
        content: impl Fn(u32) -> Content,
        fallback: Option<&Channel>,
        change: impl FnOnce(&mut Plan),
    ) -> RunId {
        let conduct = Conduct::default();
        self.freeze_all(people, channels, content, fallback, conduct, change, Timing::default(), phone).await
    }

    #[expect(clippy::too_many_arguments, reason = "everything that may differ between two runs")]
    async fn freeze_all(
        &self,
        people: u32,
        channels: &[Channel],
        content: impl Fn(u32) -> Content,
        fallback: Option<&Channel>,
        conduct: Conduct,
        change: impl FnOnce(&mut Plan),
        timing: Timing,
        phone: impl Fn(u32) -> Phone,
    ) -> RunId {
        let journal = &self.engine.journal;
        let run = journal.number_run().await.expect("a number");
        let recipients = u64::from(people);
        let mut plan = Plan {
            run,
            run_name: RunName::new("bench", run),
            campaign: "bench".to_owned(),
            occurrence: Occurrence(run.0),
            purpose: Purpose::Campaign,
            created: self.engine.clock.now(),
            channels: channels.iter().map(freeze).collect(),
            rows: RowCounts { rows: recipients, recipients, ..RowCounts::default() },
            already: 0,
            suppressed: 0,
            safety: Safety {
                stop_above: None,
                on_doubt: OnDoubt::Hold,
                doubt_ttl: Duration::from_secs(86_400),
                max_in_doubt: number(500),
            },
            rates: Vec::new(),
            ramp: None,
        };
        change(&mut plan);
        let mut writer = RosterWriter::create(journal.path(), run).expect("a roster");
        for (number, channel) in (0..people).zip((0..channels.len()).cycle()) {
            let channel = u16::try_from(channel).expect("few");
            let address = Address::Phone(phone(number));
            let recipient = Recipient { content: content(number), address, ..recipient(number, channel) };
            writer.push(&recipient).expect("pushed");
        }
        let hash = writer.finish(plan.clone()).expect("frozen");
        let standings = (0..people).map(|_| Standing::Send).collect();
        let made = journal.create_run_with(NewRun {
            fallback: fallback.map(freeze),
            conduct,
            timing,
            ..NewRun::plain(plan, hash, standings, Vec::new())
        });
        let made = made.await;
        made.expect("made");
        run
    }

    /// Begins to send a run to this world's sandbox.
    pub fn start(&self, run: RunId, channels: &[Channel]) -> Sending {
        self.start_at(run, channels, &self.sandbox.base_url())
    }

    /// Begins to send a run to whoever is at that address.
    pub fn start_at(&self, run: RunId, channels: &[Channel], base_url: &str) -> Sending {
        self.start_over(run, channels.iter().map(|channel| link(channel, base_url)).collect())
    }

    /// Begins to send a run over these links.
    pub fn start_over(&self, run: RunId, links: Vec<Arc<Link>>) -> Sending {
        self.start_with(run, links, Patience::Stay)
    }

    /// The same, with this patience outside the run's window.
    pub fn start_with(&self, run: RunId, links: Vec<Arc<Link>>, patience: Patience) -> Sending {
        let engine = self.engine.clone();
        tokio::spawn(async move { engine.send(run, &links, None, patience).await })
    }

    /// Sends a run until it stops by itself.
    pub async fn send(&self, run: RunId, channels: &[Channel]) -> RunView {
        let mut sending = self.start(run, channels);
        match &self.watched {
            Some(_) => self.until_over(&mut sending).await.expect("sent"),
            None => sending.await.expect("no panic").expect("sent"),
        }
    }

    /// Lets time pass until the sending is over.
    ///
    /// On a busy machine the last steps of a sending, which leave no trace, may take longer than what `settled`
    /// waits for. So it is looked at again for a while before it is said to hang.
    pub async fn until_over(&self, sending: &mut Sending) -> Result<RunView, EngineError> {
        let mut looks = 0;
        loop {
            self.settled().await;
            if sending.is_finished() {
                return sending.await.expect("no panic");
            }
            if self.clock().next().is_none() && looks < 1_000 {
                looks += 1;
            } else {
                self.to_the_next(Duration::MAX);
                looks = 0;
            }
        }
    }

    /// Lets so much time pass, in steps from one thing that happens to the next.
    pub async fn pass(&self, time: Duration) {
        let end = self.tick().after(time);
        self.settled().await;
        while self.tick() < end {
            self.to_the_next(end.since(self.tick()));
            self.settled().await;
        }
    }

    fn to_the_next(&self, most: Duration) {
        let now = self.tick();
        let next = self.clock().next().map_or(most, |next| next.since(now).min(most));
        assert!(next < Duration::MAX, "nobody waits for time to pass");
        self.clock().advance(next);
    }

    /// Waits until nothing more happens unless time passes: until a way to the journal and a way to the
    /// sandbox, each as long as any step of a call, change nothing any more.
    pub async fn settled(&self) {
        let mut before = self.traces();
        let mut alike = 0;
        while alike < 3 {
            self.engine.journal.suppress(Vec::new(), String::new()).await.expect("a way to the journal");
            self.way_to_the_sandbox().await;
            let now = self.traces();
            alike = if now == before && self.clock().next().is_none_or(|next| next > self.tick()) {
                alike + 1
            } else {
                0
            };
            before = now;
        }
    }

    async fn way_to_the_sandbox(&self) {
        const REQUEST: &[u8] = b"GET /sandbox/state HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n\r\n";
        let mut way = TcpStream::connect(self.sandbox.address()).await.expect("a way to the sandbox");
        way.write_all(REQUEST).await.expect("sent");
        way.read_to_end(&mut Vec::new()).await.expect("answered");
    }

    /// Whatever every step of a call changes.
    fn traces(&self) -> impl PartialEq + use<> {
        let views = self.engine.journal.views().expect("the journal is open");
        let state = self.sandbox.record().state();
        (views, state.calls, state.held, self.clock().sleepers())
    }
}

fn read(scenario: &str) -> Scenario {
    Scenario::read(Path::new("scenario.toml"), scenario).expect("a scenario")
}

pub fn link(channel: &Channel, base_url: &str) -> Arc<Link> {
    let secret = SecretString::from("sandbox".to_owned());
    let transport =
        Transport::new(disparo::provider::entry(channel).expect("known"), channel, base_url, secret)
            .expect("a transport");
    let provider = provider::open(channel).expect("a provider");
    Arc::new(Link::new(channel.clone(), provider, transport))
}

/// A run that is being sent.
pub type Sending = JoinHandle<Result<RunView, EngineError>>;

/// Everybody's phone by number.
pub fn phone(number: u32) -> Phone {
    Phone::from_digits(&format!("55119{:08}", 80_000_000 + number)).expect("a phone")
}

pub fn recipient(number: u32, channel: u16) -> Recipient {
    Recipient {
        number: RecipientNumber(number),
        row: u64::from(number) + 1,
        address: Address::Phone(phone(number)),
        channel,
        standing: Standing::Send,
        content: Content::Text { text: format!("Oi {number}") },
    }
}
