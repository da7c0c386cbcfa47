//! A channel made ready to send: its settings, its provider's wire, and the way to it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use thiserror::Error;

use crate::domain::{Channel, FrozenChannel};
use crate::journal::Journal;
use crate::provider::Provider;
use crate::provider::transport::Transport;

use super::budget::Budget;
use super::places::Places;
use super::questions::Questions;
use super::seat::Desk;

/// What a plan writes down as the base address of a sandbox channel, whose port changes.
const SANDBOX: &str = "sandbox";

/// See the module.
#[derive(Debug)]
pub struct Link {
    /// The settings, live.
    pub channel: Channel,
    /// The wire.
    pub provider: Box<dyn Provider>,
    /// The way.
    pub transport: Transport,
    /// What it shares with the channel's other links.
    pub shared: Arc<Shared>,
    /// What the channel shares with the others of its portfolio.
    pub budget: Option<Arc<Budget>>,
}

/// What all links of a channel in this process share: limits hold for the channel, however many use it.
#[derive(Debug, Default)]
pub struct Shared {
    /// When questions may be asked.
    pub questions: Questions,
    /// How often the provider reported that it is sent to too fast, in receipts of messages it had taken.
    reports: AtomicU64,
    /// Answers so far after which the channel is sent to otherwise, or not at all: calls that were prepared before
    /// begin anew.
    troubles: AtomicU64,
    /// When calls may leave, and whose turn it is.
    pub(super) desk: Mutex<Option<Desk>>,
    /// Calls made at once.
    pub(super) places: Arc<Places>,
    /// Where questions are counted, if anywhere.
    pub(super) journal: Option<Arc<Journal>>,
}

impl Shared {
    /// What counts questions in this journal, where a limit of an hour or longer counts them.
    #[must_use]
    pub fn counting(journal: Option<Arc<Journal>>) -> Self {
        Self { journal, ..Self::default() }
    }

    /// The provider reported messages as failed because it is sent to too fast: whoever sends over the
    /// channel slows down.
    pub fn report_throttled(&self) {
        self.reports.fetch_add(1, Ordering::Relaxed);
    }

    /// An answer came after which the channel is sent to otherwise, or not at all.
    pub(super) fn note_trouble(&self) {
        self.troubles.fetch_add(1, Ordering::Relaxed);
    }

    /// Such answers so far.
    #[must_use]
    pub(super) fn troubles(&self) -> u64 {
        self.troubles.load(Ordering::Relaxed)
    }

    /// Such reports so far.
    #[must_use]
    pub(super) fn reports(&self) -> u64 {
        self.reports.load(Ordering::Relaxed)
    }
}

impl Link {
    /// A channel made ready, of which there is no other link.
    #[must_use]
    pub fn new(channel: Channel, provider: Box<dyn Provider>, transport: Transport) -> Self {
        Self::sharing(channel, provider, transport, Arc::default())
    }

    /// A channel made ready beside its other links.
    #[must_use]
    pub fn sharing(
        channel: Channel,
        provider: Box<dyn Provider>,
        transport: Transport,
        shared: Arc<Shared>,
    ) -> Self {
        Self { channel, provider, transport, shared, budget: None }
    }
}

/// A channel that no longer points where the plan says.
#[derive(Debug, Error, PartialEq, Eq)]
#[error(
    "channel {channel} now has {what} = {now}, and the run was planned with {planned}; put it back in channels.toml, or cancel the run and start a new one"
)]
pub struct MovedChannel {
    /// The channel's name.
    pub channel: String,
    /// Which of its facts changed.
    pub what: String,
    /// Its value now.
    pub now: String,
    /// Its value in the plan.
    pub planned: String,
}

/// Where a channel points, as a plan freezes it.
#[must_use]
pub fn freeze(channel: &Channel) -> FrozenChannel {
    FrozenChannel {
        name: channel.name.clone(),
        provider: channel.provider.to_owned(),
        values: channel.values.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect(),
        base_address: if channel.sandbox { SANDBOX.to_owned() } else { channel.base_url.clone() },
        sandbox: channel.sandbox,
    }
}

/// Whether a channel still points where the plan says.
///
/// # Errors
/// The first fact that differs.
pub fn check_unmoved(planned: &FrozenChannel, channel: &Channel) -> Result<(), MovedChannel> {
    let now = freeze(channel);
    let moved = |what: &str, now: Option<&String>, planned: Option<&String>| {
        let text =
            |value: Option<&String>| value.map_or_else(|| "none".to_owned(), |value| format!("{value:?}"));
        MovedChannel {
            channel: channel.name.clone(),
            what: what.to_owned(),
            now: text(now),
            planned: text(planned),
        }
    };
    if planned.provider != now.provider {
        return Err(moved("provider", Some(&now.provider), Some(&planned.provider)));
    }
    if planned.base_address != now.base_address {
        return Err(moved("base_url", Some(&now.base_address), Some(&planned.base_address)));
    }
    let keys = planned.values.keys().chain(now.values.keys());
    match keys.into_iter().find(|key| planned.values.get(*key) != now.values.get(*key)) {
        Some(key) => Err(moved(key, now.values.get(key), planned.values.get(key))),
        None => Ok(()),
    }
}
