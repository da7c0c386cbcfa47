//! Progress on a terminal: rows of counts and a bar for each run, drawn over in place.

use std::collections::BTreeMap;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::clock::Tick;
use crate::domain::RunId;

use super::gauge;
use super::view::{RunView, View};

/// The bars of all runs.
#[derive(Debug)]
pub(super) struct Bars {
    screen: MultiProgress,
    runs: BTreeMap<RunId, RunBars>,
}

#[derive(Debug)]
struct RunBars {
    rows: Vec<ProgressBar>,
    bar: ProgressBar,
}

/// Stands above the rows. A Ctrl-C makes the terminal write `^C` into a row of its own below the bars, so
/// that the topmost row is not taken off the screen: then this one stays, and nobody sees it.
const BLANK: &str = " ";

impl Bars {
    /// No bars yet.
    pub(super) fn new(screen: MultiProgress) -> Self {
        Self { screen, runs: BTreeMap::new() }
    }

    /// Draws everything as it is now, in `width` columns. A run that has ended leaves the screen: its words are the
    /// command's own.
    pub(super) fn draw(&mut self, view: &View, now: Tick, width: usize) {
        for (id, run) in &view.runs {
            if run.has_ended() {
                if let Some(bars) = self.runs.remove(id) {
                    bars.clear();
                }
                continue;
            }
            let rows: Vec<_> =
                std::iter::once(BLANK.to_owned()).chain(gauge::rows(run, now, width)).collect();
            let bars = self.runs.entry(*id).or_insert_with(|| RunBars::new(&self.screen, rows.len(), run));
            bars.show(run, rows, gauge::behind_bar(run, now, width));
        }
    }

    /// Takes everything off the screen.
    pub(super) fn clear(self) {
        for bars in self.runs.into_values() {
            bars.clear();
        }
    }
}

impl RunBars {
    fn new(screen: &MultiProgress, rows: usize, run: &RunView) -> Self {
        let bare = ProgressBar::no_length;
        let rows = (0..rows).map(|_| screen.add(bare().with_style(style("{msg}")))).collect();
        let bar = screen.add(bare().with_style(style("{prefix}  {wide_bar:.green} {msg}")));
        bar.set_prefix(run.name.to_string());
        Self { rows, bar }
    }

    fn show(&self, run: &RunView, rows: Vec<String>, behind: String) {
        for (bar, row) in self.rows.iter().zip(rows) {
            bar.set_message(row);
        }
        let whole = run.whole();
        self.bar.set_length(whole);
        self.bar.set_position(whole.saturating_sub(run.left()));
        self.bar.set_message(behind);
    }

    fn clear(self) {
        for bar in self.rows.iter().chain([&self.bar]) {
            bar.finish_and_clear();
        }
    }
}

/// The style of a template of our own; a template that indicatif cannot read shows indicatif's own bar.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("━╸─")
}

#[cfg(test)]
mod tests {
    use indicatif::{InMemoryTerm, ProgressDrawTarget};

    use super::super::view::tests::{at, settled, started};
    use super::*;
    use crate::domain::{RunState, Tally};
    use crate::events::Event;
    use crate::ui::progress::view::tests::RUN;

    #[test]
    fn bars_stay_readable_at_sixty_columns_and_leave_no_trace() {
        let terminal = InMemoryTerm::new(10, 60);
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(terminal.clone()), 255);
        let screen = MultiProgress::with_draw_target(target);
        let mut bars = Bars::new(screen.clone());
        let mut view = View::default();
        view.hear(started(&["wati-a", "wati-b"], 50_000), at(0));
        let tally = Tally {
            recipients: 50_000,
            pending: 37_640,
            accepted: 12_345,
            rejected: 12,
            in_doubt: 3,
            ..Tally::default()
        };
        view.hear(settled(0, [6_175, 12, 3], tally, 0), at(10));
        view.hear(settled(1, [6_170, 0, 0], tally, 0), at(10));
        bars.draw(&view, at(10), 60);
        screen.suspend(|| {});
        insta::assert_snapshot!(terminal.contents(), @"
        wati-a      6,175 sent · 12 rejected · 3 in doubt ·   619/s
        wati-b      6,170 sent ·  0 rejected · 0 in doubt ·   617/s
        welcome-1  12,345 sent · 12 rejected · 3 in doubt · 1,236/s
        welcome-1  ━━━╸──────────── 24% · 12,360 of 50,000 · ETA 30s
        ");

        view.hear(Event::State { run: RUN, state: RunState::Paused, tally }, at(11));
        bars.draw(&view, at(11), 60);
        assert_eq!(terminal.contents(), "");
    }
}
