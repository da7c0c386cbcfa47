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

/// One channel's gate.
#[derive(Debug)]
pub struct Departure {
    earliest: Tick,
}

impl Departure {
    /// A gate that lets the first call leave at any time.
    #[must_use]
    pub fn new() -> Self {
        Self { earliest: Tick::default() }
    }

    /// The earliest time at which the next call may leave.
    #[must_use]
    pub fn earliest(&self) -> Tick {
        self.earliest
    }

    /// A call left that had its `slot`, with `period` to the next one.
    pub fn left(&mut self, slot: Tick, period: Duration, now: Tick) {
        let is_late = now.since(slot) > WINDOW.mul_f64(TOLERANCE);
        self.earliest = if is_late { now.after(period) } else { slot.after(period) };
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
        assert_eq!(gate.earliest(), tick(151));
        gate.left(tick(151), period, tick(190));
        assert_eq!(gate.earliest(), tick(241));
        gate.left(tick(202), period, tick(241));
        assert_eq!(gate.earliest(), tick(292));
    }
}
