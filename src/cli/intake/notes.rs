//! What people are told beside their files, and at the terminal.

use std::path::PathBuf;

use tokio::task::JoinError;

use crate::cli::failure::Failure;
use crate::domain::{RunId, RunState};
use crate::engine::Urgency;
use crate::folder::{self, note_of};

use super::attempt::{Desk, Outcome, failed, take};
use super::inbox::Intake;
use super::item::{Basis, Item, Stage};
use super::look::{Found, unmade};
use super::problem::Problem;
use super::status::Standing;

/// Definitions that are copied and planned at once: one that takes long holds up nobody.
const AT_ONCE: usize = 4;

/// What may pass by itself is tried again after so long.
const AGAIN: std::time::Duration = std::time::Duration::from_secs(60);

impl Intake {
    /// Begins with what is next, in order of names.
    pub(super) fn dispatch(&mut self) {
        if self.queue.is_empty() || self.tasks.len() >= AT_ONCE || !self.is_store_fit() {
            return;
        }
        while self.tasks.len() < AT_ONCE {
            let Some(name) = self.queue.pop_first() else { return };
            let Some(found) = self.found(&name) else { continue };
            let desk = self.new_desk();
            let (execution, launcher) = (self.execution.clone(), self.launcher.clone());
            self.set_stage(&name, Stage::Working);
            self.tasks.spawn(async move {
                let path = format!("inbox/{name}");
                let taking = async move {
                    let Found { definition, audience } = found;
                    match desk {
                        Ok(desk) => take(&execution, &launcher, &path, definition, audience, desk).await,
                        Err(error) => unmade(&path, &error).into(),
                    }
                };
                // A defect in one is told beside its file, and not the end of the others.
                let outcome = tokio::spawn(taking).await.unwrap_or_else(|error| failed(&error));
                (name, outcome)
            });
        }
    }

    /// Whether runs can be made. Where they cannot, that is not the files' fault: everything that is next waits, and
    /// is looked at again.
    fn is_store_fit(&mut self) -> bool {
        let Err(error) = self.execution.owner.engine.journal.is_fit() else { return true };
        self.is_kept_back = true;
        self.say_once(&format!("nothing is taken from the inbox: {error}"));
        for name in std::mem::take(&mut self.queue) {
            self.set_stage(&name, Stage::Waits(format!("the store: {error}")));
        }
        false
    }

    pub(super) fn new_desk(&mut self) -> std::io::Result<Desk> {
        self.desks += 1;
        Desk::new(self.execution.owner.engine.journal.path(), self.desks)
    }

    /// Notes what came of an attempt. Gives whether to look again at once.
    pub(super) fn finish(&mut self, done: Result<(String, Outcome), JoinError>) -> Result<bool, Failure> {
        let (name, outcome) = match done {
            Ok(done) => done,
            Err(error) => {
                tracing::error!(%error, "a dropped file could not be taken");
                return Ok(true);
            }
        };
        match outcome {
            Outcome::Made(run) => {
                let facts = self.execution.owner.engine.journal.view(run)?.facts;
                self.execution.printer.detail(&format!("inbox/{name}: taken, run {}", facts.plan.run_name));
                self.taken(&name, run)?;
            }
            Outcome::Again { run, when, is_cancelled } => {
                let at = self.execution.owner.workspace.zone().at(when).strftime("%Y-%m-%d %H:%M:%S %Z");
                let before = if is_cancelled { "taken before" } else { "sent before" };
                let after = if is_cancelled { ", which was cancelled" } else { "" };
                let sentence = format!(
                    "{name}: the same campaign with the same audience was {before}, on {at}, as run {run}{after}"
                );
                let hint = if is_cancelled {
                    format!(
                        "for those whom it did not reach: `disparo run inbox/{name}`; or change the definition and \
                         save it, or remove this file"
                    )
                } else {
                    format!(
                        "nobody gets it twice: change the definition or the audience for those who are new, or remove \
                         this file; `disparo report {run}` shows what came of it"
                    )
                };
                self.refuse(&name, &Problem::new(sentence, hint));
            }
            Outcome::Behind(run) => self.set_stage(&name, Stage::Behind(run)),
            Outcome::Changed => {
                if let Some(item) = self.items.get_mut(&name) {
                    item.read = None;
                }
                self.set_stage(&name, Stage::Settling);
                return Ok(true);
            }
            // Nothing is wrong with it: this process ends, and the next one takes it.
            Outcome::Bad(problem) if problem.may_pass && self.is_interrupted() => {
                self.set_stage(&name, Stage::Waits("`disparo serve` to run again".to_owned()));
            }
            Outcome::Bad(problem) => self.refuse(&name, &problem),
        }
        Ok(false)
    }

    /// Whether something waits for a run to end.
    pub(super) fn is_behind(&self) -> bool {
        self.items.values().any(|item| matches!(item.stage, Stage::Behind(_)))
    }

    fn is_interrupted(&self) -> bool {
        self.execution.interrupt.urgency() > Urgency::None
    }

    /// A definition made this run.
    pub(super) fn taken(&mut self, name: &str, run: RunId) -> Result<(), Failure> {
        self.remove_note(name);
        self.set_stage(name, Stage::Taken(run));
        self.going_on.insert(name.to_owned());
        self.tell_run(name)
    }

    /// Puts a note beside a definition, and says so.
    pub(super) fn refuse(&mut self, name: &str, problem: &Problem) {
        let settings = self.settings_seen;
        let basis = if problem.may_pass {
            Basis::Until { settings, again: self.execution.owner.engine.clock.tick().after(AGAIN) }
        } else {
            Basis::Files { settings }
        };
        self.refuse_on(name, problem, basis);
    }

    /// The same, to be thought over when `basis` says.
    pub(super) fn refuse_on(&mut self, name: &str, problem: &Problem, basis: Basis) {
        self.put_note(name, problem);
        self.set_stage(name, Stage::Refused(basis));
    }

    /// Writes a note beside any file of the inbox.
    pub(super) fn put_note(&mut self, name: &str, problem: &Problem) {
        let text = problem.text(name, self.execution.owner.workspace.language());
        let note = note_of(name);
        match folder::put(&self.path(&note), &text) {
            Ok(true) => {
                self.refused += 1;
                self.execution.printer.warning(&format!("inbox/{name} was not taken; inbox/{note} says why"));
            }
            Ok(false) => {}
            Err(error) => {
                let why = text.replace('\n', " ");
                self.say_once(&format!("inbox/{note} cannot be written ({error}): {why}"));
            }
        }
    }

    /// Says something at the terminal that was not said before.
    pub(super) fn say_once(&mut self, sentence: &str) {
        if self.said.insert(sentence.to_owned()) {
            self.execution.printer.warning(sentence);
        }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.execution.owner.workspace.inbox_dir().join(name)
    }

    /// A definition gets so far; its status file says so.
    pub(super) fn set_stage(&mut self, name: &str, stage: Stage) {
        let now = self.execution.owner.engine.clock.tick();
        let file = self.path(name);
        let Some(item) = self.items.get_mut(name) else { return };
        item.stage = stage;
        let read = item.read.as_ref();
        let campaign = read.map(|read| read.name.as_str());
        let note = note_of(name);
        let waits = |what| Standing::Waits { campaign, what, next: read.and_then(|read| read.at) };
        let behind;
        let standing = match &item.stage {
            Stage::Settling => waits("the file to be whole"),
            Stage::Waits(what) => waits(what),
            Stage::Behind(run) => {
                behind = format!("run {run} to end");
                waits(&behind)
            }
            Stage::Queued => waits("its turn"),
            Stage::Working | Stage::Taken(_) => return,
            Stage::Refused(_) => Standing::Refused { note: &note },
        };
        if !matches!(item.stage, Stage::Taken(_)) {
            self.going_on.remove(name);
        }
        if let Err(error) = self.status.tell(&file, &standing, now) {
            self.say_once(&format!("the status of inbox/{name} cannot be written: {error}"));
        }
    }

    /// Tells how the runs stand that go on.
    pub(super) fn tell_going_on(&mut self) -> Result<(), Failure> {
        let names: Vec<_> = self.going_on.iter().cloned().collect();
        names.iter().try_for_each(|name| self.tell_run(name))
    }

    /// Tells how all runs stand that were made of what lies here: receipts come for days after a run's end.
    pub(super) fn tell_taken(&mut self) -> Result<(), Failure> {
        let is_taken = |item: &Item| matches!(item.stage, Stage::Taken(_));
        let taken = self.items.iter().filter(|(_, item)| is_taken(item)).map(|(name, _)| name.clone());
        let names: Vec<_> = taken.collect();
        names.iter().try_for_each(|name| self.tell_run(name))
    }

    /// Tells how the run of a definition stands.
    pub(super) fn tell_run(&mut self, name: &str) -> Result<(), Failure> {
        let Some(Stage::Taken(run)) = self.items.get(name).map(|item| item.stage.clone()) else {
            self.going_on.remove(name);
            return Ok(());
        };
        let owner = &self.execution.owner;
        let view = owner.engine.journal.view(run)?;
        let standing = Standing::Runs { view: &view, next: None };
        let told = self.status.tell(&self.path(name), &standing, owner.engine.clock.tick());
        let is_over =
            matches!(view.summary.state, RunState::Completed | RunState::Cancelled | RunState::Expired);
        match told {
            Ok(true) if is_over => {
                self.going_on.remove(name);
            }
            Ok(_) => {}
            Err(error) => self.say_once(&format!("the status of inbox/{name} cannot be written: {error}")),
        }
        Ok(())
    }
}
