//! How fast something goes: what was counted in the last seconds.

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::Tick;

/// How far back a speed looks.
const WINDOW: Duration = Duration::from_secs(10);

/// Counts within this time are kept as one.
const GRAIN: Duration = Duration::from_millis(500);

/// A sliding count.
#[derive(Debug)]
pub(super) struct Speed {
    since: Tick,
    /// When each grain began, and what it counted.
    grains: VecDeque<(Tick, u64)>,
}

impl Speed {
    /// Nothing counted yet.
    pub(super) fn starting(now: Tick) -> Self {
        Self { since: now, grains: VecDeque::new() }
    }

    /// Counts `number` more.
    pub(super) fn count(&mut self, number: u64, now: Tick) {
        match self.grains.back_mut() {
            Some((begun, counted)) if now.since(*begun) < GRAIN => *counted += number,
            _ => self.grains.push_back((now, number)),
        }
        while self.grains.front().is_some_and(|(begun, _)| now.since(*begun) > WINDOW) {
            self.grains.pop_front();
        }
    }

    /// The count of a second, over the window or since the start where that is later.
    pub(super) fn per_second(&self, now: Tick) -> f64 {
        let recent = self.grains.iter().filter(|(begun, _)| now.since(*begun) <= WINDOW);
        let counted: u64 = recent.map(|(_, counted)| counted).sum();
        let span = now.since(self.since).clamp(Duration::from_secs(1), WINDOW);
        #[expect(clippy::cast_precision_loss, reason = "ten seconds never count 2^53 recipients")]
        let counted = counted as f64;
        counted / span.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_speed_forgets_what_is_long_ago() {
        let at = |milliseconds| Tick(Duration::from_millis(milliseconds));
        let mut speed = Speed::starting(at(0));
        speed.count(40, at(100));
        assert_eq!(speed.per_second(at(100)), 40.0, "the first second is a whole one");
        speed.count(40, at(1_900));
        assert_eq!(speed.per_second(at(2_000)), 40.0);
        assert_eq!(speed.per_second(at(10_000)), 8.0);
        assert_eq!(speed.per_second(at(11_000)), 4.0, "the first 40 are forgotten");
        assert_eq!(speed.per_second(at(60_000)), 0.0);
        for tick in 0..10_000 {
            speed.count(1, at(60_000 + tick));
        }
        assert!(speed.grains.len() <= 22, "memory stays flat");
        assert_eq!(speed.per_second(at(70_000)), 1_000.0);
    }
}
