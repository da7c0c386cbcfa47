//! Goes on with runs that nobody has in hand: at the start those that a process left while it sent them, later
//! those that a person approved or that others planned.

use std::collections::HashMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::cli::failure::Failure;
use crate::cli::launcher::Launcher;
use crate::cli::telling::Telling;
use crate::cli::{late, runs, telling};
use crate::clock::Tick;
use crate::domain::{HoldKind, HoldReason, Lateness, Launch, Purpose, RunEvent, RunId, RunState, Waiting};
use crate::engine::{Urgency, occurrence};
use crate::journal::RunView;
use crate::ui::{Exit, words};

/// A run that could not be gone on with is tried again after so long, and after twice as long each time.
const AGAIN: Duration = Duration::from_secs(60);

/// But never after longer.
const RARELY: Duration = Duration::from_secs(60 * 60);

/// See the module.
#[derive(Debug)]
pub struct Supervisor {
    launcher: Launcher,
    /// The runs that were taken up and are there to be taken up still.
    taken: HashMap<RunId, Taken>,
}

#[derive(Debug)]
struct Taken {
    before: Tick,
    wait: Duration,
}

impl Supervisor {
    /// On behalf of this launcher.
    #[must_use]
    pub fn new(launcher: Launcher) -> Self {
        Self { launcher, taken: HashMap::new() }
    }

    /// Goes on with everything that a process left behind, as each run's `late` says. Gives how many are gone on
    /// with, and how badly the others fared.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn begin(&mut self) -> Result<(u64, Vec<Exit>), Failure> {
        let (gone_on, exits) = self
            .take_up(|view, opened| is_left(view, opened) || view.summary.state == RunState::Interrupted)
            .await?;
        Ok((gone_on + self.follow_ended()?, exits))
    }

    /// Goes on with what became ready since: a run that was approved, or that was planned and whose process is gone.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub async fn look(&mut self) -> Result<(u64, Vec<Exit>), Failure> {
        self.take_up(is_left).await
    }

    /// Begins what follows runs that ended just before their process did. Gives after how many.
    fn follow_ended(&self) -> Result<u64, Failure> {
        let execution = self.launcher.execution();
        let engine = &execution.owner.engine;
        let (opened, now) = (engine.journal.opened(), engine.clock.now());
        let views = runs::all(&execution.owner)?;
        let mut begun = 0;
        for view in &views {
            let run = view.facts.plan.run;
            let is_known = view.summary.at < opened && !engine.journal.is_adopted(run);
            if !is_known || !late::is_forgotten(&views, view) {
                continue;
            }
            let by = now.duration_since(view.summary.at).max(SignedDuration::ZERO).unsigned_abs();
            let is_in_time = view.timing.late.judge(by) == Lateness::Send && !view.timing.is_expired(now);
            if is_in_time {
                self.launcher.follow(run);
                begun += 1;
            } else if execution.telling != Telling::Trouble {
                // Cron, which looks again and again, would tell it each time.
                let name = &view.facts.plan.run_name;
                let sentence = format!(
                    "run {name} ended {} ago, and what follows it was not begun: `disparo resume {name}` does it",
                    words::duration(by)
                );
                execution.printer.warning(&sentence);
            }
        }
        Ok(begun)
    }

    async fn take_up(
        &mut self,
        is_ours: impl Fn(&RunView, Timestamp) -> bool,
    ) -> Result<(u64, Vec<Exit>), Failure> {
        let execution = self.launcher.execution().clone();
        let owner = execution.owner.as_ref();
        // What is being planned is sent by whoever plans it.
        let _turn = tokio::select! {
            turn = owner.scheduling.lock() => turn,
            () = execution.interrupt.reached(Urgency::Drain) => return Ok((0, Vec::new())),
        };
        let (mut gone_on, mut exits) = (0, Vec::new());
        let opened = owner.engine.journal.opened();
        let all = runs::all(owner)?;
        let views: Vec<_> = all.iter().filter(|view| is_ours(view, opened)).collect();
        self.taken.retain(|run, _| views.iter().any(|view| view.facts.plan.run == *run));
        for view in views {
            let run = view.facts.plan.run;
            let tick = owner.engine.clock.tick();
            let taken = self.taken.get(&run);
            let is_recent = taken.is_some_and(|taken| tick < taken.before);
            if owner.underway.has(run) || is_recent || execution.interrupt.urgency() > Urgency::None {
                continue;
            }
            let wait = taken.map_or(AGAIN, |taken| (taken.wait * 2).min(RARELY));
            self.taken.insert(run, Taken { before: tick.after(wait), wait });
            match self.go_on(view, &all).await {
                Ok(None) => gone_on += 1,
                Ok(Some(exit)) => exits.push(exit),
                Err(failure) => {
                    // An unusable store is no fault of the run's.
                    owner.engine.journal.views()?;
                    exits.push(failure.tell(&execution.printer));
                }
            }
        }
        Ok((gone_on, exits))
    }

    /// Goes on with a run, or gives how it stands where it is held or given up instead.
    async fn go_on(&self, view: &RunView, all: &[RunView]) -> Result<Option<Exit>, Failure> {
        let now = self.launcher.execution().owner.engine.clock.now();
        if view.timing.is_expired(now) {
            return self.end(view, RunEvent::Expired, "its validity ended").await.map(Some);
        }
        let since = since(view);
        let by = now.duration_since(since).max(SignedDuration::ZERO).unsigned_abs();
        let lay = format!("nothing was sent of it since {since:.0}, for {}", words::duration(by));
        match view.timing.late.judge(by) {
            Lateness::Send => {
                match followed(all, view) {
                    None => self.launcher.send(view.facts.plan.run),
                    Some(origin) => {
                        self.launcher.tell_begin(view);
                        self.launcher.follow(origin);
                    }
                }
                Ok(None)
            }
            Lateness::Skip => {
                let why = format!("{lay}, and `late` says skip: the rest of it is given up");
                self.end(view, RunEvent::Cancelled, &why).await.map(Some)
            }
            Lateness::Hold => {
                let reason = HoldReason { kind: HoldKind::Late, sentence: lay.clone() };
                self.end(view, RunEvent::Held(reason), &lay).await.map(Some)
            }
        }
    }

    /// Nothing more is sent of a run by itself.
    async fn end(&self, view: &RunView, event: RunEvent, why: &str) -> Result<Exit, Failure> {
        let execution = self.launcher.execution();
        let journal = &execution.owner.engine.journal;
        let run = view.facts.plan.run;
        occurrence::attach(journal, run)?;
        journal.happen(run, event).await?;
        execution.printer.warning(&format!("run {}: {why}", view.facts.plan.run_name));
        telling::tell(execution, &journal.view(run)?)
    }
}

/// Whether a run is ready to be sent and was left to whoever keeps schedules: by itself, or by a command whose
/// process died before the first call.
fn is_left(view: &RunView, opened: Timestamp) -> bool {
    match view.summary.state {
        RunState::Planned => view.launch != Launch::Hand || view.timing.approval || view.summary.at < opened,
        RunState::Waiting(Waiting::Window { .. }) => true,
        _ => false,
    }
}

/// Since when a run lies: nothing is late before the window that it waits for opens.
fn since(view: &RunView) -> Timestamp {
    match view.summary.state {
        RunState::Waiting(Waiting::Window { until }) => until.max(view.summary.at),
        _ => view.summary.at,
    }
}

/// The run with which is gone on so that `view` is, where that is not itself: what follows a run is gone on with
/// through the run that it follows.
fn followed(views: &[RunView], view: &RunView) -> Option<RunId> {
    let origin = match view.facts.plan.purpose {
        Purpose::FallbackOf(origin) => return Some(origin),
        purpose => purpose.after()?,
    };
    let before =
        views.iter().find(|other| other.facts.plan.run == origin).map(|other| other.facts.plan.purpose);
    match before {
        Some(Purpose::FallbackOf(first)) => Some(first),
        _ => Some(origin),
    }
}
