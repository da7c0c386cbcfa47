//! Calls that nobody waits for any more although this process lives: what they came to is in doubt from then on.

use jiff::Timestamp;

use crate::domain::{ChunkNumber, DoubtCause, RunId, Verdict, Verdicts};

use super::error::JournalError;
use super::gate::Journal;
use super::record::Record;
use super::stage::Stage;

impl Journal {
    /// Leaves everybody in doubt who is in a call of the run that this process has intended and not settled, also
    /// in an intent that is only queued yet: whoever made those calls has given up, and makes no others. Gives how
    /// many people those are.
    ///
    /// # Errors
    /// When the run is unknown or was not attached, or it cannot be written. They are in flight then for as long as
    /// this process lives, and in doubt for the next one.
    pub async fn leave_in_doubt(&self, run: RunId) -> Result<u64, JournalError> {
        let now = self.now();
        self.write(move |stage| stage.leave_in_doubt(run, now)).await
    }
}

impl Stage<'_> {
    /// See [`Journal::leave_in_doubt`].
    fn leave_in_doubt(&mut self, run: RunId, now: Timestamp) -> Result<u64, JournalError> {
        let epoch = self.state.epoch;
        let ours = self.ledger(run)?.open_intents().filter(|(_, intent)| intent.epoch == epoch);
        let mut open: Vec<(ChunkNumber, usize)> =
            ours.map(|(chunk, intent)| (chunk, intent.recipients.len())).collect();
        open.sort_unstable();
        let mut people = 0;
        for (chunk, recipients) in open {
            let verdicts = Verdicts::All(Verdict::InDoubt { cause: DoubtCause::Crash });
            self.append(run, Record::outcome(chunk, recipients, verdicts, now.as_millisecond()))?;
            people += recipients as u64;
        }
        Ok(people)
    }
}
