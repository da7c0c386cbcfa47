//! The one writer: a thread that takes what is to be written, groups it, makes it durable, and only
//! then answers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::measures::Measures;
use super::stage::Stage;
use super::state::State;
use super::store::Store;
use crate::clock::Clock;

/// How long the writer waits for company after the first piece of work: long enough that calls in
/// flight share one sync, short beside the sync itself.
const LINGER: Duration = Duration::from_micros(300);

/// Pieces of work in a group, at most.
const GROUP: usize = 512;

/// Answers a piece of work, once it is durable. Dropped unused where it cannot be written.
pub type Answer = Box<dyn FnOnce() + Send>;

/// A piece of work: stages its records and says how to answer.
pub type Work = Box<dyn FnOnce(&mut Stage<'_>) -> Answer + Send>;

/// The writer's thread and its queue. Dropping it writes what is queued and ends the thread.
#[derive(Debug)]
pub struct Writer {
    queue: Option<Sender<Work>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    pub fn start(
        store: Arc<Store>,
        state: Arc<Mutex<State>>,
        clock: Arc<dyn Clock>,
        measures: Arc<Measures>,
    ) -> std::io::Result<Self> {
        let (queue, work) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("journal".to_owned())
            .spawn(move || write(&store, &state, &work, &*clock, &measures))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Whether the thread still writes.
    pub fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Queues a piece of work; gives it back when the thread has ended.
    pub fn submit(&self, work: Work) -> Result<(), Work> {
        match &self.queue {
            Some(queue) => queue.send(work).map_err(|mpsc::SendError(work)| work),
            None => Err(work),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            // The thread catches its own panics.
            drop(thread.join());
        }
    }
}

/// Ends when the queue does, or with the first group that cannot be written: nothing after it may be.
fn write(store: &Store, state: &Mutex<State>, work: &Receiver<Work>, clock: &dyn Clock, measures: &Measures) {
    while let Ok(first) = work.recv() {
        thread::sleep(LINGER);
        let group: Vec<_> = std::iter::once(first).chain(work.try_iter().take(GROUP - 1)).collect();
        let pieces = group.len();
        let mut answers = Vec::with_capacity(pieces);
        let began = clock.tick();
        // Readers wait for the lock until the group is durable, so nobody sees what is not on disk.
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        let written = catch_unwind(AssertUnwindSafe(|| write_group(store, &mut state, group, &mut answers)));
        if let Err(reason) = written.unwrap_or_else(|_| Err("a defect in Disparo".to_owned())) {
            tracing::error!(reason, "the journal cannot be written any more");
            // Said before the waiters hear of it, who lose their answers with this function's end.
            state.broken = Some(reason);
            return;
        }
        let took = clock.tick().since(began);
        measures.flushed(took);
        tracing::trace!(pieces, took_us = micros(took), "a group is durable");
        state.tell();
        drop(state);
        answers.into_iter().for_each(|answer| answer());
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

fn write_group(
    store: &Store,
    state: &mut State,
    group: Vec<Work>,
    answers: &mut Vec<Answer>,
) -> Result<(), String> {
    let space_left = store
        .space_left()
        .map_err(|error| format!("the space left on the store's disk cannot be read ({error})"))?;
    let mut stage = Stage::new(state, space_left);
    answers.extend(group.into_iter().map(|work| work(&mut stage)));
    let (mut batch, removed) = stage.into_batch().map_err(|error| error.to_string())?;
    for key in removed {
        store.remove_long(&mut batch, &key).map_err(|error| error.to_string())?;
    }
    store.commit(batch).map_err(|error| error.to_string())
}
