//! Which runs somebody in this process is about to send, or sends: nobody else takes them up.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use crate::domain::{Rate, RunId};

/// See the module. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Underway(Arc<Taken>);

#[derive(Debug, Default)]
struct Taken {
    /// With the pace that somebody gave it in place of its plan's.
    runs: Mutex<HashMap<RunId, Option<Vec<Rate>>>>,
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
        let mut runs = self.0.runs.lock().unwrap_or_else(PoisonError::into_inner);
        if runs.contains_key(&run) {
            return None;
        }
        runs.insert(run, None);
        Some(Claim { underway: self.clone(), run })
    }

    /// Whether somebody has it.
    #[must_use]
    pub fn has(&self, run: RunId) -> bool {
        self.0.runs.lock().unwrap_or_else(PoisonError::into_inner).contains_key(&run)
    }

    /// The pace that whoever has it gave it in place of its plan's, if any.
    #[must_use]
    pub fn rates(&self, run: RunId) -> Option<Vec<Rate>> {
        self.0.runs.lock().unwrap_or_else(PoisonError::into_inner).get(&run).cloned().flatten()
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
    /// It is sent at this pace in place of its plan's.
    pub fn give(&self, rates: &[Rate]) {
        let mut runs = self.underway.0.runs.lock().unwrap_or_else(PoisonError::into_inner);
        runs.insert(self.run, Some(rates.to_vec()));
    }

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
        let rates = ["5/s".parse().expect("a rate")];
        assert_eq!(underway.rates(RunId(1)), None);
        claim.give(&rates);
        assert_eq!(underway.rates(RunId(1)).as_deref(), Some(rates.as_slice()));
        drop(claim);
        assert!(!underway.has(RunId(1)) && underway.claim(RunId(1)).is_some());
    }
}
