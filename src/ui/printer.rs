//! The only one that prints: data on stdout, everything else on stderr, decided once for a command.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use console::{Style, Term};
use indicatif::{MultiProgress, ProgressDrawTarget};
use serde::Serialize;

use super::lines::{Lines, Loudness};
use super::sink::{ProcessStreams, Sink};
use crate::clock::Clock;

/// The columns assumed where there is no terminal to ask.
pub const DEFAULT_WIDTH: usize = 80;

/// How data are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// For programs: one JSON value a line.
    Json,
}

/// How much is said beside data, warnings and errors.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verbosity {
    /// Nothing.
    Quiet,
    /// Notes and progress.
    #[default]
    Normal,
    /// Details too.
    Verbose,
    /// Every step.
    Everything,
}

/// How everything that is no data is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum LogFormat {
    /// For people
    #[default]
    Text,
    /// For collectors of logs: one JSON object a line
    Json,
}

/// What the far end of a printer can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// Whether words may be coloured.
    pub colour: bool,
    /// Columns.
    pub width: usize,
    /// Whether it is a terminal.
    pub live: bool,
}

impl Screen {
    /// This process's stderr. `NO_COLOR` and `TERM=dumb` take the colours away.
    #[must_use]
    pub fn of_process() -> Self {
        let terminal = Term::stderr();
        let width = terminal.size_checked().map_or(DEFAULT_WIDTH, |(_, columns)| usize::from(columns));
        Self { colour: terminal.features().colors_supported(), width, live: terminal.is_term() }
    }
}

/// Prints for one command. Clones print to the same place.
#[derive(Debug, Clone)]
pub struct Printer {
    format: Format,
    verbosity: Verbosity,
    screen: Screen,
    sink: Arc<dyn Sink>,
    bars: MultiProgress,
    stdout: Arc<Mutex<Stdout>>,
    /// Where there are some, everything that is no data is written as such.
    lines: Option<Lines>,
}

/// What became of the reader of our data.
#[derive(Debug)]
enum Stdout {
    Open,
    /// It stopped reading, as `head` does. No fault, and nothing more is written.
    Closed,
    /// Data were lost.
    Failed(io::Error),
}

impl Printer {
    /// A printer on this process's own streams.
    #[must_use]
    pub fn of_process(format: Format, verbosity: Verbosity) -> Self {
        let screen = Screen::of_process();
        let printer = Self::new(format, verbosity, screen, Arc::new(ProcessStreams));
        if printer.shows_progress() && screen.live {
            printer.bars.set_draw_target(ProgressDrawTarget::stderr());
        }
        printer
    }

    /// A printer on other streams. Nothing is drawn over there.
    #[must_use]
    pub fn new(format: Format, verbosity: Verbosity, screen: Screen, sink: Arc<dyn Sink>) -> Self {
        let bars = MultiProgress::with_draw_target(ProgressDrawTarget::hidden());
        let stdout = Arc::new(Mutex::new(Stdout::Open));
        Self { format, verbosity, screen, sink, bars, stdout, lines: None }
    }

    /// The same, with everything that is no data in this form. As JSON nothing is coloured or drawn.
    #[must_use]
    pub fn speaking(mut self, format: LogFormat, clock: &Arc<dyn Clock>) -> Self {
        if format == LogFormat::Json {
            self.lines = Some(Lines::new(Arc::clone(clock)));
            self.screen.colour = false;
            self.bars.set_draw_target(ProgressDrawTarget::hidden());
        }
        self
    }

    /// How data are to be written.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// What the far end can show.
    #[must_use]
    pub fn screen(&self) -> Screen {
        self.screen
    }

    /// Whether progress is shown at all: not for programs, not when quiet.
    #[must_use]
    pub fn shows_progress(&self) -> bool {
        self.format == Format::Text && self.verbosity > Verbosity::Quiet && self.lines.is_none()
    }

    /// Whether progress is drawn as bars: on this process's own terminal.
    #[must_use]
    pub fn draws(&self) -> bool {
        !self.bars.is_hidden()
    }

    /// The bars among which progress draws; everything printed steps around them.
    #[must_use]
    pub fn bars(&self) -> &MultiProgress {
        &self.bars
    }

    /// What the command was asked for, on stdout; ends the line where the text does not.
    pub fn data(&self, text: &str) {
        if text.ends_with('\n') { self.raw_data(text) } else { self.raw_data(&format!("{text}\n")) }
    }

    /// Data as they are: part of a larger output.
    pub fn raw_data(&self, text: &str) {
        let mut stdout = self.stdout.lock().unwrap_or_else(PoisonError::into_inner);
        if !matches!(*stdout, Stdout::Open) {
            return;
        }
        match self.bars.suspend(|| self.sink.stdout(text)) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => *stdout = Stdout::Closed,
            Err(error) => *stdout = Stdout::Failed(error),
        }
    }

    /// One value in a line of JSON on stdout.
    pub fn json(&self, value: &impl Serialize) {
        match serde_json::to_string(value) {
            Ok(text) => self.data(&text),
            Err(error) => self.error(&format!("the result cannot be written as JSON: {error}"), None),
        }
    }

    /// Something worth knowing, on stderr.
    pub fn note(&self, sentence: &str) {
        if self.verbosity >= Verbosity::Normal {
            self.aside(Loudness::Info, sentence);
        }
    }

    /// Something worth knowing for those who said `-v`.
    pub fn detail(&self, sentence: &str) {
        if self.verbosity >= Verbosity::Verbose {
            self.aside(Loudness::Debug, sentence);
        }
    }

    /// Something that may be wrong, on stderr; said even when quiet.
    pub fn warning(&self, sentence: &str) {
        match &self.lines {
            Some(_) => self.aside(Loudness::Warn, sentence),
            None => {
                self.aside(
                    Loudness::Warn,
                    &format!("{} {sentence}", self.styled("warning:", &Style::new().yellow().bold())),
                );
            }
        }
    }

    /// Why the command failed and, after an empty line, what to do about it.
    pub fn error(&self, sentence: &str, hint: Option<&str>) {
        if let Some(lines) = &self.lines {
            return self.as_it_is(&lines.line(Loudness::Error, sentence, hint));
        }
        let mut text = format!("{} {sentence}", self.styled("error:", &Style::new().red().bold()));
        if let Some(hint) = hint {
            text.push_str(&format!("\n\n{} {hint}", self.styled("hint:", &Style::new().cyan().bold())));
        }
        self.aside(Loudness::Error, &text);
    }

    /// Text on stderr that has its own form: a question.
    pub fn raw_aside(&self, text: &str) {
        self.in_form(Loudness::Info, text);
    }

    /// As [`Printer::raw_aside`], for what is wrong: a diagnostic.
    pub fn raw_error(&self, text: &str) {
        self.in_form(Loudness::Error, text);
    }

    /// What already is in the form in which everything is written: a line of the log, another process's words.
    pub fn as_it_is(&self, text: &str) {
        // Nobody is left to be told that stderr is closed.
        drop(self.bars.suspend(|| self.sink.stderr(text)));
    }

    /// Whether nobody reads our data any more, so that producing them is in vain.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        !matches!(*self.stdout.lock().unwrap_or_else(PoisonError::into_inner), Stdout::Open)
    }

    /// Says whether all data arrived. A reader that stopped reading is no failure.
    ///
    /// # Errors
    /// The first failure to write to stdout, a full disk for one.
    pub fn finish(&self) -> io::Result<()> {
        let mut stdout = self.stdout.lock().unwrap_or_else(PoisonError::into_inner);
        match std::mem::replace(&mut *stdout, Stdout::Closed) {
            Stdout::Open | Stdout::Closed => Ok(()),
            Stdout::Failed(error) => Err(error),
        }
    }

    fn aside(&self, loudness: Loudness, text: &str) {
        self.in_form(loudness, &format!("{text}\n"));
    }

    fn in_form(&self, loudness: Loudness, text: &str) {
        match &self.lines {
            Some(lines) => self.as_it_is(&lines.line(loudness, text, None)),
            None => self.as_it_is(text),
        }
    }

    fn styled(&self, word: &str, style: &Style) -> String {
        style.clone().force_styling(self.screen.colour).apply_to(word).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::ManualClock;
    use crate::ui::sink::Captured;

    const PLAIN: Screen = Screen { colour: false, width: DEFAULT_WIDTH, live: false };

    fn printer(format: Format, verbosity: Verbosity) -> (Printer, Arc<Captured>) {
        let captured = Arc::new(Captured::default());
        (Printer::new(format, verbosity, PLAIN, captured.clone()), captured)
    }

    fn say_everything(printer: &Printer) {
        printer.data("the data");
        printer.json(&[1, 2]);
        printer.note("a note");
        printer.detail("a detail");
        printer.warning("a warning");
        printer.error("it failed", Some("do it again"));
    }

    #[test]
    fn data_are_on_stdout_and_the_rest_on_stderr() {
        let aside = "warning: a warning\nerror: it failed\n\nhint: do it again\n";
        for (verbosity, heard) in [
            (Verbosity::Quiet, String::new()),
            (Verbosity::Normal, "a note\n".to_owned()),
            (Verbosity::Verbose, "a note\na detail\n".to_owned()),
        ] {
            let (printer, captured) = printer(Format::Text, verbosity);
            say_everything(&printer);
            assert_eq!(captured.out(), "the data\n[1,2]\n");
            assert_eq!(captured.err(), heard + aside);
        }
    }

    #[test]
    fn as_json_every_aside_is_one_object_on_a_line() {
        let (printer, captured) = printer(Format::Text, Verbosity::Verbose);
        let clock: Arc<dyn Clock> =
            Arc::new(ManualClock::new("2026-11-27T08:00:00Z".parse().expect("a time")));
        let printer = printer.speaking(LogFormat::Json, &clock);
        say_everything(&printer);
        printer.raw_error("  x two\n  lines\n");
        assert_eq!(captured.out(), "the data\n[1,2]\n");
        let written = captured.err();
        let lines = written.lines().map(|line| {
            let line: serde_json::Value = serde_json::from_str(line).expect(line);
            assert_eq!(line["timestamp"], "2026-11-27T08:00:00.000000Z");
            let hint = line["hint"].as_str().unwrap_or("-");
            format!("{} {} {hint}", line["level"], line["message"])
        });
        assert_eq!(
            lines.collect::<Vec<_>>(),
            [
                "\"INFO\" \"a note\" -",
                "\"DEBUG\" \"a detail\" -",
                "\"WARN\" \"a warning\" -",
                "\"ERROR\" \"it failed\" do it again",
                "\"ERROR\" \"x two\\n  lines\" -",
            ]
        );
        assert!(!printer.shows_progress() && !printer.draws());
    }

    #[test]
    fn progress_is_for_people_who_want_it() {
        assert!(printer(Format::Text, Verbosity::Normal).0.shows_progress());
        assert!(!printer(Format::Text, Verbosity::Quiet).0.shows_progress());
        assert!(!printer(Format::Json, Verbosity::Verbose).0.shows_progress());
        assert!(!printer(Format::Text, Verbosity::Normal).0.draws());
    }

    #[test]
    fn colours_only_where_they_can_be_seen() {
        let captured = Arc::new(Captured::default());
        let screen = Screen { colour: true, ..PLAIN };
        let printer = Printer::new(Format::Text, Verbosity::Normal, screen, captured.clone());
        printer.error("it failed", None);
        assert_eq!(captured.err(), "\u{1b}[31m\u{1b}[1merror:\u{1b}[0m it failed\n");
    }

    /// A stdout that fails in one way, always.
    #[derive(Debug)]
    struct Broken(io::ErrorKind);

    impl Sink for Broken {
        fn stdout(&self, _: &str) -> io::Result<()> {
            Err(self.0.into())
        }

        fn stderr(&self, _: &str) -> io::Result<()> {
            Err(self.0.into())
        }
    }

    #[test]
    fn a_reader_that_stops_is_no_failure_but_a_full_disk_is() {
        let broken =
            |kind| Printer::new(Format::Text, Verbosity::Normal, PLAIN, Arc::new(Broken(kind)) as Arc<_>);
        let head = broken(io::ErrorKind::BrokenPipe);
        assert!(!head.is_closed());
        say_everything(&head);
        assert!(head.is_closed());
        assert!(head.finish().is_ok());
        let full = broken(io::ErrorKind::StorageFull);
        say_everything(&full);
        assert_eq!(full.finish().expect_err("data were lost").kind(), io::ErrorKind::StorageFull);
    }
}
