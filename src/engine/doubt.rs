//! Doubt that settles itself: what may be repeated is repeated, and the campaign's own policy decides about
//! the rest once `doubt_ttl` has passed.

use std::num::NonZeroU32;

use jiff::Timestamp;

use crate::domain::{ChunkRecipients, Content, OnDoubt, Recipient, RecipientNumber, RunId, Safety};
use crate::journal::{Doubt, Journal, JournalError, SettledBy, Settlement};
use crate::roster::Roster;

use super::call::CallError;

/// Sends everybody in doubt again for whom that changes nothing: it needs neither time nor a decision.
/// Gives how many there are. A recipient who has used `most` attempts stays in doubt.
///
/// # Errors
/// When the roster cannot be read or the journal not be written.
pub async fn repeat_harmless(journal: &Journal, roster: &Roster, most: NonZeroU32) -> Result<u64, CallError> {
    let run = roster.plan().run;
    let left = |(_, doubt): &(RecipientNumber, Doubt)| u32::from(doubt.attempt.0) < most.get();
    let doubted = journal.doubts(run)?.into_iter().filter(left).map(|(recipient, _)| recipient).collect();
    let Some(doubted) = ChunkRecipients::new(doubted) else { return Ok(0) };
    if !acts(roster) {
        return Ok(0);
    }
    let is_harmless = |recipient: &Recipient| matches!(&recipient.content, Content::Action(action) if action.is_repeatable());
    let recipients = roster.recipients(&doubted)?;
    let harmless: Vec<_> =
        recipients.into_iter().filter(is_harmless).map(|recipient| recipient.number).collect();
    if harmless.is_empty() {
        return Ok(0);
    }
    Ok(settle(journal, run, harmless, Settlement::Resend).await?)
}

/// Whether the run's recipients may get actions: all of a run get the same kind of content, so that the first
/// tells, unless it is forgotten. A campaign's messages are not read because some of them are in doubt.
fn acts(roster: &Roster) -> bool {
    let first = roster.recipient(RecipientNumber(0));
    first.map_or(true, |recipient| matches!(recipient.content, Content::Action(_)))
}

async fn settle(
    journal: &Journal,
    run: RunId,
    named: Vec<RecipientNumber>,
    settlement: Settlement,
) -> Result<u64, JournalError> {
    match journal.settle_doubt(run, Some(named), settlement, SettledBy::Policy).await {
        // A person settled somebody in the same moment: the others have their turn the next time.
        Err(JournalError::NotInDoubt { .. }) => Ok(0),
        settled => settled,
    }
}

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
    settle(journal, run, settled, settlement).await
}
