//! A listener for one test, and a client that says exactly what it is told.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use blake3::Hash;
use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;

use crate::clock::{Clock, ManualClock};
use crate::web::{Counted, Counts, Desk, Listener, Peers, Taken, Tls};

/// The path that is heard.
pub const PATH: &str = "/webhooks/main/right";

/// A listener of the channel `main`, whose secrets are `right` and `before`.
pub struct Heard {
    pub address: SocketAddr,
    pub clock: ManualClock,
    pub counts: Arc<Counts>,
    /// What was taken: channel and body.
    pub taken: Arc<Mutex<Vec<(String, Bytes)>>>,
    /// A body needs one of these before it is kept.
    pub leave: Arc<Semaphore>,
    end: oneshot::Sender<()>,
    served: JoinHandle<()>,
}

impl Heard {
    /// Bodies are kept, but for `nonsense` and `unlucky`.
    pub fn start() -> Self {
        Self::start_with(Peers::default(), None)
    }

    pub fn start_with(peers: Peers, tls: Option<Tls>) -> Self {
        let clock = ManualClock::new("2026-07-01T12:00:00Z".parse().expect("a timestamp"));
        let listener = Listener::bind((Ipv4Addr::LOCALHOST, 0).into(), tls, peers).expect("a free port");
        let address = listener.address();
        let (taken, leave) =
            (Arc::new(Mutex::new(Vec::new())), Arc::new(Semaphore::new(Semaphore::MAX_PERMITS)));
        let (into, needs) = (Arc::clone(&taken), Arc::clone(&leave));
        let secrets = |channel: &str| -> Vec<Hash> {
            let known: &[&[u8]] = if channel == "main" { &[b"before", b"right"] } else { &[] };
            known.iter().map(|secret| blake3::hash(secret)).collect()
        };
        let take = move |channel: String, body: Bytes| {
            let (into, needs) = (Arc::clone(&into), Arc::clone(&needs));
            async move {
                needs.acquire().await.expect("open").forget();
                let answer = match &body[..] {
                    b"nonsense" => Taken::Malformed,
                    b"unlucky" => Taken::Unavailable,
                    _ => Taken::Kept { events: 2 },
                };
                into.lock().expect("not poisoned").push((channel, body));
                answer
            }
        };
        let desk = Arc::new(Desk::new(Arc::new(clock.clone()) as Arc<dyn Clock>, secrets, take));
        let counts = desk.counts();
        let (end, ended) = oneshot::channel();
        let served = tokio::spawn(listener.serve(desk, async { drop(ended.await) }));
        Self { address, clock, counts, taken, leave, end, served }
    }

    /// Nothing is kept before [`Heard::release`].
    pub fn hold(&self) {
        self.leave.forget_permits(Semaphore::MAX_PERMITS);
    }

    pub fn release(&self) {
        self.leave.add_permits(100_000);
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("somebody listens")
    }

    /// One request over a connection of its own, and the whole answer without its date.
    pub async fn ask(&self, request: &str) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request.as_bytes()).await.expect("writable");
        rest(&mut stream).await
    }

    pub async fn post(&self, path: &str, body: &str) -> String {
        self.ask(&posting(path, body)).await
    }

    pub fn bodies(&self) -> Vec<String> {
        let taken = self.taken.lock().expect("not poisoned");
        taken.iter().map(|(_, body)| String::from_utf8_lossy(body).into_owned()).collect()
    }

    pub async fn finish(self) -> Counted {
        self.end.send(()).expect("it serves");
        self.served.await.expect("it does not panic");
        self.counts.so_far()
    }
}

/// A request whose connection ends with it.
pub fn posting(path: &str, body: &str) -> String {
    let length = body.len();
    format!("POST {path} HTTP/1.1\r\nhost: h\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
}

/// Everything up to the end, without the date. What a reset cut off is missing.
pub async fn rest(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut answer = Vec::new();
    drop(stream.read_to_end(&mut answer).await);
    let answer = String::from_utf8(answer).expect("text");
    let lines = answer.split_inclusive("\r\n").filter(|line| !line.starts_with("date:"));
    lines.collect()
}

/// One answer with an empty body, over a connection that stays; without the date.
pub async fn next(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        answer.push(stream.read_u8().await.expect("an answer"));
    }
    let answer = String::from_utf8(answer).expect("text");
    let lines = answer.split_inclusive("\r\n").filter(|line| !line.starts_with("date:"));
    lines.collect()
}
