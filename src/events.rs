//! What every screen, log and page hears: facts about runs, told after they are on disk, and about plans.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::broadcast;

use crate::domain::{LongLimit, RunId, RunName, RunState, Tally, Zone};

/// One fact.
#[derive(Debug, Clone)]
pub enum Event {
    /// An account gave a part of an audience that a plan asks it for.
    Fetched {
        /// The campaign's name.
        campaign: String,
        /// People or groups so far.
        items: u64,
        /// How many there are, where the provider says.
        total: Option<u64>,
    },
    /// A file of a campaign's messages was looked at while it is planned.
    LookedAt {
        /// The campaign's name.
        campaign: String,
        /// Files so far.
        files: u64,
        /// How many there are.
        total: u64,
    },
    /// A process begins to send.
    Started {
        /// Which run.
        run: RunId,
        /// What people call it.
        name: RunName,
        /// Its channels' names, in the plan's order.
        channels: Vec<String>,
        /// Where everybody stands.
        tally: Tally,
    },
    /// An outcome is durable.
    Settled {
        /// Which run.
        run: RunId,
        /// Index of the channel.
        channel: u16,
        /// This channel's recipients in the chunk: accepted, rejected, in doubt, pending again.
        accepted: u32,
        /// See `accepted`.
        rejected: u32,
        /// See `accepted`.
        in_doubt: u32,
        /// The whole run's tally; calls in flight count as in doubt.
        tally: Tally,
        /// Recipients in calls in flight.
        in_flight: u64,
    },
    /// A call's outcome is durable: what came of its recipients at once.
    Called {
        /// Which run.
        run: RunId,
        /// Index of the channel.
        channel: u16,
        /// What the call came to, in a word.
        outcome: &'static str,
        /// How long the provider took to answer, or we to give up.
        latency: Duration,
        /// Recipients accepted.
        accepted: u32,
        /// Recipients rejected for good.
        rejected: u32,
        /// Recipients in doubt.
        in_doubt: u32,
        /// Recipients refused for a reason that may pass: pending again.
        transient: u32,
        /// Recipients who were provably not sent to: pending again.
        unsent: u32,
    },
    /// Recipients were found to be why whole calls were refused: they are rejected.
    Blamed {
        /// Which run.
        run: RunId,
        /// Index of the channel.
        channel: u16,
        /// How many.
        rejected: u32,
    },
    /// The provider asked a channel to slow down.
    Throttled {
        /// Which run.
        run: RunId,
        /// Index of the channel.
        channel: u16,
        /// No call before this much time has passed.
        wait: Duration,
    },
    /// A limit of an hour or longer is used up: nothing is sent over the channel until there is room.
    UsedUp {
        /// Which run.
        run: RunId,
        /// Index of the channel.
        channel: u16,
        /// Which limit.
        limit: LongLimit,
        /// When there will be room.
        until: Timestamp,
    },
    /// A call did not leave the machine and will be tried again.
    NotSent {
        /// Which run.
        run: RunId,
        /// Index of the channel.
        channel: u16,
        /// Why.
        cause: String,
        /// When.
        wait: Duration,
    },
    /// The provider was asked what became of people in doubt and gave no answer; they stay in doubt.
    Unanswered {
        /// Which run.
        run: RunId,
        /// Index of the channel.
        channel: u16,
        /// Why.
        cause: String,
    },
    /// The canary is sent, and what becomes of it is waited for.
    Canary {
        /// Which run.
        run: RunId,
        /// How many were sent to.
        sent: u64,
        /// How many of them have their message.
        delivered: u64,
        /// How many of them never will, as far as is known.
        failed: u64,
        /// When it is judged.
        until: Timestamp,
    },
    /// The run is outside its window, and goes on by itself when it opens.
    Waits {
        /// Which run.
        run: RunId,
        /// When it goes on.
        until: Timestamp,
        /// Whose clock people think of.
        zone: Zone,
    },
    /// The run is in another state.
    State {
        /// Which run.
        run: RunId,
        /// The new state.
        state: RunState,
        /// Where everybody stands.
        tally: Tally,
    },
}

impl Event {
    /// The run that it is about; none for plans.
    #[must_use]
    pub fn run(&self) -> Option<RunId> {
        match self {
            Self::Fetched { .. } | Self::LookedAt { .. } => None,
            Self::Started { run, .. }
            | Self::Settled { run, .. }
            | Self::Called { run, .. }
            | Self::Blamed { run, .. }
            | Self::Throttled { run, .. }
            | Self::UsedUp { run, .. }
            | Self::NotSent { run, .. }
            | Self::Unanswered { run, .. }
            | Self::Canary { run, .. }
            | Self::Waits { run, .. }
            | Self::State { run, .. } => Some(*run),
        }
    }
}

/// Hears every event where it is told, in order and without losing one. It must be quick and never wait: whoever
/// sends waits for it.
pub trait Tap: fmt::Debug + Send + Sync {
    /// Hears one event.
    fn hear(&self, event: &Event);
}

/// Events that may wait for a listener.
const MOST_WAITING: usize = 2_048;

/// The one place where events are told; cheap to clone. Listeners that lag lose old events, never
/// the newest: whoever needs all facts reads the journal.
#[derive(Debug, Clone)]
pub struct Events {
    sender: broadcast::Sender<Event>,
    tap: Option<Arc<dyn Tap>>,
}

impl Events {
    /// An empty room.
    #[must_use]
    pub fn new() -> Self {
        Self { sender: broadcast::Sender::new(MOST_WAITING), tap: None }
    }

    /// An empty room, of which one hears everything.
    #[must_use]
    pub fn tapped(tap: Arc<dyn Tap>) -> Self {
        Self { tap: Some(tap), ..Self::new() }
    }

    /// Tells everyone who listens.
    pub fn tell(&self, event: Event) {
        if let Some(tap) = &self.tap {
            tap.hear(&event);
        }
        // An error only says that nobody listens, which is no fault.
        drop(self.sender.send(event));
    }

    /// Hears everything told from now on.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.sender.subscribe()
    }
}

impl Default for Events {
    fn default() -> Self {
        Self::new()
    }
}
