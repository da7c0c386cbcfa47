//! How a call is answered on the wire: with a whole answer, half of one, a closed connection, or never.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body::Frame;

use super::Answered;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Empty for a body without a type.
    pub(super) content_type: &'static str,
    pub(super) retry_after: Option<Duration>,
    pub(super) location: Option<String>,
    pub(super) body: Bytes,
}

impl Answer {
    /// An answer without special headers.
    pub(super) fn new(status: u16, (content_type, body): (&'static str, Bytes)) -> Self {
        Self { status, content_type, retry_after: None, location: None, body }
    }

    /// A JSON answer.
    pub(super) fn json(status: u16, body: impl Into<Bytes>) -> Self {
        Self::new(status, ("application/json", body.into()))
    }
}

/// What happens on the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    Whole(Answer),
    /// The head promises the whole body, half of it comes, the connection is closed.
    Truncated(Answer),
    /// The connection is closed without a byte.
    Closed,
    Never,
}

impl Reply {
    /// For the record.
    pub(super) fn answered(&self) -> Answered {
        match self {
            Self::Whole(answer) => Answered::Status(answer.status),
            Self::Truncated(_) => Answered::Truncated,
            Self::Closed => Answered::Dropped,
            Self::Never => Answered::Hung,
        }
    }

    /// Waits for ever where nothing is to come.
    pub(super) async fn into_response(self) -> Response {
        match self {
            Self::Whole(answer) => {
                let body = answer.body.clone();
                response(&answer, body.into())
            }
            Self::Truncated(answer) => {
                let half = answer.body.slice(..answer.body.len() / 2);
                let mut response = response(&answer, Body::new(Cut::AfterBytes(half)));
                response.headers_mut().insert(CONTENT_LENGTH, answer.body.len().into());
                response
            }
            Self::Closed => {
                let mut response = StatusCode::NO_CONTENT.into_response();
                response.extensions_mut().insert(CloseConnection);
                response
            }
            Self::Never => match std::future::pending::<Infallible>().await {},
        }
    }
}

/// Marks a response that must not be sent: whoever serves the connection closes it instead.
#[derive(Debug, Clone, Copy)]
pub(super) struct CloseConnection;

fn response(answer: &Answer, body: Body) -> Response {
    let mut headers = HeaderMap::new();
    if !answer.content_type.is_empty() {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    }
    if let Some(wait) = answer.retry_after {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        headers.insert(RETRY_AFTER, seconds.into());
    }
    if let Some(location) = answer.location.as_deref().and_then(|location| location.parse().ok()) {
        headers.insert(LOCATION, location);
    }
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, headers, body).into_response()
}

/// A body that breaks off. The pause lets the server send what it has before it hears of the break.
#[derive(Debug)]
enum Cut {
    AfterBytes(Bytes),
    AfterPause,
    Now,
}

impl http_body::Body for Cut {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match std::mem::replace(&mut *self, Self::Now) {
            Self::AfterBytes(bytes) => {
                *self = Self::AfterPause;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Self::AfterPause => {
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Self::Now => Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into()))),
        }
    }
}
