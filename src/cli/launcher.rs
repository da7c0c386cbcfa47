//! Campaigns that are launched unasked: by a file in the inbox, by a schedule, or because a run was left unfinished.

use std::sync::{Arc, PoisonError};

use tokio::task::JoinSet;

use crate::domain::{Launch, RunId};
use crate::engine::occurrence::Wanted;
use crate::ui::Exit;

use super::campaigns::Loaded;
use super::execute::Execution;
use super::failure::Failure;
use super::prepare::prepare;
use super::{approve, fallback, launch, suppress};

/// See the module. Cheap to clone; the clones share what is being sent.
#[derive(Debug, Clone)]
pub struct Launcher {
    execution: Execution,
    sending: Arc<std::sync::Mutex<JoinSet<Exit>>>,
}

impl Launcher {
    /// On behalf of this execution: its printer tells of the runs, its interrupt stops what is being sent.
    #[must_use]
    pub fn new(execution: Execution) -> Self {
        Self { execution, sending: Arc::default() }
    }

    /// Plans a campaign and sends it in the background, unless its run waits for a person. When this returns the
    /// run exists, and no other of the same launch ever will.
    ///
    /// # Errors
    /// When the plan is refused; [`crate::journal::JournalError::Launched`] where this launch was made before.
    pub async fn launch(&self, loaded: &Loaded, by: Launch, wanted: Wanted) -> Result<RunId, Failure> {
        let execution = &self.execution;
        let owner = execution.owner.as_ref();
        owner.links(&loaded.channels).await?;
        let planning = launch::turn_to_plan(execution).await?;
        suppress::import_workspace(execution).await?;
        let providers = loaded.providers();
        let source = loaded.source(&providers);
        let prepared = prepare(execution, loaded, &source).await?;
        for note in &prepared.notes {
            execution.printer.warning(note);
        }
        let fallback = fallback::frozen(owner, loaded).await?;
        let engine = execution.engine();
        let mut planned = engine.plan(&source, &prepared, wanted, &owner.workspace.results_dir()).await?;
        planned.fallback = fallback;
        planned.launch = by;
        let waits = planned.timing.approval;
        let run = engine.commit(planned).await?;
        drop(planning);
        if waits {
            approve::tell_waiting(execution, run)?;
        } else {
            self.send(run);
        }
        Ok(run)
    }

    /// Sends a run, or goes on with one, in the background. What goes wrong is told.
    pub fn send(&self, run: RunId) {
        let execution = self.execution.clone();
        let sent = async move {
            let sent = async {
                let plan = execution.owner.engine.journal.view(run)?.facts.plan;
                let channels = execution.owner.channels_of(&plan)?;
                launch::send(&execution, run, &channels, None).await
            };
            match sent.await {
                Ok(exit) => exit,
                Err(failure) => failure.tell(&execution.printer),
            }
        };
        self.sending.lock().unwrap_or_else(PoisonError::into_inner).spawn(sent);
    }

    /// Waits until everything that it sends has ended, and says how.
    pub async fn finish(&self) -> Exit {
        let mut ended = Vec::new();
        loop {
            let mut sending =
                std::mem::take(&mut *self.sending.lock().unwrap_or_else(PoisonError::into_inner));
            if sending.is_empty() {
                return Exit::worst(ended);
            }
            while let Some(exit) = sending.join_next().await {
                ended.push(exit.unwrap_or(Exit::Unexpected));
            }
        }
    }
}
