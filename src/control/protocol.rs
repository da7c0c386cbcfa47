//! The words on the socket: one JSON value a line, a request one way, frames the other.

use std::io::BufRead;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt};

/// Lines longer than this are refused, in bytes.
pub(super) const LONGEST_LINE: u64 = 1 << 20;

/// The most text in one frame, in bytes: JSON may write a byte as six.
pub(super) const LONGEST_PIECE: usize = 64 << 10;

/// A command to be carried out by the owner of the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The asking program's version. Command lines mean the same only between equal versions.
    pub version: String,
    /// The command line, without the program's name.
    pub arguments: Vec<String>,
    /// Whether the asking side shows colours.
    pub colour: bool,
    /// The asking side's columns.
    pub width: usize,
    /// Whether the asking side's stderr is a terminal.
    pub live: bool,
    /// Where the asking side stands, against which its relative paths are read.
    pub cwd: PathBuf,
}

impl Request {
    /// The version that this program speaks.
    pub const VERSION: &str = env!("CARGO_PKG_VERSION");

    /// Reads a request.
    ///
    /// # Errors
    /// A sentence for the asking side.
    pub(super) fn read(line: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Versioned {
            version: String,
        }
        let unreadable = |error: serde_json::Error| format!("the request cannot be read: {error}");
        let Versioned { version } = serde_json::from_slice(line).map_err(unreadable)?;
        if version != Self::VERSION {
            return Err(format!(
                "this is disparo {version}, but the workspace is owned by a process of disparo {}; \
                 use that version, or wait until the process has ended",
                Self::VERSION
            ));
        }
        serde_json::from_slice(line).map_err(unreadable)
    }
}

/// One line of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Frame {
    /// The command is going to be carried out. Always the first: without it nothing has been done, and
    /// the command may be given again.
    Taken,
    /// Text for stdout.
    Stdout(String),
    /// Text for stderr.
    Stderr(String),
    /// A question for the person at the other end, who answers in a line or cannot be asked.
    Question(String),
    /// The command has ended with this code. Always the last.
    Exit(u8),
}

/// What the asking side may say while its command is carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Message {
    /// Ctrl-C was pressed there.
    Interrupt,
    /// What a person answered to the question; `None` where nobody can be asked.
    Answer(Option<String>),
    /// Nobody reads stdout there any more.
    Closed,
}

/// Text of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// What the command was asked for: stdout.
    Stdout(String),
    /// Everything else: stderr.
    Stderr(String),
}

/// A value as a line.
pub(super) fn line(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(value)?;
    line.push(b'\n');
    Ok(line)
}

/// What came of reading a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A whole line, without its end.
    Whole(Vec<u8>),
    /// The stream ended, perhaps inside a line.
    Ended,
    /// The line goes on beyond the bound.
    TooLong,
}

/// Reads one line, holding no more than the bound in memory.
pub(super) async fn read_line(reader: impl AsyncBufRead + Unpin) -> std::io::Result<Line> {
    read_line_within(reader, LONGEST_LINE).await
}

/// [`read_line`] of so many bytes at most.
pub(super) async fn read_line_within(
    reader: impl AsyncBufRead + Unpin,
    longest: u64,
) -> std::io::Result<Line> {
    let mut line = Vec::new();
    let read = reader.take(longest + 1).read_until(b'\n', &mut line).await?;
    Ok(match line.pop() {
        Some(b'\n') => Line::Whole(line),
        Some(_) if read as u64 > longest => Line::TooLong,
        Some(_) | None => Line::Ended,
    })
}

/// [`read_line`] for a thread that may wait; `None` for anything but a whole line.
pub(super) fn read_line_blocking(reader: impl BufRead) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    reader.take(LONGEST_LINE + 1).read_until(b'\n', &mut line).ok()?;
    (line.pop() == Some(b'\n')).then_some(line)
}

/// Cuts text into pieces of at most [`LONGEST_PIECE`] bytes, never inside a character.
pub(super) fn pieces(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        if text.is_empty() {
            return None;
        }
        let (piece, rest) = text.split_at(text.floor_char_boundary(LONGEST_PIECE));
        text = rest;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_what_the_protocol_says() {
        for (frame, written) in [
            (Frame::Taken, "\"taken\"\n"),
            (Frame::Stdout("a\n".to_owned()), "{\"stdout\":\"a\\n\"}\n"),
            (Frame::Stderr("é".to_owned()), "{\"stderr\":\"é\"}\n"),
            (Frame::Exit(7), "{\"exit\":7}\n"),
        ] {
            assert_eq!(line(&frame).expect("serialises"), written.as_bytes());
        }
    }

    #[test]
    fn another_version_is_told_so_whatever_else_it_says() {
        let told = Request::read(br#"{"version":"0.0.9","verb":"sing"}"#).expect_err("refused");
        insta::assert_snapshot!(told.replace(Request::VERSION, "[ours]"), @"this is disparo 0.0.9, but the workspace is owned by a process of disparo [ours]; use that version, or wait until the process has ended");
        let same = format!(r#"{{"version":"{}"}}"#, Request::VERSION);
        insta::assert_snapshot!(Request::read(same.as_bytes()).expect_err("refused"), @"the request cannot be read: missing field `arguments` at line 1 column 19");
        insta::assert_snapshot!(Request::read(b"hello").expect_err("refused"), @"the request cannot be read: expected value at line 1 column 1");
    }

    #[tokio::test]
    async fn lines_are_bounded() {
        let long = vec![b'a'; usize::try_from(LONGEST_LINE).expect("fits") + 10];
        assert_eq!(read_line(long.as_slice()).await.expect("reads"), Line::TooLong);
        assert_eq!(read_line(&b"ab\ncd"[..]).await.expect("reads"), Line::Whole(b"ab".to_vec()));
        assert_eq!(read_line(&b"cd"[..]).await.expect("reads"), Line::Ended);
        assert_eq!(read_line(&b""[..]).await.expect("reads"), Line::Ended);
    }

    proptest::proptest! {
        #[test]
        fn pieces_are_the_text(character in ".", times in 0..200_000usize) {
            let text = character.repeat(times);
            let pieces: Vec<_> = pieces(&text).collect();
            assert!(pieces.iter().all(|piece| (1..=LONGEST_PIECE).contains(&piece.len())));
            assert_eq!(pieces.concat(), text);
        }
    }
}
