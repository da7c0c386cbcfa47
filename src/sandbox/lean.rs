//! A far side that answers without judging: each message of a call is accepted, whatever it says, and nothing of it
//! is kept. What is measured against it is the sender.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::net::{self, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Method, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde::de::IgnoredAny;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::server::{SandboxError, accept};
use crate::clock::{Clock, Tick};
use crate::provider::devino::wire::MESSAGES_PATH;

/// The first message's identifier: as long as the provider's own, and beyond what `f64` holds (seed 002, "Resposta
/// exemplo").
const FIRST_IDENTIFIER: u64 = 3_158_611_117_881_950_208;

/// Where it says what came.
const STATE_PATH: &str = "/sandbox/state";

/// A running one. Takes Devino's calls (`POST /whatsapp/messages`), and says at `GET /sandbox/state` how many
/// came, and when, in microseconds since it began: `{"calls": 2, "accepted": 200, "first_call_micros": 812,
/// "last_call_micros": 1020, "now_micros": 5000}`. Stops when it is dropped.
///
/// All of it is one thread of its own: beside a sender that uses every processor, handing calls on between
/// threads would cost more than answering them.
#[derive(Debug)]
pub struct LeanSandbox {
    address: SocketAddr,
    // Its end is what the thread stops at.
    _stopping: oneshot::Sender<()>,
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
    /// Starts one that answers each call so long after it came. Port 0 takes any free one.
    ///
    /// # Errors
    /// When the address cannot be listened on, or the system has no thread for it.
    pub fn start(
        address: SocketAddr,
        latency: Duration,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SandboxError> {
        let failed = |source| SandboxError::Listen { address, source };
        let listener = net::TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        let till = Arc::new(Till::new(clock, latency));
        let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let (stopping, stopped) = oneshot::channel();
        let serving = move || {
            runtime.block_on(async {
                // A listener that the runtime does not take answers nobody, which whoever connects sees.
                let Ok(listener) = TcpListener::from_std(listener) else { return };
                let mut connections = JoinSet::new();
                let serve = |stream, _| serve_connection(stream, Arc::clone(&till));
                tokio::select! {
                    _ = stopped => {}
                    () = accept(listener, &mut connections, serve) => {}
                }
            });
        };
        thread::Builder::new().name("lean-sandbox".to_owned()).spawn(serving).map_err(failed)?;
        Ok(Self { address: bound, _stopping: stopping })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Till {
    fn new(clock: Arc<dyn Clock>, latency: Duration) -> Self {
        let none = || AtomicU64::new(0);
        Self { clock, latency, calls: none(), accepted: none(), first_call: none(), last_call: none() }
    }
}

async fn serve_connection(stream: TcpStream, till: Arc<Till>) {
    // Without it answers only come later.
    drop(stream.set_nodelay(true));
    let service = service_fn(|request| answer(request, Arc::clone(&till)));
    // An error says that the client went away.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}

async fn answer(request: Request<Incoming>, till: Arc<Till>) -> Result<Response<Full<Bytes>>, Infallible> {
    let route = (request.method().clone(), request.uri().path());
    Ok(match route {
        (Method::POST, MESSAGES_PATH) => match request.into_body().collect().await {
            Ok(body) => take(&till, &body.to_bytes()).await,
            // Cut off: nobody reads what is answered.
            Err(_) => json(StatusCode::BAD_REQUEST, String::new()),
        },
        (Method::GET, STATE_PATH) => state(&till),
        _ => json(StatusCode::NOT_FOUND, String::new()),
    })
}

fn json(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

async fn take(till: &Till, body: &[u8]) -> Response<Full<Bytes>> {
    let Ok(Call { messages }) = serde_json::from_slice(body) else {
        return json(StatusCode::BAD_REQUEST, "{\"code\":\"REJECTED\"}".to_owned());
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
    json(StatusCode::OK, answer)
}

fn state(till: &Till) -> Response<Full<Bytes>> {
    let [calls, accepted, first, last] = [&till.calls, &till.accepted, &till.first_call, &till.last_call]
        .map(|count| count.load(Ordering::Relaxed));
    let state = serde_json::json!({
        "calls": calls,
        "accepted": accepted,
        "first_call_micros": first,
        "last_call_micros": last,
        "now_micros": u64::try_from(till.clock.tick().0.as_micros()).unwrap_or(u64::MAX),
    });
    json(StatusCode::OK, state.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::devino::wire::SendResponse;

    #[tokio::test]
    async fn what_it_answers_is_read_as_the_providers_answer() {
        let till = Till::new(Arc::new(crate::clock::SystemClock::new()), Duration::ZERO);
        till.accepted.store(7, Ordering::Relaxed);
        let answered = take(&till, b"{\"messages\":[{\"to\":\"1\"},{\"to\":\"2\"}]}").await;
        let body = answered.into_body().collect().await.expect("a body").to_bytes();
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
        let refused = take(&till, b"{}").await;
        assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    }
}
