//! What is posted to the account's owner, when, and how often.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::bench::{Bench, body, manual_clock, message};
use super::listener::Listener;
use crate::clock::ManualClock;
use crate::sandbox::{Recording, WebhookEntry};

pub const NUMBER: &str = "5511987654321";

pub fn bench(text: &str) -> (Bench, Arc<ManualClock>) {
    let clock = Arc::new(manual_clock());
    (Bench::with(text, clock.clone(), &Recording::Memory), clock)
}

/// A message to Devino whose statuses go there.
pub fn told(to: &str, address: &str) -> Value {
    let mut message = message(to);
    message["callbackUrl"] = address.into();
    message
}

/// Lets a second pass for each of these counts, and waits until so many posts have been answered in all.
pub async fn seconds(bench: &Bench, clock: &ManualClock, answered: &[u64]) -> Vec<WebhookEntry> {
    let record = bench.sandbox.record();
    for count in answered {
        clock.advance(Duration::from_secs(1));
        record.wait(|state| state.webhooks_answered >= *count).await;
    }
    let mut all = record.webhooks();
    all.sort_by_key(|post| post.n);
    all
}

pub fn bodies(posts: &[WebhookEntry]) -> Vec<Value> {
    posts.iter().map(|post| serde_json::from_str(&post.body).expect("JSON")).collect()
}

#[tokio::test]
async fn devino_posts_arrays_to_the_messages_own_address() {
    let (bench, clock) = bench("[statuses]\nafter = \"1s\"");
    let listener = Listener::start().await;
    let ids: Vec<u64> = bench
        .result(&json!([
            told(NUMBER, &listener.url()),
            told("5599900002305", &listener.url()),
            message(NUMBER)
        ]))
        .await
        .iter()
        .map(|entry| entry["messageId"].as_str().expect("an id").parse().expect("a number"))
        .collect();
    let posts = seconds(&bench, &clock, &[1, 2, 3]).await;
    let step = |id: u64, status: &str, second: i64, to: &str| {
        json!({
            "messageId": id, "ts": 1_795_255_200_000_i64 + second * 1_000, "status": status,
            "options": format!("s.1.{to}.1"),
        })
    };
    let mut failed = step(ids[1], "UNDELIVERED", 2, "5599900002305");
    failed["errorCode"] = 2305.into();
    assert_eq!(
        bodies(&posts),
        [
            json!([step(ids[0], "SENT", 1, NUMBER), step(ids[1], "SENT", 1, "5599900002305")]),
            json!([step(ids[0], "DELIVERED", 2, NUMBER), failed]),
            json!([step(ids[0], "READ", 3, NUMBER)]),
        ]
    );
    assert_eq!(listener.bodies(), posts.iter().map(|post| post.body.clone()).collect::<Vec<_>>());
    assert!(posts.iter().all(|post| post.answered.to_string() == "200" && !post.odd), "{posts:?}");
    assert!(posts.iter().all(|post| !post.url.contains("secret")), "{posts:?}");
}

/// Everything that is due within some time: a long time passes at once, and what is posted then is answered.
pub async fn all(bench: &Bench, clock: &ManualClock) -> Vec<WebhookEntry> {
    clock.advance(Duration::from_secs(3_600));
    posted(bench).await
}

/// Everything that was posted, once nothing is left. Where something is due already no time may pass before:
/// a post that is under way then counts as answered too late.
async fn posted(bench: &Bench) -> Vec<WebhookEntry> {
    let record = bench.sandbox.record();
    record.wait(|state| state.webhooks_waiting == 0).await;
    let mut all = record.webhooks();
    all.sort_by_key(|post| post.n);
    all
}

/// A scenario's posts of a message sent by Wati's v3, as so many are answered second by second.
async fn wati(text: &str, number: &str, answered: &[u64]) -> Vec<WebhookEntry> {
    let (bench, clock) = bench(text);
    let listener = Listener::start().await;
    bench.sandbox.send_webhooks_to("wati", Some(&listener.url())).expect("an address");
    let recipient = json!({
        "phone_number": number, "local_message_id": format!("local.{number}"),
        "custom_params": [{ "name": "nome", "value": "Ana" }],
    });
    let send = json!({
        "template_name": "promo", "broadcast_name": "b", "channel": "5511999990000", "recipients": [recipient],
    });
    bench.wati_json("POST", "/api/ext/v3/messageTemplates/send", &send).await;
    let posts = seconds(&bench, &clock, answered).await;
    assert_eq!(listener.bodies().len(), posts.len());
    posts
}

#[tokio::test]
async fn wati_posts_most_events_twice_in_their_order() {
    let scenario = "[statuses]\nafter = \"1s\"\n[wati.templates.promo]\nparams = [\"nome\"]\nbody = \"Oi {{nome}}\"\n\
                    [webhooks]\nreplies = \"100%\"";
    let posts = wati(scenario, NUMBER, &[2, 4, 6, 9]).await;
    insta::assert_json_snapshot!(bodies(&posts));
    let posts = wati("[statuses]\nafter = \"1s\"", "5599900001026", &[2, 3]).await;
    insta::assert_json_snapshot!(bodies(&posts));
}

#[tokio::test]
async fn watis_texts_in_a_conversation_have_events_of_their_own() {
    let (bench, clock) = bench("");
    let listener = Listener::start().await;
    bench.sandbox.send_webhooks_to("wati", Some(&listener.url())).expect("an address");
    let path = format!(
        "/1/api/v1/sendSessionMessage/{NUMBER}?messageText=Oi&localMessageId=mine&channelPhoneNumber=5511999990000"
    );
    bench.wati_json("POST", &path, &Value::Null).await;
    let told = bodies(&all(&bench, &clock).await);
    assert_eq!((&told[0]["eventType"], &told[0]["text"]), (&json!("sessionMessageSent"), &json!("Oi")));
    assert_eq!(
        (&told[1]["eventType"], &told[1]["localMessageId"]),
        (&json!("sessionMessageSent_v2"), &json!("mine"))
    );
    assert!(told.iter().all(|event| event["templateName"].is_null() && event["type"] == "text"), "{told:?}");
}

pub async fn sinch(bench: &Bench, destinations: Value) {
    let body = json!({ "destinations": destinations, "message": { "messageText": "Oi" } });
    let sent =
        bench.post("/v1/whatsapp/send", &body).header("userName", "m").header("authenticationToken", "t");
    assert_eq!(sent.send().await.expect("an answer").status(), 200);
}

#[tokio::test]
async fn sinch_posts_records_that_say_everything_so_far() {
    let (bench, clock) = bench("[statuses]\nafter = \"1s\"\n[webhooks]\nopt_outs = \"100%\"");
    let listener = Listener::start().await;
    bench.sandbox.send_webhooks_to("sinch", Some(&listener.url())).expect("an address");
    sinch(
        &bench,
        json!([{ "destination": NUMBER, "correlationId": "s.1.0.1" }, { "destination": "5599900000104" }]),
    )
    .await;
    insta::assert_json_snapshot!(bodies(&seconds(&bench, &clock, &[1, 2, 3, 4]).await));
}

#[tokio::test]
async fn what_is_said_in_a_group_is_posted_with_the_group() {
    let (bench, _clock) = bench("");
    let listener = Listener::start().await;
    bench.sandbox.send_webhooks_to("sinch", Some(&listener.url())).expect("an address");
    let group = bench.post("/v1/whatsapp/groups", &json!({ "subject": "Clube" }));
    let group =
        group.header("userName", "m").header("authenticationToken", "t").send().await.expect("an answer");
    let group = body(group).await["groups"][0]["id"].clone();
    let account = bench.client.get(bench.url("/sandbox/account/sinch")).send().await.expect("an answer");
    let link = body(account).await["groups"][0]["link"].clone();
    for (event, told) in [
        ("join", json!({ "link": link, "waId": NUMBER })),
        ("inbound", json!({ "from": NUMBER, "text": "Olá", "waGroupId": group })),
        ("inbound", json!({ "from": NUMBER, "text": "Sair", "button": true })),
    ] {
        let told = bench.post(&format!("/sandbox/sinch/{event}"), &told).send().await.expect("an answer");
        assert_eq!(told.status(), 200);
    }
    let told = bodies(&posted(&bench).await);
    let messages: Vec<_> = told.iter().map(|body| body["data"][0]["message"].clone()).collect();
    assert_eq!(
        messages,
        [
            json!({ "type": "TEXT", "messageText": "Olá", "waGroupId": group }),
            json!({
                "type": "BUTTON",
                "interactive": { "type": "BUTTON_REPLY", "buttonReply": { "payload": "Sair", "title": "Sair" } },
            }),
        ]
    );
}

#[tokio::test]
async fn the_omnichannel_posts_by_our_own_mapping() {
    let (bench, clock) = bench("[statuses]\nafter = \"1s\"\n[webhooks]\nreplies = \"100%\"");
    let listener = Listener::start().await;
    bench.sandbox.send_webhooks_to("omnichannel", Some(&listener.url())).expect("an address");
    let message = json!({ "channelId": "c1", "recipientNumber": NUMBER, "platform": "p", "text": "Oi" });
    let sent = bench.post("/messages/proactive", &message).header("authorization", "Bearer t");
    assert_eq!(sent.send().await.expect("an answer").status(), 201);
    insta::assert_json_snapshot!(bodies(&seconds(&bench, &clock, &[1, 2, 3, 4]).await));
}

#[tokio::test]
async fn devino_posts_a_persons_message_as_one_object() {
    let (bench, clock) = bench("[webhooks]\nreplies = \"100%\"");
    let listener = Listener::start().await;
    bench.sandbox.send_webhooks_to("devino", Some(&listener.url())).expect("an address");
    // Its statuses go nowhere: it names no address of its own.
    bench.devino(&json!([message(NUMBER)])).await;
    let told = bodies(&all(&bench, &clock).await);
    let [message] = told.as_slice() else { panic!("one message: {told:?}") };
    assert_eq!(
        (&message["to"], &message["from"], &message["text"]),
        (&json!("MyCompany"), &json!(NUMBER), &json!("Oi, quero saber mais"))
    );
    assert!(message["incomingMessageId"].as_i64().is_some_and(|id| id > 0), "{message}");
}
