//! Doubt settled by the campaign's own policy, once `doubt_ttl` has passed.

use std::num::NonZeroU32;

use jiff::Timestamp;

use crate::domain::{OnDoubt, RecipientNumber, RunId, Safety};
use crate::journal::{Journal, JournalError, SettledBy, Settlement};

/// Settles what is old enough. Gives how many recipients were settled.
///
/// Under `resend`, a recipient who has used `most` attempts stays in doubt for a person to decide.
///
/// # Errors
/// When the journal cannot be written.
pub async fn settle_by_policy(
    journal: &Journal,
    run: RunId,
    safety: &Safety,
    most: NonZeroU32,
    now: Timestamp,
) -> Result<u64, JournalError> {
    let Some(settlement) = Settlement::of_policy(safety.on_doubt) else { return Ok(0) };
    let oldest = i64::try_from(safety.doubt_ttl.as_millis()).unwrap_or(i64::MAX);
    let settled: Vec<RecipientNumber> = journal
        .doubts(run)?
        .into_iter()
        .filter(|(_, doubt)| now.as_millisecond().saturating_sub(doubt.since) >= oldest)
        .filter(|(_, doubt)| safety.on_doubt != OnDoubt::Resend || u32::from(doubt.attempt.0) < most.get())
        .map(|(recipient, _)| recipient)
        .collect();
    if settled.is_empty() {
        return Ok(0);
    }
    journal.settle_doubt(run, Some(settled), settlement, SettledBy::Policy).await
}
