//! `disparo sandbox --lean` in a process of its own.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde::Deserialize;

use super::bench::Bench;
use super::process::Running;

/// See the module.
pub struct FarSide {
    process: Running,
    address: String,
}

/// What it says of itself; times are since its start.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct State {
    /// Calls that came.
    pub calls: u64,
    /// Messages in them.
    pub accepted: u64,
    /// When the first call came.
    #[serde(rename = "first_call_micros")]
    pub first: u64,
    /// When the last one came.
    #[serde(rename = "last_call_micros")]
    pub last: u64,
    /// When this was said.
    #[serde(rename = "now_micros")]
    pub now: u64,
}

impl State {
    /// Messages a second from the first call to the last.
    pub fn rate(&self) -> f64 {
        let per_call = self.accepted as f64 / self.calls.max(1) as f64;
        (self.accepted as f64 - per_call) / ((self.last - self.first).max(1) as f64 / 1e6)
    }
}

impl FarSide {
    /// Starts one that takes so long for each answer.
    pub fn lean(bench: &Bench, latency: Duration) -> Self {
        let latency = format!("{}ms", latency.as_millis());
        Self::start(bench, &["--lean", "--latency", &latency])
    }

    /// Begins anew at the same address, which a frozen plan knows.
    pub fn restart(&mut self, bench: &Bench, latency: Duration) {
        let (address, latency) = (self.address.clone(), format!("{}ms", latency.as_millis()));
        self.process.end();
        *self = Self::start(bench, &["--lean", "--latency", &latency, "--listen", &address]);
    }

    /// Starts one that judges, and keeps a record.
    pub fn strict(bench: &Bench) -> Self {
        Self::start(bench, &[])
    }

    fn start(bench: &Bench, arguments: &[&str]) -> Self {
        let mut command = Command::new(bench.disparo());
        command.arg("sandbox").args(arguments).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("disparo starts");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut line).expect("a line");
        let address = line.trim().trim_start_matches("listening on http://").to_owned();
        assert!(address.contains(':'), "the sandbox said {line:?}");
        Self { process: Running(process), address }
    }

    /// The base address for channels.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where Devino's messages go.
    pub fn messages_url(&self) -> String {
        format!("http://{}/whatsapp/messages", self.address)
    }

    /// What came so far.
    pub fn state(&self) -> State {
        serde_json::from_str(&self.get("/sandbox/state")).expect("a state")
    }

    /// The body of an answer.
    pub fn get(&self, path: &str) -> String {
        get(&self.address, path)
    }
}

/// The body of the answer to `GET path`.
pub fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("it listens");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").expect("it reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("it answers");
    let answer = String::from_utf8(answer).expect("UTF-8");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
    assert!(head.starts_with("HTTP/1.1 200"), "{path}: {head}");
    if head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
        unchunked(body)
    } else {
        body.to_owned()
    }
}

fn unchunked(mut body: &str) -> String {
    let mut whole = String::new();
    while let Some((length, rest)) = body.split_once("\r\n") {
        let length = usize::from_str_radix(length.trim(), 16).expect("a chunk's length");
        whole.push_str(&rest[..length]);
        body = rest[length..].trim_start_matches("\r\n");
        if length == 0 {
            break;
        }
    }
    whole
}
