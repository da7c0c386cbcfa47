//! A running sandbox and plain ways to speak to it.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::clock::{Clock, ManualClock, SystemClock};
use crate::sandbox::{Recording, Sandbox, Scenario};

pub const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

pub struct Bench {
    pub sandbox: Sandbox,
    pub client: Client,
}

pub fn scenario(text: &str) -> Scenario {
    Scenario::read(Path::new("scenario.toml"), text).expect("a scenario")
}

pub fn manual_clock() -> ManualClock {
    ManualClock::new(Timestamp::from_second(1_795_255_200).expect("a time"))
}

impl Bench {
    pub fn new(text: &str) -> Self {
        Self::with(text, Arc::new(SystemClock::new()), &Recording::Memory)
    }

    pub fn with(text: &str, clock: Arc<dyn Clock>, recording: &Recording) -> Self {
        // A second test in this process finds it installed.
        drop(rustls::crypto::ring::default_provider().install_default());
        let sandbox =
            Sandbox::start_recording(LOOPBACK, scenario(text), clock, recording).expect("a sandbox");
        let client = Client::builder().redirect(Policy::none()).build().expect("a client");
        Self { sandbox, client }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.base_url())
    }

    pub fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        let post = self.client.post(self.url(path)).header("content-type", "application/json");
        post.body(body.to_string())
    }

    /// Sends messages to Devino.
    pub async fn devino(&self, messages: &Value) -> Response {
        let post = self.post("/whatsapp/messages", &json!({ "messages": messages }));
        post.header("authorization", "Key secret").send().await.expect("an answer")
    }

    /// The entries of Devino's `result`.
    pub async fn result(&self, messages: &Value) -> Vec<Value> {
        let response = self.devino(messages).await;
        assert_eq!(response.status(), 200);
        let body = body(response).await;
        body["result"].as_array().unwrap_or_else(|| panic!("no result in {body}")).clone()
    }

    /// Sends one message to Wati.
    pub async fn wati(&self, query: &str, message: &Value) -> Response {
        let post = self.post(&format!("/1234/api/v1/sendTemplateMessage{query}"), message);
        post.header("authorization", "Bearer secret").send().await.expect("an answer")
    }

    /// Asks Wati something, or has it do something; `body` where it is not null.
    pub async fn ask_wati(&self, method: &str, path: &str, body: &Value) -> Response {
        let method = method.parse().expect("a method");
        let request = self.client.request(method, self.url(path)).header("authorization", "Bearer secret");
        let request = match body {
            Value::Null => request,
            body => request.header("content-type", "application/json").body(body.to_string()),
        };
        request.send().await.expect("an answer")
    }

    /// The JSON of Wati's answer, which has status 200.
    pub async fn wati_json(&self, method: &str, path: &str, given: &Value) -> Value {
        let response = self.ask_wati(method, path, given).await;
        let status = response.status();
        let text = response.text().await.expect("a body");
        assert_eq!(status, 200, "{method} {path}: {text}");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// Sends these very bytes, and gives what comes until the connection is closed.
    pub async fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.sandbox.address()).await.expect("a connection");
        stream.write_all(request.as_bytes()).await.expect("sent");
        let mut answer = Vec::new();
        // A reset after the answer is as good an end as any.
        drop(stream.read_to_end(&mut answer).await);
        String::from_utf8(answer).expect("text")
    }

    /// A request of Devino's as bytes, on a connection that the client would keep.
    pub fn raw_devino(messages: &Value) -> String {
        let body = json!({ "messages": messages }).to_string();
        format!(
            "POST /whatsapp/messages HTTP/1.1\r\nHost: sandbox\r\nAuthorization: Key k\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    }

    pub fn accepted_numbers(&self) -> Vec<String> {
        self.sandbox.record().accepted().iter().map(|entry| entry.to.in_full()).collect()
    }

    pub fn answered(&self) -> Vec<String> {
        self.sandbox.record().calls().iter().map(|call| call.answered.to_string()).collect()
    }
}

pub async fn body(response: Response) -> Value {
    let text = response.text().await.expect("a body");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// A message to which nobody objects.
pub fn message(to: &str) -> Value {
    json!({ "from": "MyCompany", "to": to, "text": format!("Code for {to}"), "callbackData": format!("s.1.{to}.1") })
}

/// As many messages to different people.
pub fn messages(count: u64) -> Value {
    (0..count).map(|index| message(&(5_511_900_000_000 + index).to_string())).collect()
}

/// A Wati message to which nobody objects.
pub fn template_message() -> Value {
    json!({
        "template_name": "promo", "broadcast_name": "Black Friday", "channelNumber": "5511999990000",
        "parameters": [{ "name": "nome", "value": "Ana" }, { "name": "cupom", "value": "BF10" }],
    })
}
