//! What a schedule wants now: what it asks for is handled once, however seldom or often it is asked.

use std::iter;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::zone::Reading;
use super::{Lateness, Schedule, Start};

/// What a store knows of a campaign's schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleMark {
    /// When it saw the schedule first.
    pub seen: Timestamp,
    /// The newest firing that was sent, left out or held.
    pub handled: Option<Timestamp>,
}

/// What is to be done about a schedule now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Nothing.
    Nothing {
        /// When it fires next; none where it does not fire any more.
        next: Option<Timestamp>,
    },
    /// It fires.
    Fire {
        /// The moment that it is for.
        at: Timestamp,
        /// What is done about it, by how late it is.
        lateness: Lateness,
        /// How many older firings passed unhandled, which nothing is done about any more; no more than
        /// [`MOST_MISSED`] are counted.
        missed: u32,
    },
}

/// Missed firings are counted up to this many.
pub const MOST_MISSED: u32 = 10_000;

/// How a change of the clocks touches a firing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockChange {
    /// Its time is left out on that day; it comes at the first moment after the gap.
    Moved,
    /// Its time comes twice on that day, and this is the first of them.
    First,
    /// Its time comes twice on that day, and this is the second of them.
    Second,
}

/// What a schedule wants at `now`.
///
/// Of several firings of a cron pattern that passed, the newest is the one that fires. One from before the
/// schedule was seen is none of ours, while an `at` from before is late: it was written to be sent. At
/// `valid_until` and after it nothing fires.
#[must_use]
pub fn due(schedule: &Schedule, mark: &ScheduleMark, now: Timestamp) -> Due {
    if schedule.valid_until.is_some_and(|until| now >= until) {
        return Due::Nothing { next: None };
    }
    let after = unhandled_after(schedule, mark);
    let Some(first) = next_after(schedule, after) else { return Due::Nothing { next: None } };
    if first > now {
        return Due::Nothing { next: Some(first) };
    }
    let at = newest(schedule, first, now);
    let late = Duration::try_from(now.duration_since(at)).unwrap_or_default();
    let older = iter::successors(Some(first), |older| next_after(schedule, *older));
    let missed = (0..MOST_MISSED).zip(older).take_while(|(_, older)| *older < at).count();
    Due::Fire {
        at,
        lateness: schedule.late.judge(late),
        missed: u32::try_from(missed).unwrap_or(MOST_MISSED),
    }
}

/// The firings after a moment, the next one first, at most `count`. None of them is at or after `valid_until`.
#[must_use]
pub fn firings(schedule: &Schedule, after: Timestamp, count: usize) -> Vec<Timestamp> {
    iter::successors(next_after(schedule, after), |last| next_after(schedule, *last)).take(count).collect()
}

/// How a change of the clocks touches a firing; none on all other days.
#[must_use]
pub fn clock_change(schedule: &Schedule, firing: Timestamp) -> Option<ClockChange> {
    let civil = schedule.zone.at(firing).datetime();
    match schedule.zone.reading(civil).ok()? {
        Reading::Twice { first, .. } if first == firing => Some(ClockChange::First),
        Reading::Twice { .. } => Some(ClockChange::Second),
        Reading::Once(_) | Reading::LeftOut { .. } => match &schedule.start {
            Start::Cron(cron) if !cron.names(civil) => Some(ClockChange::Moved),
            _ => None,
        },
    }
}

/// The moment after which firings are unhandled and ours.
fn unhandled_after(schedule: &Schedule, mark: &ScheduleMark) -> Timestamp {
    let before = |moment: Timestamp| moment.checked_sub(Duration::from_nanos(1)).unwrap_or(moment);
    let ours = match schedule.start {
        Start::Launched | Start::At(_) => Timestamp::MIN,
        Start::Cron(_) => before(mark.seen),
    };
    mark.handled.map_or(ours, |handled| handled.max(ours))
}

fn next_after(schedule: &Schedule, after: Timestamp) -> Option<Timestamp> {
    let next = match &schedule.start {
        Start::Launched => None,
        Start::At(at) => Some(*at).filter(|at| *at > after),
        Start::Cron(cron) => cron.next_after(&schedule.zone, after),
    };
    next.filter(|next| schedule.valid_until.is_none_or(|until| *next < until))
}

/// The newest firing until `now`, of which `first` is one. By halves: a pattern of seconds has many thousands.
fn newest(schedule: &Schedule, first: Timestamp, now: Timestamp) -> Timestamp {
    let passed = |after: Timestamp| next_after(schedule, after).filter(|next| *next <= now);
    let mut newest = first;
    let mut none_after = now;
    while let Some(next) = passed(newest) {
        let half = none_after.duration_since(next) / 2;
        let middle = next.checked_add(half).unwrap_or(next);
        match passed(middle) {
            Some(later) => newest = later,
            None => {
                newest = next;
                none_after = middle;
            }
        }
    }
    newest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Late, Zone};

    fn at(moment: &str) -> Timestamp {
        moment.parse().expect("a moment")
    }

    fn starting(start: Start) -> Schedule {
        Schedule { start, ..Schedule::none("America/New_York".parse().expect("a zone")) }
    }

    fn every(pattern: &str) -> Schedule {
        starting(Start::Cron(pattern.parse().expect("a pattern")))
    }

    fn seen(moment: &str) -> ScheduleMark {
        ScheduleMark { seen: at(moment), handled: None }
    }

    #[test]
    fn a_draft_is_never_due() {
        let draft = Schedule::none(Zone::utc());
        let mark = seen("2027-01-01T00:00:00Z");
        assert_eq!(due(&draft, &mark, at("2028-01-01T00:00:00Z")), Due::Nothing { next: None });
        assert_eq!(firings(&draft, at("2027-01-01T00:00:00Z"), 3), []);
    }

    #[test]
    fn a_moment_fires_once_and_is_judged_by_how_late_it_is() {
        let moment = at("2027-03-01T13:00:00Z");
        let mark = seen("2027-02-01T00:00:00Z");
        for (late, now, lateness) in [
            (Late::Usual, "2027-03-01T13:00:00Z", Lateness::Send),
            (Late::Usual, "2027-03-01T14:00:00Z", Lateness::Send),
            (Late::Usual, "2027-03-01T14:00:01Z", Lateness::Hold),
            (Late::Send, "2027-03-09T13:00:00Z", Lateness::Send),
            (Late::Skip, "2027-03-01T13:00:59Z", Lateness::Send),
            (Late::Skip, "2027-03-01T13:01:00Z", Lateness::Skip),
            (Late::Hold, "2027-03-01T13:01:00Z", Lateness::Hold),
        ] {
            let schedule = Schedule { late, ..starting(Start::At(moment)) };
            let fire = Due::Fire { at: moment, lateness, missed: 0 };
            assert_eq!(due(&schedule, &mark, at(now)), fire, "{late:?} at {now}");
            // It was dropped late, and is late all the same.
            assert_eq!(due(&schedule, &seen("2027-03-09T00:00:00Z"), at(now)), fire, "{late:?} at {now}");
            let handled = ScheduleMark { handled: Some(moment), ..mark };
            assert_eq!(due(&schedule, &handled, at(now)), Due::Nothing { next: None });
        }
        let schedule = starting(Start::At(moment));
        let early = due(&schedule, &mark, at("2027-03-01T12:59:59Z"));
        assert_eq!(early, Due::Nothing { next: Some(moment) });
    }

    #[test]
    fn a_moment_that_is_put_off_fires_again() {
        let mark = ScheduleMark { handled: Some(at("2027-03-01T13:00:00Z")), ..seen("2027-02-01T00:00:00Z") };
        let later = at("2027-04-01T13:00:00Z");
        let schedule = starting(Start::At(later));
        assert_eq!(
            due(&schedule, &mark, later),
            Due::Fire { at: later, lateness: Lateness::Send, missed: 0 }
        );
    }

    #[test]
    fn of_missed_firings_the_newest_is_the_one_that_fires() {
        let schedule = Schedule { late: Late::Send, ..every("0 8 * * *") };
        let mark = seen("2027-03-10T08:00:00-05:00");
        let first = at("2027-03-10T08:00:00-05:00");
        assert_eq!(
            due(&schedule, &mark, first),
            Due::Fire { at: first, lateness: Lateness::Send, missed: 0 }
        );
        let mark = ScheduleMark { handled: Some(first), ..mark };
        // Over the day on which clocks are put forward: 08:00 is 08:00.
        let newest = at("2027-03-15T08:00:00-04:00");
        let fire = Due::Fire { at: newest, lateness: Lateness::Send, missed: 4 };
        assert_eq!(due(&schedule, &mark, at("2027-03-15T23:00:00-04:00")), fire);
        let mark = ScheduleMark { handled: Some(newest), ..mark };
        let next = Some(at("2027-03-16T08:00:00-04:00"));
        assert_eq!(due(&schedule, &mark, at("2027-03-15T23:00:00-04:00")), Due::Nothing { next });
        // A clock that was put back asks for nothing again.
        assert_eq!(due(&schedule, &mark, at("2027-03-12T23:00:00-04:00")), Due::Nothing { next });
    }

    #[test]
    fn a_firing_from_before_the_schedule_was_seen_is_none_of_ours() {
        let schedule = every("0 8 * * *");
        let next = Some(at("2027-03-11T08:00:00-05:00"));
        let nothing = Due::Nothing { next };
        assert_eq!(
            due(&schedule, &seen("2027-03-10T08:00:01-05:00"), at("2027-03-10T09:00:00-05:00")),
            nothing
        );
    }

    #[test]
    fn nothing_fires_once_it_is_not_worth_sending() {
        let until = at("2027-03-12T08:00:00-05:00");
        let schedule = Schedule { valid_until: Some(until), late: Late::Send, ..every("0 8 * * *") };
        let mark = seen("2027-03-10T00:00:00-05:00");
        let after = at("2027-03-10T00:00:00-05:00");
        let days = ["2027-03-10T08:00:00-05:00", "2027-03-11T08:00:00-05:00"].map(at);
        assert_eq!(firings(&schedule, after, 9), days);
        let before = at("2027-03-12T07:59:59-05:00");
        let fire = Due::Fire { at: days[1], lateness: Lateness::Send, missed: 1 };
        assert_eq!(due(&schedule, &mark, before), fire);
        assert_eq!(due(&schedule, &mark, until), Due::Nothing { next: None });
        let handled = ScheduleMark { handled: Some(days[1]), ..mark };
        assert_eq!(due(&schedule, &handled, before), Due::Nothing { next: None });
        let moment = Schedule { valid_until: Some(until), ..starting(Start::At(days[0])) };
        assert_eq!(due(&moment, &mark, until), Due::Nothing { next: None });
    }

    #[test]
    fn a_pattern_of_seconds_that_was_away_for_a_year_is_answered_at_once() {
        let schedule = every("* * * * * *");
        let mark = seen("2026-01-01T00:00:00Z");
        let now = at("2027-01-01T00:00:00.5Z");
        let fire =
            Due::Fire { at: at("2027-01-01T00:00:00Z"), lateness: Lateness::Send, missed: MOST_MISSED };
        assert_eq!(due(&schedule, &mark, now), fire);
    }

    #[test]
    fn what_a_change_of_the_clocks_does_to_a_firing_is_told() {
        let named = every("30 1,2 * * *");
        let shown = every("*/30 1 * * *");
        for (schedule, firing, change) in [
            (&named, "2027-03-14T01:30:00-05:00", None),
            (&named, "2027-03-14T03:00:00-04:00", Some(ClockChange::Moved)),
            (&named, "2027-11-07T01:30:00-04:00", Some(ClockChange::First)),
            (&shown, "2027-11-07T01:30:00-04:00", Some(ClockChange::First)),
            (&shown, "2027-11-07T01:30:00-05:00", Some(ClockChange::Second)),
        ] {
            assert_eq!(clock_change(schedule, at(firing)), change, "{firing}");
        }
        let second = at("2027-11-07T01:30:00-05:00");
        assert_eq!(clock_change(&starting(Start::At(second)), second), Some(ClockChange::Second));
    }
}
