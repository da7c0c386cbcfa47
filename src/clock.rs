//! The only reader of time: the system's clock, one for rehearsals, and one that tests move by hand.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fmt, fs};

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;
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
    /// Whether it shows another time than the real one: nobody real may be messaged by it.
    fn is_rehearsal(&self) -> bool {
        false
    }
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

/// How often a rehearsal's clock looks whether its file says something else.
const LOOK: Duration = Duration::from_millis(10);

/// A clock for rehearsals: it goes as fast as the system's, at the distance from it that a file says, and jumps
/// when the file does. Processes that share the file share the time.
#[derive(Debug, Clone)]
pub struct RehearsalClock {
    system: Arc<SystemClock>,
    file: PathBuf,
    shift: Arc<Mutex<Shift>>,
}

#[derive(Debug, Clone, Copy)]
struct Shift {
    /// Milliseconds ahead of the system's clock at the start.
    first: i64,
    /// And now. Never less than before: monotonic time follows it.
    now: i64,
    /// When the file was last looked at, by the system's clock.
    looked: Tick,
}

/// Why a file tells no time.
#[derive(Debug, Error)]
#[error("DISPARO_CLOCK: `{}` must hold the milliseconds by which the clock is ahead: {why}", file.display())]
pub struct RehearsalClockError {
    file: PathBuf,
    why: String,
}

impl RehearsalClock {
    /// The clock of this file, which holds a whole number: the milliseconds by which it is ahead of the system's.
    ///
    /// # Errors
    /// When the file cannot be read, or holds something else.
    pub fn of(file: &Path) -> Result<Self, RehearsalClockError> {
        let read = |file: &Path| -> Result<i64, String> {
            let text = fs::read_to_string(file).map_err(|error| error.to_string())?;
            text.trim().parse().map_err(|error| format!("{error}"))
        };
        let error = |why| RehearsalClockError { file: file.to_owned(), why };
        let first = read(file).map_err(error)?;
        let shift = Shift { first, now: first, looked: Tick::default() };
        let system = Arc::new(SystemClock::new());
        Ok(Self { system, file: file.to_owned(), shift: Arc::new(Mutex::new(shift)) })
    }

    fn shift(&self) -> Shift {
        let tick = self.system.tick();
        let mut shift = self.shift.lock().unwrap_or_else(PoisonError::into_inner);
        if tick.since(shift.looked) >= LOOK {
            shift.looked = tick;
            // A file that is just being replaced says nothing new.
            let text = fs::read_to_string(&self.file).unwrap_or_default();
            shift.now = text.trim().parse().map_or(shift.now, |now| shift.now.max(now));
        }
        *shift
    }
}

impl Clock for RehearsalClock {
    fn now(&self) -> Timestamp {
        let shift = SignedDuration::from_millis(self.shift().now);
        self.system.now().saturating_add(shift).unwrap_or(Timestamp::MAX)
    }

    fn tick(&self) -> Tick {
        let shift = self.shift();
        self.system.tick().after(Duration::from_millis(shift.now.abs_diff(shift.first)))
    }

    fn sleep_until(&self, tick: Tick) -> Sleep {
        let clock = self.clone();
        Box::pin(async move {
            loop {
                let wait = tick.since(clock.tick());
                if wait.is_zero() {
                    return;
                }
                tokio::time::sleep(wait.min(LOOK)).await;
            }
        })
    }

    fn is_rehearsal(&self) -> bool {
        true
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_rehearsal_jumps_with_its_file_and_never_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("clock");
        assert!(RehearsalClock::of(&file).is_err());
        fs::write(&file, "3600000\n").expect("written");
        let clock = RehearsalClock::of(&file).expect("a clock");
        let ahead = clock.now().duration_since(SystemClock::new().now());
        assert!((3_590..=3_610).contains(&ahead.as_secs()), "{ahead:?}");
        let (tick, sleeper) = (clock.tick(), clock.clone());
        let sleep = tokio::spawn(sleeper.sleep_until(tick.after(Duration::from_secs(7_000))));
        fs::write(&file, "10800000").expect("written");
        sleep.await.expect("wakes");
        fs::write(&file, "0").expect("written");
        tokio::time::sleep(2 * LOOK).await;
        assert!(clock.tick().since(tick) >= Duration::from_secs(7_200));
    }
}
