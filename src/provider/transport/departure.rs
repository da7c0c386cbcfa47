//! Whether a request has begun to leave: the fact on which "not sent" and "in doubt" part.
//!
//! hyper (1.12, `proto/h1/dispatch.rs`, `poll_write`) encodes a request's head into a buffer, asks the
//! body for its first frame in the same breath, and only then flushes. It flushes before asking only
//! while that buffer is full, which a head of ours never does, and does not ask an empty body at all. So
//! a body that was never asked is a request of which no byte was written. The opposite does not hold:
//! a body that was asked may have left or not, which is doubt.
//!
//! Having given up a call, its caller *withdraws* it: hyper's own task may be about to take the request
//! up at this very moment, and is then refused the body, which drops the connection with the head still
//! in its buffer. A request either leaves or is withdrawn, never both.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use thiserror::Error;

const WAITING: u8 = 0;
const LEAVING: u8 = 1;
const WITHDRAWN: u8 = 2;

/// The moment at which a request begins to leave, seen from both sides.
#[derive(Debug, Clone)]
pub struct Departure(Arc<AtomicU8>);

impl Departure {
    /// A departure and the body that is to depart, which must not be empty.
    #[must_use]
    pub fn of(bytes: Bytes) -> (Self, DepartingBody) {
        // An empty body is never asked for, so that nothing can be said about it.
        let state = if bytes.is_empty() { LEAVING } else { WAITING };
        let departure = Self(Arc::new(AtomicU8::new(state)));
        (departure.clone(), DepartingBody { bytes, departure })
    }

    /// Keeps the request from leaving. False when it has begun to: then nobody can say how far it came.
    #[must_use]
    pub fn withdraw(&self) -> bool {
        self.move_to(WITHDRAWN)
    }

    fn leave(&self) -> bool {
        self.move_to(LEAVING)
    }

    fn move_to(&self, state: u8) -> bool {
        match self.0.compare_exchange(WAITING, state, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => true,
            Err(already) => already == state,
        }
    }
}

/// A request's body in one frame, which notes when it is asked for.
#[derive(Debug)]
pub struct DepartingBody {
    bytes: Bytes,
    departure: Departure,
}

/// The caller gave the request up before it began to leave.
#[derive(Debug, Error)]
#[error("the request was withdrawn")]
pub struct Withdrawn;

impl Body for DepartingBody {
    type Data = Bytes;
    type Error = Withdrawn;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Withdrawn>>> {
        if !self.departure.leave() {
            return Poll::Ready(Some(Err(Withdrawn)));
        }
        let bytes = std::mem::take(&mut self.bytes);
        Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Exact, so that the request carries `content-length` and is not sent in pieces.
    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poll(body: &mut DepartingBody) -> Poll<Option<Result<Frame<Bytes>, Withdrawn>>> {
        Pin::new(body).poll_frame(&mut Context::from_waker(std::task::Waker::noop()))
    }

    #[test]
    fn a_request_leaves_or_is_withdrawn_but_never_both() {
        let (departure, mut body) = Departure::of(Bytes::from_static(b"{}"));
        assert!(matches!(poll(&mut body), Poll::Ready(Some(Ok(_)))));
        assert!(body.is_end_stream());
        assert!(!departure.withdraw());

        let (departure, mut body) = Departure::of(Bytes::from_static(b"{}"));
        assert!(departure.withdraw());
        assert!(departure.withdraw(), "still withdrawn");
        assert!(matches!(poll(&mut body), Poll::Ready(Some(Err(Withdrawn)))));

        let (departure, _) = Departure::of(Bytes::new());
        assert!(!departure.withdraw(), "nothing can be said about an empty body");
    }
}
