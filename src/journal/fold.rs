//! The fold: what each record does to a ledger.
//!
//! A record is checked before it changes anything, so that one that does not follow from those before
//! is refused when it is to be written, and is damage when it is read.

use crate::domain::{
    Attempt, ChunkNumber, ChunkRecipients, DoubtCause, HoldKind, RecipientNumber, RunEvent, RunState,
    Verdict, Verdicts,
};

use super::error::JournalError;
use super::ledger::Ledger;
use super::place::{Doubt, OpenIntent, Place};
use super::record::{Record, Settlement, SkipCause};

impl Ledger {
    /// Takes one more record.
    ///
    /// # Errors
    /// When the record does not follow from the ones before; nothing has changed then.
    pub fn apply(&mut self, record: &Record) -> Result<(), JournalError> {
        self.fold(record)?;
        if let Record::Intent { at, .. } | Record::Outcome { at, .. } | Record::Refused { at, .. } = record {
            self.newest_call = self.newest_call.max(Some(*at));
        }
        Ok(())
    }

    fn fold(&mut self, record: &Record) -> Result<(), JournalError> {
        match record {
            Record::Intent { chunk, attempt, channel, epoch, at, recipients } => {
                let intent = OpenIntent {
                    attempt: *attempt,
                    channel: *channel,
                    epoch: *epoch,
                    at: *at,
                    recipients: recipients.clone(),
                };
                self.intend(*chunk, intent)
            }
            Record::Withdrawn { chunk } => self.withdraw(*chunk),
            Record::Outcome { chunk, verdicts, .. } => self.settle(*chunk, verdicts),
            Record::Skipped { recipients, cause } => {
                let place = match cause {
                    SkipCause::Suppressed => Place::Suppressed,
                    SkipCause::Delivered => Place::Already,
                };
                self.move_pending(recipients, place)
            }
            Record::Refused { recipients, .. } => self.move_pending(recipients, Place::Rejected),
            Record::DoubtSettled { recipients, settlement, .. } => {
                self.settle_doubt(recipients.as_slice(), *settlement)
            }
            Record::Proved { recipient, .. } => {
                self.settle_doubt(std::slice::from_ref(recipient), Settlement::ConfirmedSent)
            }
            Record::Received { recipient, .. } => self.receive(*recipient),
            Record::Happened { event, at } => self.happen(event, *at),
        }
    }

    fn intend(&mut self, chunk: ChunkNumber, intent: OpenIntent) -> Result<(), JournalError> {
        if self.state != RunState::Sending || chunk != self.next_chunk {
            return Err(JournalError::NotSending { run: self.run, state: self.state.word() });
        }
        self.all_stand_in(&intent.recipients, Place::Pending)?;
        for recipient in intent.recipients.iter() {
            self.put(recipient, Place::Intended);
        }
        self.next_chunk = ChunkNumber(chunk.0 + 1);
        self.open.insert(chunk, intent);
        Ok(())
    }

    fn withdraw(&mut self, chunk: ChunkNumber) -> Result<(), JournalError> {
        let intent = self.open.remove(&chunk).ok_or_else(|| self.no_intent())?;
        for recipient in intent.recipients.iter() {
            self.release(recipient);
        }
        Ok(())
    }

    fn settle(&mut self, chunk: ChunkNumber, verdicts: &Verdicts) -> Result<(), JournalError> {
        let fits = self.open.get(&chunk).is_some_and(|intent| match verdicts {
            Verdicts::All(_) => true,
            Verdicts::Each(each) => each.len() == intent.recipients.len(),
        });
        if !fits {
            return Err(self.no_intent());
        }
        let intent = self.open.remove(&chunk).ok_or_else(|| self.no_intent())?;
        for (position, recipient) in intent.recipients.iter().enumerate() {
            if let Some(verdict) = verdicts.at(position) {
                self.settle_one(recipient, verdict, chunk, &intent);
            }
        }
        Ok(())
    }

    fn settle_one(
        &mut self,
        recipient: RecipientNumber,
        verdict: &Verdict,
        chunk: ChunkNumber,
        intent: &OpenIntent,
    ) {
        match verdict {
            Verdict::Accepted { id } => {
                if id.is_some() {
                    self.named.insert(recipient.0);
                }
                self.put(recipient, Place::Accepted);
            }
            Verdict::Rejected { .. } => self.put(recipient, Place::Rejected),
            Verdict::Transient { .. } => {
                self.attempts.insert(recipient, intent.attempt);
                self.release(recipient);
            }
            Verdict::Unsent => self.release(recipient),
            Verdict::InDoubt { cause } => {
                let doubt = Doubt {
                    chunk,
                    channel: intent.channel,
                    attempt: intent.attempt,
                    cause: *cause,
                    since: intent.at,
                };
                self.doubts.insert(recipient, doubt);
                self.put(recipient, Place::InDoubt);
            }
        }
    }

    /// Whose call provably reached nobody: pending again, or where the run's end put those who were pending.
    fn release(&mut self, recipient: RecipientNumber) {
        let place = match self.state {
            RunState::Cancelled => Place::Cancelled,
            RunState::Expired => Place::Expired,
            _ => Place::Pending,
        };
        self.put(recipient, place);
    }

    fn move_pending(&mut self, recipients: &ChunkRecipients, place: Place) -> Result<(), JournalError> {
        self.all_stand_in(recipients, Place::Pending)?;
        for recipient in recipients.iter() {
            self.put(recipient, place);
        }
        Ok(())
    }

    fn settle_doubt(
        &mut self,
        recipients: &[RecipientNumber],
        settlement: Settlement,
    ) -> Result<(), JournalError> {
        let in_doubt = |recipient| matches!(self.place(recipient), Some(Place::InDoubt | Place::Intended));
        if let Some(recipient) = recipients.iter().copied().find(|recipient| !in_doubt(*recipient)) {
            return Err(JournalError::NotInDoubt { run: self.run, recipient });
        }
        for recipient in recipients.iter().copied() {
            // An intent that a dead process left becomes doubts of its own, so that part of it can be settled.
            if self.place(recipient) == Some(Place::Intended) {
                self.open_to_doubts(recipient);
            }
            let doubt = self.doubts.remove(&recipient);
            match settlement {
                Settlement::ConfirmedSent => self.put(recipient, Place::Accepted),
                Settlement::AssumedSent => self.put(recipient, Place::Assumed),
                Settlement::ConfirmedNotSent => self.release(recipient),
                Settlement::Resend => {
                    let used = doubt.map_or(Attempt::FIRST, |doubt| doubt.attempt);
                    self.attempts.insert(recipient, used);
                    self.release(recipient);
                }
            }
        }
        Ok(())
    }

    /// A receipt came: also of somebody whose call was taken for one that reached nobody.
    fn receive(&mut self, recipient: RecipientNumber) -> Result<(), JournalError> {
        if matches!(self.place(recipient), Some(Place::Pending | Place::Cancelled | Place::Expired)) {
            self.put(recipient, Place::Accepted);
            return Ok(());
        }
        self.settle_doubt(&[recipient], Settlement::ConfirmedSent)
    }

    fn open_to_doubts(&mut self, recipient: RecipientNumber) {
        let holding = self
            .open
            .iter()
            .find(|(_, intent)| intent.recipients.as_slice().binary_search(&recipient).is_ok());
        let Some(chunk) = holding.map(|(chunk, _)| *chunk) else { return };
        let Some(intent) = self.open.remove(&chunk) else { return };
        let crashed = Verdict::InDoubt { cause: DoubtCause::Crash };
        for recipient in intent.recipients.iter() {
            self.settle_one(recipient, &crashed, chunk, &intent);
        }
    }

    fn happen(&mut self, event: &RunEvent, at: i64) -> Result<(), JournalError> {
        let next = self.state.next(event)?;
        if let RunEvent::Finished { in_doubt } = event {
            let tally = self.tally();
            // A run that is completed while people are in doubt could never be told what became of them.
            if tally.pending > 0 || tally.in_doubt != *in_doubt {
                return Err(JournalError::Unfinished(self.run));
            }
        }
        self.is_past_canary |= match (&self.state, event) {
            (_, RunEvent::CanaryPassed) => true,
            // Whoever goes on with a run that its canary holds has seen why.
            (RunState::Held(reason), RunEvent::Started) => reason.kind == HoldKind::Canary,
            _ => false,
        };
        self.state = next;
        self.changed = at;
        let end = match self.state {
            RunState::Cancelled => Some(Place::Cancelled),
            RunState::Expired => Some(Place::Expired),
            _ => None,
        };
        if let Some(end) = end {
            let pending: Vec<_> = self.all_in(Place::Pending).collect();
            pending.into_iter().for_each(|recipient| self.put(recipient, end));
        }
        Ok(())
    }

    fn all_stand_in(&self, recipients: &ChunkRecipients, place: Place) -> Result<(), JournalError> {
        match recipients.iter().find(|recipient| self.place(*recipient) != Some(place)) {
            Some(recipient) => Err(JournalError::NotPending { run: self.run, recipient }),
            None => Ok(()),
        }
    }

    fn no_intent(&self) -> JournalError {
        JournalError::NotSending { run: self.run, state: "without that intent" }
    }
}
