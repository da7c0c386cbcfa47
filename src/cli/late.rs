//! People of whom it is known late that the provider has their message, or refused it: a receipt, an answer or a
//! person settled the doubt after what follows their run (`[fallback]`, `[after]`) was done. It is done for them
//! too, without being asked for.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::domain::{Purpose, RunId};
use crate::engine::occurrence;
use crate::engine::planning::{Due, due, due_after};
use crate::journal::RunView;
use crate::ui::Exit;

use super::execute::Execution;
use super::failure::Failure;
use super::{launch, runs, suppress};

/// How many of a run were known to be accepted, and to be rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    accepted: u64,
    rejected: u64,
}

impl Known {
    /// Those of a run as it stands.
    #[must_use]
    pub fn of(view: &RunView) -> Self {
        let tally = view.summary.tally;
        Self { accepted: tally.accepted, rejected: tally.rejected }
    }

    fn is_more_than(self, before: Self) -> bool {
        self.accepted > before.accepted || self.rejected > before.rejected
    }
}

/// Of which people this process knows that what follows their runs was done for them, or left to a person.
///
/// A run that is missing here is in the hands of a command, or was left by one that was stopped: nothing follows
/// it by itself.
#[derive(Debug, Default)]
pub struct Followed(Mutex<HashMap<RunId, Known>>);

impl Followed {
    /// What follows these runs was done for those.
    pub fn remember(&self, known: impl IntoIterator<Item = (RunId, Known)>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(known);
    }

    /// Whether there are more since.
    #[must_use]
    pub fn has_grown(&self, view: &RunView) -> bool {
        let followed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        followed.get(&view.facts.plan.run).is_some_and(|before| Known::of(view).is_more_than(*before))
    }
}

/// Whether something is to be planned after a run. Never while a run of the occurrence, or one that was made for
/// what follows, is unfinished: whether that goes on is a person's to say.
#[must_use]
pub fn is_due(views: &[RunView], view: &RunView) -> bool {
    let plan = &view.facts.plan;
    let is_unfinished = |view: &RunView| view.summary.state.is_unfinished();
    if occurrence::family(views, plan).any(is_unfinished) {
        return false;
    }
    let after = due_after(views, plan.run).into_iter().map(|(_, due)| due);
    let all: Vec<_> = std::iter::once(due(views, plan.run)).chain(after).collect();
    all.contains(&Due::Plan) && !all.iter().any(|due| matches!(due, Due::Resume(_)))
}

/// Whether a run ended and nobody did what follows it: its process died in between. Where a person tried again to
/// send to its rejected since, what else is done about them is theirs to say.
#[must_use]
pub fn is_forgotten(views: &[RunView], view: &RunView) -> bool {
    let (run, has_more) = (view.facts.plan.run, view.fallback.is_some() || !view.conduct.after.is_empty());
    let is_retried = || views.iter().any(|other| other.facts.plan.purpose == Purpose::RetryOf(run));
    has_more && is_due(views, view) && !is_retried()
}

/// Does what is due after a run whose own command is done with it.
///
/// # Errors
/// When a linked run cannot be planned or sent.
pub async fn follow(execution: &Execution, run: RunId) -> Result<(), Failure> {
    let views = runs::all(&execution.owner)?;
    let view = views.iter().find(|view| view.facts.plan.run == run);
    if view.is_some_and(|view| is_due(&views, view)) {
        suppress::import_workspace(execution).await?;
        launch::follow(execution, run, Exit::Settled).await?;
    }
    Ok(())
}
