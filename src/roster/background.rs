//! Writes a roster on a thread of its own: whoever reads an audience waits neither for digests nor for the disk.

use std::panic;
use std::sync::mpsc::{self, SyncSender};
use std::thread::{self, JoinHandle};

use super::{RosterError, RosterWriter};
use crate::domain::{Plan, PlanHash, Recipient, RunId};

/// Recipients that are handed over at once.
const BATCH: usize = 256;

/// Batches that wait to be written, at most.
const BATCHES: usize = 4;

/// See the module. Dropped without [`BackgroundWriter::finish`], it leaves nothing behind.
#[derive(Debug)]
pub struct BackgroundWriter {
    run: RunId,
    batch: Vec<Recipient>,
    /// Both are gone once the thread has ended.
    queue: Option<SyncSender<Vec<Recipient>>>,
    writing: Option<JoinHandle<Result<RosterWriter, RosterError>>>,
}

impl BackgroundWriter {
    /// Goes on with a writer on a thread of its own.
    ///
    /// # Errors
    /// When the system has no thread for it.
    pub fn start(mut writer: RosterWriter) -> Result<Self, RosterError> {
        let (run, folder) = (writer.run(), writer.folder().to_owned());
        let (queue, batches) = mpsc::sync_channel::<Vec<Recipient>>(BATCHES);
        let writing = thread::Builder::new().name("roster".to_owned()).spawn(move || {
            for recipient in batches.iter().flatten() {
                writer.push(&recipient)?;
            }
            Ok(writer)
        });
        let writing = writing.map_err(|cause| RosterError::disk("write", &folder, cause))?;
        Ok(Self { run, batch: Vec::with_capacity(BATCH), queue: Some(queue), writing: Some(writing) })
    }

    /// Adds the next recipient.
    ///
    /// # Errors
    /// As [`RosterWriter::push`], of this recipient or one before. The writer is of no use after that.
    pub fn push(&mut self, recipient: Recipient) -> Result<(), RosterError> {
        self.batch.push(recipient);
        if self.batch.len() < BATCH { Ok(()) } else { self.hand_over() }
    }

    fn hand_over(&mut self) -> Result<(), RosterError> {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        let is_taken = self.queue.as_ref().is_some_and(|queue| queue.send(batch).is_ok());
        // A thread that takes nothing more has failed.
        if is_taken { Ok(()) } else { self.end().and_then(|_| Err(self.has_ended())) }
    }

    /// Freezes the roster with its plan, as [`RosterWriter::finish`].
    ///
    /// # Errors
    /// As there, and as [`RosterWriter::push`].
    pub fn finish(mut self, plan: Plan) -> Result<PlanHash, RosterError> {
        self.hand_over()?;
        self.end()?.finish(plan)
    }

    /// Waits until everything is written.
    fn end(&mut self) -> Result<RosterWriter, RosterError> {
        drop(self.queue.take());
        let Some(writing) = self.writing.take() else { return Err(self.has_ended()) };
        writing.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked))
    }

    fn has_ended(&self) -> RosterError {
        RosterError::Unfit { run: self.run, what: "its writer has ended".to_owned() }
    }
}

impl Drop for BackgroundWriter {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(writing) = self.writing.take() {
            // What it could not write is of no interest any more, and its folder goes with it.
            drop(writing.join());
        }
    }
}
