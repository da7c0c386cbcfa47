//! Seed 002's samples, byte for byte: the sandbox is asked with them, the client is answered with them.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::harness::{Breakage, People, Replay, Workspace, breaking, printed_id, report};

const REQUEST: &str = include_str!("../data/seeds/devino/send_request.json");
const CURL: &str = include_str!("../data/seeds/devino/send_request_curl.json");
const PYTHON: &str = include_str!("../data/seeds/devino/send_request.py");
const RESPONSE: &str = include_str!("../data/seeds/devino/send_response.json");
const MODEL: &str = include_str!("../data/seeds/devino/send_response_model.json");
const TABLE: &str = include_str!("../data/seeds/devino/errors.md");

/// The seed's three ways of asking: the body, and what each says that it accepts.
fn requests() -> [(&'static str, &'static str); 3] {
    let python = PYTHON.trim_end().strip_prefix("messages = ").expect("the seed's assignment");
    [(REQUEST, "application/json"), (CURL, "*/*"), (python, "*/*")]
}

/// What the sandbox answers to these very bytes, shown this authorisation.
fn answer(workspace: &Workspace, authorization: &str, (body, accept): (&str, &str)) -> (String, Value) {
    let address = workspace.sandbox().base_url().trim_start_matches("http://").to_owned();
    let mut connection = TcpStream::connect(&address).expect("the sandbox listens");
    let request = format!(
        "POST /whatsapp/messages HTTP/1.1\r\nHost: {address}\r\nAuthorization: {authorization}\r\n\
         Content-Type: application/json\r\nAccept: {accept}\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    connection.write_all(request.as_bytes()).expect("sent");
    let mut answer = String::new();
    connection.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.lines().next().unwrap_or_default().to_owned();
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}

#[test]
fn the_sandbox_answers_the_seeds_requests_as_the_seed_does() {
    let expected: Value = serde_json::from_str(RESPONSE).expect("JSON");
    for authorization in ["Key QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="] {
        for request in requests() {
            let workspace = Workspace::new();
            let (status, told) = answer(&workspace, authorization, request);
            assert_eq!((status.as_str(), &told), ("HTTP/1.1 200 OK", &expected));
            let accepted = workspace.sandbox().accepted();
            assert_eq!(accepted.len(), 1);
            assert_eq!(accepted[0].to, "79034567890");
            workspace.is_not_judged("nobody planned a run");
        }
    }
    let workspace = Workspace::new();
    for refused in ["QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Bearer token", "Basic QWxhZGRpbg=="] {
        let (status, _) = answer(&workspace, refused, requests()[0]);
        assert!(status.contains(" 401 "), "{refused}: {status}");
    }
}

#[test]
fn the_client_sends_the_seeds_request_and_prints_the_seeds_id() {
    let channel =
        "[devino]\nprovider = \"devino\"\nfrom = \"MyCompany\"\nkey = { env = \"TEST_DEVINO_KEY\" }";
    let words = ["messages", "send", "+79034567890", "--text", "Code: 1234"];
    let (finished, received) = Replay::over(channel).changes(&words, &[(200, RESPONSE)]);
    assert_eq!(printed_id(&finished.expect(0)), "3482512350952730368");
    let [request] = received.as_slice() else { panic!("{received:?}") };
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/whatsapp/messages"));
    for (name, value) in [
        ("authorization", "Key c2FuZGJveC1rZXk"),
        ("content-type", "application/json"),
        ("accept", "application/json"),
    ] {
        assert_eq!(request.header(name), Some(value), "{name}");
    }
    let mut sent = request.json();
    // Beside the sample's three fields there is what finds the message's receipts.
    let correlation = sent["messages"][0].as_object_mut().expect("an object").remove("callbackData");
    assert!(correlation.is_some_and(|data| data.as_str().is_some_and(|data| data.ends_with(".0.1"))));
    for (body, _) in requests() {
        assert_eq!(sent, serde_json::from_str::<Value>(body).expect("JSON"));
    }
}

/// The words of an HTTP answer, which last as long as the test's thread that says them.
fn http(body: &str) -> &'static str {
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    Box::leak(answer.into_boxed_str())
}

/// A run of one recipient whom a far side answers with this body: the exit code, then status, code, reason
/// and the provider's identifier.
fn answered_with(body: &str) -> (Option<i32>, [String; 3], String) {
    let workspace = Workspace::new();
    // Whatever is tried again is answered alike.
    let address = breaking(std::iter::repeat_n(Breakage::Say(http(body)), 4));
    workspace.write("channels.toml", workspace.devino(&format!("http://{address}"), ""));
    let people = People::seeded(210, 1);
    workspace.text_campaign("welcome", &people, "");
    let run = workspace.run("welcome");
    let name = run.run();
    let line = report(&workspace, &name).into_values().next().expect("one recipient");
    let csv = workspace.disparo(["report", &name, "--format", "csv"]).finish().expect(0).stdout;
    workspace.is_not_judged("the far side is no sandbox");
    (run.code(), [line.status, line.code, line.reason], csv)
}

#[test]
fn the_client_reads_the_seeds_answers() {
    let (exit, [status, ..], csv) = answered_with(RESPONSE);
    assert_eq!((exit, status.as_str()), (Some(0), "accepted"));
    assert!(csv.contains("3482512350952730368"), "{csv}");
    // `CODE` is neither OK nor REJECTED: nobody can say what was done.
    let (exit, [status, ..], _) = answered_with(MODEL);
    assert_eq!((exit, status.as_str()), (Some(7), "in_doubt"));
}

#[test]
fn the_client_reads_every_row_of_the_seeds_table_in_the_seeds_shape() {
    let rows = TABLE.lines().filter(|line| line.starts_with("| ") && !line.contains("Descrição"));
    let mut told = String::new();
    for row in rows {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [key, reference, description] = cells[..] else { panic!("{row}") };
        let mut reason = json!({ "key": key });
        if !reference.is_empty() {
            reason["ref"] = json!(reference.replace("[i]", "[0]"));
        }
        let entry = json!({ "code": "REJECTED", "reasons": [reason], "description": description });
        let (exit, [status, code, _], _) = answered_with(&json!({ "result": [entry] }).to_string());
        told.push_str(&format!("{key} {reference}: exit {exit:?}, {status} {code}\n"));
    }
    insta::assert_snapshot!(told);
}
