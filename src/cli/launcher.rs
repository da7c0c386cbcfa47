//! Campaigns that are launched unasked: by a file in the inbox, by a schedule, or because a run was left unfinished.

use std::sync::{Arc, PoisonError};

use tokio::task::{JoinError, JoinSet};

use crate::domain::{HoldReason, Launch, RunId};
use crate::engine::can_resume;
use crate::engine::occurrence::Wanted;
use crate::journal::RunView;
use crate::ui::{Exit, words};

use super::campaigns::Loaded;
use super::execute::Execution;
use super::failure::Failure;
use super::telling::{self, Telling};
use super::underway::Claim;
use super::{launch, prepare, suppress};

/// See the module. Cheap to clone; the clones share what is being sent.
#[derive(Debug, Clone)]
pub struct Launcher {
    execution: Execution,
    sending: Arc<std::sync::Mutex<Sending>>,
}

/// What is being sent, and how badly what has ended did.
#[derive(Debug, Default)]
struct Sending {
    tasks: JoinSet<Exit>,
    ended: Option<Exit>,
}

impl Sending {
    fn spawn(&mut self, work: impl Future<Output = Exit> + Send + 'static) {
        // A process that stays up for months does not keep what is left of every run that it sent.
        while let Some(ended) = self.tasks.try_join_next() {
            self.ended = Some(Exit::worst(self.ended.into_iter().chain([exit_of(ended)])));
        }
        self.tasks.spawn(work);
    }
}

fn exit_of(ended: Result<Exit, JoinError>) -> Exit {
    ended.unwrap_or(Exit::Unexpected)
}

impl Launcher {
    /// On behalf of this execution: its printer tells of the runs, its interrupt stops what is being sent.
    #[must_use]
    pub fn new(execution: Execution) -> Self {
        Self { execution, sending: Arc::default() }
    }

    /// On whose behalf.
    #[must_use]
    pub fn execution(&self) -> &Execution {
        &self.execution
    }

    /// Plans a campaign and sends it in the background, unless its run waits for a person. When this returns the
    /// run exists, and no other of the same launch ever will.
    ///
    /// # Errors
    /// When the plan is refused; [`crate::journal::JournalError::Launched`] where this launch was made before.
    pub async fn launch(&self, loaded: &Loaded, by: Launch, wanted: Wanted) -> Result<RunId, Failure> {
        self.make(loaded, by, wanted, None).await
    }

    /// Plans a campaign whose run is held from its first moment on, or waits for its approval.
    ///
    /// # Errors
    /// As [`Launcher::launch`].
    pub async fn launch_held(
        &self,
        loaded: &Loaded,
        by: Launch,
        wanted: Wanted,
        reason: HoldReason,
    ) -> Result<RunId, Failure> {
        self.make(loaded, by, wanted, Some(reason)).await
    }

    async fn make(
        &self,
        loaded: &Loaded,
        by: Launch,
        wanted: Wanted,
        held: Option<HoldReason>,
    ) -> Result<RunId, Failure> {
        let execution = &self.execution;
        let owner = execution.owner.as_ref();
        owner.links(&loaded.channels).await?;
        let planning = launch::turn_to_plan(execution).await?;
        suppress::import_workspace(execution).await?;
        let mut planned = prepare::plan(execution, loaded, wanted).await?;
        planned.launch = by;
        let (run, waits) = (planned.plan.run, planned.timing.approval || held.is_some());
        // Taken before anybody else can see it.
        let claim = if waits { None } else { owner.underway.claim(run) };
        let engine = execution.engine();
        let run = match held {
            None => engine.commit(planned).await?,
            Some(reason) => engine.commit_held(planned, reason).await?,
        };
        drop(planning);
        let view = owner.engine.journal.view(run)?;
        match claim {
            Some(claim) => {
                self.tell_begin(&view);
                self.send_claimed(claim);
            }
            None => drop(telling::tell(execution, &view)?),
        }
        Ok(run)
    }

    /// Does in the background what is due after a run that ended. What goes wrong is told.
    pub fn follow(&self, origin: RunId) {
        let execution = self.execution.clone();
        self.spawn(async move {
            suppress::import_workspace(&execution).await?;
            launch::follow(&execution, origin, Exit::Settled).await
        });
    }

    /// Sends a run, or goes on with one, in the background, unless somebody has it in hand or it has ended. What
    /// goes wrong is told.
    pub fn send(&self, run: RunId) {
        let owner = &self.execution.owner;
        let Some(claim) = owner.underway.claim(run) else { return };
        match owner.engine.journal.view(run) {
            Ok(view) if !can_resume(&view.summary.state) => {}
            Ok(view) => {
                self.tell_begin(&view);
                self.send_claimed(claim);
            }
            Err(error) => drop(Failure::from(error).tell(&self.execution.printer)),
        }
    }

    fn send_claimed(&self, claim: Claim) {
        let execution = self.execution.clone();
        self.spawn(async move {
            let run = claim.run();
            let facts = execution.owner.engine.journal.view(run)?.facts;
            let channels = execution.owner.channels_of(&facts.plan)?;
            let exit = launch::send_claimed(&execution, claim, &channels, None).await?;
            launch::follow(&execution, run, exit).await
        });
    }

    fn spawn(&self, work: impl Future<Output = Result<Exit, Failure>> + Send + 'static) {
        let printer = self.execution.printer.clone();
        let told = async move { work.await.unwrap_or_else(|failure| failure.tell(&printer)) };
        self.sending.lock().unwrap_or_else(PoisonError::into_inner).spawn(told);
    }

    /// Says that a run is gone on with, where its every step is not told anyway.
    pub fn tell_begin(&self, view: &RunView) {
        if self.execution.telling == Telling::Line {
            let people = words::counted(view.summary.tally.pending, "recipient", "recipients");
            self.execution
                .printer
                .note(&format!("{} begins: {people} to be sent to", view.facts.plan.run_name));
        }
    }

    /// Waits until everything that it sends has ended, and says how.
    pub async fn finish(&self) -> Exit {
        let mut all_ended = Vec::new();
        loop {
            let Sending { mut tasks, ended } =
                std::mem::take(&mut *self.sending.lock().unwrap_or_else(PoisonError::into_inner));
            all_ended.extend(ended);
            if tasks.is_empty() {
                return Exit::worst(all_ended);
            }
            while let Some(ended) = tasks.join_next().await {
                all_ended.push(exit_of(ended));
            }
        }
    }
}
