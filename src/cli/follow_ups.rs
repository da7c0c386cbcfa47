//! What follows runs while a process stays up: for people of whom it is known late that they were accepted or
//! rejected, and for messages that could not be delivered and may be sent again.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

use crate::domain::{RunId, RunState};
use crate::engine::Urgency;
use crate::journal::RunView;

use super::execute::Execution;
use super::failure::Failure;
use super::late::Known;
use super::{late, retry_failed, runs};

/// Those for whom the same is to be done share a run where they are known within so long, while more may come.
const GATHER: Duration = Duration::from_secs(60);

/// Between two looks at what is due, however much is heard meanwhile.
const BETWEEN: Duration = Duration::from_secs(2);

/// What could not be done is tried again after so long.
const AFTER_FAILURE: Duration = Duration::from_secs(300);

/// One of the things that follow a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum What {
    /// Its fallback and what is done after it, for those who are known late.
    Late,
    /// Its undelivered messages, where the campaign opted in.
    Undelivered,
}

/// See the module.
#[derive(Debug)]
pub struct FollowUps {
    execution: Execution,
    /// What could not be done, and before when it is left alone.
    refused: HashMap<(RunId, What), Timestamp>,
    /// Since when there are people who are known late.
    late_since: HashMap<RunId, Timestamp>,
}

impl FollowUps {
    /// On behalf of this execution: its printer tells of the runs, its interrupt stops what is being sent. What
    /// earlier processes left undone is a person's to go on with, and only who is known from here on is late.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn new(execution: Execution) -> Result<Self, Failure> {
        let views = runs::all(&execution.owner)?;
        let known = views.iter().filter(|view| !view.summary.state.is_unfinished());
        execution.owner.followed.remember(known.map(|view| (view.facts.plan.run, Known::of(view))));
        Ok(Self { execution, refused: HashMap::new(), late_since: HashMap::new() })
    }

    /// Works until `ending`, and ends with the run that is being sent then: the execution's interrupt stops
    /// that, as any run. What cannot be done is told of, and tried again later.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn run(mut self, ending: impl Future<Output = ()>) -> Result<(), Failure> {
        tokio::pin!(ending);
        let mut news = self.execution.owner.engine.journal.follow_news()?;
        loop {
            news.mark_unchanged();
            let wake = self.do_due().await?;
            if self.execution.interrupt.urgency() > Urgency::None {
                return Ok(());
            }
            tokio::select! {
                () = &mut ending => return Ok(()),
                () = self.rest(&mut news, wake) => {}
            }
        }
    }

    /// Until something may have become due.
    async fn rest(&self, news: &mut watch::Receiver<u64>, wake: Option<Timestamp>) {
        let clock = &self.execution.owner.engine.clock;
        clock.sleep_until(clock.tick().after(BETWEEN)).await;
        let due = async {
            match wake.map(|wake| wake.duration_since(clock.now())) {
                None => std::future::pending().await,
                Some(wait) if wait.is_negative() => {}
                Some(wait) => clock.sleep_until(clock.tick().after(wait.unsigned_abs())).await,
            }
        };
        tokio::select! {
            // The journal outlives this: waiting for its news cannot fail.
            _ = news.changed() => {}
            () = due => {}
        }
    }

    /// Does what has been due for long enough. Gives when more may be.
    async fn do_due(&mut self) -> Result<Option<Timestamp>, Failure> {
        let mut wake: Option<Timestamp> = None;
        for view in runs::all(&self.execution.owner)? {
            // Whoever cancelled a run gave its people up, and what has expired is not worth sending.
            if view.summary.state.is_unfinished()
                || matches!(view.summary.state, RunState::Cancelled | RunState::Expired)
            {
                continue;
            }
            for what in [What::Late, What::Undelivered] {
                let next = self.do_if_due(&view, what).await?;
                wake = [wake, next].into_iter().flatten().min();
            }
        }
        Ok(wake)
    }

    /// The same for one of the things that follow one run.
    async fn do_if_due(&mut self, view: &RunView, what: What) -> Result<Option<Timestamp>, Failure> {
        let run = view.facts.plan.run;
        let now = self.execution.owner.engine.clock.now();
        if let Some(refused) = self.refused.get(&(run, what)).filter(|refused| now < **refused) {
            return Ok(Some(*refused));
        }
        let done = match self.due_from(view, what, now) {
            Ok(Some(from)) if from <= now => self.carry_out(run, what).await,
            Ok(later) => return Ok(later),
            Err(failure) => Err(failure),
        };
        let again = match done {
            Ok(()) => self.execution.owner.engine.clock.now(),
            Err(failure) => {
                // Somebody has to hear of it, and the other campaigns go on.
                let _exit = failure.tell(&self.execution.printer);
                let again = later(now, AFTER_FAILURE);
                self.refused.insert((run, what), again);
                again
            }
        };
        Ok(Some(again))
    }

    async fn carry_out(&mut self, run: RunId, what: What) -> Result<(), Failure> {
        match what {
            What::Late => {
                self.late_since.remove(&run);
                late::follow(&self.execution, run).await
            }
            What::Undelivered => retry_failed::follow(&self.execution, run).await.map(drop),
        }
    }

    /// From when on something is to be done, as far as that is known; `None` where nothing is.
    fn due_from(&mut self, view: &RunView, what: What, now: Timestamp) -> Result<Option<Timestamp>, Failure> {
        let run = view.facts.plan.run;
        match what {
            What::Late => {
                let owner = &self.execution.owner;
                if !owner.followed.has_grown(view) || !late::is_due(&runs::all(owner)?, view) {
                    self.late_since.remove(&run);
                    return Ok(None);
                }
                let since = *self.late_since.entry(run).or_insert(now);
                // Of nobody else will anything be known.
                let is_all = view.summary.tally.in_doubt == 0;
                Ok(Some(if is_all { since } else { later(since, GATHER) }))
            }
            What::Undelivered => {
                if !view.conduct.retry_failed || view.deliveries.failed == 0 {
                    return Ok(None);
                }
                let due = retry_failed::due(&self.execution.owner, run)?;
                let is_all = is_all_told(view) && due.later == 0;
                let gathered = due.since.map(|since| if is_all { since } else { later(since, GATHER) });
                Ok([gathered, due.next].into_iter().flatten().min())
            }
        }
    }
}

/// Whether no further message of a run can fail: what was delivered cannot.
fn is_all_told(view: &RunView) -> bool {
    let tally = view.summary.tally;
    tally.in_doubt == 0 && view.deliveries.delivered + view.deliveries.failed >= tally.accepted
}

fn later(from: Timestamp, wait: Duration) -> Timestamp {
    from.saturating_add(wait).unwrap_or(Timestamp::MAX)
}
