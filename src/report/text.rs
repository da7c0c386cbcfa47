//! Runs in words, for terminals and `report.txt`.

use std::fmt::Write as _;

use indicatif::HumanCount;

use jiff::Timestamp;

use crate::domain::{RunState, Tally, Waiting, Zone};
use crate::journal::RunView;

use super::canary::canary_text;
use super::funnel_text::{counts_text, funnel_text};
use super::reasons::ReasonCount;
use super::summary::RunReport;

/// The balance as two sums that a person can check.
#[must_use]
pub fn tally_text(tally: &Tally, assumed: u64) -> String {
    let rows = [
        ("filtered", tally.filtered),
        ("duplicate", tally.duplicate),
        ("invalid", tally.invalid),
        ("recipients", tally.recipients),
    ];
    let mut text = String::new();
    block(&mut text, "rows", tally.rows, &rows);
    block(&mut text, "recipients", tally.recipients, &tally.places());
    if assumed > 0 {
        // Writing into a String cannot fail.
        let _ = writeln!(text, "  of the accepted, {} are assumed to be", grouped(assumed));
    }
    text
}

/// A number with its thousands apart; padded to a width, which the library's own type is not.
pub(super) fn grouped(number: u64) -> String {
    HumanCount(number).to_string()
}

fn block(text: &mut String, name: &str, sum: u64, parts: &[(&str, u64)]) {
    let _ = writeln!(text, "{name:<12}{:>12}", grouped(sum));
    for (part, count) in parts.iter().filter(|(_, count)| *count > 0) {
        let part = part.replace('_', " ");
        let _ = writeln!(text, "  {part:<10}{:>12}", grouped(*count));
    }
}

/// A moment as people read it: `2026-11-27 08:00:05 UTC`.
#[must_use]
pub fn moment(moment: Timestamp) -> String {
    moment.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A moment on the clocks of a zone: `Mon 2026-11-23 08:00 (America/Sao_Paulo)`.
#[must_use]
pub fn local_moment(moment: Timestamp, zone: &Zone) -> String {
    format!("{} ({zone})", zone.at(moment).strftime("%a %Y-%m-%d %H:%M"))
}

/// When a run goes on that is outside its window; none where it is not.
#[must_use]
pub fn goes_on(view: &RunView) -> Option<String> {
    match &view.summary.state {
        RunState::Waiting(Waiting::Window { until }) => Some(match &view.timing.window {
            Some(window) => local_moment(*until, &window.zone),
            None => moment(*until),
        }),
        _ => None,
    }
}

/// A run in words.
#[must_use]
pub fn report_text(report: &RunReport) -> String {
    let plan = &report.view.facts.plan;
    let summary = &report.view.summary;
    let channels: Vec<_> = plan.channels.iter().map(|channel| channel.name.as_str()).collect();
    let mut text = String::new();
    let _ = writeln!(text, "run         {}", plan.run_name);
    let _ = writeln!(text, "campaign    {}", plan.campaign);
    let _ = writeln!(text, "state       {}", summary.state.word());
    if summary.state == RunState::Waiting(Waiting::Approval) {
        let people = grouped(summary.tally.pending);
        let _ = writeln!(
            text,
            "waits for   approval of plan {:.12}, recipients {people}",
            report.view.facts.plan_hash.to_string()
        );
    }
    if let RunState::Held(reason) = &summary.state {
        let _ = writeln!(text, "held        {}", reason.sentence);
    }
    if let Some(until) = goes_on(&report.view) {
        let _ = writeln!(text, "waits for   its window, goes on {until}");
    }
    for limit in &report.limits {
        let _ = writeln!(text, "used up     {limit}");
    }
    if let Some(until) = report.view.timing.valid_until {
        let zone = report.view.timing.window.as_ref().map(|window| local_moment(until, &window.zone));
        let _ = writeln!(text, "valid until {}", zone.unwrap_or_else(|| moment(until)));
    }
    let _ = writeln!(text, "channels    {}", channels.join(", "));
    if let Some(fallback) = &report.view.fallback {
        let _ = writeln!(text, "fallback    {}", fallback.name);
    }
    if let Some(origin) = &report.origin {
        let (people, word) = (plan.purpose.takes_up(), plan.purpose.word());
        let _ = writeln!(text, "takes up    the {people} of {origin} ({word})");
    }
    if let Some(after) = &report.after {
        let _ = writeln!(text, "takes up    the accepted of {after} ({})", plan.purpose.word());
    }
    if let Some(canary) = &report.canary {
        let _ = writeln!(text, "canary      {}", canary_text(&report.view, canary));
    }
    for (linked, people) in &report.linked {
        let _ = writeln!(text, "followed by {linked}, over its {people}");
    }
    for (run, action) in &report.afterwards {
        let _ = writeln!(text, "followed by {run}, {action} for its accepted");
    }
    let _ = writeln!(text, "planned     {}", moment(plan.created));
    let _ = writeln!(text, "changed     {}", moment(summary.at));
    let _ = writeln!(text);
    text.push_str(&tally_text(&summary.tally, summary.assumed));
    match &report.funnel {
        Some(funnel) => text.push_str(&funnel_text(funnel)),
        None => text.extend(counts_text(&report.view.deliveries).map(|counts| format!("\n{counts}\n"))),
    }
    if !report.rejected.is_empty() {
        because(&mut text, "rejected", &report.rejected);
    }
    text
}

/// Why something befell so many.
pub(super) fn because(text: &mut String, what: &str, reasons: &[ReasonCount]) {
    let _ = writeln!(text, "\n{what} because");
    for ReasonCount { code, sentence, recipients } in reasons {
        let _ = writeln!(text, "{:>12}  {sentence} ({code})", grouped(*recipients));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_balance_names_only_what_there_is() {
        let tally = Tally {
            rows: 1_205,
            invalid: 5,
            recipients: 1_200,
            accepted: 1_190,
            in_doubt: 10,
            ..Tally::default()
        };
        insta::assert_snapshot!(tally_text(&tally, 7), @r"
        rows               1,205
          invalid              5
          recipients       1,200
        recipients         1,200
          accepted         1,190
          in doubt            10
          of the accepted, 7 are assumed to be
        ");
    }
}
