//! A limit of an hour or longer during a simulated flight: counted by the minute over the rolling window or the
//! calendar month, as the pace counts it.

use std::collections::VecDeque;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::domain::{LongLimit, RateUnit};

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

/// See the module. Amounts are in the limit's own unit.
#[derive(Debug)]
pub(super) struct Quota {
    pub(super) limit: LongLimit,
    minutes: VecDeque<(i64, f64)>,
    used: f64,
}

impl Quota {
    /// With what was used before, of which a minute may come more than once.
    pub(super) fn new(limit: LongLimit, used: &[MinuteUse]) -> Self {
        let mut quota = Self { limit, minutes: VecDeque::new(), used: 0.0 };
        let mut used = used.to_vec();
        used.sort_by_key(|minute| minute.minute);
        for minute in used {
            let amount = match limit.unit() {
                RateUnit::Calls => minute.calls,
                RateUnit::Recipients => minute.recipients,
            };
            quota.add(i64::try_from(minute.minute).unwrap_or(i64::MAX), f64::from(amount));
        }
        quota
    }

    /// Whether what was used in one minute counts no more in another.
    fn has_left(&self, used: i64, now: i64) -> bool {
        match self.limit {
            LongLimit::Rolling(_) => used.saturating_add(self.stay()) <= now,
            // A minute of another clock's may still be of this month.
            LongLimit::MonthlyCalls(_) => used.saturating_add(1) < minute_of(month_of(now, 0)),
        }
    }

    /// Minutes for which something counts by a rolling limit.
    fn stay(&self) -> i64 {
        let LongLimit::Rolling(rate) = self.limit else { return 0 };
        i64::try_from(rate.window.as_secs().div_ceil(60)).unwrap_or(i64::MAX).saturating_add(LEEWAY)
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
            if !self.has_left(oldest, minute) {
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
        let room = (f64::from(self.limit.count()) - self.used).max(0.0);
        match self.limit.unit() {
            RateUnit::Recipients => room,
            RateUnit::Calls => room * in_a_call,
        }
    }

    /// Takes recipients in calls of so many; gives what that is in the limit's unit.
    pub(super) fn take(&mut self, now: Timestamp, recipients: f64, in_a_call: f64) -> f64 {
        let amount = match self.limit.unit() {
            RateUnit::Recipients => recipients,
            RateUnit::Calls => recipients / in_a_call,
        };
        self.add(minute_of(now), amount);
        amount
    }

    /// When it has more room than now; none where nothing is used of it.
    pub(super) fn frees_at(&self) -> Option<Timestamp> {
        let (oldest, _) = self.minutes.front()?;
        match self.limit {
            LongLimit::Rolling(_) => {
                let second = oldest.saturating_add(self.stay()).saturating_mul(60);
                Timestamp::from_second(second).ok()
            }
            // What was used in a month's last minute counts until the end of the next one.
            LongLimit::MonthlyCalls(_) => {
                month_of(oldest.saturating_add(1), 1).checked_add(LEEWAY.minutes()).ok()
            }
        }
    }
}

/// When the month of a minute begins, or one so many months later, in UTC.
fn month_of(minute: i64, later: i64) -> Timestamp {
    let time = Timestamp::from_second(minute.saturating_mul(60)).unwrap_or(Timestamp::MIN);
    let first = TimeZone::UTC.to_datetime(time).date().first_of_month().checked_add(later.months()).ok();
    let first = first.and_then(|first| TimeZone::UTC.to_timestamp(first.at(0, 0, 0, 0)).ok());
    first.unwrap_or(if later > 0 { Timestamp::MAX } else { Timestamp::MIN })
}

pub(super) fn minute_of(moment: Timestamp) -> i64 {
    moment.as_second().div_euclid(60)
}
