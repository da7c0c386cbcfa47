//! Counters and histograms of this process, fed as things happen.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::labels::{OfChannel, OfClass, OfOutcome};
use super::speed::Speeds;
use crate::clock::Clock;
use crate::domain::RunId;
use crate::events::{Event, Tap};
use crate::journal::Journal;

/// Seconds that answers take: from a sandbox on this machine to a channel's longest timeout.
const CALL_SECONDS: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Seconds until a webhook is answered. Sinch takes no answer that comes after 200 ms.
const DURABLE_SECONDS: [f64; 9] = [0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 1.0];

/// Seconds by which news are behind: from at once to a provider that was away for days.
const BEHIND_SECONDS: [f64; 10] = [0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 3_600.0, 21_600.0, 86_400.0];

type Histograms = Family<OfChannel, Histogram, fn() -> Histogram>;

/// See the module. Shared by everything that is counted.
#[derive(Debug)]
pub struct Metrics {
    pub(super) journal: Arc<Journal>,
    pub(super) clock: Arc<dyn Clock>,
    /// The store's folder.
    pub(super) folder: PathBuf,
    /// When the process began, in seconds since the Unix epoch.
    pub(super) began: f64,
    pub(super) registry: Registry,
    pub(super) speeds: Mutex<Speeds>,
    messages: Family<OfClass, Counter>,
    calls: Family<OfOutcome, Counter>,
    latency: Histograms,
    throttles: Family<OfChannel, Counter>,
    heard: Family<OfChannel, Counter>,
    durable: Histograms,
    behind: Histograms,
    /// Names of the channels of runs that are sent, in their plans' order.
    names: Mutex<HashMap<RunId, Vec<String>>>,
}

/// What came of recipients, by class.
type Classes = [(&'static str, u32); 5];

impl Metrics {
    /// Nothing counted yet.
    #[must_use]
    pub fn new(journal: Arc<Journal>, clock: Arc<dyn Clock>) -> Self {
        let mut registry = Registry::with_prefix("disparo");
        let messages = Family::<OfClass, Counter>::default();
        let calls = Family::<OfOutcome, Counter>::default();
        let latency: Histograms = Family::new_with_constructor(|| Histogram::new(CALL_SECONDS));
        let throttles = Family::<OfChannel, Counter>::default();
        let heard = Family::<OfChannel, Counter>::default();
        let durable: Histograms = Family::new_with_constructor(|| Histogram::new(DURABLE_SECONDS));
        let behind: Histograms = Family::new_with_constructor(|| Histogram::new(BEHIND_SECONDS));
        registry.register(
            "messages",
            "Recipients of provider calls by what came of them at once",
            messages.clone(),
        );
        registry.register("calls", "Provider calls that carried messages, by outcome", calls.clone());
        registry.register_with_unit(
            "call_latency",
            "From the first byte of a call to its answer, or to giving up",
            Unit::Seconds,
            latency.clone(),
        );
        registry.register("throttles", "How often a channel had to slow down", throttles.clone());
        registry.register(
            "webhook_events",
            "Receipts and messages of people that webhooks brought and that are kept",
            heard.clone(),
        );
        registry.register_with_unit(
            "webhook_durable",
            "From a webhook's body to everything in it being on disk, which is when it is answered",
            Unit::Seconds,
            durable.clone(),
        );
        registry.register_with_unit(
            "webhook_behind",
            "From the newest moment that a webhook tells of, by the provider's clock, to its arrival, by ours",
            Unit::Seconds,
            behind.clone(),
        );
        let began = seconds_of(clock.now().as_millisecond());
        let folder = journal.path().to_owned();
        Self {
            journal,
            clock,
            folder,
            began,
            registry,
            speeds: Mutex::default(),
            messages,
            calls,
            latency,
            throttles,
            heard,
            durable,
            behind,
            names: Mutex::default(),
        }
    }

    /// A webhook of this channel with so many events is kept, `took` after its body had come. Its newest moment
    /// was `behind` before that, where it names one.
    pub fn heard(&self, channel: &str, events: u64, behind: Option<Duration>, took: Duration) {
        let of = OfChannel { channel: channel.to_owned() };
        self.heard.get_or_create(&of).inc_by(events);
        self.durable.get_or_create(&of).observe(took.as_secs_f64());
        if let Some(behind) = behind {
            self.behind.get_or_create(&of).observe(behind.as_secs_f64());
        }
    }

    fn names(&self) -> MutexGuard<'_, HashMap<RunId, Vec<String>>> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn name(&self, run: RunId, channel: u16) -> Option<String> {
        self.names().get(&run)?.get(usize::from(channel)).cloned()
    }

    fn called(&self, channel: String, outcome: &'static str, latency: Duration, classes: Classes) {
        for (class, people) in classes.into_iter().filter(|(_, people)| *people > 0) {
            let of = OfClass { channel: channel.clone(), class };
            self.messages.get_or_create(&of).inc_by(u64::from(people));
        }
        self.calls.get_or_create(&OfOutcome { channel: channel.clone(), outcome }).inc();
        let people = classes.iter().map(|(_, people)| u64::from(*people)).sum();
        let now = self.clock.tick();
        self.speeds.lock().unwrap_or_else(PoisonError::into_inner).count(&channel, people, now);
        self.latency.get_or_create(&OfChannel { channel }).observe(latency.as_secs_f64());
    }
}

/// Seconds since the Unix epoch.
fn seconds_of(milliseconds: i64) -> f64 {
    let since = Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0));
    since.as_secs_f64()
}

impl Tap for Metrics {
    fn hear(&self, event: &Event) {
        match event {
            Event::Started { run, channels, .. } => {
                self.names().insert(*run, channels.clone());
            }
            Event::Called {
                run,
                channel,
                outcome,
                latency,
                accepted,
                rejected,
                in_doubt,
                transient,
                unsent,
            } => {
                let Some(name) = self.name(*run, *channel) else { return };
                let classes = [
                    ("accepted", *accepted),
                    ("rejected", *rejected),
                    ("in_doubt", *in_doubt),
                    ("transient", *transient),
                    ("unsent", *unsent),
                ];
                self.called(name, outcome, *latency, classes);
            }
            Event::Blamed { run, channel, rejected } => {
                let Some(channel) = self.name(*run, *channel) else { return };
                let of = OfClass { channel, class: "rejected" };
                self.messages.get_or_create(&of).inc_by(u64::from(*rejected));
            }
            Event::Throttled { run, channel, .. } => {
                let Some(channel) = self.name(*run, *channel) else { return };
                self.throttles.get_or_create(&OfChannel { channel }).inc();
            }
            _ => {}
        }
    }
}
