//! Which runs somebody in this process is about to send, or sends: nobody else takes them up.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::domain::RunId;

/// See the module. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Underway(Arc<Taken>);

#[derive(Debug, Default)]
struct Taken {
    runs: Mutex<HashSet<RunId>>,
    given_back: Notify,
}

/// A run that is one's own until this is dropped.
#[derive(Debug)]
pub struct Claim {
    underway: Underway,
    run: RunId,
}

impl Underway {
    /// Takes a run; `None` where somebody has it.
    #[must_use]
    pub fn claim(&self, run: RunId) -> Option<Claim> {
        let is_free = self.0.runs.lock().unwrap_or_else(PoisonError::into_inner).insert(run);
        is_free.then(|| Claim { underway: self.clone(), run })
    }

    /// Whether somebody has it.
    #[must_use]
    pub fn has(&self, run: RunId) -> bool {
        self.0.runs.lock().unwrap_or_else(PoisonError::into_inner).contains(&run)
    }

    /// Waits until nobody has it: its calls have ended then.
    pub async fn given_back(&self, run: RunId) {
        loop {
            let mut given_back = pin!(self.0.given_back.notified());
            // From here on no giving back is missed.
            given_back.as_mut().enable();
            if !self.has(run) {
                return;
            }
            given_back.await;
        }
    }
}

impl Claim {
    /// Which one.
    #[must_use]
    pub fn run(&self) -> RunId {
        self.run
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.underway.0.runs.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.run);
        self.underway.0.given_back.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_taken_once_until_it_is_given_back() {
        let underway = Underway::default();
        let claim = underway.claim(RunId(1)).expect("it is free");
        assert!(underway.clone().claim(RunId(1)).is_none());
        assert!(underway.claim(RunId(2)).is_some());
        drop(claim);
        assert!(!underway.has(RunId(1)) && underway.claim(RunId(1)).is_some());
    }
}
