//! How far each campaign's schedule was kept: since when it is known, and which of its times was the newest that
//! something was done about. A run that a schedule fires is written together with its mark, so that a crash
//! neither loses a time nor fires it twice.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::domain::due::ScheduleMark;
use crate::domain::{HoldReason, RunEvent, RunId, RunState};

use super::error::{DamageError, JournalError};
use super::gate::{Journal, refuse_full_disk};
use super::keys;
use super::record::{NewRun, Record};
use super::stage::Stage;
use super::store::Store;

/// The marks of all campaigns whose schedule was ever seen, by the campaign's name.
pub type Marks = HashMap<String, ScheduleMark>;

/// By which pattern each of them went when it was last looked at.
pub type Patterns = HashMap<String, String>;

/// All marks of the store, and the patterns beside them.
pub fn load(store: &Store) -> Result<(Marks, Patterns), DamageError> {
    Ok((by_campaign(store, keys::ALL_MARKS)?, by_campaign(store, keys::ALL_PATTERNS)?))
}

fn by_campaign<T: DeserializeOwned>(store: &Store, prefix: &[u8]) -> Result<HashMap<String, T>, DamageError> {
    let mut found = HashMap::new();
    for entry in store.scan::<T>(prefix) {
        let (key, value) = entry?;
        let campaign = keys::campaign_of(&key)
            .ok_or_else(|| DamageError { what: format!("the key {} cannot be read", key.escape_ascii()) })?;
        found.insert(campaign.to_owned(), value);
    }
    Ok(found)
}

impl Journal {
    /// The marks of all campaigns whose schedule was ever seen, by the campaign's name.
    ///
    /// # Errors
    /// When the journal is broken.
    pub fn schedule_marks(&self) -> Result<Marks, JournalError> {
        Ok(self.state()?.marks.clone())
    }

    /// Somebody looks at a campaign's schedule, which goes by this pattern. Gives its mark; where it is new, or went by
    /// another pattern when it was last looked at, it counts as seen first at `now`: times of a pattern from before
    /// that was written are none of it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn see_schedule(
        &self,
        campaign: &str,
        pattern: &str,
        now: Timestamp,
    ) -> Result<ScheduleMark, JournalError> {
        {
            let state = self.state()?;
            let is_known = state.patterns.get(campaign).is_some_and(|known| known == pattern);
            if let Some(mark) = state.marks.get(campaign).filter(|_| is_known) {
                return Ok(*mark);
            }
        }
        self.is_at_home()?;
        let (campaign, pattern) = (campaign.to_owned(), pattern.to_owned());
        self.write(move |stage| {
            let handled = stage.state.marks.get(&campaign).and_then(|known| known.handled);
            let mark = ScheduleMark { seen: now, handled };
            stage.batch.put(keys::mark(&campaign), &mark)?;
            stage.batch.put(keys::pattern(&campaign), &pattern)?;
            stage.state.marks.insert(campaign.clone(), mark);
            stage.state.patterns.insert(campaign, pattern);
            Ok(mark)
        })
        .await
    }

    /// Says how far a campaign's schedule was kept. What is known already stays: a schedule was first seen when it
    /// was first seen, and what was handled is not taken back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn mark_schedule(&self, campaign: &str, mark: ScheduleMark) -> Result<(), JournalError> {
        let campaign = campaign.to_owned();
        self.write(move |stage| stage.mark_schedule(&campaign, mark)).await
    }

    /// As [`Journal::create_run_with`], of a run that is held from its first moment on. One that waits for an
    /// approval is not: nobody sends it before a person has looked at it.
    ///
    /// # Errors
    /// As there.
    pub async fn create_run_held(&self, new: NewRun, reason: HoldReason) -> Result<(), JournalError> {
        self.is_at_home()?;
        let path = self.path().to_owned();
        let now = self.now();
        self.write(move |stage| {
            refuse_full_disk(stage, &path)?;
            let run = new.plan.run;
            stage.create_run(new)?;
            if *stage.ledger(run)?.state() == RunState::Planned {
                stage.happen(run, RunEvent::Held(reason), now)?;
            }
            Ok(())
        })
        .await
    }
}

impl Stage<'_> {
    /// Joins what is known of a campaign's schedule with this.
    pub fn mark_schedule(&mut self, campaign: &str, mark: ScheduleMark) -> Result<(), JournalError> {
        let known = self.state.marks.get(campaign);
        let joined = match known {
            None => mark,
            Some(known) => ScheduleMark { seen: known.seen, handled: known.handled.max(mark.handled) },
        };
        if known != Some(&joined) {
            self.batch.put(keys::mark(campaign), &joined)?;
            self.state.marks.insert(campaign.to_owned(), joined);
        }
        Ok(())
    }
}

/// The last thing that the process which was sending a run wrote about it, in milliseconds since the Unix epoch:
/// when it was last known to live. `written` is when the run's last event happened.
pub fn last_sign_of_life(store: &Store, run: RunId, groups: u64, written: i64) -> Result<i64, DamageError> {
    let mut last = written;
    for group in super::load::records_from(store, run, groups.saturating_sub(1), groups) {
        last = group?.iter().filter_map(Record::at).fold(last, i64::max);
    }
    Ok(last)
}
