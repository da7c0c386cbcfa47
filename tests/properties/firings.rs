//! A schedule that is asked at any moments, over changes of the clocks: each firing is handled once or counted
//! as missed once, and none is made up.

use disparo::domain::{Due, Late, Schedule, ScheduleMark, Start, Zone, due, firings};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

/// Zones whose clocks change at night, at midnight and by half an hour, and one whose never do.
const ZONES: [(&str, &[&str]); 4] = [
    ("America/New_York", &["2027-03-12T12:00:00Z", "2027-11-05T12:00:00Z"]),
    ("America/Sao_Paulo", &["2018-02-16T12:00:00Z", "2018-11-02T12:00:00Z"]),
    ("Australia/Lord_Howe", &["2026-04-03T12:00:00Z", "2026-10-02T12:00:00Z"]),
    ("Asia/Tokyo", &["2027-01-01T00:00:00Z"]),
];

const PATTERNS: [&str; 9] = [
    "0 8 * * *",
    "30 2 * * *",
    "30 1,2 * * *",
    "0 0 * * *",
    "*/15 * * * *",
    "0 * * * *",
    "10 0-3 * * SUN",
    "*/20 1-2 * * *",
    "15 30 23 * * SAT,SUN",
];

fn schedule() -> impl Strategy<Value = (Schedule, Timestamp)> {
    let zone = prop::sample::select(ZONES.to_vec())
        .prop_flat_map(|(zone, days)| prop::sample::select(days.to_vec()).prop_map(move |day| (zone, day)));
    let late = prop::sample::select(vec![Late::Usual, Late::Send, Late::Skip, Late::Hold]);
    let hours_valid = prop::option::of(1_i64..120);
    (zone, prop::sample::select(PATTERNS.to_vec()), late, hours_valid, 0_i64..100_000).prop_map(
        |((zone, day), pattern, late, hours_valid, seconds)| {
            let zone: Zone = zone.parse().expect("a zone");
            let seen = day.parse::<Timestamp>().expect("a moment") + SignedDuration::from_secs(seconds);
            let schedule = Schedule {
                start: Start::Cron(pattern.parse().expect("a pattern")),
                late,
                valid_until: hours_valid.map(|hours| seen + SignedDuration::from_hours(hours)),
                ..Schedule::none(zone)
            };
            (schedule, seen)
        },
    )
}

/// Seconds between one question and the next; now and then the clock is put back.
fn pauses() -> impl Strategy<Value = Vec<i64>> {
    prop::collection::vec(
        prop_oneof![6 => 0_i64..90, 6 => 90_i64..20_000, 2 => 20_000_i64..200_000, 1 => -4_000_i64..0],
        1..40,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn every_firing_is_handled_or_missed_once((schedule, seen) in schedule(), pauses in pauses()) {
        let mut mark = ScheduleMark { seen, handled: None };
        let mut now = seen;
        let mut latest = seen;
        let mut accounted = 0;
        for pause in pauses {
            now += SignedDuration::from_secs(pause);
            latest = latest.max(now);
            match due(&schedule, &mark, now) {
                Due::Fire { at, lateness, missed } => {
                    prop_assert!(at <= now && at >= seen, "{} fires at {}", at, now);
                    prop_assert!(mark.handled.is_none_or(|handled| handled < at), "{} fires again", at);
                    let late = now.duration_since(at).unsigned_abs();
                    prop_assert_eq!(lateness, schedule.late.judge(late));
                    accounted += u64::from(missed) + 1;
                    mark.handled = Some(at);
                }
                Due::Nothing { next } => {
                    let is_over = schedule.valid_until.is_some_and(|until| now >= until);
                    prop_assert!(next.is_none_or(|next| next > now && !is_over));
                }
            }
            let again = due(&schedule, &mark, now);
            prop_assert!(matches!(again, Due::Nothing { .. }), "asked twice, it fires twice");
        }
        // Where it is valid to the end, all firings up to the last question are accounted for.
        if schedule.valid_until.is_none_or(|until| latest < until) {
            let before = seen - SignedDuration::from_nanos(1);
            let all = firings(&schedule, before, 10_000).into_iter().take_while(|firing| *firing <= latest);
            prop_assert_eq!(accounted, all.count() as u64);
        }
    }

    #[test]
    fn firings_go_forward_and_show_what_the_pattern_names((schedule, seen) in schedule()) {
        let firings = firings(&schedule, seen, 200);
        prop_assert!(firings.iter().all(|firing| *firing > seen));
        prop_assert!(firings.windows(2).all(|pair| pair[0] < pair[1]));
        let until = schedule.valid_until;
        prop_assert!(firings.iter().all(|firing| until.is_none_or(|until| *firing < until)));
        let Start::Cron(cron) = &schedule.start else { unreachable!("a cron pattern") };
        for firing in firings {
            let shown = schedule.zone.at(firing).datetime();
            // The first moment after a gap stands for what the gap leaves out.
            let follows_gap = schedule.zone.at(firing - SignedDuration::from_secs(1)).offset()
                < schedule.zone.at(firing).offset();
            prop_assert!(cron.names(shown) || follows_gap, "{} shows {}", firing, shown);
        }
    }
}
