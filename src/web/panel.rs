//! The panel: what operators ask, on an address that no stranger reaches.

use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;

use http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, StatusCode};
use hyper::body::Incoming;

use super::answer::{closing, with_status};
use super::{Answer, Answerer, Counts, Peers};
use crate::clock::Clock;

/// What can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// `/metrics`: counts for Prometheus.
    Metrics,
    /// `/healthz`: whether the process lives.
    Health,
    /// `/readyz`: whether it can do its work.
    Readiness,
}

/// An answer's body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Whether it is 200, and not 503.
    pub is_well: bool,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// The text.
    pub text: String,
}

/// Answers `GET` and `HEAD` of what can be asked by what `show` gives.
pub struct Panel<Show> {
    clock: Arc<dyn Clock>,
    counts: Counts,
    show: Show,
}

impl<Show> std::fmt::Debug for Panel<Show> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Panel").field("counts", &self.counts).finish_non_exhaustive()
    }
}

impl<Show> Panel<Show> {
    /// See the type.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, show: Show) -> Self {
        Self { clock, counts: Counts::default(), show }
    }
}

impl<Show, Showing> Answerer for Panel<Show>
where
    Show: Fn(Sight) -> Showing + Send + Sync + 'static,
    Showing: Future<Output = Shown> + Send + 'static,
{
    fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    fn counts(&self) -> &Counts {
        &self.counts
    }

    async fn answer(&self, peers: &Peers, peer: IpAddr, is_full: bool, request: Request<Incoming>) -> Answer {
        if is_full {
            return closing(StatusCode::SERVICE_UNAVAILABLE);
        }
        let sight = match request.uri().path() {
            "/metrics" => Sight::Metrics,
            "/healthz" => Sight::Health,
            "/readyz" => Sight::Readiness,
            _ => return closing(StatusCode::NOT_FOUND),
        };
        if !peers.admit(peer, request.headers()) {
            return closing(StatusCode::NOT_FOUND);
        }
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let mut answer = closing(StatusCode::METHOD_NOT_ALLOWED);
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return answer;
        }
        let Shown { is_well, content_type, text } = (self.show)(sight).await;
        let mut answer = with_status(if is_well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE });
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        answer.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // Of an answer to HEAD, hyper leaves the body out and says how long it would be.
        *answer.body_mut() = text;
        answer
    }
}
