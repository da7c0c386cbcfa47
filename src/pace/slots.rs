//! The hard limit: slots one period apart, kept by governor.

use std::time::Duration;

use governor::clock::{Clock, FakeRelativeClock};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::clock::Tick;

/// governor counts nanoseconds in 64 bits and panics beyond; half of that is 292 years.
const LATEST: u64 = u64::MAX / 2;

type Limiter = RateLimiter<NotKeyed, InMemoryState, FakeRelativeClock, NoOpMiddleware<Nanos>>;

/// Slots at least one period apart, however they are asked for.
///
/// governor runs on its own settable clock, which is moved to each slot as it is handed out. So slots
/// taken ahead of time form an absolute schedule (last slot + period) without drift, and an idle
/// channel saves nothing up: the quota's burst is a single call.
#[derive(Debug)]
pub(super) struct Slots {
    /// Without a limit there is none.
    limiter: Option<Limiter>,
    /// Stands at the last slot; shared with the limiter.
    clock: FakeRelativeClock,
}

impl Slots {
    /// Slots of which the first is one `period` after `taken`, as if a call had left at `taken`.
    pub(super) fn new(period: Duration, taken: Tick) -> Self {
        let clock = FakeRelativeClock::default();
        let limiter =
            Quota::with_period(period).map(|quota| RateLimiter::direct_with_clock(quota, clock.clone()));
        let slots = Self { limiter, clock };
        slots.take(taken);
        slots
    }

    /// Takes the first free slot that is not before `earliest`.
    pub(super) fn take(&self, earliest: Tick) -> Tick {
        let Some(limiter) = &self.limiter else {
            return earliest;
        };
        let earliest = u64::try_from(earliest.0.as_nanos()).unwrap_or(LATEST).min(LATEST);
        self.move_to(Nanos::new(earliest));
        while let Err(denied) = limiter.check() {
            self.move_to(denied.earliest_possible());
        }
        Tick(self.clock.now().into())
    }

    /// Takes a slot for a call that counts for more than one: nothing else has a slot within `apart`
    /// before and after it. Any window then holds at most one call fewer for each that it counts for.
    pub(super) fn take_alone(&self, earliest: Tick, apart: Duration) -> Tick {
        let first = self.take(earliest);
        let slot = self.take(first.after(apart));
        self.take(slot.after(apart));
        slot
    }

    /// Moves the clock forward; it never goes back.
    fn move_to(&self, time: Nanos) {
        let ahead = time.saturating_sub(self.clock.now());
        self.clock.advance(ahead.into());
    }
}
