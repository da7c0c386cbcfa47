//! `Retry-After` (RFC 9110 §10.2.3): seconds, or a date.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

/// How long the provider asks to wait.
///
/// A date is read against the answer's own `Date`, so that neither this machine's clock nor the time
/// zone of either matters; one that has passed means no wait. `None` when it cannot be read, or when a
/// date comes without a `Date`: the channel's own back-off is safe then.
#[must_use]
pub fn wait(value: &str, date: Option<&str>) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return value.parse().ok().map(Duration::from_secs);
    }
    let until = http_date(value)?;
    let since = http_date(date?)?;
    Some(Duration::try_from(until.duration_since(since)).unwrap_or(Duration::ZERO))
}

/// The preferred form of an HTTP date, `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_read() {
        const DATE: Option<&str> = Some("Fri, 27 Nov 2026 08:00:00 GMT");
        for (value, date, expected) in [
            ("120", None, Some(120)),
            (" 0 ", DATE, Some(0)),
            ("Fri, 27 Nov 2026 08:00:30 GMT", DATE, Some(30)),
            ("Fri, 27 Nov 2026 07:59:00 GMT", DATE, Some(0)),
            ("Fri, 27 Nov 2026 08:00:30 GMT", None, None),
            ("Fri, 27 Nov 2026 08:00:30 GMT", Some("yesterday"), None),
            ("-1", DATE, None),
            ("1.5", DATE, None),
            ("", DATE, None),
            ("in a while", DATE, None),
            ("99999999999999999999999", DATE, None),
        ] {
            assert_eq!(wait(value, date), expected.map(Duration::from_secs), "{value} at {date:?}");
        }
    }
}
