//! Which calls were made, for whoever has to find out which of them a message came from.

use crate::domain::{ChunkRecipients, RunId, RunState};

use super::error::JournalError;
use super::gate::Journal;
use super::load;
use super::record::Record;
use super::state::{UsageOf, minute_of};

impl Journal {
    /// Runs that made calls over a channel of this name, or over their other channels, after `since`
    /// (milliseconds since the Unix epoch; all runs over the channel where it is `None`), oldest first.
    ///
    /// # Errors
    /// When the journal is broken.
    pub fn runs_over(&self, channel: &str, since: Option<i64>) -> Result<Vec<RunId>, JournalError> {
        let state = self.state()?;
        let is_recent = |run: RunId| {
            let Some(since) = since else { return true };
            let minutes = state.usage.get(&UsageOf::Run(run).key());
            let newest = minutes.and_then(|minutes| minutes.keys().next_back());
            newest.is_some_and(|newest| *newest >= minute_of(since))
        };
        let runs = state.runs.values().map(|entry| &entry.facts.plan);
        let runs = runs.filter(|plan| plan.channels.iter().any(|known| known.name == channel));
        Ok(runs.map(|plan| plan.run).filter(|run| is_recent(*run)).collect())
    }

    /// Runs that are being sent over a channel of this name, with the moment in which that began, in
    /// milliseconds since the Unix epoch.
    ///
    /// # Errors
    /// When the journal is broken.
    pub fn sending_over(&self, channel: &str) -> Result<Vec<(RunId, i64)>, JournalError> {
        let state = self.state()?;
        let ledgers =
            state.runs.values().filter_map(|entry| Some((&entry.facts.plan, entry.ledger.as_ref()?)));
        let sending = ledgers.filter(|(_, ledger)| *ledger.state() == RunState::Sending);
        let over = sending.filter(|(plan, _)| plan.channels.iter().any(|known| known.name == channel));
        Ok(over.map(|(plan, ledger)| (plan.run, ledger.changed())).collect())
    }

    /// Counts a request over a channel that is no call of a run: a look-up or a question.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn count_request(&self, channel: &str) -> Result<(), JournalError> {
        let (of, minute) = (UsageOf::Channel(channel.to_owned()), minute_of(self.now().as_millisecond()));
        self.write(move |stage| stage.count_request(&of, minute)).await
    }

    /// Reads a run's calls from the flush group `first` of its log on: when each was intended, in milliseconds
    /// since the Unix epoch, and for whom. Gives the group from which to read on later.
    ///
    /// # Errors
    /// When the run is unknown or its log cannot be read.
    pub fn read_calls(
        &self,
        run: RunId,
        first: u64,
        mut read: impl FnMut(i64, &ChunkRecipients),
    ) -> Result<u64, JournalError> {
        let (_, groups) = self.log_of(run)?;
        for group in load::records_from(self.store(), run, first, groups) {
            for record in &group? {
                if let Record::Intent { at, recipients, .. } = record {
                    read(*at, recipients);
                }
            }
        }
        Ok(groups)
    }
}
