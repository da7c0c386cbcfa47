//! How fast each channel sends: people in calls that ended in the last seconds.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::clock::Tick;

/// Over how many whole seconds the rate is taken.
const SECONDS: u64 = 10;

/// See the module.
#[derive(Debug, Default)]
pub struct Speeds(HashMap<String, VecDeque<(u64, u64)>>);

impl Speeds {
    /// So many people were in a call that ended now.
    pub fn count(&mut self, channel: &str, people: u64, now: Tick) {
        let second = now.0.as_secs();
        let Some(counts) = self.0.get_mut(channel) else {
            self.0.insert(channel.to_owned(), VecDeque::from([(second, people)]));
            return;
        };
        match counts.back_mut() {
            Some((last, sum)) if *last == second => *sum += people,
            _ => counts.push_back((second, people)),
        }
        while counts.front().is_some_and(|(first, _)| first + SECONDS < second) {
            counts.pop_front();
        }
    }

    /// People a second by channel, over the last whole seconds.
    pub fn rates(&self, now: Tick) -> Vec<(String, f64)> {
        let second = now.0.as_secs();
        let is_recent = |at: u64| at < second && at + SECONDS >= second;
        let length = Duration::from_secs(SECONDS).as_secs_f64();
        let rate = |counts: &VecDeque<(u64, u64)>| {
            let people: u64 = counts.iter().filter(|(at, _)| is_recent(*at)).map(|(_, people)| people).sum();
            f64::from(u32::try_from(people).unwrap_or(u32::MAX)) / length
        };
        self.0.iter().map(|(channel, counts)| (channel.clone(), rate(counts))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_that_of_the_last_ten_whole_seconds() {
        let mut speeds = Speeds::default();
        let at = |seconds: u64| Tick(Duration::from_millis(seconds * 1_000 + 500));
        for second in 0..30 {
            speeds.count("a", 20, at(second));
            speeds.count("a", 10, at(second));
        }
        let rate = |seconds: u64| speeds.rates(at(seconds)).first().map(|(_, rate)| *rate);
        assert_eq!(rate(29), Some(30.0));
        assert_eq!(rate(34), Some(18.0));
        assert_eq!(rate(45), Some(0.0));
        assert!(speeds.0["a"].len() <= 12);
    }
}
