//! Pending people who are not sent to after all.

use crate::domain::{ChunkRecipients, RunId};

use super::error::JournalError;
use super::gate::Journal;
use super::record::{Record, SkipCause};

impl Journal {
    /// Pending recipients who turn out not to be sent to, for this cause.
    ///
    /// # Errors
    /// When somebody is not pending, or it cannot be written.
    pub async fn skip(
        &self,
        run: RunId,
        recipients: ChunkRecipients,
        cause: SkipCause,
    ) -> Result<(), JournalError> {
        let record = Record::Skipped { recipients, cause };
        self.write(move |stage| stage.append(run, record)).await
    }
}
