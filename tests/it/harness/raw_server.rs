//! A server that breaks connections in ways that no HTTP server would, or says exactly what it is told to
//! and keeps what it was asked.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// What it does with a connection once something of the request has arrived.
#[derive(Debug, Clone, Copy)]
pub enum Breakage {
    /// Ends it with a reset.
    Reset,
    /// Reads the whole request, writes this, and ends the connection.
    Say(&'static str),
}

/// Serves one connection after the other, each with the next breakage. Gives its address; the thread
/// ends after the last.
pub fn breaking(breakages: impl IntoIterator<Item = Breakage> + Send + 'static) -> String {
    let (listener, address) = listening();
    thread::spawn(move || {
        for breakage in breakages {
            let (connection, _) = listener.accept().expect("somebody connects");
            serve(connection, breakage);
        }
    });
    address
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Received {
    /// `POST`.
    pub method: String,
    /// Path and query.
    pub path: String,
    headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
}

impl Received {
    fn read(request: &[u8]) -> Self {
        let text = String::from_utf8_lossy(request);
        let (head, _) = text.split_once("\r\n\r\n").expect("a head");
        let mut lines = head.lines();
        let mut first = lines.next().expect("a first line").split(' ');
        let mut word = || first.next().expect("method and path").to_owned();
        let header = |line: &str| {
            let (name, value) = line.split_once(':').expect("a header");
            (name.to_lowercase(), value.trim().to_owned())
        };
        // Of a head that is ASCII, which each is, the text is as long as the bytes.
        let body = request[head.len() + 4..].to_vec();
        Self { method: word(), path: word(), headers: lines.map(header).collect(), body }
    }

    /// The value of a header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// A server that gives these answers, one connection after the other, and nobody listens after the last.
pub struct Recorder {
    address: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Recorder {
    /// Answers are a status and a body.
    pub fn answering(answers: impl IntoIterator<Item = (u16, String)>) -> Self {
        let (listener, address) = listening();
        let received = Arc::new(Mutex::new(Vec::new()));
        let (answers, kept) = (answers.into_iter().collect::<Vec<_>>(), Arc::clone(&received));
        thread::spawn(move || {
            for (status, body) in answers {
                let (mut connection, _) = listener.accept().expect("somebody connects");
                let request = Received::read(&read_request(&mut connection));
                kept.lock().unwrap_or_else(PoisonError::into_inner).push(request);
                let answer = format!(
                    "HTTP/1.1 {status} -\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
                     connection: close\r\n\r\n{body}",
                    body.len()
                );
                drop(connection.write_all(answer.as_bytes()));
            }
        });
        Self { address, received }
    }

    /// Its address, without a trailing slash.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it was asked, in order.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn listening() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("bound");
    (listener, address.to_string())
}

fn serve(mut connection: TcpStream, breakage: Breakage) {
    // What the far side does when it is cut off is no fault of this server.
    match breakage {
        Breakage::Reset => {
            // Linux resets a connection that is closed with bytes in it that nobody has read.
            drop(connection.peek(&mut [0]));
        }
        Breakage::Say(words) => {
            read_request(&mut connection);
            drop(connection.write_all(words.as_bytes()));
        }
    }
}

/// Reads up to the end of the body.
fn read_request(connection: &mut TcpStream) -> Vec<u8> {
    let mut request = Vec::new();
    let mut buffer = [0; 4_096];
    while let Ok(length @ 1..) = connection.read(&mut buffer) {
        request.extend_from_slice(&buffer[..length]);
        if is_whole(&request) {
            break;
        }
    }
    request
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, _)) = text.split_once("\r\n\r\n") else { return false };
    let length = head
        .lines()
        .find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
    request.len() >= head.len() + 4 + length.unwrap_or(0_usize)
}
