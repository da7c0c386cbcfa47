//! The last gate before a call leaves: keeps the distance of calls that really left.
//!
//! Slots are an absolute schedule, but a slow disk or a busy machine can make a call leave late, and
//! the next one on time would then follow too closely. A call that is late by more than the tolerance
//! pushes the ones after it back.

use std::time::Duration;

use crate::clock::Tick;

/// How late a call may leave without pushing the next one back, as a share of the spacing's margin
/// over a window: the margin is 2 %, and half of it is left to the network.
const TOLERANCE: f64 = 0.005;

/// The shortest window of a rate; the tolerance is taken of it.
const WINDOW: Duration = Duration::from_secs(1);

/// The gate of a channel, or of a run.
#[derive(Debug)]
pub struct Departure {
    /// When the last call left, by its slot unless it was late, and the distance that calls had then.
    last: Option<(Tick, Duration)>,
}

impl Departure {
    /// A gate that lets the first call leave at any time.
    #[must_use]
    pub fn new() -> Self {
        Self { last: None }
    }

    /// The earliest time at which the next call may leave, with `period` between calls now. Calls of another
    /// size have the time of their own chunk to themselves, before and after it.
    #[must_use]
    pub fn earliest(&self, period: Duration) -> Tick {
        let Some((last, distance)) = self.last else { return Tick::default() };
        let next = last.after(distance);
        if period == distance { next } else { next.after(period) }
    }

    /// A call left that had its `slot`, with `period` to the next one.
    pub fn left(&mut self, slot: Tick, period: Duration, now: Tick) {
        let is_late = now.since(slot) > WINDOW.mul_f64(TOLERANCE);
        self.last = Some((if is_late { now } else { slot }, period));
    }
}

impl Default for Departure {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tick(millis: u64) -> Tick {
        Tick(Duration::from_millis(millis))
    }

    #[test]
    fn a_late_call_pushes_the_next_one_back() {
        let period = Duration::from_millis(51);
        let mut gate = Departure::new();
        gate.left(tick(100), period, tick(102));
        // 2 ms late is within the tolerance: the schedule stays.
        assert_eq!(gate.earliest(period), tick(151));
        gate.left(tick(151), period, tick(190));
        assert_eq!(gate.earliest(period), tick(241));
        gate.left(tick(202), period, tick(241));
        assert_eq!(gate.earliest(period), tick(292));
        assert_eq!(gate.earliest(Duration::from_millis(510)), tick(802), "a larger chunk comes next");
    }
}
