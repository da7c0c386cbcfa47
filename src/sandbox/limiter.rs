//! The provider's rate limit: an exact count over sliding windows of monotonic time.

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::Tick;
use crate::domain::{Rate, RateUnit};

/// The limits of one account. Only calls that were let in count.
#[derive(Debug)]
pub(super) struct Limiter {
    windows: Vec<Window>,
}

#[derive(Debug)]
struct Window {
    rate: Rate,
    let_in: VecDeque<(Tick, u64)>,
    total: u64,
}

impl Limiter {
    pub(super) fn new(rates: &[Rate]) -> Self {
        let windows = rates.iter().map(|&rate| Window { rate, let_in: VecDeque::new(), total: 0 }).collect();
        Self { windows }
    }

    /// Lets a call in at `at` (never earlier than the call before) or says how long it is until there is
    /// room for it. A call that is larger than a whole window waits for an empty one, and in vain.
    pub(super) fn admit(&mut self, at: Tick, recipients: u64) -> Result<(), Duration> {
        let wait = self.windows.iter_mut().filter_map(|window| window.wait(at, recipients)).max();
        if let Some(wait) = wait {
            return Err(wait);
        }
        for window in &mut self.windows {
            let weight = window.weight(recipients);
            window.let_in.push_back((at, weight));
            window.total += weight;
        }
        Ok(())
    }
}

impl Window {
    fn weight(&self, recipients: u64) -> u64 {
        match self.rate.unit {
            RateUnit::Recipients => recipients,
            RateUnit::Calls => 1,
        }
    }

    /// A window that ends at `at` is open at its beginning: what came in exactly one window ago is out.
    fn wait(&mut self, at: Tick, recipients: u64) -> Option<Duration> {
        let window = self.rate.window;
        while let Some(&(tick, weight)) = self.let_in.front()
            && tick.after(window) <= at
        {
            self.let_in.pop_front();
            self.total -= weight;
        }
        let excess = (self.total + self.weight(recipients)).checked_sub(u64::from(self.rate.count.get()))?;
        let mut freed = 0;
        for &(tick, weight) in &self.let_in {
            if freed >= excess {
                break;
            }
            freed += weight;
            if freed >= excess {
                return Some(tick.after(window).since(at));
            }
        }
        (excess > 0).then_some(window)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn limiter(rates: &[&str]) -> Limiter {
        let rates: Vec<Rate> = rates.iter().map(|rate| rate.parse().expect(rate)).collect();
        Limiter::new(&rates)
    }

    fn at(millis: u64) -> Tick {
        Tick(Duration::from_millis(millis))
    }

    #[test]
    fn recipients_and_calls_are_counted_and_waits_are_exact() {
        let mut limiter = limiter(&["10/s", "2 calls/3s"]);
        assert_eq!(limiter.admit(at(0), 6), Ok(()));
        assert_eq!(limiter.admit(at(100), 5), Err(Duration::from_millis(900)));
        assert_eq!(limiter.admit(at(100), 4), Ok(()));
        // The window of calls is the longer wait.
        assert_eq!(limiter.admit(at(1_100), 1), Err(Duration::from_millis(1_900)));
        assert_eq!(limiter.admit(at(2_999), 1), Err(Duration::from_millis(1)));
        assert_eq!(limiter.admit(at(3_000), 10), Ok(()));
        assert_eq!(limiter.admit(at(9_000), 11), Err(Duration::from_secs(1)));
    }

    #[test]
    fn without_a_rate_everything_comes_in() {
        let mut limiter = limiter(&[]);
        assert_eq!(limiter.admit(at(0), u64::from(u32::MAX)), Ok(()));
    }

    proptest! {
        #[test]
        fn no_sliding_window_holds_more_than_the_limit(
            calls in proptest::collection::vec((0_u64..400, 1_u64..8), 1..200),
            count in 5_u32..20,
        ) {
            let mut limiter = limiter(&[&format!("{count}/s")]);
            let mut now = 0;
            let mut let_in: Vec<(u64, u64)> = Vec::new();
            for (gap, recipients) in calls {
                now += gap;
                let inside = let_in.iter().filter(|(then, _)| now - then < 1_000).map(|(_, many)| many);
                let room = u64::from(count).saturating_sub(inside.sum());
                let answer = limiter.admit(at(now), recipients);
                prop_assert_eq!(answer.is_ok(), recipients <= room);
                if answer.is_ok() {
                    let_in.push((now, recipients));
                }
            }
        }
    }
}
