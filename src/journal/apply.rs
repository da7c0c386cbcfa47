//! What a flush group takes beside runs' logs: letters, what follows from them, and webhooks' secrets.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::{Mark, Moment, RunEvent, RunState};

use super::deliveries::DeliveryRecord;
use super::error::JournalError;
use super::keys;
use super::letters::{Alias, Applied, HookSecret, Letter, Marked};
use super::stage::Stage;

/// Secrets of a channel that are kept, at most: they stand in one entry.
const MOST_SECRETS: usize = 30;

impl Stage<'_> {
    /// One more letter.
    pub fn keep(&mut self, letter: &Letter) -> Result<(), JournalError> {
        let number = self.state.letters.end;
        self.batch.put_long(&keys::letter(number), letter)?;
        self.state.letters.end += 1;
        Ok(())
    }

    /// See [`Applied`].
    pub fn apply_letters(&mut self, applied: Applied, now: Timestamp) -> Result<(), JournalError> {
        for marked in &applied.marks {
            self.mark(marked)?;
        }
        for proof in applied.proved {
            self.prove_by_receipt(proof, now)?;
        }
        for (alias, run, recipient) in applied.aliases {
            self.batch.put(keys::alias(alias.0), &(run, recipient))?;
        }
        for (aliases, unmatched) in &applied.unmatched {
            let digest = unmatched.digest()?;
            for alias in aliases {
                let key = keys::unmatched(alias.0, digest);
                self.batch.put_long(&key, unmatched)?;
            }
        }
        for (aliases, unmatched) in &applied.matched {
            let digest = unmatched.digest()?;
            for alias in aliases {
                self.remove_long(&keys::unmatched(alias.0, digest))?;
            }
        }
        for (person, kept) in &applied.inbound {
            let key = keys::inbound(*person, Alias::new(&kept.channel, &kept.inbound.id).0);
            self.batch.put_long(&key, kept)?;
        }
        self.suppress(applied.suppressed)?;
        for (run, reason) in applied.held {
            if *self.entry(run)?.current_state() == RunState::Sending {
                self.happen(run, RunEvent::Held(reason), now)?;
            }
        }
        for _ in 0..applied.letters {
            let first = self.state.letters.start;
            if first == self.state.letters.end {
                break;
            }
            self.remove_long(&keys::letter(first))?;
            self.state.letters.start += 1;
        }
        Ok(())
    }

    fn mark(&mut self, marked: &Marked) -> Result<(), JournalError> {
        let Marked { run, recipient, mut mark, at, failure } = marked.clone();
        let entry = self.entry(run)?;
        let begun = entry.facts.plan.created.as_millisecond();
        let deliveries = entry.deliveries.as_mut().ok_or(JournalError::NotOpen(run))?;
        let mut records = Vec::new();
        if let Some(failure) = failure {
            mark = Mark::Failed(failure.number());
            records.push(DeliveryRecord::Failure(failure));
        }
        let at = Moment::new(at.saturating_sub(begun));
        records.push(DeliveryRecord::Marked { recipient, mark, at });
        records.retain(|record| deliveries.take(record));
        self.receipts.entry(run).or_default().extend(records);
        Ok(())
    }

    /// The newest secret of a channel's webhook address.
    pub fn replace_hook_secret(
        &mut self,
        channel: String,
        secret: String,
        keep: Duration,
        now: Timestamp,
    ) -> Result<(), JournalError> {
        let secrets = self.state.hooks.entry(channel.clone()).or_default();
        for old in secrets.iter_mut().filter(|old| old.replaced.is_none()) {
            old.replaced = Some(now);
        }
        let is_young = |replaced: Timestamp| now.duration_since(replaced).unsigned_abs() <= keep;
        secrets.retain(|old| old.replaced.is_none_or(is_young));
        // Whoever replaces them again and again wants to be rid of the old ones.
        secrets.drain(..secrets.len().saturating_sub(MOST_SECRETS - 1));
        secrets.push(HookSecret { secret, created: now, replaced: None });
        self.batch.put(keys::hook(&channel), secrets)?;
        Ok(())
    }

    fn remove_long(&mut self, key: &[u8]) -> Result<(), JournalError> {
        self.removed.push(key.to_vec());
        Ok(())
    }
}
