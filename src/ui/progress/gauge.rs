//! The words of the bars: one row for each channel and one for the run, fitted to the width.

use std::time::Duration;

use console::{measure_text_width, pad_str, truncate_str};

use crate::clock::Tick;
use crate::ui::words;

use super::view::{ChannelView, RunView};

/// Names are not shortened below this.
const SHORTEST_NAME: usize = 6;

/// From this width on, the bar has room for what became of a canary.
const WIDE: usize = 100;

/// How numbers are written, and what stands between them.
struct Style {
    count: fn(u64) -> String,
    speed: fn(f64) -> String,
    separator: &'static str,
}

const ROOMY: Style = Style { count: words::count, speed: words::speed, separator: " · " };

const TIGHT: Style = Style { count: words::short_count, speed: words::short_speed, separator: "  " };

/// What one row says.
struct Counts {
    name: String,
    sent: u64,
    rejected: u64,
    in_doubt: u64,
    /// Whether `sent`, `rejected` and `in_doubt` may be too low.
    at_least: bool,
    pace: Pace,
}

/// How fast a row goes, or for how long it does not.
enum Pace {
    PerSecond(f64),
    Waits(Duration),
}

/// One row for each channel and, where there are several, one for all of them; none wider than `width`.
pub(super) fn rows(run: &RunView, now: Tick, width: usize) -> Vec<String> {
    let counts = counts(run, now);
    let roomy = table(&counts, &ROOMY);
    let table = if fits(&roomy, width) { roomy } else { table(&counts, &TIGHT) };
    let widest_rest = table.iter().map(|(_, rest)| measure_text_width(rest)).max().unwrap_or_default();
    let widest_name = table.iter().map(|(name, _)| measure_text_width(name)).max().unwrap_or_default();
    let name_width = widest_name.min(width.saturating_sub(widest_rest + 2)).max(SHORTEST_NAME);
    let row = |(name, rest): &(String, String)| {
        let name = truncate_str(name, name_width, "…");
        let row = format!("{}  {rest}", pad_str(&name, name_width, console::Alignment::Left, None));
        truncate_str(row.trim_end(), width, "…").into_owned()
    };
    table.iter().map(row).collect()
}

/// What stands behind the bar: `43% · 12,345 of 50,000 · ETA 12m 5s`.
pub(super) fn behind_bar(run: &RunView, now: Tick, width: usize) -> String {
    let (whole, done) = (run.whole(), run.whole() - run.left().min(run.whole()));
    let percent = if whole == 0 { 100 } else { u128::from(done) * 100 / u128::from(whole) };
    let mut parts = vec![format!("{percent}%")];
    if let Some(shut) = run.shut_words() {
        parts.push(shut);
        return truncate_str(&parts.join(ROOMY.separator), width.saturating_sub(SHORTEST_NAME), "…")
            .into_owned();
    }
    if let Some(canary) = &run.canary {
        parts.push(canary.short_words(width >= WIDE));
        return parts.join(ROOMY.separator);
    }
    if width >= 60 {
        parts.push(format!("{} of {}", words::count(done), words::count(whole)));
    }
    match run.time_left(now) {
        _ if run.has_ended() || run.left() == 0 => {}
        Some(left) => parts.push(format!("ETA {}", words::duration(left))),
        None => parts.push("ETA —".to_owned()),
    }
    parts.join(ROOMY.separator)
}

fn counts(run: &RunView, now: Tick) -> Vec<Counts> {
    let total = |name: &str, pace: Pace| Counts {
        name: name.to_owned(),
        sent: run.tally.accepted,
        rejected: run.tally.rejected,
        in_doubt: run.in_doubt(),
        at_least: false,
        pace,
    };
    let pace = |channel: &ChannelView| {
        let waits = channel.waits(now);
        if waits.is_zero() { Pace::PerSecond(channel.speed.per_second(now)) } else { Pace::Waits(waits) }
    };
    // Of a single channel the run's own tally is the exact count, earlier processes included.
    if let [channel] = run.channels.as_slice() {
        return vec![total(&channel.name, pace(channel))];
    }
    let each = run.channels.iter().map(|channel| Counts {
        name: channel.name.clone(),
        sent: channel.accepted,
        rejected: channel.rejected,
        in_doubt: channel.in_doubt,
        at_least: run.lost_events,
        pace: pace(channel),
    });
    each.chain([total(run.name.as_str(), Pace::PerSecond(run.per_second(now)))]).collect()
}

/// Names and the aligned rest of each row.
fn table(rows: &[Counts], style: &Style) -> Vec<(String, String)> {
    let cells = |row: &Counts| {
        let number = |number| format!("{}{}", if row.at_least { "≥" } else { "" }, (style.count)(number));
        let pace = match row.pace {
            Pace::PerSecond(speed) => (style.speed)(speed),
            Pace::Waits(time) => format!("waits {}", words::duration(time)),
        };
        [number(row.sent), number(row.rejected), number(row.in_doubt), pace]
    };
    let cells: Vec<_> = rows.iter().map(cells).collect();
    let width = |column: usize| cells.iter().map(|row| measure_text_width(&row[column])).max().unwrap_or(0);
    let widths: [usize; 4] = std::array::from_fn(width);
    let join = |row: &[String; 4]| {
        let [sent, rejected, in_doubt, pace]: [String; 4] = std::array::from_fn(|column| {
            pad_str(&row[column], widths[column], console::Alignment::Right, None).into_owned()
        });
        [format!("{sent} sent"), format!("{rejected} rejected"), format!("{in_doubt} in doubt"), pace]
            .join(style.separator)
    };
    rows.iter().zip(&cells).map(|(row, cells)| (row.name.clone(), join(cells))).collect()
}

fn fits(table: &[(String, String)], width: usize) -> bool {
    table.iter().all(|(name, rest)| measure_text_width(name) + 2 + measure_text_width(rest) <= width)
}

#[cfg(test)]
mod tests {
    use super::super::view::View;
    use super::super::view::tests::{RUN, at, settled, started};
    use super::*;
    use crate::domain::Tally;
    use crate::events::Event;

    fn drawn(view: &View, seconds: u64, width: usize) -> String {
        let run = &view.runs[&RUN];
        let rows = rows(run, at(seconds), width);
        for row in &rows {
            assert!(measure_text_width(row) <= width, "{row}");
        }
        rows.join("\n") + "\n" + &behind_bar(run, at(seconds), width)
    }

    fn large() -> View {
        let mut view = View::default();
        view.hear(started(&["wati-sao-paulo-atendimento", "wati-rio"], 12_000_000), at(0));
        let tally = Tally {
            recipients: 12_000_000,
            pending: 1_745_000,
            accepted: 10_123_456,
            rejected: 129_344,
            in_doubt: 2_200,
            ..Tally::default()
        };
        view.hear(settled(0, [123_456, 9_344, 200], tally, 2_000), at(10));
        view.hear(settled(1, [50_000, 0, 0], tally, 2_000), at(10));
        view
    }

    #[test]
    fn wide_rows_are_aligned() {
        insta::assert_snapshot!(drawn(&large(), 10, 120), @"
        wati-sao-paulo-atendimento     123,456 sent ·   9,344 rejected · 200 in doubt · 13,280/s
        wati-rio                        50,000 sent ·       0 rejected ·   0 in doubt ·  5,000/s
        welcome-1                   10,123,456 sent · 129,344 rejected · 200 in doubt · 18,280/s
        85% · 10,253,000 of 12,000,000 · ETA 1m 36s
        ");
    }

    #[test]
    fn narrow_rows_can_be_read() {
        insta::assert_snapshot!(drawn(&large(), 10, 60), @"
        wati-s…  123.4k sent   9,344 rejected  200 in doubt  13.2k/s
        wati-r…   50.0k sent       0 rejected    0 in doubt  5,000/s
        welcom…   10.1M sent  129.3k rejected  200 in doubt  18.2k/s
        85% · 10,253,000 of 12,000,000 · ETA 1m 36s
        ");
        insta::assert_snapshot!(drawn(&large(), 10, 30), @"
        wati-…  123.4k sent   9,344 r…
        wati-…   50.0k sent       0 r…
        welco…   10.1M sent  129.3k r…
        85% · ETA 1m 36s
        ");
    }

    #[test]
    fn one_channel_needs_one_row() {
        let mut view = View::default();
        view.hear(started(&["demo"], 300), at(0));
        insta::assert_snapshot!(drawn(&view, 0, 60), @"
        demo    0 sent · 0 rejected · 0 in doubt · 0/s
        0% · 0 of 300 · ETA —
        ");
        let tally = Tally { recipients: 300, accepted: 297, rejected: 3, ..Tally::default() };
        view.hear(settled(0, [297, 3, 0], tally, 0), at(2));
        insta::assert_snapshot!(drawn(&view, 2, 60), @"
        demo    297 sent · 3 rejected · 0 in doubt · 150/s
        100% · 300 of 300
        ");
    }

    #[test]
    fn a_canary_stands_behind_the_bar() {
        let mut view = large();
        let until = jiff::Timestamp::from_second(52_325).expect("a time");
        view.hear(Event::Canary { run: RUN, sent: 500, delivered: 431, failed: 3, until }, at(11));
        let run = &view.runs[&RUN];
        insta::assert_snapshot!(behind_bar(run, at(11), 120), @"85% · canary judged at 14:32 UTC · 431 delivered · 3 failed");
        insta::assert_snapshot!(behind_bar(run, at(11), 60), @"85% · canary judged at 14:32 UTC");
    }

    #[test]
    fn lost_events_are_admitted() {
        let mut view = large();
        view.lose_events();
        insta::assert_snapshot!(drawn(&view, 10, 60), @"
        wati-…  ≥123.4k sent  ≥9,344 rejected  ≥200 in doubt  13.2k…
        wati-…   ≥50.0k sent      ≥0 rejected    ≥0 in doubt  5,000…
        welco…    10.1M sent  129.3k rejected   200 in doubt  18.2k…
        85% · 10,253,000 of 12,000,000 · ETA 1m 36s
        ");
    }
}
