//! Feedback: a channel that is asked to slow down does so, and recovers by itself.

use std::time::Duration;

use crate::clock::Tick;

/// The pause after the first throttle; each further one doubles it along with the spacing.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// Each throttle doubles the spacing of calls, up to this many times the usual.
const SLOWEST: f64 = 64.0;
/// While calls succeed, the spacing is halved once in this time.
const HALVING: Duration = Duration::from_secs(10);
/// Spacing per step of the factor above 1 for channels that have no limit to multiply.
const FLOOR: Duration = Duration::from_millis(10);
/// The longest `Retry-After` that is believed: the longest window of the rate grammar.
const LONGEST_PAUSE: Duration = Duration::from_secs(31 * 86_400);

/// How much slower than usual a channel is, and until when it makes no call at all.
#[derive(Debug, Clone)]
pub(super) struct Slowdown {
    /// How many times the usual spacing, from 1.
    factor: f64,
    /// No call before.
    not_before: Tick,
    /// Up to here the recovery has been counted.
    eased: Tick,
}

impl Slowdown {
    pub(super) fn none() -> Self {
        Self { factor: 1.0, not_before: Tick::default(), eased: Tick::default() }
    }

    pub(super) fn not_before(&self) -> Tick {
        self.not_before
    }

    /// Pauses until `retry_after`, or longer where throttles repeat, and doubles the spacing. Answers
    /// that come during the pause belong to calls that left before it: they may lengthen the pause but
    /// do not slow the channel down again, or eight calls at once would count as eight throttles.
    pub(super) fn throttled(&mut self, now: Tick, retry_after: Option<Duration>) {
        let mut pause = retry_after.unwrap_or_default().min(LONGEST_PAUSE);
        if now >= self.not_before {
            pause = pause.max(FIRST_PAUSE.mul_f64(self.factor));
            self.factor = (self.factor * 2.0).min(SLOWEST);
        }
        self.not_before = self.not_before.max(now.after(pause));
        self.eased = self.not_before;
    }

    /// Recovers for the time since the last success or the end of the pause, by half at the most: one
    /// success after a long silence proves little.
    pub(super) fn succeeded(&mut self, now: Tick) {
        let gained = now.since(self.eased).min(HALVING);
        let halvings = gained.as_secs_f64() / HALVING.as_secs_f64();
        self.factor = (self.factor * (-halvings).exp2()).max(1.0);
        self.eased = self.eased.max(now);
    }

    /// The spacing of calls where `usual` is that of the limit.
    pub(super) fn period(&self, usual: Duration) -> Duration {
        if self.factor <= 1.0 {
            usual
        } else if usual.is_zero() {
            FLOOR.mul_f64(self.factor - 1.0)
        } else {
            usual.mul_f64(self.factor)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Duration = Duration::from_millis(50);

    fn at(millis: u64) -> Tick {
        Tick(Duration::from_millis(millis))
    }

    #[test]
    fn each_throttle_doubles_pause_and_spacing_up_to_64_times() {
        let mut slowdown = Slowdown::none();
        for (pause, factor) in [(1, 2), (2, 4), (4, 8), (8, 16), (16, 32), (32, 64), (64, 64), (64, 64)] {
            let now = slowdown.not_before();
            slowdown.throttled(now, None);
            assert_eq!(slowdown.not_before().since(now), Duration::from_secs(pause));
            assert_eq!(slowdown.period(USUAL), USUAL * factor);
        }
    }

    #[test]
    fn the_provider_is_believed_where_it_asks_for_more() {
        let mut slowdown = Slowdown::none();
        slowdown.throttled(at(0), Some(Duration::from_millis(10)));
        assert_eq!(slowdown.not_before(), at(1_000));
        slowdown.throttled(at(1_000), Some(Duration::from_secs(30)));
        assert_eq!(slowdown.not_before(), at(31_000));
        slowdown.throttled(at(31_000), Some(Duration::MAX));
        assert_eq!(slowdown.not_before(), at(31_000).after(LONGEST_PAUSE));
    }

    #[test]
    fn answers_to_calls_before_the_pause_count_once() {
        let mut slowdown = Slowdown::none();
        for millis in 0..8 {
            slowdown.throttled(at(millis), None);
            slowdown.succeeded(at(millis));
        }
        assert_eq!(slowdown.period(USUAL), USUAL * 2);
        assert_eq!(slowdown.not_before(), at(1_000));
        slowdown.throttled(at(500), Some(Duration::from_secs(2)));
        assert_eq!(slowdown.not_before(), at(2_500));
        assert_eq!(slowdown.period(USUAL), USUAL * 2);
    }

    #[test]
    fn success_halves_the_spacing_every_ten_seconds() {
        let mut slowdown = Slowdown::none();
        slowdown.throttled(at(0), None);
        slowdown.throttled(at(1_000), None);
        for millis in (3_000..=13_000).step_by(100) {
            slowdown.succeeded(at(millis));
        }
        assert!((slowdown.period(USUAL).as_secs_f64() - 0.1).abs() < 1e-6);
        // One success after an hour is worth ten seconds.
        slowdown.throttled(at(13_000), None);
        slowdown.succeeded(at(3_600_000));
        assert!((slowdown.period(USUAL).as_secs_f64() - 0.1).abs() < 1e-6);
        slowdown.succeeded(at(3_610_000));
        assert_eq!(slowdown.period(USUAL), USUAL);
    }

    #[test]
    fn an_unlimited_channel_is_spaced_while_it_is_slowed() {
        let mut slowdown = Slowdown::none();
        assert_eq!(slowdown.period(Duration::ZERO), Duration::ZERO);
        slowdown.throttled(at(0), None);
        assert_eq!(slowdown.period(Duration::ZERO), Duration::from_millis(10));
        slowdown.throttled(at(1_000), None);
        assert_eq!(slowdown.period(Duration::ZERO), Duration::from_millis(30));
    }
}
