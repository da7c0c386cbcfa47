//! Wati's API v3.

use std::sync::Arc;

use serde_json::{Value, json};

use super::bench::{Bench, body, manual_clock};
use crate::sandbox::Recording;

const OWN: &str = "5511999990000";
const SEND: &str = "/api/ext/v3/messageTemplates/send";

fn send(count: u64) -> Value {
    let recipient = |index: u64| {
        json!({
            "phone_number": (5_511_900_000_000 + index).to_string(), "local_message_id": format!("1.{index}"),
            "custom_params": [{ "name": "nome", "value": "Ana" }],
        })
    };
    json!({
        "channel": OWN, "template_name": "promo", "broadcast_name": "Black Friday",
        "recipients": (0..count).map(recipient).collect::<Vec<_>>(),
    })
}

#[tokio::test]
async fn ten_thousand_go_in_one_call_and_are_polled_in_pages() {
    let bench = Bench::new("");
    let answer = bench.wati_json("POST", SEND, &send(10_000)).await;
    assert_eq!((&answer["success"], &answer["error"]), (&json!(true), &Value::Null));
    assert_eq!(answer["recipients"].as_array().map(Vec::len), Some(10_000));
    assert_eq!(answer["recipients"][7]["local_message_id"], "1.7");
    let id = answer["broadcast_id"].as_str().expect("an id");
    let broadcast = bench.wati_json("GET", &format!("/api/ext/v3/broadcasts/{id}"), &Value::Null).await;
    assert_eq!(broadcast["statistics"]["total_sent"], 10_000);
    let recipients = format!("/api/ext/v3/broadcasts/{id}/recipients");
    let page =
        bench.wati_json("GET", &format!("{recipients}?page_number=100&page_size=100"), &Value::Null).await;
    assert_eq!(
        (&page["total_count"], &page["recipients"][99]["local_message_id"]),
        (&json!(10_000), &json!("1.9999"))
    );
    for query in ["", "?page_number=1", "?page_number=0&page_size=10", "?page_number=1&page_size=101"] {
        let response = bench.ask_wati("GET", &format!("{recipients}{query}"), &Value::Null).await;
        assert_eq!(response.status(), 400, "{query}");
        let error = body(response).await;
        assert!(error["code"] == 400 && error["timestamp"].is_string(), "{error}");
    }
    for wrong in [send(0), send(10_001)] {
        assert_eq!(bench.ask_wati("POST", SEND, &wrong).await.status(), 400);
    }
    let unknown = bench.ask_wati("GET", "/api/ext/v3/broadcasts/broadcast_77", &Value::Null).await;
    assert_eq!(unknown.status(), 404);
    let count = bench.wati_json("GET", "/api/ext/v3/contacts/count", &Value::Null).await;
    assert_eq!(count, json!({ "contact_count": 10_000 }));
}

#[tokio::test]
async fn errors_stand_with_their_recipients_or_with_the_call() {
    let bench = Bench::new("[wati.templates.promo]\nparams = [\"nome\"]");
    let mut some = send(3);
    some["recipients"][1]["phone_number"] = json!("12");
    let answer = bench.wati_json("POST", SEND, &some).await;
    assert_eq!(answer["success"], true);
    let errors: Vec<_> = (0..3).map(|index| answer["recipients"][index]["errors"].clone()).collect();
    assert_eq!(errors, [json!([]), json!(["Invalid phone number format."]), json!([])]);
    let mut other = send(2);
    other["template_name"] = json!("other");
    let refused = bench.wati_json("POST", SEND, &other).await;
    assert_eq!((&refused["success"], &refused["broadcast_id"]), (&json!(false), &Value::Null));
    assert_eq!(refused["error"], "Check your template, it cannot have typos or blank text");
    assert_eq!(bench.accepted_numbers().len(), 2);
    let short = Bench::new("faults = [{ then = \"missing\" }]").wati_json("POST", SEND, &send(3)).await;
    assert_eq!(short["recipients"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn refused_calls_have_empty_bodies_or_explain_themselves() {
    for (status, is_empty) in [(401, true), (429, true), (403, false), (500, false)] {
        let faults = format!("faults = [{{ then = \"status\", status = {status} }}]");
        let bench = Bench::with(&faults, Arc::new(manual_clock()), &Recording::Memory);
        let response = bench.ask_wati("POST", SEND, &send(1)).await;
        assert_eq!(response.status(), status);
        let text = response.text().await.expect("a body");
        assert_eq!(text.is_empty(), is_empty, "{text}");
        assert!(is_empty || text.contains(&format!("\"code\":{status}")), "{text}");
        assert!(is_empty || text.contains("\"timestamp\":\"2026-11-21T10:00:00.0000000Z\""), "{text}");
    }
}

#[tokio::test]
async fn conversations_are_found_by_any_target_and_must_not_be_ambiguous() {
    let bench = Bench::new("");
    let text = "/api/ext/v3/conversations/messages/text";
    let say = |target: &str| json!({ "target": target, "text": "Oi" });
    let sent = bench.wati_json("POST", text, &say(&format!("{OWN}:5511987654321"))).await;
    assert_eq!((&sent["message"]["text"], &sent["message"]["status"]), (&json!("Oi"), &json!("sent")));
    let conversation = sent["message"]["conversation_id"].as_str().expect("an id").to_owned();
    let list = bench.wati_json("GET", "/api/ext/v3/contacts?page_number=1&page_size=10", &Value::Null).await;
    let contact = list["contact_list"][0]["id"].as_str().expect("an id").to_owned();
    for target in ["5511987654321", &conversation, &contact, &format!("{OWN}:5511987654321")] {
        let path = format!("/api/ext/v3/conversations/{target}/messages?page_number=1&page_size=10");
        let page = bench.wati_json("GET", &path, &Value::Null).await;
        assert_eq!(page["message_list"].as_array().map(Vec::len), Some(1), "{target}");
    }
    bench.wati_json("POST", text, &say("5521999990000:5511987654321")).await;
    assert_eq!(bench.ask_wati("POST", text, &say("5511987654321")).await.status(), 409);
    let status = format!("/api/ext/v3/conversations/{conversation}/status");
    let closed = bench.wati_json("PUT", &status, &json!({ "new_status": "solved" })).await;
    assert_eq!(closed["result"], true);
    assert_eq!(bench.ask_wati("POST", text, &say("5511987654321")).await.status(), 200);
    assert_eq!(bench.ask_wati("PUT", &status, &json!({ "new_status": "SOLVED" })).await.status(), 400);
    assert_eq!(bench.ask_wati("POST", text, &say("nobody")).await.status(), 404);
    let channels = bench.wati_json("GET", "/api/ext/v3/channels", &Value::Null).await;
    assert_eq!(channels["channels"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn contacts_and_templates_have_forms_of_their_own() {
    let bench = Bench::new("[wati.templates.promo]\nparams = [\"nome\"]");
    let contacts = "/api/ext/v3/contacts";
    let made = json!({ "whatsapp_number": "5511987654321", "name": "Ana", "custom_params": [] });
    let made = bench.wati_json("POST", contacts, &made).await;
    assert_eq!((&made["result"], &made["contact"]["name"]), (&json!(true), &json!("Ana")));
    let set = json!({
        "contacts": [{ "target": "5511987654321", "customParams": [{ "name": "cidade", "value": "Rio" }] }],
    });
    assert_eq!(bench.wati_json("PUT", contacts, &set).await["result"], true);
    let list = bench.wati_json("GET", "/api/ext/v3/contacts?page_number=1&page_size=10", &Value::Null).await;
    assert_eq!(list["contact_list"][0]["custom_params"], json!([{ "name": "cidade", "value": "Rio" }]));
    let path = "/api/ext/v3/messageTemplates?page_number=1&page_size=10";
    let templates = bench.wati_json("GET", path, &Value::Null).await;
    assert_eq!((&templates["templates"][0]["name"], &templates["total"]), (&json!("promo"), &json!(1)));
    assert_eq!(templates["templates"][0]["language_option"]["value"], "pt_BR");
}
