//! Makes a post, and says what it was answered with.

use axum::body::{Body, to_bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Request, Uri};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// As much of an answer is read; providers want none at all.
const LONGEST_ANSWER: usize = 64 << 10;

/// The client of one provider's posts.
#[derive(Debug, Clone)]
pub(super) struct Poster(Client<HttpConnector, Body>);

/// An answer that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) has_body: bool,
}

impl Poster {
    pub(super) fn new() -> Self {
        Self(Client::builder(TokioExecutor::new()).build_http())
    }

    /// `None` when no whole answer came.
    pub(super) async fn post(&self, address: Uri, body: String) -> Option<Answer> {
        let request =
            Request::post(address).header(CONTENT_TYPE, "application/json").body(body.into()).ok()?;
        let response = self.0.request(request).await.ok()?;
        let status = response.status().as_u16();
        let body = to_bytes(Body::new(response.into_body()), LONGEST_ANSWER).await.ok()?;
        Some(Answer { status, has_body: !body.is_empty() })
    }
}
