//! The one writer: a thread that takes what is to be written, groups it, makes it durable, and only
//! then answers.

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::stage::{Stage, State};
use super::store::Store;

/// How long the writer waits for company after the first piece of work: long enough that calls in
/// flight share one sync, short beside the sync itself.
const LINGER: Duration = Duration::from_micros(300);

/// Pieces of work in a group, at most.
const GROUP: usize = 512;

/// Answers a piece of work: `Err` says why nothing can be written any more.
pub type Answer = Box<dyn FnOnce(Result<(), &str>) + Send>;

/// A piece of work: stages its records and says how to answer once they are durable.
pub type Work = Box<dyn FnOnce(&mut Stage<'_>) -> Answer + Send>;

/// The writer's thread and its queue. Dropping it writes what is queued and ends the thread.
#[derive(Debug)]
pub struct Writer {
    queue: Option<Sender<Work>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    pub fn start(store: Arc<Store>, state: Arc<Mutex<State>>) -> std::io::Result<Self> {
        let (queue, work) = mpsc::channel();
        let thread =
            thread::Builder::new().name("journal".to_owned()).spawn(move || write(&store, &state, &work))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
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
            // A panic in the thread has already failed every waiter.
            drop(thread.join());
        }
    }
}

fn write(store: &Store, state: &Mutex<State>, work: &Receiver<Work>) {
    let mut broken: Option<String> = None;
    while let Ok(first) = work.recv() {
        thread::sleep(LINGER);
        let group: Vec<_> = std::iter::once(first).chain(work.try_iter().take(GROUP - 1)).collect();
        // Readers wait for the lock until the group is durable, so nobody sees what is not on disk.
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reason) = &broken {
            refuse(group, &mut state, reason);
            continue;
        }
        let space_left = match store.space_left() {
            Ok(space_left) => space_left,
            Err(error) => {
                let reason = format!("the space left on the store's disk cannot be read ({error})");
                refuse(group, &mut state, &reason);
                broken = Some(reason);
                continue;
            }
        };
        let mut stage = Stage::new(&mut state, space_left);
        let answers: Vec<_> = group.into_iter().map(|work| work(&mut stage)).collect();
        let written = match stage.into_batch() {
            Ok(batch) => store.commit(batch).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        drop(state);
        let durable = written.as_ref().copied().map_err(String::as_str);
        answers.into_iter().for_each(|answer| answer(durable));
        broken = written.err();
    }
}

/// Answers work that cannot be written. Its records touch a state that nobody relies on any more.
fn refuse(group: Vec<Work>, state: &mut State, reason: &str) {
    let mut stage = Stage::new(state, 0);
    group.into_iter().for_each(|work| work(&mut stage)(Err(reason)));
}
