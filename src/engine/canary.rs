//! The canary: the first of a run are sent alone, and the others once it is known what became of them.
//!
//! The wait begins with the newest call, as the journal has it, so that a process that goes on with the run
//! waits only for what is left of it; a wait that has passed while nothing ran is over. It is kept to its end
//! even where every message has a final word before: messages that fail may do so late. Only a failed share that
//! is too large already holds the run at once.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Tick;
use crate::domain::{
    Canary, HoldKind, HoldReason, Plan, Reason, RecipientNumber, RunEvent, RunId, RunName, RunState,
};
use crate::events::Event;
use crate::journal::{CanaryView, Journal, JournalError, Place};

use super::call::Context;
use super::error::EngineError;
use super::interrupt::Urgency;
use super::send::Engine;

/// Time between two looks at what became of the canary.
const LOOK: Duration = Duration::from_secs(1);

/// How much longer than its wait a canary is not judged while webhooks that came in time are not applied yet.
const GRACE: Duration = Duration::from_secs(10);

/// What comes after the wait.
#[derive(Debug)]
pub(super) enum Watched {
    /// To send to whoever is to be sent to now.
    GoOn,
    /// Somebody paused or cancelled the run; the journal says which.
    Told,
    /// The sending ends with this.
    Ended(RunEvent),
}

/// What a canary says at one moment.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// Nothing yet.
    Wait,
    /// Everybody may be sent to.
    Passed,
    /// Too many failed.
    Failed,
    /// Nothing was heard of anybody.
    Unheard,
}

fn judge(canary: &Canary, view: &CanaryView, is_over: bool) -> Verdict {
    if canary.stop_above.is_passed_by(view.failed(), view.sent) {
        Verdict::Failed
    } else if !is_over {
        Verdict::Wait
    } else if view.is_heard() {
        Verdict::Passed
    } else {
        Verdict::Unheard
    }
}

impl Engine {
    /// Waits for what becomes of a canary whose people have all been sent to, and judges it.
    ///
    /// # Errors
    /// When the journal fails.
    pub(super) async fn watch_canary(&self, context: &Context, plan: &Plan) -> Result<Watched, EngineError> {
        let run = plan.run;
        let Some(canary) = self.journal.view(run)?.conduct.canary else { return Ok(Watched::GoOn) };
        let mut state = context.state.clone();
        let mut told = None;
        let mut deadline = None;
        loop {
            let Some(view) = self.journal.canary(run)? else { return Ok(Watched::GoOn) };
            if view.unsent > 0 {
                return Ok(Watched::GoOn);
            }
            if context.hours.are_over(self.clock.now()) {
                return Ok(Watched::Ended(RunEvent::Expired));
            }
            let until = until(&canary, &view, self.clock.now());
            let now = self.clock.tick();
            // Should the clock on the wall be put back, nobody waits longer than the definition says.
            let deadline = *deadline.get_or_insert(now.after(left(until, self.clock.now()).min(canary.wait)));
            if told != Some(view) {
                told = Some(view);
                self.tell_canary(run, &view, until);
            }
            let verdict = judge(&canary, &view, self.is_over(now, deadline)?);
            match verdict {
                Verdict::Wait => {}
                Verdict::Passed => {
                    return match self.journal.happen(run, RunEvent::CanaryPassed).await {
                        Ok(_) => Ok(Watched::GoOn),
                        Err(JournalError::Transition(_)) => Ok(Watched::Told),
                        Err(error) => Err(error.into()),
                    };
                }
                Verdict::Failed | Verdict::Unheard => {
                    let sentence = match verdict {
                        Verdict::Failed => failed(&self.journal, &plan.run_name, &canary, &view, run)?,
                        _ => unheard(&plan.run_name, &view),
                    };
                    let reason = HoldReason { kind: HoldKind::Canary, sentence };
                    return Ok(Watched::Ended(RunEvent::Held(reason)));
                }
            }
            let next = if deadline > now { deadline.min(now.after(LOOK)) } else { now.after(LOOK) };
            tokio::select! {
                () = self.clock.sleep_until(next) => {}
                () = context.interrupt.reached(Urgency::Drain) => {
                    return Ok(Watched::Ended(RunEvent::Interrupted));
                }
                // Its sender outlives the run's sending, so that waiting cannot fail.
                _ = state.wait_for(|state| *state != RunState::Sending) => return Ok(Watched::Told),
            }
        }
    }

    /// Whether everything that came within the wait can be known by now.
    fn is_over(&self, now: Tick, deadline: Tick) -> Result<bool, JournalError> {
        Ok(now >= deadline.after(GRACE) || (now >= deadline && self.journal.waiting_letters()? == 0))
    }

    fn tell_canary(&self, run: RunId, view: &CanaryView, until: Timestamp) {
        let (sent, delivered, failed) = (view.sent, view.delivered, view.failed());
        self.events.tell(Event::Canary { run, sent, delivered, failed, until });
    }
}

/// When a canary is judged whose people have all been sent to.
fn until(canary: &Canary, view: &CanaryView, now: Timestamp) -> Timestamp {
    let newest = view.newest_call.and_then(|at| Timestamp::from_millisecond(at).ok()).unwrap_or(now);
    newest.checked_add(canary.wait).unwrap_or(now)
}

fn left(until: Timestamp, now: Timestamp) -> Duration {
    Duration::try_from(until.duration_since(now)).unwrap_or_default()
}

/// Why a run is held of whose canary too many failed.
fn failed(
    journal: &Journal,
    name: &RunName,
    canary: &Canary,
    view: &CanaryView,
    run: RunId,
) -> Result<String, JournalError> {
    let (failed, sent, share) = (view.failed(), view.sent, canary.stop_above);
    let why = match most_frequent(journal, run, view)? {
        Some((reason, people)) => format!("; the most frequent reason, {people} times: {reason}"),
        None => String::new(),
    };
    Ok(format!(
        "{failed} of the first {sent} messages reached nobody ({} rejected at once, {} not delivered), more than \
         canary.stop_above, {share}, allows{why}; `disparo resume {name}` goes on with everybody else, \
         `disparo cancel {name}` gives them up",
        view.rejected, view.undelivered
    ))
}

/// Why a run is held of whose canary nothing was heard.
fn unheard(name: &RunName, view: &CanaryView) -> String {
    let sent = view.sent - view.rejected;
    format!(
        "nothing was heard of the first {sent} messages, neither that one was delivered nor that one failed, so that \
         nobody knows whether they arrive; receipts come to a channel with a callback_url while `disparo serve` or \
         `disparo run --listen` listens there; `disparo resume {name}` goes on with everybody else all the same, \
         `disparo cancel {name}` gives them up"
    )
}

/// The reason for which most of the canary failed, and how many did.
fn most_frequent(
    journal: &Journal,
    run: RunId,
    view: &CanaryView,
) -> Result<Option<(Reason, u64)>, JournalError> {
    let end = view.end.0;
    let recipients = || (0..end).map(RecipientNumber);
    let rejected: Vec<bool> = journal.with_ledger(run, |ledger| {
        recipients().map(|recipient| ledger.place(recipient) == Some(Place::Rejected)).collect()
    })?;
    let at_once = journal.histories(run, 0..end)?.into_iter().zip(rejected);
    let at_once = at_once.filter_map(|(history, is_rejected)| history.reason.filter(|_| is_rejected));
    let later: Vec<_> = journal.with_deliveries(run, |deliveries| {
        recipients().filter_map(|recipient| Some(deliveries.failure_of(recipient)?.reason.clone())).collect()
    })?;
    let mut counts: HashMap<(Box<str>, Box<str>), (Reason, u64)> = HashMap::new();
    for reason in at_once.chain(later) {
        let alike = (reason.code.clone(), reason.sentence.clone());
        counts.entry(alike).or_insert((reason, 0)).1 += 1;
    }
    let mut counts: Vec<_> = counts.into_values().collect();
    counts.sort_by(|(one, many), (other, more)| more.cmp(many).then_with(|| one.code.cmp(&other.code)));
    Ok(counts.into_iter().next())
}
