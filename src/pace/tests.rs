//! The promise of the pace: never above any limit in any sliding window, and nearly all of it used.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::clock::{Clock, ManualClock, Tick};
use crate::domain::{Ramp, Rate, RateUnit};

fn rates(texts: &[&str]) -> Vec<Rate> {
    texts.iter().map(|text| text.parse().expect(text)).collect()
}

fn size(chunk: u32) -> NonZeroU32 {
    NonZeroU32::new(chunk).expect("not zero")
}

fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

/// A call as the provider sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Call {
    left: Tick,
    recipients: u32,
}

/// The fullest window of a rate; the fullest one begins at a call.
fn most_in_a_window(calls: &[Call], rate: Rate) -> u64 {
    let mut calls = calls.to_vec();
    calls.sort_unstable();
    let weight = |call: &Call| match rate.unit {
        RateUnit::Calls => 1,
        RateUnit::Recipients => u64::from(call.recipients),
    };
    let fullest = (0..calls.len()).map(|first| {
        let end = calls[first].left.after(rate.window);
        calls[first..].iter().take_while(|call| call.left < end).map(weight).sum()
    });
    fullest.max().unwrap_or_default()
}

/// Sends full chunks for `time` on a manual clock, each slot reserved as the one before is used.
fn send(pace: &mut Pace, clock: &ManualClock, time: Duration) -> Vec<Call> {
    let recipients = pace.spacing().chunk.get();
    let end = clock.tick().after(time);
    let mut calls = Vec::new();
    loop {
        let slot = pace.reserve(clock.tick(), recipients);
        if slot >= end {
            return calls;
        }
        clock.advance(slot.since(clock.tick()));
        assert!(pace.may_leave(slot, clock.tick()));
        calls.push(Call { left: clock.tick(), recipients });
    }
}

fn people(calls: &[Call]) -> u32 {
    calls.iter().map(|call| call.recipients).sum()
}

#[test]
fn two_hundred_a_second_in_chunks_of_ten() {
    let clock = ManualClock::new(Timestamp::UNIX_EPOCH);
    let limit = rates(&["200/s"]);
    for seconds in [10, 600] {
        let mut pace = Pace::new(&limit, &[], size(10), None, clock.tick());
        let calls = send(&mut pace, &clock, Duration::from_secs(seconds));
        assert!(most_in_a_window(&calls, limit[0]) <= 200);
        let allowed = 200 * u32::try_from(seconds).expect("small");
        assert!(people(&calls) * 100 >= allowed * 95, "{} of {allowed}", people(&calls));
        assert!(seconds < 60 || people(&calls) * 100 >= allowed * 98, "{} of {allowed}", people(&calls));
    }
}

#[test]
fn slots_are_an_absolute_schedule_from_one_period_after_the_start() {
    let start = Tick(millis(7));
    let mut pace = Pace::new(&rates(&["200/s"]), &[], size(10), None, start);
    for slot in 1..=1_000 {
        assert_eq!(pace.reserve(start, 10), start.after(millis(51) * slot));
    }
}

#[test]
fn idleness_saves_nothing_up() {
    let mut pace = Pace::new(&rates(&["200/s"]), &[], size(10), None, Tick::default());
    pace.reserve(Tick::default(), 10);
    let late = Tick(Duration::from_secs(60));
    assert_eq!(pace.reserve(late, 10), late);
    assert_eq!(pace.reserve(late, 10), late.after(millis(51)));
}

#[test]
fn all_rates_of_channel_and_campaign_hold_together() {
    let clock = ManualClock::new(Timestamp::UNIX_EPOCH);
    let (channel, campaign) = (rates(&["50/s", "300 calls/m"]), rates(&["600/10s", "100000/d"]));
    let mut pace = Pace::new(&channel, &campaign, size(20), None, clock.tick());
    let calls = send(&mut pace, &clock, Duration::from_secs(300));
    for rate in channel.iter().chain(&campaign) {
        assert!(most_in_a_window(&calls, *rate) <= u64::from(rate.count.get()), "{rate}");
    }
}

#[test]
fn crash_loops_stay_within_the_limit() {
    let clock = ManualClock::new(Timestamp::UNIX_EPOCH);
    let limit = rates(&["200/s"]);
    let mut calls = Vec::new();
    for lives in 1..100 {
        let mut pace = Pace::new(&limit, &[], size(10), None, clock.tick());
        calls.extend(send(&mut pace, &clock, millis(lives * 3)));
    }
    assert!(calls.len() > 100);
    assert!(most_in_a_window(&calls, limit[0]) <= 200);
}

#[test]
fn without_a_limit_every_call_leaves_at_once() {
    let mut pace = Pace::new(&[], &rates(&["10000/d"]), size(100), None, Tick::default());
    let now = Tick(millis(5));
    assert_eq!([pace.reserve(now, 100), pace.reserve(now, 100)], [now, now]);
    assert!(pace.may_leave(now, now.after(Duration::from_secs(3_600))));
}

#[test]
fn a_call_that_missed_its_slot_needs_another() {
    let mut pace = Pace::new(&rates(&["200/s", "600/10s"]), &[], size(10), None, Tick::default());
    let slot = pace.reserve(Tick::default(), 10);
    assert_eq!(pace.lateness(), millis(10));
    assert!(!pace.may_leave(slot, Tick(slot.0 - millis(1))));
    assert!(pace.may_leave(slot, slot.after(millis(10))));
    assert!(!pace.may_leave(slot, slot.after(millis(11))));
    pace.throttled(slot, None);
    assert!(!pace.may_leave(slot, slot));
    assert!(pace.reserve(slot, 10) >= pace.not_before());
}

#[test]
fn a_throttled_channel_slows_down_and_recovers() {
    let clock = ManualClock::new(Timestamp::UNIX_EPOCH);
    let mut pace = Pace::new(&rates(&["200/s"]), &[], size(10), None, clock.tick());
    pace.throttled(clock.tick(), Some(Duration::from_secs(5)));
    let first = pace.reserve(clock.tick(), 10);
    assert_eq!(first, Tick(Duration::from_secs(5)));
    assert_eq!(pace.reserve(first, 10), first.after(millis(102)));
    clock.advance(Duration::from_secs(15));
    pace.succeeded(clock.tick());
    let slot = pace.reserve(clock.tick(), 10);
    assert_eq!(pace.reserve(slot, 10), slot.after(millis(51)));
}

#[test]
fn a_ramp_begins_slowly_and_ends_at_the_full_rate() {
    let clock = ManualClock::new(Timestamp::UNIX_EPOCH);
    let ramp = Ramp { from: "20/s".parse().expect("rate"), over: Duration::from_secs(60) };
    let mut pace = Pace::new(&rates(&["200/s"]), &[], size(10), Some(ramp), clock.tick());
    let mut minute = |expected: u32| {
        let people = people(&send(&mut pace, &clock, Duration::from_secs(60)));
        assert!(people.abs_diff(expected) <= 20, "{people} instead of {expected}");
    };
    // From 20/s to the 196/s that the spacing makes of 200/s, then 196/s.
    minute((20 + 196) / 2 * 60);
    minute(11_760);
}

#[derive(Debug, Clone)]
enum Step {
    /// The next slot is reserved this long after the last one (early when the last is still ahead).
    Call {
        after: Duration,
        late: Duration,
    },
    /// A call with more recipients than it should have.
    Heavy {
        chunks: u32,
    },
    Throttled {
        retry_after: Option<Duration>,
    },
    Succeeded,
    Restarted,
    SmallerChunk,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let duration = |most: u64| (0..=most).prop_map(Duration::from_micros);
    let step = prop_oneof![
        20 => (Just(Duration::ZERO), duration(700_000))
            .prop_map(|(after, late)| Step::Call { after, late }),
        10 => (duration(50_000), Just(Duration::ZERO))
            .prop_map(|(after, late)| Step::Call { after, late }),
        2 => (duration(20_000_000), duration(1_000)).prop_map(|(after, late)| Step::Call { after, late }),
        2 => (2_u32..5).prop_map(|chunks| Step::Heavy { chunks }),
        1 => proptest::option::of(duration(3_000_000))
            .prop_map(|retry_after| Step::Throttled { retry_after }),
        2 => Just(Step::Succeeded),
        1 => Just(Step::Restarted),
        1 => Just(Step::SmallerChunk),
    ];
    proptest::collection::vec(step, 1..400)
}

fn limits() -> impl Strategy<Value = Vec<Rate>> {
    let rate = (1_u32..500, 1_u64..20, any::<bool>()).prop_map(|(count, seconds, of_calls)| {
        let unit = if of_calls { " calls" } else { "" };
        format!("{count}{unit}/{seconds}s").parse::<Rate>().expect("rate")
    });
    proptest::collection::vec(rate, 1..4)
}

/// The largest call that all rates allow when a larger one counts as several.
fn largest_call(pace: &Pace, limits: &[Rate]) -> u32 {
    let chunk = pace.spacing().chunk.get();
    let most = limits.iter().map(|rate| match rate.unit {
        RateUnit::Calls => u32::MAX,
        RateUnit::Recipients => rate.count.get() / chunk * chunk,
    });
    most.min().unwrap_or(u32::MAX)
}

proptest! {
    #[test]
    fn no_sliding_window_ever_holds_more_than_the_limit(
        limits in limits(),
        chunk in 1_u32..300,
        ramp in proptest::option::of((limits(), 1_u64..60)),
        steps in steps(),
    ) {
        let ramp = ramp.map(|(from, seconds)| Ramp { from: from[0], over: Duration::from_secs(seconds) });
        let (mut chunk, mut now) = (size(chunk), Tick::default());
        let mut pace = Pace::new(&limits, &[], chunk, ramp, now);
        let (mut calls, mut last) = (Vec::new(), now);
        // What a start must wait for beside a period when the last call was larger than chunks are now.
        let mut owed = Duration::ZERO;
        for step in steps {
            let (after, late, chunks) = match step {
                Step::Call { after, late } => (after, late, 1),
                Step::Heavy { chunks } => (Duration::ZERO, Duration::ZERO, chunks),
                Step::Throttled { retry_after } => {
                    pace.throttled(now, retry_after);
                    continue;
                }
                Step::Succeeded => {
                    pace.succeeded(now);
                    continue;
                }
                Step::Restarted => {
                    pace = Pace::new(&limits, &[], chunk, ramp, now.after(owed));
                    last = now;
                    continue;
                }
                Step::SmallerChunk => {
                    owed += pace.spacing().period;
                    chunk = size(pace.spacing().chunk.get().div_ceil(2));
                    pace.set_chunk(chunk);
                    continue;
                }
            };
            now = now.after(after);
            let recipients = pace.spacing().chunk.get().saturating_mul(chunks);
            let recipients = recipients.min(largest_call(&pace, &limits));
            let mut slot = pace.reserve(now, recipients);
            prop_assert!(slot >= now && slot >= pace.not_before());
            prop_assert!(slot >= last.after(pace.spacing().period), "calls closer than a period");
            // Held up on its way: it leaves late, or in another slot if it may not.
            let mut left = slot.after(late);
            while !pace.may_leave(slot, left) {
                slot = pace.reserve(left, recipients);
                left = slot;
            }
            (now, last, owed) = (left, slot, pace.spacing().period * (chunks - 1));
            calls.push(Call { left, recipients });
        }
        for rate in &limits {
            prop_assert!(most_in_a_window(&calls, *rate) <= u64::from(rate.count.get()), "{}", rate);
        }
    }
}
