//! The table `[pace]`: how fast.

use std::time::Duration;

use super::raw::{RawPace, RawRamp};
use crate::document::{Findings, Placed, Table, value};
use crate::domain::{Pace, Problem, Ramp, Rate};

/// A ramp is a matter of minutes or hours; the bound keeps arithmetic with it far from any overflow.
const LONGEST_RAMP: Duration = Duration::from_secs(7 * 86_400);

/// Checks the table.
pub fn validate(raw: RawPace, findings: &mut Findings) -> Pace {
    let rates = raw.rate.map(|rate| {
        let span = rate.span.clone();
        let rates = value::rates(rate, "pace.rate", findings);
        if rates.is_empty() && !findings.has_spoken_of("pace.rate") {
            findings.report(
                Problem::at(span, "pace.rate", "`pace.rate` is an empty list")
                    .with_hint("leave it out to send at the channel's own rate"),
            );
        }
        rates
    });
    let rates: Vec<Rate> = rates.into_iter().flatten().map(|rate| rate.value).collect();
    let ramp = raw.ramp.and_then(|ramp| valid_ramp(ramp, &rates, findings));
    Pace { rates, ramp }
}

fn valid_ramp(raw: Placed<Table<RawRamp>>, rates: &[Rate], findings: &mut Findings) -> Option<Ramp> {
    let Placed { value: Table(raw), span } = raw;
    let absent =
        |key: &str, hint: &str| Problem::at(span.clone(), key, format!("`{key}` is missing")).with_hint(hint);
    let from = findings
        .require(raw.from, || absent("pace.ramp.from", "write the rate at the start: from = \"5/s\""));
    let over = findings
        .require(raw.over, || absent("pace.ramp.over", "write how long until the full rate: over = \"30m\""));
    let over = over.and_then(|over| {
        let bounds = Duration::from_secs(1)..=LONGEST_RAMP;
        findings.keep(value::duration(&over.into_plain(), "pace.ramp.over", bounds))
    });
    let from = from.and_then(|from| {
        let from = from.into_plain();
        let rate = findings.keep(value::rate(&from, "pace.ramp.from"))?;
        // A quota of a day says nothing about any one second.
        let spaced = || rates.iter().filter(|rate| !rate.is_long());
        if let Some(slower) = spaced().find(|slower| is_faster(&rate, slower)) {
            let sentence =
                format!("`pace.ramp.from` begins faster than `pace.rate`: {rate} is more than {slower}");
            findings.report(Problem::at(from.span, "pace.ramp.from", sentence));
        }
        Some(rate)
    });
    Some(Ramp { from: from?, over: over? })
}

/// Whether one rate lets more through than another. Recipients and calls cannot be compared here: how
/// many recipients a call has is the channel's affair.
fn is_faster(one: &Rate, other: &Rate) -> bool {
    let scaled = |rate: &Rate, window: Duration| u128::from(rate.count.get()) * window.as_nanos();
    one.unit == other.unit && scaled(one, other.window) > scaled(other, one.window)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_of_one_unit_are_compared_exactly() {
        for (one, other, expected) in [
            ("40/s", "40/s", false),
            ("41/s", "40/s", true),
            ("60/10s", "6/s", false),
            ("61/10s", "6/s", true),
            ("1/s", "86400/d", false),
            ("100 calls/s", "1/s", false),
        ] {
            let rate = |text: &str| text.parse::<Rate>().expect("a rate");
            assert_eq!(is_faster(&rate(one), &rate(other)), expected, "{one} {other}");
        }
    }
}
