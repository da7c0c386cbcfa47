//! Sending a run: from its frozen plan to the state in which it stays.

use std::num::NonZeroU32;
use std::sync::Arc;

use tokio::sync::watch;
use tracing::Instrument;

use crate::clock::Clock;
use crate::domain::{Attempt, Plan, Rate, RecipientNumber, RunEvent, RunId, RunState, Waiting, redact};
use crate::events::{Event, Events};
use crate::journal::{Journal, JournalError, Ledger, Place, RunView, UsageOf};

use super::budget::sent;
use super::call::Context;
use super::canary::Watched;
use super::dispatch::{Dispatcher, Stop};
use super::doubt::{repeat_harmless, settle_by_policy};
use super::error::EngineError;
use super::flow::{SharedFlow, shared_chunk};
use super::group_doubt::{Effort, settle_groups};
use super::hours::Hours;
use super::interrupt::Interrupt;
use super::lane::Lane;
use super::link::{Link, check_unmoved};
use super::occurrence::attach;
use super::seat::Seat;
use super::telling::{tell_begun, tell_ended};
use super::undelivered::Originals;
use super::wait::{Patience, Woken};

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
    /// `rates` replaces the plan's own pace (`resume --rate`); the channels' rates always hold. `patience` says what
    /// happens while the run is outside its window.
    ///
    /// # Errors
    /// When the run cannot be sent at all, or the journal or the roster fails on the way; the run is
    /// interrupted then. What the provider refuses is no error: the run's state tells of it.
    pub async fn send(
        &self,
        run: RunId,
        links: &[Arc<Link>],
        rates: Option<&[Rate]>,
        patience: Patience,
    ) -> Result<RunView, EngineError> {
        let roster = attach(&self.journal, run)?;
        let plan = self.journal.view(run)?.facts.plan.clone();
        if plan.channels.len() != links.len() {
            return Err(EngineError::Links { planned: plan.channels.len(), ready: links.len() });
        }
        for (planned, link) in plan.channels.iter().zip(links) {
            check_unmoved(planned, &link.channel)?;
        }
        // While nobody sends: who is pending by mistake is accepted, and not only left out later.
        self.journal.settle_by_receipts(run).await?;
        let settled = self.journal.view(run)?;
        if settled.summary.state == RunState::Completed || self.expire(run).await? {
            let view = self.journal.view(run)?;
            self.tell_state(&view);
            return Ok(view);
        }
        let hours = Hours::of(&settled.timing, &roster)?;
        let originals = Originals::of(&self.journal, &plan, &roster)?;
        let state = self.journal.follow(run)?;
        let context = Arc::new(Context {
            journal: Arc::clone(&self.journal),
            clock: Arc::clone(&self.clock),
            interrupt: self.interrupt.clone(),
            roster,
            run,
            state,
            flow: self.run_flow(&plan, links, rates),
            bell: Arc::default(),
            campaign: plan.campaign.clone(),
            originals,
            hours,
            ending: watch::Sender::new(false),
        });
        let span = tracing::info_span!("run", run = %plan.run_name, campaign = plan.campaign);
        let sending = async {
            match self.begin(&context, &plan, patience).await {
                Ok(Woken::GoOn) => self.send_started(&plan, Arc::clone(&context), links, patience).await,
                begun => begun.map(drop),
            }
        };
        if let Err(error) = sending.instrument(span.clone()).await {
            tracing::error!(run = %plan.run_name, error = &*redact(&error.to_string()), "sending broke off");
            drop(self.journal.leave_in_doubt(run).await);
            // Nobody sends the run any more. Where this cannot be written, the next process finds out.
            drop(self.journal.happen(run, RunEvent::Interrupted).await);
            return Err(error);
        }
        let view = self.journal.view(run)?;
        span.in_scope(|| self.tell_state(&view));
        Ok(view)
    }

    async fn send_started(
        &self,
        plan: &Plan,
        context: Arc<Context>,
        links: &[Arc<Link>],
        patience: Patience,
    ) -> Result<(), EngineError> {
        let lanes = self.lanes(links, &context);
        let most = links.iter().map(|link| link.channel.retry.attempts).min().unwrap_or(NonZeroU32::MIN);
        settle_groups(&context, &self.events, &lanes, Effort::Now).await?;
        self.settle(&context, plan, most).await?;
        self.tell_started(plan)?;
        let mut dispatcher = Dispatcher::new(Arc::clone(&context), self.events.clone(), lanes, &plan.safety);
        let mut rounds = 0;
        loop {
            rounds += 1;
            let canary = self.journal.canary(plan.run)?;
            self.fill(&mut dispatcher.lanes, &context, canary.map(|canary| canary.end))?;
            let event = match dispatcher.run().await? {
                Stop::Told => return Ok(()),
                Stop::Asleep(until) => match self.wait(&context, plan, until, patience).await? {
                    Woken::GoOn => continue,
                    Woken::Left => return Ok(()),
                },
                Stop::Expired => Some(RunEvent::Expired),
                Stop::Interrupted => Some(RunEvent::Interrupted),
                Stop::Hold(reason) => Some(RunEvent::Held(reason)),
                Stop::Done => None,
            };
            if event.is_none() {
                let effort = if rounds < most.get() { Effort::Patient } else { Effort::Last };
                settle_groups(&context, &self.events, &dispatcher.lanes, effort).await?;
            }
            self.settle(&context, plan, most).await?;
            let event = match event {
                None if canary.is_some() => match self.watch_canary(&context, plan).await? {
                    Watched::GoOn => continue,
                    Watched::Told => return Ok(()),
                    Watched::Ended(event) => Some(event),
                },
                event => event,
            };
            if self.end(plan.run, event).await? {
                return Ok(());
            }
        }
    }

    /// Settles doubt that needs no answer from anybody.
    async fn settle(&self, context: &Context, plan: &Plan, most: NonZeroU32) -> Result<(), EngineError> {
        self.journal.settle_by_receipts(plan.run).await?;
        repeat_harmless(&self.journal, &context.roster, most).await?;
        settle_by_policy(&self.journal, plan.run, &plan.safety, most, self.clock.now()).await?;
        Ok(())
    }

    /// Ends the sending with `event`, or because nobody is pending any more: then there is nothing left
    /// to be held or interrupted. False when somebody is pending again and nothing speaks against going on.
    async fn end(&self, run: RunId, event: Option<RunEvent>) -> Result<bool, EngineError> {
        let Err(error) = self.happens(run, RunEvent::Finished { in_doubt: 0 }).await else { return Ok(true) };
        if !matches!(error, EngineError::Journal(JournalError::Unfinished(_))) {
            return Err(error);
        }
        match event {
            Some(event) => self.happens(run, event).await.map(|_| true),
            None if self.journal.view(run)?.in_flight > 0 => Err(error),
            // Doubts were settled as not sent while the last calls were made.
            None => Ok(false),
        }
    }

    pub(super) fn tell_state(&self, view: &RunView) {
        let (state, tally) = (view.summary.state.clone(), view.summary.tally);
        tell_ended(view);
        self.events.tell(Event::State { run: view.facts.plan.run, state, tally });
    }

    pub(super) fn tell_started(&self, plan: &Plan) -> Result<(), EngineError> {
        let view = self.journal.view(plan.run)?;
        tell_begun(&view);
        let tally = view.summary.tally;
        let channels = plan.channels.iter().map(|channel| channel.name.clone()).collect();
        self.events.tell(Event::Started { run: plan.run, name: plan.run_name.clone(), channels, tally });
        Ok(())
    }

    /// The run's own flow, over all its channels.
    fn run_flow(&self, plan: &Plan, links: &[Arc<Link>], rates: Option<&[Rate]>) -> SharedFlow {
        let rates = rates.unwrap_or(&plan.rates);
        let channels = links.iter().map(|link| &link.channel);
        let chunk = shared_chunk(rates, channels, plan.safety.max_in_doubt);
        let sent = sent(&self.journal, &UsageOf::Run(plan.run));
        SharedFlow::new(rates, plan.ramp, chunk, &sent, self.clock.tick())
    }

    fn lanes(&self, links: &[Arc<Link>], context: &Context) -> Vec<Lane> {
        (0_u16..).zip(links).map(|(index, link)| self.lane(index, link, context)).collect()
    }

    fn lane(&self, index: u16, link: &Arc<Link>, context: &Context) -> Lane {
        let chunk = link.channel.chunk.min(context.flow.chunk());
        let bell = Arc::clone(&context.bell);
        let seat = Seat::take(link, chunk, bell, &self.journal, self.clock.tick());
        Lane::new(index, Arc::clone(link), seat)
    }

    /// Puts everybody who is pending, and numbered below `end` where one is given, into their channel's lane,
    /// which is empty.
    fn fill(
        &self,
        lanes: &mut [Lane],
        context: &Context,
        end: Option<RecipientNumber>,
    ) -> Result<(), EngineError> {
        let channels = context.roster.standings().map(|entry| entry.map(|(_, channel, _)| channel));
        let channels = match lanes {
            // One channel has everybody: a list of ten million times the same takes its time.
            [_] => None,
            _ => Some(channels.collect::<Result<Vec<_>, _>>()?),
        };
        let of_lane = |recipient: RecipientNumber, index: u16| match &channels {
            Some(channels) => channels.get(recipient.index()) == Some(&index),
            None => true,
        };
        let (pending, added) = self.journal.with_ledger(context.run, |ledger| {
            for lane in lanes.iter_mut() {
                let index = lane.index;
                add(lane, pending_of(ledger, end).filter(|recipient| of_lane(*recipient, index)), ledger);
            }
            let pending = match end {
                Some(_) => pending_of(ledger, end).count() as u64,
                None => ledger.count(Place::Pending),
            };
            (pending, lanes.iter().map(|lane| lane.waiting()).sum::<u64>())
        })?;
        // Whom no lane has nobody would ever send to.
        if added == pending { Ok(()) } else { Err(JournalError::Unfinished(context.run).into()) }
    }
}

/// Everybody who is pending, up to `end` where one is given.
fn pending_of(
    ledger: &Ledger,
    end: Option<RecipientNumber>,
) -> impl Iterator<Item = RecipientNumber> + Clone + '_ {
    let is_before_end = move |recipient: &RecipientNumber| end.is_none_or(|end| *recipient < end);
    ledger.all_in(Place::Pending).take_while(is_before_end)
}

fn add(lane: &mut Lane, pending: impl Iterator<Item = RecipientNumber> + Clone, ledger: &Ledger) {
    lane.add(pending.clone().filter(|recipient| ledger.attempts(*recipient) == 0), Attempt::FIRST);
    for recipient in pending.filter(|recipient| ledger.attempts(*recipient) > 0) {
        let attempt = Attempt(ledger.attempts(recipient)).next();
        lane.add(std::iter::once(recipient), attempt);
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
        | RunState::Settling
        | RunState::Waiting(Waiting::Window { .. }) => true,
        RunState::Sending
        | RunState::Completed
        | RunState::Cancelled
        | RunState::Expired
        | RunState::Waiting(Waiting::Approval) => false,
    }
}
