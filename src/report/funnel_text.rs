//! The funnel in words, for terminals and `report.txt`.

use std::fmt::Write as _;
use std::time::Duration;

use jiff::fmt::friendly::SpanPrinter;
use jiff::{SignedDuration, SignedDurationRound, Unit};

use crate::journal::DeliveryCounts;

use super::funnel::{Funnel, Stages};
use super::text::{because, grouped, moment};
use super::times::Percentiles;

/// How far messages got, in a line; `None` where nothing was heard of any.
#[must_use]
pub fn counts_text(counts: &DeliveryCounts) -> Option<String> {
    let DeliveryCounts { sent, delivered, read, replied, failed, clicked } = *counts;
    let parts = [
        (sent, "sent"),
        (delivered, "delivered"),
        (read, "read"),
        (replied, "replied"),
        (clicked, "clicked"),
        (failed, "failed"),
    ];
    let parts: Vec<_> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{} {word}", grouped(count)))
        .collect();
    (!parts.is_empty()).then(|| format!("heard of     {}", parts.join(", ")))
}

/// How far messages got: a line each for stages that somebody came to, then times, reasons and channels.
/// Empty where nobody was accepted.
#[must_use]
pub fn funnel_text(funnel: &Funnel) -> String {
    let mut text = String::new();
    if funnel.all.accepted == 0 {
        return text;
    }
    if !funnel.is_heard() {
        // Writing into a String cannot fail.
        let _ = writeln!(
            text,
            "\nno delivery news was heard; `disparo serve` hears what providers tell of messages"
        );
        return text;
    }
    let _ = writeln!(text, "\nhow far the messages got, and of how many of the accepted");
    for (word, count) in funnel.all.in_order() {
        if count > 0 {
            stage(&mut text, &funnel.all, word, count);
        }
    }
    if let Some(times) = &funnel.all.times {
        let _ = writeln!(text, "  {}", times_text(times));
    }
    if !funnel.failed.is_empty() {
        because(&mut text, "failed", &funnel.failed);
    }
    if funnel.channels.len() > 1 {
        channels(&mut text, funnel);
    }
    text
}

fn stage(text: &mut String, stages: &Stages, word: &str, count: u64) {
    let _ = write!(text, "  {:<10}{:>12}", word.replace('_', " "), grouped(count));
    match (word, stages.thousandths(count)) {
        ("planned" | "accepted", _) | (_, None) => {}
        (_, Some(share)) => {
            let _ = write!(text, "{:>9}", percent(share));
        }
    }
    if let ("no_news", Some(since)) = (word, stages.silent_since) {
        let _ = write!(text, "  the oldest since {}", moment(since));
    }
    text.push('\n');
}

fn channels(text: &mut String, funnel: &Funnel) {
    const HEAD: [&str; 9] =
        ["accepted", "sent", "delivered", "read", "replied", "failed", "no news", "p50", "p95"];
    let names = funnel.channels.iter().map(|(name, _)| name.chars().count());
    let width = names.max().unwrap_or_default().max("channel".len());
    let _ = writeln!(text, "\n{:<width$}{}", "channel", cells(HEAD.map(str::to_owned)));
    for (name, stages) in &funnel.channels {
        let DeliveryCounts { sent, delivered, read, replied, failed, .. } = stages.heard;
        let counts = [stages.accepted, sent, delivered, read, replied, failed, stages.silent].map(grouped);
        let [accepted, sent, delivered, read, replied, failed, silent] = counts;
        let time = |pick: fn(&Percentiles) -> Duration| {
            stages.times.as_ref().map_or_else(|| "—".to_owned(), |times| span(pick(times)))
        };
        let (p50, p95) = (time(|times| times.p50), time(|times| times.p95));
        let row = cells([accepted, sent, delivered, read, replied, failed, silent, p50, p95]);
        let _ = writeln!(text, "{name:<width$}{row}");
    }
}

fn cells<const N: usize>(cells: [String; N]) -> String {
    cells.into_iter().map(|cell| format!("{cell:>10}")).collect()
}

fn times_text(times: &Percentiles) -> String {
    format!("half were delivered within {}, 95 of 100 within {}", span(times.p50), span(times.p95))
}

/// `98.2%` of 982 thousandths.
fn percent(thousandths: u64) -> String {
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

/// `250ms`, `1m 2s`: milliseconds only below a second.
pub(super) fn span(time: Duration) -> String {
    let time = SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX);
    let to_seconds = SignedDurationRound::new().smallest(Unit::Second);
    let rounded = if time.as_secs() == 0 { time } else { time.round(to_seconds).unwrap_or(time) };
    SpanPrinter::new().duration_to_string(&rounded)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::report::ReasonCount;

    fn stages(accepted: u64, heard: DeliveryCounts, silent: u64) -> Stages {
        let times = Percentiles {
            messages: heard.delivered,
            p50: Duration::from_millis(3_700),
            p95: Duration::from_secs(62),
        };
        Stages {
            planned: accepted + 20,
            accepted,
            heard,
            silent,
            silent_since: (silent > 0).then_some(Timestamp::UNIX_EPOCH),
            times: (heard.delivered > 0).then_some(times),
        }
    }

    fn two_channels() -> Funnel {
        let one = DeliveryCounts {
            sent: 7_990,
            delivered: 7_800,
            read: 2_001,
            replied: 5,
            failed: 103,
            clicked: 12,
        };
        let reason = ReasonCount {
            code: "2305".to_owned(),
            sentence: "the person is not on WhatsApp".to_owned(),
            recipients: 103,
        };
        Funnel {
            all: stages(8_100, one, 7),
            channels: vec![
                ("devino-main".to_owned(), stages(8_000, one, 2)),
                ("wati".to_owned(), stages(100, DeliveryCounts::default(), 5)),
            ],
            failed: vec![reason],
        }
    }

    #[test]
    fn a_funnel_is_told_from_top_to_bottom() {
        insta::assert_snapshot!(funnel_text(&two_channels()));
    }

    #[test]
    fn one_channel_is_not_told_twice_and_nothing_says_what_hears() {
        let mut funnel = two_channels();
        funnel.channels.pop();
        assert!(!funnel_text(&funnel).contains("devino-main"));
        let silent = Funnel { all: stages(10, DeliveryCounts::default(), 10), ..Funnel::default() };
        insta::assert_snapshot!(funnel_text(&silent));
        assert_eq!(funnel_text(&Funnel::default()), "", "nobody was accepted");
    }

    #[test]
    fn a_line_names_only_what_there_is() {
        assert_eq!(counts_text(&DeliveryCounts::default()), None);
        let some = DeliveryCounts { sent: 1_200, delivered: 1_100, failed: 3, ..DeliveryCounts::default() };
        insta::assert_snapshot!(counts_text(&some).expect("some"));
    }

    #[test]
    fn times_are_short() {
        for (milliseconds, told) in
            [(0, "0s"), (250, "250ms"), (3_700, "4s"), (62_000, "1m 2s"), (7_261_000, "2h 1m 1s")]
        {
            assert_eq!(span(Duration::from_millis(milliseconds)), told);
        }
    }

    #[test]
    fn the_json_has_counts_and_shares() {
        insta::assert_json_snapshot!(two_channels().json());
    }
}
