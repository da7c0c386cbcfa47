//! How long something took, over any number of messages in little memory.

use std::time::Duration;

use hdrhistogram::Histogram;

use super::error::ReportError;

/// Digits that are kept of a time in milliseconds: exact up to 32 s, and beyond that off by at most 0.01 %.
const DIGITS: u8 = 4;

/// See the module. 128 KiB for times up to half a minute, and 64 KiB more for each doubling.
#[derive(Debug, Clone)]
pub struct Times(Histogram<u32>);

/// Times, of which some share is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Percentiles {
    /// Times that were counted.
    pub messages: u64,
    /// Half took at most so long.
    pub p50: Duration,
    /// 95 of 100 took at most so long.
    pub p95: Duration,
}

impl Times {
    /// None yet.
    ///
    /// # Errors
    /// Never, as long as the library takes the number of digits.
    pub fn new() -> Result<Self, ReportError> {
        Histogram::new(DIGITS).map(Self).map_err(|error| ReportError::Times(error.to_string()))
    }

    /// One more, in milliseconds.
    ///
    /// # Errors
    /// When the library cannot count it.
    pub fn take(&mut self, milliseconds: u64) -> Result<(), ReportError> {
        self.0.record(milliseconds).map_err(|error| ReportError::Times(error.to_string()))
    }

    /// Those of others too.
    ///
    /// # Errors
    /// When the library cannot count them.
    pub fn join(&mut self, others: &Self) -> Result<(), ReportError> {
        self.0.add(&others.0).map_err(|error| ReportError::Times(error.to_string()))
    }

    /// By nearest rank: the smallest time that so large a share did not pass. `None` without times.
    #[must_use]
    pub fn percentiles(&self) -> Option<Percentiles> {
        let at = |share| Duration::from_millis(self.0.lowest_equivalent(self.0.value_at_quantile(share)));
        let messages = self.0.len();
        (messages > 0).then(|| Percentiles { messages, p50: at(0.5), p95: at(0.95) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counted(times: &[u64]) -> Option<Percentiles> {
        let mut all = Times::new().expect("digits");
        times.iter().for_each(|time| all.take(*time).expect("counted"));
        all.percentiles()
    }

    /// The definition of the nearest rank, by sorting.
    fn nearest_rank(times: &[u64], hundredths: usize) -> u64 {
        let mut sorted = times.to_vec();
        sorted.sort_unstable();
        sorted[(times.len() * hundredths).div_ceil(100).max(1) - 1]
    }

    #[test]
    fn known_times_have_known_percentiles() {
        assert_eq!(counted(&[]), None);
        let of = |messages, p50, p95| {
            Some(Percentiles { messages, p50: Duration::from_millis(p50), p95: Duration::from_millis(p95) })
        };
        assert_eq!(counted(&[0]), of(1, 0, 0));
        assert_eq!(counted(&[7_001]), of(1, 7_001, 7_001));
        let hundred: Vec<_> = (1..=100).rev().collect();
        assert_eq!(counted(&hundred), of(100, 50, 95));
        assert_eq!(counted(&[32_000, 1, 1, 2_003]), of(4, 1, 32_000));
    }

    #[test]
    fn channels_times_are_all_of_them() {
        let (mut one, mut other) = (Times::new().expect("digits"), Times::new().expect("digits"));
        (1..=60).for_each(|time| one.take(time).expect("counted"));
        (61..=100).for_each(|time| other.take(time * 1_000).expect("counted"));
        let mut all = Times::new().expect("digits");
        all.join(&one).expect("joined");
        all.join(&other).expect("joined");
        let all = all.percentiles().expect("times");
        assert_eq!((all.messages, all.p50), (100, Duration::from_millis(50)));
        let off = Duration::from_millis(95_000).abs_diff(all.p95);
        assert!(off < Duration::from_millis(10), "off by more than 0.01 %: {all:?}");
    }

    proptest! {
        #[test]
        fn percentiles_are_nearest_ranks_but_for_their_digits(
            times in proptest::collection::vec(0..4_294_967_295u64, 1..400),
        ) {
            let percentiles = counted(&times).expect("times");
            for (told, hundredths) in [(percentiles.p50, 50), (percentiles.p95, 95)] {
                let (told, exact) = (told.as_millis(), u128::from(nearest_rank(&times, hundredths)));
                prop_assert!(told <= exact && exact - told <= exact / 10_000, "{told} of {exact}");
            }
        }
    }
}
