//! Flights that can be reckoned by hand.

use std::collections::BTreeSet;
use std::num::NonZeroU32;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::{date, time};

use crate::clock::{Clock as _, SystemClock};
use crate::domain::{Canary, Days, LongLimit, Ramp, Rate, Spacing, Window, WindowClock, Zone};

use super::course::{Course, Whose};
use super::quota::MinuteUse;
use super::simulation::{Budget, Flight, Group, Leg, fly};

const WEEKDAYS: Days = Days([true, true, true, true, true, false, false]);

fn at(text: &str) -> Timestamp {
    text.parse().expect(text)
}

fn zone(name: &str) -> Zone {
    name.parse().expect(name)
}

fn rates(texts: &[&str]) -> Vec<Rate> {
    texts.iter().map(|text| text.parse().expect(text)).collect()
}

/// 08:00 to 20:00 in São Paulo.
fn by_day(days: Days, clock: WindowClock) -> Window {
    Window {
        days,
        from: time(8, 0, 0, 0),
        to: time(20, 0, 0, 0),
        clock,
        zone: zone("America/Sao_Paulo"),
        holidays: BTreeSet::new(),
    }
}

/// One person in a call.
fn leg<'a>(rates: &[Rate], run: &[Rate], groups: Vec<Group<'a>>) -> Leg<'a> {
    Leg {
        limits: LongLimit::among(rates).collect(),
        spacing: Spacing::new(rates, NonZeroU32::MIN),
        by_run: Spacing::new(run, NonZeroU32::MIN).period,
        calls: groups.iter().map(|group| group.people).sum(),
        groups,
        used: Vec::new(),
    }
}

fn flight<'a>(start: &str, zone: &'a Zone, legs: Vec<Leg<'a>>) -> Flight<'a> {
    Flight {
        start: at(start),
        zone,
        window: None,
        valid_until: None,
        canary: None,
        ramp: None,
        rates: &[],
        run: Spacing::new(&[], NonZeroU32::MIN),
        legs,
        budgets: Vec::new(),
    }
}

fn everybody(people: u64) -> Vec<Group<'static>> {
    vec![Group { zones: &[], people }]
}

fn minutes(course: &Course) -> u64 {
    course.duration().expect("it takes time").as_secs().div_ceil(60)
}

#[test]
fn a_steady_rate_is_people_over_speed() {
    let (utc, slow, fast) = (Zone::utc(), rates(&["102/s"]), rates(&["204/s"]));
    let course = fly(&flight("2027-03-01T10:00:00Z", &utc, vec![leg(&slow, &[], everybody(60_000))]));
    assert_eq!(course.duration(), Some(Duration::from_secs(600)));
    assert_eq!((course.first, course.never, course.expired), (Some(course.start), 0, 0));
    // The run's own rate is shared by channels of which each alone could do more; what one does not need is the other's.
    let run = rates(&["102/s"]);
    let legs = vec![leg(&slow, &run, everybody(6_000)), leg(&fast, &run, everybody(54_000))];
    let course = fly(&Flight { rates: &run, ..flight("2027-03-01T10:00:00Z", &utc, legs) });
    assert_eq!(course.duration(), Some(Duration::from_secs(600)));
    // Without any rate it is done at once.
    let course = fly(&flight("2027-03-01T10:00:00Z", &utc, vec![leg(&[], &[], everybody(60_000))]));
    assert_eq!((course.end, course.duration()), (Some(course.start), None));
    assert_eq!(course.days, [(date(2027, 3, 1), 60_000)]);
}

#[test]
fn a_ramp_takes_as_long_as_the_area_below_it_says() {
    let (utc, run) = (Zone::utc(), rates(&["102/s"]));
    let ramp = Ramp { from: "10/s".parse().expect("a rate"), over: Duration::from_secs(1_800) };
    let legs = vec![leg(&[], &run, everybody(199_000))];
    let spacing = Spacing::new(&run, NonZeroU32::MIN);
    let course = fly(&Flight {
        ramp: Some(ramp),
        rates: &run,
        run: spacing,
        ..flight("2027-03-01T10:00:00Z", &utc, legs)
    });
    // 55 a second for half an hour are 99,000, and then 100 a second.
    assert_eq!(course.duration().expect("time").as_secs(), 1_800 + 1_000);
}

#[test]
fn a_canary_is_sent_and_waited_for() {
    let (utc, slow) = (Zone::utc(), rates(&["102/s"]));
    let canary = Canary {
        size: NonZeroU32::new(100).expect("not zero"),
        wait: Duration::from_secs(900),
        stop_above: "5%".parse().expect("a share"),
    };
    let go = |people| {
        let legs = vec![leg(&slow, &[], everybody(people))];
        fly(&Flight { canary: Some(canary), ..flight("2027-03-01T10:00:00Z", &utc, legs) })
    };
    assert_eq!(go(60_000).duration(), Some(Duration::from_secs(1_500)));
    assert_eq!(go(100).duration(), Some(Duration::from_secs(1)), "nobody waits for nobody");
}

#[test]
fn nights_weekends_and_holidays_are_slept_through() {
    let (here, slow) = (zone("America/Sao_Paulo"), rates(&["102/m"]));
    let mut window = by_day(WEEKDAYS, WindowClock::Sender);
    window.holidays.insert(date(2027, 3, 8));
    // 100 a minute, 6,000 an hour: on Friday from 18:00 two hours, on Tuesday twelve, on Wednesday the rest.
    let legs = vec![leg(&slow, &[], everybody(87_000))];
    let course = fly(&Flight { window: Some(&window), ..flight("2027-03-05T21:00:00Z", &here, legs) });
    let days = [(date(2027, 3, 5), 12_000), (date(2027, 3, 9), 72_000), (date(2027, 3, 10), 3_000)];
    assert_eq!(course.days, days);
    assert_eq!(course.end, Some(at("2027-03-10T11:30:00Z")));
}

#[test]
fn each_recipient_has_a_clock() {
    let (here, fast) = (zone("America/Sao_Paulo"), rates(&["102/s"]));
    let window = by_day(Days::ALL, WindowClock::Recipient);
    let zones = ["Europe/Lisbon", "America/Sao_Paulo", "America/Manaus"].map(zone);
    let group = |index: usize| Group { zones: &zones[index..=index], people: 6_000 };
    let legs = vec![leg(&fast, &[], vec![group(0), group(1), group(2)])];
    let course = fly(&Flight { window: Some(&window), ..flight("2027-01-10T00:00:00Z", &here, legs) });
    // Manaus is open until midnight UTC, so that nobody is sent to before Lisbon wakes.
    assert_eq!(course.first, Some(at("2027-01-10T08:00:00Z")));
    assert_eq!(course.end, Some(at("2027-01-10T12:01:00Z")), "Manaus opens last, at noon UTC");
    // Nobody can be in two places that are never awake together.
    let apart = [zone("Asia/Tokyo"), zone("America/Sao_Paulo")];
    let legs = vec![leg(&fast, &[], vec![group(0), Group { zones: &apart, people: 7 }])];
    let course = fly(&Flight { window: Some(&window), ..flight("2027-01-10T00:00:00Z", &here, legs) });
    assert_eq!((course.never, course.days), (7, vec![(date(2027, 1, 10), 6_000)]));
}

#[test]
fn a_day_quota_stretches_over_days() {
    let (utc, daily) = (Zone::utc(), rates(&["102/s", "1000/d"]));
    let mut leg = leg(&daily, &[], everybody(2_500));
    let minute = u64::try_from(at("2027-03-01T09:00:00Z").as_second() / 60).expect("after 1970");
    leg.used = vec![MinuteUse { minute, calls: 400, recipients: 400 }];
    let course = fly(&flight("2027-03-01T10:00:00Z", &utc, vec![leg]));
    // 600 at once, 400 when yesterday's leave, 600 a little later, 400 and 500 the day after.
    let days = [(date(2027, 3, 1), 600), (date(2027, 3, 2), 1_000), (date(2027, 3, 3), 900)];
    assert_eq!(course.days, days);
    assert_eq!(course.end.map(|end| end.to_string()[..16].to_owned()), Some("2027-03-03T10:04".to_owned()));
    let [quota] = &course.quotas[..] else { panic!("{:?}", course.quotas) };
    assert_eq!((quota.before, quota.taken, quota.left()), (400, 2_500, 100));
}

#[test]
fn a_portfolio_is_shared_by_its_channels_and_by_what_was_sent_over_others() {
    let (utc, fast) = (Zone::utc(), rates(&["102/s"]));
    let minute = u64::try_from(at("2027-03-01T09:00:00Z").as_second() / 60).expect("after 1970");
    let legs = vec![
        leg(&fast, &[], everybody(600)),
        leg(&fast, &[], everybody(600)),
        leg(&fast, &[], everybody(600)),
    ];
    // Two of three channels share 1,000 a day, of which 200 are used over a channel that this run does not have.
    let budget = Budget {
        name: "acme".to_owned(),
        limit: LongLimit::Rolling("1000/d".parse().expect("a rate")),
        legs: vec![0, 1],
        used: vec![MinuteUse { minute, calls: 100, recipients: 200 }],
    };
    let course = fly(&Flight { budgets: vec![budget], ..flight("2027-03-01T10:00:00Z", &utc, legs) });
    // 800 of those two and the 600 of the third at once, 200 when yesterday's leave, 200 a little later.
    assert_eq!(course.days, [(date(2027, 3, 1), 1_400), (date(2027, 3, 2), 400)]);
    assert_eq!(course.end.map(|end| end.to_string()[..16].to_owned()), Some("2027-03-02T10:02".to_owned()));
    let [quota] = &course.quotas[..] else { panic!("{:?}", course.quotas) };
    assert_eq!(quota.whose, Whose::Portfolio("acme".to_owned()));
    // At the end only what was sent on the second day counts, and what was not yet a day old.
    assert_eq!((quota.before, quota.taken), (200, 1_200));
}

#[test]
fn calls_of_a_month_are_waited_for_until_the_next() {
    let (utc, fast) = (Zone::utc(), rates(&["102/s"]));
    let minute = u64::try_from(at("2027-03-01T00:30:00Z").as_second() / 60).expect("after 1970");
    let earlier = u64::try_from(at("2027-02-27T12:00:00Z").as_second() / 60).expect("after 1970");
    let mut leg = leg(&fast, &[], everybody(1_000));
    leg.limits = vec![LongLimit::MonthlyCalls(NonZeroU32::new(700).expect("not zero"))];
    // February's calls are none of March's.
    leg.used = [(earlier, 650), (minute, 100)]
        .map(|(minute, calls)| MinuteUse { minute, calls, recipients: calls })
        .into();
    let course = fly(&flight("2027-03-30T10:00:00Z", &utc, vec![leg]));
    assert_eq!(course.days, [(date(2027, 3, 30), 600), (date(2027, 4, 1), 400)]);
    assert_eq!(course.end, Some(at("2027-04-01T00:02:04Z")));
    let [quota] = &course.quotas[..] else { panic!("{:?}", course.quotas) };
    assert_eq!((quota.before, quota.taken, quota.after, quota.left()), (100, 1_000, 400, 300));
    assert_eq!(quota.limit.to_string(), "700 calls in a calendar month");
}

#[test]
fn what_does_not_fit_is_counted() {
    let (here, slow) = (zone("America/Sao_Paulo"), rates(&["102/m"]));
    let window = by_day(Days::ALL, WindowClock::Sender);
    let go = |valid_until: &str| {
        let legs = vec![leg(&slow, &[], everybody(15_000))];
        let valid_until = Some(at(valid_until));
        fly(&Flight { window: Some(&window), valid_until, ..flight("2027-03-05T22:00:00Z", &here, legs) })
    };
    // An hour on the first evening, and then from 11:00 UTC on.
    let course = go("2027-03-06T12:00:00Z");
    assert_eq!((course.expired, course.days.len()), (3_000, 2));
    assert_eq!(go("2027-03-06T12:30:00Z").expired, 0);
    let course = go("2027-03-05T22:00:00Z");
    assert_eq!((course.expired, course.first, course.end), (15_000, None, None));
}

#[test]
fn ten_million_take_no_time_to_reckon() {
    let (here, slow) = (zone("America/Sao_Paulo"), rates(&["102/s", "40000/d", "5000 calls/h"]));
    let window = by_day(WEEKDAYS, WindowClock::Recipient);
    let zones: Vec<_> =
        ["Europe/Lisbon", "America/Sao_Paulo", "America/Manaus", "America/New_York"].map(zone).into();
    let groups = zones.chunks(1).map(|zones| Group { zones, people: 2_500_000 }).collect();
    let clock = SystemClock::new();
    let begun = clock.tick();
    let course = fly(&Flight {
        window: Some(&window),
        ..flight("2027-01-10T00:00:00Z", &here, vec![leg(&slow, &[], groups)])
    });
    let taken = clock.tick().since(begun);
    assert!(taken < Duration::from_secs(10), "{taken:?}");
    let all: u64 = course.days.iter().map(|(_, people)| people).sum();
    assert_eq!(all + course.beyond, 10_000_000);
    assert!(minutes(&course) > 300 * 24 * 60, "{course:?}");
}
