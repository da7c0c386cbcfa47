//! The ramp: calls farther apart than the limit asks, less so from call to call.

use std::time::Duration;

use crate::clock::Tick;
use crate::domain::{Ramp, RateUnit, Spacing};

/// A rate of calls that rises in a straight line from the ramp's to the full one.
#[derive(Debug, Clone)]
pub(super) struct Rise {
    start: Tick,
    over: Duration,
    /// Calls a second at the start.
    from: f64,
    /// Calls a second at the end; `None` for no limit, which leaves `from` as it is until then.
    to: Option<f64>,
}

impl Rise {
    /// `None` where the ramp is not below the full rate. Recipients of the ramp's rate count as full
    /// chunks: with chunks of 25, `5/s` is a call every five seconds.
    pub(super) fn new(ramp: Ramp, full: Spacing, start: Tick) -> Option<Self> {
        let in_a_call = match ramp.from.unit {
            RateUnit::Recipients => f64::from(full.chunk.get()),
            RateUnit::Calls => 1.0,
        };
        let from = f64::from(ramp.from.count.get()) / in_a_call / ramp.from.window.as_secs_f64();
        let to = (!full.period.is_zero()).then(|| full.period.as_secs_f64().recip());
        if to.is_some_and(|to| to <= from) {
            return None;
        }
        Some(Self { start, over: ramp.over, from, to })
    }

    /// The first moment at which the ramp allows the call after the one at `last`: the moment until
    /// which the rising rate adds up to one call.
    pub(super) fn next(&self, last: Tick) -> Tick {
        let passed = last.since(self.start);
        let Some(left) = self.over.checked_sub(passed).filter(|left| !left.is_zero()) else {
            return last;
        };
        let left = left.as_secs_f64();
        let to = self.to.unwrap_or(self.from);
        let slope = (to - self.from) / self.over.as_secs_f64();
        let now = self.from + slope * passed.as_secs_f64();
        let calls_left = f64::midpoint(now, to) * left;
        let wait = if calls_left >= 1.0 {
            // The positive root of now·x + slope/2·x² = 1, in the form that survives a slope of zero.
            2.0 / (now + (now * now + 2.0 * slope).sqrt())
        } else {
            // The rest of the call falls behind the ramp's end, where an unlimited channel waits no more.
            left + self.to.map_or(0.0, |to| (1.0 - calls_left) / to)
        };
        last.after(Duration::try_from_secs_f64(wait).unwrap_or(Duration::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroU32;

    fn rise(from: &str, seconds: u64, chunk: u32, period: Duration) -> Option<Rise> {
        let ramp = Ramp { from: from.parse().expect(from), over: Duration::from_secs(seconds) };
        let chunk = NonZeroU32::new(chunk).expect("not zero");
        Rise::new(ramp, Spacing { chunk, period }, Tick::default())
    }

    /// Calls that a rise allows in each ten seconds until its end.
    fn calls_by_decade(rise: &Rise) -> Vec<usize> {
        let mut calls = vec![0; usize::try_from(rise.over.as_secs() / 10).expect("small")];
        let mut last = rise.next(Tick::default());
        while let Some(decade) = usize::try_from(last.0.as_secs() / 10).ok().and_then(|at| calls.get_mut(at))
        {
            *decade += 1;
            last = rise.next(last);
        }
        calls
    }

    #[test]
    fn the_rate_rises_in_a_straight_line() {
        let rise = rise("1/s", 60, 1, Duration::from_millis(100)).expect("below the full rate");
        // 1/s to 10/s in 60 s: 1.75/s in the middle of the first ten seconds, 1.5/s more in each next.
        let expected = [17.5, 32.5, 47.5, 62.5, 77.5, 92.5];
        for (calls, expected) in calls_by_decade(&rise).into_iter().zip(expected) {
            let calls = f64::from(u32::try_from(calls).expect("small"));
            assert!((calls - expected).abs() <= 1.0, "{calls} calls instead of {expected}");
        }
    }

    #[test]
    fn a_slow_start_does_not_outlive_the_ramp() {
        // One call an hour, but the full rate after ten seconds: half a call's worth at the most waits.
        let rise = rise("1/h", 10, 1, Duration::from_secs(1)).expect("below the full rate");
        let first = rise.next(Tick::default());
        assert!(first.0 < Duration::from_secs(10), "{first:?}");
    }

    #[test]
    fn an_unlimited_channel_keeps_the_ramps_rate_until_its_end() {
        let rise = rise("2/s", 10, 4, Duration::ZERO).expect("below no limit");
        let at = |seconds| Tick(Duration::from_secs(seconds));
        assert_eq!(rise.next(at(0)), at(2));
        assert_eq!(rise.next(at(6)), at(8));
        assert_eq!(rise.next(at(9)), at(10));
        assert_eq!(rise.next(at(10)), at(10));
    }

    #[test]
    fn a_ramp_above_the_full_rate_does_nothing() {
        assert!(rise("100/s", 60, 1, Duration::from_secs(1)).is_none());
    }
}
