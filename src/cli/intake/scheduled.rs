//! Status files and notes beside the scheduled definitions in the workspace's own folder, which others launch.
//! Drafts, which have no schedule, are left in peace, whatever is wrong with them.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};

use crate::cli::failure::Failure;
use crate::cli::owner::Owner;
use crate::cli::runs;
use crate::domain::Launch;
use crate::domain::due::firings;
use crate::folder::{self, Entry, Role, owner_of, role};
use crate::journal::RunView;

use super::inbox::Intake;
use super::problem::Problem;
use super::status::Standing;

impl Intake {
    /// Notes which notes lie in the workspace's own folder.
    pub(super) fn note_files(&mut self, root: &[Entry]) {
        let folder = self.execution.owner.workspace.root();
        let names: BTreeSet<_> = root.iter().map(|entry| entry.name.as_str()).collect();
        let notes = names.iter().filter_map(|note| {
            let owner = owner_of(note).filter(|owner| folder::note_of(owner) == **note)?;
            let is_there = names.contains(owner.as_str());
            (role(&owner) == Role::Definition)
                .then(|| (folder.join(note), is_there.then(|| folder.join(owner))))
        });
        self.root_notes = notes.collect();
    }

    /// Puts notes beside those that cannot be scheduled or could not be launched, and removes those that are not
    /// true any more. Whoever launches them says the same at the terminal.
    fn tell_broken(&mut self, owner: &Owner, broken: &[(PathBuf, Failure)]) {
        let unlaunched = owner.unlaunched.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let broken = broken.iter().map(|(file, failure)| (file, failure));
        let due = broken.chain(unlaunched.iter().map(|(file, failure)| (file, failure.as_ref())));
        let ours = format!("{}/", owner.workspace.root().display());
        for (file, failure) in due.filter(|(file, _)| file.exists()) {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let problem = Problem::of(failure, |text| text.replace(&ours, ""));
            let note = file.with_file_name(folder::note_of(&name));
            if let Err(error) = folder::put(&note, &problem.text(&name, owner.workspace.language())) {
                self.say_once(&format!("{} cannot be written: {error}", note.display()));
            }
        }
        let is_true = |file: &PathBuf| self.definitions.is_broken(file) || unlaunched.contains_key(file);
        let (_, past): (Vec<_>, Vec<_>) = std::mem::take(&mut self.root_notes)
            .into_iter()
            .partition(|(_, definition)| definition.as_ref().is_some_and(is_true));
        for (note, _) in past {
            if let Err(error) = folder::remove(&note) {
                self.say_once(&format!("{} cannot be removed: {error}", note.display()));
            }
        }
    }

    /// Tells how it stands with each of them.
    pub(super) fn tell_scheduled(&mut self) -> Result<(), Failure> {
        let owner = Arc::clone(&self.execution.owner);
        let (scheduled, broken) = self.definitions.read(&owner)?;
        self.tell_broken(&owner, &broken);
        let files: BTreeSet<_> = scheduled.iter().map(|definition| definition.file.clone()).collect();
        for gone in self.scheduled.difference(&files) {
            if let Err(error) = self.status.remove(gone) {
                tracing::warn!(file = %gone.display(), %error, "a status could not be removed");
            }
        }
        self.scheduled = files;
        self.is_scheduled_going_on = false;
        if scheduled.is_empty() {
            return Ok(());
        }
        let (now, tick) = (owner.engine.clock.now(), owner.engine.clock.tick());
        let views = runs::all(&owner)?;
        for definition in &scheduled {
            let next = firings(&definition.schedule, now, 1).pop();
            let is_its = |view: &&RunView| {
                view.facts.plan.campaign == definition.campaign && matches!(view.launch, Launch::Fired { .. })
            };
            let newest = views.iter().rev().find(is_its);
            self.is_scheduled_going_on |= newest.is_some_and(|view| view.summary.state.is_unfinished());
            let what = if next.is_some() { "its moment" } else { "no further moment" };
            let campaign = Some(definition.campaign.as_str());
            let standing = match newest {
                Some(view) => Standing::Runs { view, next },
                None => Standing::Waits { campaign, what, next },
            };
            match self.status.tell(&definition.file, &standing, tick) {
                Ok(is_told) => self.is_scheduled_going_on |= !is_told,
                Err(error) => {
                    let file = definition.file.display();
                    self.say_once(&format!("the status of {file} cannot be written: {error}"));
                }
            }
        }
        Ok(())
    }
}
