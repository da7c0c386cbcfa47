//! The record as a body that is written while it is sent.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::Frame;

use super::line::Line;

/// Entries in one piece of the body.
const PIECE: usize = 1_000;

/// A body of lines. `next` gives some entries from a position on, at most so many, none at the end; it
/// is called as the body is sent, so that a long record is never copied whole.
pub(in crate::sandbox) struct Lines<Next> {
    next: Next,
    position: usize,
}

impl<Next> Lines<Next> {
    pub(in crate::sandbox) fn new(next: Next) -> Self {
        Self { next, position: 0 }
    }
}

impl<T, Next> http_body::Body for Lines<Next>
where
    T: Line,
    Next: Fn(usize, usize) -> Vec<T> + Unpin,
{
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let entries = (self.next)(self.position, PIECE);
        if entries.is_empty() {
            return Poll::Ready(None);
        }
        self.position += entries.len();
        let mut lines = Vec::new();
        for entry in entries {
            // Memory takes every line; see `Line::write`.
            drop(entry.write(&mut lines));
        }
        Poll::Ready(Some(Ok(Frame::data(lines.into()))))
    }
}
