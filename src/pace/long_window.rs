//! Limits of an hour and longer: counted minute by minute over the rolling window.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{Rate, RateUnit};

/// Minutes for which a count stays longer than its window asks: a call is counted when its intent is
/// written and may reach the provider a little later.
const LEEWAY: i64 = 1;

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

/// Counts what was sent and says whether the long limits of one channel (or one run) leave room.
///
/// A minute leaves a window only when all of it, and one minute more, is outside. Counts are plain
/// values: hand [`LongWindow::counts`] to the journal and give them back after a restart.
#[derive(Debug, Clone)]
pub struct LongWindow {
    limits: Vec<Limit>,
    /// By minute; minutes that have left all windows are gone.
    counts: BTreeMap<i64, Sent>,
    /// The minute of the last look, to notice a wall clock that was set back.
    minute: i64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sent {
    calls: u32,
    recipients: u32,
}

/// One rate, and how much of it is used.
#[derive(Debug, Clone)]
struct Limit {
    rate: Rate,
    /// Sum over the minutes from `since` on.
    used: u64,
    since: i64,
}

impl LongWindow {
    /// The limits among `rates` that are long, with what was `sent` before; the same minute may come
    /// more than once. Short rates are left to [`super::Pace`].
    #[must_use]
    pub fn new(rates: &[Rate], sent: &[MinuteCount]) -> Self {
        let long = rates.iter().filter(|rate| rate.is_long());
        let mut window = Self {
            limits: long.map(|&rate| Limit { rate, used: 0, since: i64::MIN }).collect(),
            counts: BTreeMap::new(),
            minute: sent.iter().map(|count| count.minute).max().unwrap_or(i64::MIN),
        };
        for count in sent {
            window.add(count.minute, Sent { calls: count.calls, recipients: count.recipients });
        }
        window
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
    /// When there is no room: the moment at which there will be, if nothing else is sent. A call with
    /// more people than a whole window allows never has room; [`crate::domain::Spacing`] makes no such
    /// chunks.
    pub fn admit(&mut self, now: Timestamp, recipients: u32) -> Result<(), Timestamp> {
        self.move_to(minute_of(now));
        let call = Sent { calls: 1, recipients };
        let room =
            self.limits.iter().filter_map(|limit| limit.room_at(call, &self.counts, self.minute)).max();
        room.map_or(Ok(()), Err)
    }

    /// Counts a call whose intent is being written. One that is withdrawn stays counted: that errs on
    /// the safe side.
    pub fn record(&mut self, now: Timestamp, recipients: u32) {
        self.move_to(minute_of(now));
        self.add(self.minute, Sent { calls: 1, recipients });
    }

    fn add(&mut self, minute: i64, sent: Sent) {
        if self.limits.is_empty() {
            return;
        }
        self.counts.entry(minute).or_default().add(sent);
        for limit in &mut self.limits {
            limit.used += sent.of(limit.rate.unit);
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
        let oldest = self.limits.iter().map(|limit| limit.since).min();
        while let (Some(oldest), Some(first)) = (oldest, self.counts.first_entry()) {
            if *first.key() >= oldest {
                break;
            }
            first.remove();
        }
    }

    /// The wall clock was set back: what was counted in minutes that have not come yet was sent by now,
    /// and must not block the channel until a wrong date has passed.
    fn set_back_to(&mut self, minute: i64) {
        for (_, sent) in self.counts.split_off(&minute.saturating_add(1)) {
            self.counts.entry(minute).or_default().add(sent);
        }
        for limit in &mut self.limits {
            limit.since = i64::MIN;
            limit.used = self.counts.values().map(|sent| sent.of(limit.rate.unit)).sum();
        }
    }
}

impl Sent {
    fn add(&mut self, more: Self) {
        self.calls = self.calls.saturating_add(more.calls);
        self.recipients = self.recipients.saturating_add(more.recipients);
    }

    fn of(self, unit: RateUnit) -> u64 {
        match unit {
            RateUnit::Calls => self.calls.into(),
            RateUnit::Recipients => self.recipients.into(),
        }
    }
}

impl Limit {
    /// Minutes from one in which something was sent to the first that no longer counts it.
    fn stay(&self) -> i64 {
        let minutes = self.rate.window.as_secs().div_ceil(60);
        i64::try_from(minutes).unwrap_or(i64::MAX).saturating_add(1 + LEEWAY)
    }

    fn leave_behind(&mut self, minute: i64, counts: &BTreeMap<i64, Sent>) {
        let since = minute.saturating_sub(self.stay()).saturating_add(1);
        if since > self.since {
            let left: u64 = counts.range(self.since..since).map(|(_, sent)| sent.of(self.rate.unit)).sum();
            self.used = self.used.saturating_sub(left);
            self.since = since;
        }
    }

    /// When the limit has room for `call`; `None` for at once.
    fn room_at(&self, call: Sent, counts: &BTreeMap<i64, Sent>, minute: i64) -> Option<Timestamp> {
        let wanted = self.used + call.of(self.rate.unit);
        let mut excess = wanted.checked_sub(self.rate.count.get().into()).filter(|&excess| excess > 0)?;
        let mut last = minute;
        for (&minute, sent) in counts.range(self.since..) {
            last = minute;
            excess = excess.saturating_sub(sent.of(self.rate.unit));
            if excess == 0 {
                break;
            }
        }
        let second = last.saturating_add(self.stay()).saturating_mul(60);
        Some(Timestamp::from_second(second).unwrap_or(Timestamp::MAX))
    }
}

fn minute_of(time: Timestamp) -> i64 {
    time.as_second().div_euclid(60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rates(texts: &[&str]) -> Vec<Rate> {
        texts.iter().map(|text| text.parse().expect(text)).collect()
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("in range")
    }

    #[test]
    fn room_comes_when_the_oldest_minute_has_left_for_sure() {
        let mut window = LongWindow::new(&rates(&["100/h"]), &[]);
        window.record(at(59), 60);
        window.record(at(60), 40);
        assert_eq!(window.admit(at(119), 1), Err(at(3_720)));
        assert_eq!(window.admit(at(119), 61), Err(at(3_780)));
        assert_eq!(window.admit(at(3_719), 60), Err(at(3_720)));
        assert_eq!(window.admit(at(3_720), 60), Ok(()));
        assert_eq!(window.admit(at(3_720), 61), Err(at(3_780)));
    }

    #[test]
    fn several_limits_hold_together_and_short_ones_are_ignored() {
        let mut window = LongWindow::new(&rates(&["1/s", "2 calls/h", "100/d"]), &[]);
        window.record(at(0), 50);
        assert_eq!(window.admit(at(0), 50), Ok(()));
        window.record(at(0), 50);
        assert_eq!(window.admit(at(0), 1), Err(at(86_520)));
        assert_eq!(window.admit(at(4_000), 0), Ok(()));
    }

    #[test]
    fn a_restart_forgets_nothing() {
        let rates = rates(&["100/d"]);
        let mut before = LongWindow::new(&rates, &[]);
        before.record(at(1_000), 60);
        before.record(at(50_000), 40);
        let kept = postcard::to_stdvec(&before.counts()).expect("serialises");
        let kept: Vec<MinuteCount> = postcard::from_bytes(&kept).expect("reads");
        let mut after = LongWindow::new(&rates, &kept);
        assert_eq!(after.admit(at(50_001), 1), before.admit(at(50_001), 1));
        assert_eq!(after.admit(at(50_001), 1), Err(at((1_000 / 60 + 2) * 60 + 86_400)));
        assert_eq!(after.counts(), kept);
    }

    #[test]
    fn a_clock_set_back_keeps_the_counts_but_not_the_wrong_date() {
        let year = 365 * 86_400;
        let mut window = LongWindow::new(&rates(&["10/h"]), &[]);
        window.record(at(year), 10);
        assert_eq!(window.admit(at(60), 1), Err(at(60 + 3_720)));
        assert_eq!(window.admit(at(60 + 3_720), 10), Ok(()));
        assert_eq!(window.counts(), []);
    }

    proptest! {
        #[test]
        fn no_rolling_window_ever_holds_more_than_the_limit(
            limit in 1_u32..200,
            hours in 1_i64..4,
            steps in proptest::collection::vec((0_i64..2_000, 1_u32..50, any::<bool>()), 1..200),
        ) {
            let rate = rates(&[&format!("{limit}/{hours}h")]);
            let mut window = LongWindow::new(&rate, &[]);
            let mut sent: Vec<(i64, u32)> = Vec::new();
            let mut now = 0;
            for (wait, recipients, restart) in steps {
                now += wait;
                if restart {
                    window = LongWindow::new(&rate, &window.counts());
                }
                let recipients = recipients.min(limit);
                if let Err(room) = window.admit(at(now), recipients) {
                    prop_assert!(room.as_second() > now);
                    now = room.as_second();
                    prop_assert_eq!(window.admit(room, recipients), Ok(()), "at the moment that was named");
                }
                window.record(at(now), recipients);
                sent.push((now, recipients));
                let inside = sent.iter().filter(|(second, _)| *second > now - hours * 3_600);
                prop_assert!(inside.map(|(_, recipients)| recipients).sum::<u32>() <= limit);
            }
        }
    }
}
