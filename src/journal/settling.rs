//! Doubt that is settled: a person or a policy says what became of people, or the provider does when it is asked.

use crate::domain::{MessageId, RecipientNumber, RunId};

use super::error::JournalError;
use super::gate::Journal;
use super::record::{SettledBy, Settlement};

impl Journal {
    /// Says what became of people in doubt; of all of them when none are named. Returns how many.
    ///
    /// # Errors
    /// When somebody named is not in doubt, or it cannot be written.
    pub async fn settle_doubt(
        &self,
        run: RunId,
        named: Option<Vec<RecipientNumber>>,
        settlement: Settlement,
        by: SettledBy,
    ) -> Result<u64, JournalError> {
        self.is_at_home()?;
        let now = self.now();
        self.write(move |stage| stage.settle_doubt(run, named, settlement, by, now)).await
    }

    /// The provider, asked, turned out to have what was meant for these people in doubt: they are accepted
    /// under these identifiers, by evidence.
    ///
    /// # Errors
    /// When somebody named is not in doubt, or it cannot be written; nobody is settled then.
    pub async fn prove(
        &self,
        run: RunId,
        proved: Vec<(RecipientNumber, MessageId)>,
    ) -> Result<(), JournalError> {
        self.is_at_home()?;
        let now = self.now();
        self.write(move |stage| stage.prove(run, proved, now)).await
    }
}
