//! Everything that the journal knows of each recipient of a run, block by block, so that memory grows with the
//! block and not with the run.

use std::ops::Range;

use crate::domain::{Delivery, DeliveryStatus, Failure, RecipientNumber};
use crate::journal::{DamageError, Doubt, Journal, LogMap, Place, RecipientHistory};
use crate::roster::Roster;

use super::error::ReportError;

/// Recipients whose histories are held in memory at once.
const BLOCK: u32 = 8_192;

/// See the module.
#[derive(Debug, Clone)]
pub struct Trace {
    /// Whose.
    pub number: RecipientNumber,
    /// Where the recipient stands.
    pub place: Place,
    /// Calls and outcomes.
    pub history: RecipientHistory,
    /// Why and since when nobody knows.
    pub doubt: Option<Doubt>,
    /// What became of the message.
    pub delivery: Delivery,
    /// Why it failed, also where it was delivered after all.
    pub failure: Option<Failure>,
}

impl Trace {
    /// Whether the provider took the message, or is assumed to have.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        matches!(self.place, Place::Accepted | Place::Assumed)
    }

    /// Why an accepted message reached nobody, where that is how it ended.
    #[must_use]
    pub fn final_failure(&self) -> Option<&Failure> {
        let is_failed = self.is_accepted() && self.delivery.status() == DeliveryStatus::Failed;
        self.failure.as_ref().filter(|_| is_failed)
    }
}

/// Gives the traces of the recipients in `range`, in order, to `each`.
///
/// # Errors
/// When the journal cannot be read, the run is not attached, or `each` fails.
pub fn traces(
    journal: &Journal,
    roster: &Roster,
    range: Range<u32>,
    each: &mut dyn FnMut(Trace) -> Result<(), ReportError>,
) -> Result<(), ReportError> {
    let run = roster.plan().run;
    // One block is read as fast without.
    let map = if range.len() > BLOCK as usize { Some(journal.map_log(run)?) } else { None };
    let mut start = range.start;
    while start < range.end {
        let end = range.end.min(start.saturating_add(BLOCK));
        block(journal, roster, map.as_ref(), start..end, each)?;
        start = end;
    }
    Ok(())
}

fn block(
    journal: &Journal,
    roster: &Roster,
    map: Option<&LogMap>,
    range: Range<u32>,
    each: &mut dyn FnMut(Trace) -> Result<(), ReportError>,
) -> Result<(), ReportError> {
    let run = roster.plan().run;
    let numbers = || range.clone().map(RecipientNumber);
    let histories = match map {
        Some(map) => journal.histories_by(map, range.clone())?,
        None => journal.histories(run, range.clone())?,
    };
    let epoch = journal.epoch();
    let (places, doubts) = journal.with_ledger(run, |ledger| {
        let places: Vec<_> = numbers().map(|number| ledger.place(number)).collect();
        (places, ledger.doubts(epoch))
    })?;
    let deliveries: Vec<_> = journal.with_deliveries(run, |deliveries| {
        let one = |number| {
            let delivery = deliveries.of(number);
            let failure = delivery.failed().and_then(|(_, failure)| deliveries.failure(failure));
            (delivery, failure.cloned())
        };
        numbers().map(one).collect()
    })?;
    for (((number, history), place), (delivery, failure)) in
        numbers().zip(histories).zip(places).zip(deliveries)
    {
        let place = place.ok_or_else(|| DamageError {
            what: format!("the log of run {run} has fewer recipients than its roster"),
        })?;
        let doubt = doubts.binary_search_by_key(&number, |(other, _)| *other).ok();
        let doubt = doubt.map(|at| doubts[at].1);
        each(Trace { number, place, history, doubt, delivery, failure })?;
    }
    Ok(())
}
