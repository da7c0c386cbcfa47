//! The other processes' side: hands a command to the owner of the store.

use std::io;
use std::path::{Path, PathBuf};

use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

use super::ControlError;
use super::protocol::{self, Frame, LONGEST_LINE, Line, Output, Request};
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

    /// Has the owner carry the command out, passes on what it prints, and gives its exit code.
    ///
    /// # Errors
    /// When the owner ends before it has answered, or does not answer in frames.
    pub async fn execute(self, request: &Request, mut print: impl FnMut(Output)) -> Result<u8, ControlError> {
        let line = protocol::line(request).map_err(|error| ControlError::NotText(error.to_string()))?;
        if line.len() as u64 > LONGEST_LINE {
            return Err(ControlError::TooLong);
        }
        let Self { mut stream, path } = self;
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => ControlError::OwnerEnded,
            _ => ControlError::Socket { doing: "talk to the owner on", path: path.clone(), source },
        };
        stream.write_all(&line).await.map_err(failed)?;
        let mut reader = BufReader::new(stream);
        loop {
            let line = match protocol::read_line(&mut reader).await.map_err(failed)? {
                Line::Whole(line) => line,
                Line::Ended => return Err(ControlError::OwnerEnded),
                Line::TooLong => return Err(ControlError::Unreadable),
            };
            match serde_json::from_slice(&line).map_err(|_| ControlError::Unreadable)? {
                Frame::Stdout(text) => print(Output::Stdout(text)),
                Frame::Stderr(text) => print(Output::Stderr(text)),
                Frame::Exit(code) => return Ok(code),
            }
        }
    }
}

/// No socket, or one that a dead owner left.
fn is_absence(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}
