//! Receipts a second, each durable before it is answered, beside a route that only parses them.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use disparo::clock::SystemClock;
use disparo::journal::Journal;

use crate::bench::{Bench, grouped, mebibytes, per_second};
use crate::disk::bytes_below;
use crate::far_side::FarSide;
use crate::process::{Running, Stopwatch};
use crate::reference::{Load, References};
use crate::table::Table;
use crate::workspace::{Sending, Workspace, accepted};

/// Receipts in an array.
const TOGETHER: usize = 100;

/// See the module.
pub fn measure(bench: &Bench, table: &mut Table) {
    let rows = bench.size(1_000_000, 500);
    let far_side = FarSide::lean(bench, Duration::ZERO);
    let base_url = far_side.base_url();
    let workspace = Workspace::new(bench, rows, Sending::fast(&base_url, 100));
    let people = accepted(&workspace.send());
    let bodies = receipts(&workspace);
    let posts = people / TOGETHER as u64;
    let serve = Serve::start(&workspace, Sending::fast(&base_url, 100));
    let what = "webhooks in arrays of 100, durable before 200";
    let oha = match &bench.references.oha {
        Ok(oha) => oha,
        Err(why) => {
            serve.tell_of_everybody(&bodies);
            return table.absent(what, &format!("{} posts were taken; {why}", grouped(posts)));
        }
    };
    let parsing = Parsing::start();
    let load = |url| Load { url, requests: posts, at_once: 32, bodies: &bodies };
    let (ours, theirs, ratio) = bench.pairs(
        || {
            let rate = References::oha(oha, &load(&serve.url));
            serve.until_quiet();
            rate
        },
        || References::oha(oha, &load(&parsing.url)),
    );
    let receipts = ours * TOGETHER as f64;
    let reference = format!("parsing alone {}", per_second(theirs));
    table.ratio(what, format!("{} posts", per_second(ours)), reference, ratio, 0.5);
    table.figure(what, format!("{} receipts", per_second(receipts)), "≥ 50,000/s", receipts >= 50_000.0);
    // oha takes its bodies at random.
    serve.tell_of_everybody(&bodies);
    drop(serve);
    let journal = bytes_below(&workspace.store().join("journal"));
    let each = journal as f64 / people as f64;
    let what = format!("journal of {} recipients with a receipt each", grouped(people));
    table.figure(&what, format!("{each:.1} B each, {}", mebibytes(journal)), "≤ 128 B each", each <= 128.0);
}

/// A file with an array of a hundred receipts in each line, one receipt for everybody.
fn receipts(workspace: &Workspace) -> PathBuf {
    workspace.disparo(&["report", "1", "--format", "csv", "-o", "everybody.csv"]);
    let clock = Arc::new(SystemClock::new());
    let store = Journal::open(&workspace.store(), clock).expect("nobody has it").identifier().to_owned();
    let mut reader = csv::Reader::from_path(workspace.folder().join("everybody.csv")).expect("the report");
    let column = |name: &str| {
        let headers = reader.headers().expect("a header").clone();
        headers.iter().position(|header| header == name).expect(name)
    };
    let (status, id) = {
        let mut column = column;
        (column("status"), column("message_id"))
    };
    let path = workspace.folder().join("receipts.jsonl");
    let mut out = BufWriter::new(File::create(&path).expect("a writable folder"));
    let mut together = Vec::with_capacity(TOGETHER);
    for (number, record) in reader.records().enumerate() {
        let record = record.expect("a line");
        if &record[status] != "accepted" {
            continue;
        }
        together.push(serde_json::json!({
            "messageId": &record[id],
            "ts": 1_795_000_000_000_u64 + number as u64,
            "status": "DELIVERED",
            "errorCode": 0,
            "options": format!("{store}.1.{number}.1"),
        }));
        if together.len() == TOGETHER {
            writeln!(out, "{}", serde_json::Value::Array(std::mem::take(&mut together))).expect("written");
        }
    }
    out.flush().expect("written");
    path
}

/// `disparo serve` over a workspace.
struct Serve<'a> {
    _process: Running,
    workspace: &'a Workspace,
    url: String,
}

impl<'a> Serve<'a> {
    fn start(workspace: &'a Workspace, sending: Sending<'_>) -> Self {
        let mut command = workspace.command(&["serve", "--listen", "127.0.0.1:0"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().expect("disparo starts");
        let mut told = BufReader::new(process.stdout.take().expect("a pipe"));
        let mut line = String::new();
        told.read_line(&mut line).expect("a line");
        let (_, base_url) = line.trim().split_once(" on ").expect("an address");
        // What it says later must go somewhere.
        thread::spawn(move || std::io::copy(&mut told, &mut std::io::sink()));
        workspace.sends(Sending { callback_url: Some(base_url), ..sending });
        let printed = workspace.disparo(&["serve", "--print-urls", "--format", "json"]).stdout;
        let channels: serde_json::Value = serde_json::from_str(&printed).expect("JSON");
        let url = channels[0]["url"].as_str().expect("an address").to_owned();
        Self { _process: Running(process), workspace, url }
    }

    /// How many people are known to have the message, of how many.
    fn delivered(&self) -> (u64, u64) {
        let status = self.workspace.disparo(&["status", "1", "--format", "json"]).stdout;
        let run: serde_json::Value = serde_json::from_str(&status).expect("JSON");
        let number = |value: &serde_json::Value| value.as_u64().expect("a number");
        (number(&run["deliveries"]["delivered"]), number(&run["tally"]["accepted"]))
    }

    /// Waits until nothing more becomes known.
    fn until_quiet(&self) {
        let mut before = self.delivered();
        loop {
            thread::sleep(Duration::from_secs(1));
            let now = self.delivered();
            if now == before {
                return;
            }
            before = now;
        }
    }

    /// Posts everybody's receipt, and waits until it is known.
    fn tell_of_everybody(&self, bodies: &Path) {
        post_all(&self.url, bodies);
        let watch = Stopwatch::start();
        loop {
            let (delivered, accepted) = self.delivered();
            if delivered >= accepted - accepted % TOGETHER as u64 {
                return;
            }
            assert!(
                watch.elapsed() < Duration::from_secs(120),
                "{delivered} of {accepted} receipts are known"
            );
            thread::sleep(Duration::from_millis(100));
        }
    }
}

/// The route that only parses, in this process.
struct Parsing {
    url: String,
    _runtime: tokio::runtime::Runtime,
}

impl Parsing {
    fn start() -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
        let url = format!("http://{}/parse", listener.local_addr().expect("an address"));
        let parse = async |body: Bytes| match serde_json::from_slice::<Vec<serde_json::Value>>(&body) {
            Ok(receipts) if receipts.len() == TOGETHER => StatusCode::OK,
            _ => StatusCode::BAD_REQUEST,
        };
        let routes = Router::new().route("/parse", post(parse));
        runtime.spawn(async move { axum::serve(listener, routes).await });
        Self { url, _runtime: runtime }
    }
}

/// Posts every line of a file, one after the other.
fn post_all(url: &str, bodies: &Path) {
    let address = url.trim_start_matches("http://").split('/').next().expect("an address");
    let path = &url["http://".len() + address.len()..];
    for body in fs::read_to_string(bodies).expect("the file").lines() {
        let mut stream = std::net::TcpStream::connect(address).expect("it listens");
        let length = body.len();
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{body}"
        )
        .expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
    }
}
