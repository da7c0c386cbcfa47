//! One look at all schedules: what is due is launched, left out or held, and written down as handled.
//!
//! A pass may be made by anybody at any time, again and again: what was handled is in the journal, in the same
//! write as the run that came of it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::cli::campaigns::{self, Loaded};
use crate::cli::failure::Failure;
use crate::cli::launcher::Launcher;
use crate::cli::runs;
use crate::clock::Tick;
use crate::domain::due::{Due, ScheduleMark, due};
use crate::domain::{HoldKind, HoldReason, Lateness, Launch, Overlap, Schedule, Start, Zone};
use crate::engine::Urgency;
use crate::engine::occurrence::Wanted;
use crate::journal::RunView;
use crate::ui::{Exit, words};

use super::definitions::{Definitions, Scheduled, Stamp};

/// What could not be launched is tried again after so long, or when its definition changes.
const AGAIN: Duration = Duration::from_secs(30);

/// See the module.
#[derive(Debug)]
pub struct Pass {
    launcher: Launcher,
    definitions: Definitions,
    /// What could not be launched.
    refused: HashMap<PathBuf, Refused>,
}

#[derive(Debug, Clone)]
struct Refused {
    at: Timestamp,
    stamp: Stamp,
    sentence: String,
    again: Tick,
}

/// What a pass came to.
#[derive(Debug, Default)]
pub struct Outlook {
    /// How many definitions have a schedule.
    pub scheduled: usize,
    /// When the next of them is due.
    pub next: Option<Timestamp>,
    /// How badly what was done ended; that of runs that are being sent now is not among it.
    pub exits: Vec<Exit>,
}

/// A time of a schedule that has come.
#[derive(Debug, Clone, Copy)]
struct Firing {
    at: Timestamp,
    lateness: Lateness,
    missed: u32,
}

impl Pass {
    /// On behalf of this launcher.
    #[must_use]
    pub fn new(launcher: Launcher) -> Self {
        Self { launcher, definitions: Definitions::default(), refused: HashMap::new() }
    }

    /// Looks at all schedules. What is wrong with one campaign is told and does not keep the others back.
    ///
    /// # Errors
    /// When the store or the workspace's folder cannot be read.
    pub async fn make(&mut self) -> Result<Outlook, Failure> {
        let execution = self.launcher.execution().clone();
        let owner = execution.owner.as_ref();
        let _turn = tokio::select! {
            turn = owner.scheduling.lock() => turn,
            () = execution.interrupt.reached(Urgency::Drain) => return Ok(Outlook::default()),
        };
        let (scheduled, broken) = self.definitions.read(owner)?;
        let mut outlook = Outlook { scheduled: scheduled.len(), ..Outlook::default() };
        for (_, failure) in broken {
            outlook.exits.push(failure.tell(&execution.printer));
        }
        self.keep_unlaunched(&scheduled);
        let journal = &owner.engine.journal;
        for definition in scheduled {
            if execution.interrupt.urgency() > Urgency::None {
                break;
            }
            let now = owner.engine.clock.now();
            let pattern = pattern(&definition.schedule);
            let mark = journal.see_schedule(&definition.campaign, &pattern, now).await?;
            let next = match due(&definition.schedule, &mark, now) {
                Due::Nothing { next } => next,
                Due::Fire { at, lateness, missed } => {
                    let firing = Firing { at, lateness, missed };
                    outlook.exits.extend(self.handle(&definition, firing).await?);
                    let mark = journal.schedule_marks()?.get(&definition.campaign).copied().unwrap_or(mark);
                    match due(&definition.schedule, &mark, now) {
                        Due::Nothing { next } => next,
                        // It waits for another run, or to be mended.
                        Due::Fire { .. } => None,
                    }
                }
            };
            outlook.next = [outlook.next, next].into_iter().flatten().min();
        }
        Ok(outlook)
    }

    /// Does what a time that has come asks for. Only an unusable store is an error.
    async fn handle(&mut self, definition: &Scheduled, firing: Firing) -> Result<Option<Exit>, Failure> {
        let execution = self.launcher.execution().clone();
        let owner = execution.owner.as_ref();
        let tick = owner.engine.clock.tick();
        let known = self.refused.get(&definition.file).cloned();
        let is_known = |known: &Refused| known.at == firing.at && known.stamp == definition.stamp;
        if known.clone().filter(is_known).is_some_and(|known| tick < known.again) {
            return Ok(None);
        }
        let failure = match self.fire(definition, firing).await {
            Ok(exit) => {
                self.refused.remove(&definition.file);
                self.unlaunched(&definition.file, None);
                return Ok(exit);
            }
            Err(_) if execution.interrupt.urgency() > Urgency::None => return Ok(Some(Exit::Interrupted)),
            Err(failure) => failure,
        };
        // An unusable store is no fault of the definition's.
        owner.engine.journal.schedule_marks()?;
        let sentence = failure.sentence();
        let is_told = known.is_some_and(|known| known.at == firing.at && known.sentence == sentence);
        let exit = if is_told { None } else { Some(failure.tell(&execution.printer)) };
        if !is_told {
            execution.printer.warning(&format!(
                "campaign \"{}\", due {}, could not be launched; it is tried again",
                definition.campaign,
                moment(firing.at, &definition.schedule.zone)
            ));
        }
        self.unlaunched(&definition.file, Some(failure));
        let refused = Refused { at: firing.at, stamp: definition.stamp, sentence, again: tick.after(AGAIN) };
        self.refused.insert(definition.file.clone(), refused);
        Ok(exit)
    }

    /// Leaves word of what came of a definition for whoever tells people beside their files.
    fn unlaunched(&self, file: &Path, failure: Option<Failure>) {
        let unlaunched = &self.launcher.execution().owner.unlaunched;
        let mut unlaunched = unlaunched.lock().unwrap_or_else(PoisonError::into_inner);
        match failure {
            Some(failure) => drop(unlaunched.insert(file.to_owned(), Arc::new(failure))),
            None => drop(unlaunched.remove(file)),
        }
    }

    /// What is gone, or has no schedule any more, is not to be launched.
    fn keep_unlaunched(&self, scheduled: &[Scheduled]) {
        let unlaunched = &self.launcher.execution().owner.unlaunched;
        let mut unlaunched = unlaunched.lock().unwrap_or_else(PoisonError::into_inner);
        unlaunched.retain(|file, _| scheduled.iter().any(|definition| definition.file == *file));
    }

    async fn fire(&mut self, definition: &Scheduled, firing: Firing) -> Result<Option<Exit>, Failure> {
        let execution = self.launcher.execution();
        let owner = execution.owner.as_ref();
        let Scheduled { file, campaign, schedule, .. } = definition;
        let views = runs::all(owner)?;
        let own: Vec<_> = views.iter().filter(|view| is_of(view, campaign)).collect();
        let launch = Launch::Fired { at: firing.at };
        if own.iter().any(|view| view.launch == launch) {
            self.handled(campaign, firing).await?;
            return Ok(None);
        }
        let due = format!("campaign \"{campaign}\", due {},", moment(firing.at, &schedule.zone));
        if let Some(other) = own.iter().find(|view| view.summary.state.is_unfinished()) {
            if schedule.overlap == Overlap::Queue {
                return Ok(None);
            }
            let (name, state) = (&other.facts.plan.run_name, other.summary.state.word());
            self.handled(campaign, firing).await?;
            execution.printer.warning(&format!("{due} is left out: its run {name} is still {state}"));
            return Ok(None);
        }
        let now = owner.engine.clock.now();
        let lateness = match schedule.overlap {
            Overlap::Skip => firing.lateness,
            // While it waited for the run before it, it was not late.
            Overlap::Queue => {
                let ended = own.iter().map(|view| view.summary.at).max();
                let since = ended.map_or(firing.at, |ended| ended.max(firing.at));
                schedule.late.judge(now.duration_since(since).max(SignedDuration::ZERO).unsigned_abs())
            }
        };
        let late = words::duration(now.duration_since(firing.at).max(SignedDuration::ZERO).unsigned_abs());
        if lateness == Lateness::Skip {
            self.handled(campaign, firing).await?;
            execution.printer.warning(&format!("{due} is left out: it is {late} late, and `late` says skip"));
            return Ok(None);
        }
        let channels = owner.channels()?;
        let loaded = campaigns::load(owner, &channels, file)?;
        if loaded.campaign.name != *campaign || loaded.campaign.schedule != *schedule {
            // It, or what it names, was edited since it was looked at; what it says now is the next look's.
            self.definitions.forget(file);
            return Ok(None);
        }
        if firing.missed > 0 {
            let older = words::counted(u64::from(firing.missed), "earlier time", "earlier times");
            execution.printer.note(&format!("{due} stands for {older} that passed, too"));
        }
        let wanted = wanted(&loaded);
        if lateness == Lateness::Hold {
            let sentence = format!(
                "it was due {} and is {late} late, because nothing ran that could send it",
                moment(firing.at, &schedule.zone)
            );
            let reason = HoldReason { kind: HoldKind::Late, sentence };
            let run = self.launcher.launch_held(&loaded, launch, wanted, reason).await?;
            let view = owner.engine.journal.view(run)?;
            return Ok(Some(Exit::of_run(&view.summary.state, &view.summary.tally)));
        }
        let run = self.launcher.launch(&loaded, launch, wanted).await?;
        let view = owner.engine.journal.view(run)?;
        Ok(view.timing.approval.then(|| Exit::of_run(&view.summary.state, &view.summary.tally)))
    }

    async fn handled(&self, campaign: &str, firing: Firing) -> Result<(), Failure> {
        let mark = ScheduleMark { seen: firing.at, handled: Some(firing.at) };
        Ok(self.launcher.execution().owner.engine.journal.mark_schedule(campaign, mark).await?)
    }
}

/// Whether a run is one of the campaign's own: no test, and nothing that a command changed.
fn is_of(view: &RunView, campaign: &str) -> bool {
    view.facts.plan.campaign == campaign && view.facts.plan.purpose.is_of_occurrence()
}

/// Each time of a cron is an occurrence of its own. A single moment belongs to the campaign's: whoever was reached
/// by it already is left out. What is rehearsed on sandboxes reaches everybody each time.
fn wanted(loaded: &Loaded) -> Wanted {
    match loaded.campaign.schedule.start {
        Start::Cron(_) => Wanted::Another,
        Start::At(_) | Start::Launched if loaded.is_sandbox() => Wanted::Another,
        Start::At(_) | Start::Launched => Wanted::Same,
    }
}

/// By which a schedule is known again: another pattern, or one in another zone, is another schedule.
fn pattern(schedule: &Schedule) -> String {
    match &schedule.start {
        Start::Cron(cron) => format!("{cron} {}", schedule.zone),
        // When it was seen says nothing of a moment.
        Start::At(_) | Start::Launched => String::new(),
    }
}

/// A moment on a campaign's clock.
pub fn moment(at: Timestamp, zone: &Zone) -> String {
    zone.at(at).strftime("%Y-%m-%d %H:%M:%S %Z").to_string()
}
