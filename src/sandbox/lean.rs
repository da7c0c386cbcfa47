//! A far side that answers without judging: each message of a call is accepted, whatever it says, and nothing of it
//! is kept. What is measured against it is the sender.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use serde::Deserialize;
use serde::de::IgnoredAny;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::server::{SandboxError, listen, serve};
use crate::clock::{Clock, Tick};
use crate::provider::devino::wire::MESSAGES_PATH;

/// The first message's identifier: as long as the provider's own, and beyond what `f64` holds (seed 002, "Resposta
/// exemplo").
const FIRST_IDENTIFIER: u64 = 3_158_611_117_881_950_208;

/// A running one. Takes Devino's calls (`POST /whatsapp/messages`), and says at `GET /sandbox/state` how many
/// came, and when, in microseconds since it began: `{"calls": 2, "accepted": 200, "first_call_micros": 812,
/// "last_call_micros": 1020, "now_micros": 5000}`. Stops when it is dropped.
#[derive(Debug)]
pub struct LeanSandbox {
    address: SocketAddr,
    stopping: Option<oneshot::Sender<()>>,
    serving: JoinHandle<()>,
}

#[derive(Debug)]
struct Till {
    clock: Arc<dyn Clock>,
    latency: Duration,
    calls: AtomicU64,
    accepted: AtomicU64,
    first_call: AtomicU64,
    last_call: AtomicU64,
}

/// As little of a call as can be counted.
#[derive(Deserialize)]
struct Call {
    messages: Vec<IgnoredAny>,
}

impl LeanSandbox {
    /// Starts one that answers each call so long after it came. Port 0 takes any free one. Must be called on a
    /// tokio runtime, on which it runs.
    ///
    /// # Errors
    /// When the address cannot be listened on, or outside a runtime.
    pub fn start(
        address: SocketAddr,
        latency: Duration,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SandboxError> {
        let (listener, address, runtime) = listen(address)?;
        let none = || AtomicU64::new(0);
        let till =
            Till { clock, latency, calls: none(), accepted: none(), first_call: none(), last_call: none() };
        let routes = Router::new()
            .route(MESSAGES_PATH, post(take))
            .route("/sandbox/state", get(state))
            .with_state(Arc::new(till));
        let (stopping, stopped) = oneshot::channel();
        let serving = runtime.spawn(serve(listener, routes, Vec::new(), stopped));
        Ok(Self { address, stopping: Some(stopping), serving })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes the listener and every connection.
    pub async fn stop(mut self) {
        drop(self.stopping.take());
        // An error would say that serving had ended already.
        drop((&mut self.serving).await);
    }
}

impl Drop for LeanSandbox {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn take(State(till): State<Arc<Till>>, body: Bytes) -> Response {
    let Ok(Call { messages }) = serde_json::from_slice(&body) else {
        return (StatusCode::BAD_REQUEST, "{\"code\":\"REJECTED\"}").into_response();
    };
    let came = till.clock.tick();
    let micros = |tick: Tick| u64::try_from(tick.0.as_micros()).unwrap_or(u64::MAX).max(1);
    // Whoever is second finds it set.
    let _ = till.first_call.compare_exchange(0, micros(came), Ordering::Relaxed, Ordering::Relaxed);
    till.last_call.fetch_max(micros(came), Ordering::Relaxed);
    till.calls.fetch_add(1, Ordering::Relaxed);
    let count = u64::try_from(messages.len()).unwrap_or(u64::MAX);
    let first = till.accepted.fetch_add(count, Ordering::Relaxed) + FIRST_IDENTIFIER;
    if !till.latency.is_zero() {
        till.clock.sleep_until(came.after(till.latency)).await;
    }
    let mut answer = String::with_capacity(16 + 52 * messages.len());
    answer.push_str("{\"result\":[");
    for identifier in first..first + count {
        if identifier > first {
            answer.push(',');
        }
        // Writing into a String cannot fail.
        let _ = write!(answer, "{{\"code\":\"OK\",\"messageId\":\"{identifier}\"}}");
    }
    answer.push_str("]}");
    ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], answer).into_response()
}

async fn state(State(till): State<Arc<Till>>) -> Response {
    let [calls, accepted, first, last] = [&till.calls, &till.accepted, &till.first_call, &till.last_call]
        .map(|count| count.load(Ordering::Relaxed));
    let state = serde_json::json!({
        "calls": calls,
        "accepted": accepted,
        "first_call_micros": first,
        "last_call_micros": last,
        "now_micros": u64::try_from(till.clock.tick().0.as_micros()).unwrap_or(u64::MAX),
    });
    axum::Json(state).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::devino::wire::SendResponse;

    #[tokio::test]
    async fn what_it_answers_is_read_as_the_providers_answer() {
        let till = Arc::new(Till {
            clock: Arc::new(crate::clock::SystemClock::new()),
            latency: Duration::ZERO,
            calls: AtomicU64::new(0),
            accepted: AtomicU64::new(7),
            first_call: AtomicU64::new(0),
            last_call: AtomicU64::new(0),
        });
        let call = Bytes::from_static(b"{\"messages\":[{\"to\":\"1\"},{\"to\":\"2\"}]}");
        let answered = take(State(Arc::clone(&till)), call).await;
        let body = axum::body::to_bytes(answered.into_body(), 1_000).await.expect("a body");
        let answer: SendResponse = serde_json::from_slice(&body).expect("an answer");
        let results = answer.result.expect("results").into_iter().flatten();
        let numbers: Vec<_> = results
            .map(|result| {
                assert_eq!(result.code.as_deref(), Some("OK"));
                result.message_id.expect("an identifier").to_string()
            })
            .collect();
        assert_eq!(numbers, ["3158611117881950215", "3158611117881950216"]);
        assert_eq!((till.calls.load(Ordering::Relaxed), till.accepted.load(Ordering::Relaxed)), (1, 9));
        let refused = take(State(till), Bytes::from_static(b"{}")).await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    }
}
