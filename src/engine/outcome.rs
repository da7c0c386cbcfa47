//! What follows from a call: who goes again, who is to blame, when the run has to wait for a person.

use std::time::Duration;

use tokio::task::JoinError;

use crate::clock::Tick;
use crate::domain::{ChunkRecipients, HoldKind, HoldReason, Reason, Signal, redact};
use crate::events::Event;
use crate::journal::{Balance, JournalError};

use super::call::{CallEnd, CallError, Outcome};
use super::company::Sorting;
use super::dispatch::{Dispatcher, Finished, Stop};
use super::lane::Work;
use super::refusal::Judgement;
use super::telling::{millis, tell_throttled};
use super::verdicts::suppression;

impl Dispatcher {
    /// Takes what came of a call.
    pub(super) async fn take_finished(&mut self, finished: Result<Finished, JoinError>) {
        let taken = match finished {
            Ok(finished) => self.take(finished).await,
            // A task that panicked left its recipients in doubt; nothing more may be assumed of it.
            Err(error) => {
                self.gave_up = true;
                Err(JournalError::Broken(error.to_string()).into())
            }
        };
        self.note_failure(taken);
    }

    /// Something failed that is no provider's doing.
    pub(super) fn note_failure(&mut self, taken: Result<(), CallError>) {
        if let Err(error) = taken {
            // The first failure is the one to be told; the others follow from it.
            self.failure.get_or_insert(error);
            self.context.ending.send_replace(true);
        }
    }

    async fn take(&mut self, finished: Finished) -> Result<(), CallError> {
        let Finished { lane: index, work, began, end, kept: _kept } = finished;
        self.exposed -= work.recipients.len() as u64;
        let lane = &mut self.lanes[index];
        lane.no_room_until = Tick::default();
        match end {
            CallEnd::Stopped => lane.put_back(work),
            CallEnd::Mixed => {
                lane.set_sorting(Sorting::Needed);
                lane.put_back(work);
            }
            CallEnd::NotMade(left) => {
                if let Some(recipients) = ChunkRecipients::new(left) {
                    lane.put_back(Work { recipients, ..work });
                }
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

    /// Takes a durable outcome.
    pub(super) async fn take_outcome(
        &mut self,
        index: usize,
        work: Work,
        began: Tick,
        outcome: Outcome,
    ) -> Result<(), CallError> {
        self.tell_call(index, &work, &outcome);
        if outcome.accepted + outcome.rejected > 0 {
            while let Some((blamed, reason)) = self.lanes[index].refusals.answered(work.piece) {
                self.blame(index, blamed, reason).await?;
            }
        }
        if let Some((failed, all)) = self.brake.take(outcome.accepted, outcome.rejected) {
            let sentence = format!(
                "{failed} of the last {all} recipients were rejected, more than stop_above allows; read the reasons in the report, then resume or cancel the run"
            );
            self.hold(HoldKind::StopAbove, sentence);
        }
        self.tell(index, &outcome);
        self.lanes[index].add(outcome.transient.into_iter(), work.attempt.next());
        // Of a call that was answered in part, only those go again who were not accepted or rejected.
        let unsent = ChunkRecipients::new(outcome.unsent);
        let again = unsent.map(|recipients| Work { recipients, ..work });
        self.take_signal(index, again, began, outcome.signal).await
    }

    /// `again` is whom the call provably did not reach.
    async fn take_signal(
        &mut self,
        index: usize,
        again: Option<Work>,
        began: Tick,
        signal: Signal,
    ) -> Result<(), CallError> {
        let now = self.context.clock.tick();
        let lane = &mut self.lanes[index];
        let name = lane.link.channel.name.clone();
        let again = match (again, &signal) {
            (Some(work), Signal::Refused { .. } | Signal::SomebodyRefused { .. } | Signal::TooMany) => {
                Some(work)
            }
            (Some(work), _) => {
                lane.put_back(work);
                None
            }
            (None, _) => None,
        };
        if matches!(signal, Signal::NotSent { .. } | Signal::TooMany | Signal::ChannelRefused { .. }) {
            lane.link.shared.note_trouble();
        }
        match signal {
            Signal::Answered => {
                lane.reached();
                lane.flow().succeeded(now);
            }
            Signal::InDoubt { .. } => lane.reached(),
            Signal::TooMany => {
                lane.reached();
                self.send_smaller(index, again);
            }
            Signal::NotSent { cause } => self.try_later(index, began, &cause),
            Signal::Throttled { retry_after } => self.slow_down(index, began, retry_after),
            Signal::Refused { reason } => {
                lane.reached();
                if let Some(work) = again {
                    let judgement = lane.refusals.refused(&work.recipients, work.piece, &reason);
                    self.judged(index, work, judgement).await?;
                }
            }
            Signal::SomebodyRefused { reason } => {
                lane.reached();
                if let Some(work) = again {
                    let judgement = lane.refusals.somebody_refused(&work.recipients, work.piece, &reason);
                    self.judged(index, work, judgement).await?;
                }
            }
            Signal::CampaignRefused { reason } => {
                lane.reached();
                let sentence = format!("channel {name}: {reason}; whoever was refused so is still pending");
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

    fn send_smaller(&mut self, index: usize, again: Option<Work>) {
        let Some(Work { recipients, attempt, .. }) = again else { return };
        let lane = &mut self.lanes[index];
        lane.add(recipients.iter(), attempt);
        if recipients.len() > 1 {
            self.halve(index, recipients.len());
            return;
        }
        let name = &lane.link.channel.name;
        let sentence = format!("channel {name}: the provider calls a single message too many");
        self.hold(HoldKind::CampaignRefused, sentence);
    }

    fn try_later(&mut self, index: usize, began: Tick, cause: &str) {
        let now = self.context.clock.tick();
        let lane = &mut self.lanes[index];
        match lane.failed(began, now, rand::random()) {
            Some(wait) => {
                tracing::debug!(
                    channel = lane.link.channel.name,
                    cause,
                    wait_ms = millis(wait),
                    "not sent; tried again"
                );
                let (run, channel, cause) = (self.context.run, lane.index, cause.to_owned());
                self.events.tell(Event::NotSent { run, channel, cause, wait });
            }
            None => {
                let cause = match lane.link.channel.retry.attempts.get() {
                    1 => cause.to_owned(),
                    times => format!("{cause}, {times} times in a row"),
                };
                self.hold_unreachable(index, &cause);
            }
        }
    }

    fn slow_down(&mut self, index: usize, began: Tick, retry_after: Option<Duration>) {
        let now = self.context.clock.tick();
        let lane = &mut self.lanes[index];
        let until = lane.flow().throttled(now, retry_after);
        let is_last = lane.is_asked_too_often(began, now);
        tell_throttled(&lane.link.channel.name, until.since(now));
        let (run, channel) = (self.context.run, lane.index);
        self.events.tell(Event::Throttled { run, channel, wait: until.since(now) });
        if is_last {
            self.hold_unreachable(index, "the provider asks to slow down again and again");
        }
    }

    /// Slows a lane down whose provider takes messages and later reports them as failed because they came
    /// too fast (seed 002, code 2301).
    pub(super) fn heed_reports(&mut self, index: usize) {
        let now = self.context.clock.tick();
        let lane = &mut self.lanes[index];
        if lane.is_reported_too_fast() {
            let until = lane.flow().throttled(now, None);
            tell_throttled(&lane.link.channel.name, until.since(now));
            let (run, channel) = (self.context.run, lane.index);
            self.events.tell(Event::Throttled { run, channel, wait: until.since(now) });
        }
    }

    fn hold_unreachable(&mut self, index: usize, cause: &str) {
        let channel = &self.lanes[index].link.channel;
        let sentence = format!(
            "channel {}: {cause}; nothing is lost, resume the run when the provider can be reached",
            channel.name
        );
        self.hold(HoldKind::Unreachable, sentence);
    }

    async fn judged(&mut self, index: usize, work: Work, judgement: Judgement) -> Result<(), CallError> {
        let lane = &mut self.lanes[index];
        match judgement {
            Judgement::Bisect(parts) => {
                for (piece, recipients) in parts {
                    let part = Work { recipients, attempt: work.attempt, piece: Some(piece) };
                    lane.add_piece(piece, part);
                }
            }
            Judgement::Recipient(blamed, reason) => self.blame(index, blamed, reason).await?,
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

    async fn blame(
        &mut self,
        index: usize,
        blamed: ChunkRecipients,
        reason: Reason,
    ) -> Result<(), CallError> {
        let rejected = u32::try_from(blamed.len()).unwrap_or(u32::MAX);
        let suppressed = if reason.suppress {
            let channel = &self.lanes[index].link.channel.name;
            let recipients = self.context.roster.recipients(&blamed)?;
            let suppressed = |recipient| suppression(&self.context, channel, recipient, &reason);
            recipients.iter().filter_map(suppressed).collect()
        } else {
            Vec::new()
        };
        match self.context.journal.refuse(self.context.run, blamed, reason, suppressed).await {
            // Cancelled meanwhile, with everybody who was pending.
            Err(JournalError::NotPending { .. }) if self.context.must_stop() => return Ok(()),
            refused => refused?,
        }
        let (run, channel) = (self.context.run, self.lanes[index].index);
        self.events.tell(Event::Blamed { run, channel, rejected });
        if let Some((failed, all)) = self.brake.take(0, rejected) {
            let sentence =
                format!("{failed} of the last {all} recipients were rejected, more than stop_above allows");
            self.hold(HoldKind::StopAbove, sentence);
        }
        Ok(())
    }

    /// Nobody is pending any more: whoever is still suspected is to blame.
    pub(super) async fn convict_the_rest(&mut self) -> Result<(), CallError> {
        for index in 0..self.lanes.len() {
            while let Some((blamed, reason)) = self.lanes[index].refusals.convict() {
                self.blame(index, blamed, reason).await?;
            }
        }
        Ok(())
    }

    /// Something needs a person.
    pub(super) fn hold(&mut self, kind: HoldKind, sentence: String) {
        tracing::debug!(?kind, sentence = &*redact(&sentence), "the run is to be held");
        // The first reason is the one to be told; what else fails while calls drain follows from it.
        if !matches!(self.stop, Some(Stop::Hold(_))) {
            self.stop = Some(Stop::Hold(HoldReason { kind, sentence }));
            // Before anybody has the place of the call from which this follows.
            self.context.ending.send_replace(true);
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
