//! Windows of an hour and longer: what they leave room for, and until when.

use super::*;
use proptest::prelude::*;

fn rates(texts: &[&str]) -> Vec<Rate> {
    texts.iter().map(|text| text.parse().expect(text)).collect()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("in range")
}

/// When there is room, and nothing of which limit it is.
fn admit(window: &mut LongWindow, now: Timestamp, recipients: u32) -> Result<(), Timestamp> {
    window.admit(now, recipients).map_err(|full| full.until)
}

#[test]
fn a_months_calls_count_until_the_month_is_over() {
    let second = |text: &str| text.parse::<Timestamp>().expect(text);
    let limit = LongLimit::MonthlyCalls(std::num::NonZeroU32::new(3).expect("not zero"));
    let mut window = LongWindow::of([limit], &[]);
    window.record(second("2027-01-31T12:00:00Z"), 0);
    window.record(second("2027-01-31T23:59:30Z"), 1_000);
    assert_eq!(admit(&mut window, second("2027-01-31T23:59:59Z"), 1), Ok(()));
    window.record(second("2027-01-31T23:59:59Z"), 1);
    let full = Full { limit, until: second("2027-02-01T00:02:00Z") };
    assert_eq!(window.admit(second("2027-01-31T23:59:59Z"), 1), Err(full));
    // What left in the last minute may have arrived in the new month.
    assert_eq!(admit(&mut window, second("2027-02-01T00:00:10Z"), 1), Ok(()));
    window.record(second("2027-02-01T00:00:10Z"), 1);
    assert_eq!(admit(&mut window, second("2027-02-10T00:00:00Z"), 1), Err(second("2027-03-01T00:02:00Z")));
    let mut again = LongWindow::of([limit], &window.counts());
    assert_eq!(admit(&mut again, second("2027-02-10T00:00:00Z"), 1), Err(second("2027-03-01T00:02:00Z")));
    assert_eq!(admit(&mut again, second("2027-03-01T00:02:00Z"), 1), Ok(()));
}

#[test]
fn another_limit_counts_what_was_sent_before_it() {
    let mut window = LongWindow::new(&[], &[]);
    window.record(at(0), 60);
    assert_eq!(admit(&mut window, at(10), 100), Ok(()));
    window.set_limits(LongLimit::among(&rates(&["100/d"])));
    assert_eq!(admit(&mut window, at(20), 41), Err(at(86_400 + 120)));
    assert_eq!(admit(&mut window, at(20), 40), Ok(()));
}

#[test]
fn room_comes_when_the_oldest_minute_has_left_for_sure() {
    let mut window = LongWindow::new(&rates(&["100/h"]), &[]);
    window.record(at(59), 60);
    window.record(at(60), 40);
    assert_eq!(admit(&mut window, at(119), 1), Err(at(3_720)));
    assert_eq!(admit(&mut window, at(119), 61), Err(at(3_780)));
    assert_eq!(admit(&mut window, at(3_719), 60), Err(at(3_720)));
    assert_eq!(admit(&mut window, at(3_720), 60), Ok(()));
    assert_eq!(admit(&mut window, at(3_720), 61), Err(at(3_780)));
}

#[test]
fn several_limits_hold_together_and_short_ones_are_ignored() {
    let mut window = LongWindow::new(&rates(&["1/s", "2 calls/h", "100/d"]), &[]);
    window.record(at(0), 50);
    assert_eq!(admit(&mut window, at(0), 50), Ok(()));
    window.record(at(0), 50);
    assert_eq!(admit(&mut window, at(0), 1), Err(at(86_520)));
    assert_eq!(admit(&mut window, at(4_000), 0), Ok(()));
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
    assert_eq!(admit(&mut after, at(50_001), 1), admit(&mut before, at(50_001), 1));
    assert_eq!(admit(&mut after, at(50_001), 1), Err(at((1_000 / 60 + 2) * 60 + 86_400)));
    assert_eq!(after.counts(), kept);
}

#[test]
fn a_clock_set_back_keeps_the_counts_but_not_the_wrong_date() {
    let year = 365 * 86_400;
    let mut window = LongWindow::new(&rates(&["10/h"]), &[]);
    window.record(at(year), 10);
    assert_eq!(admit(&mut window, at(60), 1), Err(at(60 + 3_720)));
    assert_eq!(admit(&mut window, at(60 + 3_720), 10), Ok(()));
    assert_eq!(window.counts().len(), 1, "kept for limits of other lengths");
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
            if let Err(room) = admit(&mut window, at(now), recipients) {
                prop_assert!(room.as_second() > now);
                now = room.as_second();
                prop_assert_eq!(admit(&mut window, room, recipients), Ok(()), "at the moment that was named");
            }
            window.record(at(now), recipients);
            sent.push((now, recipients));
            let inside = sent.iter().filter(|(second, _)| *second > now - hours * 3_600);
            prop_assert!(inside.map(|(_, recipients)| recipients).sum::<u32>() <= limit);
        }
    }
}

#[test]
fn a_call_is_made_smaller_to_fit_what_is_left() {
    let mut window = LongWindow::new(&rates(&["250/d", "4 calls/d"]), &[]);
    assert_eq!(window.room(at(0), 1..=100), Ok(100));
    window.record(at(0), 100);
    window.record(at(60), 100);
    assert_eq!(window.room(at(60), 1..=100), Ok(50));
    assert_eq!(window.room(at(60), 50..=50), Ok(50));
    assert!(window.room(at(60), 51..=100).is_err(), "the least does not fit");
    window.record(at(60), 50);
    assert!(window.room(at(60), 1..=100).is_err());
    assert_eq!(window.room(at(60), 0..=0), Ok(0), "a question messages nobody");
    window.record(at(60), 0);
    let full = window.room(at(60), 0..=0).expect_err("four calls were made");
    assert_eq!(full.limit.to_string(), "4 calls/d");
}

#[test]
fn what_is_given_back_may_be_sent() {
    let mut window = LongWindow::new(&rates(&["100/d", "2 calls/d"]), &[]);
    window.record(at(0), 60);
    window.record(at(60), 40);
    assert!(window.room(at(60), 1..=1).is_err());
    window.give_back(0, 45);
    assert!(window.room(at(60), 1..=1).is_err(), "both calls were made");
    window.give_back(1, 0);
    assert_eq!(window.room(at(60), 1..=100), Ok(45));
    let counts: Vec<_> = window.counts().iter().map(|count| (count.calls, count.recipients)).collect();
    assert_eq!(counts, [(1, 55), (0, 0)]);
}
