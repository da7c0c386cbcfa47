//! Progress of a list that comes page by page: a bar on a terminal, a plain line every few seconds elsewhere.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::clock::{Clock, Tick};

use super::printer::Printer;
use super::words;

/// Time between two plain lines.
const INTERVAL: Duration = Duration::from_secs(3);

/// See the module. Silent until something was reached.
#[derive(Debug)]
pub struct Counter<'a> {
    printer: &'a Printer,
    clock: &'a dyn Clock,
    what: &'static str,
    bar: Option<ProgressBar>,
    said: Tick,
}

impl<'a> Counter<'a> {
    /// Counts what is `found`, `asked`.
    #[must_use]
    pub fn new(printer: &'a Printer, clock: &'a dyn Clock, what: &'static str) -> Self {
        Self { printer, clock, what, bar: None, said: clock.tick() }
    }

    /// So many are there, of so many where that is known.
    pub fn reached(&mut self, count: usize, total: Option<u64>) {
        if !self.printer.shows_progress() {
            return;
        }
        let count = count as u64;
        if self.printer.draws() {
            let bar = self.bar.get_or_insert_with(|| self.printer.bars().add(bar()));
            bar.set_length(total.unwrap_or(count).max(count));
            bar.set_position(count);
            return;
        }
        let now = self.clock.tick();
        if now.since(self.said) >= INTERVAL {
            self.said = now;
            let of = total.map(|total| format!(" of {}", words::count(total))).unwrap_or_default();
            self.printer.note(&format!("{}{of} {}", words::count(count), self.what));
        }
    }

    /// Takes the bar away.
    pub fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {human_pos} of {human_len}");
    let bar = ProgressBar::no_length();
    match style {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
