//! What can go wrong with the journal, split by what the caller may do about it.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::domain::run::IllegalTransition;
use crate::domain::{RecipientNumber, RunId, RunName};

use super::home::Strange;

/// The store cannot be opened.
#[derive(Debug, Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("the store {path} is in use by process {owner}")]
    InUse {
        /// The store's folder.
        path: PathBuf,
        /// The process, as far as its lock file tells.
        owner: String,
    },
    /// A folder or file cannot be made, locked or synced.
    #[error("cannot open the store {path}: {source}")]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// sled refuses the files.
    #[error("cannot open the store {path}: {source}")]
    Store {
        /// The store's folder.
        path: PathBuf,
        /// Why.
        source: sled::Error,
    },
    /// Written by a newer Disparo.
    #[error(
        "the store {path} has format {found}, and this version of Disparo knows up to format {known}; use the newer version that wrote it"
    )]
    Newer {
        /// The store's folder.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest known one.
        known: u32,
    },
    /// sled's lock does not reach across machines.
    #[error(
        "the store {path} lies on a network file system ({kind}), where two machines could send at once; move the workspace to a local disk"
    )]
    Network {
        /// The store's folder.
        path: PathBuf,
        /// `nfs`, `smb`.
        kind: &'static str,
    },
    /// What is in it cannot be read.
    #[error(transparent)]
    Damaged(#[from] DamageError),
}

/// Something in the store that Disparo cannot have written.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
#[error("the store is damaged: {what}; restore it from a backup, and do not send from it")]
pub struct DamageError {
    /// What is wrong, and where.
    pub what: String,
}

/// A record that is refused. Nothing of it was written.
#[derive(Debug, Error)]
pub enum JournalError {
    /// The run is unknown to the store.
    #[error("there is no run {0}")]
    NoRun(RunId),
    /// The plan, the roster and the store do not fit together. An error of Disparo's, not of a person's.
    #[error("run {run} cannot be made: {why}")]
    NotMade {
        /// Which run.
        run: RunId,
        /// What does not fit.
        why: &'static str,
    },
    /// A file or a firing launches once.
    #[error("it was launched before, as run {run}")]
    Launched {
        /// The run.
        run: RunName,
    },
    /// Another run of the same occurrence was made or taken up again after the plan was made, which does
    /// not know whom that one reaches.
    #[error("{run} was launched or taken up again while this plan was made; nothing was sent, try again")]
    Overtaken {
        /// The other run.
        run: RunName,
    },
    /// The store is a copy, or was put back: another one may send to the same people.
    #[error(
        "nothing is sent or settled from the store {path}, because {why}: another one like it may send to the same people; `disparo doctor --adopt` takes it over"
    )]
    NotAdopted {
        /// The store's folder.
        path: PathBuf,
        /// What was found.
        why: Strange,
    },
    /// The run's ledger has not been loaded by this process.
    #[error("run {0} is not open in this process")]
    NotOpen(RunId),
    /// No intent is written for a run that is not sending: it was paused, held or cancelled.
    #[error("run {run} is {state}, not sending")]
    NotSending {
        /// Which run.
        run: RunId,
        /// Its state, in a word.
        state: &'static str,
    },
    /// A recipient of the intent has a place already, so sending could message somebody twice.
    #[error("recipient {recipient} of run {run} is not pending")]
    NotPending {
        /// Which run.
        run: RunId,
        /// Who.
        recipient: RecipientNumber,
    },
    /// A recipient to be settled is not in doubt.
    #[error("recipient {recipient} of run {run} is not in doubt")]
    NotInDoubt {
        /// Which run.
        run: RunId,
        /// Who.
        recipient: RecipientNumber,
    },
    /// The intent would put more people in doubt at once than the campaign allows.
    #[error("the intent would put {recipients} recipients of run {run} at risk; at most {most} may be")]
    TooExposed {
        /// Which run.
        run: RunId,
        /// Recipients in intents without outcome, this one included.
        recipients: u64,
        /// The campaign's `max_in_doubt`.
        most: u32,
    },
    /// The run cannot go from its state to that one.
    #[error(transparent)]
    Transition(#[from] IllegalTransition),
    /// The run still has pending recipients or calls in flight.
    #[error("run {0} has recipients that are neither sent nor settled")]
    Unfinished(RunId),
    /// Too little space is left for intents; outcomes are still written.
    #[error("only {left} MiB are left on the disk of {path}; free some space and resume the run")]
    DiskFull {
        /// The store's folder.
        path: PathBuf,
        /// Space left, in MiB.
        left: u64,
    },
    /// The store cannot be written any more; the process must end.
    #[error(
        "the journal cannot be written: {0}; calls in flight are in doubt, put that right and resume the run"
    )]
    Broken(String),
    /// What is in it cannot be read.
    #[error(transparent)]
    Damaged(#[from] DamageError),
}
