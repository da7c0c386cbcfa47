//! Taking over a store that is a copy or was put back: who it is from then on, and what of it waits for a person.

use serde::{Deserialize, Serialize};

use crate::domain::due::ScheduleMark;
use crate::domain::{HoldKind, HoldReason, RunEvent, RunId, RunName, RunState, Waiting};

use super::error::JournalError;
use super::gate::{Journal, identifier_of};
use super::home::{self, Changed};
use super::keys;
use super::stage::Stage;

/// The other store is taken to have given fewer numbers to runs than this since they were one.
const NUMBERS: u32 = 1_000;

/// What a store was called when it was taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Former {
    identifier: [u8; 8],
    /// The newest run that it may have named by it. Later ones that carry it are of the other store.
    pub(super) newest_run: RunId,
}

impl Former {
    /// Whether it was called so.
    pub(super) fn was(&self, identifier: &str) -> bool {
        identifier_of(self.identifier) == identifier
    }
}

/// What became of a store that was taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// The number of the next run is above this one.
    pub numbered_from: RunId,
    /// Runs that wait for a person now, and did not before.
    pub held: Vec<RunName>,
}

impl Journal {
    /// Whether receipts that carry this identifier and run are of a message of this store's: by the identifier that
    /// it has, or one that it had when the run was made.
    #[must_use]
    pub fn is_ours(&self, identifier: &str, run: RunId) -> bool {
        identifier == self.identifier()
            || self.former.iter().any(|former| former.was(identifier) && run <= former.newest_run)
    }

    /// Whether a run was made before the store was last taken over: the other store may have gone on with it, or
    /// done what follows it.
    #[must_use]
    pub fn is_adopted(&self, run: RunId) -> bool {
        self.former.last().is_some_and(|former| run <= former.newest_run)
    }

    /// Whether this is the store that Disparo made here.
    ///
    /// # Errors
    /// [`JournalError::NotAdopted`] where it is a copy or was put back. Everything that leads to a message, or
    /// says what became of one, is refused for that reason; reading is not.
    pub fn is_at_home(&self) -> Result<(), JournalError> {
        match &self.home {
            Ok(_) => Ok(()),
            Err(why) => Err(JournalError::NotAdopted { path: self.path().to_owned(), why: *why }),
        }
    }

    /// When the store was last taken over, by the clock of its disk in nanoseconds since the Unix epoch: what lies
    /// in the inbox unchanged since then may have been sent by the other store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn adopted_at(&self) -> Result<Option<Changed>, JournalError> {
        let _state = self.state()?;
        Ok(self.store().read(keys::ADOPTED)?)
    }

    /// Takes the store over: from the next opening on it is at home here, under another identifier and with
    /// numbers of runs that the other store has not given. Runs that would go on by themselves are held.
    ///
    /// # Errors
    /// When it cannot be written; nothing has changed then.
    pub async fn adopt(&self) -> Result<Adopted, JournalError> {
        let now = self.now();
        let cannot = |error: std::io::Error| JournalError::Broken(error.to_string());
        let (home, adopted) = home::make(self.path()).map_err(cannot)?;
        let identifier = self.store().read::<[u8; 8]>(keys::STORE)?.unwrap_or_default();
        let mut former = self.store().read::<Vec<Former>>(keys::FORMER)?.unwrap_or_default();
        self.write(move |stage| {
            former.push(Former { identifier, newest_run: stage.state.newest_run });
            stage.batch.put(keys::FORMER.to_vec(), &former)?;
            stage.batch.put(keys::STORE.to_vec(), &rand::random::<[u8; 8]>())?;
            stage.batch.put(keys::HOME.to_vec(), &home)?;
            stage.batch.put(keys::ADOPTED.to_vec(), &adopted)?;
            let numbered_from = stage.skip_numbers()?;
            stage.leave_out_passed(now)?;
            Ok(Adopted { numbered_from, held: stage.hold_unfinished(now)? })
        })
        .await
    }
}

impl Stage<'_> {
    fn skip_numbers(&mut self) -> Result<RunId, JournalError> {
        let newest = RunId((self.state.newest_run.0 / NUMBERS + 2) * NUMBERS);
        self.state.newest_run = newest;
        self.batch.put(keys::RUNS.to_vec(), &newest.0)?;
        Ok(newest)
    }

    /// What the other store sent since they were one is unknown here: no time of a schedule that has passed is for this
    /// one to send.
    fn leave_out_passed(&mut self, now: jiff::Timestamp) -> Result<(), JournalError> {
        let campaigns: Vec<_> = self.state.marks.keys().cloned().collect();
        campaigns.iter().try_for_each(|campaign| {
            self.mark_schedule(campaign, ScheduleMark { seen: now, handled: Some(now) })
        })
    }

    /// Holds the runs that a process would go on with by itself.
    fn hold_unfinished(&mut self, now: jiff::Timestamp) -> Result<Vec<RunName>, JournalError> {
        let goes_on = |state: &RunState| {
            matches!(
                state,
                RunState::Planned
                    | RunState::Sending
                    | RunState::Interrupted
                    | RunState::Waiting(Waiting::Window { .. })
            )
        };
        let runs = self.state.runs.iter().filter(|(_, entry)| goes_on(entry.current_state()));
        let runs: Vec<_> = runs.map(|(run, entry)| (*run, entry.facts.plan.run_name.clone())).collect();
        for (run, name) in &runs {
            let sentence = format!(
                "its store was taken over as a copy; see that {name} is not sent from the other one, then resume it"
            );
            let reason = HoldReason { kind: HoldKind::Adopted, sentence };
            self.happen_unread(*run, RunEvent::Held(reason), now)?;
        }
        Ok(runs.into_iter().map(|(_, name)| name).collect())
    }
}
