//! The gate, the record as others read it, and scenarios that are replaced at run time.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::bench::{Bench, manual_clock, message, messages, template_message};
use crate::sandbox::desk::Desk;
use crate::sandbox::registry::PROVIDERS;
use crate::sandbox::server::Peer;
use crate::sandbox::{Recording, Scenario, inspection};

async fn get(bench: &Bench, path: &str) -> String {
    let response = bench.client.get(bench.url(path)).send().await.expect("an answer");
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.expect("a body")
}

async fn post(bench: &Bench, path: &str, text: &str) -> (u16, String) {
    let response = bench.client.post(bench.url(path)).body(text.to_owned()).send().await.expect("an answer");
    (response.status().as_u16(), response.text().await.expect("a body"))
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[tokio::test]
async fn the_record_tells_who_when_and_what() {
    let bench = Bench::with("", Arc::new(manual_clock()), &Recording::Memory);
    bench.devino(&json!([message("5511987654321"), message("1"), message("+5511911111111")])).await;
    bench.wati("?whatsappNumber=5521987654321", &template_message()).await;
    let entries = lines(&get(&bench, "/sandbox/record").await);
    let digest = entries[0]["digest"].as_str().expect("a digest").to_owned();
    assert_eq!(
        entries[0],
        json!({
            "provider": "devino", "kind": "message", "sender": "MyCompany", "to": "5511987654321",
            "callback_data": "s.1.5511987654321.1", "message_id": "3482512350952730368", "call": 1,
            "wall_ms": 1_795_255_200_000_u64, "arrival_us": 0, "digest": digest,
        })
    );
    assert_eq!(entries[1]["to"], "5511911111111");
    assert_eq!(entries[2]["provider"], "wati");
    assert_eq!(entries[2]["message_id"], "0000000030545e883472af02");
    let calls = lines(&get(&bench, "/sandbox/calls").await);
    assert_eq!(
        calls,
        [
            json!({ "n": 1, "provider": "devino", "operation": "message", "recipients": 3, "answered": "200", "arrival_us": 0 }),
            json!({ "n": 2, "provider": "wati", "operation": "message", "recipients": 1, "answered": "200", "arrival_us": 0 }),
        ]
    );
    let mut state: Value = serde_json::from_str(&get(&bench, "/sandbox/state").await).expect("JSON");
    let accounts = state["accounts"].take();
    for provider in PROVIDERS {
        assert!(accounts[provider.service.name()].is_object(), "{accounts}");
    }
    let held = json!({ "broadcasts": 0, "contacts": 1, "conversations": 1, "inbound": 0, "messages": 1 });
    assert_eq!(accounts["wati"], held);
    assert_eq!(
        state,
        json!({
            "calls": 2, "recipients": 4, "accepted": 3, "duplicates": 0, "refused": 1, "held": 0,
            "webhooks_made": 0, "webhooks_answered": 0, "webhooks_waiting": 0,
            "answered": { "200": 2 }, "unknown_fields": {},
            "accounts": null,
        })
    );
}

#[tokio::test]
async fn a_long_record_is_streamed_whole() {
    let bench = Bench::new("");
    bench.devino(&messages(2_345)).await;
    let entries = lines(&get(&bench, "/sandbox/record").await);
    assert_eq!(entries.len(), 2_345);
    assert_eq!(entries[2_344]["to"], "5511900002344");
}

#[tokio::test]
async fn the_same_content_for_the_same_person_is_a_duplicate() {
    let bench = Bench::new("");
    let mut again = message("5511987654321");
    again["callbackData"] = json!("s.1.1.2");
    let mut other_text = message("5511987654321");
    other_text["text"] = json!("Something else");
    let mut without_ninth_digit = message("5511987654321");
    without_ninth_digit["to"] = json!("551187654321");
    let record = bench.sandbox.record();
    for (message, expected) in
        [(message("5511987654321"), 0), (other_text, 0), (again, 1), (without_ninth_digit, 2)]
    {
        bench.devino(&json!([message])).await;
        assert_eq!(record.state().duplicates, Some(expected));
    }
}

#[tokio::test]
async fn unknown_fields_are_tolerated_and_counted() {
    let bench = Bench::new("");
    let mut odd = message("5511987654321");
    odd["priority"] = json!("high");
    assert_eq!(bench.result(&json!([odd, message("5511911111111"), odd])).await.len(), 3);
    let mut wati = template_message();
    wati["receivers"] = json!([]);
    bench.wati("?whatsappNumber=5511987654321", &wati).await;
    let unknown = bench.sandbox.record().state().unknown_fields;
    assert_eq!(json!(unknown), json!({ "messages[].priority": 2, "receivers": 1 }));
}

#[tokio::test]
async fn calls_wait_at_the_gate_until_they_are_released() {
    let bench = Bench::new("");
    assert_eq!(post(&bench, "/sandbox/hold", "").await.0, 204);
    let send = || {
        let post = bench.post("/whatsapp/messages", &json!({ "messages": messages(2) }));
        tokio::spawn(post.header("authorization", "Key k").send())
    };
    let calls = [send(), send()];
    let state: Value = serde_json::from_str(&get(&bench, "/sandbox/wait?held=2").await).expect("JSON");
    assert_eq!((&state["held"], &state["accepted"], &state["calls"]), (&json!(2), &json!(0), &json!(0)));
    assert!(calls.iter().all(|call| !call.is_finished()));
    assert_eq!(post(&bench, "/sandbox/release", "").await.0, 204);
    for call in calls {
        assert_eq!(call.await.expect("a task").expect("an answer").status(), 200);
    }
    assert_eq!(bench.sandbox.record().state().held, 0);
    assert_eq!(bench.accepted_numbers().len(), 4);
}

#[tokio::test]
async fn a_call_that_arrived_whole_is_accepted_though_its_sender_is_gone() {
    let bench = Bench::new("");
    bench.sandbox.hold();
    let mut stream = TcpStream::connect(bench.sandbox.address()).await.expect("a connection");
    stream.write_all(Bench::raw_devino(&messages(3)).as_bytes()).await.expect("sent");
    bench.sandbox.record().wait(|state| state.held == 1).await;
    drop(stream);
    bench.sandbox.release();
    let state = bench.sandbox.record().wait(|state| state.calls == 1).await;
    assert_eq!(state.accepted, 3);
}

#[tokio::test]
async fn stopping_leaves_those_at_the_gate_outside() {
    let bench = Bench::new("");
    bench.sandbox.hold();
    let post = bench.post("/whatsapp/messages", &json!({ "messages": messages(2) }));
    let call = tokio::spawn(post.header("authorization", "Key k").send());
    let record = bench.sandbox.record();
    record.wait(|state| state.held == 1).await;
    bench.sandbox.stop().await;
    assert!(call.await.expect("a task").is_err());
    assert_eq!(record.state().accepted, 0);
}

#[tokio::test]
async fn a_scenario_is_replaced_and_begins_anew() {
    let bench = Bench::new("faults = [{ then = \"status\", status = 500, calls = 2 }]");
    assert_eq!(bench.devino(&messages(1)).await.status(), 200);
    let text = "faults = [{ then = \"status\", status = 409, calls = 1 }]";
    assert_eq!(post(&bench, "/sandbox/scenario", text).await, (204, String::new()));
    assert_eq!(bench.devino(&messages(1)).await.status(), 409);
    assert_eq!(bench.devino(&messages(1)).await.status(), 200);
    assert_eq!(bench.accepted_numbers().len(), 2);

    let wrong = "seed = 1\nfault = []\nlatency = \"soon\"\n";
    let (status, words) = post(&bench, "/sandbox/scenario", wrong).await;
    assert_eq!(status, 422);
    assert!(words.contains("scenario:2:1: unknown key `fault`"), "{words}");
    assert!(words.contains("scenario:3:11: `latency` is not a span of time"), "{words}");
    // The old one still holds.
    assert_eq!(bench.devino(&messages(1)).await.status(), 200);
}

#[tokio::test]
async fn its_own_routes_answer_this_computer_alone() {
    let desk = Desk::new(Scenario::default(), Arc::new(manual_clock()), &Recording::Memory).expect("a desk");
    let routes = TowerToHyperService::new(inspection::routes(Arc::new(desk), Arc::new([])));
    for (peer, expected) in [
        ("127.0.0.1:9", 200),
        ("[::1]:9", 200),
        ("[::ffff:127.0.0.1]:9", 200),
        ("192.0.2.7:9", 403),
        ("[2001:db8::7]:9", 403),
    ] {
        let mut request = Request::get("/sandbox/state").body(Body::empty()).expect("a request");
        request.extensions_mut().insert(Peer(peer.parse().expect("an address")));
        let response = routes.call(request).await.expect("an answer");
        assert_eq!(response.status(), expected, "{peer}");
    }
}
