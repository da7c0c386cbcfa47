//! One request and its answer.

use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use blake3::Hash;
use bytes::Bytes;
use http::header::{CONNECTION, HeaderValue, RETRY_AFTER};
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use percent_encoding::percent_decode_str;

use super::body::{self, NoBody};
use super::{Counts, Desk, Peers, Taken};
use crate::clock::Clock;

/// How long the sending of a body may take.
pub(super) const BODY_TIME: Duration = Duration::from_secs(10);

/// What [`RETRY_AFTER`] says to a post that could not be kept, in seconds.
const COME_BACK: HeaderValue = HeaderValue::from_static("5");

/// An answer. That to a webhook has an empty body, always.
pub type Answer = Response<String>;

/// Who answers what comes over a listener's connections.
pub trait Answerer: Send + Sync + 'static {
    /// The time that connections and requests are bounded by.
    fn clock(&self) -> &Arc<dyn Clock>;

    /// What is counted of connections that come to nothing.
    fn counts(&self) -> &Counts;

    /// Answers a request of `peer`. `is_full` says that it came over a connection too many.
    fn answer(
        &self,
        peers: &Peers,
        peer: IpAddr,
        is_full: bool,
        request: Request<Incoming>,
    ) -> impl Future<Output = Answer> + Send;
}

impl<Secrets, Take, Taking> Answerer for Desk<Secrets, Take>
where
    Secrets: Fn(&str) -> Vec<Hash> + Send + Sync + 'static,
    Take: Fn(String, Bytes) -> Taking + Send + Sync + 'static,
    Taking: Future<Output = Taken> + Send + 'static,
{
    fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    fn counts(&self) -> &Counts {
        &self.counts
    }

    fn answer(
        &self,
        peers: &Peers,
        peer: IpAddr,
        is_full: bool,
        request: Request<Incoming>,
    ) -> impl Future<Output = Answer> + Send {
        answer(self, peers, peer, is_full, request)
    }
}

/// Answers a request. `is_full` says that it came over a connection too many.
async fn answer<Secrets, Take, Taking>(
    desk: &Desk<Secrets, Take>,
    peers: &Peers,
    peer: IpAddr,
    is_full: bool,
    request: Request<Incoming>,
) -> Answer
where
    Secrets: Fn(&str) -> Vec<Hash> + Send + Sync + 'static,
    Take: Fn(String, Bytes) -> Taking + Send + Sync + 'static,
    Taking: Future<Output = Taken> + Send + 'static,
{
    if is_full {
        desk.counts.unavailable();
        return closing(StatusCode::SERVICE_UNAVAILABLE);
    }
    let (head, body) = request.into_parts();
    let (channel, secret) = parts(head.uri.path());
    // Every question is asked of every request, so that the answers differ in nothing, their time included.
    let is_known = desk.knows(&channel, &secret);
    let is_admitted = peers.admit(peer, &head.headers);
    let is_post = head.method == Method::POST;
    if !(is_known & is_admitted & is_post) {
        desk.counts.refused();
        tracing::debug!("a request was refused: wrong address, secret, method or asker");
        return closing(StatusCode::NOT_FOUND);
    }
    let deadline = desk.clock.tick().after(BODY_TIME);
    let read = tokio::select! {
        read = body::read(body, &desk.held) => read,
        () = desk.clock.sleep_until(deadline) => {
            desk.counts.refused();
            tracing::debug!(channel, "a webhook was refused: its body took too long");
            return closing(StatusCode::REQUEST_TIMEOUT);
        }
    };
    let held = match read {
        Ok(held) => held,
        Err(NoBody::NoRoom) => {
            desk.counts.unavailable();
            tracing::debug!(channel, "a webhook was not taken: too many are held at once");
            return closing(StatusCode::SERVICE_UNAVAILABLE);
        }
        Err(why @ (NoBody::TooLarge | NoBody::Broken)) => {
            desk.counts.refused();
            tracing::debug!(channel, ?why, "a webhook was refused: its body cannot be taken");
            let is_large = why == NoBody::TooLarge;
            return closing(if is_large { StatusCode::PAYLOAD_TOO_LARGE } else { StatusCode::BAD_REQUEST });
        }
    };
    let taken = (desk.take)(channel.clone(), held.body.clone()).await;
    match taken {
        Taken::Kept { events } => {
            desk.counts.kept(events);
            tracing::debug!(channel, events, "a webhook is kept");
            with_status(StatusCode::OK)
        }
        Taken::Malformed => {
            desk.counts.malformed();
            closing(StatusCode::BAD_REQUEST)
        }
        Taken::Unavailable => {
            desk.counts.unavailable();
            closing(StatusCode::SERVICE_UNAVAILABLE)
        }
    }
}

/// The channel and the secret that a path names; empty ones, which nobody has, where it is no webhook's.
fn parts(path: &str) -> (String, Vec<u8>) {
    let mut segments = path.split('/');
    let named = (segments.next(), segments.next(), segments.next(), segments.next(), segments.next());
    let (Some(""), Some("webhooks"), Some(channel), Some(secret), None) = named else {
        return (String::new(), Vec::new());
    };
    match percent_decode_str(channel).decode_utf8() {
        Ok(channel) => (channel.into_owned(), secret.as_bytes().to_vec()),
        Err(_) => (String::new(), Vec::new()),
    }
}

pub(super) fn with_status(status: StatusCode) -> Answer {
    let mut answer = Response::new(String::new());
    *answer.status_mut() = status;
    answer
}

/// An answer after which the connection ends: only who posts what is taken keeps one.
pub(super) fn closing(status: StatusCode) -> Answer {
    let mut answer = with_status(status);
    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        answer.headers_mut().insert(RETRY_AFTER, COME_BACK);
    }
    answer
}
