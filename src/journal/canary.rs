//! The canary: the first of a run to be sent, whose end decides about all others.
//!
//! Who they are follows from the ledger alone: the first recipients of the roster, over all channels, who are
//! neither left out by the plan nor suppressed or capped since. So it is the same in every process, and whoever is
//! suppressed at the last moment makes room for the next.

use std::num::NonZeroU32;

use crate::domain::{DeliveryStatus, RecipientNumber, RunId};

use super::deliveries::Deliveries;
use super::error::JournalError;
use super::gate::Journal;
use super::ledger::Ledger;
use super::place::Place;
use super::record::Epoch;

/// Where the canary of a run stands that has one which is not over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CanaryView {
    /// The first recipient who is kept back.
    pub end: RecipientNumber,
    /// Recipients of the canary who are pending or in a call.
    pub unsent: u64,
    /// Those who were sent to: accepted, rejected or in doubt.
    pub sent: u64,
    /// Of `sent`: rejected at once.
    pub rejected: u64,
    /// Of `sent`: their message failed later.
    pub undelivered: u64,
    /// Of `sent`: their message was delivered, or got further.
    pub delivered: u64,
    /// When the newest call was intended or had its outcome, in milliseconds since the Unix epoch. As long as
    /// the canary is not over, all calls are its own.
    pub newest_call: Option<i64>,
}

impl CanaryView {
    /// How many of `sent` reached nobody.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.rejected + self.undelivered
    }

    /// Whether anything was heard of those who were not rejected at once; where all were, there is nothing to
    /// be heard.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.delivered + self.undelivered > 0 || self.rejected == self.sent
    }
}

impl Journal {
    /// Where the canary of a run stands; `None` where there is none, it is over, or nobody is left to be kept
    /// back.
    ///
    /// # Errors
    /// When the run is unknown or has not been attached, or its receipts cannot be read.
    pub fn canary(&self, run: RunId) -> Result<Option<CanaryView>, JournalError> {
        let Some(canary) = self.view(run)?.conduct.canary else { return Ok(None) };
        self.attach_deliveries(run)?;
        let epoch = self.epoch();
        let state = self.state()?;
        let entry = state.runs.get(&run).ok_or(JournalError::NoRun(run))?;
        let not_open = || JournalError::NotOpen(run);
        let ledger = entry.ledger.as_ref().ok_or_else(not_open)?;
        let deliveries = entry.deliveries.as_ref().ok_or_else(not_open)?;
        let end = ledger.end_of_canary(canary.size);
        Ok(end.map(|end| view(ledger, deliveries, end, epoch)))
    }
}

impl Ledger {
    /// The first recipient who is kept back by a canary of this size; `None` where nobody is.
    fn end_of_canary(&self, size: NonZeroU32) -> Option<RecipientNumber> {
        if self.is_past_canary || !self.state().is_unfinished() {
            return None;
        }
        let sent_to =
            (0_u32..).map(RecipientNumber).map_while(|recipient| Some((recipient, self.place(recipient)?)));
        let mut sent_to =
            sent_to.filter(|(_, place)| !matches!(place, Place::Already | Place::Suppressed | Place::Capped));
        sent_to.nth(size.get() as usize).map(|(recipient, _)| recipient)
    }
}

fn view(ledger: &Ledger, deliveries: &Deliveries, end: RecipientNumber, epoch: Epoch) -> CanaryView {
    let mut view = CanaryView {
        end,
        unsent: 0,
        sent: 0,
        rejected: 0,
        undelivered: 0,
        delivered: 0,
        newest_call: ledger.newest_call,
    };
    for recipient in (0..end.0).map(RecipientNumber) {
        match ledger.place(recipient) {
            Some(Place::Pending) => view.unsent += 1,
            Some(Place::Intended) if !ledger.is_left_by_another(recipient, epoch) => view.unsent += 1,
            Some(Place::Rejected) => {
                view.sent += 1;
                view.rejected += 1;
            }
            Some(Place::Accepted | Place::Assumed | Place::InDoubt | Place::Intended) => {
                view.sent += 1;
                let status = deliveries.of(recipient).status();
                view.undelivered += u64::from(status == DeliveryStatus::Failed);
                view.delivered += u64::from(status >= DeliveryStatus::Delivered);
            }
            Some(Place::Already | Place::Suppressed | Place::Capped | Place::Cancelled | Place::Expired)
            | None => {}
        }
    }
    view
}
