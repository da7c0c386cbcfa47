//! Sending a run: from its frozen plan to the state in which it stays.

use std::num::NonZeroU32;
use std::sync::Arc;

use crate::clock::Clock;
use crate::domain::{Attempt, Channel, Plan, Rate, RunEvent, RunId, RunState, Spacing};
use crate::events::{Event, Events};
use crate::journal::{Journal, JournalError, Ledger, Place, RunView, UsageOf};
use crate::pace::MinuteCount;

use super::call::Context;
use super::dispatch::{Dispatcher, Stop};
use super::doubt::settle_by_policy;
use super::error::EngineError;
use super::flow::SharedFlow;
use super::interrupt::Interrupt;
use super::lane::Lane;
use super::link::{Link, check_unmoved};
use super::occurrence::attach;

/// What sending needs beside the run. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {
    /// The truth.
    pub journal: Arc<Journal>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Who listens.
    pub events: Events,
    /// Ctrl-C.
    pub interrupt: Interrupt,
}

impl Engine {
    /// Sends everybody who is pending, over the plan's channels made ready in the plan's order.
    /// `rates` replaces the plan's own pace (`resume --rate`); the channels' rates always hold.
    ///
    /// # Errors
    /// When the run cannot be sent at all, or the journal or the roster fails on the way. What the
    /// provider refuses is no error: the run's state tells of it.
    pub async fn send(
        &self,
        run: RunId,
        links: &[Arc<Link>],
        rates: Option<&[Rate]>,
    ) -> Result<RunView, EngineError> {
        let roster = attach(&self.journal, run)?;
        let plan = self.journal.view(run)?.facts.plan;
        for (planned, link) in plan.channels.iter().zip(links) {
            check_unmoved(planned, &link.channel)?;
        }
        let most = links.iter().map(|link| link.channel.retry.attempts).min().unwrap_or(NonZeroU32::MIN);
        let settled = settle_by_policy(&self.journal, run, &plan.safety, most, self.clock.now()).await?;
        let view = self.journal.view(run)?;
        if settled > 0 && view.summary.state == RunState::Completed {
            // The doubt was all that was left: there is nobody to send to.
            self.tell_state(&view);
            return Ok(view);
        }
        let state = self.journal.follow(run)?;
        self.journal.happen(run, RunEvent::Started).await?;
        self.tell_started(&plan)?;
        let context = Arc::new(Context {
            journal: Arc::clone(&self.journal),
            clock: Arc::clone(&self.clock),
            interrupt: self.interrupt.clone(),
            roster,
            run,
            state,
            flow: self.run_flow(&plan, links, rates),
            campaign: plan.campaign.clone(),
        });
        loop {
            let lanes = self.lanes(&plan, &context, links)?;
            let mut dispatcher =
                Dispatcher::new(Arc::clone(&context), self.events.clone(), lanes, &plan.safety);
            let event = match dispatcher.run().await? {
                Stop::Told => break,
                Stop::Interrupted => RunEvent::Interrupted,
                Stop::Hold(reason) => RunEvent::Held(reason),
                Stop::Done => {
                    settle_by_policy(&self.journal, run, &plan.safety, most, self.clock.now()).await?;
                    let tally = self.journal.view(run)?.summary.tally;
                    if tally.pending > 0 {
                        continue;
                    }
                    RunEvent::Finished { in_doubt: tally.in_doubt }
                }
            };
            match self.journal.happen(run, event).await {
                Ok(_) => {}
                // Somebody paused or cancelled it in the same moment; what they said stands.
                Err(JournalError::Transition(_)) => {}
                // Somebody settled doubt as not sent in the same moment: there are people to send to.
                Err(JournalError::Unfinished(_)) if self.journal.view(run)?.summary.tally.pending > 0 => {
                    continue;
                }
                Err(error) => return Err(error.into()),
            }
            break;
        }
        let view = self.journal.view(run)?;
        self.tell_state(&view);
        Ok(view)
    }

    fn tell_state(&self, view: &RunView) {
        let (state, tally) = (view.summary.state.clone(), view.summary.tally);
        self.events.tell(Event::State { run: view.facts.plan.run, state, tally });
    }

    fn tell_started(&self, plan: &Plan) -> Result<(), EngineError> {
        let tally = self.journal.view(plan.run)?.summary.tally;
        let channels = plan.channels.iter().map(|channel| channel.name.clone()).collect();
        self.events.tell(Event::Started { run: plan.run, name: plan.run_name.clone(), channels, tally });
        Ok(())
    }

    /// The run's own flow is spaced for calls as small as its channels make them: under larger ones it
    /// would grant a small call the time of a large one.
    fn run_flow(&self, plan: &Plan, links: &[Arc<Link>], rates: Option<&[Rate]>) -> SharedFlow {
        let rates = rates.unwrap_or(&plan.rates);
        let chunk_of = |link: &Arc<Link>| Spacing::new(&link.channel.rates, link.channel.chunk).chunk;
        let most = plan.safety.max_in_doubt;
        let chunk = links.iter().map(chunk_of).min().map_or(most, |chunk| chunk.min(most));
        let sent = self.sent(&UsageOf::Run(plan.run));
        SharedFlow::new(rates, plan.ramp, chunk, &sent, self.clock.tick())
    }

    fn lanes(&self, plan: &Plan, context: &Context, links: &[Arc<Link>]) -> Result<Vec<Lane>, EngineError> {
        let most = context.flow.chunk();
        let mut lanes: Vec<_> =
            (0_u16..).zip(links).map(|(index, link)| self.lane(index, link, most)).collect();
        let channels = context.roster.standings().map(|entry| entry.map(|(_, channel, _)| channel));
        let channels = channels.collect::<Result<Vec<_>, _>>()?;
        self.journal.with_ledger(plan.run, |ledger| fill(&mut lanes, ledger, &channels))?;
        Ok(lanes)
    }

    fn lane(&self, index: u16, link: &Arc<Link>, most: NonZeroU32) -> Lane {
        let channel: &Channel = &link.channel;
        let sent = self.sent(&UsageOf::Channel(channel.name.clone()));
        let chunk = channel.chunk.min(most);
        let flow = SharedFlow::new(&channel.rates, None, chunk, &sent, self.clock.tick());
        Lane::new(index, Arc::clone(link), flow, most)
    }

    fn sent(&self, of: &UsageOf) -> Vec<MinuteCount> {
        let count = |(minute, calls, recipients)| MinuteCount {
            minute: i64::try_from(minute).unwrap_or(i64::MAX),
            calls,
            recipients,
        };
        self.journal.usage(of).into_iter().map(count).collect()
    }
}

fn fill(lanes: &mut [Lane], ledger: &Ledger, channels: &[u16]) {
    for lane in lanes {
        let index = lane.index;
        let of_lane =
            |recipient: &crate::domain::RecipientNumber| channels.get(recipient.index()) == Some(&index);
        let pending = ledger.all_in(Place::Pending).filter(of_lane);
        let (fresh, again): (Vec<_>, Vec<_>) =
            pending.partition(|recipient| ledger.attempts(*recipient) == 0);
        lane.add(fresh.into_iter(), Attempt::FIRST);
        for recipient in again {
            let attempt = Attempt(ledger.attempts(recipient)).next();
            lane.add(std::iter::once(recipient), attempt);
        }
    }
}

/// Whether a run in this state has something for `resume` to do.
#[must_use]
pub fn can_resume(state: &RunState) -> bool {
    match state {
        RunState::Planned
        | RunState::Interrupted
        | RunState::Paused
        | RunState::Held(_)
        | RunState::Settling => true,
        RunState::Sending | RunState::Completed | RunState::Cancelled => false,
    }
}
