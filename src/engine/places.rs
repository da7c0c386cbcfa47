//! The places of a channel: so many calls are made at once, each from its first byte to its answer. While they are
//! under way others are prepared, their intents written, so that an answer is followed by the next call without a
//! wait for the disk.
//!
//! No more are prepared than leave within the look-ahead of paced calls, by how long calls take, and those that have no
//! place soon are withdrawn: whoever is in one of them is in doubt after a crash.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::flow::LOOK_AHEAD;

/// Calls prepared for each place but the first, at most: a far side that answers at once is no reason to put everybody at
/// risk, and with one place each call begins once what follows from the one before is known.
const MOST_AHEAD: u32 = 2;

/// Of how much weight the newest call is for how long calls take.
const WEIGHT: u32 = 8;

/// See the module.
#[derive(Debug)]
pub struct Places {
    free: Arc<Semaphore>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    most: u32,
    /// Places that are to go once they are free: the channel was set to fewer.
    surplus: usize,
    /// How long calls take, of late.
    latency: Option<Duration>,
}

/// One of them, free again when this is dropped.
#[derive(Debug)]
pub struct Place {
    places: Arc<Places>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Default for Places {
    fn default() -> Self {
        Self { free: Arc::new(Semaphore::new(0)), state: Mutex::default() }
    }
}

impl Places {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// There are so many from now on; calls under way keep theirs.
    pub fn set(&self, most: u32) {
        let mut state = self.state();
        let [before, now] = [state.most, most].map(|count| count as usize);
        state.most = most;
        let added = now.saturating_sub(before);
        let unneeded = added.min(state.surplus);
        state.surplus -= unneeded;
        self.free.add_permits(added - unneeded);
        let gone = before.saturating_sub(now);
        state.surplus += gone - self.free.forget_permits(gone);
    }

    /// Calls that may be prepared or under way at once.
    #[must_use]
    pub fn most_prepared(&self) -> u32 {
        let state = self.state();
        let leaving = state.latency.map_or(0, |latency| {
            let times = LOOK_AHEAD.as_micros() * u128::from(state.most) / latency.as_micros().max(1);
            u32::try_from(times).unwrap_or(u32::MAX)
        });
        let most_ahead = state.most.saturating_sub(1).saturating_mul(MOST_AHEAD);
        state.most.saturating_add(leaving.min(most_ahead))
    }

    /// Whether a place may be given on before it is known what follows from the call that had it: not where there is
    /// only one.
    #[must_use]
    pub fn are_given_on(&self) -> bool {
        self.state().most > 1
    }

    /// A call that was prepared had no place within twice the look-ahead: calls take longer than was thought.
    pub fn stalled(&self) {
        let mut state = self.state();
        let none_ahead = LOOK_AHEAD.saturating_mul(state.most.saturating_add(1));
        state.latency = state.latency.max(Some(none_ahead));
    }

    /// A place, where one is free.
    pub fn try_take(self: &Arc<Self>) -> Option<Place> {
        loop {
            let permit = Arc::clone(&self.free).try_acquire_owned().ok()?;
            if let Some(place) = self.place(permit) {
                return Some(place);
            }
        }
    }

    /// Waits for a place; who comes first has one first.
    pub async fn take(self: &Arc<Self>) -> Place {
        loop {
            let free = Arc::clone(&self.free).acquire_owned();
            // The semaphore is never closed.
            let Ok(permit) = free.await else { return std::future::pending().await };
            if let Some(place) = self.place(permit) {
                return place;
            }
        }
    }

    /// The place that a permit stands for; none where it is one of those that are to go. Whoever gave up waiting
    /// gives back without a look at those.
    fn place(self: &Arc<Self>, permit: OwnedSemaphorePermit) -> Option<Place> {
        let place = Place { places: Arc::clone(self), permit: Some(permit) };
        let is_surplus = self.state().surplus > 0;
        // Dropped, it goes.
        (!is_surplus).then_some(place)
    }
}

impl Place {
    /// Of which it is one.
    #[must_use]
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// The call was answered after so long.
    pub fn answered(&self, latency: Duration) {
        let mut state = self.places.state();
        let before = state.latency.unwrap_or(latency);
        state.latency = Some((before * (WEIGHT - 1) + latency) / WEIGHT);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Nobody sets another number until the permit, which goes out of scope before the state does, is free or gone.
        let mut state = self.places.state();
        let Some(permit) = self.permit.take() else { return };
        if state.surplus > 0 {
            state.surplus -= 1;
            permit.forget();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn there_are_as_many_as_were_set_whatever_was_set_before() {
        let places = Arc::new(Places::default());
        places.set(3);
        let mut taken = vec![places.take().await, places.take().await, places.take().await];
        assert_eq!(places.free.available_permits(), 0);
        places.set(1);
        taken.pop();
        assert_eq!(places.free.available_permits(), 0, "one of two that are still taken is surplus");
        places.set(2);
        taken.pop();
        assert_eq!(places.free.available_permits(), 1);
        taken.pop();
        assert_eq!(places.free.available_permits(), 2);
        places.set(5);
        assert_eq!(places.free.available_permits(), 5);
        places.set(4);
        assert_eq!(places.free.available_permits(), 4);
    }

    #[tokio::test]
    async fn as_many_are_prepared_as_leave_within_the_look_ahead() {
        let places = Arc::new(Places::default());
        places.set(8);
        assert_eq!(places.most_prepared(), 8, "nothing is known of calls yet");
        let place = places.take().await;
        place.answered(Duration::from_millis(200));
        assert_eq!(places.most_prepared(), 8);
        for _ in 0..100 {
            place.answered(Duration::from_millis(20));
        }
        assert_eq!(places.most_prepared(), 8 + 8);
        for _ in 0..100 {
            place.answered(Duration::from_micros(100));
        }
        assert_eq!(places.most_prepared(), 8 + 14);
        places.stalled();
        assert_eq!(places.most_prepared(), 8);
        place.answered(Duration::from_micros(100));
        places.set(1);
        assert_eq!(places.most_prepared(), 1, "one after the other");
    }
}
