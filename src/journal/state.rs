//! What a process knows of its store: every run, who is suppressed, how much was used.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::{Arc, RwLock};

use jiff::Timestamp;
use tokio::sync::watch;

use crate::domain::{Conduct, FrozenChannel, Launch, PersonKey, RunId, RunState, Tally, Timing};

use super::deliveries::{Deliveries, DeliveryCounts};
use super::error::DamageError;
use super::evidence::Spared;
use super::ledger::Ledger;
use super::letters::HookSecret;
use super::marks::{Marks, Patterns};
use super::place::Place;
use super::record::{Epoch, RunFacts, RunSummary, Suppression};

/// A run as this process knows it.
#[derive(Debug)]
pub struct RunEntry {
    /// What never changes, shared with everybody who looks.
    pub facts: Arc<RunFacts>,
    /// Where its rejected are tried.
    pub fallback: Option<FrozenChannel>,
    /// How it goes on.
    pub conduct: Conduct,
    /// When it may send.
    pub timing: Timing,
    /// What launched it.
    pub launch: Launch,
    /// What was last written about it.
    pub summary: RunSummary,
    /// The fold of its log, once somebody asked for it.
    pub ledger: Option<Ledger>,
    /// Tells the state to whoever sends.
    pub state: watch::Sender<RunState>,
    /// Sequence of the next flush group in its log.
    pub next_sequence: u64,
    /// The fold of its receipts, once somebody asked for it.
    pub deliveries: Option<Deliveries>,
    /// What its receipts come to.
    pub delivery_counts: DeliveryCounts,
    /// Sequence of the next flush group of its receipts.
    pub next_receipts: u64,
    /// Flush groups of its receipts that those who follow all runs were told of.
    pub told_receipts: u64,
}

impl RunEntry {
    /// The run's state, this flush group's events included.
    pub fn current_state(&self) -> &RunState {
        self.ledger.as_ref().map_or(&self.summary.state, Ledger::state)
    }
}

/// Calls and recipients of a channel's intents in one minute.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Usage {
    /// Intents written.
    pub calls: u32,
    /// Recipients in them.
    pub recipients: u32,
}

/// Everyone who must not be messaged.
pub type Suppressions = Arc<RwLock<HashMap<PersonKey, Suppression>>>;

/// Whose intents are counted by the minute, for limits over an hour and longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsageOf {
    /// A channel's, over all runs.
    Channel(String),
    /// A run's, over all channels.
    Run(RunId),
}

impl UsageOf {
    /// The name in the store's keys.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Channel(name) => format!("c{name}"),
            Self::Run(run) => format!("r{run}"),
        }
    }
}

/// Everything that the journal knows of its store. The writer changes it before the store, with the
/// lock held until the store has followed; where the store cannot follow, `broken` says so and nothing
/// else here is true any more.
#[derive(Debug)]
pub struct State {
    /// Why nothing can be written any more.
    pub broken: Option<String>,
    /// The newest number given to a run, whether it was made or not.
    pub newest_run: RunId,
    /// The process's number among those that opened the store.
    pub epoch: Epoch,
    /// All runs.
    pub runs: BTreeMap<RunId, RunEntry>,
    /// The runs of which something was written since it was last told.
    pub touched: BTreeSet<RunId>,
    /// Everyone who must not be messaged.
    pub suppressions: Suppressions,
    /// Who must not be sent to by the run that has them as pending.
    pub spared: Spared,
    /// Numbers of the letters that wait.
    pub letters: Range<u64>,
    /// Secrets of webhooks' addresses, by channel.
    pub hooks: HashMap<String, Vec<HookSecret>>,
    /// How far schedules were kept.
    pub marks: Marks,
    /// By which patterns they went.
    pub patterns: Patterns,
    /// Counts up with everything that changes a run's state or tells of its messages.
    pub news: watch::Sender<u64>,
    /// Usage by [`UsageOf::key`], then minute since the Unix epoch.
    pub usage: HashMap<String, BTreeMap<u64, Usage>>,
}

impl State {
    /// The run that this launch of the campaign made; none for launches by hand, which make as many as are asked
    /// for.
    pub fn launched(&self, campaign: &str, launch: Launch) -> Option<&RunEntry> {
        let is_it = |entry: &&RunEntry| match launch {
            Launch::Hand => false,
            Launch::Dropped(_) => entry.launch == launch,
            Launch::Fired { .. } => entry.launch == launch && entry.facts.plan.campaign == campaign,
        };
        self.runs.values().find(is_it)
    }

    /// Tells whoever follows a run the state that it is in, and whoever follows all of them that there is news.
    pub fn tell(&mut self) {
        let mut is_any = false;
        for run in std::mem::take(&mut self.touched) {
            let Some(entry) = self.runs.get_mut(&run) else { continue };
            let receipts = entry.next_receipts;
            is_any |= std::mem::replace(&mut entry.told_receipts, receipts) != receipts;
            let state = entry.current_state();
            is_any |= entry.state.send_if_modified(|told| {
                let is_news = told != state;
                if is_news {
                    told.clone_from(state);
                }
                is_news
            });
        }
        if is_any {
            self.news.send_modify(|count| *count += 1);
        }
    }
}

/// The minute since the Unix epoch of a moment in milliseconds since then.
pub fn minute_of(at: i64) -> u64 {
    u64::try_from(at / 60_000).unwrap_or(0)
}

/// What a ledger says in short.
pub fn summary_of(ledger: &Ledger) -> Result<RunSummary, DamageError> {
    Ok(RunSummary {
        state: ledger.state().clone(),
        tally: ledger.tally(),
        assumed: ledger.count(Place::Assumed),
        at: time_of(ledger.changed())?,
    })
}

/// The moment `at` milliseconds after the Unix epoch.
pub fn time_of(at: i64) -> Result<Timestamp, DamageError> {
    Timestamp::from_millisecond(at)
        .map_err(|error| DamageError { what: format!("an event has an impossible time ({error})") })
}

/// Where a run's recipients stand at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// The balance.
    pub tally: Tally,
    /// Recipients in calls in flight; a part of `tally.in_doubt`.
    pub in_flight: u64,
}
