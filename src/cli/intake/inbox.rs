//! The loop of the inbox: it looks when something changes, at least every `poll`, and takes what is whole.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;

use crate::cli::daemon::Definitions;
use crate::cli::execute::Execution;
use crate::cli::failure::Failure;
use crate::cli::launcher::Launcher;
use crate::clock::Tick;
use crate::engine::Urgency;
use crate::folder::{Stability, Watch};
use crate::settings::Folder;
use crate::ui::Exit;

use super::attempt::{Desk, Outcome};
use super::item::Item;
use super::status::StatusFiles;

/// From the first word of a change to the look at it: copying a thousand files is told of in thousands of words.
const GATHER: Duration = Duration::from_millis(100);

/// A look that takes long is followed by a rest of so many times as long.
const REST: u32 = 3;

/// But of no more than this: a clock that is set forward during a look makes it seem to take hours.
const LONGEST_REST: Duration = Duration::from_secs(10);

/// Between two looks at how runs stand.
const TELL: Duration = Duration::from_secs(1);

/// How files are found to be whole.
#[derive(Debug)]
pub(super) enum Whole {
    /// By looking again and again.
    Watched(Stability),
    /// By the times that they have.
    AtOnce,
}

/// See the module.
#[derive(Debug)]
pub struct Intake {
    pub(super) execution: Execution,
    pub(super) launcher: Launcher,
    pub(super) settings: Folder,
    pub(super) whole: Whole,
    pub(super) items: BTreeMap<String, Item>,
    pub(super) queue: BTreeSet<String>,
    pub(super) tasks: JoinSet<(String, Outcome)>,
    pub(super) status: StatusFiles,
    /// Definitions whose runs go on.
    pub(super) going_on: BTreeSet<String>,
    /// The scheduled definitions of the workspace.
    pub(super) definitions: Definitions,
    /// Those beside which there is a status.
    pub(super) scheduled: BTreeSet<PathBuf>,
    /// Whether the run of one of them goes on.
    pub(super) is_scheduled_going_on: bool,
    /// What lies there that is no definition and cannot be taken.
    pub(super) strays: BTreeSet<String>,
    /// What was said to the person at the terminal already.
    pub(super) said: HashSet<String>,
    pub(super) desks: u64,
    pub(super) watch: Option<Watch>,
    /// Which folder is watched: another may come in its place.
    pub(super) watched: Option<u64>,
    /// What the workspace's settings looked like at the last look.
    pub(super) settings_seen: u64,
    /// Notes that were put for the first time.
    pub(super) refused: u64,
    /// Whether something could not be taken because no run can be made.
    pub(super) is_kept_back: bool,
    /// Notes in the workspace's own folder, with what they belong to and whether that is there.
    pub(super) root_notes: Vec<(PathBuf, Option<PathBuf>)>,
}

impl Intake {
    /// Of the execution's workspace; what is taken is sent by `launcher`.
    #[must_use]
    pub fn new(execution: Execution, launcher: Launcher) -> Self {
        let owner = &execution.owner;
        let workspace = &owner.workspace;
        let settings = workspace.preferences().folder.clone();
        let status = StatusFiles::new(workspace.root().to_owned(), workspace.results_dir(), workspace.zone());
        Self {
            whole: Whole::Watched(Stability::new(settings.stable_for)),
            execution,
            launcher,
            settings,
            items: BTreeMap::new(),
            queue: BTreeSet::new(),
            tasks: JoinSet::new(),
            status,
            going_on: BTreeSet::new(),
            definitions: Definitions::default(),
            scheduled: BTreeSet::new(),
            is_scheduled_going_on: false,
            strays: BTreeSet::new(),
            said: HashSet::new(),
            desks: 0,
            watch: None,
            watched: None,
            settings_seen: 0,
            refused: 0,
            is_kept_back: false,
            root_notes: Vec::new(),
        }
    }

    /// Removes what attempts of earlier processes copied.
    fn sweep(&self) -> Result<(), Failure> {
        Desk::sweep(self.execution.owner.engine.journal.path()).map_err(|error| {
            let sentence = format!("cannot remove what an earlier process copied from the inbox: {error}");
            Failure::new(Exit::Unexpected, sentence)
        })
    }

    /// Takes what is dropped until `ending`, and ends with what is being planned and sent then: the execution's
    /// interrupt stops that, as any run.
    ///
    /// # Errors
    /// When the store cannot be read, or what earlier processes left cannot be removed.
    pub async fn run(mut self, ending: impl Future<Output = ()>) -> Result<(), Failure> {
        tokio::pin!(ending);
        let owner = Arc::clone(&self.execution.owner);
        let _turn = tokio::select! {
            turn = owner.taking.lock() => turn,
            () = &mut ending => return Ok(()),
        };
        self.sweep()?;
        self.start_watching();
        let clock = Arc::clone(&self.execution.owner.engine.clock);
        let mut news = self.execution.owner.engine.journal.follow_news()?;
        let mut heard = news.clone();
        let (mut next, mut not_before, mut told) = (clock.tick(), clock.tick(), clock.tick());
        loop {
            let now = clock.tick();
            if now >= next {
                let wake = self.look().await?;
                self.tell_scheduled()?;
                if heard.has_changed().unwrap_or(true) {
                    heard.mark_unchanged();
                    self.tell_taken()?;
                }
                let done = clock.tick();
                let rest = done.since(now).saturating_mul(REST).min(LONGEST_REST);
                not_before = done.after(rest.max(GATHER));
                let poll = done.after(self.settings.poll);
                next = wake.map_or(poll, |wake| wake.min(poll)).max(not_before);
            }
            self.dispatch();
            if clock.tick().since(told) >= TELL {
                told = clock.tick();
                self.tell_going_on()?;
                if self.is_scheduled_going_on {
                    self.tell_scheduled()?;
                }
            }
            let rung = async {
                match &self.watch {
                    Some(watch) => watch.rung().await,
                    None => std::future::pending().await,
                }
            };
            let is_calm = self.going_on.is_empty() && !self.is_scheduled_going_on;
            let until = if is_calm { next } else { next.min(told.after(TELL)) };
            tokio::select! {
                () = &mut ending => break,
                () = clock.sleep_until(until) => {}
                () = rung => next = next.min(not_before.max(clock.tick().after(GATHER))),
                // The journal outlives this: waiting for its news cannot fail.
                _ = news.changed(), if self.is_behind() => next = next.min(not_before.max(clock.tick().after(TELL))),
                Some(done) = self.tasks.join_next(), if !self.tasks.is_empty() => {
                    if self.finish(done)? {
                        next = next.min(not_before);
                    }
                }
            }
        }
        while let Some(done) = self.tasks.join_next().await {
            self.finish(done)?;
        }
        self.launcher.finish().await;
        self.tell_going_on()?;
        self.tell_scheduled()
    }

    /// Takes what is whole by the times of its files, sends it, and gives how all of it ended; the exit of an
    /// invalid definition where something is refused for the first time. Leaves the inbox to whoever is at it.
    ///
    /// # Errors
    /// When the store cannot be read, or what earlier processes left cannot be removed.
    pub async fn once(mut self) -> Result<Exit, Failure> {
        let owner = Arc::clone(&self.execution.owner);
        let Ok(_turn) = owner.taking.try_lock() else { return Ok(Exit::Settled) };
        self.sweep()?;
        self.whole = Whole::AtOnce;
        self.look().await?;
        loop {
            self.dispatch();
            let Some(done) = self.tasks.join_next().await else { break };
            self.finish(done)?;
            if self.execution.interrupt.urgency() > Urgency::None {
                self.queue.clear();
            }
        }
        let sent = self.launcher.finish().await;
        self.tell_going_on()?;
        self.tell_scheduled()?;
        let refused = if self.refused > 0 { Exit::Invalid } else { Exit::Settled };
        let kept_back = if self.is_kept_back { Exit::Held } else { Exit::Settled };
        Ok(Exit::worst([sent, refused, kept_back]))
    }

    /// The moment of the wall clock as a tick; now where it has passed.
    pub(super) fn tick_of(&self, moment: jiff::Timestamp) -> Tick {
        let clock = &self.execution.owner.engine.clock;
        let wait = moment.duration_since(clock.now());
        clock.tick().after(if wait.is_negative() { Duration::ZERO } else { wait.unsigned_abs() })
    }
}
