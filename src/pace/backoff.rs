//! How long to wait before what provably was not sent is tried again.

use std::time::Duration;

use crate::domain::RetryPolicy;

/// The wait after the `failure`th failure in a row (from 1): anything below `first`, doubled with each
/// failure, but below `most` ("full jitter", so that many waiters do not come back at once).
///
/// `random` is in `[0, 1)`; the same number gives the same wait.
#[must_use]
pub fn delay(policy: &RetryPolicy, failure: u32, random: f64) -> Duration {
    let doublings = failure.saturating_sub(1);
    let factor = 1_u32.checked_shl(doublings).unwrap_or(u32::MAX);
    let ceiling = policy.first.saturating_mul(factor).min(policy.most);
    Duration::try_from_secs_f64(ceiling.as_secs_f64() * random).unwrap_or(ceiling).min(ceiling)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    #[test]
    fn waits_double_up_to_the_longest() {
        let policy = RetryPolicy { most: Duration::from_secs(10), ..RetryPolicy::default() };
        for (failure, random, millis) in [
            (1, 0.0, 0),
            (1, 0.5, 500),
            (0, 0.5, 500),
            (2, 0.5, 1_000),
            (3, 0.25, 1_000),
            (4, 0.5, 4_000),
            (5, 0.5, 5_000),
            (32, 0.5, 5_000),
            (33, 0.5, 5_000),
            (u32::MAX, 0.5, 5_000),
            (1, f64::NAN, 1_000),
        ] {
            assert_eq!(delay(&policy, failure, random), Duration::from_millis(millis), "{failure} {random}");
        }
    }

    #[test]
    fn a_seed_gives_the_same_waits_again() {
        let policy = RetryPolicy::default();
        let waits = |seed| {
            let mut random = StdRng::seed_from_u64(seed);
            (1..=8).map(|failure| delay(&policy, failure, random.random())).collect::<Vec<_>>()
        };
        assert_eq!(waits(7), waits(7));
        assert_ne!(waits(7), waits(8));
    }
}
