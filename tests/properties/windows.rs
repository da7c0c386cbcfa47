//! Windows against every minute of some days, around the changes of clocks.

use std::collections::BTreeSet;

use disparo::domain::{Days, Window, WindowClock, Zone};
use jiff::civil::{Time, date};
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

/// Zones and moments near which their clocks are changed, or something else is odd.
const ODD: [(&str, &str); 10] = [
    ("America/New_York", "2027-03-14T07:00:00Z"),
    ("America/New_York", "2027-11-07T06:00:00Z"),
    ("Europe/Lisbon", "2027-03-28T01:00:00Z"),
    ("Atlantic/Azores", "2027-10-31T01:00:00Z"),
    ("Australia/Lord_Howe", "2027-04-03T15:00:00Z"),
    ("America/Santiago", "2027-09-05T04:00:00Z"),
    ("Africa/Casablanca", "2027-02-07T02:00:00Z"),
    ("Pacific/Apia", "2011-12-30T10:00:00Z"),
    ("Asia/Kathmandu", "2027-05-01T00:00:00Z"),
    ("America/Sao_Paulo", "2018-11-04T03:00:00Z"),
];

fn windows() -> impl Strategy<Value = (Window, Timestamp)> {
    let minutes = 0_u16..24 * 60;
    let times = (minutes.clone(), minutes).prop_filter("from is not to", |(from, to)| from != to);
    let days = prop_oneof![Just([true; 7]), any::<[bool; 7]>()];
    let holidays = proptest::collection::btree_set(0_i64..6, 0..3);
    (times, days, holidays, 0..ODD.len()).prop_map(|((from, to), days, holidays, odd)| {
        let middle: Timestamp = ODD[odd].1.parse().expect("a moment");
        let zone: Zone = ODD[odd].0.parse().expect("a zone");
        let first = zone.at(middle).date() - jiff::Span::new().days(3);
        let window = Window {
            days: Days(days),
            from: time(from),
            to: time(to),
            clock: WindowClock::Recipient,
            zone,
            holidays: holidays.into_iter().map(|day| first + jiff::Span::new().days(day)).collect(),
        };
        (window, middle)
    })
}

fn time(minute: u16) -> Time {
    let part = |part| i8::try_from(part).expect("a part of a day");
    Time::constant(part(minute / 60), part(minute % 60), 0, 0)
}

/// Whether it is open, said as a person would: the day that the clock shows or the one before, and its hours.
fn is_open(window: &Window, zone: &Zone, at: Timestamp) -> bool {
    let shown = zone.at(at).datetime();
    [0, 1].into_iter().any(|back| {
        let day = shown.date() - jiff::Span::new().days(back);
        let shut = if window.from < window.to { day } else { day + jiff::Span::new().days(1) };
        window.days.has(day.weekday())
            && !window.holidays.contains(&day)
            && day.to_datetime(window.from) <= shown
            && shown < shut.to_datetime(window.to)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_window_is_as_every_minute_says(
        (window, middle) in windows(),
        others in proptest::collection::vec(0..ODD.len(), 0..3),
        minute in -2 * 24 * 60_i64..2 * 24 * 60,
    ) {
        let mut zones: Vec<Zone> = others.iter().map(|odd| ODD[*odd].0.parse().expect("a zone")).collect();
        zones.push(window.zone.clone());
        let at = middle + SignedDuration::from_mins(minute) + SignedDuration::from_secs(17);
        let all_open = |moment| zones.iter().all(|zone| is_open(&window, zone, moment));
        // Everything changes at whole minutes.
        let start = at - SignedDuration::from_secs(17);
        let minutes = || (1..=3 * 24 * 60).map(|ahead| start + SignedDuration::from_mins(ahead));
        prop_assert_eq!(window.is_open(&zones, at), all_open(at));
        for (open, found) in [(true, window.next_open(&zones, at)), (false, window.closes(&zones, at))] {
            if all_open(at) == open {
                prop_assert_eq!(found, Some(at));
                continue;
            }
            match minutes().find(|moment| all_open(*moment) == open) {
                Some(first) => prop_assert_eq!(found, Some(first)),
                None => prop_assert!(found.is_none_or(|found| found > start + SignedDuration::from_hours(72))),
            }
            if let Some(found) = found {
                prop_assert_eq!(window.is_open(&zones, found), open);
                prop_assert_eq!(window.is_open(&zones, found - SignedDuration::from_nanos(1)), !open);
            }
        }
    }
}

#[test]
fn what_never_opens_is_told_as_such() {
    let sydney: Zone = "Australia/Sydney".parse().expect("a zone");
    let lima: Zone = "America/Lima".parse().expect("a zone");
    let at = "2027-01-01T00:00:00Z".parse().expect("a moment");
    let mut window = Window {
        days: Days::ALL,
        from: time(9 * 60),
        to: time(12 * 60),
        clock: WindowClock::Recipient,
        zone: lima.clone(),
        holidays: BTreeSet::new(),
    };
    assert_eq!(window.next_open(&[sydney.clone(), lima.clone()], at), None);
    assert!(window.next_open(std::slice::from_ref(&sydney), at).is_some());
    window.days = Days([false; 7]);
    assert_eq!(window.next_open(&[], at), None);
    // A window that opens once a year is found.
    window.days = Days::ALL;
    window.holidays = date(2027, 1, 1).series(jiff::Span::new().days(1)).take(365).collect();
    assert_eq!(window.next_open(&[], at), Some("2028-01-01T14:00:00Z".parse().expect("a moment")));
    // The sender's clock is one for everybody.
    window.clock = WindowClock::Sender;
    assert_eq!(window.next_open(&[sydney], at), Some("2028-01-01T14:00:00Z".parse().expect("a moment")));
}
