//! The other processes' side: hands a command to the owner of the store.

use std::io;
use std::path::{Path, PathBuf};

use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::OwnedWriteHalf;
use tokio::sync::mpsc;

use super::ControlError;
use super::protocol::{self, Frame, LONGEST_LINE, Line, Message, Output, Request};
use super::socket::{self, Address};

/// A connection to the owner of the store, good for one command.
#[derive(Debug)]
pub struct Client {
    stream: UnixStream,
    path: PathBuf,
}

impl Client {
    /// Finds the owner of the store; `None` when nobody answers there.
    ///
    /// # Errors
    /// When the socket cannot be reached, or belongs to another user.
    pub async fn connect(store_dir: &Path) -> Result<Option<Self>, ControlError> {
        let path = socket::path(store_dir);
        let error = |source| ControlError::Socket { doing: "connect to", path: path.clone(), source };
        let address = match Address::of(&path) {
            Err(source) if source.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(error)?,
        };
        let stream = match UnixStream::connect(address.path()).await {
            Err(source) if is_absence(source.kind()) => return Ok(None),
            other => other.map_err(error)?,
        };
        if socket::is_ours(&stream) {
            Ok(Some(Self { stream, path }))
        } else {
            Err(ControlError::Stranger { path })
        }
    }

    /// Has the owner carry the command out and gives its exit code. Meanwhile shows what it prints (`print`
    /// says whether anybody still reads stdout), puts its questions to the person here (`None` where nobody can be asked), and passes on each Ctrl-C.
    ///
    /// # Errors
    /// [`ControlError::NotTaken`] when the owner ends before it has begun; otherwise when it ends before it
    /// has answered, or does not answer in frames.
    pub async fn execute(
        self,
        request: &Request,
        mut print: impl FnMut(Output) -> bool,
        mut ask: impl AsyncFnMut(String) -> Option<String>,
        mut interrupts: mpsc::Receiver<()>,
    ) -> Result<u8, ControlError> {
        let Self { stream, path } = self;
        let failed = |source: io::Error, ended: ControlError| match source.kind() {
            io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => ended,
            _ => ControlError::Socket { doing: "talk to the owner on", path: path.clone(), source },
        };
        let line = protocol::line(request).map_err(|error| ControlError::NotText(error.to_string()))?;
        if line.len() as u64 > LONGEST_LINE {
            return Err(ControlError::TooLong);
        }
        let (reading, mut writing) = stream.into_split();
        writing.write_all(&line).await.map_err(|source| failed(source, ControlError::NotTaken))?;
        let mut reader = BufReader::new(reading);
        let (mut is_taken, mut is_read) = (false, true);
        loop {
            let line = {
                let mut line = std::pin::pin!(protocol::read_line(&mut reader));
                loop {
                    tokio::select! {
                        biased;
                        line = &mut line => break line,
                        Some(()) = interrupts.recv() => say(&mut writing, &Message::Interrupt).await,
                    }
                }
            };
            let ended = || if is_taken { ControlError::OwnerEnded } else { ControlError::NotTaken };
            let line = match line.map_err(|source| failed(source, ended()))? {
                Line::Whole(line) => line,
                Line::Ended => return Err(ended()),
                Line::TooLong => return Err(ControlError::Unreadable),
            };
            let was_read = is_read;
            match serde_json::from_slice(&line).map_err(|_| ControlError::Unreadable)? {
                Frame::Taken => is_taken = true,
                Frame::Stdout(text) => is_read &= print(Output::Stdout(text)),
                Frame::Stderr(text) => is_read &= print(Output::Stderr(text)),
                Frame::Question(question) => {
                    let answer = ask(question).await;
                    say(&mut writing, &Message::Answer(answer)).await;
                }
                Frame::Exit(code) => return Ok(code),
            }
            if was_read && !is_read {
                say(&mut writing, &Message::Closed).await;
            }
        }
    }
}

/// Tells the owner something. Where that fails the owner is gone, which the next read will say.
async fn say(writing: &mut OwnedWriteHalf, message: &Message) {
    if let Ok(line) = protocol::line(message) {
        drop(writing.write_all(&line).await);
    }
}

/// No socket, or one that a dead owner left.
fn is_absence(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}
