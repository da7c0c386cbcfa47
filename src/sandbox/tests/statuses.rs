//! Messages that move by themselves, and people who write.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};

use super::bench::{Bench, body, manual_clock, message, template_message};
use crate::clock::ManualClock;
use crate::sandbox::Recording;

const NUMBER: &str = "5511987654321";
const OWN: &str = "5511999990000";

fn bench(text: &str) -> (Bench, Arc<ManualClock>) {
    let clock = Arc::new(manual_clock());
    (Bench::with(text, clock.clone(), &Recording::Memory), clock)
}

async fn account(bench: &Bench, provider: &str) -> Value {
    let path = format!("/sandbox/account/{provider}");
    body(bench.client.get(bench.url(&path)).send().await.expect("an answer")).await
}

async fn told(bench: &Bench, provider: &str, told: Value) -> Response {
    bench.post(&format!("/sandbox/{provider}/inbound"), &told).send().await.expect("an answer")
}

async fn heard(bench: &Bench, provider: &str, from: &str, text: &str) -> Value {
    let response = told(bench, provider, json!({ "from": from, "text": text })).await;
    assert_eq!(response.status(), 200);
    body(response).await
}

fn statuses(account: &Value) -> Vec<&str> {
    let statuses = account["statuses"].as_array().expect("a list");
    statuses.iter().map(|one| one["status"].as_str().expect("a word")).collect()
}

#[tokio::test]
async fn messages_of_every_provider_move_with_the_clock_alone() {
    let (bench, clock) = bench("[statuses]\nafter = \"1s\"");
    bench.devino(&json!([message(NUMBER)])).await;
    bench.wati(&format!("?whatsappNumber={NUMBER}"), &template_message()).await;
    let destinations = json!([{ "destination": NUMBER, "correlationId": "a.1.0.1" }]);
    let sinch = json!({ "destinations": destinations, "message": { "messageText": "Oi" } });
    let sent =
        bench.post("/v1/whatsapp/send", &sinch).header("userName", "m").header("authenticationToken", "t");
    assert_eq!(sent.send().await.expect("an answer").status(), 200);
    let proactive = json!({ "channelId": "1", "recipientNumber": NUMBER, "platform": "p", "text": "Oi" });
    let sent = bench.post("/messages/proactive", &proactive).header("authorization", "Bearer t");
    assert_eq!(sent.send().await.expect("an answer").status(), 201);
    for expected in ["accepted", "sent", "delivered", "read", "read"] {
        for provider in ["devino", "wati", "sinch", "omnichannel"] {
            let account = account(&bench, provider).await;
            assert_eq!(statuses(&account), [expected], "{provider}");
            assert_eq!(account["statuses"][0]["to"], NUMBER);
        }
        clock.advance(Duration::from_secs(1));
    }
}

#[tokio::test]
async fn magic_numbers_fail_later_in_the_providers_words() {
    let (bench, clock) = bench("");
    let taken = bench.result(&json!([message("5599900002305"), message(NUMBER)])).await;
    assert!(taken.iter().all(|entry| entry["code"] == "OK"), "{taken:?}");
    clock.advance(Duration::from_secs(60));
    let account = account(&bench, "devino").await;
    assert_eq!(statuses(&account), ["failed", "read"]);
    let failed = &account["statuses"][0];
    assert_eq!(
        (&failed["code"], &failed["reason"]),
        (&json!("2305"), &json!("O usuário não usou ou não usa mais o WhatsApp"))
    );
}

#[tokio::test]
async fn wati_tells_statuses_in_messages_recipients_and_statistics() {
    let (bench, clock) = bench("[statuses]\nafter = \"1s\"\nread = \"0%\"");
    let send = json!({
        "template_name": "promo", "broadcast_name": "b", "channel": OWN,
        "recipients": [
            { "phone_number": NUMBER, "local_message_id": "a", "custom_params": [] },
            { "phone_number": "5599900001026", "local_message_id": "b", "custom_params": [] },
        ],
    });
    let sent = bench.wati_json("POST", "/api/ext/v3/messageTemplates/send", &send).await;
    let broadcast = format!("/api/ext/v3/broadcasts/{}", sent["broadcast_id"].as_str().expect("an id"));
    clock.advance(Duration::from_secs(3));
    heard(&bench, "wati", NUMBER, "Oi").await;
    let whole = bench.wati_json("GET", &broadcast, &Value::Null).await;
    let counts: Vec<_> = ["sent", "delivered", "read", "replied", "failed"]
        .map(|name| whole["statistics"][format!("total_{name}")].clone())
        .into();
    assert_eq!(counts, [1, 1, 0, 1, 1], "{whole}");
    let path = format!("{broadcast}/recipients?page_number=1&page_size=10");
    let page = bench.wati_json("GET", &path, &Value::Null).await;
    let rows = &page["recipients"];
    assert_eq!((&rows[0]["status"], &rows[1]["status"]), (&json!("delivered"), &json!("failed")));
    assert_eq!(rows[1]["failed_code"], "131026");
    let page = bench.wati_json("GET", &format!("/1/api/v1/getMessages/{NUMBER}"), &Value::Null).await;
    let items = &page["messages"]["items"];
    assert_eq!(
        (&items[0]["owner"], &items[0]["statusString"], &items[0]["text"]),
        (&json!(false), &json!("SENT"), &json!("Oi"))
    );
    assert_eq!((&items[1]["owner"], &items[1]["statusString"]), (&json!(true), &json!("DELIVERED")));
}

#[tokio::test]
async fn a_message_of_a_person_opens_watis_window_for_a_day() {
    let (bench, clock) = bench("[wati]\nopen_windows = []");
    let path = format!("/1/api/v1/sendSessionMessage/{NUMBER}?messageText=Oi&channelPhoneNumber={OWN}");
    let is_taken = async || bench.wati_json("POST", &path, &Value::Null).await["result"] == "success";
    assert!(!is_taken().await);
    let told = told(&bench, "wati", json!({ "from": NUMBER, "text": "Oi", "to": OWN })).await;
    assert_eq!(told.status(), 200);
    assert!(is_taken().await);
    clock.advance(Duration::from_secs(86_399));
    assert!(is_taken().await);
    clock.advance(Duration::from_secs(1));
    assert!(!is_taken().await);
    let account = account(&bench, "wati").await;
    let messages = &account["conversations"][0]["messages"];
    assert_eq!((&messages[0]["owner"], &messages[1]["owner"]), (&json!(false), &json!(true)), "{account}");
}

#[tokio::test]
async fn devino_and_the_omnichannel_keep_what_people_write() {
    let (bench, _) = bench("");
    assert_eq!(told(&bench, "devino", json!({ "from": NUMBER, "text": "Oi" })).await.status(), 422);
    bench.devino(&json!([message(NUMBER)])).await;
    let message = heard(&bench, "devino", NUMBER, "Oi").await;
    assert_eq!(
        (&message["to"], &message["from"], &message["ts"]),
        (&json!("MyCompany"), &json!(NUMBER), &json!(1_795_255_200_000_i64))
    );
    assert!(message["incomingMessageId"].is_u64(), "{message}");
    assert_eq!(account(&bench, "devino").await["inbound"], json!([message]));

    let first = heard(&bench, "omnichannel", NUMBER, "Oi").await;
    let second = heard(&bench, "omnichannel", "551187654321", "De novo").await;
    assert_eq!(first["sessionId"], second["sessionId"]);
    let account = account(&bench, "omnichannel").await;
    assert_eq!(account["inbound"], json!([first, second]));
    assert_eq!(account["sessions"].as_object().map(serde_json::Map::len), Some(1));
}

#[tokio::test]
async fn sinch_keeps_messages_of_people_and_of_groups_that_they_are_in() {
    let (bench, _) = bench("");
    let call = |path: &str, payload: &Value| {
        bench.post(path, payload).header("userName", "m").header("authenticationToken", "t").send()
    };
    let made =
        body(call("/v1/whatsapp/groups", &json!({ "subject": "Clube" })).await.expect("an answer")).await;
    let group = made["groups"][0]["id"].clone();
    let in_group = json!({ "from": NUMBER, "text": "Olá", "waGroupId": group });
    assert_eq!(told(&bench, "sinch", in_group.clone()).await.status(), 422);
    let link = account(&bench, "sinch").await["groups"][0]["link"].clone();
    let joined = bench.post("/sandbox/sinch/join", &json!({ "link": link, "waId": NUMBER }));
    assert_eq!(joined.send().await.expect("an answer").status(), 200);
    let kept = body(told(&bench, "sinch", in_group).await).await;
    assert_eq!(kept["message"], json!({ "type": "TEXT", "messageText": "Olá", "waGroupId": group }));
    let direct = heard(&bench, "sinch", NUMBER, "Oi").await;
    assert_eq!((&direct["source"], &direct["message"]["waGroupId"]), (&json!(NUMBER), &Value::Null));
    assert_eq!(account(&bench, "sinch").await["inbound"], json!([kept, direct]));
}

#[tokio::test]
async fn what_nobody_could_write_is_refused_with_a_sentence() {
    let (bench, _) = bench("");
    for (provider, body, words) in [
        ("wati", json!({ "text": "Oi" }), "missing field `from`"),
        ("wati", json!({ "from": "12", "text": "Oi" }), "`from` is not a phone number"),
        ("wati", json!({ "from": NUMBER, "text": " " }), "`text` is blank"),
        ("wati", json!({ "from": NUMBER, "text": "Oi", "txt": "" }), "unknown field `txt`"),
        ("devino", json!({ "from": NUMBER, "text": "Oi", "waGroupId": "1-2" }), "known to Sinch alone"),
    ] {
        let response = told(&bench, provider, body).await;
        assert_eq!(response.status(), 422);
        let text = response.text().await.expect("a sentence");
        assert!(text.contains(words), "{text}");
    }
    let other = bench.post("/sandbox/devino/join", &json!({})).send().await.expect("an answer");
    assert_eq!(other.status(), 422);
}

#[tokio::test]
async fn a_rehearsal_that_only_counts_keeps_no_statuses() {
    let clock = Arc::new(manual_clock());
    let bench = Bench::with("", clock, &Recording::Counts);
    bench.devino(&json!([message(NUMBER)])).await;
    assert!(statuses(&account(&bench, "devino").await).is_empty());
}
