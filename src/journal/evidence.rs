//! What receipts prove: whoever is in doubt, or was wrongly taken for not messaged, is accepted.
//!
//! A run that is being sent is asked to leave its own people out: its dispatcher holds them as pending, so
//! that nobody else may move them.

use std::collections::HashSet;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;

use crate::domain::{ChunkNumber, ChunkRecipients, MessageId, RecipientNumber, RunId, RunState};

use super::error::JournalError;
use super::gate::Journal;
use super::ledger::Ledger;
use super::letters::Proof;
use super::place::Place;
use super::record::{Epoch, Record};
use super::stage::Stage;

/// Pending people of runs that are being sent whose messages turned out to exist.
pub type Spared = Arc<RwLock<HashSet<(RunId, RecipientNumber)>>>;

/// What a proof changes.
enum Change {
    /// Nothing: it is known, or the call is in flight and its outcome will say more.
    Nothing,
    /// The recipient is accepted.
    Accept,
    /// Whoever sends the run has to leave the recipient out.
    Spare,
}

impl Journal {
    /// Accepts everyone of a run who is in doubt although a receipt of their message is stored, and who is
    /// pending although one says that it left. The run is attached. Returns how many are accepted; of a run
    /// that is being sent, those in doubt.
    ///
    /// # Errors
    /// When the run is unknown or not attached, its receipts cannot be read, or it cannot be written.
    pub async fn settle_by_receipts(&self, run: RunId) -> Result<u64, JournalError> {
        self.is_at_home()?;
        self.attach_deliveries(run)?;
        let now = self.now();
        self.write(move |stage| stage.settle_by_receipts(run, now)).await
    }

    /// Which of these pending people must not be sent to because their message turned out to exist.
    #[must_use]
    pub fn spared_among(&self, run: RunId, people: &[RecipientNumber]) -> Vec<RecipientNumber> {
        let spared = self.spared().read().unwrap_or_else(PoisonError::into_inner);
        people.iter().copied().filter(|recipient| spared.contains(&(run, *recipient))).collect()
    }

    /// Accepts pending people whose message turned out to exist. Only for whoever sends the run.
    ///
    /// # Errors
    /// When somebody is not pending, or it cannot be written.
    pub async fn accept_spared(&self, run: RunId, people: ChunkRecipients) -> Result<(), JournalError> {
        let now = self.now();
        self.write(move |stage| {
            for recipient in people.iter() {
                stage.accept(run, recipient, None, now)?;
            }
            let mut spared = stage.state.spared.write().unwrap_or_else(PoisonError::into_inner);
            spared
                .retain(|(of, recipient)| *of != run || people.as_slice().binary_search(recipient).is_err());
            Ok(())
        })
        .await
    }
}

impl Stage<'_> {
    /// See [`Proof`].
    pub(super) fn prove_by_receipt(&mut self, proof: Proof, now: Timestamp) -> Result<(), JournalError> {
        let Proof { run, recipient, id, is_sent } = proof;
        let epoch = self.state.epoch;
        match change(self.ledger(run)?, recipient, is_sent, epoch) {
            Change::Nothing => Ok(()),
            Change::Accept => {
                self.accept(run, recipient, id, now)?;
                self.follow_settlement(run, now)
            }
            Change::Spare => {
                self.spare(run, recipient);
                Ok(())
            }
        }
    }

    fn settle_by_receipts(&mut self, run: RunId, now: Timestamp) -> Result<u64, JournalError> {
        let epoch = self.state.epoch;
        let mut accepted = 0;
        for recipient in self.proved(run)? {
            match change(self.ledger(run)?, recipient, true, epoch) {
                Change::Nothing => {}
                Change::Accept => {
                    self.accept(run, recipient, None, now)?;
                    accepted += 1;
                }
                Change::Spare => self.spare(run, recipient),
            }
        }
        if accepted > 0 {
            self.follow_settlement(run, now)?;
        }
        Ok(accepted)
    }

    /// Whoever is pending again after a call, during which a receipt said that an earlier message left, is left out
    /// of the next one.
    pub(super) fn spare_released(
        &mut self,
        run: RunId,
        recipients: &ChunkRecipients,
    ) -> Result<(), JournalError> {
        let entry = self.entry(run)?;
        let (Some(ledger), Some(deliveries)) = (&entry.ledger, &entry.deliveries) else { return Ok(()) };
        let is_released = |recipient: &RecipientNumber| {
            ledger.place(*recipient) == Some(Place::Pending) && deliveries.of(*recipient).is_sent()
        };
        let released: Vec<_> = recipients.iter().filter(is_released).collect();
        released.into_iter().for_each(|recipient| self.spare(run, recipient));
        Ok(())
    }

    /// Whom the stored receipts speak of although nobody else knows of their messages.
    fn proved(&mut self, run: RunId) -> Result<Vec<RecipientNumber>, JournalError> {
        let epoch = self.state.epoch;
        let entry = self.entry(run)?;
        let (Some(ledger), Some(deliveries)) = (&entry.ledger, &entry.deliveries) else {
            return Err(JournalError::NotOpen(run));
        };
        if entry.next_receipts == 0 {
            return Ok(Vec::new());
        }
        let doubted = ledger.doubts(epoch).into_iter().map(|(recipient, _)| recipient);
        let doubted = doubted.filter(|recipient| deliveries.of(*recipient).is_proof());
        let taken = [Place::Pending, Place::Cancelled, Place::Expired]
            .into_iter()
            .flat_map(|place| ledger.all_in(place));
        let taken = taken.filter(|recipient| deliveries.of(*recipient).is_sent());
        Ok(doubted.chain(taken).collect())
    }

    fn accept(
        &mut self,
        run: RunId,
        recipient: RecipientNumber,
        id: Option<MessageId>,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        self.append(run, Record::Received { recipient, id, at: now.as_millisecond() })
    }

    fn spare(&mut self, run: RunId, recipient: RecipientNumber) {
        let mut spared = self.state.spared.write().unwrap_or_else(PoisonError::into_inner);
        spared.insert((run, recipient));
    }
}

fn change(ledger: &Ledger, recipient: RecipientNumber, is_sent: bool, epoch: Epoch) -> Change {
    // A run that made no call has no message: the receipt is of a run whose number was given anew, after the
    // store was put back to an older copy.
    let made_calls = ledger.next_chunk() > ChunkNumber(0);
    match ledger.place(recipient) {
        Some(Place::InDoubt) => Change::Accept,
        Some(Place::Intended) if ledger.is_left_by_another(recipient, epoch) => Change::Accept,
        Some(Place::Pending) if is_sent && made_calls => match ledger.state() {
            RunState::Sending => Change::Spare,
            _ => Change::Accept,
        },
        Some(Place::Cancelled | Place::Expired) if is_sent && made_calls => Change::Accept,
        _ => Change::Nothing,
    }
}
