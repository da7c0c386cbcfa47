//! The other processes' side: hands a command to the owner of the store.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::mpsc;

use crate::clock::Clock;

use super::protocol::{self, Frame, LONGEST_LINE, Line, Message, Output, Request};
use super::socket::{self, Address};
use super::{ControlError, Token, door};

/// How long another machine may take to be there and to prove that it knows the token.
const GREETING_TIME: Duration = Duration::from_secs(15);

/// A connection to the owner of the store, good for one command.
pub struct Client {
    reader: Box<dyn AsyncBufRead + Unpin + Send>,
    writing: Box<dyn AsyncWrite + Unpin + Send>,
    /// The socket, or the address.
    path: PathBuf,
}

impl fmt::Debug for Client {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("path", &self.path).finish_non_exhaustive()
    }
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
            let (reading, writing) = stream.into_split();
            Ok(Some(Self { reader: Box::new(BufReader::new(reading)), writing: Box::new(writing), path }))
        } else {
            Err(ControlError::Stranger { path })
        }
    }

    /// Connects to the door of another machine's `serve`, `host:port`, once both sides have proved that they know
    /// the token.
    ///
    /// # Errors
    /// When nobody answers there, or one of the two does not know it.
    pub async fn connect_to(address: &str, token: &Token, clock: &dyn Clock) -> Result<Self, ControlError> {
        let path = PathBuf::from(address);
        let error = |source| ControlError::Socket { doing: "connect to", path: path.clone(), source };
        let greeted = async {
            let stream = TcpStream::connect(address).await.map_err(error)?;
            door::greet(stream, token).await
        };
        let reader = tokio::select! {
            greeted = greeted => greeted?,
            () = clock.sleep_until(clock.tick().after(GREETING_TIME)) => {
                return Err(ControlError::Silent { place: path });
            }
        };
        let (reader, writing) = tokio::io::split(reader);
        Ok(Self { reader: Box::new(BufReader::new(reader)), writing: Box::new(writing), path })
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
        let Self { mut reader, mut writing, path } = self;
        let failed = |source: io::Error, ended: ControlError| match source.kind() {
            io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => ended,
            _ => ControlError::Socket { doing: "talk to the owner on", path: path.clone(), source },
        };
        let line = protocol::line(request).map_err(|error| ControlError::NotText(error.to_string()))?;
        if line.len() as u64 > LONGEST_LINE {
            return Err(ControlError::TooLong);
        }
        writing.write_all(&line).await.map_err(|source| failed(source, ControlError::NotTaken))?;
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
async fn say(writing: &mut (impl AsyncWrite + Unpin), message: &Message) {
    if let Ok(line) = protocol::line(message) {
        drop(writing.write_all(&line).await);
    }
}

/// No socket, or one that a dead owner left.
fn is_absence(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}
