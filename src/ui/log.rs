//! The log: what `tracing` says, printed among everything else.

use std::io::{self, Write};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::printer::{Printer, Verbosity};

/// Prints warnings of the program itself from here on, and more of what it does when it is to be verbose.
/// Of two calls in one process the first holds.
pub fn start(printer: &Printer, verbosity: Verbosity) {
    let most = match verbosity {
        Verbosity::Quiet => LevelFilter::ERROR,
        Verbosity::Normal => LevelFilter::WARN,
        Verbosity::Verbose => LevelFilter::DEBUG,
    };
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::new(format!("error,disparo={most}")))
        .with_ansi(printer.screen().colour)
        .with_writer(Log(printer.clone()))
        .without_time()
        .finish();
    // An error says that somebody already prints the log.
    drop(tracing::subscriber::set_global_default(subscriber));
}

/// Makes a writer for each line.
struct Log(Printer);

impl<'a> MakeWriter<'a> for Log {
    type Writer = LogLine<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        LogLine(&self.0)
    }
}

/// One line of the log, which `tracing` writes in one piece.
struct LogLine<'a>(&'a Printer);

impl Write for LogLine<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.raw_aside(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
