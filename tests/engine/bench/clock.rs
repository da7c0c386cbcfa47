//! A manual clock that knows who sleeps on it, so that a test can let time pass exactly from one
//! thing that happens to the next.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use disparo::clock::{Clock, ManualClock, Sleep, Tick};
use jiff::Timestamp;

/// See the module.
#[derive(Debug, Clone)]
pub struct WatchedClock {
    time: ManualClock,
    sleepers: Arc<Mutex<Sleepers>>,
}

#[derive(Debug, Default)]
struct Sleepers {
    next: u64,
    deadlines: BTreeMap<u64, Tick>,
}

/// One who sleeps, for as long as it lives.
struct Asleep {
    number: u64,
    sleepers: Arc<Mutex<Sleepers>>,
}

impl Drop for Asleep {
    fn drop(&mut self) {
        lock(&self.sleepers).deadlines.remove(&self.number);
    }
}

fn lock(sleepers: &Mutex<Sleepers>) -> MutexGuard<'_, Sleepers> {
    sleepers.lock().expect("nobody panics with it")
}

impl WatchedClock {
    pub fn new() -> Self {
        let now = Timestamp::from_second(1_795_255_200).expect("a time");
        Self { time: ManualClock::new(now), sleepers: Arc::default() }
    }

    pub fn advance(&self, duration: Duration) {
        self.time.advance(duration);
    }

    /// Who sleeps until when.
    pub fn sleepers(&self) -> Vec<(u64, Tick)> {
        lock(&self.sleepers).deadlines.iter().map(|(number, tick)| (*number, *tick)).collect()
    }

    /// The first moment for which somebody waits.
    pub fn next(&self) -> Option<Tick> {
        lock(&self.sleepers).deadlines.values().min().copied()
    }
}

impl Clock for WatchedClock {
    fn now(&self) -> Timestamp {
        self.time.now()
    }

    fn tick(&self) -> Tick {
        self.time.tick()
    }

    fn sleep_until(&self, tick: Tick) -> Sleep {
        let mut sleepers = lock(&self.sleepers);
        let number = sleepers.next;
        sleepers.next += 1;
        sleepers.deadlines.insert(number, tick);
        drop(sleepers);
        let asleep = Asleep { number, sleepers: Arc::clone(&self.sleepers) };
        let slept = self.time.sleep_until(tick);
        Box::pin(async move {
            let _asleep = asleep;
            slept.await;
        })
    }
}
