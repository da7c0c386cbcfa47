//! Why a use case cannot be carried out, split by what the caller may do about it.

use thiserror::Error;

use crate::domain::{RunId, RunName};
use crate::journal::{DamageError, JournalError};
use crate::roster::RosterError;

use super::call::CallError;
use super::link::MovedChannel;

/// A run cannot be sent, or its sending broke off. What was not sent stays pending, what may have been
/// sent is in doubt; nothing is lost.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The journal refused or failed.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The roster cannot be read.
    #[error(transparent)]
    Roster(#[from] RosterError),
    /// The roster on disk is not the one that the run was made from.
    #[error(
        "the roster of run {run} is not the one that its plan was made from; restore the workspace's .disparo folder from a backup"
    )]
    ForeignRoster {
        /// Which run.
        run: RunId,
    },
    /// An earlier run of the occurrence cannot be read.
    #[error(
        "nobody knows any more whom {run} reached ({source}); with its folder restored from a backup, or with --again, which sends to them once more, the campaign can be run"
    )]
    LostRoster {
        /// The earlier run.
        run: RunName,
        /// Why.
        source: RosterError,
    },
    /// Not every channel of the plan is there. An error of Disparo's, not of a person's.
    #[error("the run was planned for {planned} channels, and {ready} are ready")]
    Links {
        /// Channels of the plan.
        planned: usize,
        /// Channels made ready.
        ready: usize,
    },
    /// A channel points elsewhere now.
    #[error(transparent)]
    MovedChannel(#[from] MovedChannel),
}

impl From<CallError> for EngineError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Journal(error) => Self::Journal(error),
            CallError::Roster(error) => Self::Roster(error),
        }
    }
}

impl From<DamageError> for EngineError {
    fn from(error: DamageError) -> Self {
        Self::Journal(error.into())
    }
}
