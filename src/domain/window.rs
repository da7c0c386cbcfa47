//! Windows: on which days and between which hours a run may send.
//!
//! A window is open while the clocks show a time within it, so that days on which clocks are changed need no rule
//! of their own: hours that are left out are not open, however much of the window lies in them, and hours that
//! come twice are open twice.

use std::collections::BTreeSet;
use std::slice;

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::Zone;

/// See the module. Frozen with a run: a holiday that is added later is one for later runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Days of the week on which it opens.
    pub days: Days,
    /// When it opens.
    pub from: Time,
    /// When it closes: the first moment that is outside. Not later than `from` where it goes on past midnight;
    /// it belongs to the day on which it opens then.
    pub to: Time,
    /// Whose clock.
    pub clock: WindowClock,
    /// The sender's zone; also that of recipients of whom nobody can tell where they are.
    pub zone: Zone,
    /// Days on which it does not open.
    pub holidays: BTreeSet<Date>,
}

/// How far ahead an opening is looked for: longer than a year of holidays.
const REACH_DAYS: i32 = 400;

impl Window {
    /// Whether it is open at a moment on the clocks of *all* of these zones: the recipient's, who may be in any of
    /// them. Without zones, and by the sender's clock in any case, its own zone holds.
    #[must_use]
    pub fn is_open(&self, zones: &[Zone], at: Timestamp) -> bool {
        self.clocks(zones).iter().all(|zone| self.shows_open(zone.rules().to_datetime(at)))
    }

    /// The first moment from `at` on at which it is open; `at` itself while it is. None where it does not open
    /// within some 400 days: there is no such day, or the zones' hours have no moment in common.
    #[must_use]
    pub fn next_open(&self, zones: &[Zone], at: Timestamp) -> Option<Timestamp> {
        let reach = reach(at)?;
        let mut moment = at;
        loop {
            let before = moment;
            for zone in self.clocks(zones) {
                moment = self.next(true, zone, moment, reach)?;
            }
            if moment == before {
                return Some(moment);
            }
        }
    }

    /// The first moment from `at` on at which it is shut on one of the clocks; `at` itself while it is. None where
    /// it stays open for 400 days.
    #[must_use]
    pub fn closes(&self, zones: &[Zone], at: Timestamp) -> Option<Timestamp> {
        let reach = reach(at)?;
        self.clocks(zones).iter().filter_map(|zone| self.next(false, zone, at, reach)).min()
    }

    fn clocks<'a>(&'a self, zones: &'a [Zone]) -> &'a [Zone] {
        match self.clock {
            WindowClock::Recipient if !zones.is_empty() => zones,
            WindowClock::Recipient | WindowClock::Sender => slice::from_ref(&self.zone),
        }
    }

    /// The first moment from `at` to `reach` at which it is open, or shut, on one clock. Between two changes of
    /// the clock its hours are as long as anybody's, so that it is looked for from change to change.
    fn next(&self, open: bool, zone: &Zone, at: Timestamp, reach: Timestamp) -> Option<Timestamp> {
        let rules = zone.rules();
        let mut from = at;
        while from <= reach {
            let offset = rules.to_offset(from);
            let shown = offset.to_datetime(from);
            if self.shows_open(shown) == open {
                return Some(from);
            }
            let change = rules.following(from).next().map(|change| change.timestamp());
            let turn = if open { self.opens_after(shown) } else { self.shuts_after(shown) };
            let turn = turn.and_then(|turn| offset.to_timestamp(turn).ok());
            match (turn, change) {
                (Some(turn), Some(change)) if turn >= change => from = change,
                (None, Some(change)) => from = change,
                (turn, _) => return turn.filter(|turn| *turn <= reach),
            }
        }
        None
    }

    fn shows_open(&self, shown: DateTime) -> bool {
        let (date, time) = (shown.date(), shown.time());
        if self.from < self.to {
            return self.from <= time && time < self.to && self.opens_on(date);
        }
        (time >= self.from && self.opens_on(date))
            || (time < self.to && date.yesterday().is_ok_and(|opened| self.opens_on(opened)))
    }

    fn opens_on(&self, date: Date) -> bool {
        self.days.has(date.weekday()) && !self.holidays.contains(&date)
    }

    /// The next time, on a clock that is never changed, at which it opens.
    fn opens_after(&self, shown: DateTime) -> Option<DateTime> {
        let mut date = shown.date();
        for _ in 0..=REACH_DAYS {
            let opening = date.to_datetime(self.from);
            if opening > shown && self.opens_on(date) {
                return Some(opening);
            }
            date = date.tomorrow().ok()?;
        }
        None
    }

    /// The next time, on a clock that is never changed, at which it shuts.
    fn shuts_after(&self, shown: DateTime) -> Option<DateTime> {
        let mut date = shown.date();
        for _ in 0..=REACH_DAYS {
            let shutting = date.to_datetime(self.to);
            if shutting > shown && !self.shows_open(shutting) {
                return Some(shutting);
            }
            date = date.tomorrow().ok()?;
        }
        None
    }
}

fn reach(at: Timestamp) -> Option<Timestamp> {
    at.checked_add(SignedDuration::from_hours(24 * i64::from(REACH_DAYS))).ok()
}

/// Whose clock a window goes by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowClock {
    /// The sender's: one for everybody.
    #[default]
    Sender,
    /// Each recipient's own, by the number.
    Recipient,
}

/// Days of the week, Monday first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Days(pub [bool; 7]);

impl Days {
    /// All seven.
    pub const ALL: Self = Self([true; 7]);

    /// Whether a day is among them.
    #[must_use]
    pub fn has(self, day: Weekday) -> bool {
        usize::try_from(day.to_monday_zero_offset()).is_ok_and(|index| self.0.get(index) == Some(&true))
    }
}
