//! Which files of the inbox were taken, as they looked then: one that simply lies there since is left in peace,
//! over restarts too.

use serde::{Deserialize, Serialize};

use crate::domain::{ContentHash, Launch};

use super::error::JournalError;
use super::gate::Journal;
use super::keys;
use super::view::RunView;

/// What was seen of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// In bytes.
    pub length: u64,
    /// When it was written, in nanoseconds since the Unix epoch.
    pub modified: i64,
    /// Which file it was.
    pub inode: u64,
}

/// A definition that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// Its file.
    pub definition: Stamp,
    /// The audience's, where that lay in the inbox too.
    pub audience: Option<Stamp>,
    /// What was in both.
    pub content: ContentHash,
}

impl Journal {
    /// What was last taken under this path, as seen from the workspace's folder.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn dropped(&self, path: &str) -> Result<Option<Dropped>, JournalError> {
        let _state = self.state()?;
        Ok(self.store().read(&keys::dropped(path))?)
    }

    /// Keeps what is taken under a path. Written before the run is made: a file whose run exists is then never
    /// taken for one that was dropped again.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn remember_drop(&self, path: &str, drop: Dropped) -> Result<(), JournalError> {
        let key = keys::dropped(path);
        self.write(move |stage| Ok(stage.batch.put(key, &drop)?)).await
    }

    /// The run that this content made when it was dropped.
    ///
    /// # Errors
    /// When the journal is broken.
    pub fn run_of_drop(&self, content: ContentHash) -> Result<Option<RunView>, JournalError> {
        let run = {
            let state = self.state()?;
            state.launched("", Launch::Dropped(content)).map(|entry| entry.facts.plan.run)
        };
        run.map(|run| self.view(run)).transpose()
    }
}
