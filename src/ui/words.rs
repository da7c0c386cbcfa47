//! Numbers and durations as people read them.

use std::time::Duration;

use jiff::Timestamp;

use indicatif::HumanCount;
use jiff::SignedDuration;
use jiff::fmt::friendly::SpanPrinter;

/// `1,234`.
#[must_use]
pub fn count(number: u64) -> String {
    HumanCount(number).to_string()
}

/// `1,234 people`, `1 person`: the number with the form of the word that fits it.
#[must_use]
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// At most six characters where millions do not fit: `9,999`, `12.3k`, `1.2M`.
#[must_use]
pub fn short_count(number: u64) -> String {
    let (unit, letter) = match number {
        0..10_000 => return count(number),
        10_000..1_000_000 => (1_000, 'k'),
        1_000_000..1_000_000_000 => (1_000_000, 'M'),
        _ => (1_000_000_000, 'G'),
    };
    format!("{}.{}{letter}", number / unit, number % unit * 10 / unit)
}

/// `12m 5s`, `3h 4m`, `2d 1h`: two units, whole seconds.
#[must_use]
pub fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs() + u64::from(duration.subsec_millis() >= 500);
    let precision = match seconds {
        0..3_600 => 1,
        3_600..86_400 => 60,
        _ => 3_600,
    };
    let rounded = i64::try_from(seconds / precision * precision).unwrap_or(i64::MAX);
    let (days, rest) = (rounded / 86_400, SignedDuration::from_secs(rounded % 86_400));
    match (days, rest.is_zero()) {
        (0, _) => SpanPrinter::new().duration_to_string(&rest),
        (_, true) => format!("{days}d"),
        (_, false) => format!("{days}d {}", SpanPrinter::new().duration_to_string(&rest)),
    }
}

/// `40/s`, `0.5/s`: a speed in recipients per second.
#[must_use]
pub fn speed(per_second: f64) -> String {
    speed_with(count, per_second)
}

/// [`speed`] with a [`short_count`].
#[must_use]
pub fn short_speed(per_second: f64) -> String {
    speed_with(short_count, per_second)
}

fn speed_with(count: fn(u64) -> String, per_second: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a speed is positive and far below 2^53"
    )]
    let whole = per_second.round() as u64;
    if per_second > 0.0 && per_second < 9.95 {
        format!("{per_second:.1}/s").replace(".0/s", "/s")
    } else {
        format!("{}/s", count(whole))
    }
}

/// `the limit of 1000/d is used up until 2027-03-14 14:32 UTC`.
#[must_use]
pub fn used_up(limit: &str, until: Timestamp) -> String {
    format!("the limit of {limit} is used up until {}", until.strftime("%Y-%m-%d %H:%M UTC"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_can_be_read() {
        for (number, long, short) in [
            (0, "0", "0"),
            (9_999, "9,999", "9,999"),
            (10_000, "10,000", "10.0k"),
            (999_999, "999,999", "999.9k"),
            (1_250_000, "1,250,000", "1.2M"),
            (7_000_000_000, "7,000,000,000", "7.0G"),
        ] {
            assert_eq!(count(number), long);
            assert_eq!(short_count(number), short);
        }
        assert_eq!(counted(1, "person", "people"), "1 person");
        assert_eq!(counted(1_234, "person", "people"), "1,234 people");
    }

    #[test]
    fn durations_have_two_units() {
        for (milliseconds, expected) in [
            (0, "0s"),
            (499, "0s"),
            (1_500, "2s"),
            (725_000, "12m 5s"),
            (720_000, "12m"),
            (11_045_000, "3h 4m"),
            (176_400_000, "2d 1h"),
            (172_800_000, "2d"),
        ] {
            assert_eq!(duration(Duration::from_millis(milliseconds)), expected);
        }
    }

    #[test]
    fn slow_speeds_keep_a_decimal() {
        for (per_second, expected) in [
            (0.0, "0/s"),
            (0.5, "0.5/s"),
            (2.04, "2/s"),
            (9.96, "10/s"),
            (40.4, "40/s"),
            (20_000.0, "20,000/s"),
        ] {
            assert_eq!(speed(per_second), expected);
        }
    }
}
