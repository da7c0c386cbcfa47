//! What became of each recipient, in detail, for reports and for whoever settles doubt.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use roaring::RoaringBitmap;

use crate::domain::{
    Attempt, ChunkNumber, ChunkRecipients, DoubtCause, MessageId, Reason, RecipientNumber, RunId, Standing,
    Verdict,
};

use super::error::JournalError;
use super::gate::Journal;
use super::ledger::Ledger;
use super::load;
use super::place::Doubt;
use super::record::{Record, RunFacts, SettledBy, Settlement};

/// The newest facts about one recipient.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecipientHistory {
    /// Intents written for the recipient, withdrawn ones aside.
    pub calls: u32,
    /// The newest intent's attempt.
    pub attempt: Option<Attempt>,
    /// When the newest outcome was written, in milliseconds since the Unix epoch.
    pub at: Option<i64>,
    /// When the provider's answer that it took the message was written, in milliseconds since the Unix epoch;
    /// `None` where it never answered so, however else it is known.
    pub accepted: Option<i64>,
    /// The provider's identifier of the accepted message.
    pub message_id: Option<MessageId>,
    /// Why the provider refused the recipient, for good or for once.
    pub reason: Option<Reason>,
    /// Why nobody knew what became of the newest call about which that was so, settled since or not.
    pub doubt: Option<DoubtCause>,
    /// How a doubt was settled, and by whom.
    pub settled: Option<(Settlement, SettledBy)>,
}

impl Journal {
    /// The histories of the recipients in `range`, in order. Reads the run's log once; memory grows
    /// with the range, not with the run.
    ///
    /// # Errors
    /// When the run is unknown or its log cannot be read.
    pub fn histories(&self, run: RunId, range: Range<u32>) -> Result<Vec<RecipientHistory>, JournalError> {
        let mut histories = Histories::new(range);
        let (_, groups) = self.log_of(run)?;
        for group in load::records(self.store(), run, groups) {
            group?.iter().for_each(|record| histories.take(record));
        }
        Ok(histories.of_recipients)
    }

    /// Those for whom an intent was written at `since` or later, in milliseconds since the Unix epoch,
    /// withdrawn ones included. Reads the run's log once.
    ///
    /// # Errors
    /// When the run is unknown or its log cannot be read.
    pub fn intended_since(&self, run: RunId, since: i64) -> Result<RoaringBitmap, JournalError> {
        let (_, groups) = self.log_of(run)?;
        let mut intended = RoaringBitmap::new();
        for group in load::records(self.store(), run, groups) {
            for record in group? {
                if let Record::Intent { at, recipients, .. } = record
                    && at >= since
                {
                    intended.extend(recipients.iter().map(|recipient| recipient.0));
                }
            }
        }
        Ok(intended)
    }

    /// Everyone in doubt, in order.
    ///
    /// # Errors
    /// When the run is unknown or has not been attached.
    pub fn doubts(&self, run: RunId) -> Result<Vec<(RecipientNumber, Doubt)>, JournalError> {
        let epoch = self.epoch();
        self.with_ledger(run, |ledger| ledger.doubts(epoch))
    }

    /// Folds a run's log anew from disk, beside whatever this process knows, for the audit.
    ///
    /// # Errors
    /// When the run is unknown, or its log cannot be read or contradicts itself.
    pub fn refold(
        &self,
        run: RunId,
        standings: impl Iterator<Item = Standing>,
    ) -> Result<Ledger, JournalError> {
        let (facts, groups) = self.log_of(run)?;
        let timing = self.view(run)?.timing;
        Ok(load::ledger(self.store(), &facts, &timing, groups, standings)?)
    }

    /// A run's facts and how many flush groups of its log are durable: sled shows more.
    pub(super) fn log_of(&self, run: RunId) -> Result<(Arc<RunFacts>, u64), JournalError> {
        let state = self.state()?;
        let entry = state.runs.get(&run).ok_or(JournalError::NoRun(run))?;
        Ok((Arc::clone(&entry.facts), entry.next_sequence))
    }
}

/// The histories of a range, as far as the records that were taken tell them.
pub(super) struct Histories {
    range: Range<u32>,
    pub(super) of_recipients: Vec<RecipientHistory>,
    open: HashMap<ChunkNumber, ChunkRecipients>,
}

impl Histories {
    pub(super) fn new(range: Range<u32>) -> Self {
        let of_recipients = vec![RecipientHistory::default(); range.len()];
        Self { range, of_recipients, open: HashMap::new() }
    }

    fn of(&mut self, recipient: RecipientNumber) -> Option<&mut RecipientHistory> {
        let offset = recipient.0.checked_sub(self.range.start)?;
        self.of_recipients.get_mut(offset as usize)
    }

    pub(super) fn take(&mut self, record: &Record) {
        match record {
            Record::Intent { chunk, attempt, recipients, .. } => {
                for recipient in recipients.iter() {
                    if let Some(history) = self.of(recipient) {
                        history.calls += 1;
                        history.attempt = Some(*attempt);
                    }
                }
                self.open.insert(*chunk, recipients.clone());
            }
            Record::Withdrawn { chunk } => {
                let Some(recipients) = self.open.remove(chunk) else { return };
                for recipient in recipients.iter() {
                    if let Some(history) = self.of(recipient) {
                        history.calls = history.calls.saturating_sub(1);
                    }
                }
            }
            Record::Outcome { chunk, at, verdicts } => {
                let Some(recipients) = self.open.remove(chunk) else { return };
                for (position, recipient) in recipients.iter().enumerate() {
                    let Some(verdict) = verdicts.at(position) else { break };
                    if let Some(history) = self.of(recipient) {
                        take_verdict(history, verdict, *at);
                    }
                }
            }
            Record::Refused { recipients, reason, at } => {
                for recipient in recipients.iter() {
                    if let Some(history) = self.of(recipient) {
                        history.reason = Some(reason.clone());
                        history.at = Some(*at);
                    }
                }
            }
            Record::DoubtSettled { recipients, settlement, by, at } => {
                for recipient in recipients.iter() {
                    if let Some(history) = self.of(recipient) {
                        take_settlement(history, *settlement, *by, *at);
                    }
                }
            }
            Record::Proved { recipient, id, at } => {
                if let Some(history) = self.of(*recipient) {
                    history.message_id = Some(id.clone());
                    take_settlement(history, Settlement::ConfirmedSent, SettledBy::Evidence, *at);
                }
            }
            Record::Received { recipient, id, at } => {
                if let Some(history) = self.of(*recipient) {
                    if id.is_some() {
                        history.message_id.clone_from(id);
                    }
                    take_settlement(history, Settlement::ConfirmedSent, SettledBy::Receipt, *at);
                }
            }
            Record::Skipped { .. } | Record::Happened { .. } => {}
        }
    }
}

fn take_verdict(history: &mut RecipientHistory, verdict: &Verdict, at: i64) {
    history.at = Some(at);
    match verdict {
        Verdict::Accepted { id } => {
            history.message_id.clone_from(id);
            history.accepted = Some(at);
        }
        Verdict::Rejected { reason } | Verdict::Transient { reason } => history.reason = Some(reason.clone()),
        Verdict::InDoubt { cause } => history.doubt = Some(*cause),
        Verdict::Unsent => {}
    }
}

fn take_settlement(history: &mut RecipientHistory, settlement: Settlement, by: SettledBy, at: i64) {
    history.settled = Some((settlement, by));
    history.at = Some(at);
    // A call without an outcome is one whose process was stopped.
    history.doubt.get_or_insert(DoubtCause::Crash);
}
