//! The dispatcher: owns a run while it is sent. Takes chunks from the lanes, lets tasks make the
//! calls, and decides what follows from each outcome. It alone changes the lanes.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::clock::Tick;
use crate::domain::{
    ChunkRecipients, HoldKind, HoldReason, Reason, RecipientNumber, RunState, Safety, Signal,
};
use crate::events::{Event, Events};
use crate::journal::{Balance, JournalError};

use super::brake::Brake;
use super::call::{self, CallEnd, CallError, Context, Outcome};
use super::interrupt::Urgency;
use super::lane::{Lane, Work};
use super::refusal::Judgement;

/// How long the dispatcher sleeps when nothing else wakes it.
const IDLE: Duration = Duration::from_secs(1);

/// A finished call and where it came from.
#[derive(Debug)]
struct Finished {
    lane: usize,
    work: Work,
    began: Tick,
    end: CallEnd,
}

/// Why the dispatcher stopped.
#[derive(Debug)]
pub enum Stop {
    /// Nobody is pending any more.
    Done,
    /// The run was paused, held or cancelled by somebody; the journal says which.
    Told,
    /// Ctrl-C.
    Interrupted,
    /// Something needs a person.
    Hold(HoldReason),
}

/// See the module.
#[derive(Debug)]
pub struct Dispatcher {
    context: Arc<Context>,
    events: Events,
    lanes: Vec<Lane>,
    brake: Brake,
    most_exposed: u64,
    exposed: u64,
    calls: JoinSet<Finished>,
    state: watch::Receiver<RunState>,
    stop: Option<Stop>,
}

impl Dispatcher {
    /// A dispatcher over lanes that have their people.
    #[must_use]
    pub fn new(context: Arc<Context>, events: Events, lanes: Vec<Lane>, safety: &Safety) -> Self {
        let state = context.state.clone();
        Self {
            context,
            events,
            lanes,
            brake: Brake::new(safety.stop_above),
            most_exposed: u64::from(safety.max_in_doubt.get()),
            exposed: 0,
            calls: JoinSet::new(),
            state,
            stop: None,
        }
    }

    /// Sends until nobody is pending or something stops it. Calls in flight are waited for, unless the
    /// interrupt says at once.
    ///
    /// # Errors
    /// When the journal or the roster fails; what is in flight then stays in doubt.
    pub async fn run(&mut self) -> Result<Stop, CallError> {
        loop {
            self.notice_orders();
            let wake = if self.stop.is_none() { self.begin_calls() } else { None };
            if self.calls.is_empty() {
                if let Some(stop) = self.stop.take() {
                    return Ok(stop);
                }
                if wake.is_none() && !self.has_work() {
                    self.convict_the_rest().await?;
                    return Ok(Stop::Done);
                }
            }
            let now = self.context.clock.tick();
            let wake = wake.unwrap_or_else(|| now.after(IDLE));
            let context = Arc::clone(&self.context);
            let next = if self.context.interrupt.urgency() == Urgency::None {
                Urgency::Drain
            } else {
                Urgency::Stop
            };
            tokio::select! {
                Some(finished) = self.calls.join_next() => match finished {
                    Ok(finished) => self.take(finished).await?,
                    // A task that panicked left its recipients in doubt; nothing more may be assumed of it.
                    Err(error) => return Err(JournalError::Broken(error.to_string()).into()),
                },
                () = context.clock.sleep_until(wake) => {}
                () = context.interrupt.reached(next) => {}
                changed = self.state.changed() => {
                    if changed.is_err() {
                        return Err(JournalError::Broken("the run has left the journal".to_owned()).into());
                    }
                }
            }
        }
    }

    fn notice_orders(&mut self) {
        match self.context.interrupt.urgency() {
            Urgency::Stop => {
                self.calls.abort_all();
                self.calls = JoinSet::new();
                self.stop = Some(Stop::Interrupted);
            }
            Urgency::Drain if self.stop.is_none() => self.stop = Some(Stop::Interrupted),
            Urgency::Drain | Urgency::None => {}
        }
        if self.stop.is_none() && *self.state.borrow_and_update() != RunState::Sending {
            self.stop = Some(Stop::Told);
        }
    }

    fn has_work(&self) -> bool {
        self.lanes.iter().any(Lane::has_work)
    }

    /// Begins every call that may begin now. Gives the time at which more may.
    fn begin_calls(&mut self) -> Option<Tick> {
        let mut wake: Option<Tick> = None;
        for index in 0..self.lanes.len() {
            if let Some(tick) = self.begin_calls_of(index) {
                wake = Some(wake.map_or(tick, |wake| wake.min(tick)));
            }
        }
        wake
    }

    fn begin_calls_of(&mut self, index: usize) -> Option<Tick> {
        loop {
            let now = self.context.clock.tick();
            let wall = self.context.clock.now();
            let lane = &mut self.lanes[index];
            if !lane.has_work() || lane.in_flight >= lane.link.channel.in_flight.get() {
                return None;
            }
            let due = lane.not_before.max(lane.flow.due()).max(self.context.flow.due());
            if now < due {
                return Some(due);
            }
            let size = lane.next_size();
            if self.exposed + size > self.most_exposed {
                return None;
            }
            let people = u32::try_from(size).unwrap_or(u32::MAX);
            let room = lane.flow.admit(wall, people).and_then(|()| self.context.flow.admit(wall, people));
            if let Err(until) = room {
                let wait = until.duration_since(wall).unsigned_abs();
                lane.not_before = now.after(wait.max(Duration::from_millis(1)));
                return Some(lane.not_before);
            }
            let work = lane.take()?;
            let slot = lane.flow.reserve(now, wall, people);
            let slot = self.context.flow.reserve(slot, wall, people);
            lane.in_flight += 1;
            self.exposed += size;
            self.spawn(index, work, slot, now);
        }
    }

    fn spawn(&mut self, index: usize, work: Work, slot: Tick, began: Tick) {
        let lane = &self.lanes[index];
        let call = call::call(
            Arc::clone(&self.context),
            Arc::clone(&lane.link),
            lane.index,
            lane.flow.clone(),
            work.clone(),
            slot,
        );
        self.calls.spawn(async move { Finished { lane: index, work, began, end: call.await } });
    }

    async fn take(&mut self, finished: Finished) -> Result<(), CallError> {
        let Finished { lane: index, work, began, end } = finished;
        self.exposed -= work.recipients.len() as u64;
        let lane = &mut self.lanes[index];
        lane.in_flight -= 1;
        match end {
            CallEnd::Stopped => lane.put_back(work),
            CallEnd::Suppressed(suppressed) => {
                let left = without(&work.recipients, &suppressed);
                lane.add(left.into_iter(), work.attempt);
            }
            CallEnd::Broken(CallError::Journal(error @ JournalError::DiskFull { .. })) => {
                lane.put_back(work);
                self.hold(HoldKind::Disk, error.to_string());
            }
            CallEnd::Broken(error) => return Err(error),
            CallEnd::Settled(outcome) => self.take_outcome(index, work, began, outcome).await?,
        }
        Ok(())
    }

    async fn take_outcome(
        &mut self,
        index: usize,
        work: Work,
        began: Tick,
        outcome: Outcome,
    ) -> Result<(), CallError> {
        if outcome.accepted + outcome.rejected > 0 {
            while let Some((blamed, reason)) = self.lanes[index].refusals.answered(work.piece) {
                self.blame(blamed, reason).await?;
            }
        }
        if let Some((failed, all)) = self.brake.take(outcome.accepted, outcome.rejected) {
            let sentence = format!(
                "{failed} of the last {all} recipients were rejected, more than stop_above allows; read the reasons in the report, then resume or cancel the run"
            );
            self.hold(HoldKind::StopAbove, sentence);
        }
        self.tell(index, &outcome);
        let lane = &mut self.lanes[index];
        lane.add(outcome.transient.into_iter(), work.attempt.next());
        if !matches!(outcome.signal, Signal::Refused { .. }) {
            lane.add(outcome.unsent.into_iter(), work.attempt);
        }
        self.take_signal(index, work, began, outcome.signal).await
    }

    async fn take_signal(
        &mut self,
        index: usize,
        work: Work,
        began: Tick,
        signal: Signal,
    ) -> Result<(), CallError> {
        let now = self.context.clock.tick();
        let lane = &mut self.lanes[index];
        let name = lane.link.channel.name.clone();
        match signal {
            Signal::Answered => {
                lane.reached();
                lane.flow.succeeded(now);
            }
            Signal::InDoubt { .. } => lane.reached(),
            Signal::TooMany => {
                lane.reached();
                if work.recipients.len() == 1 {
                    let sentence = format!("channel {name}: the provider calls a single message too many");
                    self.hold(HoldKind::CampaignRefused, sentence);
                } else {
                    lane.halve(work.recipients.len());
                }
            }
            Signal::NotSent { cause } => self.try_later(index, began, cause, None),
            Signal::Throttled { retry_after } => {
                let cause = "the provider asks to slow down".to_owned();
                lane.flow.throttled(now, retry_after);
                self.try_later(index, began, cause, retry_after);
            }
            Signal::Refused { reason } => {
                lane.reached();
                self.judge(index, work, &reason).await?;
            }
            Signal::CampaignRefused { reason } => {
                lane.reached();
                let sentence = format!("channel {name}: {reason}; nobody of the refused call was messaged");
                self.hold(HoldKind::CampaignRefused, sentence);
            }
            Signal::ChannelRefused { reason } => {
                let sentence = format!(
                    "channel {name}: {reason}; check the channel's credential and account, then resume the run"
                );
                self.hold(HoldKind::ChannelRefused, sentence);
            }
        }
        Ok(())
    }

    fn try_later(&mut self, index: usize, began: Tick, cause: String, retry_after: Option<Duration>) {
        let now = self.context.clock.tick();
        let random = rand::random::<f64>();
        let lane = &mut self.lanes[index];
        let (run, channel) = (self.context.run, lane.index);
        match lane.failed(began, now, random) {
            Some(wait) => {
                let wait = wait.max(retry_after.unwrap_or_default());
                let event = match retry_after {
                    Some(_) => Event::Throttled { run, channel, wait },
                    None => Event::NotSent { run, channel, cause, wait },
                };
                self.events.tell(event);
            }
            None => {
                let channel = &lane.link.channel;
                let sentence = format!(
                    "channel {}: {cause}, {} times in a row; nothing is lost, resume the run when the provider can be reached",
                    channel.name, channel.retry.attempts
                );
                self.hold(HoldKind::Unreachable, sentence);
            }
        }
    }

    async fn judge(&mut self, index: usize, work: Work, reason: &Reason) -> Result<(), CallError> {
        let lane = &mut self.lanes[index];
        match lane.refusals.refused(&work.recipients, work.piece, reason) {
            Judgement::Bisect(parts) => {
                for (piece, recipients) in parts {
                    let part = Work { recipients, attempt: work.attempt, piece: Some(piece) };
                    lane.add_piece(piece, part);
                }
            }
            Judgement::Recipient(blamed, reason) => self.blame(blamed, reason).await?,
            Judgement::Suspect => {}
            Judgement::Campaign(reason) => {
                let sentence = format!(
                    "channel {}: {reason}, whoever the recipient is; mend the campaign or its template, then resume or cancel the run",
                    lane.link.channel.name
                );
                self.hold(HoldKind::CampaignRefused, sentence);
            }
        }
        Ok(())
    }

    async fn blame(&mut self, blamed: ChunkRecipients, reason: Reason) -> Result<(), CallError> {
        let rejected = u32::try_from(blamed.len()).unwrap_or(u32::MAX);
        match self.context.journal.refuse(self.context.run, blamed, reason).await {
            // Cancelled meanwhile, with everybody who was pending.
            Err(JournalError::NotPending { .. }) if self.context.must_stop() => return Ok(()),
            refused => refused?,
        }
        if let Some((failed, all)) = self.brake.take(0, rejected) {
            let sentence =
                format!("{failed} of the last {all} recipients were rejected, more than stop_above allows");
            self.hold(HoldKind::StopAbove, sentence);
        }
        Ok(())
    }

    async fn convict_the_rest(&mut self) -> Result<(), CallError> {
        for index in 0..self.lanes.len() {
            while let Some((blamed, reason)) = self.lanes[index].refusals.convict() {
                self.blame(blamed, reason).await?;
            }
        }
        Ok(())
    }

    fn hold(&mut self, kind: HoldKind, sentence: String) {
        // The first reason is the one to be told; what else fails while calls drain follows from it.
        if !matches!(self.stop, Some(Stop::Hold(_))) {
            self.stop = Some(Stop::Hold(HoldReason { kind, sentence }));
        }
    }

    fn tell(&self, index: usize, outcome: &Outcome) {
        let Balance { tally, in_flight } = outcome.balance;
        self.events.tell(Event::Settled {
            run: self.context.run,
            channel: self.lanes[index].index,
            accepted: outcome.accepted,
            rejected: outcome.rejected,
            in_doubt: outcome.in_doubt,
            tally,
            in_flight,
        });
    }
}

fn without(all: &ChunkRecipients, left_out: &ChunkRecipients) -> Vec<RecipientNumber> {
    all.iter().filter(|recipient| left_out.as_slice().binary_search(recipient).is_err()).collect()
}
