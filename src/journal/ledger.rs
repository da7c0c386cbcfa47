//! The ledger: where every recipient of a run stands, folded from the run's log.
//!
//! The same fold serves the process that sends, the one that only looks, and the audit; there is no
//! other place where it is known who is pending. Each record is checked before it changes anything,
//! so that a record that does not follow from the ones before is refused when it is to be written,
//! and is damage when it is read.

use std::collections::HashMap;

use crate::domain::{
    Attempt, ChunkNumber, ChunkRecipients, DoubtCause, RecipientNumber, RowCounts, RunEvent, RunId, RunState,
    Standing, Tally, Verdict, Verdicts,
};

use super::error::JournalError;
use super::place::{Doubt, OpenIntent, PLACES, Place};
use super::record::{Epoch, Record, Settlement, SkipCause};

/// See the module.
#[derive(Debug, Clone)]
pub struct Ledger {
    run: RunId,
    rows: RowCounts,
    state: RunState,
    /// Time of the newest event, in milliseconds since the Unix epoch.
    changed: i64,
    places: Vec<Place>,
    counts: [u64; PLACES],
    open: HashMap<ChunkNumber, OpenIntent>,
    doubts: HashMap<RecipientNumber, Doubt>,
    /// Attempts of those who have used some.
    attempts: HashMap<RecipientNumber, Attempt>,
    next_chunk: ChunkNumber,
}

impl Ledger {
    /// A run of which only the plan is known.
    #[must_use]
    pub fn new(
        run: RunId,
        rows: RowCounts,
        planned_at: i64,
        standings: impl Iterator<Item = Standing>,
    ) -> Self {
        let places: Vec<_> = standings
            .map(|standing| match standing {
                Standing::Send => Place::Pending,
                Standing::Already => Place::Already,
                Standing::Suppressed => Place::Suppressed,
            })
            .collect();
        let mut counts = [0; PLACES];
        places.iter().for_each(|place| counts[*place as usize] += 1);
        Self {
            run,
            rows,
            state: RunState::Planned,
            changed: planned_at,
            places,
            counts,
            open: HashMap::new(),
            doubts: HashMap::new(),
            attempts: HashMap::new(),
            next_chunk: ChunkNumber(0),
        }
    }

    /// The run's state.
    #[must_use]
    pub fn state(&self) -> &RunState {
        &self.state
    }

    /// When the run's newest event happened, in milliseconds since the Unix epoch.
    #[must_use]
    pub fn changed(&self) -> i64 {
        self.changed
    }

    /// How many recipients the run has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether the run has no recipients.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Where a recipient stands.
    #[must_use]
    pub fn place(&self, recipient: RecipientNumber) -> Option<Place> {
        self.places.get(recipient.index()).copied()
    }

    /// All who stand in `place`, in order.
    pub fn all_in(&self, place: Place) -> impl Iterator<Item = RecipientNumber> + '_ {
        let numbered = (0_u32..).zip(&self.places);
        numbered.filter(move |(_, other)| **other == place).map(|(number, _)| RecipientNumber(number))
    }

    /// Recipients who stand in `place`.
    #[must_use]
    pub fn count(&self, place: Place) -> u64 {
        self.counts[place as usize]
    }

    /// How often a recipient's message may have been put before the provider.
    #[must_use]
    pub fn attempts(&self, recipient: RecipientNumber) -> u16 {
        self.attempts.get(&recipient).map_or(0, |attempt| attempt.0)
    }

    /// The number that the next intent gets.
    #[must_use]
    pub fn next_chunk(&self) -> ChunkNumber {
        self.next_chunk
    }

    /// Intents without outcome, in no order.
    pub fn open_intents(&self) -> impl Iterator<Item = (ChunkNumber, &OpenIntent)> {
        self.open.iter().map(|(chunk, intent)| (*chunk, intent))
    }

    /// An intent without outcome.
    #[must_use]
    pub fn open_intent(&self, chunk: ChunkNumber) -> Option<&OpenIntent> {
        self.open.get(&chunk)
    }

    /// Recipients in intents without outcome of the process `epoch`: calls in flight while it lives.
    #[must_use]
    pub fn in_flight(&self, epoch: Epoch) -> u64 {
        self.open
            .values()
            .filter(|intent| intent.epoch == epoch)
            .map(|intent| intent.recipients.len() as u64)
            .sum()
    }

    /// Everyone in doubt, in order: outcomes that are unknown, and intents that other processes than
    /// `epoch` left without one.
    #[must_use]
    pub fn doubts(&self, epoch: Epoch) -> Vec<(RecipientNumber, Doubt)> {
        let crashed = self.open.iter().filter(|(_, intent)| intent.epoch != epoch);
        let left = crashed.flat_map(|(chunk, intent)| {
            let doubt = Doubt {
                chunk: *chunk,
                channel: intent.channel,
                attempt: intent.attempt,
                cause: DoubtCause::Crash,
                since: intent.at,
            };
            intent.recipients.iter().map(move |recipient| (recipient, doubt))
        });
        let mut doubts: Vec<_> =
            self.doubts.iter().map(|(recipient, doubt)| (*recipient, *doubt)).chain(left).collect();
        doubts.sort_unstable_by_key(|(recipient, _)| *recipient);
        doubts
    }

    /// The balance. Calls in flight count as in doubt.
    #[must_use]
    pub fn tally(&self) -> Tally {
        Tally {
            already: self.count(Place::Already),
            suppressed: self.count(Place::Suppressed),
            cancelled: self.count(Place::Cancelled),
            pending: self.count(Place::Pending),
            accepted: self.count(Place::Accepted) + self.count(Place::Assumed),
            rejected: self.count(Place::Rejected),
            in_doubt: self.count(Place::InDoubt) + self.count(Place::Intended),
            ..Tally::of_rows(self.rows)
        }
    }

    /// Takes one more record.
    ///
    /// # Errors
    /// When the record does not follow from the ones before; nothing has changed then.
    pub fn apply(&mut self, record: &Record) -> Result<(), JournalError> {
        match record {
            Record::Intent { chunk, attempt, channel, epoch, at, recipients } => {
                let intent = OpenIntent {
                    attempt: *attempt,
                    channel: *channel,
                    epoch: *epoch,
                    at: *at,
                    recipients: recipients.clone(),
                    settled: 0,
                };
                self.intend(*chunk, intent)
            }
            Record::Withdrawn { chunk } => self.withdraw(*chunk),
            Record::Outcome { chunk, first, last, verdicts, .. } => {
                self.settle(*chunk, *first as usize, *last, verdicts)
            }
            Record::Skipped { recipients, cause: SkipCause::Suppressed } => {
                self.move_pending(recipients, Place::Suppressed)
            }
            Record::Refused { recipients, .. } => self.move_pending(recipients, Place::Rejected),
            Record::DoubtSettled { recipients, settlement, .. } => self.settle_doubt(recipients, *settlement),
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

    fn settle(
        &mut self,
        chunk: ChunkNumber,
        first: usize,
        last: bool,
        verdicts: &Verdicts,
    ) -> Result<(), JournalError> {
        let Some(mut intent) = self.open.remove(&chunk) else { return Err(self.no_intent()) };
        let end = match verdicts {
            Verdicts::All(_) => intent.recipients.len(),
            Verdicts::Each(each) => first + each.len(),
        };
        if first != intent.settled
            || end > intent.recipients.len()
            || last != (end == intent.recipients.len())
        {
            let error = self.no_intent();
            self.open.insert(chunk, intent);
            return Err(error);
        }
        for (position, recipient) in intent.recipients.as_slice()[first..end].iter().enumerate() {
            if let Some(verdict) = verdicts.at(position) {
                self.settle_one(*recipient, verdict, chunk, &intent);
            }
        }
        intent.settled = end;
        if !last {
            self.open.insert(chunk, intent);
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
            Verdict::Accepted { .. } => self.put(recipient, Place::Accepted),
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

    /// Whose call provably reached nobody: pending again, or cancelled with the run.
    fn release(&mut self, recipient: RecipientNumber) {
        let place = if self.state == RunState::Cancelled { Place::Cancelled } else { Place::Pending };
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
        recipients: &ChunkRecipients,
        settlement: Settlement,
    ) -> Result<(), JournalError> {
        let in_doubt = |recipient| matches!(self.place(recipient), Some(Place::InDoubt | Place::Intended));
        if let Some(recipient) = recipients.iter().find(|recipient| !in_doubt(*recipient)) {
            return Err(JournalError::NotInDoubt { run: self.run, recipient });
        }
        for recipient in recipients.iter() {
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
        if let RunEvent::Finished { .. } = event {
            let open = self.count(Place::Pending);
            if open > 0 {
                return Err(JournalError::Unfinished(self.run));
            }
        }
        self.state = self.state.next(event)?;
        self.changed = at;
        if self.state == RunState::Cancelled {
            let pending: Vec<_> = self.all_in(Place::Pending).collect();
            pending.into_iter().for_each(|recipient| self.put(recipient, Place::Cancelled));
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

    fn put(&mut self, recipient: RecipientNumber, place: Place) {
        if let Some(current) = self.places.get_mut(recipient.index()) {
            self.counts[*current as usize] -= 1;
            self.counts[place as usize] += 1;
            *current = place;
        }
    }
}
