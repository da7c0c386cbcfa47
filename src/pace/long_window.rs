//! Limits of an hour and longer: counted minute by minute over the rolling window, or over the calendar month.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::domain::{LongLimit, Rate, RateUnit};

/// Minutes for which a count stays longer than its window asks: a call is counted when its intent is
/// written and may reach the provider a little later.
const LEEWAY: i64 = 1;

/// Minutes for which counts are kept, whichever limits hold now: longer than the longest window, so that another
/// limit finds what it has to count.
const KEPT: i64 = 32 * 24 * 60;

/// What was sent in one minute, as the journal keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MinuteCount {
    /// Minutes since 1970-01-01T00:00Z.
    pub minute: i64,
    /// Requests to the provider.
    pub calls: u32,
    /// People messaged by them.
    pub recipients: u32,
}

/// A limit that leaves no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the limit of {limit} is used up until {}", .until.strftime("%Y-%m-%d %H:%M UTC"))]
pub struct Full {
    /// Which.
    pub limit: LongLimit,
    /// When there will be room if nothing else is sent.
    pub until: Timestamp,
}

/// Counts what was sent and says whether the long limits of one channel (or one run, or one portfolio) leave room.
///
/// A minute leaves a window only when all of it, and one minute more, is outside. Counts are plain
/// values: hand [`LongWindow::counts`] to the journal and give them back after a restart.
#[derive(Debug, Clone)]
pub struct LongWindow {
    limits: Vec<Counted>,
    /// By minute; minutes that no window can reach any more are gone.
    counts: BTreeMap<i64, Sent>,
    /// The minute of the last look, to notice a wall clock that was set back.
    minute: i64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sent {
    calls: u32,
    recipients: u32,
}

/// One limit, and how much of it is used.
#[derive(Debug, Clone)]
struct Counted {
    limit: LongLimit,
    /// Sum over the minutes from `since` on.
    used: u64,
    since: i64,
}

impl LongWindow {
    /// The limits among `rates` that are long, with what was `sent` before; the same minute may come
    /// more than once. Short rates are left to [`super::Pace`].
    #[must_use]
    pub fn new(rates: &[Rate], sent: &[MinuteCount]) -> Self {
        Self::of(LongLimit::among(rates), sent)
    }

    /// These limits, with what was `sent` before.
    #[must_use]
    pub fn of(limits: impl IntoIterator<Item = LongLimit>, sent: &[MinuteCount]) -> Self {
        let mut window = Self {
            limits: Vec::new(),
            counts: BTreeMap::new(),
            minute: sent.iter().map(|count| count.minute).max().unwrap_or(i64::MIN),
        };
        for count in sent {
            window.add(count.minute, Sent { calls: count.calls, recipients: count.recipients });
        }
        window.set_limits(limits);
        window
    }

    /// Keeps these limits from now on, over what was counted.
    pub fn set_limits(&mut self, limits: impl IntoIterator<Item = LongLimit>) {
        let count = |limit| Counted { limit, used: 0, since: i64::MIN };
        self.limits = limits.into_iter().map(count).collect();
        self.count_anew();
    }

    /// What the journal must keep, in ascending order; one element for each minute in which something
    /// was sent.
    #[must_use]
    pub fn counts(&self) -> Vec<MinuteCount> {
        let counts = self.counts.iter();
        counts
            .map(|(&minute, sent)| MinuteCount { minute, calls: sent.calls, recipients: sent.recipients })
            .collect()
    }

    /// Whether one more call to `recipients` people keeps all limits.
    ///
    /// # Errors
    /// When there is no room: the limit that lacks it the longest. A call with
    /// more people than a whole window allows never has room; [`crate::domain::Spacing`] makes no such
    /// chunks.
    pub fn admit(&mut self, now: Timestamp, recipients: u32) -> Result<(), Full> {
        self.move_to(minute_of(now));
        let call = Sent { calls: 1, recipients };
        let full = |counted: &Counted| {
            let until = counted.room_at(call, &self.counts, self.minute)?;
            Some(Full { limit: counted.limit, until })
        };
        let full = self.limits.iter().filter_map(full).max_by_key(|full| full.until);
        full.map_or(Ok(()), Err)
    }

    /// For how many people one more call may be: the most of `people`, or fewer where a limit leaves no more.
    ///
    /// # Errors
    /// When there is no room for the least.
    pub fn room(&mut self, now: Timestamp, people: RangeInclusive<u32>) -> Result<u32, Full> {
        let (least, most) = people.into_inner();
        self.admit(now, least)?;
        let counted = self.limits.iter().filter(|counted| counted.limit.unit() == RateUnit::Recipients);
        let left = counted.map(|counted| u64::from(counted.limit.count()).saturating_sub(counted.used)).min();
        let left = left.map_or(most, |left| u32::try_from(left).unwrap_or(u32::MAX));
        Ok(left.min(most).max(least))
    }

    /// Takes back what was counted for a call and not intended after all. It is taken from the newest minutes, so
    /// that what was sent stays counted for as long as it must, within the minute of leeway.
    pub fn give_back(&mut self, calls: u32, recipients: u32) {
        let mut left = Sent { calls, recipients };
        for sent in self.counts.values_mut().rev() {
            let back =
                Sent { calls: left.calls.min(sent.calls), recipients: left.recipients.min(sent.recipients) };
            sent.take(back);
            left.take(back);
        }
        self.count_anew();
    }

    /// Counts a call whose intent is being written. One that is withdrawn is given back.
    pub fn record(&mut self, now: Timestamp, recipients: u32) {
        self.move_to(minute_of(now));
        self.add(self.minute, Sent { calls: 1, recipients });
    }

    fn add(&mut self, minute: i64, sent: Sent) {
        self.counts.entry(minute).or_default().add(sent);
        for counted in &mut self.limits {
            counted.used += sent.of(counted.limit.unit());
        }
    }

    fn move_to(&mut self, minute: i64) {
        if minute < self.minute {
            self.set_back_to(minute);
        }
        self.minute = minute;
        for limit in &mut self.limits {
            limit.leave_behind(minute, &self.counts);
        }
        let oldest = minute.saturating_sub(KEPT);
        while let Some(first) = self.counts.first_entry().filter(|first| *first.key() < oldest) {
            first.remove();
        }
    }

    /// The wall clock was set back: what was counted in minutes that have not come yet was sent by now,
    /// and must not block the channel until a wrong date has passed.
    fn set_back_to(&mut self, minute: i64) {
        for (_, sent) in self.counts.split_off(&minute.saturating_add(1)) {
            self.counts.entry(minute).or_default().add(sent);
        }
        self.count_anew();
    }

    fn count_anew(&mut self) {
        for counted in &mut self.limits {
            counted.since = i64::MIN;
            counted.used = self.counts.values().map(|sent| sent.of(counted.limit.unit())).sum();
        }
    }
}

impl Sent {
    fn add(&mut self, more: Self) {
        self.calls = self.calls.saturating_add(more.calls);
        self.recipients = self.recipients.saturating_add(more.recipients);
    }

    fn take(&mut self, less: Self) {
        self.calls = self.calls.saturating_sub(less.calls);
        self.recipients = self.recipients.saturating_sub(less.recipients);
    }

    fn of(self, unit: RateUnit) -> u64 {
        match unit {
            RateUnit::Calls => self.calls.into(),
            RateUnit::Recipients => self.recipients.into(),
        }
    }
}

impl Counted {
    /// The first minute that counts in `minute`.
    fn first_in(&self, minute: i64) -> i64 {
        match self.limit {
            LongLimit::Rolling(rate) => minute.saturating_sub(stay(rate)).saturating_add(1),
            LongLimit::MonthlyCalls(_) => minute_of(month_of(minute, 0)).saturating_sub(LEEWAY),
        }
    }

    fn leave_behind(&mut self, minute: i64, counts: &BTreeMap<i64, Sent>) {
        let since = self.first_in(minute);
        if since > self.since {
            let left = counts.range(self.since..since).map(|(_, sent)| sent.of(self.limit.unit()));
            self.used = self.used.saturating_sub(left.sum());
            self.since = since;
        }
    }

    /// When the limit has room for `call`; `None` for at once.
    fn room_at(&self, call: Sent, counts: &BTreeMap<i64, Sent>, minute: i64) -> Option<Timestamp> {
        let asked = call.of(self.limit.unit());
        if asked == 0 {
            return None;
        }
        let wanted = self.used + asked;
        let mut excess = wanted.checked_sub(self.limit.count().into()).filter(|&excess| excess > 0)?;
        let rate = match self.limit {
            LongLimit::Rolling(rate) => rate,
            LongLimit::MonthlyCalls(_) => return Some(later(month_of(minute, 1), 2 * LEEWAY)),
        };
        let mut last = minute;
        for (&minute, sent) in counts.range(self.since..) {
            last = minute;
            excess = excess.saturating_sub(sent.of(rate.unit));
            if excess == 0 {
                break;
            }
        }
        let second = last.saturating_add(stay(rate)).saturating_mul(60);
        Some(Timestamp::from_second(second).unwrap_or(Timestamp::MAX))
    }
}

/// Minutes from one in which something was sent to the first that no longer counts it.
fn stay(rate: Rate) -> i64 {
    let minutes = rate.window.as_secs().div_ceil(60);
    i64::try_from(minutes).unwrap_or(i64::MAX).saturating_add(1 + LEEWAY)
}

/// When the month of a minute begins, or one so many months later, in UTC.
fn month_of(minute: i64, later: i64) -> Timestamp {
    let time = Timestamp::from_second(minute.saturating_mul(60)).unwrap_or(Timestamp::MIN);
    let date = TimeZone::UTC.to_datetime(time).date().first_of_month();
    let first = date.checked_add(later.months()).ok();
    let first = first.and_then(|first| TimeZone::UTC.to_timestamp(first.at(0, 0, 0, 0)).ok());
    first.unwrap_or(if later > 0 { Timestamp::MAX } else { Timestamp::MIN })
}

fn later(time: Timestamp, minutes: i64) -> Timestamp {
    time.checked_add(minutes.minutes()).unwrap_or(Timestamp::MAX)
}

fn minute_of(time: Timestamp) -> i64 {
    time.as_second().div_euclid(60)
}

#[cfg(test)]
mod tests;
