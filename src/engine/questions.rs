//! The pace of questions: one for everything in this process that asks over a channel, whichever link it uses.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Tick;
use crate::domain::{Channel, Rate, Spacing};

/// Questions are let through as if a window were longer by its length divided by this: they may overtake each
/// other on their way, and clocks differ a little. The 2 % of the spacing of calls.
const MARGIN: u32 = 50;

/// See the module.
#[derive(Debug, Default)]
pub struct Questions {
    schedule: Mutex<Schedule>,
}

#[derive(Debug, Default)]
struct Schedule {
    /// When questions were asked, as far back as a window reaches; the last may be yet to come.
    asked: VecDeque<Tick>,
    /// No question before this.
    not_before: Tick,
}

impl Questions {
    /// The moment of a question over this channel, not before `now`, which is taken by it.
    ///
    /// Where the provider documents how often it may be asked, as many as that are asked at once, and never
    /// more in any window; elsewhere questions are as far apart as the channel's rate has its calls.
    pub(super) fn reserve(&self, channel: &Channel, now: Tick) -> Tick {
        let mut schedule = self.schedule.lock().unwrap_or_else(PoisonError::into_inner);
        let rates = &channel.limits.question_rates;
        let slot = schedule.next(rates, &channel.rates, now);
        schedule.take(slot, rates);
        slot
    }

    /// No question is asked before `tick`.
    pub(super) fn not_before(&self, tick: Tick) {
        let mut schedule = self.schedule.lock().unwrap_or_else(PoisonError::into_inner);
        schedule.not_before = tick.max(schedule.not_before);
    }
}

impl Schedule {
    fn next(&self, question_rates: &[Rate], call_rates: &[Rate], now: Tick) -> Tick {
        let mut slot = now.max(self.not_before);
        if question_rates.is_empty() {
            let last = self.asked.back();
            return last.map_or(slot, |last| slot.max(last.after(spacing(call_rates))));
        }
        for rate in question_rates {
            let count = usize::try_from(rate.count.get()).unwrap_or(usize::MAX);
            if let Some(oldest) = self.asked.iter().rev().nth(count - 1) {
                slot = slot.max(oldest.after(rate.window + rate.window / MARGIN));
            }
        }
        // A slot that was taken ahead is not overtaken.
        self.asked.back().map_or(slot, |last| slot.max(*last))
    }

    fn take(&mut self, slot: Tick, rates: &[Rate]) {
        self.asked.push_back(slot);
        let needed = rates.iter().map(|rate| rate.count.get()).max().unwrap_or(1);
        while self.asked.len() as u64 > u64::from(needed) {
            self.asked.pop_front();
        }
    }
}

/// How far apart questions are that are not to be asked all at once: the period of the documented rate, or of
/// the channel's own where none is documented.
#[must_use]
pub fn question_period(channel: &Channel) -> Duration {
    let rates = &channel.limits.question_rates;
    spacing(if rates.is_empty() { &channel.rates } else { rates })
}

fn spacing(rates: &[Rate]) -> Duration {
    Spacing::new(rates, NonZeroU32::MIN).period
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::RateUnit;
    use crate::provider::testing;

    fn wati() -> Channel {
        let mut channel = testing::channel("wati");
        let limits = Arc::make_mut(&mut channel.limits);
        let rate = Rate {
            count: NonZeroU32::new(10).expect("ten"),
            unit: RateUnit::Calls,
            window: Duration::from_secs(10),
        };
        limits.question_rates = vec![rate];
        channel
    }

    fn at(milliseconds: u64) -> Tick {
        Tick(Duration::from_millis(milliseconds))
    }

    #[test]
    fn ten_questions_are_asked_at_once_and_never_more_than_ten_in_ten_seconds() {
        let (channel, questions) = (wati(), Questions::default());
        let mut now = at(5_000);
        let mut slots = Vec::new();
        for number in 0..200 {
            let slot = questions.reserve(&channel, now);
            assert!(slot >= now);
            slots.push(slot);
            // Some ask on and on, others come now and then.
            now = if number % 3 == 0 { slot } else { slot.after(Duration::from_millis(37 * number)) };
        }
        assert_eq!(slots[..2], [at(5_000); 2]);
        for eleven in slots.windows(11) {
            assert!(eleven[10].since(eleven[0]) >= Duration::from_secs(10), "{eleven:?}");
        }
    }

    #[test]
    fn a_burst_leaves_the_others_to_the_next_window() {
        let (channel, questions) = (wati(), Questions::default());
        let slots: Vec<_> = (0..25).map(|_| questions.reserve(&channel, at(0))).collect();
        let seconds: Vec<_> = slots.iter().map(|slot| slot.0.as_millis()).collect();
        assert_eq!(seconds, [vec![0; 10], vec![10_200; 10], vec![20_400; 5]].concat());
    }

    #[test]
    fn what_the_provider_wants_holds_for_whoever_asks_next() {
        let (channel, questions) = (wati(), Questions::default());
        questions.not_before(at(3_000));
        questions.not_before(at(1_000));
        assert_eq!(questions.reserve(&channel, at(0)), at(3_000));
    }

    #[test]
    fn without_a_documented_rate_questions_are_as_far_apart_as_calls() {
        let (mut channel, questions) = (wati(), Questions::default());
        Arc::make_mut(&mut channel.limits).question_rates.clear();
        channel.rates = vec!["1/s".parse().expect("a rate")];
        let slots: Vec<_> = (0..3).map(|_| questions.reserve(&channel, at(7)).0.as_millis()).collect();
        assert_eq!(slots, [7, 1_027, 2_047]);
    }
}
