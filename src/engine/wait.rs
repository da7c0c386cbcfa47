//! What a run does that nobody may be sent to now: it waits for its window, and expires when its validity ends.

use std::time::Duration;

use jiff::Timestamp;
use roaring::RoaringBitmap;

use crate::domain::{Plan, RunEvent, RunId, RunState, Waiting};
use crate::events::Event;
use crate::journal::{JournalError, Place};

use super::call::Context;
use super::error::EngineError;
use super::interrupt::Urgency;
use super::occurrence::attach;
use super::send::Engine;

/// Time between two looks at the clock on the wall, which may be put forward, or go on while the machine slept.
const LOOK: Duration = Duration::from_secs(2);

/// What is done with a run that is outside its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// It is waited for, and gone on with.
    Stay,
    /// It is left waiting: whoever resumes it goes on.
    Leave,
}

/// What comes after the wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Woken {
    /// To send.
    GoOn,
    /// Nothing: the journal says how the run was left.
    Left,
}

impl Engine {
    /// Begins to send, or goes on. Of a run that waits for its window nothing is written as long as that is shut.
    ///
    /// # Errors
    /// When the run cannot be sent, or the journal fails.
    pub(super) async fn begin(
        &self,
        context: &Context,
        plan: &Plan,
        patience: Patience,
    ) -> Result<Woken, EngineError> {
        let waits = matches!(*context.state.borrow(), RunState::Waiting(Waiting::Window { .. }));
        if waits {
            let now = self.clock.now();
            let pending = self.journal.with_ledger(plan.run, |ledger| {
                ledger.all_in(Place::Pending).map(|recipient| recipient.0).collect::<RoaringBitmap>()
            })?;
            if let Some(until) = context.hours.opens(&pending, now).filter(|until| *until > now) {
                self.tell_started(plan)?;
                return self.wait(context, plan, until, patience).await;
            }
        }
        self.journal.happen(plan.run, RunEvent::Started).await?;
        Ok(Woken::GoOn)
    }

    /// Waits until the window opens for somebody.
    ///
    /// # Errors
    /// When the journal fails.
    pub(super) async fn wait(
        &self,
        context: &Context,
        plan: &Plan,
        until: Timestamp,
        patience: Patience,
    ) -> Result<Woken, EngineError> {
        let run = plan.run;
        let waiting = RunState::Waiting(Waiting::Window { until });
        if *context.state.borrow() != waiting
            && !self.happens(run, RunEvent::Waits(Waiting::Window { until })).await?
        {
            return Ok(Woken::Left);
        }
        if patience == Patience::Leave {
            return Ok(Woken::Left);
        }
        if let Some(zone) = context.hours.zone() {
            self.events.tell(Event::Waits { run, until, zone: zone.clone() });
        }
        tracing::info!(%until, "the run waits, and goes on by itself");
        let mut state = context.state.clone();
        loop {
            let now = self.clock.now();
            if context.hours.are_over(now) {
                self.happens(run, RunEvent::Expired).await?;
                return Ok(Woken::Left);
            }
            let Ok(left) = Duration::try_from(until.duration_since(now)) else { break };
            if left.is_zero() {
                break;
            }
            tokio::select! {
                () = self.clock.sleep_until(self.clock.tick().after(left.min(LOOK))) => {}
                () = context.interrupt.reached(Urgency::Drain) => return Ok(Woken::Left),
                // Its sender outlives the run's sending, so that waiting cannot fail.
                _ = state.wait_for(|state| *state != waiting) => return Ok(Woken::Left),
            }
        }
        if !self.happens(run, RunEvent::Started).await? {
            return Ok(Woken::Left);
        }
        self.tell_state(&self.journal.view(run)?);
        Ok(Woken::GoOn)
    }

    /// Something happens to a run, unless somebody paused or cancelled it in the same moment: what they said stands.
    pub(super) async fn happens(&self, run: RunId, event: RunEvent) -> Result<bool, EngineError> {
        match self.journal.happen(run, event).await {
            Ok(_) => Ok(true),
            Err(JournalError::Transition(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Ends a run whose validity has ended while nobody sent it. Whether it has.
    ///
    /// # Errors
    /// When its roster cannot be read, or the journal fails.
    pub async fn expire(&self, run: RunId) -> Result<bool, EngineError> {
        let view = self.journal.view(run)?;
        let state = &view.summary.state;
        let can_expire = *state != RunState::Sending && state.next(&RunEvent::Expired).is_ok();
        if !can_expire || !view.timing.is_expired(self.clock.now()) {
            return Ok(false);
        }
        attach(&self.journal, run)?;
        // Who is pending by mistake is accepted.
        self.journal.settle_by_receipts(run).await?;
        self.happens(run, RunEvent::Expired).await
    }
}
