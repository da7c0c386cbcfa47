//! Status files beside the scheduled definitions in the workspace's own folder, which others launch.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::cli::failure::Failure;
use crate::cli::runs;
use crate::domain::Launch;
use crate::domain::due::firings;
use crate::journal::RunView;

use super::inbox::Intake;
use super::status::Standing;

impl Intake {
    /// Tells how it stands with each of them.
    pub(super) fn tell_scheduled(&mut self) -> Result<(), Failure> {
        let owner = Arc::clone(&self.execution.owner);
        // What is wrong with a definition is told by whoever launches it.
        let (scheduled, _) = self.definitions.read(&owner)?;
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
