//! Keeps the results of finished runs true while this process hears what became of their messages.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::oneshot;
use tokio::task::{self, JoinHandle};

use crate::clock::{Clock, Tick};
use crate::domain::{RunId, RunState, Tally};
use crate::engine::occurrence;
use crate::journal::{DeliveryCounts, RunView};
use crate::report::results_folder;

use super::failure::Failure;
use super::owner::Owner;

/// Between two looks at what changed. Results are written once nothing has changed for so long.
const LOOK: Duration = Duration::from_secs(5);

/// Or, where something always does, after this long.
const PATIENCE: Duration = Duration::from_secs(60);

/// Results that take long to write are not written again for so many times as long.
const REST: u32 = 10;

/// A running refresh. Dropped, it ends by itself.
#[derive(Debug)]
pub struct Refresh {
    end: oneshot::Sender<()>,
    looking: JoinHandle<()>,
}

impl Refresh {
    /// Looks every few seconds.
    #[must_use]
    pub fn start(owner: &Arc<Owner>) -> Self {
        let (end, ended) = oneshot::channel();
        let looking = tokio::spawn(look(Arc::clone(owner), ended));
        Self { end, looking }
    }

    /// Writes what has changed, without waiting for more.
    pub async fn finish(self) {
        // An error says that it has ended by itself, which is what is wanted.
        let _ = self.end.send(());
        if let Err(error) = self.looking.await {
            tracing::error!(%error, "results were not kept up to date");
        }
    }
}

async fn look(owner: Arc<Owner>, mut ended: oneshot::Receiver<()>) {
    let clock = Arc::clone(&owner.engine.clock);
    let mut results = HashMap::new();
    loop {
        let is_last = tokio::select! {
            // An error says that whoever would end it is gone, which ends it too.
            _ = &mut ended => true,
            () = clock.sleep_until(clock.tick().after(LOOK)) => false,
        };
        if let Err(failure) = refresh(&owner, &*clock, &mut results, is_last).await {
            tracing::error!(error = failure.sentence(), "results could not be brought up to date");
        }
        if is_last {
            return;
        }
    }
}

/// Writes the results of all runs for which they are due.
async fn refresh(
    owner: &Arc<Owner>,
    clock: &dyn Clock,
    results: &mut HashMap<RunId, Written>,
    is_last: bool,
) -> Result<(), Failure> {
    for view in owner.engine.journal.views()? {
        if matches!(view.summary.state, RunState::Planned | RunState::Sending) {
            continue;
        }
        let run = view.facts.plan.run;
        let seen = Seen { deliveries: view.deliveries, heard: view.heard, tally: view.summary.tally };
        let now = clock.tick();
        let written = match results.entry(run) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(Written::new(on_disk(owner, &view).unwrap_or(seen), now)),
        };
        if !written.is_due(seen, now, is_last) {
            continue;
        }
        let writing = Arc::clone(owner);
        let wrote = task::spawn_blocking(move || {
            let roster = occurrence::attach(&writing.engine.journal, run)?;
            writing.write_results(&roster)
        });
        let wrote = wrote.await.map_err(|error| error.to_string());
        let wrote = wrote.and_then(|wrote| wrote.map_err(|failure| failure.sentence()));
        let took = clock.tick().since(now);
        match wrote {
            Ok(_) => written.written(seen, clock.tick().after(took * REST)),
            Err(error) => {
                tracing::error!(run = %view.facts.plan.run_name, error, "results could not be written");
                written.rest_until(clock.tick().after(PATIENCE));
            }
        }
    }
    Ok(())
}

/// What the results on disk say of a run; `None` where there are none that can be read, which are left alone until
/// something is heard.
fn on_disk(owner: &Owner, view: &RunView) -> Option<Seen> {
    let folder = results_folder(&owner.workspace.results_dir(), &view.facts.plan);
    serde_json::from_slice(&fs::read(folder.join("summary.json")).ok()?).ok()
}

/// What of a run the results show and later news may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
struct Seen {
    /// Results of earlier versions have none.
    #[serde(default)]
    deliveries: DeliveryCounts,
    /// A moment may become known without another count.
    #[serde(default)]
    heard: u64,
    tally: Tally,
}

/// What is known of a run's results.
#[derive(Debug)]
struct Written {
    on_disk: Seen,
    /// At the last look.
    last: Seen,
    /// Since when they differ.
    stale: Option<Tick>,
    not_before: Tick,
}

impl Written {
    fn new(on_disk: Seen, now: Tick) -> Self {
        Self { on_disk, last: on_disk, stale: None, not_before: now }
    }

    /// Whether they are to be written now, when the run looks like this.
    fn is_due(&mut self, seen: Seen, now: Tick, is_last: bool) -> bool {
        if seen == self.on_disk {
            (self.last, self.stale) = (seen, None);
            return false;
        }
        let has_moved = seen != self.last;
        self.last = seen;
        let stale = *self.stale.get_or_insert(now);
        is_last || (now >= self.not_before && (!has_moved || now.since(stale) >= PATIENCE))
    }

    fn written(&mut self, on_disk: Seen, not_before: Tick) {
        *self = Self { on_disk, last: on_disk, stale: None, not_before };
    }

    fn rest_until(&mut self, not_before: Tick) {
        self.not_before = not_before;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(delivered: u64) -> Seen {
        let deliveries = DeliveryCounts { delivered, ..DeliveryCounts::default() };
        Seen { deliveries, heard: delivered, tally: Tally::default() }
    }

    fn at(seconds: u64) -> Tick {
        Tick(Duration::from_secs(seconds))
    }

    #[test]
    fn results_are_written_when_news_pause_or_after_a_while() {
        let mut written = Written::new(seen(0), at(0));
        assert!(!written.is_due(seen(0), at(5), false), "nothing is new");
        assert!(!written.is_due(seen(1), at(10), false), "more may come");
        assert!(written.is_due(seen(1), at(15), false), "nothing more came");
        written.written(seen(1), at(15));
        assert!(!written.is_due(seen(1), at(20), false));
        let due: Vec<_> =
            (5..=20).map(|look| look * 5).filter(|now| written.is_due(seen(*now), at(*now), false)).collect();
        assert_eq!(due.first(), Some(&85), "a minute after the first of them");
    }

    #[test]
    fn what_takes_long_rests_and_the_end_waits_for_nothing() {
        let mut written = Written::new(seen(0), at(0));
        written.written(seen(1), at(100));
        assert!(!written.is_due(seen(2), at(20), false));
        assert!(!written.is_due(seen(2), at(25), false), "it rests");
        assert!(written.is_due(seen(2), at(25), true), "the last look");
        assert!(written.is_due(seen(2), at(100), false));
    }

    #[test]
    fn a_moment_that_was_told_late_changes_no_count_and_is_news() {
        let mut written = Written::new(seen(1), at(0));
        let told_late = Seen { heard: 2, ..seen(1) };
        assert!(written.is_due(told_late, at(5), true));
    }

    #[test]
    fn results_of_earlier_versions_say_nothing_of_deliveries() {
        let tally = serde_json::to_value(Tally::default()).expect("JSON");
        let read: Seen = serde_json::from_value(serde_json::json!({ "tally": tally })).expect("read");
        assert_eq!(read, seen(0));
    }
}
