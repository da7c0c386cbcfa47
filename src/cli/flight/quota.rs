//! A limit of an hour or longer during a simulated flight: counted by the minute over the rolling window, as the
//! pace counts it.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::domain::{Rate, RateUnit};

/// Minutes for which a count stays longer than the window: its own, and one to be safe.
const LEEWAY: i64 = 2;

/// What was sent in a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MinuteUse {
    /// Minutes since 1970-01-01T00:00Z.
    pub minute: u64,
    /// Requests.
    pub calls: u32,
    /// People.
    pub recipients: u32,
}

/// See the module. Amounts are in the rate's own unit.
#[derive(Debug)]
pub(super) struct Quota {
    pub(super) rate: Rate,
    minutes: VecDeque<(i64, f64)>,
    used: f64,
}

impl Quota {
    /// The long ones among these rates, with what was used before.
    pub(super) fn all(rates: &[Rate], used: &[MinuteUse]) -> Vec<Self> {
        rates.iter().filter(|rate| rate.is_long()).map(|rate| Self::new(*rate, used)).collect()
    }

    fn new(rate: Rate, used: &[MinuteUse]) -> Self {
        let mut quota = Self { rate, minutes: VecDeque::new(), used: 0.0 };
        for minute in used {
            let amount = match rate.unit {
                RateUnit::Calls => minute.calls,
                RateUnit::Recipients => minute.recipients,
            };
            quota.add(i64::try_from(minute.minute).unwrap_or(i64::MAX), f64::from(amount));
        }
        quota
    }

    fn stay(&self) -> i64 {
        i64::try_from(self.rate.window.as_secs().div_ceil(60)).unwrap_or(i64::MAX).saturating_add(LEEWAY)
    }

    fn add(&mut self, minute: i64, amount: f64) {
        self.used += amount;
        match self.minutes.back_mut() {
            Some((newest, sum)) if *newest == minute => *sum += amount,
            _ => self.minutes.push_back((minute, amount)),
        }
    }

    /// Forgets what has left the window.
    pub(super) fn move_to(&mut self, now: Timestamp) {
        let minute = minute_of(now);
        while let Some((oldest, amount)) = self.minutes.front().copied() {
            if oldest.saturating_add(self.stay()) > minute {
                break;
            }
            self.used -= amount;
            self.minutes.pop_front();
        }
        if self.minutes.is_empty() {
            self.used = 0.0;
        }
    }

    /// What is used of it.
    pub(super) fn used(&self) -> f64 {
        self.used
    }

    /// How many recipients it has room for, in calls of so many.
    pub(super) fn room(&self, in_a_call: f64) -> f64 {
        let room = (f64::from(self.rate.count.get()) - self.used).max(0.0);
        match self.rate.unit {
            RateUnit::Recipients => room,
            RateUnit::Calls => room * in_a_call,
        }
    }

    /// Takes recipients in calls of so many; gives what that is in the rate's unit.
    pub(super) fn take(&mut self, now: Timestamp, recipients: f64, in_a_call: f64) -> f64 {
        let amount = match self.rate.unit {
            RateUnit::Recipients => recipients,
            RateUnit::Calls => recipients / in_a_call,
        };
        self.add(minute_of(now), amount);
        amount
    }

    /// When it has more room than now; none where nothing is used of it.
    pub(super) fn frees_at(&self) -> Option<Timestamp> {
        let (oldest, _) = self.minutes.front()?;
        let second = oldest.saturating_add(self.stay()).saturating_mul(60);
        Timestamp::from_second(second).ok()
    }
}

pub(super) fn minute_of(moment: Timestamp) -> i64 {
    moment.as_second().div_euclid(60)
}
