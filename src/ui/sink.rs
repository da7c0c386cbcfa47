//! Where words end up: this process's own streams, or the socket of somebody who asked us to work.

use std::fmt;
use std::io::{self, Write};

use crate::control::FrameSink;

/// Two streams of text. What is written is passed on at once.
pub trait Sink: fmt::Debug + Send + Sync {
    /// Data: what the command was asked for.
    ///
    /// # Errors
    /// When the reader is gone or the disk behind it is full.
    fn stdout(&self, text: &str) -> io::Result<()>;

    /// Everything else.
    ///
    /// # Errors
    /// As for [`Sink::stdout`].
    fn stderr(&self, text: &str) -> io::Result<()>;
}

/// The streams of this process.
#[derive(Debug)]
pub struct ProcessStreams;

impl Sink for ProcessStreams {
    fn stdout(&self, text: &str) -> io::Result<()> {
        write(io::stdout().lock(), text)
    }

    fn stderr(&self, text: &str) -> io::Result<()> {
        write(io::stderr().lock(), text)
    }
}

fn write(mut stream: impl Write, text: &str) -> io::Result<()> {
    stream.write_all(text.as_bytes())?;
    stream.flush()
}

/// The streams of the process that asked for the command.
impl Sink for FrameSink {
    fn stdout(&self, text: &str) -> io::Result<()> {
        Self::stdout(self, text)
    }

    fn stderr(&self, text: &str) -> io::Result<()> {
        Self::stderr(self, text)
    }
}

/// Streams that a test can read.
#[cfg(test)]
#[derive(Debug, Default)]
pub(crate) struct Captured {
    streams: std::sync::Mutex<(String, String)>,
}

#[cfg(test)]
impl Captured {
    /// What went to stdout.
    pub(crate) fn out(&self) -> String {
        self.streams.lock().expect("not poisoned").0.clone()
    }

    /// What went to stderr.
    pub(crate) fn err(&self) -> String {
        self.streams.lock().expect("not poisoned").1.clone()
    }
}

#[cfg(test)]
impl Sink for Captured {
    fn stdout(&self, text: &str) -> io::Result<()> {
        self.streams.lock().expect("not poisoned").0.push_str(text);
        Ok(())
    }

    fn stderr(&self, text: &str) -> io::Result<()> {
        self.streams.lock().expect("not poisoned").1.push_str(text);
        Ok(())
    }
}
