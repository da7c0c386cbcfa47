//! The permit: proof that an intent is on disk, and the only thing for which a provider sends.

use crate::domain::{Attempt, ChunkNumber, ChunkRecipients, RunId};

/// A durable intent that has not been acted on. Made by the journal's gate alone and not cloneable,
/// so the order intent → send cannot be written wrongly.
///
/// Dropping one without giving it back leaves its recipients in doubt, which is always safe.
#[derive(Debug)]
#[must_use = "an intent that is not settled or withdrawn leaves its recipients in doubt"]
pub struct Permit {
    run: RunId,
    chunk: ChunkNumber,
    attempt: Attempt,
    recipients: ChunkRecipients,
}

impl Permit {
    pub(super) fn new(run: RunId, chunk: ChunkNumber, attempt: Attempt, recipients: ChunkRecipients) -> Self {
        Self { run, chunk, attempt, recipients }
    }

    /// A permit without an intent, for tests of what is done with one.
    #[cfg(test)]
    pub(crate) fn for_test(run: RunId, attempt: Attempt, recipients: ChunkRecipients) -> Self {
        Self::new(run, ChunkNumber(0), attempt, recipients)
    }

    /// The run of the intent.
    #[must_use]
    pub fn run(&self) -> RunId {
        self.run
    }

    /// The chunk of the intent.
    #[must_use]
    pub fn chunk(&self) -> ChunkNumber {
        self.chunk
    }

    /// Which attempt this is for its recipients.
    #[must_use]
    pub fn attempt(&self) -> Attempt {
        self.attempt
    }

    /// For whom.
    #[must_use]
    pub fn recipients(&self) -> &ChunkRecipients {
        &self.recipients
    }

    /// Uses the permit up: from here on bytes may leave the machine. An outcome is settled with what
    /// this gives.
    pub fn spend(self) -> Spent {
        Spent { permit: self }
    }
}

/// A permit that has been used: the call was made, or at least begun.
#[derive(Debug)]
#[must_use = "a call whose outcome is not settled leaves its recipients in doubt"]
pub struct Spent {
    permit: Permit,
}

impl Spent {
    /// The intent that was acted on.
    pub fn intent(&self) -> &Permit {
        &self.permit
    }
}
