//! A scrape: the counters, and the journal as it is now, as OpenMetrics text.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::PoisonError;
use std::sync::atomic::AtomicU64;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::{ConstCounter, Counter};
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use thiserror::Error;

use super::counting::Metrics;
use super::labels::{OfBuild, OfChannel, OfLimit, OfPart, OfPlace, OfState, OfStatus, OfWebhook};
use crate::domain::{Rate, RateUnit};
use crate::journal::{DeliveryCounts, FLUSH_BOUNDS, JournalError, Measured};

/// What a scrape is, for `Content-Type`.
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

type Amounts<Label> = Family<Label, Gauge<f64, AtomicU64>>;

/// What a scrape tells beside the journal.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// The workspace's channels with their own limits.
    pub channels: Vec<(String, Vec<Rate>)>,
    /// Webhooks by what came of them.
    pub webhooks: Vec<(&'static str, u64)>,
    /// Whether this process is ready: see `/readyz`.
    pub is_ready: bool,
}

/// Why there is no scrape.
#[derive(Debug, Error)]
pub enum MetricsError {
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The text cannot be made. An error of Disparo's.
    #[error("the metrics cannot be written")]
    Text(#[from] std::fmt::Error),
}

impl Metrics {
    /// Everything as OpenMetrics text. Reads the journal, and the sizes of files: not for async threads.
    ///
    /// # Errors
    /// When the journal is broken.
    pub fn scrape(&self, outside: &Outside) -> Result<String, MetricsError> {
        let mut now = Registry::with_prefix("disparo");
        self.register_process(&mut now, outside);
        self.register_runs(&mut now)?;
        self.register_channels(&mut now, outside);
        self.register_store(&mut now)?;
        let mut text = String::new();
        encode_registry(&mut text, &self.registry)?;
        encode_registry(&mut text, &now)?;
        encode_eof(&mut text)?;
        Ok(text)
    }

    fn register_process(&self, now: &mut Registry, outside: &Outside) {
        let build = Info::new(OfBuild { version: env!("CARGO_PKG_VERSION") });
        now.register("build", "What runs", build);
        now.register_with_unit(
            "process_start_time",
            "When the process began, since the Unix epoch",
            Unit::Seconds,
            ConstGauge::new(self.began),
        );
        let ready = ConstGauge::new(i64::from(outside.is_ready));
        now.register("ready", "Whether /readyz answers 200", ready);
        let webhooks = Family::<OfWebhook, Counter>::default();
        for (outcome, count) in &outside.webhooks {
            webhooks.get_or_create(&OfWebhook { outcome }).inc_by(*count);
        }
        now.register("webhooks", "Posts to the listener by what came of them", webhooks);
    }

    /// Where everybody stands, over all runs that the store knows.
    fn register_runs(&self, now: &mut Registry) -> Result<(), JournalError> {
        let mut states: BTreeMap<&'static str, u64> = BTreeMap::new();
        let mut places: BTreeMap<&'static str, u64> = BTreeMap::new();
        let mut statuses: BTreeMap<&'static str, u64> = BTreeMap::new();
        let mut in_flight = 0;
        for view in self.journal.views()? {
            *states.entry(view.summary.state.word()).or_default() += 1;
            for (place, count) in view.summary.tally.places() {
                *places.entry(place).or_default() += count;
            }
            for (status, count) in statuses_of(&view.deliveries) {
                *statuses.entry(status).or_default() += count;
            }
            in_flight += view.in_flight;
        }
        let runs = Family::<OfState, Gauge<u64, AtomicU64>>::default();
        for (state, count) in states {
            runs.get_or_create(&OfState { state }).set(count);
        }
        now.register("runs", "Runs by state", runs);
        let in_doubt = places.get("in_doubt").copied().unwrap_or(0);
        let pending = places.get("pending").copied().unwrap_or(0);
        let recipients = Family::<OfPlace, Gauge<u64, AtomicU64>>::default();
        for (place, count) in places {
            recipients.get_or_create(&OfPlace { place }).set(count);
        }
        now.register("recipients", "Recipients of all runs by place, as the journal has them", recipients);
        now.register(
            "recipients_in_doubt",
            "Recipients without a known outcome, calls in flight included",
            ConstGauge::new(in_doubt),
        );
        now.register("recipients_pending", "Recipients still to be sent to", ConstGauge::new(pending));
        now.register(
            "recipients_in_flight",
            "Recipients in calls of this process without an answer",
            ConstGauge::new(in_flight),
        );
        let deliveries = Family::<OfStatus, Gauge<u64, AtomicU64>>::default();
        for (status, count) in statuses {
            deliveries.get_or_create(&OfStatus { status }).set(count);
        }
        now.register("deliveries", "Messages of all runs that got so far, or further", deliveries);
        Ok(())
    }

    fn register_channels(&self, now: &mut Registry, outside: &Outside) {
        let limits = Amounts::<OfLimit>::default();
        for (channel, rates) in &outside.channels {
            for rate in rates {
                let unit = match rate.unit {
                    RateUnit::Calls => "calls",
                    RateUnit::Recipients => "recipients",
                };
                let of = OfLimit { channel: channel.clone(), unit, window: rate.window.as_secs() };
                limits.get_or_create(&of).set(f64::from(rate.count.get()) / rate.window.as_secs_f64());
            }
        }
        now.register(
            "channel_rate_limit",
            "What the channel's own limits allow a second, each over its window in seconds",
            limits,
        );
        let rates = Amounts::<OfChannel>::default();
        let speeds = self.speeds.lock().unwrap_or_else(PoisonError::into_inner).rates(self.clock.tick());
        for (channel, rate) in speeds {
            rates.get_or_create(&OfChannel { channel }).set(rate);
        }
        now.register(
            "channel_rate",
            "Recipients a second in calls that were answered in the last ten seconds",
            rates,
        );
    }

    fn register_store(&self, now: &mut Registry) -> Result<(), JournalError> {
        now.register(
            "webhook_letters_waiting",
            "Webhooks that are kept and not yet applied",
            ConstGauge::new(self.journal.waiting_letters()?),
        );
        let measured = self.journal.measured();
        now.register(
            "receipts_applied",
            "Receipts that were applied to a recipient's message",
            ConstCounter::new(measured.receipts),
        );
        now.register_collector(Box::new(Flushes(measured)));
        let bytes = Family::<OfPart, Gauge<u64, AtomicU64>>::default();
        for part in ["journal", "rosters"] {
            bytes.get_or_create(&OfPart { part }).set(bytes_below(&self.folder.join(part)));
        }
        now.register_with_unit("store_size", "Bytes of the store's files", Unit::Bytes, bytes);
        if let Ok(left) = self.journal.space_left() {
            let gauge = ConstGauge::new(left);
            now.register_with_unit("disk_free", "Bytes left on the store's disk", Unit::Bytes, gauge);
        }
        Ok(())
    }
}

/// How far messages got: each counts for everything that it went through.
fn statuses_of(counts: &DeliveryCounts) -> [(&'static str, u64); 6] {
    [
        ("sent", counts.sent),
        ("delivered", counts.delivered),
        ("read", counts.read),
        ("replied", counts.replied),
        ("failed", counts.failed),
        ("clicked", counts.clicked),
    ]
}

/// Bytes of all files below a folder; what cannot be read counts nothing.
fn bytes_below(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let bytes = entries.flatten().map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes_below(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    bytes.sum()
}

/// How long the journal's flushes took.
#[derive(Debug)]
struct Flushes(Measured);

impl Collector for Flushes {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let Self(measured) = self;
        let mut encoder = encoder.encode_descriptor(
            "journal_flush",
            "How long groups of records took to become durable.",
            Some(&Unit::Seconds),
            MetricType::Histogram,
        )?;
        let bounds = FLUSH_BOUNDS.iter().copied().chain([f64::INFINITY]);
        let buckets: Vec<(f64, u64)> = bounds.zip(measured.flushes).collect();
        let count = measured.flushes.iter().sum();
        encoder.encode_histogram::<NoLabelSet>(measured.flushing.as_secs_f64(), count, &buckets, None)
    }
}
