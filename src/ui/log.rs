//! The log: what `tracing` says, printed among everything else.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{self as output, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;

use super::printer::{LogFormat, Printer, Verbosity};
use crate::clock::Clock;

/// The program's own events; what libraries say may have numbers and secrets in it, so that only their
/// failures are heard.
const OURS: &str = "disparo";

/// What is logged, and how.
#[derive(Debug)]
pub struct Log<'a> {
    /// How much is said.
    pub verbosity: Verbosity,
    /// As text or as JSON.
    pub format: LogFormat,
    /// Whether the process stays up: then people read what it did later, with its times.
    pub is_daemon: bool,
    /// Whether somebody watches it on a terminal, to whom it tells in sentences what it does.
    pub is_watched: bool,
    /// `DISPARO_LOG`: what is logged in place of what the others say.
    pub filter: Option<&'a str>,
}

impl Log<'_> {
    fn targets(&self) -> Result<Targets, String> {
        let stays = (self.is_daemon && !self.is_watched) || self.format == LogFormat::Json;
        let most = match self.verbosity {
            Verbosity::Quiet => LevelFilter::ERROR,
            Verbosity::Normal if stays => LevelFilter::INFO,
            Verbosity::Normal => LevelFilter::WARN,
            Verbosity::Verbose => LevelFilter::DEBUG,
            Verbosity::Everything => LevelFilter::TRACE,
        };
        let usual = Targets::new().with_default(LevelFilter::ERROR).with_target(OURS, most);
        let Some(filter) = self.filter else { return Ok(usual) };
        let unreadable = || {
            format!(
                "DISPARO_LOG cannot be read: \"{filter}\"; write a level (error, warn, info, debug, trace, off), or \
                 levels of rooms, such as warn,disparo::engine=trace"
            )
        };
        let given: Targets = filter.parse().map_err(|_| unreadable())?;
        let is_ours = |target: &str| target == OURS || target.starts_with("disparo::");
        if given.iter().any(|(target, _)| !is_ours(target)) {
            return Err(unreadable());
        }
        let targets = match given.default_level() {
            Some(level) => usual.with_target(OURS, level),
            None => usual,
        };
        Ok(targets.with_targets(given.iter()))
    }

    /// Prints what `tracing` says from here on. Of two calls in one process the first holds.
    ///
    /// # Errors
    /// When the filter cannot be read, in a sentence.
    pub fn start(&self, printer: &Printer, clock: &Arc<dyn Clock>) -> Result<(), String> {
        let registry = tracing_subscriber::registry().with(self.targets()?);
        let stamp = Stamp(Arc::clone(clock));
        let lines = output::layer().with_ansi(printer.screen().colour).with_writer(Lines(printer.clone()));
        // An error says that somebody already prints the log.
        drop(match (self.format, self.is_daemon) {
            (LogFormat::Json, _) => {
                report_panics();
                let lines = lines.json().flatten_event(true).with_timer(stamp);
                tracing::subscriber::set_global_default(registry.with(lines))
            }
            (LogFormat::Text, true) => {
                tracing::subscriber::set_global_default(registry.with(lines.with_timer(stamp)))
            }
            (LogFormat::Text, false) => {
                tracing::subscriber::set_global_default(registry.with(lines.without_time()))
            }
        });
        Ok(())
    }
}

/// A defect is told like everything else.
fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        tracing::event!(target: "disparo::panic", Level::ERROR, "{panic}");
    }));
}

/// The time that the process goes by.
struct Stamp(Arc<dyn Clock>);

impl FormatTime for Stamp {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        write!(writer, "{:.6}", self.0.now())
    }
}

/// Makes a writer for each line.
struct Lines(Printer);

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        Line(&self.0)
    }
}

/// One line of the log, which `tracing` writes in one piece.
struct Line<'a>(&'a Printer);

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.as_it_is(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(verbosity: Verbosity, format: LogFormat, is_daemon: bool, filter: Option<&str>) -> String {
        let targets =
            Log { verbosity, format, is_daemon, is_watched: false, filter }.targets().expect("readable");
        let levels = [Level::ERROR, Level::WARN, Level::INFO, Level::DEBUG, Level::TRACE];
        let most = |target: &str| {
            let heard = levels.iter().filter(|level| targets.would_enable(target, level)).count();
            levels[..heard].last().map_or("off".to_owned(), ToString::to_string)
        };
        format!("{} {} {}", most("disparo::web"), most("disparo::engine::send"), most("hyper"))
    }

    #[test]
    fn who_stays_up_tells_more_and_libraries_only_their_failures() {
        use LogFormat::{Json, Text};
        for (verbosity, format, is_daemon, filter, expected) in [
            (Verbosity::Quiet, Text, true, None, "ERROR ERROR ERROR"),
            (Verbosity::Normal, Text, false, None, "WARN WARN ERROR"),
            (Verbosity::Normal, Text, true, None, "INFO INFO ERROR"),
            (Verbosity::Normal, Json, false, None, "INFO INFO ERROR"),
            (Verbosity::Verbose, Text, false, None, "DEBUG DEBUG ERROR"),
            (Verbosity::Everything, Text, false, None, "TRACE TRACE ERROR"),
            (Verbosity::Everything, Text, true, Some("warn"), "WARN WARN ERROR"),
            (Verbosity::Normal, Text, true, Some("warn,disparo::engine=trace"), "WARN TRACE ERROR"),
            (Verbosity::Normal, Text, true, Some("disparo::engine=off"), "INFO off ERROR"),
        ] {
            assert_eq!(levels(verbosity, format, is_daemon, filter), expected, "{filter:?}");
        }
    }

    #[test]
    fn whoever_watches_is_told_in_sentences() {
        let log = |format| {
            let verbosity = Verbosity::Normal;
            Log { verbosity, format, is_daemon: true, is_watched: true, filter: None }.targets()
        };
        let is_told = |format| log(format).expect("readable").would_enable("disparo::engine", &Level::INFO);
        assert!(!is_told(LogFormat::Text) && is_told(LogFormat::Json));
    }

    #[test]
    fn what_is_no_filter_of_ours_is_refused() {
        for filter in ["loud", "hyper=trace", "disparo=loud", "disparology=info"] {
            let log = Log {
                verbosity: Verbosity::Normal,
                format: LogFormat::Text,
                is_daemon: true,
                is_watched: false,
                filter: Some(filter),
            };
            assert!(log.targets().expect_err(filter).contains(filter));
        }
    }
}
