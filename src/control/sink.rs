//! The way back: what a forwarded command prints, written to the socket as frames.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::protocol::{self, Frame};
use super::stream::Stream;

/// Streams of a command that is carried out for another process. Clones write to the same place.
///
/// Writing blocks while the other side does not read, so that a large report is never held in memory;
/// the server gives every command a thread of its own for that reason.
#[derive(Debug, Clone)]
pub struct FrameSink {
    /// `None` once the other side is gone.
    stream: Arc<Mutex<Option<Stream>>>,
    /// Whether nobody reads stdout over there any more.
    stdout_closed: Arc<AtomicBool>,
}

impl FrameSink {
    pub(super) fn new(stream: Stream) -> Self {
        Self { stream: Arc::new(Mutex::new(Some(stream))), stdout_closed: Arc::default() }
    }

    /// Writes data.
    ///
    /// # Errors
    /// `BrokenPipe` once the other side is gone, or has not read for too long. The command goes on all
    /// the same: what it does to the store does not depend on who watches.
    pub fn stdout(&self, text: &str) -> io::Result<()> {
        if self.stdout_closed.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.write(text, Frame::Stdout)
    }

    /// Writes anything but data.
    ///
    /// # Errors
    /// As for [`FrameSink::stdout`].
    pub fn stderr(&self, text: &str) -> io::Result<()> {
        self.write(text, Frame::Stderr)
    }

    /// From here on writing data fails, as it does where a program stops reading.
    pub(super) fn close_stdout(&self) {
        self.stdout_closed.store(true, Ordering::Relaxed);
    }

    /// The first frame.
    pub(super) fn taken(&self) {
        // Nobody is left to be told.
        drop(self.send(&Frame::Taken));
    }

    /// The last frame.
    pub(super) fn exit(&self, code: u8) {
        // Nobody is left to be told.
        drop(self.send(&Frame::Exit(code)));
    }

    fn write(&self, text: &str, frame: fn(String) -> Frame) -> io::Result<()> {
        protocol::pieces(text).try_for_each(|piece| self.send(&frame(piece.to_owned())))
    }

    pub(super) fn send(&self, frame: &Frame) -> io::Result<()> {
        let line = protocol::line(frame)?;
        let mut stream = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        let written = match stream.as_mut() {
            Some(stream) => stream.write_all(&line),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        };
        written.map_err(|_| {
            // A frame may have been cut in two: nothing can follow it.
            *stream = None;
            io::ErrorKind::BrokenPipe.into()
        })
    }
}
