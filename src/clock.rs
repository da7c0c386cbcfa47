//! The only reader of time: the system's clock, and one that tests move by hand.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::Notify;

/// Time on a clock that never goes back: the time since the clock was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tick(pub Duration);

impl Tick {
    /// This tick and `duration` more.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration))
    }

    /// How long from `earlier` to this tick; zero where `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

/// A wait that ends when its tick is reached.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Time as everything else sees it.
pub trait Clock: fmt::Debug + Send + Sync {
    /// Wall time, which people and the journal use. May jump.
    fn now(&self) -> Timestamp;
    /// Monotonic time, which pace and deadlines use.
    fn tick(&self) -> Tick;
    /// Waits until `tick`.
    fn sleep_until(&self, tick: Tick) -> Sleep;
}

/// The system's clock.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// Starts the monotonic clock at zero.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the clock is the one place that reads time")]
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the clock is the one place that reads time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn tick(&self) -> Tick {
        Tick(self.start.elapsed())
    }

    fn sleep_until(&self, tick: Tick) -> Sleep {
        let deadline = self.start + tick.0;
        Box::pin(tokio::time::sleep_until(deadline.into()))
    }
}

/// A clock that moves only when told to, for tests of pace, validity and doubt.
#[derive(Debug, Clone)]
pub struct ManualClock {
    state: Arc<Mutex<ManualTime>>,
    moved: Arc<Notify>,
}

#[derive(Debug)]
struct ManualTime {
    now: Timestamp,
    tick: Tick,
}

impl ManualClock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        let state = ManualTime { now, tick: Tick::default() };
        Self { state: Arc::new(Mutex::new(state)), moved: Arc::new(Notify::new()) }
    }

    /// Moves both times forward.
    pub fn advance(&self, duration: Duration) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.now += duration;
        state.tick = state.tick.after(duration);
        drop(state);
        self.moved.notify_waiters();
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).now
    }

    fn tick(&self) -> Tick {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).tick
    }

    fn sleep_until(&self, tick: Tick) -> Sleep {
        let clock = self.clone();
        Box::pin(async move {
            loop {
                let moved = clock.moved.notified();
                tokio::pin!(moved);
                moved.as_mut().enable();
                if clock.tick() >= tick {
                    return;
                }
                moved.await;
            }
        })
    }
}
